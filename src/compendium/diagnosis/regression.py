"""Adjusted regressions: least squares with errors that hold where spread or organisations differ."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from .. import intervals
from .sandwich import Sandwich

Array = NDArray[np.float64]

CONSTANT, MISSING, JOINED = "constant", "missing", "few together"
SMALLEST_CATEGORY = 10
"""Categories of a covariate with fewer persons are taken together: they would fit single persons exactly."""
PERSONS_PER_COEFFICIENT = 8


class Coefficient(NamedTuple):
    """A coefficient of a regression with its interval, two-sided p value, standard error and degrees of freedom."""

    estimate: float
    low: float
    high: float
    p: float
    error: float
    freedom: float


def regress(
    outcome: pd.Series,
    predictors: pd.DataFrame,
    covariates: pd.DataFrame,
    weights: Array | None = None,
    clusters: pd.Series | None = None,
) -> list[Coefficient] | None:
    """Regress an outcome on predictors and covariates; return one coefficient a predictor.

    Parameters
    ----------
    outcome : pandas.Series of float
        Complete.
    predictors, covariates : pandas.DataFrame
        Complete predictors; covariates may be text (taken as categories) or numbers, missing ones become a category or
        take the mean beside an indicator.
    weights : array, optional
        Weights of zero or more.
    clusters : pandas.Series, optional
        Group of each person; who has none is a group alone.

    Returns
    -------
    list of Coefficient, or None
        Nothing where there are fewer than :data:`PERSONS_PER_COEFFICIENT` persons a coefficient, or all of one organisation.
    """
    found = regress_each([outcome], predictors, covariates, weights, clusters)
    return None if found is None else found[0]


def regress_each(
    outcomes: Sequence[pd.Series],
    predictors: pd.DataFrame,
    covariates: pd.DataFrame,
    weights: Array | None = None,
    clusters: pd.Series | None = None,
    combinations: Array | None = None,
) -> list[list[Coefficient]] | None:
    """Regress several outcomes on the same predictors and covariates, as :func:`regress` does with one.

    Parameters
    ----------
    outcomes : sequence of pandas.Series of float
        Complete, on one index.
    predictors, covariates, weights, clusters
        As for :func:`regress`.
    combinations : array of shape (m, number of predictors), optional
        Linear combinations of the coefficients of the predictors that are wanted in their place, one a row.

    Notes
    -----
    Weighted least squares. Errors are cluster-robust and bias-reduced (CR2), p values and intervals have Satterthwaite's
    degrees of freedom (:class:`.sandwich.Sandwich`), however few the organisations; where persons named none, each is
    alone. Fewer than two organisations tell nothing of chance: no coefficient.

    References
    ----------
    Pustejovsky, Tipton (2018), J. Bus. Econ. Stat. 36:672-683; Cameron, Miller (2015), J. Hum. Resour. 50:317-372.
    """
    first = predictors.to_numpy(dtype=float)
    design = np.column_stack([first, design_of(covariates)])
    rank, place = int(np.linalg.matrix_rank(design)), places(clusters, len(predictors))
    if len(predictors) < PERSONS_PER_COEFFICIENT * rank or place.max() == 0:
        return None
    wanted = np.eye(first.shape[1]) if combinations is None else combinations
    wanted = np.column_stack([wanted, np.zeros((len(wanted), design.shape[1] - first.shape[1]))])
    heavy = np.ones(len(design)) if weights is None else weights
    sandwich, found = Sandwich(design, heavy, place), []
    for outcome in outcomes:
        fit = sm.WLS(outcome.to_numpy(dtype=float), design, weights=heavy).fit()
        numbers = (wanted @ fit.params, *sandwich.errors(fit.resid, wanted))
        found.append([_coefficient(*map(float, one)) for one in zip(*numbers, strict=True)])
    return found


def places(clusters: pd.Series | None, n: int) -> NDArray[np.intp]:
    """Number the organisations of persons from 0; who named none is alone, as everybody is without `clusters`."""
    if clusters is None:
        return np.arange(n)
    code = pd.factorize(clusters)[0]
    return np.asarray(np.where(code < 0, code.max() + np.cumsum(code < 0), code), dtype=np.intp)


def _coefficient(estimate: float, error: float, freedom: float) -> Coefficient:
    reach = float(stats.t.ppf(0.5 + intervals.LEVEL / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(estimate / error), freedom)) if error > 0 else float("nan")
    return Coefficient(estimate, estimate - reach, estimate + reach, p, error, freedom)


def standardised(scores: pd.DataFrame, weights: Array | None) -> pd.DataFrame:
    """Give every column a weighted mean of 0 and a weighted standard deviation of 1."""
    values = scores.to_numpy(dtype=float)
    centred = values - np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    return pd.DataFrame(centred / spread, index=scores.index, columns=scores.columns)


def design_of(covariates: pd.DataFrame) -> Array:
    """Return a constant and the covariates as columns: :func:`named_design` as numbers."""
    return named_design(covariates).to_numpy()


def named_design(covariates: pd.DataFrame) -> pd.DataFrame:
    """Return a constant and the covariates as columns: numbers, and every category but the first as 0 or 1.

    A gap takes the mean beside an indicator, or is a category of its own; categories of very few persons are joined.
    Columns are named ``<covariate>`` or ``<covariate>: <category>``.
    """
    parts = {CONSTANT: np.ones(len(covariates))}
    for name in covariates:
        column = covariates[name]
        missing = column.isna().to_numpy()
        if pd.api.types.is_numeric_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            parts[str(name)] = np.where(missing, numbers[~missing].mean() if not missing.all() else 0.0, numbers)
            if missing.sum() >= SMALLEST_CATEGORY:
                parts[f"{name}: {MISSING}"] = missing.astype(float)
            continue
        codes, levels = pd.factorize(column, sort=True)
        named = [*map(str, levels), MISSING, JOINED]
        codes = np.where(missing, len(levels), codes)
        few = np.bincount(codes, minlength=len(levels) + 1) < SMALLEST_CATEGORY
        codes = np.where(few[codes], len(levels) + 1, codes)
        joined = codes == len(levels) + 1
        if joined.sum() == 1:  # one person alone would be fitted exactly, and has no error of its own
            codes[joined] = np.bincount(codes[~joined]).argmax()
        parts |= {f"{name}: {named[code]}": (codes == code).astype(float) for code in np.unique(codes)[1:]}
    return pd.DataFrame(parts, index=covariates.index)
