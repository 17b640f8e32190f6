"""Explore psychosocial risks in the notebook: choose a country, a measure and a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from .. import disclosure, products
from ..figures import intervals
from ..sheets import risks
from ..sheets.factsheet import Sentence
from ..wording import Label

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, measure and group; only what passed the gate is drawn.

    Parameters
    ----------
    page : Page
        The page of notebook 05; its country is chosen at first.
    """
    t, questionnaire = page.t, page.study.questionnaire
    if not questionnaire.measures:
        return widgets.HTML(t("This study has no scale: there is nothing to explore."))
    wide = widgets.Layout(width="auto")
    sheet = _sheet(page, page.unit)
    unit = widgets.Dropdown(
        options=[(page.label("country", code), code) for code in page.study.units],
        value=page.unit,
        description=t("Country"),
    )
    measure = widgets.Dropdown(
        options=[(sheet.label("indicator", code), code) for code in questionnaire.measures],
        description=t("Measure"),
        layout=wide,
    )
    method = widgets.Dropdown(
        options=[(t("share of persons exposed"), "share"), (t("mean score"), "mean")],
        description=t("Estimate"),
        layout=wide,
    )
    variable = widgets.Dropdown(
        options=[(t("everybody"), ""), *((sheet.variable(code), code) for code in questionnaire.groups)],
        description=t("By"),
    )
    inputs = {"unit": unit, "measure": measure, "method": method, "variable": variable}

    def draw(unit: str, measure: str, method: str, variable: str) -> None:
        chosen = _sheet(page, unit)
        rows = chosen.rows(indicator=measure, method=method, group_by=variable)
        if rows.empty:
            display(Sentence(t("There is no such estimate: nobody was asked, or no rule says who is exposed.")))
            return
        label: Label = chosen.label_of(variable) if variable else chosen.label
        title = f"{chosen.label('indicator', measure)}, {page.label('country', unit)}"
        key = "group" if variable else "indicator"
        display(intervals(rows, y=key, t=t, title=title, label=label, sort=False, limits=(0, 100)))

    return widgets.VBox([*inputs.values(), widgets.interactive_output(draw, inputs)])


def _sheet(page: Page, unit: str) -> risks.Sheet:
    results = products.read(page.study, "diagnosis", unit, page.wave)
    return risks.open_sheet(
        page.study,
        disclosure.protect(
            results, page.study.disclosure, disclosure.ledger(page.study.folder), page.study.pooled.code
        ),
        page.t,
        page.label,
    )
