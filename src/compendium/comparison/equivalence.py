"""Tests of equivalence, verdicts in three words, and one adjustment over tests of difference and of equivalence together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..intervals import LEVEL, contrast

DIFFERENT, EQUIVALENT, UNDECIDED, SMALL = "different", "equivalent", "undecided", "different_but_small"


class Equivalence(NamedTuple):
    """A contrast with the interval that decides on its equivalence (90 % at a level of 95 %), and the p value."""

    estimate: float
    low: float
    high: float
    p: float


def equivalence(
    groups: Sequence[ArrayLike],
    margin: float,
    coefficients: Sequence[float] = (1.0, -1.0),
    level: float = LEVEL,
    **design: Any,
) -> Equivalence:
    """Test whether a contrast of means is smaller than a margin, by two one-sided tests.

    Parameters
    ----------
    groups : sequence of array-like of float
        The values of each group, in one unit; missing values are left out.
    margin : float
        Largest difference that is still none, in that unit, above 0.
    coefficients : sequence of float
        One a group; two groups are subtracted when nothing is said.
    level : float
        Confidence, between 0 and 1; the interval that belongs to the test has ``2 level - 1``.
    **design
        ``clusters``, ``weights`` and ``strata`` of :func:`compendium.intervals.contrast`.

    Returns
    -------
    Equivalence
        ``estimate low high p``; the interval lies within the margins exactly where p is below ``1 - level``. Where nobody
        differs from anybody in their group there is nothing from which chance could be judged: no interval and no p.

    Raises
    ------
    ValueError
        The margin is not above 0.

    Notes
    -----
    Both null hypotheses (the contrast is at the margin or above; at minus the margin or below) must be rejected, each
    at the full level: an intersection-union test needs no adjustment within. p is the larger of the two.

    References
    ----------
    Schuirmann (1987), J. Pharmacokin. Biopharm. 15:657-680; Berger, Hsu (1996), Stat. Sci. 11:283-319.
    """
    if not margin > 0:
        raise ValueError(f"a margin of {margin} is not legal; legal is a number above 0")
    found = contrast(groups, coefficients, 2 * level - 1, **design)
    if all(np.nanmin(one) == np.nanmax(one) for one in (np.asarray(group, dtype=float) for group in groups)):
        return Equivalence(found.estimate, np.nan, np.nan, np.nan)
    tails = [_tail(groups, coefficients, design, side * margin, side) for side in (1.0, -1.0)]
    return Equivalence(found.estimate, found.low, found.high, max(tails))


def _tail(
    groups: Sequence[ArrayLike], coefficients: Sequence[float], design: dict[str, Any], shift: float, side: float
) -> float:
    """Return the one-sided p value of the contrast lying ``shift`` further along, in the direction of `side`."""
    first = np.asarray(groups[0], dtype=float) + shift / coefficients[0]
    moved = contrast([first, *groups[1:]], coefficients, **design)
    return moved.p / 2 if side * moved.estimate > 0 else 1 - moved.p / 2


def adjust(different: ArrayLike, equivalent: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Adjust the p values of differences and of their equivalence over all of them together.

    Parameters
    ----------
    different, equivalent : array-like of float
        One p value a contrast, in the same order; missing where it was not tested.

    Returns
    -------
    tuple of numpy.ndarray
        Both, adjusted: the probability of any false statement among all of them stays under the level.

    Notes
    -----
    Holm's rule, with the logic of Shaffer: a contrast cannot be nought *and* beyond its margin, so of ``2 m`` hypotheses on
    ``m`` contrasts at most ``m`` are true at once. The i-th smallest p value is multiplied by ``min(m, 2 m - i + 1)``
    and never less than the one before. Testing equivalence besides thus costs the tests of difference nothing at first.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6:65-70; Shaffer (1986), J. Am. Stat. Assoc. 81:826-831, procedure S1.
    """
    both = np.vstack([np.asarray(different, dtype=float), np.asarray(equivalent, dtype=float)])
    contrasts = int((~np.isnan(both)).any(axis=0).sum())
    flat, adjusted = both.ravel(), np.full(both.size, np.nan)
    order = np.argsort(np.where(np.isnan(flat), np.inf, flat), kind="stable")[: int((~np.isnan(flat)).sum())]
    factors = np.minimum(contrasts, len(order) - np.arange(len(order)))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * flat[order]), 1.0)
    return adjusted[: both.shape[1]], adjusted[both.shape[1] :]


def verdict(different: float, equivalent: float, level: float = LEVEL) -> str:
    """Say what two adjusted p values show.

    Returns
    -------
    str
        ``different``, ``equivalent`` (within the margin), ``undecided``; ``different_but_small`` where a difference is
        shown and is also shown to lie within the margin.
    """
    shown, small = different < 1 - level, equivalent < 1 - level
    return SMALL if shown and small else DIFFERENT if shown else EQUIVALENT if small else UNDECIDED
