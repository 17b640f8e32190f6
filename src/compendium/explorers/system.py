"""Explore what differs between groups in the notebook: choose a country, an outcome and a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ..sheets import commitment, risks, roles, system
from .views import choose, outcomes, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, outcome and view; only what passed the gate is drawn.

    Parameters
    ----------
    page : Page
        The page of notebook 05_system; its country is chosen at first.
    """
    t, about = page.t, outcomes(page)
    if not about:
        return widgets.HTML(t("This study has no scale: there is nothing to explore."))

    def sheet(unit: str) -> risks.Sheet:
        return risks.open_sheet(page.study, protected(page, "system", unit), t, page.label)

    views = {
        t("Where the differences lie"): lambda unit, outcome: system.shares(sheet(unit), outcome),
        t("What working conditions foretell"): lambda unit, outcome: system.conditions(sheet(unit), outcome),
        t("Wish and reality"): lambda unit, outcome: system.surfaces(sheet(unit), outcome),
        t("Conflicts between postures"): lambda unit, outcome: roles.by_number(sheet(unit)),
        t("Signs of over-investment"): lambda unit, outcome: commitment.given(sheet(unit)),
    }
    return choose(page, views, about, t("Measure"))
