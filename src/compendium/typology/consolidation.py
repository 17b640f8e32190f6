"""Consolidation of a cut tree: respondents move to the nearest centre until nobody is better off elsewhere."""

import numpy as np

from .coding import Floats, Whole

MOST_TRANSFERRED = 10_000
"""Beyond so many points, one point hardly moves its centre, and single transfers are left out."""


def squares(points: Floats, centres: Floats) -> Floats:
    """Return the squared distance of each point from each centre, points x centres."""
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)


def centres_of(points: Floats, weight: Floats, group: Whole) -> Floats:
    """Return the weighted mean of the points of each group, groups x dimensions."""
    mass = np.bincount(group, weights=weight)
    return np.stack([np.bincount(group, weights=weight * axis) / mass for axis in points.T], axis=1)


def between(points: Floats, weight: Floats, group: Whole) -> float:
    """Return the inertia of the centres of the groups; the points are centred."""
    mass = np.bincount(group, weights=weight) / weight.sum()
    return float((mass[:, None] * centres_of(points, weight, group) ** 2).sum())


def consolidate(points: Floats, weight: Floats, group: Whole) -> Whole:
    """Move points to the nearest centre until nobody moves, then one by one as long as a move lowers the within-inertia.

    Parameters
    ----------
    points : array of float, points x dimensions
        Coordinates.
    weight : array of float
        Weight of each point.
    group : array of int
        Group of each point, 0 to k - 1.

    Returns
    -------
    array of int
        Group of each point afterwards; no group is emptied.

    Notes
    -----
    Lloyd's steps, then the single transfers of Hartigan and Wong, which take into account that a centre follows its point (up to 10,000 points).

    References
    ----------
    Hartigan and Wong 1979, *Applied Statistics* 28(1), 100-108.
    """
    number = int(group.max()) + 1
    while True:
        moved = squares(points, centres_of(points, weight, group)).argmin(axis=1)
        # A group that would lose all its points keeps the ones it has.
        if (moved == group).all() or len(np.unique(moved)) < number:
            break
        group = moved
    return _transferred(points, weight, group) if len(points) <= MOST_TRANSFERRED else group


def _transferred(points: Floats, weight: Floats, group: Whole) -> Whole:
    """Move the one point whose move lowers the within-inertia most, until there is none."""
    group, rows = group.copy(), np.arange(len(points))
    while True:
        mass = np.bincount(group, weights=weight)
        away = squares(points, centres_of(points, weight, group))
        cost = away * mass / (mass + weight[:, None])
        left = mass[group] - weight
        alone = np.bincount(group)[group] == 1
        cost[rows, group] = np.where(alone, 0.0, away[rows, group] * mass[group] / np.where(alone, 1.0, left))
        target = cost.argmin(axis=1)
        saved = weight * (cost[rows, group] - cost[rows, target])
        best = int(saved.argmax())
        if saved[best] <= 1e-12 * weight.sum():
            return group
        group[best] = target[best]
