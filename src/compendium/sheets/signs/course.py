"""Show which signals come together, what follows what where waves are linked, and what changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...diagnosis.signs.change import CHANGE
from ...diagnosis.signs.rules import NOT_ASKED, load_rules
from ...diagnosis.signs.together import AT_ONCE, BOTH, FOLLOWS, PAIR, TIMES
from ...figures.base import Figure
from ...figures.intervals import intervals
from ...persons import NOT_MEASURED
from ...tables import Table, estimates
from ...wording import NO_VALUE, note
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet


def together(sheet: Sheet) -> Shown:
    """Draw how many signals persons have at once, and show which two come together."""
    rows = sheet.rows(group_by=AT_ONCE, method="share")
    if rows.empty:
        return Sentence(sheet.t("This study does not ask for warning signals: nothing can come together here."))
    return several(_at_once(sheet, rows), _pairs(sheet))


def _at_once(sheet: Sheet, rows: pd.DataFrame) -> Figure:
    widest = rows["ci_high"].max()
    return intervals(
        rows,
        y="group",
        t=sheet.t,
        title=sheet.t("How many warning signals persons have at once"),
        label=sheet.label,
        sort=False,
        limits=(0, 100 if pd.isna(widest) else float(np.ceil(widest / 10) * 10)),
    )


def _pairs(sheet: Sheet) -> Table | Sentence:
    t = sheet.t
    rows = sheet.rows(group_by=PAIR)
    shown = rows[(rows["method"] == TIMES) & ~rows["suppressed"] & rows["estimate"].notna()]
    shown = shown.sort_values("estimate", ascending=False, kind="stable")
    if shown.empty:
        return Sentence(t("Too few persons have two signals: no pair is shown."))
    both = rows[rows["group"] == BOTH].set_index("indicator")
    table = []
    for row in shown.itertuples(index=False):
        first, second = (sheet.signal(item) for item in row.indicator.split("+"))
        share = both.loc[row.indicator, "estimate"]
        table.append(
            {
                t("One signal"): first,
                t("The other"): second,
                t("Both"): t.percent(share) if pd.notna(share) else NO_VALUE,
                t("Times as often as by chance"): t.number(row.estimate, 1),
                t("95% interval"): t.interval(row.ci_low, row.ci_high, 1),
                t("n"): t.number(row.n),
            }
        )
    hidden = rows["indicator"].nunique() - len(shown)
    said = [
        t(
            "A signal counts when it comes often or always. 1 would mean that the two have nothing to do with one another."
        )
    ]
    if hidden:
        said.append(t("Pairs that too few persons have: {n}.", n=t.number(hidden)))
    caption = t("Which signals come together, the closest first")
    return Table(pd.DataFrame(table), caption, t, row_headers=2, note=" ".join([*said, note(shown, t, sheet.label)]))


def stages(sheet: Sheet) -> Table | Sentence:
    """Show which signal follows which from wave to wave, or say why no stage can be told."""
    t, rows = sheet.t, sheet.rows(method=FOLLOWS)
    if rows.empty:
        absent = sheet.rows(indicator=FOLLOWS, method=NOT_MEASURED)
        reason = t(absent["reason"].iloc[0]) if len(absent) else t(NOT_ASKED)
        return Sentence(
            t(
                "No stages of exhaustion are told here: {reason}. What comes together at one time has no before and no after.",
                reason=reason,
            )
        )
    sure = rows[(rows["p_adjusted"] < 0.05) & (rows["estimate"] > 0)].sort_values(
        "estimate", ascending=False, kind="stable"
    )
    if sure.empty:
        return Sentence(t("Between the waves no signal was found to follow another, all pairs counted."))
    table = [
        {
            t("Comes first"): sheet.signal(row.group),
            t("Comes next"): sheet.signal(row.indicator),
            t("Partial correlation"): t.number(row.estimate, 2),
            t("95% interval"): t.interval(row.ci_low, row.ci_high, 2),
            t("n"): t.number(row.n),
        }
        for row in sure.itertuples(index=False)
    ]
    caption = t("Which signal follows which from one wave to the next ({who})", who=t(sure["estimand"].iloc[0]))
    how = t("The later signal with the earlier one, its own earlier state alike; p below 0.05 by Holm over all pairs.")
    return Table(pd.DataFrame(table), caption, t, row_headers=2, note=f"{how} {note(sure, t, sheet.label)}")


def change(sheet: Sheet) -> Table | Sentence:
    """Show what changed since the wave before: reliable change of linked persons, else the difference of means."""
    t = sheet.t
    if load_rules().change not in sheet.study.questionnaire.measures:
        return Sentence(t("This study does not measure it: there is nothing to show, and nothing is made up."))
    name = sheet.fallback("indicator", load_rules().change)
    absent = sheet.rows(estimand=CHANGE, method=NOT_MEASURED)
    if len(absent):
        return Sentence(
            t("No change of {measure} can be told: {reason}.", measure=name.lower(), reason=t(absent["reason"].iloc[0]))
        )
    rows = sheet.rows(group_by=CHANGE)
    if rows.empty:
        return Sentence(t("This study does not measure it: there is nothing to show, and nothing is made up."))
    if (rows["method"] == "share").all():
        caption = t("{measure}: reliable change of linked persons since the wave before", measure=name)
        return estimates(rows, rows="group", caption=caption, t=t, label=sheet.label, digits=0)
    caption = t("{measure}: difference of means since the wave before; persons are not linked", measure=name)
    return estimates(rows, rows="indicator", caption=caption, t=t, label=sheet.label, digits=1)
