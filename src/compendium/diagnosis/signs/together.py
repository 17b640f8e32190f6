"""Which signals come together in one wave; which follow one another is told only where waves are linked."""

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ...intervals import LEVEL, holm, share_of
from ...persons import Row, not_measured, organisation, population
from ...study.questionnaire import Questionnaire
from .change import linked
from .groups import group_means, group_variables, keys_of
from .rules import NOT_ASKED

Array = NDArray[np.float64]

AT_ONCE, PAIR = "signals_at_once", "pair of signals"
TIMES, FOLLOWS = "times as often as by chance", "what follows what"
BOTH, FIRST, SECOND, NEITHER = "both", "only the first", "only the second", "neither"
TOO_FEW_BOTH = "too few persons have both signals, or one without the other"
MOST = 3
"""Signals at once from which on they are counted together."""


def states(answers: pd.DataFrame, questionnaire: Questionnaire, measure: str) -> pd.DataFrame:
    """Return whether each person has each signal (1 or 0): an answer that counts as exposed; missing where unanswered."""
    items = [item for item in questionnaire.measures[measure].items if item in answers]
    return pd.DataFrame(
        {
            item: answers[item].isin(questionnaire.questions[item].exposed).astype(float).where(answers[item].notna())
            for item in items
        },
        index=answers.index,
    )


def together_rows(answers: pd.DataFrame, questionnaire: Questionnaire, measure: str, least: int) -> Iterator[Row]:
    """Yield how many signals persons have at once, and which two come together.

    Yields
    ------
    dict
        ``group_by`` :data:`AT_ONCE`: shares of persons with no signal, one, two, three or more. ``group_by`` :data:`PAIR` and the two
        signals, joined by ``+``, in ``indicator``: shares of persons with both, one only, neither; and ``method`` :data:`TIMES`, how many
        times as often both are met as if they had nothing to do with one another. Where one of the four has too few persons
        there is one row that says so.
    """
    if measure not in questionnaire.measures:
        yield not_measured(AT_ONCE, NOT_ASKED)
        return
    have = states(answers, questionnaire, measure)
    asked = population(questionnaire, list(have))
    named = organisation(answers, questionnaire)
    clusters = None if named is None else answers[named].to_numpy(object)
    full = have.notna().all(axis=1)
    if have.shape[1] < 2 or not full.any():
        yield not_measured(AT_ONCE, NOT_ASKED)
        return
    counts = have.sum(axis=1).where(full)
    for many in range(MOST + 1):
        flags = (counts >= MOST if many == MOST else counts == many).astype(float).where(full)
        code = f"{many}_or_more" if many == MOST else str(many)
        yield _share(flags, clusters) | {"indicator": AT_ONCE, "group_by": AT_ONCE, "group": code, "population": asked}
    for first, second in combinations(have.columns, 2):
        yield from _pair(have[first], have[second], clusters, least, f"{first}+{second}", asked)


def _pair(
    a: pd.Series, b: pd.Series, clusters: NDArray[np.object_] | None, least: int, name: str, asked: str
) -> Iterator[Row]:
    known = a.notna() & b.notna()
    cells = {BOTH: a * b, FIRST: a * (1 - b), SECOND: (1 - a) * b, NEITHER: (1 - a) * (1 - b)}
    where = {"indicator": name, "group_by": PAIR, "population": asked}
    if min(flags[known].sum() for flags in cells.values()) < least:
        # All four go: another pair tells how many have each signal, and would give a single blank cell back.
        yield not_measured(name, TOO_FEW_BOTH) | where
        return
    for code, flags in cells.items():
        yield where | _share(flags, clusters) | {"group": code}
    given = None if clusters is None else clusters[known.to_numpy()]
    ratio, low, high = times_by_chance(a[known].to_numpy(), b[known].to_numpy(), given)
    yield where | {
        "estimate": ratio,
        "ci_low": low,
        "ci_high": high,
        "n": float(known.sum()),
        "unit": "times",
        "method": TIMES,
        "estimand": TIMES,
    }


def times_by_chance(a: Array, b: Array, clusters: NDArray[np.object_] | None = None) -> tuple[float, float, float]:
    """Estimate how many times as often two signals are met together as if they had nothing to do with one another.

    Returns
    -------
    tuple of float
        The ratio ``P(both) / (P(first) P(second))`` and its interval; 1 means nothing to do with one another.

    Notes
    -----
    The logarithm is linearised and its errors summed by organisation; t with one less than their number.
    """
    both, first, second = (a * b).mean(), a.mean(), b.mean()
    errors = (a * b / both - a / first - b / second + 1) / len(a)
    named = pd.Series(np.arange(len(a)) if clusters is None else clusters)
    codes = pd.factorize(named.where(named.notna(), [f"alone {i}" for i in range(len(named))]))[0]
    sums = np.bincount(codes, errors)
    spread = np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum())
    ratio = np.log(both / (first * second))
    reach = stats.t.ppf(0.5 + LEVEL / 2, len(sums) - 1) * spread
    return float(np.exp(ratio)), float(np.exp(ratio - reach)), float(np.exp(ratio + reach))


def stage_rows(
    first: pd.DataFrame, second: pd.DataFrame, questionnaire: Questionnaire, measure: str, least: int, least_groups: int
) -> Iterator[Row]:
    """Yield which signals follow which from one wave to the next, among linked persons, or else linked groups.

    Yields
    ------
    dict
        ``indicator`` the later signal, ``group`` the earlier one, ``method`` :data:`FOLLOWS`: partial correlation of the later state of the
        one with the earlier state of the other, its own earlier state alike; ``p_adjusted`` by Holm over all pairs. Nothing but
        one row with a reason where neither persons nor enough groups are linked.
    """
    if measure not in questionnaire.measures:
        return
    before, after = (states(wave, questionnaire, measure) for wave in (first, second))
    places = linked(first, second)
    if len(places) >= least_groups:
        before, after = before.loc[places["first"]], after.loc[places["second"]]
        unit = "linked persons"
    else:
        before, after = (
            _by_group(wave, have, questionnaire, least) for wave, have in ((first, before), (second, after))
        )
        back = before.index.intersection(after.index)
        before, after = before.loc[back], after.loc[back]
        unit = "linked groups"
    if len(before) < least_groups:
        yield not_measured(FOLLOWS, "too few persons or groups are linked between the waves")
        return
    found = {}
    for early, late in permutations([name for name in before if name in after], 2):
        x, own, y = (frame.to_numpy(float) for frame in (before[early], before[late], after[late]))
        known = ~np.isnan(x + own + y)
        found[early, late] = (*partial_correlation(y[known], x[known], own[known]), int(known.sum()))
    adjusted = holm([one[3] for one in found.values()])
    for ((early, late), (r, low, high, _, n)), p in zip(found.items(), adjusted, strict=True):
        yield {
            "indicator": late,
            "group_by": FOLLOWS,
            "group": early,
            "estimate": r,
            "ci_low": low,
            "ci_high": high,
            "p_adjusted": float(p),
            "n": float(n),
            "unit": "coefficient",
            "method": FOLLOWS,
            "estimand": unit,
        }


def partial_correlation(y: Array, x: Array, given: Array) -> tuple[float, float, float, float]:
    """Return the correlation of two quantities, a third alike: estimate, interval and p value, by Fisher's z."""
    if len(y) < 6 or min(y.std(), x.std(), given.std()) == 0:
        return float("nan"), float("nan"), float("nan"), 1.0
    r = np.corrcoef([y, x, given])
    if max(abs(r[0, 2]), abs(r[1, 2])) > 1 - 1e-9:  # nothing is left of one once the third is alike
        return float("nan"), float("nan"), float("nan"), 1.0
    value = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    z, error = np.arctanh(value), 1 / np.sqrt(len(y) - 4)
    reach = stats.norm.ppf(0.5 + LEVEL / 2) * error
    return float(value), float(np.tanh(z - reach)), float(np.tanh(z + reach)), float(2 * stats.norm.sf(abs(z) / error))


def _by_group(answers: pd.DataFrame, have: pd.DataFrame, questionnaire: Questionnaire, least: int) -> pd.DataFrame:
    variables = group_variables(answers, questionnaire)
    if not variables:
        return have.iloc[:0]
    keys = keys_of(variables[-1], variables)
    means = {name: group_means(answers, keys, have[name]) for name in have}
    return pd.DataFrame({name: found["mean"].where(found["persons"] >= least) for name, found in means.items()})


def _share(flags: pd.Series, clusters: NDArray[np.object_] | None) -> Row:
    found = share_of(flags, clusters=clusters)
    return {
        "estimate": 100 * found.estimate,
        "ci_low": 100 * found.low,
        "ci_high": 100 * found.high,
        "n": float(found.n),
        "n_effective": found.n_effective,
        "unit": "%",
        "method": "share",
    }
