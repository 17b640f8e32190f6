"""Explore warning signs of groups in the notebook: choose a country and a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ..sheets import signs
from .views import choose, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country and view; only what passed the gate is drawn, and no group is named.

    Parameters
    ----------
    page : Page
        The page of notebook 05_signs; its country is chosen at first.
    """
    t = page.t

    def sheet(unit: str) -> signs.Sheet:
        return signs.open_sheet(page.study, unit, protected(page, "signs", unit), t, page.label)

    views = {
        t("What warns of what"): lambda unit, _: signs.told(sheet(unit)),
        t("Signals that come together"): lambda unit, _: signs.together(sheet(unit)),
        t("Change between waves"): lambda unit, _: signs.change(sheet(unit)),
        t("Indicators of the cooperative model"): lambda unit, _: signs.by_posture(sheet(unit)),
    }
    return choose(page, views)
