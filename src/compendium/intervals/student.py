"""Student's t for skewed answers: how far the truth may lie from an estimate whose error is not symmetric."""

import math
from typing import NamedTuple

from scipy import special


class Moments(NamedTuple):
    """What the answers say about the error of an estimate.

    Attributes
    ----------
    variance : float
        Estimated variance of the estimate.
    third : float
        Estimated third central moment of the estimate.
    slope : float
        Half the rate at which the estimated variance falls as the estimate rises, over that variance; 0 unless weights
        are unequal.
    freedom : float
        Degrees of freedom of the variance.
    """

    variance: float
    third: float
    slope: float
    freedom: float


def quantile(freedom: float, level: float) -> float:
    """Return the t quantile of a two-sided interval."""
    return float(special.stdtrit(freedom, 0.5 + level / 2))


def reach(moments: Moments, t: float) -> tuple[float, float]:
    """Return how far down and how far up the truth may lie from the estimate, at a t quantile of 0 or more.

    Notes
    -----
    Hall's cubic transformation ``g(T) = T + c + b T^2 + b^2 T^3 / 3`` of ``T = (estimate - truth) / s`` takes the first
    term of skewness out of its distribution; the truth lies where ``g(T)`` is between ``-t`` and ``t``. With
    ``a = third / s^3`` and ``d = a - 2 slope s``: ``b = (3 d - a) / 6`` and ``c = d / 2 - b``. Without weights ``d = a``
    and this is Hall's own form, ``b = a / 3`` and ``c = a / 6``; without skewness it is Student's ``t s``. ``d`` is the
    covariance of estimate and estimated variance over ``s^3``; it differs from ``a`` because the residuals of a weighted
    mean are taken from the estimate.

    References
    ----------
    Hall (1992), J. R. Stat. Soc. B 54:221-228.
    """
    if moments.variance <= 0:
        return 0.0, 0.0
    s = math.sqrt(moments.variance)
    skewness = moments.third / s**3
    coupled = skewness - 2 * moments.slope * s
    bend = (3 * coupled - skewness) / 6
    shift = coupled / 2 - bend
    # Where one weight stands above all, an end could pass the estimate; there it would say nothing, so it stops.
    return s * max(_straight(t, bend, shift), 0.0), s * max(-_straight(-t, bend, shift), 0.0)


def _straight(t: float, bend: float, shift: float) -> float:
    """Return the statistic whose transformation is ``t``."""
    if abs(bend) < 1e-9:
        return t - shift
    return (math.cbrt(1 + 3 * bend * (t - shift)) - 1) / bend
