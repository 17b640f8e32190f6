"""Show what if: the simulation of entries, limits, officers and incubator places, and what it assumes."""

from __future__ import annotations

import pandas as pd

from ...figures.intervals import intervals
from ...pathways.capacity import METHOD, QUANTITIES
from ...study.pathway_rules import Scenario, load_pathway_rules
from ...tables import Table
from ...wording import note, value, withheld
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet

DRAWN = "capacity_load"


def what_if(sheet: Sheet) -> Shown | None:
    """Show every scenario: the middle of the runs and the range of 95 of 100."""
    if sheet.absent:
        return sheet.absent
    t, rows = sheet.t, sheet.rows(method=METHOD)
    known = rows[rows["group_by"] == "scenario"]
    if known.empty:
        return Sentence(
            t("Nothing is simulated: {reason}.", reason=t(rows["reason"].iloc[0]))
            if len(rows)
            else t("Nothing is simulated.")
        )
    capacity = load_pathway_rules().capacity
    frame = pd.DataFrame(
        [
            {t("Scenario"): t.pick(one.name)}
            | {sheet.quantity(code): _cell(sheet, known, one, code) for code in QUANTITIES}
            for one in capacity.scenarios
        ]
    )
    said = t(
        "In the last of {years} years, from {runs} runs: the middle, and the range in which 95 of 100 runs lie.",
        years=t.number(capacity.years, 0),
        runs=t.number(capacity.runs, 0),
    )
    load = known[known["indicator"] == DRAWN]
    figure = intervals(load, y="group", t=t, title=sheet.quantity(DRAWN), label=sheet.label, sort=False)
    return several(figure, Table(frame, t("What if"), t, note=f"{said} {note(known, t, sheet.label)}", results=known))


def _cell(sheet: Sheet, known: pd.DataFrame, scenario: Scenario, code: str) -> str:
    t = sheet.t
    row = known[(known["indicator"] == code) & (known["group"] == scenario.id)].iloc[0]
    if withheld(row, t):
        return withheld(row, t)
    digits = 1 if code == "capacity_entries" else 0
    low_high = t.interval(row["ci_low"], row["ci_high"], digits)
    return t("{value} ({interval})", value=value(row["estimate"], digits, t), interval=low_high)


def assumptions(sheet: Sheet) -> Table:
    """Show what each scenario assumes."""
    t, capacity = sheet.t, load_pathway_rules().capacity
    frame = pd.DataFrame(
        [
            {
                t("Scenario"): t.pick(one.name),
                t("Persons who ask, against now"): t("{n} times", n=t.number(one.demand, 1)),
                t("Limit per territory and year"): t.number(one.limit, 0),
                t("Officers more than now"): t.number(one.officers_more, 0),
                t("Incubator places"): t.number(one.places, 0),
                t("Sessions a year"): t.number(one.sessions_year, 0),
            }
            for one in capacity.scenarios
        ]
    )
    said = t(
        "Besides: one officer can give {n} appointments in a month. Entries, exits and turns to the incubator are those of the log, "
        "drawn anew in each run within their uncertainty. Whoever finds no place waits and does not give up.",
        n=t.number(capacity.appointments_officer_month, 0),
    )
    return Table(frame, t("What the simulation assumes"), t, note=said)
