"""Fit a multiple correspondence analysis: one pass over the rows, then everything from the tables of co-occurrence."""

from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from compendium.errors import AnswersError

from ..coding import encode
from . import inputs
from .analysis import MCA, placed_persons
from .axes import rates, solve
from .joint import counted, gathered
from .places import correlations, placed


def fit_mca(
    data: pd.DataFrame,
    n_components: int = 5,
    weights: inputs.Weights | None = None,
    supplementary: Collection[str] | None = None,
    passive: Mapping[str, Collection[str]] | None = None,
    *,
    method: Literal["indicator", "burt"] = "indicator",
) -> MCA:
    """Fit a multiple correspondence analysis.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent; every column that is not supplementary is active and must be categorical (text, boolean,
        pandas categorical or whole numbers). Missing answers form a passive category of their own variable; levels of
        a pandas categorical that nobody holds are left out.
    n_components : int
        Number of axes kept for categories and respondents; fewer where there are fewer.
    weights : sequence of float, optional
        Weight of each respondent, at least zero; one each by default. A respondent of weight zero is supplementary: it
        receives coordinates and changes nothing, and a category that only such respondents hold is passive. A series is
        matched by its index.
    supplementary : collection of str, optional
        Columns of ``data`` that are described by the axes without making them: categories by their place, numbers by
        their correlation.
    passive : mapping of str to collection of str, optional
        Categories of active variables that must not make the axes (specific analysis).
    method : {"indicator", "burt"}
        Analyse the indicator matrix, or the Burt table: the same axes and respondents, eigenvalues squared, and
        coordinates of categories drawn together by the root of the eigenvalue.

    Returns
    -------
    MCA
        Eigenvalues with Benzecri and Greenacre rates, categories, variables, individuals.

    Raises
    ------
    AnswersError
        No respondents, fewer than two active variables, an active variable with one category only, a quantity among the active
        variables, bad weights, two columns of one name, more than 5,000 categories, or an unknown column or category.

    Notes
    -----
    With masses c_j = n_j / (W Q) the active block of (B / (W Q^2) - c c') / sqrt(c c') is diagonalised, B being the Burt
    table of Q variables over respondents of total weight W; passive categories are left out of the block while each
    respondent keeps the mass that it has over all Q answers (specific analysis).

    Coordinates of a respondent are sum_j v_j / (Q sqrt(c_j)) over the active categories held, less sum_j v_j sqrt(c_j), v
    being the eigenvector; a category of any role stands at the mean of its respondents over sqrt(l), a contribution is
    c_j y_j^2 / l, a squared cosine y_j^2 over the squared chi-squared distance, here W / n_j - 1 (with the Burt table the
    distance of the category's profile), and eta^2 the sum of n_j y_j^2 / W over the categories of a variable, passive ones
    with it.

    Rates: Benzecri ((Q / (Q - 1)) (l - 1/Q))^2 for l > 1/Q; Greenacre the same over the inertia outside the blocks on the
    diagonal, Q / (Q - 1) (sum of l^2 less that of those blocks).

    A v-test is the distance of a category's mean from zero in standard errors of a draw without replacement:
    y_j sqrt((m - 1) / (W / n_j - 1)), where m is the effective sample size (sum w)^2 / sum w^2 and not the sum of weights,
    which any change of their scale would make "more significant". Equal weights leave m the number of respondents.

    The sign of each axis is fixed by rule: the last categories of the variables, weighed by their contributions, lie on the
    positive side (among no and yes, yes does). In resampled answers that turns fewer axes round than the sign of one
    category does; two axes of nearly equal eigenvalues may still change places.

    Results agree with FactoMineR's ``MCA`` but for four rules. Its weighted v-tests take the sum of the weights for the
    number of respondents, and its v-tests with the Burt table are made of the coordinates drawn together, ours of those of the
    indicator matrix; its eta^2 leaves out passive categories (which is Q l times the variable's contribution here); and it
    fills the gaps of a quantity with its mean, where ours correlates those who gave the number.

    References
    ----------
    Greenacre and Blasius (eds) 2006, *Multiple Correspondence Analysis and Related Methods*; Le Roux and Rouanet 2010,
    *Multiple Correspondence Analysis*, ch. 3 (specific analysis); Benzecri 1979, *Cahiers de l'analyse des donnees* 4(3);
    Lebart, Morineau and Piron 1995, *Statistique exploratoire multidimensionnelle* (v-test); Kish 1965, *Survey Sampling*
    (effective sample size).
    """
    wanted, is_burt = inputs.axes_wanted(n_components), inputs.is_burt(method)
    data = inputs.named(data)
    extra = inputs.names_of(supplementary, data)
    active = tuple(name for name in data.columns if name not in set(extra))
    if len(active) < 2:
        raise AnswersError(f"a correspondence analysis needs two active variables or more; {len(active)} given")
    if data.empty:
        raise AnswersError("a correspondence analysis needs respondents; the answers have no rows")
    weight = inputs.weights_of(weights, data.index)
    numbers = [name for name in extra if inputs.is_quantity(data[name])]
    book, columns = encode(data, active)
    others, other_columns = encode(data, [name for name in extra if name not in numbers])
    inputs.refuse_names(book)
    inputs.refuse_names(others)

    count = len(active)
    counts = counted(columns, book.sizes, other_columns, others.sizes, weight)
    is_active = inputs.active_mask(book, passive, np.diag(counts.burt))
    axes = solve(counts.burt, np.flatnonzero(is_active), book, float(weight.sum()))
    shown = min(wanted, len(axes.inertia))
    loadings = np.zeros((len(is_active), shown))
    loadings[axes.kept] = axes.vectors[:, :shown] / (count * axes.root[:, None])
    shift = axes.root @ axes.vectors[:, :shown]
    individuals = placed_persons(gathered(columns, book.sizes, loadings, -shift), data.index)

    places = placed(book, others, is_active, counts, axes, weight, shown, is_burt)
    return MCA(
        eigenvalues=rates(axes, count, is_burt),
        categories=places.categories,
        variables=places.variables,
        quantities=correlations(data, numbers, individuals, weight),
        individuals=individuals,
        data=data,
        active=active,
        supplementary=extra,
        weights=weight,
        total_inertia=axes.total_square if is_burt else axes.total,
        method=method,
        _book=book,
        _loadings=loadings,
        _shift=shift,
        _inertia=axes.inertia[:shown],
    )
