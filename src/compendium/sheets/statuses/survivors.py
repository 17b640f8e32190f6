"""Show how far those who gave a status up could move its difference."""

import pandas as pd

from ...diagnosis.statuses.survivors import (
    BACK,
    GIVEN_UP,
    STAYED,
    TRIM_HIGH,
    TRIM_LOW,
    WORST_HIGH,
    WORST_LOW,
)
from ...study.analysis_plan import load_plan
from ...tables import Table
from ...wording import NO_VALUE, note
from ..factsheet import Sentence
from ..risks import Sheet
from .words import cell, cell_of, measure, seen, status


def survivor_table(sheet: Sheet, outcome: str) -> Table | Sentence:
    """Show plain differences of those who stayed beside those with the leavers put back, trimmed, and at worst and best."""
    t, plan, indicator = sheet.t, load_plan(), sheet.outcome(outcome)
    rows = sheet.rows(indicator=indicator, method=STAYED)
    if rows.empty:
        return Sentence(
            t(
                "Those who left do not answer. Here the study does not ask who gave a status up, or too few did, so that how far they "
                "could move the differences cannot be bounded."
            )
        )
    gone = sheet.rows(indicator=GIVEN_UP).set_index("group")
    table = []
    for code in rows["group"]:
        own = sheet.rows(indicator=indicator, group=code).set_index("method")
        left = gone.loc[[code]] if code in gone.index else gone.iloc[:0]
        table.append(
            {
                t("Status"): status(sheet, code),
                t("Gave it up in three years, %"): cell_of(sheet, left),
                t("Those who stayed"): cell_of(sheet, own.loc[[STAYED]], 1),
                t("Those who left put back"): cell_of(sheet, own.loc[[BACK]], 1),
                t("Trimmed: from … to"): _span(sheet, own, TRIM_LOW, TRIM_HIGH),
                t("At worst and best: from … to"): _span(sheet, own, WORST_LOW, WORST_HIGH),
            }
        )
    caption = t(
        "{measure}: how far those who left could move the difference from “{reference}”",
        measure=measure(sheet, indicator).capitalize(),
        reference=status(sheet, plan.reference),
    )
    how = t(
        "Differences of plain means in points, nothing made alike. Put back: who gave a status up in the last three years counts with it, with "
        "today's answer, whatever status they have now. Trimmed: the status that keeps more of its people is cut, from the top or from the "
        "bottom, to the share that the other keeps; the difference among those who stay in both lies between, if all who stay in "
        "the one that is left more often would stay in the other (Lee 2009). At worst and best: those who left have one end of the scale. In brackets 95% intervals by bootstrap, of "
        "spans the outer ends. Only those who still answer can be counted: who left the trade altogether is in none of this."
    )
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def reasons(sheet: Sheet) -> Table | Sentence:
    """Show what counted most for those who gave a status up."""
    t, asked_for = sheet.t, load_plan().survivor_reason
    rows = sheet.rows(group_by=asked_for).sort_values("estimate", ascending=False, kind="stable")
    if rows.empty:
        return Sentence(t("This study does not ask why a status was given up."))
    table = pd.DataFrame(
        {
            t("What counted most in giving a status up"): [sheet.fallback(asked_for, code) for code in rows["group"]],
            t("%, with its interval"): [cell(sheet, row) for _, row in rows.iterrows()],
            t("n"): [NO_VALUE if pd.isna(n) else t.number(n) for n in rows["n"]],
        }
    )
    caption = t("Why a status was given up, all statuses together: of those who gave one up in the last three years")
    how = t("Only those who still answer can say it: who left the trade altogether is not among them.")
    return Table(table, caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def _span(sheet: Sheet, own: pd.DataFrame, low: str, high: str) -> str:
    ends = [own.loc[low], own.loc[high]]
    if not all(map(seen, ends)):
        return cell_of(sheet, own.loc[[low]], 1) if len(own) else NO_VALUE
    t = sheet.t
    return t(
        "{estimate} ({interval})",
        estimate=t.interval(ends[0]["estimate"], ends[1]["estimate"], 1),
        interval=t.interval(ends[0]["ci_low"], ends[1]["ci_high"], 1),
    )
