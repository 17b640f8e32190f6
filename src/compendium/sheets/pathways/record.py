"""Show what was received: how many persons, up to which day, which rows cannot be, and who went where."""

from __future__ import annotations

import textwrap
from datetime import date

import pandas as pd

from ...figures.stacked import stacked
from ...pathways.flows import NEXT, steps
from ...study.pathway_rules import load_pathway_rules
from ...tables import Table
from ...wording import NO_VALUE, interval, note, value, withheld
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet

LISTED = 5
"""Rows of each fault that a page names; the command has all."""
LEGEND = 22
"""Characters of a line in the legend of the flow."""


def said(sheet: Sheet) -> Shown:
    """Say of whom the page speaks and up to which day, or that there is no log."""
    t, received = sheet.t, sheet.rows(indicator="received").iloc[0]
    if received["origin"] == "context":
        own = sheet.study.territories.get(sheet.unit) if not sheet.study.is_pooled(sheet.unit) else None
        if own is None and not sheet.study.is_pooled(sheet.unit):
            return Sentence(
                t(
                    "No body of this country follows supported persons for this study: there is no log of pathways, and no number is made up. "
                    "The rule of orientation and the definitions below hold without one."
                )
            )
        return Sentence(
            t(
                "No log of pathways has been received: no number is shown. The rule and the definitions below hold without one."
            )
        )
    aside = sheet.rows(indicator="set_aside").iloc[0]
    countries = [
        sheet.study.name(code, t.language) for code in sheet.rows(indicator="received", group_by="country")["group"]
    ]
    whose = f" {t('Countries with a log: {names}.', names=t.join(countries))}" if countries else ""
    return Sentence(
        t(
            "Persons in the log: {n}, up to {day}. Set aside for faults in their rows: {aside}.",
            n=withheld(received, t) or value(received["estimate"], 0, t),
            day=t.date(date.fromisoformat(received["period"])),
            aside=withheld(aside, t) or value(aside["estimate"], 0, t),
        )
        + whose
    )


def faults(sheet: Sheet) -> Shown | None:
    """Show how many rows break which rule, and the first of them; nothing where no row does."""
    t, found = sheet.t, sheet.faults
    if found.empty:
        return None
    counted = found.groupby("rule", sort=False).size().reset_index(name="rows")
    frame = pd.DataFrame({t("What cannot be"): [t(rule) for rule in counted["rule"]], t("Rows"): counted["rows"]})
    whole = Table(frame, t("What is wrong with the log"), t)
    head = found.groupby("rule", sort=False).head(LISTED)
    listed = pd.DataFrame(
        {
            t("Row of the file"): [str(row) if row else t("the whole file") for row in head["row"]],
            t("File"): head["file"].to_numpy(),
            t("What cannot be"): [t(rule) for rule in head["rule"]],
        }
    )
    more = t("All of them, with what is legal, are listed by: compendium pathways check FILE.")
    return several(whole, Table(listed, t("The first rows to put right"), t, note=more))


def flow(sheet: Sheet) -> Shown | None:
    """Draw who went where from each step, with a table of how many reached it."""
    t = sheet.t
    if sheet.absent:
        return sheet.absent
    parts = sheet.rows(group_by=NEXT)
    order = {step: at for at, step in enumerate([*steps(), "open"])}
    # By the piece first: legend and bars then both keep the order of the pathway.
    places = parts.assign(piece=parts["group"].map(order), bar=parts["indicator"].map(order))
    drawn = places.sort_values(["piece", "bar"], kind="stable")[parts.columns]

    def label(column: str, code: str) -> str:
        return textwrap.fill(sheet.label(column, code), LEGEND) if column == "group" else sheet.label(column, code)

    title = t("Where persons went from each step")
    figure = stacked(drawn, y="indicator", pieces="group", t=t, title=title, label=label)
    reached = sheet.results[(sheet.results["estimand"] == "reached") & (sheet.results["group_by"] == "")]
    counts = {row.indicator: withheld(row, t) or value(row.estimate, 0, t) for row in reached.itertuples(index=False)}
    rows = parts.assign(bar=parts["indicator"].map(order), piece=parts["group"].map(order))
    frame = pd.DataFrame(
        [
            {
                t("Step"): sheet.label("indicator", row.indicator),
                t("What came next"): sheet.label("group", row.group),
                t("Share"): withheld(row, t) or t.percent(row.estimate),
                t("95% interval"): NO_VALUE if withheld(row, t) else interval(row, 0, t),
                t("Persons who reached the step"): counts[row.indicator],
            }
            for row in rows.sort_values(["bar", "piece"], kind="stable").itertuples(index=False)
        ]
    )
    table = Table(
        frame,
        t("What came after each step"),
        t,
        row_headers=2,
        note=f"{t('Numbers of persons are rounded to tens.')} {note(parts, t, sheet.label)}",
        results=pd.concat([reached, parts], ignore_index=True),
    )
    last = t.pick(load_pathway_rules().events[load_pathway_rules().last].name)
    return several(
        figure, table, Sentence(t("«{exit}» is the end of every pathway here, whatever its reason.", exit=last))
    )
