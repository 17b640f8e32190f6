"""The risk-assessment table on the page: of everybody, and of each work unit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...action import ENTERED, WHOLE
from ...study.risk_rules import load_risk_rules
from ...tables import Table
from ...wording import NO_VALUE, note, withheld
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet, nothing


def table(sheet: Sheet) -> Several | Sentence:
    """Show the table of everybody: frequency, the places it may hold, what was entered, and the priority still possible."""
    if not sheet.has_table:
        return nothing(sheet)
    t, own = sheet.t, sheet.whole
    shown = own[_is_shown(own)]
    caption = t("Risk assessment: {unit}", unit=sheet.study.name(sheet.unit, t.language))
    said = [
        t(
            "Place: a situation may hold any of these places by frequency; chance may have made the order within them. Priority: "
            "rank of frequency × severity × control, each from 1 to 4. A dash: not entered yet; it may be anything, hence a range. "
            "Ranks order and do not measure."
        ),
        note(own[own["comparable"] == "yes"], t, sheet.label),
    ]
    parts: list[Shown] = [_table(sheet, shown, caption, " ".join(said))]
    absent = sheet.situations(own.loc[~_is_shown(own), "situation"])
    if absent:
        parts.append(Sentence(t("Not asked in this study: {names}.", names=absent)))
    return several(*parts)


def ranks(sheet: Sheet) -> Folded | None:
    """List what each rank of frequency, severity and control means."""
    if not sheet.has_table:
        return None
    t, rules = sheet.t, load_risk_rules()
    scales = [
        *(
            (t("Frequency"), t("rank {rank}", rank=rank), t("from {share} of persons", share=t.percent(cut)))
            for rank, cut in enumerate(rules.frequency, 1)
        ),
        *((t("Severity"), t("rank {rank}", rank=rank), t.pick(name)) for rank, name in rules.severity.items()),
        *((t("Control"), t("rank {rank}", rank=rank), t.pick(name)) for rank, name in rules.control.items()),
    ]
    caption = t("What the ranks mean")
    frame = pd.DataFrame(scales, columns=[t("Scale"), t("Rank"), t("Meaning")])
    return Folded(caption, Table(frame, caption, t, row_headers=2, note=t.pick(rules.frequency_reason)))


def by_work_unit(sheet: Sheet) -> Several | Sentence:
    """Say what a work unit is, and show the same table for each, behind a line that opens it."""
    if not sheet.has_table:
        return nothing(sheet)
    t, rules = sheet.t, load_risk_rules()
    said = t(
        "{reason} Source: {source}.", reason=t.pick(rules.work_units_reason), source=t.pick(rules.work_units_source)
    )
    parts: list[Shown] = [Sentence(said)]
    own = sheet.table[sheet.table["work_unit"] != WHOLE]
    empty: dict[str, list[str]] = {}
    for (group_by, group), rows in own.groupby(["group_by", "group"], sort=False):
        name = sheet.unit_name(str(group_by), str(group))
        if rows["estimate"].notna().any() or _is_entered(rows).any():
            parts.append(Folded(t("{unit}: situations of work", unit=name), of_unit(sheet, rows["work_unit"].iloc[0])))
        else:
            empty.setdefault(str(group_by), []).append(name)
    for variable, names in empty.items():
        # poles and organisations are many, and their codes tell a reader nothing
        if sheet.study.questionnaire.questions[variable].group:
            said = t("Poles or organisations with too few answers to show anything: {n}.", n=len(names))
        else:
            said = t("Too few answers to show anything: {names}.", names=t.join(names))
        parts.append(Sentence(said))
    if own.empty:
        parts.append(Sentence(t("This study does not sort people into work units, or names none.")))
    return several(*parts)


def of_unit(sheet: Sheet, unit: str) -> Table | Sentence:
    """Show the table of one work unit, by its name in files."""
    rows = sheet.table[sheet.table["work_unit"] == unit]
    seen = sheet.ordered(rows[_is_shown(rows)])
    if seen.empty:
        return nothing(sheet)
    name = sheet.unit_name(*seen[["group_by", "group"]].iloc[0])
    return _table(sheet, seen, sheet.t("{unit}: situations of work", unit=name), note(seen, sheet.t, sheet.label))


def _table(sheet: Sheet, rows: pd.DataFrame, caption: str, said: str) -> Table:
    frame = pd.DataFrame([_line(sheet, row) for row in rows.itertuples(index=False)])
    return Table(frame, caption, sheet.t, note=said, results=sheet.of(rows[rows["comparable"] == "yes"]))


def _line(sheet: Sheet, row: Any) -> dict[str, str]:
    t = sheet.t
    line = {
        t("Situation of work"): sheet.situation(row.situation),
        t("Persons who meet it"): withheld(row, t) or t("nobody was asked"),
        t("n"): "",
        t("Place by frequency alone"): NO_VALUE,
        t("Severity"): _rank(sheet, row.severity),
        t("Control"): _rank(sheet, row.control),
        t("Priority"): NO_VALUE,
        t("Measures"): _measures(sheet, row),
    }
    if pd.notna(row.estimate):
        line |= {
            t("Persons who meet it"): sheet.share(row),
            t("n"): t.number(row.n),
            t("Place by frequency alone"): _span(sheet, row.place_low, row.place_high),
            t("Priority"): _span(sheet, row.priority_low, row.priority_high),
        }
    return line


def _is_entered(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["entered_by"] != ""


def _is_shown(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows have a line: what was asked about, and what a group entered."""
    return (rows["comparable"] == "yes") | _is_entered(rows)


def _span(sheet: Sheet, low: int, high: int) -> str:
    t = sheet.t
    return t.number(low) if low == high else t("{low} to {high}", low=t.number(low), high=t.number(high))


def _rank(sheet: Sheet, rank: int) -> str:
    return NO_VALUE if pd.isna(rank) else sheet.t.number(rank)


def _measures(sheet: Sheet, row: Any) -> str:
    """Return what is in place, what is planned, who sees to it and by when, and who said so; empty where nothing is entered."""
    t = sheet.t
    said = {name: str(getattr(row, name)) for name in ENTERED[4:]}
    parts = [
        said["existing_measures"] and t("In place: {what}.", what=said["existing_measures"]),
        said["planned_measures"] and t("Planned: {what}.", what=said["planned_measures"]),
        said["owner"] and t("Who: {who}.", who=said["owner"]),
        said["due"] and t("By: {when}.", when=said["due"]),
        said["entered_by"] and t("Entered by {who}, {when}.", who=said["entered_by"], when=said["entered_on"]),
    ]
    return " ".join(part for part in parts if part)
