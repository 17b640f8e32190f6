"""What to begin with: the foremost situations of work, and the levers for each."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ..study.levers import EFFORTS, EVIDENCE, LEVELS, Lever, load_levers
from ..study.risk_rules import load_risk_rules
from .order import places, ranges_apart, told_apart
from .risk_assessment import WHOLE

PRIORITY, FREQUENCY = "priority", "frequency"
_SHARE: Final = ("estimate", "ci_low", "ci_high")
_ENDS: Final = ("priority_low", "priority_high")


def foremost(table: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Choose the situations to begin with.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`.risk_table` returns it.

    Returns
    -------
    basis : str
        ``priority`` where the working group has entered severity and control of every situation whose share is shown; else
        ``frequency``, so that what nobody judged is not ordered as if somebody had.
    rows : pandas.DataFrame
        The situations of everybody that may hold one of the first places (``first_places`` of the definition), by place, then by
        share. Overlapping ones may be more than that.
    """
    own = table[(table["work_unit"] == WHOLE) & table["estimate"].notna()]
    is_judged = len(own) > 0 and own[["severity", "control"]].notna().all(axis=None)
    if is_judged:
        found = places(ranges_apart(*(own[name].astype(float) for name in _ENDS)), own.index)
        own = own.drop(columns=found.columns).join(found)
    rows = own[own["place_low"] <= load_risk_rules().first_places]
    order = rows.sort_values(["place_low", "place_high", "estimate"], ascending=[True, True, False], kind="stable")
    return (PRIORITY if is_judged else FREQUENCY), order


def turned(table: pd.DataFrame, others: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Tell where the choice by frequency rests on the rule of who meets a situation.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`.risk_table` returns it.
    others : pandas.DataFrame
        Shares of everybody under a looser and a stricter rule (``threshold_id``), after the gate.

    Returns
    -------
    entered, left : list of str
        Situations that might hold one of the first places under the looser rule and not under the fixed one; and those that no
        longer might under the stricter one. Each is changed alone, the others stay under the fixed rule.
    """
    own = table[(table["work_unit"] == WHOLE) & table["estimate"].notna()].set_index("situation")[list(_SHARE)]
    first = load_risk_rules().first_places

    def is_foremost(shares: pd.DataFrame, name: str) -> bool:
        found = places(told_apart(*(shares[side] for side in _SHARE)), shares.index)
        return bool(found.loc[name, "place_low"] <= first)

    found: dict[str, list[str]] = {"looser": [], "stricter": []}
    for row in others[others["estimate"].notna() & others["indicator"].isin(own.index)].itertuples(index=False):
        name, changed = str(row.indicator), own.copy()
        changed.loc[name] = [getattr(row, side) for side in _SHARE]
        if is_foremost(changed, name) != is_foremost(own, name):
            found[str(row.threshold_id)].append(name)
    return found["looser"], found["stricter"]


def levers_for(situation: str) -> Sequence[Lever]:
    """Return the levers for a situation: at the source first, then those with better evidence, then those with less effort."""
    return [lever for lever, _ in matched([situation])]


def matched(situations: Sequence[str]) -> list[tuple[Lever, list[str]]]:
    """Match levers to situations of work, in the order in which they are recommended.

    Parameters
    ----------
    situations : sequence of str
        Situations to begin with.

    Returns
    -------
    list of (Lever, list of str)
        Each lever that is for any of them, with those that it is for, in their order. Levers at the source come first, then those
        with better evidence, then those with less effort, then those that serve more of the situations; then the order of the
        library. No lever is left out: a group may have reasons that no file knows.
    """
    found = [(lever, [name for name in situations if name in lever.situations]) for lever in load_levers().values()]
    return sorted(((lever, own) for lever, own in found if own), key=lambda pair: (*merit(pair[0]), -len(pair[1])))


def merit(lever: Lever) -> tuple[int, int, int]:
    """Return what levers are ordered by, best first: level of prevention, evidence, effort."""
    return LEVELS.index(lever.level), EVIDENCE.index(lever.evidence.level), EFFORTS.index(lever.effort)
