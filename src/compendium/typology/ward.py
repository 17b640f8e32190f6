"""Ward's tree over weighted points, exact and in memory that grows with the points, not with their pairs."""

import numpy as np

from .coding import Floats, Whole


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
    count = len(points)
    centre = np.array(points, dtype=float)
    mass = np.asarray(weights, dtype=float) / float(np.sum(weights))
    name = np.arange(count)
    merges = np.empty((count - 1, 4))
    chain: list[int] = []
    alive = count
    for step in range(count - 1):
        if not chain:
            chain.append(0)
        while True:
            tip = chain[-1]
            away = centre[:alive] - centre[tip]
            loss = mass[:alive] * mass[tip] / (mass[:alive] + mass[tip]) * np.einsum("ij,ij->i", away, away)
            loss[tip] = np.inf
            nearest = int(loss.argmin())
            # The neighbour we came from wins a tie, else the chain could circle for ever.
            if len(chain) > 1 and loss[chain[-2]] <= loss[nearest]:
                break
            chain.append(nearest)
        lost = loss[chain[-2]]
        first, second = sorted((chain.pop(), chain.pop()))
        joined = mass[first] + mass[second]
        merges[step] = name[first], name[second], lost, joined
        centre[first] = (mass[first] * centre[first] + mass[second] * centre[second]) / joined
        mass[first], name[first] = joined, count + step
        alive -= 1
        centre[second], mass[second], name[second] = centre[alive], mass[alive], name[alive]
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
