"""Explore what goes with what in the notebook: choose a country, an outcome and a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ..sheets import conditions, risks
from .views import choose, outcomes, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, outcome and view; only what passed the gate is drawn.

    Parameters
    ----------
    page : Page
        The page of notebook 05_conditions; its country is chosen at first.
    """
    t, about = page.t, outcomes(page)
    if not about:
        return widgets.HTML(t("This study has no scale: there is nothing to explore."))

    def sheet(unit: str) -> risks.Sheet:
        return risks.open_sheet(page.study, protected(page, "conditions", unit), t, page.label)

    views = {
        t("Associations"): lambda unit, outcome: conditions.associations(sheet(unit), outcome),
        t("Parts"): lambda unit, outcome: conditions.weights(sheet(unit), outcome),
        t("Two conditions at once"): lambda unit, outcome: conditions.interplay(sheet(unit), outcome),
        t("Support and exposure"): lambda unit, outcome: conditions.buffers(sheet(unit), outcome),
        t("Calls for projects"): lambda unit, outcome: conditions.calls_linked(sheet(unit), outcome),
    }
    return choose(page, views, about, t("Measure"))
