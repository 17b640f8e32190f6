"""Show the analysis plan, whose interest the answer is, and what came of each hypothesis."""

from datetime import date

import pandas as pd

from ...diagnosis.statuses.differences import PAIR, STANDARDISED, TOTAL
from ...study.analysis_plan import load_plan
from ...tables import Table
from ...wording import note
from ..factsheet import Sentence
from ..risks import Sheet
from .words import cell_of, nothing, seen, status


def interest(sheet: Sheet) -> Sentence:
    """Declare who has an interest in the answer."""
    return Sentence(sheet.t.pick(load_plan().interest))


def planned(sheet: Sheet) -> Sentence:
    """Say what was fixed when: the date, the reference, the margin, what is made alike."""
    t, plan = sheet.t, load_plan()
    said = t(
        "The plan is dated {day}, version {version}. Every status is held against “{reference}”. A difference counts as none "
        "only where its whole interval lies within {margin} points of 100 either way.",
        day=t.date(date.fromisoformat(plan.date)),
        version=plan.version,
        reference=status(sheet, plan.reference),
        margin=t.number(plan.margin),
    )
    when = t("It was written before any answer was received.") if plan.before_data else ""
    changes = [
        t("Changed on {day}: {what}", day=t.date(date.fromisoformat(one["date"])), what=t.pick(one["what"]))
        for one in plan.changes
    ]
    return Sentence(" ".join([said, when, *changes]))


def exclusions(sheet: Sheet) -> Sentence:
    """Say who and what is left out."""
    return Sentence(" ".join(sheet.t.pick(one) for one in load_plan().exclusions))


def hypotheses(sheet: Sheet) -> Table | Sentence:
    """Show each hypothesis in both directions beside what came of it."""
    t, plan = sheet.t, load_plan()
    table, shown = [], []
    for one in plan.hypotheses:
        rows = sheet.rows(indicator=one.outcome, group=one.group, estimand=TOTAL)
        pair, other = (rows[rows["method"] == method] for method in (PAIR, STANDARDISED))
        shown.append(rows[rows["method"].isin([PAIR, STANDARDISED])])
        table.append(
            {
                t("Outcome"): sheet.label("indicator", one.outcome),
                t("Status"): status(sheet, one.group),
                t("What came of it"): _came(sheet, pair, other, plan.margin),
                t("Difference in points"): cell_of(sheet, pair, 1),
                t("Second way"): cell_of(sheet, other, 1),
                t("Why less"): t.pick(one.less),
                t("Why more"): t.pick(one.more),
            }
        )
    rows = pd.concat(shown)
    if rows.empty:
        return nothing(sheet)
    how = t(
        "Difference from “{reference}”, age, gender, education, discipline and years in the trade alike, in brackets the 95% "
        "interval: by overlap weights, and the second way by standardisation. “Less” or “more” is said where both ways agree and "
        "p, adjusted for all statuses of the outcome, is below 0.05 in both; “open” where neither a difference nor its absence is shown.",
        reference=status(sheet, plan.reference),
    )
    frame = pd.DataFrame(table)
    return Table(
        frame, t("The hypotheses, and what came of them"), t, row_headers=2, note=f"{how} {note(rows, t, sheet.label)}"
    )


def _came(sheet: Sheet, pair: pd.DataFrame, other: pd.DataFrame, margin: float) -> str:
    t = sheet.t
    if pair.empty:
        return t("not measured")
    rows = [part.iloc[0] for part in (pair, other) if len(part)]
    if not all(map(seen, rows)):
        return t("cannot be told")
    if rows[0]["comparable"] == "no":
        return t("not to be compared: {reason}", reason=sheet.label("reason", rows[0]["reason"]))
    signs = {(row["estimate"] > 0) if row["p_adjusted"] < 0.05 else None for row in rows}
    if signs == {True}:
        return t("more")
    if signs == {False}:
        return t("less")
    if all(-margin < row["ci_low"] and row["ci_high"] < margin for row in rows):
        return t("no difference that counts")
    return t("open")
