"""Say how alike legal statuses protect, how far that rests on cells that are a first draft, and what laws name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from . import paths, results
from .errors import CompendiumError
from .reading import read_yaml
from .study.context import BRANCHES, COVERAGE, Context

Floats = NDArray[np.float64]

LEVEL: Mapping[str, float] = {"no": 0.0, "partial": 0.5, "yes": 1.0}
"""How much of a branch a cell stands for; an unknown cell may be anything between."""

GROUP, TURNS, APART = "protection_group", "protection_turning_cell", "protection_apart"


@cache
def rules() -> Mapping[str, float]:
    """Read the rules of grouping from ``definitions/protection.yml``."""
    return {
        name: float(entry["value"])
        for name, entry in read_yaml(paths.DEFINITIONS / "protection.yml", "protection").items()
    }


def _bounds(statuses: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the least and the most that each cell may stand for."""
    cells = statuses[list(BRANCHES)].to_numpy()
    odd = sorted(set(cells.ravel()) - set(COVERAGE))
    if odd:
        raise CompendiumError(f"cover {odd[0]!r} is unknown; legal are {', '.join(COVERAGE)}")
    least = np.vectorize(lambda code: LEVEL.get(code, 0.0), otypes=[float])(cells)
    most = np.vectorize(lambda code: LEVEL.get(code, 1.0), otypes=[float])(cells)
    return least, most


def _farthest(least: Floats, most: Floats) -> Floats:
    apart = np.maximum(most[:, None] - least[None], most[None] - least[:, None]).mean(axis=2)
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart, dtype=np.float64)


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
    least, most = _bounds(statuses)
    apart = np.maximum(least[:, None] - most[None], least[None] - most[:, None])
    return np.maximum(apart, 0.0).mean(axis=2), _farthest(least, most)


def _partition(least: Floats, most: Floats, cut: float) -> NDArray[np.int64]:
    """Cut the tree of average linkage; rows go in by their cells, so that ties do not hang on the order of the rows."""
    n = len(least)
    if n < 2:
        return np.ones(n, dtype=np.int64)
    order = np.lexsort(np.hstack([least, most]).T)
    tree = linkage(squareform(_farthest(least[order], most[order]), checks=False), method="average")
    found = np.empty(n, dtype=np.int64)
    # a hair above the rule: sums of tenths float a little higher
    found[order] = fcluster(tree, cut + 1e-9, criterion="distance")
    return found


def groups(statuses: pd.DataFrame, cut: float | None = None) -> NDArray[np.int64]:
    """Group statuses that protect alike.

    Parameters
    ----------
    statuses : pandas.DataFrame
        As for :func:`distances`.
    cut : float, optional
        Mean distance above which groups stay apart, 0 to 1; ``alike`` of ``definitions/protection.yml`` when left out.

    Returns
    -------
    array of int
        Number of the group of each row, 1 for the one with most statuses; of equally many, the one that covers more.

    Notes
    -----
    Average linkage (UPGMA) on the largest possible distances: what is unknown never makes two statuses alike. Complete
    linkage was tried and left: with so many equal distances its groups changed with the order of the rows.

    References
    ----------
    Sokal R. R., Michener C. D. (1958), A statistical method for evaluating systematic relationships, University of Kansas
    Science Bulletin 38, 1409-1438.
    """
    least, most = _bounds(statuses)
    found = _partition(least, most, rules()["alike"] if cut is None else cut)
    cover = (least + most).sum(axis=1)
    order = sorted(
        np.unique(found),
        key=lambda one: (-(found == one).sum(), -cover[found == one].mean(), tuple(least[found == one].min(axis=0))),
    )
    rank = {one: at for at, one in enumerate(order, start=1)}
    return np.array([rank[one] for one in found], dtype=np.int64)


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
    rng, rule = np.random.default_rng(seed), rules()
    least, most = _bounds(statuses)
    may_move = np.isin(list(BRANCHES), list(draft)) & (least == most)
    together, alone = np.zeros((n, n)), np.zeros(n)
    for _ in range(int(rule["draws"])):
        off = may_move & (rng.random(least.shape) < rule["draft_off"])
        step = np.where(least == 0.5, rng.choice([-0.5, 0.5], size=least.shape), np.where(least > 0.5, -0.5, 0.5))
        moved = np.where(off, step, 0.0)
        found = _partition(least + moved, most + moved, rule["alike"])
        same = found[:, None] == found[None]
        together += same
        alone += same.sum(axis=1) == 1
    mates = (known[:, None] == known[None]) & ~np.eye(n, dtype=bool)
    shared = (together * mates).sum(axis=1) / np.maximum(mates.sum(axis=1), 1)
    return np.asarray(100 * np.where(mates.any(axis=1), shared, alone) / rule["draws"], dtype=np.float64)


def turning(statuses: pd.DataFrame, draft: Sequence[str]) -> list[dict[str, int]]:
    """Find the single cells on which the group of a status hangs.

    Parameters
    ----------
    statuses : pandas.DataFrame
        As for :func:`distances`.
    draft : sequence of str
        Branches whose cells are a first draft in every row.

    Returns
    -------
    list of dict
        For each status: branch -> how many of the steps from its cell (one, or two from ``partial``), taken alone, put the
        status elsewhere: with fewer than half of those it is grouped with, or, where it stands alone, with somebody.
    """
    least, most = _bounds(statuses)
    known, cut = groups(statuses), rules()["alike"]
    found: list[dict[str, int]] = []
    for at in range(len(statuses)):
        mates = (known == known[at]) & (np.arange(len(known)) != at)
        own: dict[str, int] = {}
        for column, branch in enumerate(BRANCHES):
            if branch not in draft or least[at, column] != most[at, column]:
                continue
            for level in {0.0: (0.5,), 0.5: (0.0, 1.0), 1.0: (0.5,)}[float(least[at, column])]:
                low, high = least.copy(), most.copy()
                low[at, column] = high[at, column] = level
                now = _partition(low, high, cut)
                with_whom = now == now[at]
                leaves = with_whom[mates].mean() < 0.5 if mates.any() else with_whom.sum() > 1
                own[branch] = own.get(branch, 0) + int(leaves)
        found.append({branch: steps for branch, steps in own.items() if steps})
    return found


def in_force(statuses: pd.DataFrame) -> pd.DataFrame:
    """Return the statuses that protect somebody today: those that are only planned do not."""
    return statuses[statuses["in_force"] != "no"]


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
        Results, origin ``context``. Rows of :data:`GROUP`, one a status: ``group`` is its identifier, ``estimand`` the
        number of its group, ``estimate`` the per cent of draws in which it stays with its group. Rows of :data:`TURNS`, one
        a cell that alone would move a status: ``estimand`` is the branch, ``estimate`` the number of steps that do. Rows of
        :data:`APART`, two a status that is not alone: by how many branches it differs from the others of its group on
        average, at ``least`` and at ``most``, as unknown cells resolve (``estimand``).
    """
    own = in_force(context.statuses)
    own = own[own["country"].isin(list(places))]
    if own.empty:
        return results.make([])
    draft = sorted(context.draft & set(BRANCHES))
    rows: list[dict[str, object]] = []
    known, bounds = groups(own), dict(zip(("least", "most"), distances(own), strict=True))
    stay, cells = stays(own, draft, seed), turning(own, draft)
    for at, row in enumerate(own.itertuples(index=False)):
        common = {
            "country": row.country,
            "group_by": "status",
            "group": row.status_id,
            "source": row.source,
            "confidence": "to verify" if draft else row.confidence,
        }
        drawn = {"estimand": str(known[at]), "estimate": float(stay[at]), "unit": "% of draws"}
        rows.append({**common, "indicator": GROUP, **drawn, "method": "first-draft cells redrawn"})
        moving = {**common, "indicator": TURNS, "unit": "steps"}
        rows += [{**moving, "estimand": branch, "estimate": float(steps)} for branch, steps in cells[at].items()]
        mates = (known == known[at]) & (np.arange(len(known)) != at)
        spread = {**common, "indicator": APART, "unit": "branches"}
        for name, apart in bounds.items() if mates.any() else ():
            rows.append({**spread, "estimand": name, "estimate": float(apart[at][mates].mean()) * len(BRANCHES)})
    return results.make(rows, origin="context").sort_values(
        ["indicator", "estimand", "country", "group"], kind="stable", ignore_index=True
    )


@dataclass(frozen=True)
class NamedSince:
    """Since when the law of a place names psychosocial risk; nothing in either table means: not in our sources.

    Attributes
    ----------
    place : str
        Code of a country, or of the Union.
    explicit, implied : pandas.DataFrame
        Rows of ``context.policies``, the earliest first: laws that name it, and laws that only imply it.
    """

    place: str
    explicit: pd.DataFrame
    implied: pd.DataFrame

    @property
    def year(self) -> int | None:
        """Return the first year of a law that names it; nothing where no such law, or no year of one, is in our sources."""
        years = self.explicit["year_from"].dropna()
        return int(years.iloc[0]) if len(years) else None


def named_since(context: Context, place: str) -> NamedSince:
    """Look up since when the law of a place names psychosocial risk.

    Parameters
    ----------
    context : Context
        The country facts.
    place : str
        Code of a country, or of the Union. A law of the Union binds people through the laws of its members: it is never
        counted as one of theirs.

    Returns
    -------
    NamedSince
        From laws alone, never from agreements or programmes; ``implied`` stands apart and gives no year.
    """
    laws = [kind.id for kind in context.kinds.values() if kind.instrument == "law"]
    rows = context.policies[(context.policies["country"] == place) & context.policies["kind"].isin(laws)]
    rows = rows.sort_values(["year_from", "policy_id"], kind="stable")
    explicit, implied = (
        rows[rows["names_psychosocial"] == names].reset_index(drop=True) for names in ("explicit", "implied")
    )
    return NamedSince(place, explicit, implied)
