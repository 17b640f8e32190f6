"""The top of a tree of profiles, as far as it can be shown: few branches, and none of too few persons."""

import heapq
from dataclasses import dataclass

import numpy as np

from .coding import Floats
from .division import Division, cells


@dataclass(frozen=True)
class Branch:
    """A node of the tree that is shown.

    Attributes
    ----------
    number : int
        Its number; 1 is everybody.
    parts : tuple of int
        Numbers of the two branches it parts into, the larger first; empty where no further branch is shown.
    persons : int
        How many persons it holds.
    loss : float
        Share of the inertia, 0-1, that is lost between the two parts when they are merged, shown or not.
    profile : int or None
        Profile, 0 the first, that all its persons had when the tree was cut; None above the cut.
    """

    number: int
    parts: tuple[int, ...]
    persons: int
    loss: float
    profile: int | None


def branches(division: Division, n_leaves: int, least: int) -> list[Branch]:
    """Return the top of the tree of a division.

    Parameters
    ----------
    division : Division
        See :func:`~.division.divide`.
    n_leaves : int
        Ends to show at most.
    least : int
        Persons that every branch shown must hold.

    Returns
    -------
    list of Branch
        Everybody first, then the parts of the merge that loses most, and so on. A branch is parted only where both its
        parts hold enough persons, so that no subtraction shows fewer.
    """
    tree, persons, low, high = _nodes(division)
    count = len(tree) + 1
    inertia = _inertia(division)
    root = 2 * count - 2
    number, parts = {root: 1}, {}
    waiting, ends = [(-_loss(tree, root), 1, root)], 1
    while waiting and ends < n_leaves:
        _, _, node = heapq.heappop(waiting)
        if node < count:
            continue
        own = sorted(tree[node - count, :2].astype(int).tolist(), key=lambda part: (-persons[part], -_loss(tree, part)))
        if persons[own].min() < least:
            continue
        for part in own:
            number[part] = len(number) + 1
            heapq.heappush(waiting, (-_loss(tree, part), number[part], part))
        parts[node] = tuple(number[part] for part in own)
        ends += 1
    return [
        Branch(
            place,
            parts.get(node, ()),
            int(persons[node]),
            _loss(tree, node) / inertia,
            int(low[node]) if low[node] == high[node] else None,
        )
        for node, place in number.items()
    ]


def _loss(tree: Floats, node: int) -> float:
    count = len(tree) + 1
    return float(tree[node - count, 2]) if node >= count else 0.0


def _nodes(division: Division) -> tuple[Floats, np.ndarray, np.ndarray, np.ndarray]:
    """Return the tree and, of every node, the persons and the first and last profile before consolidation in it."""
    leaf = division.place if division.is_exact else cells(division.points, division.weight)[division.place]
    group, tree = division.before[division.place], division.tree
    count = len(tree) + 1
    persons = np.zeros(2 * count - 1, dtype=np.int64)
    low, high = np.full(len(persons), len(persons)), np.full(len(persons), -1)
    persons[:count] = np.bincount(leaf, minlength=count)
    np.minimum.at(low, leaf, group)
    np.maximum.at(high, leaf, group)
    for step, (left, right) in enumerate(tree[:, :2].astype(int)):
        node = count + step
        persons[node] = persons[left] + persons[right]
        low[node], high[node] = min(low[left], low[right]), max(high[left], high[right])
    return tree, persons, low, high


def _inertia(division: Division) -> float:
    weight = division.weight / division.weight.sum()
    return float(weight @ ((division.points - weight @ division.points) ** 2).sum(axis=1))
