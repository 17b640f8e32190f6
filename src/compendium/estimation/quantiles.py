"""Quantiles of weighted answers, with Woodruff's or Francisco and Fuller's interval."""

from collections.abc import Callable
from functools import partial
from typing import Literal, Unpack

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from ..errors import CompendiumError
from .design import Array, Design, DesignColumns
from .estimates import Known, as_row, read_values

Rule = Literal["math", "school", "hf7"]
Interval = Literal["mean", "xlogit", "score"]
QuantileRule = Callable[[float], float]


def estimate_quantile(
    frame: pd.DataFrame,
    variable: str,
    probability: float = 0.5,
    *,
    rule: Rule = "math",
    interval: Interval = "mean",
    **design: Unpack[DesignColumns],
) -> pd.DataFrame:
    """Estimate a quantile.

    Parameters
    ----------
    frame, variable, **design
        As for :func:`estimate_mean`.
    probability : float
        Share of the population at or below the quantile, between 0 and 1; 0.5 is the median.
    rule : {"math", "school", "hf7"}
        The smallest value at which the cumulated weight reaches ``probability``; the mean of that value and the next
        where it is reached exactly; or linear interpolation between values (Hyndman and Fan's type 7).
    interval : {"mean", "xlogit", "score"}
        Woodruff's, from a t or a logit interval for the share at or below the estimate; or Francisco and Fuller's, all
        values that a test of their share does not reject.

    Returns
    -------
    pandas.DataFrame
        As from :func:`estimate_mean`; ``se`` is the interval's length over twice the t quantile; ``deff`` is missing,
        and so is a bound whose share lies outside 0 to 1.

    Raises
    ------
    CompendiumError
        As :func:`estimate_mean`; an unknown rule or interval; a probability outside 0 to 1.

    References
    ----------
    Woodruff (1952), J. Am. Stat. Assoc. 47:635-646; Francisco, Fuller (1991), Ann. Stat. 19:454-469; Hyndman, Fan
    (1996), Am. Stat. 50:361-365.
    """
    if not 0 < probability < 1:
        raise CompendiumError(f"probability {probability} is not legal; legal is between 0 and 1")
    rules = {"math": _math, "school": _school, "hf7": _type_7}
    if rule not in rules or interval not in ("mean", "xlogit", "score"):
        raise CompendiumError(
            f"rule={rule!r}, interval={interval!r} is not legal; legal are {', '.join(rules)}; mean, xlogit, score"
        )
    read, x, known = read_values(frame, variable, design)
    counted = known & (read.weights > 0)
    order = np.argsort(x[counted], kind="stable")
    quantile = partial(rules[rule], x[counted][order], read.weights[counted][order])
    estimate = quantile(probability)
    low = high = np.nan
    t = float(stats.t.ppf(0.975, read.freedom)) if read.freedom > 0 else np.nan
    if np.isfinite(t) and interval == "score":
        low, high = _francisco_fuller(read, x, known, probability, t)
    elif np.isfinite(t):
        low, high = _woodruff(read, x, known, quantile, estimate, t, interval)
    return as_row(read, estimate, (high - low) / (2 * t), (low, high), known, np.nan, f"quantile ({rule}, {interval})")


def _math(x: Array, w: Array, p: float) -> float:
    """Return the smallest value whose cumulated share reaches p, up to rounding of the sum."""
    share = np.cumsum(w) / w.sum()
    return float(x[min(int(np.searchsorted(share, p - 1e-12)), len(x) - 1)])


def _school(x: Array, w: Array, p: float) -> float:
    share = np.cumsum(w) / w.sum()
    place = min(int(np.searchsorted(share, p - 1e-12)), len(x) - 1)
    exact = abs(share[place] - p) < 1e-12 and place + 1 < len(x)
    return float((x[place] + x[place + 1]) / 2 if exact else x[place])


def _type_7(x: Array, w: Array, p: float) -> float:
    if len(x) == 1:
        return float(x[0])
    reached = np.concatenate([[0.0], np.cumsum(w)[:-1]])
    return float(np.interp(p, reached / reached[-1], x))


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
    if interval == "xlogit" and 0 < share < 1:
        half = t * se / (share * (1 - share))
        shares = [float(expit(logit(share) + sign * half)) for sign in (-1, 1)]
    else:
        shares = [share - t * se, share + t * se]
    low, high = (quantile(s) if 0 <= s <= 1 else np.nan for s in shares)
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
