"""Intervals for shares and for their differences."""

import numpy as np
from scipy import stats

from .shape import LEVEL, Difference, Share


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
