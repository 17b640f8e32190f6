"""Explore what goes with what in the notebook: choose a country, an outcome and a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from .. import disclosure, products
from ..sheets import conditions, risks
from ..sheets.base import Shown
from ..sheets.factsheet import Sentence

if TYPE_CHECKING:
    from ..notebook import Page

View = Callable[[risks.Sheet, str], Shown | None]


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, outcome and view; only what passed the gate is drawn.

    Parameters
    ----------
    page : Page
        The page of notebook 05_conditions; its country is chosen at first.
    """
    t, outcomes = page.t, page.study.questionnaire.analysis.outcomes
    if not outcomes:
        return widgets.HTML(t("This study has no scale: there is nothing to explore."))
    views: Mapping[str, View] = {
        t("Associations"): conditions.associations,
        t("Parts"): conditions.weights,
        t("Two conditions at once"): conditions.interplay,
        t("Support and exposure"): conditions.buffers,
        t("Calls for projects"): conditions.calls_linked,
    }
    unit = widgets.Dropdown(
        options=[(page.label("country", code), code) for code in page.study.units],
        value=page.unit,
        description=t("Country"),
    )
    outcome = widgets.Dropdown(
        options=[(page.label("indicator", code), key) for key, code in outcomes.items()], description=t("Measure")
    )
    view = widgets.Dropdown(options=list(views), description=t("View"))
    inputs = {"unit": unit, "outcome": outcome, "view": view}

    def draw(unit: str, outcome: str, view: str) -> None:
        found = products.read(page.study, "conditions", unit, page.wave)
        ledger = disclosure.ledger(page.study.folder)
        shown = disclosure.protect(found, page.study.disclosure, ledger, page.study.pooled.code)
        sheet = risks.open_sheet(page.study, shown, t, page.label)
        display(views[view](sheet, outcome) or Sentence(t("There is nothing of this kind to show.")))

    return widgets.VBox([*inputs.values(), widgets.interactive_output(draw, inputs)])
