"""Adjusted regressions: least squares with errors that hold where spread or organisations differ."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .. import intervals

Array = NDArray[np.float64]

SMALLEST_CATEGORY = 10
"""Categories of a covariate with fewer persons are taken together: they would fit single persons exactly."""
PERSONS_PER_COEFFICIENT = 8
FEW_CLUSTERS = 20
"""Below this number of organisations cluster-aware errors are themselves too uncertain; robust ones are used."""


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
        Nothing where there are fewer than :data:`PERSONS_PER_COEFFICIENT` persons a coefficient.
    """
    found = regress_each([outcome], predictors, covariates, weights, clusters)
    return None if found is None else found[0]


def regress_each(
    outcomes: Sequence[pd.Series],
    predictors: pd.DataFrame,
    covariates: pd.DataFrame,
    weights: Array | None = None,
    clusters: pd.Series | None = None,
) -> list[list[Coefficient]] | None:
    """Regress several outcomes on the same predictors and covariates, as :func:`regress` does with one.

    Notes
    -----
    Weighted least squares. Errors are clustered with the usual correction ``G / (G - 1) * (n - 1) / (n - k)`` where there
    are at least :data:`FEW_CLUSTERS` groups with a name, and HC3 otherwise. The design is taken apart once for all outcomes.

    References
    ----------
    MacKinnon, White (1985), J. Econom. 29:305-325; Cameron, Miller (2015), J. Hum. Resour. 50:317-372.
    """
    root = np.ones(len(predictors)) if weights is None else np.sqrt(weights)
    design = np.column_stack([predictors.to_numpy(dtype=float), _design(covariates)]) * root[:, None]
    basis, size, turn = np.linalg.svd(design, full_matrices=False)
    kept = size > size[0] * max(design.shape) * np.finfo(float).eps
    basis, rank = basis[:, kept], int(kept.sum())
    n, count = len(predictors), predictors.shape[1]
    if n < PERSONS_PER_COEFFICIENT * rank:
        return None
    # What each person adds to each coefficient of interest, for one unit of the outcome.
    share = (turn[kept, :count].T / size[kept]) @ basis.T
    y = np.column_stack([one.to_numpy(dtype=float) for one in outcomes]) * root[:, None]
    residual = y - basis @ (basis.T @ y)
    groups = 0 if clusters is None else clusters.nunique()
    if clusters is not None and groups >= FEW_CLUSTERS:
        alone = clusters.isna().to_numpy()
        place = pd.factorize(clusters)[0]
        place = np.where(alone, groups + np.cumsum(alone) - 1, place)
        number = int(place.max()) + 1
        by_group = np.zeros((number, count, y.shape[1]))
        np.add.at(by_group, place, share.T[:, :, None] * residual[:, None, :])
        variance = (by_group**2).sum(axis=0) * number / (number - 1) * (n - 1) / (n - rank)
        freedom = float(groups - 1)
    else:
        leverage = (basis**2).sum(axis=1)
        # Who alone has a category is fitted exactly and says nothing about any other coefficient.
        apart = np.divide(
            residual, (1 - leverage)[:, None], out=np.zeros_like(residual), where=leverage[:, None] < 1 - 1e-9
        )
        variance = share**2 @ apart**2
        freedom = float(n - rank)
    return [
        [_coefficient(*pair, freedom) for pair in zip(*column, strict=True)]
        for column in zip((share @ y).T, np.sqrt(variance).T, strict=True)
    ]


def _coefficient(estimate: float, error: float, freedom: float) -> Coefficient:
    reach = float(stats.t.ppf(0.5 + intervals.LEVEL / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(estimate / error), freedom)) if error > 0 else float("nan")
    return Coefficient(float(estimate), float(estimate - reach), float(estimate + reach), p, float(error), freedom)


def standardised(scores: pd.DataFrame, weights: Array | None) -> pd.DataFrame:
    """Give every column a weighted mean of 0 and a weighted standard deviation of 1."""
    values = scores.to_numpy(dtype=float)
    centred = values - np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    return pd.DataFrame(centred / spread, index=scores.index, columns=scores.columns)


def _design(covariates: pd.DataFrame) -> Array:
    """Return a constant and the covariates as columns: numbers, and every category but the first as 0 or 1.

    A gap takes the mean beside an indicator, or is a category of its own; categories of very few persons are joined.
    """
    parts = [np.ones((len(covariates), 1))]
    for name in covariates:
        column = covariates[name]
        missing = column.isna().to_numpy()
        if pd.api.types.is_numeric_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            parts.append(np.where(missing, numbers[~missing].mean(), numbers)[:, None])
            if missing.sum() >= SMALLEST_CATEGORY:
                parts.append(missing[:, None].astype(float))
            continue
        codes, levels = pd.factorize(column, sort=True)
        codes = np.where(missing, len(levels), codes)
        few = np.bincount(codes, minlength=len(levels) + 1) < SMALLEST_CATEGORY
        codes = np.where(few[codes], len(levels) + 1, codes)
        present = np.unique(codes)
        parts.append((codes[:, None] == present[1:]).astype(float))
    return np.column_stack(parts)
