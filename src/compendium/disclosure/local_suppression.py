"""Blank as few answers as possible, so that nobody is alone with a combination of what others may know."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from ..errors import DisclosureError

BLANK = -1
EXACT = 1500
"""Choices (kinds of persons x sets of blanked keys) up to which the smallest number of blanks is found exactly."""


def suppress_locally(frame: pd.DataFrame, keys: list[str], k: int, *, exact: bool | None = None) -> pd.DataFrame:
    """Blank answers to keys until every person is alike with `k` - 1 others at least.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    keys : list of str
        Columns that others may know, the most important first: of two ways that blank equally many answers the one that
        keeps the more important keys is taken.
    k : int
        Fewest persons alike in all keys, 2 or more. A missing answer is an answer of its own: who is blank is alike only
        with who is blank in the same keys, so that nothing rests on what a blank might have been.
    exact : bool, optional
        Whether the smallest number of blanks is searched for, or a good one; by size (:data:`EXACT`) where nothing is said.

    Returns
    -------
    pandas.DataFrame
        The same rows and columns; only answers to keys may be missing that were not. The same frame gives the same result.

    Raises
    ------
    DisclosureError
        There are fewer persons than `k`, a key is no column, or `k` is under 2.

    Notes
    -----
    Exact: the integer program ``min sum w_S y_tS`` with ``y_tS`` persons of kind ``t`` blanked in the set ``S`` of keys;
    those whose remaining answers are alike form a group, which has nobody or `k` and more. It is NP-hard (Meyerson and
    Williams 2004), hence the heuristic: sets of keys from small to large, of one size first the one that brings most people
    into groups that are large enough.

    References
    ----------
    Meyerson, A. and Williams, R. (2004). On the complexity of optimal k-anonymity. PODS, 223-228.
    Templ, M., Kowarik, A. and Meindl, B. (2015). Statistical disclosure control for micro-data using the R package
    sdcMicro. Journal of Statistical Software 67(4).
    """
    absent = [key for key in keys if key not in frame]
    if absent or not keys:
        raise DisclosureError(f"keys {', '.join(absent) or '(none)'} are no columns of the answers; name one that is")
    if k < 2 or len(frame) < k:
        raise DisclosureError(f"k = {k} is not legal for {len(frame)} persons; legal are 2 to their number")
    codes = np.column_stack([pd.factorize(frame[key], sort=True)[0] for key in keys])
    kinds, place, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    if exact is None:
        exact = len(kinds) * 2 ** len(keys) <= EXACT
    blanked = _exact(kinds, place.ravel(), counts, k) if exact else _greedy(codes, k)
    found = frame.copy()
    for at, key in enumerate(keys):
        found[key] = frame[key].mask(blanked[:, at] == BLANK)
    return found


def sizes(codes: np.ndarray) -> np.ndarray:
    """Return for each row how many rows are alike with it, itself included."""
    _, place, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[place.ravel()])


def _sets(keys: int, size: int) -> list[tuple[int, ...]]:
    """Return the sets of keys of one size, those of the least important keys first."""
    return sorted(combinations(range(keys), size), key=lambda chosen: tuple(sorted(-key for key in chosen)))


def _greedy(codes: np.ndarray, k: int) -> np.ndarray:
    now = codes.copy()
    for size in range(1, codes.shape[1] + 1):
        while True:
            risky = np.flatnonzero(sizes(now) < k)
            if not len(risky):
                return now
            best, helped = now, 0
            for chosen in _sets(codes.shape[1], size):
                tried = now.copy()
                tried[np.ix_(risky, np.array(chosen))] = BLANK
                safe = risky[sizes(tried)[risky] >= k]
                if len(safe) > helped:
                    best, helped = now.copy(), len(safe)
                    best[np.ix_(safe, np.array(chosen))] = BLANK
            if not helped:
                break
            now = best
    return _joined(now, k)


def _joined(now: np.ndarray, k: int) -> np.ndarray:
    """Blank the few who are left in all keys, with as many others as they need: first from groups that can spare some."""
    now[sizes(now) < k] = BLANK
    while True:
        blank = (now == BLANK).all(axis=1)
        need = k - int(blank.sum())
        if need <= 0 or not blank.any():
            return now
        others, alike = np.flatnonzero(~blank), sizes(now)
        largest = int(alike[others].max())
        # where no group can spare anybody, the first of the smallest joins as a whole
        wanted, most = (largest, min(need, largest - k)) if largest > k else (int(alike[others].min()), len(now))
        first = others[alike[others] == wanted][0]
        now[np.flatnonzero((now == now[first]).all(axis=1))[:most]] = BLANK


def _exact(kinds: np.ndarray, place: np.ndarray, counts: np.ndarray, k: int) -> np.ndarray:
    """Return the rows with the fewest blanks; of several such ways one that keeps the more important keys."""
    width = kinds.shape[1]
    chosen: list[tuple[int, np.ndarray]] = []
    cost: list[float] = []
    groups: dict[bytes, int] = {}
    member: list[int] = []
    # together the extras are less than one blank, however many there are
    extra = 1 + (width - np.arange(width)) / (width * (counts.sum() * width + 1))
    for at, kind in enumerate(kinds):
        given = kind != BLANK
        for number in range(2**width):
            blank = ((number >> np.arange(width)) & 1).astype(bool)
            if (blank & ~given).any():
                continue  # what is missing cannot be blanked
            left = np.where(blank, BLANK, kind)
            chosen.append((at, left))
            cost.append(float(extra[blank].sum()))
            member.append(groups.setdefault(left.tobytes(), len(groups)))
    ways, total = len(chosen), len(groups)
    owner = np.array([at for at, _ in chosen])
    most = np.bincount(member, weights=counts[owner], minlength=total)
    inside = coo_array((np.ones(ways), (member, range(ways))), shape=(total, ways + total))
    whole = coo_array((np.ones(ways), (owner, range(ways))), shape=(len(kinds), ways + total))

    def open_group(times: np.ndarray) -> coo_array:
        return coo_array((times, (range(total), range(ways, ways + total))), shape=(total, ways + total))

    solved = milp(
        c=np.r_[cost, np.zeros(total)],
        integrality=np.ones(ways + total),
        bounds=Bounds(0, np.r_[counts[owner], np.ones(total)]),
        constraints=[
            LinearConstraint(whole, counts, counts),
            LinearConstraint(inside - open_group(np.full(total, float(k))), 0, np.inf),
            LinearConstraint(inside - open_group(most), -np.inf, 0),
        ],
        options={"mip_rel_gap": 0.0},
    )
    assert solved.success, f"everybody blank is a way: {solved.message}"
    found = np.empty((len(place), width), dtype=kinds.dtype)
    for at in range(len(kinds)):
        own = np.flatnonzero(owner == at)
        times = np.round(solved.x[own]).astype(int)
        found[place == at] = np.repeat([chosen[way][1] for way in own], times, axis=0)
    return found
