"""Differences between two groups of persons: in their own unit, and standardised."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .shape import LEVEL, Difference


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
