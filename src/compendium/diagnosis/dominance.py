"""How much of what goes with an outcome each exposure carries: shares of the explained variance over all subsets."""

from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..intervals import LEVEL, effective_n
from .regression import design_of, places

Array = NDArray[np.float64]

DRAWS = 1000
"""Bootstrap draws behind an interval."""
FEWEST_UNITS = 8
"""Organisations (or persons alone) below which nothing is drawn from them."""


@dataclass(frozen=True)
class Shares:
    """How the variance that predictors explain together, beyond the covariates, divides between them.

    Attributes
    ----------
    share, low, high : array of shape (p,)
        Share of each predictor, 0 to 1, with its interval; missing where together they explain nothing for certain.
    beyond : tuple of float
        Part of the variance of the outcome that they explain together, 0 to 1, with its interval.
    exceeds : array of shape (p, p)
        How often, 0 to 1, the share of the predictor in the row is above that of the one in the column over the draws.
    """

    share: Array
    low: Array
    high: Array
    beyond: tuple[float, float, float]
    exceeds: Array


def dominance(
    response: pd.Series,
    predictors: pd.DataFrame,
    covariates: pd.DataFrame,
    weights: Array | None = None,
    clusters: pd.Series | None = None,
    strata: NDArray[np.intp] | None = None,
    seed: int = 1,
    draws: int = DRAWS,
) -> Shares | None:
    """Divide what predictors explain together between them, whatever the order in which they are taken.

    Parameters
    ----------
    response, predictors, covariates, weights, clusters
        As for :func:`~compendium.diagnosis.regression.regress`; predictors that are no sum of one another.
    strata : array of int, optional
        Country of each person; organisations are drawn anew within it.
    seed, draws : int
        Of the bootstrap.

    Returns
    -------
    Shares, or None
        Nothing where there are fewer than :data:`FEWEST_UNITS` organisations in all.

    Notes
    -----
    General dominance, which is the Shapley value of R-squared: the mean, over all orders, of what a predictor adds to those
    before it; covariates come first in every order. Each R-squared is that of a matrix of squares and products from which
    the covariates are taken out, so that all subsets and all draws need one pass over the persons. R-squared is adjusted
    for the number of predictors, in the sample and in every draw, or small shares would be too large; a share below nought
    is put at nought, so that shares add up to one but for that.

    Organisations are drawn with replacement within countries, one fewer than there are and scaled up (Rao and Wu). The
    interval takes the quantiles of the draws at the levels that Student's t has with Kish's effective number of
    organisations less one (Hesterberg's expanded percentile). How often it holds the truth: ``docs/conditions.md``.

    References
    ----------
    Lindeman, Merenda, Gold (1980), Introduction to Bivariate and Multivariate Analysis; Budescu (1993), Psychol. Bull.
    114:542-551; Groemping (2007), Am. Stat. 61:139-147; Rao, Wu (1988), J. Am. Stat. Assoc. 83:231-241; Hesterberg
    (2015), Am. Stat. 69:371-386.
    """
    p, w = predictors.shape[1], np.ones(len(response)) if weights is None else weights
    columns = np.column_stack([design_of(covariates), predictors.to_numpy(dtype=float), response.to_numpy(dtype=float)])
    place = places(clusters, len(columns))
    sizes = np.bincount(place, w)
    if len(sizes) < FEWEST_UNITS:
        return None
    products = np.zeros((len(sizes), columns.shape[1], columns.shape[1]))
    np.add.at(products, place, columns[:, :, None] * (w[:, None] * columns)[:, None, :])
    home = np.zeros(len(sizes), dtype=np.intp)
    if strata is not None:
        home[place] = strata
    counts = _drawn(home, draws, np.random.default_rng(seed))
    again = (counts @ products.reshape(len(products), -1)).reshape(draws, *products.shape[1:])
    both = np.concatenate([products.sum(axis=0)[None], again])
    parts, beyond = _divided(both, p, effective_n(w))
    reach = stats.norm.cdf(stats.t.ppf((1 - LEVEL) / 2, max(effective_n(sizes) - 1, 1)))
    ends = np.clip(np.quantile(beyond[1:], [reach, 1 - reach]), 0, 1)
    whole = float(np.clip(beyond[0], *ends))
    if ends[0] <= 0:
        nothing = np.full(p, np.nan)
        return Shares(nothing, nothing, nothing, (whole, 0.0, float(ends[1])), np.full((p, p), np.nan))
    share = parts / beyond[:, None]
    low, high = np.clip(np.quantile(share[1:], [reach, 1 - reach], axis=0), 0, 1)
    exceeds = (share[1:, :, None] > share[1:, None, :]).mean(axis=0)
    return Shares(np.clip(share[0], low, high), low, high, (whole, float(ends[0]), float(ends[1])), exceeds)


def explained(products: Array, p: int) -> Array:
    """Return the R-squared of the last column of cross-products by every subset of the `p` columns before it.

    Parameters
    ----------
    products : array of shape (draws, q, q)
        Sums of squares and products of covariates (the constant among them), predictors and outcome, in this order.
    p : int
        Number of predictors.

    Returns
    -------
    array of shape (draws, 2**p)
        Part explained of what the covariates leave, 0 to 1; bit j of the place of a subset tells whether it holds
        predictor j.
    """
    k = products.shape[1] - p - 1
    across = products[:, :k, k:]
    left = (
        products[:, k:, k:] - np.swapaxes(across, 1, 2) @ np.linalg.pinv(products[:, :k, :k], hermitian=True) @ across
    )
    found = np.zeros((len(products), 2**p))
    for at, subset in enumerate(_subsets(p)):
        inside = np.flatnonzero(subset)
        if len(inside):
            moments = left[:, inside, p]
            solved = np.linalg.solve(left[:, inside[:, None], inside], moments[..., None])[..., 0]
            found[:, at] = (solved * moments).sum(axis=1) / left[:, p, p]
    return found


def shapley(explained_by: Array) -> Array:
    """Divide the last of the values of all subsets between the members: the mean over all orders of what each adds."""
    p = int(np.log2(explained_by.shape[1]))
    subsets = _subsets(p)
    size = subsets.sum(axis=1)
    with_it = np.array([1 / (p * comb(p - 1, k - 1)) if k else 0.0 for k in size])
    without = np.array([-1 / (p * comb(p - 1, k)) if k < p else 0.0 for k in size])
    return np.asarray(explained_by @ np.where(subsets, with_it[:, None], without[:, None]))


def _divided(products: Array, p: int, size: float) -> tuple[Array, Array]:
    """Return the part of the variance of the outcome that each predictor, and that all together explain, adjusted."""
    k = products.shape[1] - p - 1
    taken = np.linalg.matrix_rank(products[0, :k, :k], hermitian=True)
    found = explained(products, p)
    freedom = size - taken
    adjusted = 1 - (1 - found) * freedom / (freedom - _subsets(p).sum(axis=1))
    # The part that the covariates leave, of all variance: outcome and constant are the last and the first column.
    spread = products[:, -1, -1] - products[:, 0, -1] ** 2 / products[:, 0, 0]
    across = products[:, :k, -1:]
    left = products[:, -1, -1] - (across * (np.linalg.pinv(products[:, :k, :k], hermitian=True) @ across)).sum(
        axis=(1, 2)
    )
    scaled = adjusted * (left / spread)[:, None]
    return shapley(scaled), scaled[:, -1]


def _subsets(p: int) -> NDArray[np.bool_]:
    return (np.arange(2**p)[:, None] >> np.arange(p) & 1).astype(bool)


def _drawn(home: NDArray[np.intp], draws: int, rng: np.random.Generator) -> Array:
    """Draw how often each unit counts: within each country one fewer than there are, scaled up."""
    counts = np.ones((draws, len(home)))
    for country in np.unique(home):
        own = np.flatnonzero(home == country)
        n = len(own)
        if n > 1:
            counts[:, own] = rng.multinomial(n - 1, np.full(n, 1 / n), size=draws) * (n / (n - 1))
    return counts
