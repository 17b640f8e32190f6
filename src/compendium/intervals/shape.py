"""What an estimate with its interval looks like, and the confidence of every one."""

from typing import NamedTuple

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


class Rank(NamedTuple):
    """A rank, 1 for the highest, with the highest and the lowest rank that the answers leave open."""

    estimate: int
    low: int
    high: int
