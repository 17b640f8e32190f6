"""Ward's tree over weighted points, exact and in memory that grows with the points, not with their pairs."""

import numpy as np

from .coding import Floats, Whole

_TIE = 1e-13  # of the squared length of a centre: rounding in its distances


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
    Nearest-neighbour chain over centres: the loss of merging two groups is w_a w_b / (w_a + w_b) times the squared distance
    of their centres. Ward's loss is reducible, so the chain finds the same tree as the greedy rule (ties aside).

    References
    ----------
    Murtagh 1983, *The Computer Journal* 26(4); Muellner 2011, arXiv:1109.2378.
    """
    count, width = points.shape
    mass = np.asarray(weights, dtype=float) / float(np.sum(weights))
    # centre, its squared length, 1: one product with (-2 centre, 1, squared length) gives all squared distances
    node = np.column_stack([points, (points**2).sum(axis=1), np.ones(count)])
    light, name, loss = 1 / mass, np.arange(count), np.empty(count)
    away, joined = np.empty(width + 2), np.empty(count)
    merges = np.empty((count - 1, 4))
    chain: list[int] = []
    alive = count
    for step in range(count - 1):
        if not chain:
            chain.append(0)
        while True:
            tip = chain[-1]
            away[:width], away[width], away[width + 1] = -2 * node[tip, :width], 1, node[tip, width]
            here = np.dot(node[:alive], away, out=loss[:alive])
            here /= np.add(light[:alive], light[tip], out=joined[:alive])
            here[tip] = np.inf
            nearest = int(here.argmin())
            # The neighbour we came from wins a tie, also one by rounding, else the chain could circle for ever.
            if len(chain) > 1 and here[chain[-2]] <= here[nearest] + _TIE * node[tip, width] / light[tip]:
                break
            chain.append(nearest)
        first, second = sorted((chain.pop(), chain.pop()))
        one, two = mass[first], mass[second]
        between = node[first, :width] - node[second, :width]
        merges[step] = name[first], name[second], one * two / (one + two) * (between @ between), one + two
        centre = (one * node[first, :width] + two * node[second, :width]) / (one + two)
        node[first, :width], node[first, width] = centre, centre @ centre
        mass[first], light[first], name[first] = one + two, 1 / (one + two), count + step
        alive -= 1
        for values in (node, mass, light, name):
            values[second] = values[alive]
        chain = [second if place == alive else place for place in chain]
    return _in_order(merges, count)


def _in_order(merges: Floats, count: int) -> Floats:
    """Sort merges by loss and renumber the nodes accordingly; a merge never stands before the merges it is made of."""
    order = np.argsort(merges[:, 2], kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    tree = merges[order].copy()
    for side in (0, 1):
        node = tree[:, side].astype(np.int64)
        tree[:, side] = np.where(node < count, node, count + rank[np.maximum(node - count, 0)])
    return tree


def cut(tree: Floats, n_clusters: int) -> Whole:
    """Return the cluster (0, 1, ...) of each point when the tree is cut into a number of clusters."""
    count = len(tree) + 1
    parent = np.arange(2 * count - 1)
    for step in range(count - n_clusters):
        parent[tree[step, :2].astype(np.int64)] = count + step
    for node in range(2 * count - 2, -1, -1):  # parents stand above their children, so one pass from the top is enough
        parent[node] = parent[parent[node]]
    return np.unique(parent[:count], return_inverse=True)[1].astype(np.int64)
