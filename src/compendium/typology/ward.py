"""Ward's tree over weighted points, exact and in memory that grows with the points, not with their pairs."""

import numpy as np

from .coding import Floats, Whole
from .neighbours import Nodes, nearest

_DIGITS = 12  # of the largest loss: merges that differ by less stand in the order in which they were made


def ward_tree(points: Floats, weights: Floats) -> Floats:
    """Build the tree that loses least between-inertia at each merge.

    Parameters
    ----------
    points : array of float, points x dimensions
        Coordinates.
    weights : array of float
        Weight of each point, above zero; they are scaled to a total of one.

    Returns
    -------
    array of float, (points - 1) x 4
        One row a merge in ascending loss, as in :mod:`scipy.cluster.hierarchy`: the two nodes (points first, then merges
        in order), the between-inertia lost, the weight of the new node.

    Notes
    -----
    The loss of merging two groups is w_a w_b / (w_a + w_b) times the squared distance of their centres. It is reducible: a
    merged group is never nearer to a third one than the nearer of its parts was. So all pairs that are each other's nearest
    neighbours are merged at once and the tree is that of the greedy rule, and after each round only new groups and those
    whose neighbour is gone look for one. Of equal losses the lowest numbers come first: the same points in the same order
    give the same tree, and rounding does not decide.

    References
    ----------
    Bruynooghe 1978, *Les cahiers de l'analyse des donnees* 3(1), 7-33 (reducibility); Murtagh 1983, *The Computer Journal*
    26(4), 354-359.
    """
    count, width = points.shape
    total = 2 * count - 1
    nodes = Nodes(np.empty((total, width)), np.empty(total), np.empty(total))
    nodes.centre[:count], nodes.length[:count] = points, (points**2).sum(axis=1)
    nodes.mass[:count] = np.asarray(weights, dtype=float) / float(np.sum(weights))
    neighbour, loss, merges = np.full(total, -1), np.zeros(total), np.zeros((count - 1, 4))
    alive = asking = np.arange(count)
    while len(alive) > 1:
        neighbour[asking], loss[asking] = nearest(nodes, asking, alive)
        pairs = _pairs(alive, neighbour, loss)
        done = total - len(alive) - count + 1  # merges so far
        rows = _merged(nodes, pairs, count + done)
        below = np.where(pairs < count, 0.0, merges[np.maximum(pairs - count, 0), 2])
        rows[:, 2] = np.maximum(rows[:, 2], below.max(axis=1))  # a loss never falls from a group to the next, nor by rounding
        merges[done : done + len(pairs)] = rows
        is_gone = np.zeros(total, dtype=bool)
        is_gone[pairs] = True
        old, new = alive[~is_gone[alive]], np.arange(count + done, count + done + len(pairs))
        asking = np.concatenate([old[is_gone[neighbour[old]]], new])
        alive = np.concatenate([old, new])
    return _in_order(merges, count)


def _pairs(alive: Whole, neighbour: Whole, loss: Floats) -> Whole:
    """Return the pairs that are each other's nearest neighbours, lower number first."""
    first = alive[(neighbour[neighbour[alive]] == alive) & (alive < neighbour[alive])]
    if not len(first):  # equal losses in a circle
        first = alive[[loss[alive].argmin()]]
    return np.sort(np.column_stack([first, neighbour[first]]), axis=1)


def _merged(nodes: Nodes, pairs: Whole, start: int) -> Floats:
    """Write the groups made of pairs from a number on, and return their rows of the tree."""
    (one, two), parts = nodes.mass[pairs].T, nodes.centre[pairs]
    mass = one + two
    lost = one * two / mass * ((parts[:, 0] - parts[:, 1]) ** 2).sum(axis=1)
    centre = (one[:, None] * parts[:, 0] + two[:, None] * parts[:, 1]) / mass[:, None]
    own = slice(start, start + len(pairs))
    nodes.centre[own], nodes.length[own], nodes.mass[own] = centre, (centre**2).sum(axis=1), mass
    return np.column_stack([pairs, lost, mass])


def _in_order(merges: Floats, count: int) -> Floats:
    """Sort merges by loss and renumber the nodes accordingly; a merge never stands before the merges it is made of."""
    unit = 10.0**-_DIGITS * merges[:, 2].max(initial=np.finfo(float).tiny)
    order = np.argsort(np.round(merges[:, 2] / unit), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    tree = merges[order]
    for side in (0, 1):
        node = tree[:, side].astype(np.int64)
        tree[:, side] = np.where(node < count, node, count + rank[np.maximum(node - count, 0)])
    return tree


def cut(tree: Floats, n_clusters: int) -> Whole:
    """Return the cluster (0, 1, ...) of each point when the tree is cut into a number of clusters."""
    count = len(tree) + 1
    parent = np.arange(2 * count - 1)
    steps = np.arange(count - n_clusters)
    parent[tree[steps, :2].astype(np.int64)] = count + steps[:, None]
    while (parent[parent] != parent).any():  # each step doubles how far a node sees up
        parent = parent[parent]
    return np.unique(parent[:count], return_inverse=True)[1].ravel().astype(np.int64)
