"""Show what goes with support: hazard ratios of support that begins in time, and at a landmark."""

from __future__ import annotations

import pandas as pd

from ...pathways.curves import EXIT
from ...pathways.supported import AT_LANDMARK, CHANGING, SHARES_AT_LANDMARK
from ...study.pathway_rules import load_pathway_rules
from ...tables import Table
from ...wording import NO_VALUE, note, value, withheld
from ..base import Shown
from ..factsheet import Sentence
from .chances import probability
from .page import Sheet


def supported(sheet: Sheet) -> Shown | None:
    """Show, for each support and outcome, the ratio of hazards with and without it."""
    if sheet.absent:
        return sheet.absent
    t, rows = sheet.t, sheet.rows(group_by="support")
    if rows.empty:
        return Sentence(t("The log holds no support that begins after the start: there is nothing to compare."))
    pairs = rows.sort_values("group", kind="stable")[["group", "indicator"]].drop_duplicates()
    frame = pd.DataFrame([_row(sheet, rows, *pair) for pair in pairs.itertuples(index=False)])
    least = rows["p_adjusted"].min()
    month = f"{load_pathway_rules().landmark_months:g}"
    said = t(
        "1 means: no difference. The smallest p of the table, adjusted by Holm for all its ratios, is {p}. Time with support counts as such from the day "
        "on which support began; at the landmark, only persons who were still there in month {n} are compared, by what they had had "
        "until then. Whether support was ever received is not asked: whoever stays long has more time to receive it. Nobody was given "
        "support by lot, so no number here is an effect.",
        n=month,
        p=t("unknown") if pd.isna(least) else probability(least, t),
    )
    caption = t("Hazard ratios: with support against without")
    return Table(frame, caption, t, row_headers=2, note=f"{said} {note(rows, t, sheet.label)}", results=rows)


def _way(sheet: Sheet, indicator: str) -> str:
    """Return from which event to which."""
    rules, (name, _, event) = load_pathway_rules(), indicator.partition("__")
    wait = next(one for one in rules.shares if one.id == name)
    target = rules.last if event == EXIT else wait.target
    return f"{sheet.t.pick(rules.events[wait.start].name)} → {sheet.t.pick(rules.events[target].name)}"


def _row(sheet: Sheet, rows: pd.DataFrame, support: str, indicator: str) -> dict[str, str]:
    t = sheet.t
    own = rows[(rows["group"] == support) & (rows["indicator"] == indicator)].set_index("method")

    def count(how: str) -> str:
        return value(own.loc[how, "n"], 0, t) if how in own.index else NO_VALUE

    return {
        t("Support"): sheet.label("group", support),
        t("From, to"): _way(sheet, indicator),
        t("Begins in time"): _cell(sheet, own, CHANGING),
        t("n"): count(CHANGING),
        t("Landmark, those still there"): _cell(sheet, own, AT_LANDMARK),
        t("Landmark, sub-distribution"): _cell(sheet, own, SHARES_AT_LANDMARK),
        t("n at the landmark"): count(AT_LANDMARK),
    }


def _cell(sheet: Sheet, own: pd.DataFrame, how: str) -> str:
    t = sheet.t
    if how not in own.index:
        return t("nobody was there so long")
    row = own.loc[how]
    if withheld(row, t):
        return withheld(row, t)
    if pd.isna(row["estimate"]):
        return t("too few events")
    low_high = t.interval(row["ci_low"], row["ci_high"], 2)
    return t("{value} ({interval})", value=t.number(row["estimate"], 2), interval=low_high)
