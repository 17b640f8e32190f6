"""Show what calls for projects cost and bring, and what goes with them; where they are not asked about, one sentence."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.associations import ASSOCIATION
from ...diagnosis.calls import (
    ANSWERED,
    CALLS,
    HOURS,
    HOURS_PER_CALL,
    HOURS_PER_WON,
    PAID,
    PER_PERSON,
    RATIO,
    SUCCESS,
    TOGETHER,
)
from ...diagnosis.correlates import DIFFERENCE
from ...figures import intervals
from ...figures.base import Figure
from ...persons import NOT_MEASURED
from ...tables import Table
from ...wording import NO_VALUE, note, withheld
from ..base import Several, several
from ..factsheet import Sentence
from ..outcomes import p_value
from ..risks import Sheet
from .words import quoted

QUANTITIES = (
    (ANSWERED, "mean", 1),
    (HOURS, "mean", 0),
    (HOURS_PER_CALL, RATIO, 0),
    (HOURS_PER_CALL, PER_PERSON, 0),
    (SUCCESS, RATIO, 0),
    (SUCCESS, PER_PERSON, 0),
    (HOURS_PER_WON, RATIO, 0),
)
"""Indicator, method and decimals of what is shown of those who answered a call."""


def calls_said(sheet: Sheet) -> Sentence:
    """Say how many answer calls, what a call costs in hours, how often it is won, and what is not asked."""
    t = sheet.t
    some = sheet.rows(indicator=ANSWERED, method="share", group_by="")
    if some.empty:
        return Sentence(t("This study does not ask about calls for projects: there is nothing to show."))
    said = []
    for indicator, method, words in (
        (ANSWERED, "share", t("Persons who answered a call for projects in twelve months:")),
        (HOURS_PER_CALL, RATIO, t("Hours that go into one answer:")),
        (SUCCESS, RATIO, t("Of all answers together, those that won:")),
        (HOURS_PER_WON, RATIO, t("Hours for each call that is won, the lost ones included:")),
    ):
        rows = sheet.rows(indicator=indicator, method=method, group_by="")
        if len(rows):
            said.append(f"{words} {withheld(rows.iloc[0], t) or _value(sheet, rows.iloc[0], 0)}.")
    absent = sheet.rows(method=NOT_MEASURED)
    absent = absent[absent["indicator"].isin([HOURS, TOGETHER, PAID])]["indicator"]
    if len(absent):
        said.append(
            t("Not asked in this study: {names}.", names=t.join([quoted(sheet, _name(sheet, code)) for code in absent]))
        )
    return Sentence(" ".join(said))


def calls_tables(sheet: Sheet) -> Several | None:
    """Show what calls cost and bring, of everybody and by whether they are answered alone or with others."""
    found = [table for table in (calls_table(sheet), ways_table(sheet)) if table is not None]
    return several(*found) if found else None


def calls_table(sheet: Sheet) -> Table | None:
    """Show what answering calls costs and brings those who do, all calls together and each person counting the same."""
    t = sheet.t
    found = [
        (sheet.rows(indicator=indicator, method=method, group_by=""), digits)
        for indicator, method, digits in QUANTITIES
    ]
    rows = [(rows.iloc[0], digits) for rows, digits in found if len(rows)]
    if not rows:
        return None
    table = [
        {
            t("Among those who answered a call"): _name(sheet, row["indicator"]),
            t("How it is counted"): _counting(sheet, row["method"]),
            t("Estimate"): withheld(row, t) or _number(sheet, row, digits),
            t("95% interval"): "" if row["suppressed"] else _interval(sheet, row, digits),
            t("n"): "" if row["suppressed"] else t.number(row["n"]),
        }
        for row, digits in rows
    ]
    how = t(
        "All calls together: what a call costs or brings, so that who answers many counts more. Each person the same: what a "
        "person meets. Both are true; where they differ, those who answer many fare otherwise than those who answer few."
    )
    rest = note(pd.DataFrame([row for row, _ in rows]), t, sheet.label)
    return Table(
        pd.DataFrame(table), t("What calls for projects cost and bring"), t, row_headers=2, note=f"{how} {rest}"
    )


def ways_table(sheet: Sheet) -> Table | None:
    """Show who answers alone or with others, what it costs and brings, and how exhausted they are beside those alone."""
    t = sheet.t
    shares = sheet.rows(indicator=TOGETHER, group_by=TOGETHER, method="share")
    if shares.empty:
        return None
    outcome = sheet.outcome("exhaustion")
    differences = sheet.rows(indicator=outcome, group_by=TOGETHER, method=DIFFERENCE).set_index("group")
    columns = {t("Hours a call"): HOURS_PER_CALL, t("Won"): SUCCESS, t("Hours a call won"): HOURS_PER_WON}
    label, table = sheet.label_of(TOGETHER), []
    for _, share in shares.iterrows():
        line = {t("Calls are answered"): label("group", share["group"]), t("Share"): _cell(sheet, share)}
        for head, indicator in columns.items():
            own = sheet.rows(indicator=indicator, group_by=TOGETHER, method=RATIO, group=share["group"])
            line[head] = _cell(sheet, own.iloc[0]) if len(own) else NO_VALUE
        if len(differences):
            head = t("{measure}: difference in points", measure=sheet.label("indicator", outcome))
            known = share["group"] in differences.index
            line[head] = _cell(sheet, differences.loc[share["group"]]) if known else t("compared with")
        line[t("n")] = "" if share["suppressed"] else t.number(share["n"])
        table.append(line)
    how = t(
        "All calls of a group together; in brackets the 95% interval. The difference in points is adjusted for the number of "
        "calls, age, gender, education, discipline and years in the trade. Who answers with others may differ in much else."
    )
    frame, caption = pd.DataFrame(table), t("Calls answered alone or with others")
    return Table(frame, caption, t, note=f"{how} {note(shares, t, sheet.label)}")


def calls_paid(sheet: Sheet) -> Figure | None:
    """Draw the paid share of all hours of work by the number of calls answered."""
    t, band = sheet.t, sheet.study.questionnaire.bands.get(ANSWERED)
    rows = sheet.rows(indicator=PAID, group_by=band.id if band else "", method="mean")
    if band is None or rows.empty:
        return None
    title = t("Paid share of all hours of work, by calls for projects answered in a year")
    return intervals(rows, y="group", t=t, title=title, label=sheet.label_of(band.id), sort=False, limits=(0, 100))


def calls_linked(sheet: Sheet, outcome: str) -> Table | Sentence | None:
    """Show what goes with calls, hours and success: adjusted associations with an outcome."""
    outcome = sheet.outcome(outcome)
    t, rows = sheet.t, sheet.rows(indicator=outcome, group_by=CALLS, method=ASSOCIATION)
    name = sheet.label("indicator", outcome).lower()
    if sheet.rows(indicator=ANSWERED, method="share").empty:
        return None
    if rows.empty:
        return Sentence(t("Whether calls for projects go with {measure} cannot be told here.", measure=name))
    table = [
        {
            t("Quantity"): _name(sheet, row["group"]),
            t("Adjusted association"): withheld(row, t) or t.number(row["estimate"], 2),
            t("95% interval"): "" if row["suppressed"] else t.interval(row["ci_low"], row["ci_high"], 2),
            t("p, adjusted for several tests"): "" if row["suppressed"] else p_value(row["p_adjusted"], t),
            t("n"): "" if row["suppressed"] else t.number(row["n"]),
        }
        for _, row in rows.iterrows()
    ]
    how = t(
        "Standard deviations of the outcome for one standard deviation more, age, gender, education, discipline and years in "
        "the trade alike; hours and success among those who answered a call, their number alike as well. p values by Holm. "
        "Asked at one time in one form: no direction can be read from it."
    )
    caption = t("Do calls for projects go with {measure}?", measure=name)
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def _name(sheet: Sheet, code: str) -> str:
    t = sheet.t
    match code:
        case "calls_answered":
            return t("Calls answered in twelve months")
        case "calls_hours":
            return t("Hours spent on calls in twelve months")
        case "calls_together":
            return t("Whether calls are answered alone or with others")
        case "calls_hours_per_call":
            return t("Hours a call")
        case "calls_success":
            return t("Calls won of those answered")
        case "calls_hours_per_call_won":
            return t("Hours for each call won")
    return t("Paid share of the hours of work")


def _counting(sheet: Sheet, method: str) -> str:
    t = sheet.t
    return {RATIO: t("all calls together"), PER_PERSON: t("each person the same")}.get(method, t("mean of persons"))


def _number(sheet: Sheet, row: pd.Series, digits: int) -> str:
    t = sheet.t
    return t.percent(row["estimate"], digits) if row["unit"] == "%" else t.number(row["estimate"], digits)


def _interval(sheet: Sheet, row: pd.Series, digits: int) -> str:
    return NO_VALUE if pd.isna(row["ci_low"]) else sheet.t.interval(row["ci_low"], row["ci_high"], digits)


def _value(sheet: Sheet, row: pd.Series, digits: int) -> str:
    return sheet.t(
        "{estimate} (95% interval {interval}, n = {n})",
        estimate=_number(sheet, row, digits),
        interval=_interval(sheet, row, digits),
        n=sheet.t.number(row["n"]),
    )


def _cell(sheet: Sheet, row: pd.Series) -> str:
    hidden = withheld(row, sheet.t)
    return hidden or sheet.t(
        "{estimate} ({interval})", estimate=_number(sheet, row, 0), interval=_interval(sheet, row, 0)
    )
