"""Item bias: whether persons with the same score answer a question differently because of the group they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from ..errors import CompendiumError
from ..intervals import LEVEL, holm
from . import proportional_odds

Array = NDArray[np.float64]

LEAST = 100
"""Fewest complete answers of a group that takes part, unless the caller says otherwise."""
OTHERS = 20
"""Fewest persons who must have given another answer than the most frequent one."""
MODERATE, LARGE = 0.035, 0.070
"""Changes of Nagelkerke's R2 from which a bias is moderate, and large (Jodoin and Gierl 2001)."""
SIZES = ("negligible", "moderate", "large")
REASONS = ("too_few_other_answers", "one_answer_in_a_group")
"""Why an item was not tested: nearly everybody gave one answer; everybody in one group gave one answer."""
STEPS = 12
"""Most different answers of an item."""

_TESTS = ("uniform", "nonuniform", "joint")
COLUMNS = [
    "item",
    "n",
    "groups",
    "left_out",
    *(f"{name}_{test}" for test in _TESTS for name in ("chisq", "df", "p")),
    "p_adjusted",
    "r2_change",
    "r2_low",
    "r2_high",
    "r2_uniform",
    "r2_nonuniform",
    "size",
    "is_biased",
    "shift",
    "shift_low",
    "shift_high",
    "reason",
]


@dataclass(frozen=True)
class _Table:
    """Complete answers as counts: one row a pair of score and group, which is all that the models see of a person."""

    scores: Array
    member: Array
    persons: Array
    answers: dict[str, tuple[Array, Array]]
    """Item -> its values, and counts rows x values."""


def item_bias(items: pd.DataFrame, groups: pd.Series, least: int = LEAST) -> pd.DataFrame:
    """Test for each item whether persons with the same score answer it differently from group to group.

    Parameters
    ----------
    items : pandas.DataFrame
        Two items or more of one scale or index, numeric, all turned so that high means the same; one row a person,
        missing where not answered or not applicable. Put items with different answer scales on one range first.
    groups : pandas.Series
        Group of each person, missing where unknown.
    least : int
        Fewest persons with all items that a group needs to take part.

    Returns
    -------
    pandas.DataFrame
        One row an item: ``item``, ``n`` (persons), ``groups`` and ``left_out`` (mappings: groups tested and groups too
        small, with their complete answers), ``chisq_ df_ p_`` of ``uniform`` (the groups differ by the same at every
        score), ``nonuniform`` (by more at some scores than at others) and ``joint`` (either), ``p_adjusted`` (joint, Holm
        over the items), ``r2_change`` with ``r2_low r2_high`` (change of Nagelkerke's R2 by both, 0-1, and its 95 %
        interval), its parts ``r2_uniform`` and ``r2_nonuniform``, ``size`` (``negligible``, ``moderate``, ``large``), ``is_biased`` (``p_adjusted`` below 0.05
        and not negligible), and by group ``shift`` with ``shift_low shift_high`` (how much higher the group answers
        than all groups together at the same scores, in units of the item). An item that could not be tested has its
        ``reason`` (one of :data:`REASONS`) and no numbers.

    Raises
    ------
    CompendiumError
        Fewer than two items, an item with more than :data:`STEPS` values, fewer than two groups with enough persons, or
        groups of other persons than the items (another index).

    Notes
    -----
    Three proportional-odds models of the item: on the score; and the group; and score times group. Twice the gains of
    the log-likelihood are the tests. **Score**: the mean of all items, the one studied included. Without it, groups that
    differ in what is measured differ in an unbiased item too, since a short score matches them imperfectly: in the
    simulation of ``docs/item_bias.md`` the rest score rejects far too often there. The total score comes near its level where
    the groups differ by half a standard deviation or less and the items tell about as much as one another; with groups
    further apart, or unequal items, it rejects too often as well, which is why ``is_biased`` asks for a size that counts,
    besides. **Persons**: those with all items, so that a score stands for the same questions in everybody.

    The interval of ``r2_change`` turns round the non-central chi-square of the joint test; its upper end is never below
    the estimate, which chance alone makes positive. ``shift`` comes from the uniform model: the expected answer of
    everybody as if in this group, less that as if in each group by its share. All of it supposes that a group moves the
    borders between all answers alike (proportional odds). R2 sees little of a bias in a small group: look at ``shift``.

    A bias in one item pulls the score by its share of the items and shows in the others with the opposite sign: read
    the largest first. Nothing here tells which group answers "rightly": bias is relative to the other items.

    In an **index** the score sums circumstances that need not go together, and no trait lies behind them that would
    have to show in each. There the test says that groups reach the same score by different circumstances (one by
    unpaid hours, another by uncertain orders). That is worth knowing before scores are compared, but it may be the true
    difference between the groups' situations, and is no fault of the question.

    References
    ----------
    Swaminathan, Rogers (1990), J. Educ. Meas. 27:361-370; Zumbo (1999), A Handbook on the Theory and Methods of
    Differential Item Functioning; Jodoin, Gierl (2001), Appl. Meas. Educ. 14:329-349; Nagelkerke (1991), Biometrika
    78:691-692; Choi, Gibbons, Crane (2011), J. Stat. Softw. 39(8); Steiger (2004), Psychol. Methods 9:164-182
    (interval).
    """
    if items.shape[1] < 2:
        raise CompendiumError(f"{', '.join(map(str, items)) or 'no item'}: item bias needs two items or more")
    if not groups.index.equals(items.index):
        raise CompendiumError(f"groups: {len(groups)} persons; legal are the {len(items)} of the items, in their order")
    complete = items.notna().all(axis=1) & groups.notna()
    sizes = groups[complete].astype(str).value_counts()
    codes = sorted(groups.dropna().astype(str).unique())
    large = [code for code in codes if sizes.get(code, 0) >= least]
    if len(large) < 2:
        raise CompendiumError(
            f"groups: {len(large)} with {least} complete answers or more; item bias needs two such groups"
        )
    kept = complete & groups.astype(str).isin(large)
    table = _table(items[kept], groups[kept], large)
    about = {
        "n": int(kept.sum()),
        "groups": {code: int(sizes[code]) for code in large},
        "left_out": {code: int(sizes.get(code, 0)) for code in codes if code not in large},
    }
    rows = [{"item": name, **about} for name in items]
    for row, name in zip(rows, items, strict=True):
        row |= _tested(table, str(name), large)
    found = pd.DataFrame(rows, columns=COLUMNS)
    found["p_adjusted"] = holm(found["p_joint"])
    found["is_biased"] = is_biased(found["p_adjusted"], found["size"])
    return found


def is_biased(p_adjusted: pd.Series, size: pd.Series) -> pd.Series:
    """Tell which items are biased: a p value adjusted for their number below 0.05, and no negligible size."""
    return (p_adjusted < 1 - LEVEL) & size.isin(SIZES[1:])


def _table(items: pd.DataFrame, groups: pd.Series, codes: list[str]) -> _Table:
    values = items.to_numpy(dtype=float)
    total = values.mean(axis=1).round(9)  # the same answers in another order must be one score
    place = np.searchsorted(codes, groups.astype(str).to_numpy())
    pairs, row = np.unique(np.column_stack([total, place]), axis=0, return_inverse=True)
    row, answers = row.ravel(), {}
    for name, column in zip(items, values.T, strict=True):
        steps, at = np.unique(column, return_inverse=True)
        if len(steps) > STEPS:
            raise CompendiumError(f"item {name!r} has {len(steps)} different values; legal is 2 to {STEPS}")
        counts = np.zeros((len(pairs), len(steps)))
        np.add.at(counts, (row, at), 1.0)
        answers[str(name)] = steps, counts
    persons = np.bincount(row, minlength=len(pairs)).astype(float)
    centre = float(np.average(pairs[:, 0], weights=persons))
    spread = float(np.sqrt(np.average((pairs[:, 0] - centre) ** 2, weights=persons)))
    scores = (pairs[:, 0] - centre) / (spread or 1.0)
    member = (pairs[:, 1][:, None] == np.arange(len(codes))).astype(float)
    return _Table(scores, member, persons, answers)


def _tested(table: _Table, item: str, codes: list[str]) -> dict[str, Any]:
    """Return the tests and sizes of one item, or why there are none."""
    steps, counts = table.answers[item]
    if counts.sum() - counts.sum(axis=0).max() < OTHERS:
        return {"size": "", "reason": REASONS[0]}
    if ((table.member.T @ counts) > 0).sum(axis=1).min() < 2:
        return {"size": "", "reason": REASONS[1]}
    score, others = table.scores[:, None], table.member[:, 1:]
    models: list[proportional_odds.Fit] = []
    for design in _designs(score, others):
        models.append(proportional_odds.fit(counts, design, models[-1] if models else None))
    heights = [one.log_likelihood for one in models]
    n, extra = counts.sum(), others.shape[1]
    pairs = {"uniform": (0, 1, extra), "nonuniform": (1, 2, extra), "joint": (0, 2, 2 * extra)}
    row: dict[str, Any] = {"reason": ""}
    for test, (less, more, df) in pairs.items():
        chisq = max(2 * (heights[more] - heights[less]), 0.0)
        row |= {f"chisq_{test}": chisq, f"df_{test}": df, f"p_{test}": float(stats.chi2.sf(chisq, df))}
    shares = counts.sum(axis=0) / n
    empty = n * float((shares * np.log(shares)).sum())
    scale = np.exp(2 * (empty - heights[0]) / n) / -np.expm1(2 * empty / n)
    change = [float(-np.expm1(-x / n) * scale) for x in (row["chisq_joint"], *_reach(row["chisq_joint"], 2 * extra))]
    uniform = float(-np.expm1(-row["chisq_uniform"] / n) * scale)
    row |= {"r2_change": change[0], "r2_low": change[1], "r2_high": max(change[2], change[0])}
    row |= {"r2_uniform": uniform, "r2_nonuniform": change[0] - uniform}
    row["size"] = SIZES[int(np.searchsorted([MODERATE, LARGE], change[0], side="right"))]
    return row | _shifts(models[1], table, steps, codes)


def _designs(score: Array, others: Array) -> Iterator[Array]:
    yield score
    yield np.hstack([score, others])
    yield np.hstack([score, others, score * others])


def _reach(chisq: float, df: int) -> tuple[float, float]:
    """Return the non-centralities between which a chi-square is no surprise; nought where even that is too much."""
    tails = (0.5 + LEVEL / 2, 0.5 - LEVEL / 2)
    low, high = (float(special.chndtrinc(chisq, df, p)) if special.chdtr(df, chisq) > p else 0.0 for p in tails)
    return low, high


def _shifts(model: proportional_odds.Fit, table: _Table, steps: Array, codes: list[str]) -> dict[str, Any]:
    """Return by group how much higher it answers at the same scores than all groups by their shares."""
    share = table.persons / table.persons.sum()
    expected, slopes = [], []
    for member in np.eye(len(codes)):
        others = np.tile(member[1:], (len(share), 1))
        chances, derivatives = model.answers(np.column_stack([table.scores, others]))
        expected.append(share @ chances @ steps)
        slopes.append(np.einsum("r,rjq,j->q", share, derivatives, steps))
    centring = np.eye(len(codes)) - share @ table.member
    shift, gradient = centring @ np.array(expected), centring @ np.array(slopes)
    error = np.sqrt(np.einsum("gq,qp,gp->g", gradient, model.covariance, gradient))
    reach = float(stats.norm.ppf(0.5 + LEVEL / 2)) * error
    return {
        name: dict(zip(codes, map(float, numbers), strict=True))
        for name, numbers in (("shift", shift), ("shift_low", shift - reach), ("shift_high", shift + reach))
    }
