"""For each of some groups, the other group with which it loses least between-inertia when they are merged (Ward)."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from .coding import Floats, Whole

_BLOCK = 1 << 16  # losses computed at a time: they stay within the memory next to the processor
_NEAR, _FURTHER = 4, 4  # neighbours asked for at first, and times as many when they do not settle it
_CROWD, _FLAT = 3_000, 7  # with fewer groups, or more dimensions, comparing with all is faster than searching in space
_SAME = 1e-9  # losses so near each other, relatively, are equal: rounding must not decide
_SINGLE = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, eq=False)
class Nodes:
    """All groups of a tree that is being built, points first, then merged groups in the order in which they are made.

    Attributes
    ----------
    centre : array of float, groups x dimensions
        Their centres.
    length : array of float
        Squared length of each centre.
    mass : array of float
        Their weights, which sum to one over the points.
    """

    centre: Floats
    length: Floats
    mass: Floats


def nearest(nodes: Nodes, asking: Whole, alive: Whole) -> tuple[Whole, Floats]:
    """Find the neighbour of least loss.

    Parameters
    ----------
    nodes : Nodes
        All groups.
    asking : array of int
        Numbers of the groups whose neighbour is wanted.
    alive : array of int
        Numbers of all groups that are not merged yet, ascending.

    Returns
    -------
    neighbour : array of int
        Number of the neighbour; of several at equal loss the one of lowest number.
    loss : array of float
        Between-inertia lost by merging, w_a w_b / (w_a + w_b) times the squared distance of the centres.
    """
    search = _among_all if len(alive) < _CROWD or nodes.centre.shape[1] >= _FLAT else _in_space
    return search(nodes, asking, alive)


def _among_all(nodes: Nodes, asking: Whole, alive: Whole) -> tuple[Whole, Floats]:
    """Compare with every group: roughly, by one product a block in single precision, then exactly where that is near."""
    width, length = nodes.centre.shape[1], nodes.length[alive]
    light = (1 / nodes.mass[: alive[-1] + 1]).astype(np.float32)
    there = np.vstack([nodes.centre[alive].T, length, np.ones(len(alive))]).astype(np.float32)
    here = np.column_stack([-2 * nodes.centre[asking], np.ones(len(asking)), nodes.length[asking]]).astype(np.float32)
    # What rounding of the terms of the product can make, in the units of a loss.
    error = (width + 4) * 4 * _SINGLE * (nodes.length[asking] + length.max()) * nodes.mass[asking]
    own, others = np.searchsorted(alive, asking), light[alive]
    step = max(1, _BLOCK // len(alive))
    table, sums = np.empty((step, len(alive)), np.float32), np.empty((step, len(alive)), np.float32)
    found = []
    for start in range(0, len(asking), step):
        part = slice(start, min(start + step, len(asking)))
        rows = np.arange(part.stop - start)
        rough = np.matmul(here[part], there, out=table[: len(rows)])
        rough /= np.add(light[asking[part]][:, None], others, out=sums[: len(rows)])
        rough[rows, own[part]] = np.inf
        bound = rough.min(axis=1) * (1 + 16 * _SINGLE) + 2 * error[part]
        row, place = np.nonzero(rough <= bound.astype(np.float32)[:, None])
        found.append((row + start, place))
    row, place = (np.concatenate(values) for values in zip(*found, strict=True))
    return _settled(nodes, asking, row, alive[place])


def _settled(nodes: Nodes, asking: Whole, row: Whole, other: Whole) -> tuple[Whole, Floats]:
    """Return the neighbour of least loss among candidates, which stand by rows and then by number."""
    one, two = nodes.mass[asking[row]], nodes.mass[other]
    away = ((nodes.centre[asking[row]] - nodes.centre[other]) ** 2).sum(axis=1) * (one * two / (one + two))
    starts = np.searchsorted(row, np.arange(len(asking)))
    least = np.minimum.reduceat(away, starts)
    equal = np.flatnonzero(away <= least[row] * (1 + _SAME))
    return other[equal[np.searchsorted(row[equal], np.arange(len(asking)))]], least


def _in_space(nodes: Nodes, asking: Whole, alive: Whole) -> tuple[Whole, Floats]:
    """Search trees in space, one for the groups of each octave of weight, so that near in space is near in loss.

    Beyond the k-th neighbour in space lies no group of less loss than the lightest of the octave would have at its distance:
    where that is more than the least loss found, the search is over; else more neighbours are asked for.
    """
    neighbour, loss = np.full(len(asking), len(nodes.mass)), np.full(len(asking), np.inf)
    octave = np.frexp(nodes.mass[alive])[1]
    for one in np.unique(octave):
        members = alive[octave == one]
        lightest = nodes.mass[members].min()
        tree = cKDTree(nodes.centre[members], balanced_tree=False, compact_nodes=False)
        open_, count = np.arange(len(asking)), _NEAR
        while len(open_):
            count = min(count, len(members))
            away, found, reach = _candidates(tree, nodes, asking[open_], members, count)
            neighbour[open_], loss[open_] = _better(neighbour[open_], loss[open_], found, away)
            if count == len(members):
                break
            mass = nodes.mass[asking[open_]]
            bound = reach**2 * mass * lightest / (mass + lightest)
            open_ = open_[bound <= loss[open_] * (1 + _SAME)]
            count *= _FURTHER
    return neighbour, loss


def _candidates(
    tree: cKDTree, nodes: Nodes, asking: Whole, members: Whole, count: int
) -> tuple[Floats, Whole, Floats]:
    """Return the losses of merging with the nearest members in space, their numbers, and the distance of the furthest."""
    distance, place = tree.query(nodes.centre[asking], k=np.arange(1, count + 1))
    found = members[place]
    own, other = nodes.mass[asking][:, None], nodes.mass[found]
    away = distance**2 * own * other / (own + other)
    away[found == asking[:, None]] = np.inf
    return away, found, distance[:, -1]


def _better(neighbour: Whole, loss: Floats, found: Whole, away: Floats) -> tuple[Whole, Floats]:
    """Return the least loss of that held and those found, and of all within rounding of it the lowest number."""
    found, away = np.column_stack([neighbour, found]), np.column_stack([loss, away])
    least = away.min(axis=1)
    is_equal = away <= (least * (1 + _SAME))[:, None]
    return np.where(is_equal, found, np.iinfo(np.int64).max).min(axis=1), least
