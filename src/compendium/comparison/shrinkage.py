"""Partial pooling: estimates of several groups drawn towards what they have in common, the more so the less each knows."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from ..intervals import LEVEL

Array = NDArray[np.float64]
NODES = 400
"""Points of the grid over the spread between groups; twice as many change nothing in the eighth digit."""


@dataclass(frozen=True)
class Shrunken:
    """What :func:`shrink` finds.

    Attributes
    ----------
    groups : pandas.DataFrame
        One row a group: ``estimate low high`` with the uncertainty of the spread, ``reml`` the same with the spread taken
        as known, ``kept`` the share of the way from the common mean that is kept (0 to 1, by the spread of ``reml``).
    mean, spread : float
        The common mean and the standard deviation between groups, by restricted maximum likelihood.
    spread_low, spread_high : float
        Interval of the standard deviation between groups.
    """

    groups: pd.DataFrame
    mean: float
    spread: float
    spread_low: float
    spread_high: float


def shrink(estimates: ArrayLike, variances: ArrayLike, level: float = LEVEL) -> Shrunken:
    """Shrink the estimates of groups towards their common mean, with intervals that know how little the spread is known.

    Parameters
    ----------
    estimates : array-like of float
        One a group, three or more, in one unit.
    variances : array-like of float
        The sampling variance of each, above 0, taken as known.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Shrunken
        In the order given.

    Raises
    ------
    ValueError
        Fewer than three groups, a missing value, or a variance that is not above 0.

    Notes
    -----
    ``y_i ~ N(theta_i, v_i)``, ``theta_i ~ N(mu, tau^2)`` (Fay and Herriot without covariates). ``reml`` is the best linear
    predictor at the restricted maximum likelihood of tau, as most packages print; it says nothing about how badly tau is
    known from a handful of groups, and shrinks entirely where that estimate is nought. So ``estimate`` is the posterior
    mean under flat priors on mu and tau, integrated over a grid of tau, and the interval its quantiles. The flat prior on
    tau is proper from three groups on; with few of them it leans towards a large tau, that is to little shrinkage.

    References
    ----------
    Fay, Herriot (1979), J. Am. Stat. Assoc. 74:269-277; Morris (1983), J. Am. Stat. Assoc. 78:47-55; Gelman (2006),
    Bayesian Anal. 1:515-534.
    """
    y, v = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    if len(y) < 3 or not np.isfinite([*y, *v]).all() or (v <= 0).any():
        raise ValueError(f"{len(y)} estimates; legal are three or more, none missing, each with a variance above 0")
    tau2 = _reml(y, v)
    mu = float(np.average(y, weights=1 / (v + tau2)))
    kept = tau2 / (v + tau2)
    tau, mass = _posterior(y, v)
    low, high = 0.5 - level / 2, 0.5 + level / 2
    middle, error = _given(y, v, tau)
    groups = pd.DataFrame(
        {
            "estimate": mass @ middle,
            "low": [_quantile(low, mass, m, s) for m, s in zip(middle.T, error.T, strict=True)],
            "high": [_quantile(high, mass, m, s) for m, s in zip(middle.T, error.T, strict=True)],
            "reml": mu + kept * (y - mu),
            "kept": kept,
        }
    )
    below = np.cumsum(mass) - mass / 2
    return Shrunken(groups, mu, tau2**0.5, float(np.interp(low, below, tau)), float(np.interp(high, below, tau)))


def _likelihood(y: Array, v: Array, tau2: Array) -> Array:
    """Return the restricted log likelihood for each variance between groups."""
    precision = 1 / (v + tau2[:, None])
    mu = (precision @ y) / precision.sum(axis=1)
    squares = (precision * (y - mu[:, None]) ** 2).sum(axis=1)
    return np.asarray(0.5 * (np.log(precision).sum(axis=1) - np.log(precision.sum(axis=1)) - squares))


def _reml(y: Array, v: Array) -> float:
    """Return the variance between groups at which the restricted likelihood is largest, 0 or more."""
    top = float(np.var(y, ddof=1)) + float(v.max())
    grid = top * np.linspace(0, 4, 401) ** 2
    best = int(np.argmax(_likelihood(y, v, grid)))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]

    def slope(tau2: float) -> float:
        p = 1 / (v + tau2)
        left = y - p @ y / p.sum()
        return float(((p * left) ** 2).sum() - p.sum() + (p**2).sum() / p.sum())

    return float(optimize.brentq(slope, low, high, xtol=1e-14)) if slope(low) > 0 > slope(high) else float(low)


@cache
def _nodes() -> tuple[Array, Array]:
    """Return the points of the grid from 0 to 1, and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights


def _posterior(y: Array, v: Array) -> tuple[Array, Array]:
    """Return a grid of standard deviations between groups, and the probability of each."""
    at, weights = _nodes()
    scale = float(np.sqrt(np.var(y, ddof=1) + v.mean()))
    tau = scale * at / (1 - at)
    log = _likelihood(y, v, tau**2) - 2 * np.log1p(-at)
    mass = weights * np.exp(log - log.max())
    return tau, mass / mass.sum()


def _given(y: Array, v: Array, tau: Array) -> tuple[Array, Array]:
    """Return means and standard deviations of the groups' truths at each spread: grid x groups."""
    tau2 = tau[:, None] ** 2
    precision = 1 / (v + tau2)
    mu = ((precision @ y) / precision.sum(axis=1))[:, None]
    lost = v * precision
    return (1 - lost) * y + lost * mu, np.sqrt(v * (1 - lost) + lost**2 / precision.sum(axis=1)[:, None])


def _quantile(level: float, mass: Array, middle: Array, error: Array) -> float:
    """Return the quantile of a mixture of normal distributions."""

    def above(x: float) -> float:
        return float(mass @ special.ndtr((x - middle) / error)) - level

    reach = 40 * error.max()
    return float(optimize.brentq(above, middle.min() - reach, middle.max() + reach, xtol=1e-12))
