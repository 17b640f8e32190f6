"""Places that numbers may hold among others, so that chance alone makes no order."""

from functools import cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..intervals.shape import LEVEL

Above = NDArray[np.bool_]
_MANY: Final = 1e6
"""Degrees of freedom of a normal quantity."""


def told_apart(estimate: ArrayLike, low: ArrayLike, high: ArrayLike) -> Above:
    """Tell which estimates lie above which others, all pairs judged at once.

    Parameters
    ----------
    estimate, low, high : array-like of float
        Estimates and their 95 % intervals, in one unit. One without an interval is told apart from none.

    Returns
    -------
    ndarray of bool
        ``[i, j]`` is true where ``i`` lies above ``j``.

    Notes
    -----
    ``i`` lies above ``j`` where ``e_i - e_j > f sqrt((e_i - low_i)^2 + (high_j - e_j)^2)``: the interval of a difference by the
    method of variance estimates recovery, widened from one comparison to all pairs of ``k`` estimates by
    ``f = q / (sqrt(2) z)``, with ``q`` the 95 % point of the studentised range of ``k`` and ``z`` that of the normal law.
    Intervals that merely do not overlap are no ground for an order: among seventeen equal shares of 300 persons at least one
    pair of intervals lay apart in 32 of 100 draws, and by this rule in 4 (2,000 draws). The same persons answer about all of
    them; answers that go together make the rule stricter than it says.

    References
    ----------
    Tukey (1953), The problem of multiple comparisons; Zou, Donner (2008), Stat. Med. 27:1693-1702; Mogstad, Romano, Shaikh,
    Wilhelm (2024), Rev. Econ. Stud. 91:476-518, on intervals of ranks.
    """
    middle, bottom, top = (np.asarray(side, dtype=float) for side in (estimate, low, high))
    reach = np.hypot((middle - bottom)[:, None], (top - middle)[None, :])
    return middle[:, None] - middle[None, :] > _factor(len(middle)) * reach  # false wherever an end is missing


def ranges_apart(low: ArrayLike, high: ArrayLike) -> Above:
    """Tell which of several ranges lie wholly above which others; ``[i, j]`` is true where ``i`` does above ``j``."""
    bottom, top = (np.asarray(side, dtype=float) for side in (low, high))
    return bottom[:, None] > top[None, :]


def places(above: Above, index: pd.Index) -> pd.DataFrame:
    """Return the places that each may hold, 1 for the largest, given which lie above which.

    Returns
    -------
    pandas.DataFrame
        ``place_low`` and ``place_high`` on `index`; what is not told apart from anything may hold every place.
    """
    ends = {"place_low": above.sum(axis=0) + 1, "place_high": len(above) - above.sum(axis=1)}
    return pd.DataFrame(ends, index=index, dtype="Int64")


@cache
def _factor(k: int) -> float:
    if k < 2:
        return 1.0
    return float(stats.studentized_range.ppf(LEVEL, k, _MANY) / np.sqrt(2) / stats.norm.ppf((1 + LEVEL) / 2))
