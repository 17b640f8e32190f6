"""Divide weighted points into groups: Ward's tree, its cut, consolidation; nothing is said about the groups yet."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.errors import CompendiumError

from .coding import Floats, Whole
from .consolidation import centres_of, consolidate
from .ward import cut, ward_tree

_SAME = 9  # decimals within which two respondents stand at one point: the same answers give the same coordinates
MOST_EXACT = 10_000
"""Different points up to which the tree is over all of them."""
HALVINGS = 12
"""Beyond, space is halved so many times: into some 4,000 cells."""


@dataclass(frozen=True, eq=False)
class Division:
    """Points divided into groups, and nothing said about the groups: what a bootstrap replicate needs.

    Attributes
    ----------
    points, weight : array of float
        Distinct points, and the weight at each.
    place : array of int
        Distinct point of each given point.
    tree : array of float
        Ward's tree over the distinct points, or over cells of them.
    is_exact : bool
        Whether it is over the points.
    quotients : pandas.Series
        See :class:`HCPC`.
    before, after : array of int
        Group of each distinct point, 0 the heaviest, when the tree was cut and after consolidation.
    centres : array of float, groups x dimensions
        Centres of the groups afterwards.
    """

    points: Floats
    weight: Floats
    place: Whole
    tree: Floats
    is_exact: bool
    quotients: pd.Series
    before: Whole
    after: Whole
    centres: Floats


def divide(
    coordinates: Floats,
    weights: Floats,
    n_clusters: int | None = None,
    is_consolidated: bool = True,
    *,
    minimum: int = 3,
    maximum: int = 10,
) -> Division:
    """Divide weighted points by Ward's tree, cut and consolidated; the arguments are those of :func:`fit_hcpc`.

    Parameters
    ----------
    coordinates : array of float, points x dimensions
        Where the points lie.
    weights : array of float
        Weight of each, above zero.

    Raises
    ------
    CompendiumError
        More groups asked for than there are different points, or fewer than two.
    """
    points, place = _distinct(coordinates)
    weight: Floats = np.bincount(place, weights=weights).astype(float)
    is_exact = len(points) <= MOST_EXACT
    cell = np.arange(len(points)) if is_exact else cells(points, weight)
    tree = (
        ward_tree(points, weight)
        if is_exact
        else ward_tree(centres_of(points, weight, cell), np.bincount(cell, weights=weight).astype(float))
    )
    quotients = _quotients(tree[::-1, 2], minimum, maximum)
    number = n_clusters if n_clusters is not None else _automatic(quotients)
    if isinstance(number, bool) or not 2 <= number <= len(points):
        raise CompendiumError(
            f"{number} profiles cannot be made; legal are 2 to {len(points)}, the number of different answer patterns"
        )
    before = _ranked(cut(tree, number)[cell], points, weight)
    after = _ranked(consolidate(points, weight, before), points, weight) if is_consolidated else before
    return Division(points, weight, place, tree, is_exact, quotients, before, after, centres_of(points, weight, after))


def _distinct(points: Floats) -> tuple[Floats, Whole]:
    """Return the distinct points in the order of their first respondent, and the point of each respondent."""
    _, first, place = np.unique(np.round(points, _SAME), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return points[first[order]], rank[place.ravel()]


def _quotients(gains: Floats, minimum: int, maximum: int) -> pd.Series:
    within = np.cumsum(gains[::-1])[::-1]  # within-inertia with 1, 2, ... profiles
    numbers = [k for k in range(max(minimum, 2), maximum + 1) if k <= len(within)]
    return pd.Series([within[k - 1] / within[k - 2] for k in numbers], index=numbers, name="quotient", dtype=float)


def _automatic(quotients: pd.Series) -> int:
    if quotients.empty:
        raise CompendiumError("too few different answer patterns to look for profiles")
    return int(quotients.index[int(quotients.to_numpy().argmin())])


def _ranked(group: Whole, points: Floats, weight: Floats) -> Whole:
    """Renumber groups by falling weight, ties by the centre's place on the first axis."""
    mass = np.round(np.bincount(group, weights=weight), _SAME)
    order = np.lexsort((centres_of(points, weight, group)[:, 0], -mass))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[group]


def cells(points: Floats, weight: Floats) -> Whole:
    """Put points into small cells: every cell is halved at its mean, across its widest direction, again and again.

    Parameters
    ----------
    points : array of float, points x dimensions
        Coordinates.
    weight : array of float
        Weight of each point.

    Returns
    -------
    array of int
        Cell of each point, numbered without gaps. Points that stand together stay together.
    """
    group = np.zeros(len(points), dtype=np.int64)
    for _ in range(HALVINGS):
        mean = centres_of(points, weight, group)
        mass = np.bincount(group, weights=weight)
        spread = np.stack(
            [
                np.bincount(group, weights=weight * (axis - mean[group, place]) ** 2) / mass
                for place, axis in enumerate(points.T)
            ],
            axis=1,
        )
        widest = spread.argmax(axis=1)[group]
        rows = np.arange(len(points))
        group = 2 * group + (points[rows, widest] > mean[group, widest])
        group = np.unique(group, return_inverse=True)[1].ravel().astype(np.int64)
    return group
