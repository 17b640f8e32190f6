"""Before and after in a few structures: differences in differences, permutations, and what such a design could have found."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from ..intervals import LEVEL

Floats = NDArray[np.float64]
MOST = 200_000
"""Assignments up to which all are gone through; above, as many are drawn at random."""
FEW = 5
"""Structures of a group below which Welch's interval is too narrow where spreads differ: 0.89 to 0.94 instead of 0.95 in 40,000 draws each."""
_TIE = 1e-9


@dataclass(frozen=True)
class Effect:
    """A mean or a difference of means over structures.

    Attributes
    ----------
    estimate, low, high : float
        In the unit of the values; the ends are missing where the structures are too few, or do not differ at all.
    freedom : float
        Degrees of freedom of Student's t behind the interval.
    structures : int
        How many there are.
    """

    estimate: float
    low: float
    high: float
    freedom: float
    structures: int


def mean_of(values: ArrayLike, level: float = LEVEL) -> Effect:
    """Return the mean over structures, each of the same weight, with Student's interval on ``k - 1`` degrees of freedom."""
    own = _finite(values)
    k = len(own)
    if k == 0:
        raise ValueError("no structure has a value; legal is one at least")
    spread = float(own.var(ddof=1) / k) if k > 1 else 0.0
    return _effect(float(own.mean()), spread, k - 1, k, level)


def difference_in_differences(action: ArrayLike, comparison: ArrayLike, level: float = LEVEL) -> Effect:
    """Compare the changes of two groups of structures.

    Parameters
    ----------
    action, comparison : array of shape (structures,)
        After less before of each structure, two structures at least.
    level : float
        Of the interval, between 0 and 1.

    Returns
    -------
    Effect
        ``mean(action) - mean(comparison)``; the same as the interaction of group and time in a regression with an effect of
        each structure.

    Raises
    ------
    ValueError
        A group has fewer than two structures.

    Notes
    -----
    A structure is one observation, however many of its people answered: they share what happened there. The interval is
    Welch's, with ``v = s1²/k1 + s2²/k2`` and ``v² / ((s1²/k1)²/(k1-1) + (s2²/k2)²/(k2-1))`` degrees of freedom: the groups may
    differ in spread, and few structures are paid for in width. With fewer than :data:`FEW` structures in a group the smaller group
    alone gives the degrees of freedom, ``min(k1, k2) - 1``, which never holds the truth too seldom.

    References
    ----------
    Bertrand, Duflo, Mullainathan (2004), How much should we trust differences-in-differences estimates?, QJE 119(1):249-275
    (collapse to one change a unit). Welch (1947), Biometrika 34:28-35. Hsu (1938), Statistical Research Memoirs 2:1-24.
    """
    first, second = _finite(action), _finite(comparison)
    if min(len(first), len(second)) < 2:
        raise ValueError(f"{len(first)} and {len(second)} structures; legal are two at least in each group")
    parts = [float(own.var(ddof=1) / len(own)) for own in (first, second)]
    variance = sum(parts)
    bottom = sum(part**2 / (len(own) - 1) for part, own in zip(parts, (first, second), strict=True))
    fewest = min(len(first), len(second))
    freedom = fewest - 1 if fewest < FEW else variance**2 / bottom if bottom > 0 else math.nan
    estimate = float(first.mean() - second.mean())
    return _effect(estimate, variance, freedom, len(first) + len(second), level)


def assignments(action: int, comparison: int) -> int:
    """Return in how many ways structures can be parted into two groups of these sizes."""
    return math.comb(action + comparison, action)


def smallest_p(action: int, comparison: int) -> float:
    """Return the smallest two-sided p that a permutation of so many structures can reach, whatever they answer.

    Notes
    -----
    One assignment of all of them; two where the groups are of one size, since their mirror image is as extreme.
    """
    return min(1.0, (2 if action == comparison else 1) / assignments(action, comparison))


def permutation_p(action: ArrayLike, comparison: ArrayLike, seed: int) -> float:
    """Return the two-sided permutation p of the difference of mean changes.

    Parameters
    ----------
    action, comparison : array of shape (structures,)
        Changes.
    seed : int
        Of the assignments drawn where they are more than :data:`MOST`; otherwise all are gone through.

    Returns
    -------
    float
        Share of assignments whose difference is as far from nought as the one that was, itself among them.

    Notes
    -----
    Exact for structures that lots were drawn for. For others it answers only what would be seen if labels meant nothing.
    """
    first, second = _finite(action), _finite(comparison)
    every = np.concatenate([first, second])
    k, size = len(first), len(every)
    if not 0 < k < size:
        raise ValueError(f"{k} and {size - k} structures; legal is one at least in each group")
    possible = assignments(k, size - k)
    observed = abs(first.mean() - second.mean()) - _TIE * max(1.0, float(np.abs(every).max()))
    if possible <= MOST:
        places = np.fromiter((at for chosen in combinations(range(size), k) for at in chosen), dtype=np.intp)
        sums = every[places.reshape(-1, k)].sum(axis=1)
        return float(np.mean(_differences(sums, every, k) >= observed))
    rng = np.random.default_rng(seed)
    sums = np.array([rng.permutation(every)[:k].sum() for _ in range(MOST)])
    return float((1 + np.sum(_differences(sums, every, k) >= observed)) / (1 + MOST))


def spread_of_changes(action: ArrayLike, comparison: ArrayLike) -> tuple[float, int]:
    """Return the standard deviation of changes within the groups, pooled, and its degrees of freedom."""
    groups = [_finite(action), _finite(comparison)]
    freedom = sum(len(own) - 1 for own in groups)
    squares = sum(float(((own - own.mean()) ** 2).sum()) for own in groups)
    return math.sqrt(squares / freedom), freedom


def spread_interval(spread: float, freedom: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a standard deviation: ``s sqrt(freedom / chi2)``."""
    ends = ((1 - level) / 2, (1 + level) / 2)
    low, high = (spread * math.sqrt(freedom / float(special.chdtri(freedom, end))) for end in ends)
    return low, high


def detectable(spread: float, action: int, comparison: int, power: float, level: float = LEVEL) -> float:
    """Return the smallest true difference in differences that such a design finds with a given chance.

    Parameters
    ----------
    spread : float
        Standard deviation of changes between structures of one group.
    action, comparison : int
        Structures, two in all more than groups at least.
    power : float
        Chance that the interval leaves nought out, between 0.05 and 1.
    level : float
        Of the interval.

    Notes
    -----
    Closed form for equal spreads: the t test of ``k1 + k2 - 2`` degrees of freedom, whose statistic under a true difference ``d``
    is noncentral with ``d / (spread sqrt(1/k1 + 1/k2))``.
    """
    freedom = action + comparison - 2
    if freedom < 1 or min(action, comparison) < 1:
        raise ValueError(
            f"{action} and {comparison} structures; legal are three in all, and one at least in each group"
        )
    cut = float(special.stdtrit(freedom, (1 + level) / 2))

    def lacking(noncentral: float) -> float:
        above = 1 - special.nctdtr(freedom, noncentral, cut)
        return float(above + special.nctdtr(freedom, noncentral, -cut)) - power

    high = cut
    while lacking(high) < 0:  # the distribution function fails far beyond what is needed
        high *= 1.5
    return float(optimize.brentq(lacking, 0, high)) * spread * math.sqrt(1 / action + 1 / comparison)


def _differences(sums: Floats, every: Floats, k: int) -> Floats:
    return np.abs(sums / k - (every.sum() - sums) / (len(every) - k))


def _effect(estimate: float, variance: float, freedom: float, structures: int, level: float) -> Effect:
    if not (variance > 0 and freedom > 0):
        return Effect(estimate, math.nan, math.nan, math.nan, structures)
    half = float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(variance)
    return Effect(estimate, estimate - half, estimate + half, freedom, structures)


def _finite(values: ArrayLike) -> Floats:
    own = np.asarray(values, dtype=float)
    if own.ndim != 1 or not np.isfinite(own).all():
        raise ValueError("changes must be numbers, one a structure; leave out structures without one")
    return own
