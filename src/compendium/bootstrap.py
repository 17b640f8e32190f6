"""Intervals of reliability that keep their coverage on skewed answers: persons are drawn again, with their weights.

Every coefficient is ``1 - exp(u)`` with ``u`` a smooth function of weighted means of a few numbers a person (*features*: answers,
their squares and products). So all draws are one matrix product, and the error of each draw's ``u`` follows from its gradient.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from . import coefficients, item_statistics
from .errors import CompendiumError
from .intervals import LEVEL

Array = NDArray[np.float64]

METHODS = ("bootstrap", "percentile", "bca", "free", "feldt")
DRAWS = 599
"""Bootstrap samples. Quantiles are counted among one more than there are, so that fewer samples cost no coverage."""
SEED = 1
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


class Statistic(NamedTuple):
    """A coefficient below 1 as a function of means.

    ``features`` has one row a person; ``value`` takes means of the features, one row a draw, and returns
    ``log(1 - coefficient)`` and its gradient by the means, not finite where a draw gives no coefficient.
    """

    features: Array
    value: Callable[[Array], tuple[Array, Array]]


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
        As for :func:`.item_statistics.usable`.
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
        Two items, an unknown method, too few draws, or what :func:`.item_statistics.usable` refuses.

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
    values, weight = item_statistics.usable(frame, missing, weights)
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
        How it follows from means; see :func:`alpha_statistic` and :func:`spearman_brown_statistic`.
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
    with np.errstate(divide="ignore"):  # a draw without any error lies infinitely far, which a quantile may hold
        first, last = np.quantile((drawn - centre) / errors, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], method="weibull")
    ends = 1 - (1 - estimate) * np.exp(-np.array([first, last]) * error)
    return float(ends[0]), float(ends[1])


def alpha_statistic(values: Array) -> Statistic:
    """Return Cronbach's alpha as a function of means, of answers with or without gaps."""
    return _pairwise(values) if np.isnan(values).any() else _complete(values - values.mean(axis=0))


def spearman_brown_statistic(values: Array) -> Statistic:
    """Return the Spearman-Brown coefficient of two items without gaps as a function of means."""
    x, y = (values - values.mean(axis=0)).T

    def value(means: Array) -> tuple[Array, Array]:
        mean_x, mean_y, xx, yy, xy = means.T
        a, b, c = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
        r = c / np.sqrt(a * b)
        by_a, by_b, by_c = -r / (2 * a), -r / (2 * b), 1 / np.sqrt(a * b)
        slope = np.stack(
            [-2 * mean_x * by_a - mean_y * by_c, -2 * mean_y * by_b - mean_x * by_c, by_a, by_b, by_c], axis=1
        )
        # 1 - 2 r / (1 + r) = (1 - r) / (1 + r)
        return np.log((1 - r) / (1 + r)), slope * (-2 / (1 - r**2))[:, None]

    return Statistic(np.stack([x, y, x * x, y * y, x * y], axis=1), value)


def _complete(values: Array) -> Statistic:
    """Return alpha from the means of the items, of their squares together, and of the squared sum."""
    k = values.shape[1]
    features = np.column_stack([values, (values**2).sum(axis=1), values.sum(axis=1) ** 2])

    def value(means: Array) -> tuple[Array, Array]:
        items = means[:, :k]
        reach = items.sum(axis=1)
        own, total = means[:, k] - (items**2).sum(axis=1), means[:, k + 1] - reach**2
        rest = 1 - k / (k - 1) * (1 - own / total)
        by_own, by_total = k / (k - 1) / total, -k / (k - 1) * own / total**2
        slope = np.column_stack(
            [-2 * items * by_own[:, None] - 2 * (reach * by_total)[:, None], by_own[:, None], by_total[:, None]]
        )
        return np.log(rest), slope / rest[:, None]

    return Statistic(features, value)


class Pairs:
    """Covariances as functions of means: each pair of items rests on the persons who answered both.

    ``features`` holds per pair who answered both, either answer of theirs, and their product.
    """

    def __init__(self, values: Array) -> None:
        self.items = values.shape[1]
        self.one, self.two = np.triu_indices(self.items)
        known, filled = ~np.isnan(values), np.nan_to_num(values - np.nanmean(values, axis=0))
        first, second = filled[:, self.one], filled[:, self.two]
        both = (known[:, self.one] & known[:, self.two]).astype(float)
        self.features: Array = np.hstack([both, first * both, second * both, first * second])

    def matrices(self, means: Array) -> Array:
        """Return the covariances, one matrix a row of means."""
        share, first, second, product = np.split(means, 4, axis=1)
        found = np.empty((len(means), self.items, self.items))
        found[:, self.one, self.two] = found[:, self.two, self.one] = product / share - first * second / share**2
        return found

    def gradient(self, means: Array, slope: Array) -> Array:
        """Turn a gradient by the covariances (one matrix a row) into one by the means."""
        share, first, second, product = np.split(means, 4, axis=1)
        # Off the diagonal a covariance stands twice in its matrix.
        by_pair = slope[:, self.one, self.two] * np.where(self.one == self.two, 1.0, 2.0)
        by_share = -product / share**2 + 2 * first * second / share**3
        return np.hstack([by_pair * part for part in (by_share, -second / share**2, -first / share**2, 1 / share)])


def _pairwise(values: Array) -> Statistic:
    """Return alpha from covariances that each rest on the persons who answered both items of a pair."""
    pairs = Pairs(values)
    k = pairs.items

    def value(means: Array) -> tuple[Array, Array]:
        covariance = pairs.matrices(means)
        own, total = np.trace(covariance, axis1=1, axis2=2)[:, None, None], covariance.sum(axis=(1, 2))[:, None, None]
        rest = 1 - k / (k - 1) * (1 - own / total)
        slope = k / (k - 1) * (np.eye(k) / total - own / total**2) / rest
        return np.log(rest[:, 0, 0]), pairs.gradient(means, slope)

    return Statistic(pairs.features, value)


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
