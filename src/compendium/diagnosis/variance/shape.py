"""How far groups and persons are from being spread like a bell, and how much wider that makes an interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEW_GROUPS = 10
"""Below this number of groups a share is not to be read, and nothing can be told of how groups are spread."""
FALLS_SHORT = 2.0
"""By how much an excess kurtosis above nought is multiplied: some dozens of groups show less than the true one."""
FLATTEST = -1.0
"""Excess kurtosis below which none is believed: that of two lumps is -2."""


def spreads(
    ratios: Array, places: Sequence[NDArray[np.intp]], persons: Array, effects: Sequence[Array]
) -> tuple[Array, Array]:
    """Tell how many times as uncertain the variance of each level, and that of persons, is as under normal effects.

    Parameters
    ----------
    ratios : array of shape (levels,)
        The likeliest ratios of the variance of each level to that of the residual.
    places : sequence of arrays of int, shape (n,)
        Group of each person at each level, from 0.
    persons : array of shape (n,)
        What is left of each person once covariates and predicted effects of groups are taken out.
    effects : sequence of arrays
        Predicted effect of each group of each level.

    Returns
    -------
    levels, own : arrays of shape (levels,)
        1 where everything is normal. `own` is the part of the persons' own spread that does not cancel between the
        two mean squares of a level: none where groups do not differ.

    Notes
    -----
    The variance of a mean of squares of ``m`` parts is ``(2 + kurtosis) / m`` with the excess kurtosis of the parts, which
    leaves ``m / (1 + kurtosis / 2)`` degrees of freedom (Box; Satterthwaite). The parts of a level are the weighted means
    of its groups, the other levels taken out, ``z = m_g sqrt(n_g / (1 + r n_g))``. Their kurtosis is the larger of the
    unbiased one and that of a gamma variable as skewed as they are; above nought it is multiplied by :data:`FALLS_SHORT`.
    Where persons have heavier tails than chance gives, groups are not taken to have lighter ones than persons: few groups
    seldom show the far one. From fewer than ten groups persons alone tell, and theirs is multiplied as well.

    References
    ----------
    Box (1953), Biometrika 40:318-335; Shoemaker (2003), Am. Stat. 57:105-114.
    """
    _, own = _skew_and_kurtosis(persons)
    own = own if own > 2 * np.sqrt(24 / len(persons)) else 0.0  # lighter ones than chance gives make nothing surer
    levels, rest = np.ones(len(ratios)), np.ones(len(ratios))
    for at, (ratio, place, effect) in enumerate(zip(ratios, places, effects, strict=True)):
        n = np.bincount(place).astype(float)
        drawn = ratio * n / (1 + ratio * n)  # the part of a group's mean that is its own, not that of its persons
        weight = float((drawn**2).mean())
        means = np.bincount(place, persons) / n + effect
        if len(n) < FEW_GROUPS:
            excess = FALLS_SHORT * weight * own
        else:
            excess = max(_excess(means * np.sqrt(n / (1 + ratio * n))), weight * own if own else FLATTEST)
        levels[at] = 1 + excess / 2
        rest[at] = 1 + weight * own / 2
    return levels, rest


def _excess(parts: Array) -> float:
    n = len(parts)
    by_chance = 6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3))
    skewness, kurtosis = _skew_and_kurtosis(parts)
    found = max(kurtosis, 1.5 * (skewness**2 - by_chance), FLATTEST)
    return found * FALLS_SHORT if found > 0 else found


def _skew_and_kurtosis(parts: Array) -> tuple[float, float]:
    """Return the unbiased skewness and excess kurtosis (of scipy, without its cost for some dozens of numbers)."""
    n, off = len(parts), parts - parts.mean()
    if n < 4 or not off.any():
        return 0.0, 0.0
    second, third, fourth = ((off**power).mean() for power in (2, 3, 4))
    skewness = np.sqrt(n * (n - 1)) / (n - 2) * third / second**1.5
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / second**2 - 3) + 6)
    return float(skewness), float(kurtosis)


def of_residual(ratios: Array, sizes: NDArray[np.intp], levels: Array) -> float:
    """Return the spread that counts for the residual: of each level as much as its variance is uncertain."""
    weight = ratios**2 / sizes
    return float((weight * levels).sum() / weight.sum()) if weight.any() else 1.0
