"""Intervals of reliability that keep their coverage on skewed answers: persons are drawn again, with their weights."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import CompendiumError
from ..intervals import LEVEL
from . import coefficients, items
from .smooth_functions import Statistic, alpha_statistic

Array = NDArray[np.float64]

METHODS = ("bootstrap", "percentile", "bca", "free", "feldt")
DRAWS = 599
"""Bootstrap samples. Quantiles are counted among one more than there are, so that fewer samples cost no coverage."""
SEED = 1
_BEYOND = 50.0
"""Distance in errors of a draw that has no error."""
_CELLS = 2_000_000
"""Most counts (draws x persons) held in memory at once."""


class Interval(NamedTuple):
    """A coefficient with its interval, the number of persons, and how it was made.

    ``draws`` counts the bootstrap samples that gave a coefficient (0 without a bootstrap): a sample in which the items
    cancel out gives none, and is missing from the number.
    """

    estimate: float
    low: float
    high: float
    n: int
    method: str
    draws: int


def alpha_interval(
    frame: pd.DataFrame,
    method: str = "bootstrap",
    missing: str = "listwise",
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Interval:
    """Estimate Cronbach's alpha with a 95 % interval of a named method.

    Parameters
    ----------
    frame : pandas.DataFrame
        Three numeric items or more, turned so that high means the same in all; one row a person.
    method : {"bootstrap", "percentile", "bca", "free", "feldt"}
        ``bootstrap`` (the one that is printed) studentises ``log(1 - alpha)`` by its distribution-free error;
        ``percentile`` takes quantiles of resampled alphas, ``bca`` corrects them for bias and acceleration; ``free`` is
        distribution-free in closed form; ``feldt`` supposes normal answers.
    missing : {"listwise", "pairwise"}
        As for :func:`.items.usable`.
    weights : array-like of float, optional
        One weight of zero or more a person. A person is drawn together with their weight; Feldt's interval has no form
        for weights and counts persons.
    draws : int
        Bootstrap samples, 200 or more.
    seed : int
        Starts the random numbers: the same seed gives the same interval.

    Returns
    -------
    Interval
        ``estimate low high n method draws``.

    Raises
    ------
    CompendiumError
        Two items, an unknown method, too few draws, or what :func:`.items.usable` refuses.

    Notes
    -----
    With ``u = log(1 - alpha)`` and its error ``e`` (from each person's influence), the quantiles of ``(u* - u) / e*`` over
    the draws give ``u - q e``. The acceleration of ``bca`` comes from the same influence,
    ``sum(l^3) / (6 sum(l^2)^1.5)``.

    References
    ----------
    Efron, Tibshirani (1993), An Introduction to the Bootstrap, ch. 12-14; Feldt (1965), Psychometrika 30:357-370;
    Maydeu-Olivares, Coffman, Hartmann (2007), Psychol. Methods 12:157-176.
    """
    if method not in METHODS:
        raise CompendiumError(f"method={method!r} is not legal; legal are {', '.join(map(repr, METHODS))}")
    if frame.shape[1] == 2:
        raise CompendiumError(f"{', '.join(map(str, frame))}: alpha needs three items or more; two get Spearman-Brown")
    if draws < 200:
        raise CompendiumError(f"draws={draws}: the ends of an interval need more; legal is 200 or more")
    values, weight = items.usable(frame, missing, weights)
    n = len(values)
    alpha = coefficients.alpha(coefficients.covariances(values, weight))
    if method == "feldt":
        return Interval(alpha, *coefficients.feldt_interval(alpha, frame.shape[1], n), n, method, 0)
    if method == "free":
        influence = coefficients.alpha_influence(values, weight)
        return Interval(alpha, *coefficients.free_interval(alpha, influence, weight), n, method, 0)
    statistic = alpha_statistic(values)
    if method == "bootstrap":
        return Interval(alpha, *studentised(alpha, statistic, weight, draws, seed), n, method, draws)
    if not alpha < 1:  # copies of one item: every draw is 1 as well
        return Interval(alpha, float("nan"), float("nan"), n, method, 0)
    drawn, _ = _drawn(statistic, weight, draws, seed, with_errors=False)
    drawn = 1 - np.exp(drawn)
    tails = np.array([0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    if method == "bca":
        influence = coefficients.alpha_influence(values, weight) * weight
        tails = _corrected(tails, float((drawn < alpha).mean()), influence)
    low, high = np.quantile(drawn, tails, method="weibull")
    return Interval(alpha, float(low), float(high), n, method, len(drawn))


def studentised(
    estimate: float, statistic: Statistic, weight: Array, draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float]:
    """Return the studentised bootstrap interval of a coefficient; missing where it is 1 or has no error.

    Parameters
    ----------
    estimate : float
        The coefficient, at most 1.
    statistic : Statistic
        How it follows from means; see :mod:`.smooth_functions`.
    weight : numpy.ndarray
        One weight of zero or more a person.
    draws, seed : int
        Number of samples, and where their random numbers start.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    centre, error = _with_error(statistic, np.ones((1, len(weight))), weight)
    if not (estimate < 1 and np.isfinite(centre[0]) and error[0] > 0):
        return float("nan"), float("nan")
    drawn, errors = _drawn(statistic, weight, draws, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (drawn - centre) / errors
    # Among few persons a draw may have no error at all: it lies beyond all others.
    distance = np.nan_to_num(distance, nan=0.0, posinf=_BEYOND, neginf=-_BEYOND)
    first, last = np.quantile(distance, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], method="weibull")
    ends = 1 - (1 - estimate) * np.exp(np.clip(-np.array([first, last]) * error, -_BEYOND, _BEYOND))
    return float(ends[0]), float(ends[1])


def _corrected(tails: Array, below: float, influence: Array) -> Array:
    """Return the tails of the bias-corrected and accelerated interval."""
    # All draws on one side would send the correction to infinity; no quantile lies beyond the draws anyway.
    bias = stats.norm.ppf(np.clip(below, 1e-3, 1 - 1e-3))
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    shifted = bias + stats.norm.ppf(tails)
    return np.asarray(stats.norm.cdf(bias + shifted / (1 - acceleration * shifted)))


def _drawn(statistic: Statistic, weight: Array, draws: int, seed: int, with_errors: bool = True) -> tuple[Array, Array]:
    """Return ``log(1 - coefficient)`` of samples drawn with replacement and, where asked, its error in each."""
    rng, n = np.random.default_rng(seed), len(weight)
    found, errors = [], []
    for size in _portions(draws, n):
        rows = np.arange(size, dtype=np.int32)[:, None] * n
        places = rng.integers(n, size=(size, n), dtype=np.int32) + rows
        counts = np.bincount(places.ravel(), minlength=size * n).reshape(size, n)
        one, error = _with_error(statistic, counts, weight, with_errors)
        found.append(one)
        errors.append(error)
    values, spread = np.concatenate(found), np.concatenate(errors)
    usable = np.isfinite(values) & ~np.isnan(spread)
    return values[usable], spread[usable]


def _with_error(
    statistic: Statistic, counts: NDArray[np.int_] | Array, weight: Array, with_errors: bool = True
) -> tuple[Array, Array]:
    """Return the statistic of samples (one row of counts each) and its error from the influence of those drawn."""
    weighted = counts * weight
    total = weighted.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without a pair, or without spread: not finite
        means = weighted @ statistic.features / total
        found, slope = statistic.value(means)
        if not with_errors:
            return found, np.zeros(len(found))
        influence = slope @ statistic.features.T - (slope * means).sum(axis=1, keepdims=True)
        squares = np.einsum("ij,ij,ij->i", weighted * weight, influence, influence)
        return found, np.sqrt(squares) / total[:, 0]


def _portions(draws: int, n: int) -> list[int]:
    """Split the draws so that no portion holds too many counts."""
    size = max(1, _CELLS // n)
    return [min(size, draws - start) for start in range(0, draws, size)]
