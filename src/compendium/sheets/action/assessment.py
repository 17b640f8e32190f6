"""The risk-assessment table: as a figure, as a table, and as files to fill in."""

from __future__ import annotations

import pandas as pd

from ...action import BESIDE, ENTERED, WHOLE, work_unit
from ...figures import intervals
from ...figures.base import Figure
from ...forms.risk_table import workbook
from ...study.risk_rules import load_risk_rules
from ...study.situations import load_situations
from ...tables import Table, estimates
from ...wording import note
from ..base import Several, Shown, several
from ..download import Download
from ..factsheet import Folded, Sentence
from .sheet import Sheet, nothing


def situations(sheet: Sheet) -> Folded:
    """List what each situation means, and the questions that belong to it."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    rows = [
        {
            t("Situation of work"): t.pick(one.name),
            t("What it means"): t.pick(one.means),
            t("Met by whoever is exposed by"): t(
                "{least} of {n} questions",
                least=one.least,
                n=sum(item in questionnaire.questions for item in one.items),
            ),
        }
        for one in load_situations().values()
    ]
    caption = t("The situations of work, and what counts as meeting one")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t))


def frequency(sheet: Sheet) -> Figure | Sentence:
    """Draw how many persons meet each situation, the most frequent first."""
    if not sheet.is_measured:
        return nothing(sheet)
    rows = _of(sheet, sheet.whole[sheet.whole["comparable"] == "yes"])
    title = sheet.t("Share of persons who meet each situation of work")
    return intervals(rows, y="indicator", t=sheet.t, title=title, label=sheet.label, limits=(0, 100))


def table(sheet: Sheet) -> Several | Sentence:
    """Show the table of everybody: frequency, the places it may hold, what was entered, and the priority still possible."""
    if not sheet.is_measured:
        return nothing(sheet)
    t = sheet.t
    own = sheet.whole[sheet.whole["comparable"] == "yes"]
    shown = own[own["estimate"].notna()]
    rows = [
        {
            t("Situation of work"): sheet.situation(row.situation),
            t("Persons who meet it"): t(
                "{share} ({interval})", share=t.percent(row.estimate), interval=t.interval(row.ci_low, row.ci_high)
            ),
            t("n"): t.number(row.n),
            t("Place by frequency alone"): _span(sheet, row.place_low, row.place_high),
            t("Severity"): _rank(sheet, row.severity),
            t("Control"): _rank(sheet, row.control),
            t("Priority"): _span(sheet, row.priority_low, row.priority_high),
            t("Measures"): _measures(sheet, row),
        }
        for row in shown.itertuples(index=False)
    ]
    caption = t("Risk assessment: {unit}", unit=sheet.study.name(sheet.unit, t.language))
    said = [
        t(
            "Place: a situation may hold any of these places, since intervals overlap. Priority: rank of frequency × severity × "
            "control, each from 1; what is not entered may be anything, hence a range. Ranks order and do not measure."
        ),
        note(own, t, sheet.label),
    ]
    main = Table(pd.DataFrame(rows), caption, t, note=" ".join(said), results=_of(sheet, own))
    hidden = [sheet.situation(code) for code in own.loc[own["suppressed"], "situation"]]
    parts: list[Shown] = [main]
    if hidden:
        parts.append(
            Sentence(t("Withheld to protect the people who answered, and in no order: {names}.", names=t.join(hidden)))
        )
    absent = [sheet.situation(code) for code in sheet.whole.loc[sheet.whole["comparable"] == "no", "situation"]]
    if absent:
        parts.append(Sentence(t("Not asked in this study: {names}.", names=t.join(absent))))
    return several(*parts)


def by_work_unit(sheet: Sheet) -> Several | Sentence:
    """Show the frequencies in each work unit, behind a line that opens them."""
    t, parts = sheet.t, list[Shown]()
    own = sheet.table[sheet.table["work_unit"] != WHOLE]
    withheld: dict[str, list[str]] = {}
    for (group_by, group), rows in own.groupby(["group_by", "group"], sort=False):
        name = sheet.unit_name(str(group_by), str(group))
        seen = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
        if seen.empty:
            withheld.setdefault(str(group_by), []).append(name)
            continue
        caption = t("{unit}: situations of work", unit=name)
        listed = estimates(_of(sheet, seen), rows="indicator", caption=caption, t=t, label=sheet.label, digits=0)
        parts.append(Folded(caption, listed))
    for variable, names in withheld.items():
        # poles and organisations are many, and their codes tell a reader nothing
        if sheet.study.questionnaire.questions[variable].group:
            parts.append(
                Sentence(t("Poles or organisations with too few answers to show anything: {n}.", n=len(names)))
            )
        else:
            parts.append(Sentence(t("Too few answers to show anything: {names}.", names=t.join(names))))
    return several(*parts) if parts else Sentence(t("This study does not sort people into work units, or names none."))


def files(sheet: Sheet) -> Several | Sentence:
    """Give the table to fill in, as a workbook and as a text file; the files hold what the page may show and no more."""
    if not sheet.is_measured:
        return nothing(sheet)
    t, rules = sheet.t, load_risk_rules()
    rows = sheet.table[sheet.table["comparable"] == "yes"]
    units = rows.drop_duplicates("work_unit")
    names = {work_unit(a, b): sheet.unit_name(a, b) for a, b in zip(units["group_by"], units["group"], strict=True)}
    names |= {code: sheet.situation(code) for code in load_situations()}
    unit = sheet.study.name(sheet.unit, t.language)
    title = t("Risk assessment: {unit}", unit=unit)
    content = workbook(rows, names, rules, title, note(rows, t, sheet.label), t)
    return several(
        Download(content, t("Risk-assessment table to fill in (XLSX): {unit}", unit=unit), "xlsx"),
        Download(_text(rows), t("Risk-assessment table to fill in (CSV): {unit}", unit=unit), "csv"),
    )


def _text(rows: pd.DataFrame) -> bytes:
    """Return the table as text: codes, whole per cents, and the columns to fill in."""
    whole = {"share": "estimate", "low": "ci_low", "high": "ci_high", "n": "n", "rank": "frequency_rank"}
    frame = rows.assign(**{name: rows[source].round().astype("Int64") for name, source in whole.items()})
    frame = frame.rename(columns={"priority_low": "from", "priority_high": "to"})
    columns = [*ENTERED[:2], *(name for name in BESIDE if name in frame), *ENTERED[2:]]
    return frame[columns].to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _of(sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the one shape of a result behind rows of the table, in their order."""
    return rows[sheet.results.columns]


def _span(sheet: Sheet, low: int, high: int) -> str:
    t = sheet.t
    return t.number(low) if low == high else t("{low} to {high}", low=t.number(low), high=t.number(high))


def _rank(sheet: Sheet, rank: int) -> str:
    return sheet.t("to enter") if pd.isna(rank) else sheet.t.number(rank)


def _measures(sheet: Sheet, row: object) -> str:
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
