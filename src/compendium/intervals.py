"""Intervals for shares, means and their differences, and adjustment for many tests at once.

Everything here returns plain numbers; rooms put them into the one shape of a result. Shares run from 0 to 1.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

LEVEL = 0.95
"""Confidence of every printed interval."""


class Share(NamedTuple):
    """A share from 0 to 1 with its interval."""

    estimate: float
    low: float
    high: float


class Mean(NamedTuple):
    """A mean with its interval, the number of values and the effective number."""

    estimate: float
    low: float
    high: float
    n: int
    n_effective: float


class Difference(NamedTuple):
    """A difference (first minus second) with its interval and two-sided p value."""

    estimate: float
    low: float
    high: float
    p: float


def share(successes: float, n: float, level: float = LEVEL) -> Share:
    """Estimate a share with its Wilson interval.

    Parameters
    ----------
    successes : float
        Number of cases that have the feature; an effective number where answers are weighted.
    n : float
        Number of cases asked, at least ``successes``; an effective number where answers are weighted.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Share
        ``estimate low high`` from 0 to 1; all missing when ``n`` is 0.

    Raises
    ------
    ValueError
        ``successes`` is negative or larger than ``n``.

    Notes
    -----
    Wilson rather than Wald: it never leaves 0 to 1 and keeps its coverage for small n and extreme shares.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22:209-212; Brown, Cai, DasGupta (2001), Stat. Sci. 16:101-133.
    """
    if not 0 <= successes <= n + 1e-9:
        raise ValueError(f"successes {successes}: legal is 0 to n = {n}")
    if n <= 0:
        return Share(np.nan, np.nan, np.nan)
    p = min(successes / n, 1.0)
    z = stats.norm.ppf(0.5 + level / 2)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # Exact bounds at the ends: rounding would otherwise leave 1e-17 where the bound is 0.
    low = 0.0 if p == 0 else float(max(0.0, centre - half))
    high = 1.0 if p == 1 else float(min(1.0, centre + half))
    return Share(float(p), low, high)


def mean(
    values: ArrayLike, weights: ArrayLike | None = None, strata: ArrayLike | None = None, level: float = LEVEL
) -> Mean:
    """Estimate a mean with a t interval, weighted and stratified where asked.

    Parameters
    ----------
    values : array-like of float
        The values in their own unit; missing values (and their weights) are left out.
    weights : array-like of float, optional
        Weights of zero or more, in any unit.
    strata : array-like, optional
        Groups whose shares in the estimate are fixed by the weights (countries in an equal-weight mean); differences
        between them then add nothing to the variance.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Mean
        ``estimate low high n n_effective``; the interval is missing with fewer than two values.

    Notes
    -----
    Linearised variance: with ``z_i = w_i (x_i - m) / sum(w)``, the sum over strata of ``n_h / (n_h - 1)`` times the
    squared deviations of ``z`` from its stratum mean. Without weights and strata this is the classical t interval.
    ``n_effective`` is Kish's ``sum(w)^2 / sum(w^2)``; the degrees of freedom are ``n`` less the number of strata.

    References
    ----------
    Kish (1965), Survey Sampling; Binder (1983), Int. Stat. Rev. 51:279-292.
    """
    x, w, h = _complete(values, weights, strata)
    n = len(x)
    if n == 0 or w.sum() <= 0:
        return Mean(np.nan, np.nan, np.nan, n, 0.0)
    estimate = float(np.average(x, weights=w))
    variance, freedom = _linearised(x, w, h, estimate)
    if freedom < 1:
        return Mean(estimate, np.nan, np.nan, n, effective_n(w))
    half = float(stats.t.ppf(0.5 + level / 2, freedom) * np.sqrt(variance))
    return Mean(estimate, estimate - half, estimate + half, n, effective_n(w))


def share_of(
    flags: ArrayLike, weights: ArrayLike | None = None, strata: ArrayLike | None = None, level: float = LEVEL
) -> Mean:
    """Estimate the share of true values among those known, weighted and stratified where asked.

    Parameters
    ----------
    flags : array-like of bool or float
        True (1) where the person has the feature, missing where it is not known.
    weights, strata, level
        As for :func:`mean`.

    Returns
    -------
    Mean
        ``estimate low high n n_effective``, from 0 to 1.

    Notes
    -----
    Without weights the Wilson interval of :func:`share`. With weights the Wilson interval at ``p (1 - p) / variance``
    cases, the number of unweighted answers that would be as precise (Kish's number when nobody or everybody has the
    feature), never more than there are answers.

    References
    ----------
    Kott, Andersson, Nerman (2001), J. Off. Stat. 17:511-522.
    """
    x, w, h = _complete(flags, weights, strata)
    n = len(x)
    if n == 0 or w.sum() <= 0:
        return Mean(np.nan, np.nan, np.nan, n, 0.0)
    p = float(np.average(x, weights=w))
    size = effective_n(w)
    if weights is not None:
        variance, freedom = _linearised(x, w, h, p)
        if freedom >= 1 and variance > 0 and 0 < p < 1:
            size = min(p * (1 - p) / variance, float(n))
    found = share(p * size, size, level)
    return Mean(p, found.low, found.high, n, size)


def difference(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> Difference:
    """Estimate the difference of two means (first minus second) with Welch's interval.

    References
    ----------
    Welch (1947), Biometrika 34:28-35.
    """
    a, b = (np.asarray(v, dtype=float) for v in (first, second))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if len(a) < 2 or len(b) < 2:
        return Difference(float(a.mean() - b.mean()) if len(a) and len(b) else np.nan, np.nan, np.nan, np.nan)
    found = stats.ttest_ind(a, b, equal_var=False)
    low, high = found.confidence_interval(level)
    return Difference(float(a.mean() - b.mean()), float(low), float(high), float(found.pvalue))


def share_difference(first: tuple[float, float], second: tuple[float, float], level: float = LEVEL) -> Difference:
    """Estimate the difference of two independent shares, each given as ``(successes, n)``, with Newcombe's interval.

    Notes
    -----
    The interval joins the two Wilson intervals; the p value is that of the pooled score test.

    References
    ----------
    Newcombe (1998), Stat. Med. 17:873-890, method 10.
    """
    (a, m), (b, n) = first, second
    one, two = share(a, m, level), share(b, n, level)
    d = one.estimate - two.estimate
    low = d - np.hypot(one.estimate - one.low, two.high - two.estimate)
    high = d + np.hypot(one.high - one.estimate, two.estimate - two.low)
    if m <= 0 or n <= 0:
        return Difference(np.nan, np.nan, np.nan, np.nan)
    pooled = (a + b) / (m + n)
    error = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    p = 1.0 if error == 0 else float(2 * stats.norm.sf(abs(d) / error))
    return Difference(float(d), float(low), float(high), p)


def equal_weights(groups: ArrayLike) -> NDArray[np.float64]:
    """Weigh answers so that every group counts the same and the weights sum to the number of answers."""
    names, place, sizes = np.unique(np.asarray(groups, dtype=str), return_inverse=True, return_counts=True)
    return np.asarray(len(place) / (len(names) * sizes[place]), dtype=float)


def effective_n(weights: ArrayLike) -> float:
    """Return Kish's effective number of answers, ``sum(w)^2 / sum(w^2)``."""
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / (w**2).sum()) if w.sum() > 0 else 0.0


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values by Holm's step-down rule; missing values stay missing and are not counted.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6:65-70.
    """
    return _adjusted(p, "holm")


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values for the false discovery rate; missing values stay missing and are not counted.

    References
    ----------
    Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57:289-300.
    """
    return _adjusted(p, "fdr_bh")


def _adjusted(p: ArrayLike, method: str) -> NDArray[np.float64]:
    from pingouin import multicomp  # a second and a half at import, for who really tests something

    raw = np.asarray(p, dtype=float)
    if np.isnan(raw).all():  # a family of no tests, which pingouin refuses
        return raw
    return np.asarray(multicomp(raw, method=method)[1], dtype=float)


def _complete(
    values: ArrayLike, weights: ArrayLike | None, strata: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
    """Return values, weights and strata of the cases whose value is known."""
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    h = np.zeros(len(x), dtype=str) if strata is None else np.asarray(strata, dtype=str)
    if np.isnan(w).any() or (w < 0).any():
        raise ValueError("a weight is missing or negative; legal are numbers of 0 or more")
    known = ~np.isnan(x)
    return x[known], w[known], h[known]


def _linearised(
    x: NDArray[np.float64], w: NDArray[np.float64], h: NDArray[np.str_], centre: float
) -> tuple[float, int]:
    """Return the linearised variance of a weighted mean and its degrees of freedom."""
    z = w * (x - centre) / w.sum()
    _, place, sizes = np.unique(h, return_inverse=True, return_counts=True)
    deviation = z - (np.bincount(place, z) / sizes)[place]
    # A stratum of one says nothing about its own spread: it adds its squared value, the cautious choice.
    deviation = np.where(sizes[place] == 1, z, deviation)
    scale = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0)
    return float((scale[place] * deviation**2).sum()), len(x) - len(sizes)
