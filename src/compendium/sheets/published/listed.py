"""List published figures that may not be compared, those of groups of countries only, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ... import facts
from ...tables import Table
from ..base import Several, several
from ..factsheet import Sentence, Sheet, folded, gap
from .words import confidence, topics


def own_figures(sheet: Sheet, shown: str = "own", about: Sequence[str] = ()) -> Table | Several | Sentence:
    """List the figures that hold for one country only, a table a country, with the reason why they may not be compared.

    Parameters
    ----------
    sheet : Sheet
        The page.
    shown : {"own", "apart"}
        National figures, or surveys that are no official statistics.
    about : sequence of str
        Topics instead, whatever their place.
    """
    tables = [
        _own(sheet, place, rows)
        for place in sheet.of_page
        if len(rows := facts.portrait(sheet.context, place, about or topics(sheet, shown)))
    ]
    if not tables:
        return gap(sheet)
    return several(*(folded(one, sheet.t) for one in tables)) if len(tables) > 1 else tables[0]


def _own(sheet: Sheet, place: str, rows: pd.DataFrame) -> Table:
    t, context = sheet.t, sheet.context
    frame = pd.DataFrame(
        {
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [
                t.number(row.estimate, context.units[row.unit]["digits"])
                if context.units[row.unit]["kind"] != "year"
                else f"{row.estimate:.0f}"
                for row in rows.itertuples()
            ],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Why not compared"): [sheet.label("reason", code) if code else "" for code in rows["reason"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    name = sheet.label("country", place)
    caption = (
        t("Surveys kept apart, {country}", country=name)
        if all(context.topics[code].shown == "apart" for code in rows["part"])
        else t("Figures that hold for {country} only", country=name)
    )
    return Table(
        frame,
        caption,
        t,
        row_headers=2,
        note=t("Never set these beside those of another country: each has its own scope."),
        results=rows,
    )


def of_europe(sheet: Sheet) -> Table | Sentence:
    """List the latest values that the sources give for Europe or a group of countries, but for no country of the study."""
    t, context = sheet.t, sheet.context
    if sheet.focus:
        return Sentence(
            t("Figures that exist for groups of countries only stand on the page of all countries together.")
        )
    groups = context.facts["country"].map(lambda code: context.places[code].kind != "country").astype(bool)
    of_countries = set(context.facts.loc[context.facts["country"].isin(sheet.places), "indicator"])
    rows = context.facts[groups & ~context.facts["indicator"].isin(of_countries)]
    if rows.empty:
        return gap(sheet)
    rows = rows.sort_values("period", kind="stable").groupby(["indicator", "country"], sort=False).tail(1).sort_index()
    frame = pd.DataFrame(
        {
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [t.number(row.estimate, context.units[row.unit]["digits"]) for row in rows.itertuples()],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Where"): [sheet.label("country", code) for code in rows["country"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    return Table(frame, t("Figures that our sources give for groups of countries only"), t, row_headers=2, results=rows)


def gaps(sheet: Sheet) -> Table | Sentence:
    """List what the sources do not hold, for all countries and for those of the page."""
    t = sheet.t
    rows = [gap for gap in sheet.context.gaps if not gap.places or gap.places & set(sheet.of_page)]
    if not rows:
        return gap(sheet)
    frame = pd.DataFrame(
        {
            t("Not in our sources"): [t.pick(gap.what) for gap in rows],
            t("Subject"): [sheet.label("part", gap.topic) for gap in rows],
            t("Country"): [
                t.join([sheet.label("country", code) for code in sorted(gap.places)]) if gap.places else t("all")
                for gap in rows
            ],
        }
    )
    return Table(frame, t("What is missing"), t, note=t("Gaps are shown, never filled."))
