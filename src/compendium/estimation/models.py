"""Weighted regression with linearised covariance, and the Rao-Scott test of a two-way table."""

from collections.abc import Sequence
from typing import Unpack

import numpy as np
import pandas as pd
from scipy import stats

from ..errors import CompendiumError
from .design import Array, DesignColumns, read_design


def estimate_regression(
    frame: pd.DataFrame, outcome: str, predictors: Sequence[str], **design: Unpack[DesignColumns]
) -> pd.DataFrame:
    """Estimate a linear regression by weighted least squares.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; rows count where outcome and predictors are known.
    outcome : str
        A numeric column.
    predictors : sequence of str
        Numeric columns as they are; others as one term for each code but the first.
    **design
        As for :func:`~compendium.estimation.estimates.estimate_mean`.

    Returns
    -------
    pandas.DataFrame
        One row a term, ``(intercept)`` first: ``term estimate se ci_low ci_high t p n``.

    Raises
    ------
    CompendiumError
        A column is absent, a term repeats the others, or the design leaves no degree of freedom.

    Notes
    -----
    ``b = (X'WX)^-1 X'Wy`` with covariance ``(X'WX)^-1 V (X'WX)^-1``, ``V`` the linearised covariance of the totals of
    ``w_i x_i e_i``. Degrees of freedom: primary units less strata less slopes.

    References
    ----------
    Binder (1983), Int. Stat. Rev. 51:279-292; Lumley (2010), Complex Surveys, 5.
    """
    for name in (outcome, *predictors):
        if name not in frame:
            raise CompendiumError(f"the answers have no column {name!r}")
    known = frame[[outcome, *predictors]].notna().all(axis=1).to_numpy()
    read = read_design(frame, **design)
    coded = pd.get_dummies(frame.loc[known, list(predictors)], drop_first=True, dtype=float)
    terms = ["(intercept)", *map(str, coded.columns)]
    x = np.zeros((len(frame), len(terms)))
    x[known] = np.column_stack([np.ones(len(coded)), coded.to_numpy(dtype=float)])
    y = np.where(known, pd.to_numeric(frame[outcome]).to_numpy(dtype=float, na_value=np.nan), 0.0)
    w = np.where(known, read.weights, 0.0)
    information = (w[:, None] * x).T @ x
    if np.linalg.matrix_rank(np.sqrt(w)[:, None] * x) < len(terms):
        raise CompendiumError(f"the terms {', '.join(terms)} are not independent of one another; drop one")
    freedom = read.freedom(known) - len(terms) + 1
    if freedom < 1:
        raise CompendiumError(
            f"the design has {read.freedom(known)} degrees of freedom, too few for {len(terms)} terms"
        )
    slopes = np.linalg.solve(information, x.T @ (w * y))
    bread = np.linalg.inv(information)
    covariance = bread @ read.covariance((w * (y - x @ slopes))[:, None] * x) @ bread
    se = np.sqrt(np.diag(covariance))
    half = stats.t.ppf(0.975, freedom) * se
    return pd.DataFrame(
        {
            "term": terms,
            "estimate": slopes,
            "se": se,
            "ci_low": slopes - half,
            "ci_high": slopes + half,
            "t": slopes / se,
            "p": 2 * stats.t.sf(np.abs(slopes / se), freedom),
            "n": int(known.sum()),
        }
    )


def rao_scott(frame: pd.DataFrame, rows: str, columns: str, **design: Unpack[DesignColumns]) -> pd.DataFrame:
    """Test whether two variables are independent in the population.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; rows count where both variables are known.
    rows, columns : str
        Columns of codes, at least two codes each.
    **design
        As for :func:`~compendium.estimation.estimates.estimate_mean`.

    Returns
    -------
    pandas.DataFrame
        One row ``chi_square f df_numerator df_denominator p n method``; ``chi_square`` is Pearson's of the weighted
        table scaled to n.

    Raises
    ------
    CompendiumError
        A column is absent, a variable does not vary, or the design leaves no degree of freedom.

    Notes
    -----
    Second-order correction: with ``D`` the generalised design effects of the contrasts of interaction,
    ``F = X^2 / tr(D)`` is held against F with ``d = tr(D)^2 / tr(D^2)`` and ``d nu`` degrees of freedom, ``nu`` being
    primary units less strata.

    References
    ----------
    Rao, Scott (1984), Ann. Stat. 12:46-60; Thomas, Rao (1987), J. Am. Stat. Assoc. 82:630-636.
    """
    for name in (rows, columns):
        if name not in frame:
            raise CompendiumError(f"the answers have no column {name!r}")
    known = frame[[rows, columns]].notna().all(axis=1).to_numpy()
    read = read_design(frame, **design)
    counted = known & (read.weights > 0)
    r, row_codes = pd.factorize(frame[rows].where(counted))
    c, column_codes = pd.factorize(frame[columns].where(counted))
    for name, codes in ((rows, row_codes), (columns, column_codes)):
        if len(codes) < 2:
            raise CompendiumError(f"{name} does not vary among those who count; a test of independence needs two codes")
    freedom = read.freedom(counted)
    if freedom < 1:
        raise CompendiumError("the design has no degree of freedom: as many strata as primary units")
    shape = (len(row_codes), len(column_codes))
    cells = np.zeros((len(frame), shape[0] * shape[1]))
    cells[counted, (r * shape[1] + c)[counted]] = 1.0
    w, n = np.where(counted, read.weights, 0.0), int(counted.sum())
    p = w @ cells / w.sum()
    covariance = read.covariance(w[:, None] * (cells - p) / w.sum())
    expected = np.outer(p.reshape(shape).sum(axis=1), p.reshape(shape).sum(axis=0)).ravel()
    pearson = float(n * ((p - expected) ** 2 / expected).sum())
    effects = _generalised_effects(p, covariance, shape, n)
    trace = float(np.trace(effects))
    d = trace**2 / float(np.trace(effects @ effects))
    f = pearson / trace
    return pd.DataFrame(
        {
            "chi_square": [pearson],
            "f": [f],
            "df_numerator": [d],
            "df_denominator": [d * freedom],
            "p": [float(stats.f.sf(f, d, d * freedom))],
            "n": [n],
            "method": ["Rao-Scott, second order"],
        }
    )


def _generalised_effects(p: Array, covariance: Array, shape: tuple[int, int], n: int) -> Array:
    """Return the design effects of the interaction contrasts of log cell shares; an empty cell adds nothing."""
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    first, second = (np.vstack([np.eye(k - 1), -np.ones(k - 1)]) for k in shape)
    contrasts = np.kron(first, second)
    scaled = contrasts * inverse[:, None]
    return np.asarray(np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ covariance @ scaled))
