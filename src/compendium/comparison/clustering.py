"""Which countries look alike over many measures: a picture with its instability, never a finding."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist

from .effects import spread
from .groups import Compared

Row = dict[str, Any]
Array = NDArray[np.float64]

STANDING, TOGETHER, BRANCH = "standing", "together", "branch"
JOINT = "+"
RESAMPLES = 200
LEAST = 3


class Branch(NamedTuple):
    """A branch of the tree: the groups it holds, the distance at which they join, how often it comes again."""

    members: tuple[int, ...]
    height: float
    again: float


class Tree(NamedTuple):
    """What :func:`cluster` finds: branches from the closest to the widest, and how often each pair shares one of two."""

    branches: tuple[Branch, ...]
    together: Array


def cluster(means: Array, resampled: Array) -> Tree:
    """Join groups by their means on several measures, and count how often the resamples join them alike.

    Parameters
    ----------
    means : numpy.ndarray
        Groups x measures, each measure in one unit (standard deviations).
    resampled : numpy.ndarray
        Resamples x groups x measures: the same, of people drawn again within groups.

    Returns
    -------
    Tree
        ``again`` and ``together`` run from 0 to 1; ``together`` is the share of resamples in which two groups fall on the
        same side when the tree is cut in two.

    Notes
    -----
    Average linkage on Euclidean distances. Resampled means are noisier than the means, so that branches come again
    rather less often than a new survey would show them.

    References
    ----------
    Felsenstein (1985), Evolution 39:783-791, for counting branches.
    """
    count = len(means)
    own = _branches(means)
    again = dict.fromkeys(own, 0)
    together = np.zeros((count, count))
    for one in resampled:
        found = _branches(one)
        for members in own:
            again[members] += members in found
        cut = hierarchy.fcluster(hierarchy.linkage(pdist(one), "average"), 2, "maxclust")
        together += cut[:, None] == cut[None, :]
    return Tree(
        tuple(Branch(members, height, again[members] / len(resampled)) for members, height in own.items()),
        together / len(resampled),
    )


def _branches(means: Array) -> dict[tuple[int, ...], float]:
    """Return the branches of a tree with the distance at which each joins."""
    count = len(means)
    members: list[tuple[int, ...]] = [(at,) for at in range(count)]
    found = {}
    for first, second, height, _ in hierarchy.linkage(pdist(means), "average"):
        members.append(tuple(sorted(members[int(first)] + members[int(second)])))
        found[members[-1]] = float(height)
    return found


def cluster_rows(measures: Sequence[Compared], unit: str, seed: int) -> Iterator[Row]:
    """Yield where each country stands on each measure, the branches that countries form, and how often each comes again.

    Yields
    ------
    dict
        ``method`` ``standing``: a country's mean less the mean of the countries, in standard deviations within countries.
        ``branch``: the distance at which the countries in ``group`` join. ``together`` (%): with ``group_by`` "branch" how
        often a branch comes again among resamples, with "pair" how often two countries share one of two branches.
    """
    means = [one for one in measures if one.kind == "mean"]
    codes = list(dict.fromkeys(code for one in means for code in one.people))
    whole = [one for one in means if len(one.people) == len(codes)]
    if len(codes) < LEAST or len(whole) < 2:
        return
    scale = [spread(one.values) for one in whole]
    rng = np.random.default_rng(seed)
    drawn = _resampled(whole, codes, rng) / scale
    found = np.array([[one.people[code].mean().estimate for one in whole] for code in codes]) / scale
    centred = found - found.mean(axis=0)
    for number, one in enumerate(whole):
        for code, value in zip(codes, centred[:, number], strict=True):
            yield {**one.row(code), "method": STANDING, "unit": "standard deviations", "estimate": float(value)}
    tree = cluster(centred, drawn - drawn.mean(axis=1, keepdims=True))
    n = float(min(len(own.values) for one in whole for own in one.people.values()))
    common = {"indicator": "countries", "country": unit, "n": n}
    for branch in tree.branches:
        group = JOINT.join(codes[at] for at in branch.members)
        yield {
            **common,
            "method": BRANCH,
            "unit": "standard deviations",
            "group_by": BRANCH,
            "group": group,
            "estimate": branch.height,
        }
        yield {
            **common,
            "method": TOGETHER,
            "unit": "%",
            "group_by": BRANCH,
            "group": group,
            "estimate": 100 * branch.again,
        }
    for first, second in combinations(range(len(codes)), 2):
        pair = JOINT.join((codes[first], codes[second]))
        share = 100 * float(tree.together[first, second])
        yield {**common, "method": TOGETHER, "unit": "%", "group_by": "pair", "group": pair, "estimate": share}


def _resampled(measures: Sequence[Compared], codes: Sequence[str], rng: np.random.Generator) -> Array:
    """Return means of people drawn again within countries, the same for all measures: resamples x countries x measures.

    Who answered through an organisation is drawn with all others of it.
    """
    found = np.empty((RESAMPLES, len(codes), len(measures)))
    for at, code in enumerate(codes):
        own = [one.people[code] for one in measures]
        index = own[0].values.index
        for one in own[1:]:
            index = index.union(one.values.index)
        place = np.arange(len(index))
        if own[0].clusters is not None:
            named = pd.concat([one.clusters for one in own if one.clusters is not None])
            named = named[~named.index.duplicated()].reindex(index)
            place = named.where(named.notna(), pd.Series([f"alone {n}" for n in place], index)).factorize()[0]
        units = int(place.max()) + 1
        drawn = rng.multinomial(units, np.full(units, 1 / units), RESAMPLES)[:, place]
        for number, one in enumerate(own):
            counts = drawn[:, index.get_indexer(one.values.index)]
            weights = np.ones(len(one.values)) if one.weights is None else one.weights.to_numpy()
            found[:, at, number] = (counts @ (weights * one.values.to_numpy())) / np.maximum(counts @ weights, 1e-9)
    return found
