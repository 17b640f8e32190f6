"""Hierarchical clustering on principal components: Ward's tree, its cut, consolidation, paragons, description."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .coding import Floats, Whole
from .consolidation import between, squares
from .describe import associate, describe
from .division import divide
from .mca import MCA


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
        Merges as in :mod:`scipy.cluster.hierarchy`, over the distinct points, or over small cells of them where there
        are more than 10,000.
    is_exact : bool
        Whether the tree is over all distinct points.
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
    is_exact: bool

    def nearest(self, coordinates: pd.DataFrame) -> pd.Series:
        """Return the profile whose centre is nearest to each row of coordinates (see :meth:`MCA.project`)."""
        place = squares(coordinates.to_numpy(), self.centres.to_numpy()).argmin(axis=1)
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
    The tree is exact up to 10,000 different points; beyond, the points are first put into some 4,000 cells (see
    :func:`~.division.cells`) and all of them are consolidated. Respondents who stand at one point are one point of their joint weight, so they never part. Consolidation runs
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
    found = divide(
        coordinates[counted], mca.weights[counted], n_clusters, consolidate, minimum=minimum, maximum=maximum
    )
    points, weight, place = found.points, found.weight, found.place
    before, after, number = found.before, found.after, len(found.centres)
    names = np.array([f"P{rank + 1}" for rank in range(number)], dtype=object)
    own = squares(coordinates, found.centres).argmin(axis=1)
    own[counted] = after[place]
    labels = pd.Series(names[own], index=mca.individuals.index, name="profile", dtype="str")
    table = pd.crosstab(before[place], after[place]).reindex(index=range(number), columns=range(number), fill_value=0)
    table.index, table.columns = pd.Index(names, name="before"), pd.Index(names, name="after")
    return HCPC(
        labels=labels,
        description=describe(labels[counted], mca.data[counted], mca.weights[counted]),
        associations=associate(labels[counted], mca.data[counted]),
        paragons=_paragons(coordinates, found.centres, own, counted, mca.individuals.index, names),
        sizes=_sizes(own[counted], mca.weights[counted], names),
        transition=table,
        gains=found.tree[::-1, 2],
        quotients=found.quotients,
        between_before=between(points, weight, before),
        between_after=between(points, weight, after),
        centres=pd.DataFrame(found.centres, index=pd.Index(names, name="profile"), columns=mca.individuals.columns),
        tree=found.tree,
        is_exact=found.is_exact,
    )


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
    distance = np.sqrt(squares(coordinates, centres)[np.arange(len(own)), own])
    for group, name in enumerate(names):
        members = np.flatnonzero((own == group) & counted)
        nearest = members[np.argsort(distance[members], kind="stable")[:n]]
        rows += [(name, rank, index[member], distance[member]) for rank, member in enumerate(nearest, start=1)]
    return pd.DataFrame(rows, columns=["profile", "rank", "respondent", "distance"])


def _sizes(own: Whole, weights: Floats, names: np.ndarray) -> pd.DataFrame:
    share = np.bincount(own, weights=weights, minlength=len(names)) / weights.sum()
    return pd.DataFrame({"profile": names, "n": np.bincount(own, minlength=len(names)), "share": share})
