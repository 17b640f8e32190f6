"""What to begin with: the foremost situations of work, and the levers for each."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ..study.levers import EFFORTS, EVIDENCE, LEVELS, Lever, load_levers
from ..study.risk_rules import load_risk_rules
from .risk_assessment import WHOLE, places

PRIORITY, FREQUENCY = "priority", "frequency"
_MOST: Final = ("priority_low", "priority_high")


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
        low, high = (own[name].astype(float) for name in _MOST)
        own = own.drop(columns=["place_low", "place_high"]).join(places(low, high, own["work_unit"]))
    rows = own[own["place_low"] <= load_risk_rules().first_places]
    order = rows.sort_values(["place_low", "place_high", "estimate"], ascending=[True, True, False], kind="stable")
    return (PRIORITY if is_judged else FREQUENCY), order


def levers_for(situation: str) -> Sequence[Lever]:
    """Return the levers for a situation: at the source first, then those with better evidence, then those with less effort."""
    own = [lever for lever in load_levers().values() if situation in lever.situations]
    return sorted(
        own,
        key=lambda one: (LEVELS.index(one.level), EVIDENCE.index(one.evidence.level), EFFORTS.index(one.effort)),
    )
