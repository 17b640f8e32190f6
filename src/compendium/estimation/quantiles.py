"""Quantiles of weighted answers, with Woodruff's or Francisco and Fuller's interval."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, Unpack

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from ..errors import CompendiumError
from .design import Array, Design, DesignColumns
from .estimates import Known, as_row, in_domains, read_values

Rule = Literal["math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]
Interval = Literal["mean", "beta", "xlogit", "asin", "score"]
INTERVALS = ("mean", "beta", "xlogit", "asin", "score")
QuantileRule = Callable[[float], float]


def estimate_quantile(
    frame: pd.DataFrame,
    variable: str,
    probability: float | Sequence[float] = 0.5,
    *,
    rule: Rule = "math",
    interval: Interval = "mean",
    by: str | None = None,
    **design: Unpack[DesignColumns],
) -> pd.DataFrame:
    """Estimate quantiles.

    Parameters
    ----------
    frame, variable, by, **design
        As for :func:`estimate_mean`.
    probability : float or sequence of float
        Share of the population at or below the quantile, between 0 and 1; 0.5 is the median.
    rule : {"math", "school", "hf1", ..., "hf9"}
        ``math`` (``hf1``): the smallest value at which the cumulated weight reaches ``probability``. ``school``
        (``hf2``): the mean of that value and the next where it is reached exactly. ``hf3`` to ``hf9``: Hyndman and
        Fan's types, weighted. The names are those of R's survey package.
    interval : {"mean", "beta", "xlogit", "asin", "score"}
        Woodruff's, from an interval for the share at or below the estimate (t, Clopper and Pearson's at the effective
        number, t of the logit, t of the arcsine of the root); or Francisco and Fuller's, all values that a test of
        their share does not reject.

    Returns
    -------
    pandas.DataFrame
        As from :func:`estimate_mean`, one row a probability (in ``probability``); ``se`` is the interval's length over
        twice the t quantile; ``deff`` is missing, and so is a bound whose share lies outside 0 to 1.

    Raises
    ------
    CompendiumError
        As :func:`estimate_mean`; an unknown rule or interval; a probability outside 0 to 1.

    References
    ----------
    Woodruff (1952), J. Am. Stat. Assoc. 47:635-646; Francisco, Fuller (1991), Ann. Stat. 19:454-469; Hyndman, Fan
    (1996), Am. Stat. 50:361-365; Korn, Graubard (1998), Surv. Methodol. 24:193-201.
    """
    probabilities = [float(p) for p in np.atleast_1d(probability)]
    if wrong := [p for p in probabilities if not 0 < p < 1]:
        raise CompendiumError(f"probability {wrong[0]} is not legal; legal is between 0 and 1")
    if rule not in RULES or interval not in INTERVALS:
        raise CompendiumError(
            f"rule={rule!r}, interval={interval!r} is not legal; legal are {', '.join(RULES)}; {', '.join(INTERVALS)}"
        )
    read, x, known = read_values(frame, variable, design)

    def one(known: Known) -> pd.DataFrame:
        rows = [_one(read, x, known, p, rule, interval) for p in probabilities]
        return pd.concat(rows, ignore_index=True).assign(probability=probabilities)

    return in_domains(frame, by, read, known, one)


def _one(read: Design, x: Array, known: Known, p: float, rule: Rule, interval: Interval) -> pd.DataFrame:
    counted = known & (read.weights > 0)
    order = np.argsort(x[counted], kind="stable")
    quantile = partial(RULES[rule], x[counted][order], read.weights[counted][order])
    estimate = quantile(p)
    low = high = np.nan
    freedom = read.freedom(known)
    t = float(stats.t.ppf(0.975, freedom)) if freedom > 0 else np.nan
    if freedom > 0 and interval == "score":
        low, high = _francisco_fuller(read, x, known, p, t)
    elif freedom > 0:
        low, high = _woodruff(read, x, known, quantile, estimate, t, interval)
    return as_row(read, estimate, (high - low) / (2 * t), (low, high), known, np.nan, f"quantile ({rule}, {interval})")


def _place(share: Array, p: float) -> int:
    """Return the first place whose cumulated share reaches p, up to rounding of the sum."""
    return min(int(np.searchsorted(share, p - ROUNDING)), len(share) - 1)


def _math(x: Array, w: Array, p: float) -> float:
    return float(x[_place(np.cumsum(w) / w.sum(), p)])


def _school(x: Array, w: Array, p: float) -> float:
    share = np.cumsum(w) / w.sum()
    place = _place(share, p)
    exact = abs(share[place] - p) < ROUNDING and place + 1 < len(x)
    return float((x[place] + x[place + 1]) / 2 if exact else x[place])


def _type_3(x: Array, w: Array, p: float) -> float:
    """Return the value below where p is reached exactly at an even place among the different values, else that above."""
    values, place_of = np.unique(x, return_inverse=True)
    share = np.cumsum(np.bincount(place_of, w)) / w.sum()
    place = _place(share, p)
    odd = abs(share[place] - p) < ROUNDING and place % 2 == 0  # counted from 0
    return float(values[min(place + odd, len(values) - 1)])


def _between(x: Array, w: Array, p: float, *, before: float, after: float, beyond: float) -> float:
    """Interpolate: a value stands at the weight before it times ``before``, with it times ``after``, of all and ``beyond``."""
    if len(x) == 1:
        return float(x[0])
    reached = np.cumsum(w)
    return float(np.interp(p, (before * (reached - w) + after * reached) / (reached[-1] + beyond * w[-1]), x))


ROUNDING = 1e-12
RULES: Mapping[str, Callable[[Array, Array, float], float]] = {
    "math": _math,
    "school": _school,
    "hf1": _math,
    "hf2": _school,
    "hf3": _type_3,
    "hf4": partial(_between, before=0, after=1, beyond=0),
    "hf5": partial(_between, before=1 / 2, after=1 / 2, beyond=0),
    "hf6": partial(_between, before=0, after=1, beyond=1),
    "hf7": partial(_between, before=1, after=0, beyond=-1),
    "hf8": partial(_between, before=1 / 3, after=2 / 3, beyond=1 / 3),
    "hf9": partial(_between, before=3 / 8, after=5 / 8, beyond=1 / 4),
}


def _below(read: Design, below: Array, known: Known) -> tuple[float, float]:
    """Return the share of true values and its standard error."""
    total = read.weights[known].sum()
    share = float((read.weights * below)[known].sum() / total)
    influence = np.where(known, read.weights * (below - share) / total, 0.0)
    return share, float(np.sqrt(read.covariance(influence)[0, 0]))


def _woodruff(
    read: Design, x: Array, known: Known, quantile: QuantileRule, estimate: float, t: float, interval: Interval
) -> tuple[float, float]:
    share, se = _below(read, (x <= estimate).astype(float), known)
    shares = np.array([share - t * se, share + t * se])
    if 0 < share < 1 and se > 0:
        product, both = share * (1 - share), np.array([-1, 1])
        if interval == "xlogit":
            shares = expit(logit(share) + both * t * se / product)
        elif interval == "asin":
            shares = np.sin(np.arcsin(np.sqrt(share)) + both * t * se / (2 * np.sqrt(product))) ** 2
        elif interval == "beta":
            n = product / se**2 * (stats.t.ppf(0.975, int(known.sum()) - 1) / t) ** 2
            low, high = stats.beta.ppf([0.025, 0.975], n * share + [0, 1], n * (1 - share) + [1, 0])
            shares = np.array([low, high])
    low, high = (quantile(float(s)) if 0 <= s <= 1 else np.nan for s in shares)
    return low, high


def _francisco_fuller(read: Design, x: Array, known: Known, p: float, t: float) -> tuple[float, float]:
    """Return the least and the largest value whose share at or below is not rejected to be p, by bisection."""
    values = np.asarray(np.unique(x[known]))

    def statistic(place: int) -> float:
        share, se = _below(read, (x <= values[place]).astype(float), known)
        return (share - p) / se if se > 0 else float(np.sign(share - p) * np.inf)

    def first(limit: float) -> int:
        left, right = 0, len(values) - 1
        while left < right:
            middle = (left + right) // 2
            left, right = (left, middle) if statistic(middle) >= limit else (middle + 1, right)
        return left

    return float(values[first(-t)]), float(values[first(t)])
