"""Explore countries in the notebook: published facts by indicator, country and year; answers by question. Never both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from ..sheets import countries, factsheet
from ..sheets.published import drawn


def published(sheet: factsheet.Sheet) -> widgets.Widget:
    """Return widgets that draw one published indicator for chosen countries and years.

    Parameters
    ----------
    sheet : factsheet.Sheet
        The country facts of the page.
    """
    t, context = sheet.t, sheet.context
    counted = context.facts.groupby("indicator")["country"].nunique()
    indicators = [code for code in context.labels if counted[code] > 1]
    if not indicators:
        return widgets.HTML(t("There are no published facts to explore."))
    known = [code for code, place in context.places.items() if place.kind == "country"]
    years = context.facts["period"].astype(int)
    indicator = widgets.Dropdown(
        options=[(sheet.label("indicator", code), code) for code in indicators], description=t("Indicator"),
        layout=widgets.Layout(width="auto"),
    )  # fmt: skip
    places = widgets.SelectMultiple(
        options=[(sheet.label("country", code), code) for code in known], value=sheet.known or known[:1], description=t("Countries"),
    )  # fmt: skip
    period = widgets.IntRangeSlider(
        value=(years.min(), years.max()), min=years.min(), max=years.max(), description=t("Years"),
    )  # fmt: skip

    def draw(indicator: str, places: tuple[str, ...], period: tuple[int, int]) -> None:
        display(drawn.through_time(replace(sheet, places=places), indicator, period))

    return _box([indicator, places, period], draw, {"indicator": indicator, "places": places, "period": period})


def answers(sheet: countries.Sheet) -> widgets.Widget:
    """Return widgets that draw the answers to one question, or all scales, for chosen countries with one in focus.

    Parameters
    ----------
    sheet : countries.Sheet
        The compared answers of the page, of its wave; only what passed the gate.
    """
    t, questionnaire = sheet.t, sheet.study.questionnaire
    shared = sheet.rows(method="share")
    asked = [
        code
        for code in shared.loc[shared["group_by"] != "", "indicator"].drop_duplicates()
        if code in questionnaire.questions
    ]
    scales = {
        t("All scales, mean scores"): countries.measures,
        t("All scales, share of people exposed"): lambda page: countries.measures(page, "share"),
        t("All scales, verdicts on differences"): countries.tested,
        t("All scales, people composed alike"): countries.composition,
        t("All scales, drawn towards the common mean"): countries.shrunken,
    }
    options = [*((name, name) for name in scales), *((sheet.label("indicator", code), code) for code in asked)]
    chosen = widgets.Dropdown(options=options, description=t("Question"), layout=widgets.Layout(width="auto"))
    places = widgets.SelectMultiple(
        options=[(sheet.label("country", code), code) for code in sheet.places], value=sheet.places, description=t("Countries"),
    )  # fmt: skip
    focus = widgets.Dropdown(
        options=[(t("all countries"), sheet.pooled), *((sheet.label("country", code), code) for code in sheet.places)],
        value=sheet.unit, description=t("Country"),
    )  # fmt: skip

    def draw(chosen: str, places: tuple[str, ...], focus: str) -> None:
        page = replace(sheet, unit=focus, only=places)
        display(scales[chosen](page) if chosen in scales else countries.question(page, chosen))

    return _box([chosen, places, focus], draw, {"chosen": chosen, "places": places, "focus": focus})


def _box(controls: list[widgets.Widget], draw: Any, inputs: dict[str, widgets.Widget]) -> widgets.Widget:
    return widgets.VBox([*controls, widgets.interactive_output(draw, inputs)])
