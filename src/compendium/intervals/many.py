"""Many comparisons at once: adjusted p values, and the ranks that can be told apart."""

from collections.abc import Sequence
from itertools import combinations, permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .differences import contrast
from .means import mean
from .shape import LEVEL, Rank


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values by Holm's step-down rule; missing values stay missing and are not counted.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6:65-70.
    """
    return _adjusted(p, "holm")


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values for the false discovery rate; missing values stay missing and are not counted.

    References
    ----------
    Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57:289-300.
    """
    return _adjusted(p, "fdr_bh")


def ranks(
    groups: Sequence[ArrayLike],
    level: float = LEVEL,
    clusters: Sequence[ArrayLike | None] | None = None,
    weights: Sequence[ArrayLike | None] | None = None,
) -> list[Rank]:
    """Rank groups by their means from the highest, each with the ranks that cannot be ruled out.

    Parameters
    ----------
    groups : sequence of array-like of float
        The values of each group, two or more known, in one unit.
    level : float
        Confidence that *all* the intervals hold, between 0 and 1.
    clusters, weights : sequence of array-like, optional
        Organisations and weights, as for :func:`contrast`.

    Returns
    -------
    list of Rank
        ``estimate low high`` in the order given, 1 the highest mean; equal means share the better rank.

    Raises
    ------
    ValueError
        A group has fewer than two known values (or organisations).

    Notes
    -----
    The difference of every pair is tested both ways, one-sided (:func:`difference`), all of them together by Holm. Then
    ``low`` is 1 plus the number of groups shown to be higher and ``high`` the number of groups less those shown to be
    lower. All statements of order are right together with probability `level` or more, and so are all the intervals,
    whatever ties there are.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Econ. Stud. 91:476-518; Al Mohamad, Goeman, van Zwet (2022),
    Biometrics 78:238-247; Klein, Wright, Wieczorek (2020), J. R. Stat. Soc. C 69:589-606.
    """
    count = len(groups)
    if count < 2:
        return [Rank(1, 1, 1)] * count
    of, by = (given or [None] * count for given in (clusters, weights))
    means = np.array([mean(own, weight).estimate for own, weight in zip(groups, by, strict=True)])
    pairs = list(permutations(range(count), 2))
    one_sided: dict[tuple[int, int], float] = {}
    for first, second in combinations(range(count), 2):
        pair = (first, second)
        found = contrast(
            [groups[at] for at in pair], [1.0, -1.0], level, [of[at] for at in pair], [by[at] for at in pair]
        )
        if np.isnan(found.p):
            raise ValueError("a group has fewer than two values or organisations; ranks need two of every one")
        tail = found.p / 2 if found.estimate > 0 else 1 - found.p / 2
        one_sided[first, second], one_sided[second, first] = tail, 1 - tail
    shown = holm([one_sided[pair] for pair in pairs]) < 1 - level
    above, below = np.zeros(count, dtype=int), np.zeros(count, dtype=int)
    for (higher, lower), is_shown in zip(pairs, shown, strict=True):
        above[lower] += is_shown
        below[higher] += is_shown
    places = [int((means > one).sum()) + 1 for one in means]
    return [Rank(place, 1 + int(a), count - int(b)) for place, a, b in zip(places, above, below, strict=True)]


def _adjusted(p: ArrayLike, method: str) -> NDArray[np.float64]:
    from pingouin import multicomp  # a second and a half at import, for who really tests something

    raw = np.asarray(p, dtype=float)
    if np.isnan(raw).all():  # a family of no tests, which pingouin refuses
        return raw
    return np.asarray(multicomp(raw, method=method)[1], dtype=float)
