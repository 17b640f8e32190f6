"""Explore contrasts of statuses in the notebook: choose a country, an outcome and a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ..sheets import risks, statuses
from .views import choose, outcomes, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, outcome and view; only what passed the gate is drawn.

    Parameters
    ----------
    page : Page
        The page of notebook 05_status; its country is chosen at first.
    """
    t, about = page.t, outcomes(page)
    if not about:
        return widgets.HTML(t("This study has no scale: there is nothing to explore."))

    def sheet(unit: str) -> risks.Sheet:
        return risks.open_sheet(page.study, protected(page, "statuses", unit), t, page.label)

    views = {
        t("Differences"): lambda unit, outcome: statuses.differences(sheet(unit), outcome),
        t("Differences as a table"): lambda unit, outcome: statuses.difference_table(sheet(unit), outcome),
        t("How alike people were made"): lambda unit, outcome: statuses.balance_table(sheet(unit)),
        t("Those who left"): lambda unit, outcome: statuses.survivor_table(sheet(unit), outcome),
        t("Working conditions"): lambda unit, outcome: statuses.exposure_table(sheet(unit)),
    }
    return choose(page, views, about, t("Measure"))
