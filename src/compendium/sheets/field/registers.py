"""What comes of an action research: deliverables with their owners, events, and what became of what people said."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ...field.records import LANGUAGES, TITLE
from ...study.field_rules import load_field_rules
from ...tables import Table
from ...wording import NO_VALUE, origin
from ..factsheet import Sentence
from .sheet import Sheet


def deliverables(sheet: Sheet) -> Table | Sentence:
    """List deliverables and recommendations: for whom, owned by whom, until when, in which state."""
    t = sheet.t
    if sheet.made.empty:
        return Sentence(t("No register of deliverables and recommendations was received."))
    lines = []
    for _, row in sheet.made.iterrows():
        titles = {language: row[f"{TITLE}{language}"] for language in LANGUAGES if row[f"{TITLE}{language}"]}
        state = sheet.name("states", row["state"])
        lines.append(
            {
                t("Deliverable"): t.pick(titles),
                t("Kind"): sheet.name("deliverables", row["kind"]),
                t("Addressed to"): sheet.name("bodies", row["addressee"]),
                t("Owner"): sheet.name("bodies", row["owner"]),
                t("Due"): t.date(date.fromisoformat(row["due"])),
                t("State"): t("{state}: {reason}", state=state, reason=sheet.name("reasons", row["reason"]))
                if row["reason"]
                else state,
            }
        )
    return Table(pd.DataFrame(lines), t("Deliverables and recommendations"), t, note=_said(sheet))


def events(sheet: Sheet) -> Table | Sentence:
    """List events: when, for whom, how many came, how many remarks were noted."""
    t = sheet.t
    if sheet.told.empty:
        return Sentence(t("No register of events was received."))
    lines = []
    for _, own in sheet.told.groupby("event", sort=False):
        first, remarks = own.iloc[0], own["remarks"].sum()
        lines.append(
            {
                t("Day"): t.date(date.fromisoformat(first["date"])),
                t("Kind"): sheet.name("events", first["kind"]),
                t("For"): sheet.name("bodies", first["audience"]),
                t("People present"): NO_VALUE if pd.isna(first["people"]) else t.number(first["people"]),
                t("Remarks noted"): t.number(remarks) if remarks else t("none noted"),
            }
        )
    return Table(pd.DataFrame(lines), t("Events at which results were shown"), t, note=_said(sheet))


def feedback(sheet: Sheet) -> Table | None:
    """List what people said, by subject, and what became of it."""
    t, said = sheet.t, sheet.told[sheet.told["subject"] != ""]
    if said.empty:
        return None
    names = load_field_rules().names
    lines = []
    for subject, own in said.groupby("subject", sort=False):
        by = own.groupby("became")["remarks"].sum()
        bodies = [sheet.name("bodies", code) for code in own["said_by"].drop_duplicates()]
        lines.append(
            {
                t("What it was about"): sheet.name("subjects", str(subject)),
                t("Said by"): "; ".join(bodies),
                **{
                    sheet.heading("became", code): t.number(by[code]) if code in by else NO_VALUE
                    for code in names["became"]
                },
            }
        )
    caption = t("What people said, and what became of it")
    return Table(pd.DataFrame(lines), caption, t, note=t("Remarks are counted, not persons. {rest}", rest=_said(sheet)))


def _said(sheet: Sheet) -> str:
    """Say where a register comes from."""
    if sheet.results.empty:
        return ""
    first = sheet.results.iloc[0]
    return (
        sheet.t("Source: {sources}.", sources=sheet.label("source", first["source"]))
        + " "
        + origin(first["origin"], sheet.t)
    )
