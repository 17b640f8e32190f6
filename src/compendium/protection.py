"""Say how alike legal statuses protect, how far that rests on cells that are a first draft, and what laws name."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from . import paths, results
from .reading import read_yaml
from .study.context import BRANCHES, Context

Floats = NDArray[np.float64]

LEVEL: Mapping[str, float] = {"no": 0.0, "partial": 0.5, "yes": 1.0}
"""How much of a branch a cell stands for; an unknown cell may be anything between."""

GROUP = "protection_group"


@cache
def rules() -> Mapping[str, float]:
    """Read the rules of grouping from ``definitions/protection.yml``."""
    return {
        name: float(entry["value"])
        for name, entry in read_yaml(paths.DEFINITIONS / "protection.yml", "protection").items()
    }


def distances(statuses: pd.DataFrame) -> tuple[Floats, Floats]:
    """Measure how differently each two statuses protect.

    Parameters
    ----------
    statuses : pandas.DataFrame
        One row a status, one column a branch of ``BRANCHES`` with ``yes``, ``partial``, ``no`` or ``unknown``.

    Returns
    -------
    low, high : arrays of shape (n, n)
        Mean over the branches of the difference in cover, 0 (alike) to 1 (opposite in every branch): the smallest and the
        largest that any resolution of the unknown cells can give. Without unknown cells both are the same.

    Notes
    -----
    ``partial`` counts half a branch and every branch the same: a convention, since nothing here says what cover is worth.
    """
    cells = statuses[list(BRANCHES)].to_numpy()
    bottom = np.vectorize(lambda code: LEVEL.get(code, 0.0), otypes=[float])(cells)
    top = np.vectorize(lambda code: LEVEL.get(code, 1.0), otypes=[float])(cells)
    apart = np.maximum(bottom[:, None] - top[None], bottom[None] - top[:, None])
    low = np.maximum(apart, 0.0).mean(axis=2)
    high = np.maximum(top[:, None] - bottom[None], top[None] - bottom[:, None]).mean(axis=2)
    np.fill_diagonal(high, 0.0)
    return low, high


def groups(statuses: pd.DataFrame) -> NDArray[np.int64]:
    """Group statuses so that any two of one group differ by two branches of five at most.

    Parameters
    ----------
    statuses : pandas.DataFrame
        As for :func:`distances`.

    Returns
    -------
    array of int
        Number of the group of each row, 1 for the one with most statuses; of equally many, the one that covers more.

    Notes
    -----
    Complete linkage on the largest possible distances, cut at ``alike`` of ``definitions/protection.yml``: what is unknown
    never makes two statuses alike. The order of the rows changes nothing but ties, which the row that comes first decides.
    """
    if len(statuses) < 2:
        return np.ones(len(statuses), dtype=np.int64)
    found = _cut(distances(statuses)[1])
    level = np.vectorize(lambda code: LEVEL.get(code, 0.5), otypes=[float])(statuses[list(BRANCHES)].to_numpy()).sum(
        axis=1
    )
    numbers = np.unique(found)
    order = sorted(numbers, key=lambda one: (-(found == one).sum(), -level[found == one].mean(), one))
    rank = {one: at for at, one in enumerate(order, start=1)}
    return np.array([rank[one] for one in found], dtype=np.int64)


def _cut(apart: Floats) -> NDArray[np.int64]:
    # The rule says "at most": a hair above keeps sums of tenths that float a little higher.
    tree = linkage(squareform(apart, checks=False), method="complete")
    return np.asarray(fcluster(tree, rules()["alike"] + 1e-9, criterion="distance"), dtype=np.int64)


def stays(statuses: pd.DataFrame, draft: Sequence[str], seed: int) -> Floats:
    """Redraw the cells that are a first draft, and count how often each status stays with those it is grouped with.

    Parameters
    ----------
    statuses : pandas.DataFrame
        As for :func:`distances`.
    draft : sequence of str
        Branches whose cells are a first draft in every row.
    seed : int
        Seed of the draws.

    Returns
    -------
    array of float
        For each status the mean over the others of its group of the share of draws in which both are together, 0 to 100;
        of a status that stands alone, the share of draws in which it still does.

    Notes
    -----
    Each draft cell is one step off (yes - partial - no) with the probability ``draft_off``, independently: an assumption, to
    see what hangs on the draft, and no estimate of how often it is wrong. Unknown cells stay unknown.
    """
    n, known = len(statuses), groups(statuses)
    if n < 2:
        return np.full(n, 100.0)
    rng, rule = np.random.default_rng(seed), rules()
    cells = statuses[list(BRANCHES)].to_numpy()
    level = np.vectorize(lambda code: LEVEL.get(code, np.nan), otypes=[float])(cells)
    may_move = np.isin(list(BRANCHES), list(draft)) & ~np.isnan(level)
    together = np.zeros((n, n))
    for _ in range(int(rule["draws"])):
        off = may_move & (rng.random(level.shape) < rule["draft_off"])
        step = np.where(level == 0.5, rng.choice([-0.5, 0.5], size=level.shape), np.where(level > 0.5, -0.5, 0.5))
        drawn = np.where(off, level + step, level)
        low, high = np.nan_to_num(drawn, nan=0.0), np.nan_to_num(drawn, nan=1.0)
        apart = np.maximum(high[:, None] - low[None], high[None] - low[:, None]).mean(axis=2)
        found = _cut(apart)
        together += found[:, None] == found[None]
    together /= rule["draws"]
    mates = (known[:, None] == known[None]) & ~np.eye(n, dtype=bool)
    alone = 1 - (together - np.eye(n)).max(axis=1)
    with np.errstate(invalid="ignore"):
        mean = (together * mates).sum(axis=1) / mates.sum(axis=1)
    return 100 * np.where(mates.any(axis=1), mean, alone)


def grouped(context: Context, places: Sequence[str], seed: int) -> pd.DataFrame:
    """Group the legal statuses of some countries by how they protect.

    Parameters
    ----------
    context : Context
        The country facts.
    places : sequence of str
        Codes of countries.
    seed : int
        Seed of the draws, see :func:`stays`.

    Returns
    -------
    pandas.DataFrame
        Results, origin ``context``: one row a status; ``group`` is its identifier, ``estimand`` the number of its group,
        ``estimate`` the per cent of draws in which it stays with its group.
    """
    own = context.statuses[context.statuses["country"].isin(list(places))]
    if own.empty:
        return results.make([])
    numbers, share = groups(own), stays(own, sorted(context.draft), seed)
    rows = [
        {
            "country": row.country,
            "indicator": GROUP,
            "group_by": "status",
            "group": row.status_id,
            "estimand": str(number),
            "estimate": float(stay),
            "unit": "% of draws",
            "method": "first-draft cells redrawn",
            "source": row.source,
            "confidence": "to verify" if context.draft & set(BRANCHES) else row.confidence,
        }
        for row, number, stay in zip(own.itertuples(index=False), numbers, share, strict=True)
    ]
    return results.make(rows, origin="context").sort_values(
        ["estimand", "country", "group"], kind="stable", ignore_index=True
    )


def naming_laws(context: Context, place: str, names: str) -> pd.DataFrame:
    """Return the laws of a place that name psychosocial risk in one way, the earliest first.

    Parameters
    ----------
    context : Context
        The country facts.
    place : str
        Code of a country, or of the Union.
    names : {"explicit", "implied", "no"}
        How the law names it, see ``NAMES_PSYCHOSOCIAL``.

    Returns
    -------
    pandas.DataFrame
        Rows of ``context.policies``; none means that no such law is in our sources, not that there is none.
    """
    rows = context.policies[(context.policies["country"] == place) & (context.policies["names_psychosocial"] == names)]
    return rows.sort_values(["year_from", "policy_id"], kind="stable", ignore_index=True)
