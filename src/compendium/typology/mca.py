"""Multiple correspondence analysis from the Burt table: axes, categories, respondents, projection of others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.errors import AnswersError
from compendium.intervals import effective_n

from .coding import Book, Floats, Whole, burt_table, make_book, passive_mask

_NULL = 1e-10  # an eigenvalue below this share of the first is numerical dust, not an axis


@dataclass(frozen=True, eq=False)
class MCA:
    """A fitted multiple correspondence analysis.

    Attributes
    ----------
    eigenvalues : pandas.DataFrame
        One row an axis (all of them): ``dimension eigenvalue pct cumulative_pct benzecri benzecri_pct greenacre_pct``.
    categories : pandas.DataFrame
        One row a category and kept axis: ``role`` (active, passive, supplementary) ``variable category n share dimension
        coordinate contribution_pct cos2 v_test``; only active categories have a contribution.
    variables : pandas.DataFrame
        One row a categorical variable and kept axis: ``role variable dimension eta2``.
    quantities : pandas.DataFrame
        One row a supplementary quantity and kept axis: ``variable dimension n correlation``.
    individuals : pandas.DataFrame
        Principal coordinates, one row a respondent (index of the data), columns ``dim_1`` ... ``dim_<n>``.
    data : pandas.DataFrame
        The active and supplementary answers as they were given.
    active, supplementary : tuple of str
        Names of the variables.
    weights : numpy.ndarray
        Weight of each respondent; zero for those who are only projected.
    total_inertia : float
        Sum of all eigenvalues.
    """

    eigenvalues: pd.DataFrame
    categories: pd.DataFrame
    variables: pd.DataFrame
    quantities: pd.DataFrame
    individuals: pd.DataFrame
    data: pd.DataFrame
    active: tuple[str, ...]
    supplementary: tuple[str, ...]
    weights: Floats
    total_inertia: float
    _book: Book
    _loadings: Floats
    _shift: Floats

    def project(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Return the principal coordinates of respondents who did not take part in the analysis.

        Parameters
        ----------
        answers : pandas.DataFrame
            One row a respondent, with all active variables.

        Returns
        -------
        pandas.DataFrame
            Columns ``dim_1`` ... ``dim_<n>``, index of ``answers``.

        Raises
        ------
        AnswersError
            A variable is absent or a category was not seen when the axes were made.
        """
        return _coordinates(self._book.codes(answers), self._loadings, self._shift, answers.index)

    @cached_property
    def individual_contributions_pct(self) -> pd.DataFrame:
        """Share of each respondent in the inertia of each kept axis, in per cent."""
        mass = self.weights / self.weights.sum()
        inertia = self.eigenvalues["eigenvalue"].to_numpy()[: self.individuals.shape[1]]
        return (self.individuals**2).mul(mass, axis=0).mul(100 / inertia, axis=1)

    @cached_property
    def individual_cos2(self) -> pd.DataFrame:
        """Squared cosine of each respondent with each kept axis: how much of the respondent the axis shows, 0 to 1."""
        active = self.categories.query("dimension == 1 and role != 'supplementary'")
        is_active = (active["role"] == "active").to_numpy()
        mass = np.where(is_active, active["share"].to_numpy() / len(self.active), np.inf)
        gain = np.where(is_active, 1 / (len(self.active) ** 2 * mass) - 2 / len(self.active), 0.0)
        held = gain[self._book.codes(self.data)].sum(axis=1) + mass[is_active].sum()
        return (self.individuals**2).div(held, axis=0)


def fit_mca(
    data: pd.DataFrame,
    n_components: int = 5,
    weights: Sequence[float] | Floats | pd.Series | None = None,
    supplementary: Collection[str] | None = None,
    passive: Mapping[str, Collection[str]] | None = None,
) -> MCA:
    """Fit a multiple correspondence analysis.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent; every column that is not supplementary is active and must be categorical (text, boolean,
        pandas categorical or whole numbers). Missing answers form a passive category of their own variable.
    n_components : int
        Number of axes kept for categories and respondents; fewer where there are fewer.
    weights : sequence of float, optional
        Weight of each respondent, at least zero; one each by default. A respondent of weight zero is supplementary: it
        receives coordinates and changes nothing.
    supplementary : collection of str, optional
        Columns of ``data`` that are described by the axes without making them: categories by their place, numbers by
        their correlation.
    passive : mapping of str to collection of str, optional
        Categories of active variables that must not make the axes (specific analysis).

    Returns
    -------
    MCA
        Eigenvalues with Benzecri and Greenacre rates, categories, variables, individuals.

    Raises
    ------
    AnswersError
        Fewer than two active variables, an active variable with one category only, a quantity among the active
        variables, bad weights, or an unknown column or category.

    Notes
    -----
    With masses c_j = n_j / (W Q) the active block of (B / (W Q^2) - c c') / sqrt(c c') is diagonalised, B being the Burt
    table of Q variables over respondents of total weight W; passive categories are left out of the block while each
    respondent keeps the mass that it has over all Q answers (specific analysis). Benzecri: ((Q / (Q - 1)) (l - 1/Q))^2
    for l > 1/Q. Greenacre: the same over the inertia outside the diagonal blocks. A v-test is the distance of a category's
    mean from zero in standard errors of a draw without replacement, with the effective sample size (sum w)^2 / sum w^2
    as number of respondents. The sign of each axis is fixed by rule: the first category in the order of the variables that
    does not lie at zero is positive.

    References
    ----------
    Greenacre and Blasius (eds) 2006, *Multiple Correspondence Analysis and Related Methods*; Le Roux and Rouanet 2010,
    *Multiple Correspondence Analysis*, ch. 3 (specific analysis); Lebart, Morineau and Piron 1995 (v-test).
    """
    extra = tuple(dict.fromkeys(supplementary or ()))
    absent = [name for name in extra if name not in data.columns]
    if absent:
        raise AnswersError(f"the supplementary variable {absent[0]!r} is not in the answers")
    active = tuple(str(name) for name in data.columns if name not in extra)
    if len(active) < 2:
        raise AnswersError(f"a correspondence analysis needs two active variables or more; {len(active)} given")
    weight = _weights(weights, len(data))
    book = make_book(data, active)
    codes = book.codes(data)
    burt = burt_table(codes, book, weight)
    is_active = ~passive_mask(book, passive)
    _refuse_constants(book, is_active, np.diag(burt))

    count = len(active)
    kept = np.flatnonzero(is_active & (np.diag(burt) > 0))
    axes = _solve(burt, kept, book, float(weight.sum()))
    inertia = axes.inertia[:n_components]
    vectors = axes.vectors[:, :n_components]
    loadings = np.zeros((len(is_active), len(inertia)))
    loadings[kept] = vectors / (count * axes.root[:, None])
    shift = axes.root @ vectors
    individuals = _coordinates(codes, loadings, shift, data.index)

    roles = np.where(is_active, "active", "passive")
    numbers = [name for name in extra if _is_quantity(data[name])]
    others = make_book(data, [name for name in extra if name not in numbers])
    points = individuals.to_numpy()
    places = pd.concat(
        [
            _places(book, codes, roles, points, weight, inertia),
            _places(
                others,
                others.codes(data),
                np.full(sum(others.sizes), "supplementary"),
                points,
                weight,
                inertia,
            ),
        ],
        ignore_index=True,
    )
    places["contribution_pct"] = np.where(
        places["role"] == "active",
        100 * places["share"] / count * places["coordinate"] ** 2 / inertia[places["dimension"].to_numpy() - 1],
        np.nan,
    )
    return MCA(
        eigenvalues=_rates(axes, count),
        categories=places,
        variables=_eta2(places),
        quantities=_correlations(data, numbers, individuals, weight),
        individuals=individuals,
        data=data,
        active=active,
        supplementary=extra,
        weights=weight,
        total_inertia=axes.total,
        _book=book,
        _loadings=loadings,
        _shift=shift,
    )


def _weights(weights: Sequence[float] | Floats | pd.Series | None, count: int) -> Floats:
    values = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    if values.shape != (count,):
        raise AnswersError(f"{values.size} weights for {count} respondents; one each is expected")
    if not np.isfinite(values).all() or (values < 0).any() or not values.sum() > 0:
        raise AnswersError("weights must be finite, at least zero, and not all zero")
    return values


def _refuse_constants(book: Book, is_active: np.ndarray, counts: Floats) -> None:
    """A variable in which everybody gave one answer makes no axis and has no distance to show."""
    for variable, start, size in zip(book.variables, book.starts, book.sizes, strict=True):
        if (counts[start : start + size] > 0).sum() < 2 or not is_active[start : start + size].any():
            raise AnswersError(
                f"the variable {variable!r} has one answer only; an active variable needs two categories or more"
            )


class _Axes(NamedTuple):
    """Solution of the eigenproblem: axes in descending inertia, roots of the masses, inertia in all and within variables."""

    inertia: Floats
    vectors: Floats
    root: Floats
    total: float
    diagonal: float


def _solve(burt: Floats, kept: Whole, book: Book, total: float) -> _Axes:
    count = len(book.variables)
    root = np.sqrt(np.diag(burt)[kept] / (total * count))
    block = burt[np.ix_(kept, kept)] / (total * count**2) / np.outer(root, root) - np.outer(root, root)
    inertia, vectors = np.linalg.eigh(block)
    inertia, vectors = inertia[::-1], vectors[:, ::-1]
    real = inertia > _NULL * inertia[0]
    inertia, vectors = inertia[real], vectors[:, real]
    # An axis has no direction of its own: the first category that does not lie at zero is put on the positive side.
    first = (np.abs(vectors) > 1e-8).argmax(axis=0)
    vectors = vectors * np.sign(vectors[first, np.arange(len(inertia))])
    owner = np.repeat(np.arange(count), book.sizes)[kept]
    diagonal = float((block[owner[:, None] == owner[None, :]] ** 2).sum())
    return _Axes(inertia, vectors, root, float(np.trace(block)), diagonal)


def _coordinates(codes: Whole, loadings: Floats, shift: Floats, index: pd.Index) -> pd.DataFrame:
    values = np.zeros((len(codes), loadings.shape[1]))
    for column in codes.T:
        values += loadings[column]
    return pd.DataFrame(values - shift, index=index, columns=[f"dim_{axis + 1}" for axis in range(loadings.shape[1])])


def _places(
    book: Book, codes: Whole, roles: np.ndarray, points: Floats, weight: Floats, inertia: Floats
) -> pd.DataFrame:
    """Place each category at the mean of its respondents over the root of the eigenvalue, one row a category and axis."""
    count, shown = sum(book.sizes), points.shape[1]
    n, held, sums = np.zeros(count, dtype=int), np.zeros(count), np.zeros((count, shown))
    for column in codes.T:
        n += np.bincount(column, weights=weight > 0, minlength=count).astype(int)
        held += np.bincount(column, weights=weight, minlength=count)
        for axis in range(shown):
            sums[:, axis] += np.bincount(column, weights=weight * points[:, axis], minlength=count)
    share = held / weight.sum()
    effective = effective_n(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        coordinate = sums / held[:, None] / np.sqrt(inertia)
        distance = 1 / share - 1
        cos2 = coordinate**2 / distance[:, None]
        v_test = coordinate * np.sqrt((effective - 1) / distance)[:, None]
    return pd.DataFrame(
        {
            "role": np.repeat(roles, shown),
            "variable": np.repeat([pair[0] for pair in book.pairs], shown),
            "category": np.repeat([pair[1] for pair in book.pairs], shown),
            "n": np.repeat(n, shown),
            "share": np.repeat(share, shown),
            "dimension": np.tile(np.arange(1, shown + 1), count),
            "coordinate": coordinate.ravel(),
            "cos2": cos2.ravel(),
            "v_test": v_test.ravel(),
        }
    )


def _rates(axes: _Axes, count: int) -> pd.DataFrame:
    inertia = axes.inertia
    adjusted = np.where(inertia > 1 / count, (count / (count - 1) * (inertia - 1 / count)) ** 2, 0.0)
    off_diagonal = count / (count - 1) * ((inertia**2).sum() - axes.diagonal)
    frame = pd.DataFrame({"dimension": np.arange(1, len(inertia) + 1), "eigenvalue": inertia})
    frame["pct"] = 100 * inertia / axes.total
    frame["cumulative_pct"] = frame["pct"].cumsum()
    frame["benzecri"] = adjusted
    frame["benzecri_pct"] = 100 * adjusted / adjusted.sum() if adjusted.sum() > 0 else np.nan
    frame["greenacre_pct"] = 100 * adjusted / off_diagonal if off_diagonal > 0 else np.nan
    return frame


def _eta2(places: pd.DataFrame) -> pd.DataFrame:
    """Share of an axis's variance that lies between the categories of a variable, 0 to 1."""
    between = places.assign(eta2=places["share"] * places["coordinate"] ** 2)
    roles = dict.fromkeys(places.loc[places["role"] == "supplementary", "variable"], "supplementary")
    frame = between.groupby(["variable", "dimension"], sort=False)["eta2"].sum().reset_index()
    frame.insert(0, "role", [roles.get(name, "active") for name in frame["variable"]])
    return frame


def _is_quantity(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _correlations(data: pd.DataFrame, names: Sequence[str], individuals: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    rows = []
    for name in names:
        values = data[name].to_numpy(dtype=float, na_value=np.nan)
        used = ~np.isnan(values) & (weight > 0)
        for axis, column in enumerate(individuals.columns, start=1):
            covariance = np.cov(values[used], individuals[column].to_numpy()[used], aweights=weight[used])
            scale = np.sqrt(covariance[0, 0] * covariance[1, 1])
            rows.append((name, axis, int(used.sum()), covariance[0, 1] / scale if scale > 0 else np.nan))
    return pd.DataFrame(rows, columns=["variable", "dimension", "n", "correlation"])
