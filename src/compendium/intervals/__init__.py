"""Intervals for shares, means, differences and ranks, and adjustment for many tests at once.

Everything here returns plain numbers; rooms put them into the one shape of a result. Shares run from 0 to 1. How often
each interval holds the truth is measured in ``docs/coverage.md``.
"""

from .differences import contrast, difference
from .many import benjamini_hochberg, holm, ranks
from .means import effective_n, equal_weights, mean, share_of
from .shape import LEVEL, Difference, Mean, Rank, Share
from .shares import share, share_difference

__all__ = [
    "LEVEL",
    "Difference",
    "Mean",
    "Rank",
    "Share",
    "benjamini_hochberg",
    "contrast",
    "difference",
    "effective_n",
    "equal_weights",
    "holm",
    "mean",
    "ranks",
    "share",
    "share_difference",
    "share_of",
]
