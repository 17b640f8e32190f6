"""How large a difference is, whatever its unit: Hedges' g of means and Cohen's h of shares, each with its interval."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from ..intervals import LEVEL


class Effect(NamedTuple):
    """An effect size with its interval."""

    estimate: float
    low: float
    high: float


def spread(groups: Sequence[ArrayLike]) -> float:
    """Return the standard deviation within groups, pooled; missing values are left out.

    Parameters
    ----------
    groups : sequence of array-like of float
        The values of each group, in one unit.

    Returns
    -------
    float
        ``sqrt(sum((n_g - 1) s_g^2) / (N - k))``; missing where no group has two values.
    """
    known = [own[~np.isnan(own)] for own in (np.asarray(each, dtype=float) for each in groups)]
    freedom = sum(len(own) - 1 for own in known if len(own))
    squares = sum(float(((own - own.mean()) ** 2).sum()) for own in known if len(own))
    return math.sqrt(squares / freedom) if freedom > 0 else math.nan


def hedges_g(
    groups: Sequence[ArrayLike],
    coefficients: Sequence[float] = (1.0, -1.0),
    level: float = LEVEL,
    found: tuple[float, float] | None = None,
) -> Effect:
    """Estimate a contrast of means in standard deviations, without the bias of small samples.

    Parameters
    ----------
    groups : sequence of array-like of float
        The values of each group, in one unit; missing values are left out.
    coefficients : sequence of float
        One a group, as for :func:`compendium.intervals.contrast`; two groups are subtracted when nothing is said.
    level : float
        Confidence, between 0 and 1.
    found : tuple of float, optional
        Estimate and standard error of the contrast in its own unit where people were weighted or answered through
        organisations; without it every value counts the same and stands alone.

    Returns
    -------
    Effect
        ``estimate low high`` in standard deviations within the groups; all missing where there is no spread.

    Notes
    -----
    ``g = J d / s`` with the pooled ``s`` of :func:`spread`, ``J`` the exact correction for its ``N - k`` degrees of freedom.
    Its variance is ``sum(c^2 / n)`` (or the squared standard error over ``s^2``) plus ``g^2 / (2 N)``; for two groups
    that is the usual variance of g, the interval is normal.

    References
    ----------
    Hedges (1981), J. Educ. Stat. 6:107-128; Hedges, Olkin (1985), Statistical Methods for Meta-Analysis, ch. 5.
    """
    known = [own[~np.isnan(own)] for own in (np.asarray(each, dtype=float) for each in groups)]
    sizes, c = np.array([len(own) for own in known], dtype=float), np.asarray(coefficients, dtype=float)
    s, freedom = spread(known), sizes.sum() - len(known)
    if sizes.min() == 0 or not s > 0:
        return Effect(math.nan, math.nan, math.nan)
    correction = math.exp(
        special.gammaln(freedom / 2) - math.log(math.sqrt(freedom / 2)) - special.gammaln((freedom - 1) / 2)
    )
    difference = float(c @ [own.mean() for own in known]) if found is None else found[0]
    of_means = float((c**2 / sizes).sum()) if found is None else (found[1] / s) ** 2
    g = correction * difference / s
    half = float(stats.norm.ppf(0.5 + level / 2)) * math.sqrt(of_means + g**2 / (2 * sizes.sum()))
    return Effect(g, g - half, g + half)


def cohens_h(
    shares: Sequence[float],
    sizes: Sequence[float],
    coefficients: Sequence[float] = (1.0, -1.0),
    level: float = LEVEL,
) -> Effect:
    """Estimate a contrast of shares as a difference of angles, in which 10 % and 15 % lie further apart than 50 % and 55 %.

    Parameters
    ----------
    shares : sequence of float
        The share of each group, from 0 to 1.
    sizes : sequence of float
        The number of people behind each, effective where they are weighted.
    coefficients : sequence of float
        One a group; two groups are subtracted when nothing is said.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Effect
        ``estimate low high`` in radians: ``sum(c 2 arcsin(sqrt(p)))``, its variance ``sum(c^2 / n)``.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, 2nd ed., ch. 6.
    """
    c, angles = np.asarray(coefficients, dtype=float), 2 * np.arcsin(np.sqrt(np.asarray(shares, dtype=float)))
    h = float(c @ angles)
    half = float(stats.norm.ppf(0.5 + level / 2)) * math.sqrt(float((c**2 / np.asarray(sizes, dtype=float)).sum()))
    return Effect(h, h - half, h + half)
