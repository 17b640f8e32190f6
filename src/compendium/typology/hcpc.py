"""Hierarchical clustering on principal components: Ward's tree, its cut, consolidation, paragons, description."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.errors import CompendiumError

from .coding import Floats, Whole
from .describe import associate, describe
from .mca import MCA
from .ward import cut, ward_tree

_SAME = 9  # decimals within which two respondents stand at one point: the same answers give the same coordinates


@dataclass(frozen=True, eq=False)
class HCPC:
    """Profiles found on the principal coordinates of a correspondence analysis.

    Attributes
    ----------
    labels : pandas.Series of str
        Profile of each respondent, ``P1`` the largest, ``P2`` the next.
    description : pandas.DataFrame
        What marks each profile among active and supplementary variables, see :func:`~compendium.typology.describe.describe`.
    associations : pandas.DataFrame
        ``variable chi2 df cramer_v`` for each categorical variable.
    paragons : pandas.DataFrame
        ``profile rank respondent distance``: respondents nearest the centre of their profile (index of the data).
    sizes : pandas.DataFrame
        ``profile n share``; the share is weighted.
    transition : pandas.DataFrame
        Number of respondents by profile before consolidation (rows) and after (columns).
    gains : numpy.ndarray
        Between-inertia lost by each merge, last merge first.
    quotients : pandas.Series
        Within-inertia with k profiles over that with k - 1, by k: the automatic cut takes the smallest.
    between_before, between_after : float
        Between-inertia of the cut tree and of the consolidated profiles.
    centres : pandas.DataFrame
        Centre of each profile on the axes.
    tree : numpy.ndarray
        Merges as in :mod:`scipy.cluster.hierarchy`, over the distinct points.
    """

    labels: pd.Series
    description: pd.DataFrame
    associations: pd.DataFrame
    paragons: pd.DataFrame
    sizes: pd.DataFrame
    transition: pd.DataFrame
    gains: Floats
    quotients: pd.Series
    between_before: float
    between_after: float
    centres: pd.DataFrame
    tree: Floats

    def nearest(self, coordinates: pd.DataFrame) -> pd.Series:
        """Return the profile whose centre is nearest to each row of coordinates (see :meth:`MCA.project`)."""
        place = _squares(coordinates.to_numpy(), self.centres.to_numpy()).argmin(axis=1)
        return pd.Series(self.centres.index.to_numpy()[place], index=coordinates.index, name="profile", dtype="str")


def fit_hcpc(
    mca: MCA, n_clusters: int | None = None, consolidate: bool = True, *, minimum: int = 3, maximum: int = 10
) -> HCPC:
    """Find profiles by Ward's tree on the principal coordinates, cut and consolidated.

    Parameters
    ----------
    mca : MCA
        The analysis; all its kept axes are used.
    n_clusters : int, optional
        Number of profiles; by default the number between ``minimum`` and ``maximum`` at which the within-inertia falls
        most, relative to what one profile less leaves.
    consolidate : bool
        Move respondents to the nearest centre after the cut (k-means started from the tree).
    minimum, maximum : int
        Range of the automatic cut.

    Returns
    -------
    HCPC

    Raises
    ------
    CompendiumError
        More profiles asked for than there are different respondents, or fewer than two.

    Notes
    -----
    Respondents who stand at one point are one point of their joint weight, so they never part. Consolidation runs
    Lloyd's steps until nobody moves, then moves single points as long as one move lowers the within-inertia (Hartigan):
    the result is a minimum in which no respondent is better off elsewhere. Respondents of weight zero take the nearest
    centre. Profiles are numbered by falling weight, ties by the place of the centre on the first axis.

    References
    ----------
    Husson, Josse and Pages 2010, *Principal component methods, hierarchical clustering, partitional clustering*;
    Hartigan and Wong 1979, *Applied Statistics* 28(1).
    """
    coordinates = mca.individuals.to_numpy()
    counted = mca.weights > 0
    points, place = _distinct(coordinates[counted])
    weight: Floats = np.bincount(place, weights=mca.weights[counted]).astype(float)
    tree = ward_tree(points, weight)
    gains = tree[::-1, 2]
    quotients = _quotients(gains, minimum, maximum)
    number = n_clusters if n_clusters is not None else _automatic(quotients)
    if not 2 <= number <= len(points):
        raise CompendiumError(
            f"{number} profiles cannot be made; legal are 2 to {len(points)}, the number of different answer patterns"
        )

    before = _ranked(cut(tree, number), points, weight)
    after = _ranked(_consolidated(points, weight, before), points, weight) if consolidate else before
    centres = _centres(points, weight, after)
    names = np.array([f"P{rank + 1}" for rank in range(number)], dtype=object)
    own = _squares(coordinates, centres).argmin(axis=1)
    own[counted] = after[place]
    labels = pd.Series(names[own], index=mca.individuals.index, name="profile", dtype="str")
    table = pd.crosstab(before[place], after[place]).reindex(index=range(number), columns=range(number), fill_value=0)
    table.index, table.columns = pd.Index(names, name="before"), pd.Index(names, name="after")
    return HCPC(
        labels=labels,
        description=describe(labels[counted], mca.data[counted], mca.weights[counted]),
        associations=associate(labels[counted], mca.data[counted]),
        paragons=_paragons(coordinates, centres, own, counted, mca.individuals.index, names),
        sizes=_sizes(own[counted], mca.weights[counted], names),
        transition=table,
        gains=gains,
        quotients=quotients,
        between_before=_between(points, weight, before),
        between_after=_between(points, weight, after),
        centres=pd.DataFrame(centres, index=pd.Index(names, name="profile"), columns=mca.individuals.columns),
        tree=tree,
    )


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


def _squares(points: Floats, centres: Floats) -> Floats:
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)


def _centres(points: Floats, weight: Floats, group: Whole) -> Floats:
    mass = np.bincount(group, weights=weight)
    return np.stack([np.bincount(group, weights=weight * axis) / mass for axis in points.T], axis=1)


def _between(points: Floats, weight: Floats, group: Whole) -> float:
    mass = np.bincount(group, weights=weight) / weight.sum()
    return float((mass[:, None] * _centres(points, weight, group) ** 2).sum())


def _ranked(group: Whole, points: Floats, weight: Floats) -> Whole:
    """Renumber groups by falling weight, ties by the centre's place on the first axis."""
    mass = np.round(np.bincount(group, weights=weight), _SAME)
    order = np.lexsort((_centres(points, weight, group)[:, 0], -mass))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[group]


def _consolidated(points: Floats, weight: Floats, group: Whole) -> Whole:
    number = int(group.max()) + 1
    while True:
        moved = _squares(points, _centres(points, weight, group)).argmin(axis=1)
        # A group that would lose all its points keeps the ones it has.
        if (moved == group).all() or len(np.unique(moved)) < number:
            break
        group = moved
    return _transferred(points, weight, group)


def _transferred(points: Floats, weight: Floats, group: Whole) -> Whole:
    """Move the one point whose move lowers the within-inertia most, until there is none."""
    group, rows = group.copy(), np.arange(len(points))
    while True:
        mass = np.bincount(group, weights=weight)
        squares = _squares(points, _centres(points, weight, group))
        cost = squares * mass / (mass + weight[:, None])
        left = mass[group] - weight
        alone = np.bincount(group)[group] == 1
        cost[rows, group] = np.where(alone, 0.0, squares[rows, group] * mass[group] / np.where(alone, 1.0, left))
        target = cost.argmin(axis=1)
        saved = weight * (cost[rows, group] - cost[rows, target])
        best = int(saved.argmax())
        if saved[best] <= 1e-12 * weight.sum():
            return group
        group[best] = target[best]


def _paragons(
    coordinates: Floats,
    centres: Floats,
    own: Whole,
    counted: np.ndarray,
    index: pd.Index,
    names: np.ndarray,
    n: int = 5,
) -> pd.DataFrame:
    rows = []
    distance = np.sqrt(_squares(coordinates, centres)[np.arange(len(own)), own])
    for group, name in enumerate(names):
        members = np.flatnonzero((own == group) & counted)
        nearest = members[np.argsort(distance[members], kind="stable")[:n]]
        rows += [(name, rank, index[member], distance[member]) for rank, member in enumerate(nearest, start=1)]
    return pd.DataFrame(rows, columns=["profile", "rank", "respondent", "distance"])


def _sizes(own: Whole, weights: Floats, names: np.ndarray) -> pd.DataFrame:
    share = np.bincount(own, weights=weights, minlength=len(names)) / weights.sum()
    return pd.DataFrame({"profile": names, "n": np.bincount(own, minlength=len(names)), "share": share})
