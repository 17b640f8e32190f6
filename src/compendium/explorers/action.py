"""Explore what to do in the notebook: choose a country, a work unit and a view."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .. import products
from ..sheets.action import Sheet, listening, open_sheet, recommendations
from ..sheets.action.assessment import of_unit
from ..sheets.action.files import listed
from .views import View, choose, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, work unit and view; only what passed the gate is shown.

    Parameters
    ----------
    page : Page
        The page of notebook 05_action; its country is chosen at first, and its work units are those to choose from.
    """
    t = page.t

    @cache
    def sheet(unit: str) -> Sheet:
        entries = products.read(page.study, "assessment", unit, page.wave)
        return open_sheet(page.study, unit, protected(page, "action", unit), entries, t, page.label)

    own = sheet(page.unit)
    if not own.has_table:
        return widgets.HTML(t("No situation of work is measured here: there is nothing to explore."))
    views: dict[str, View] = {
        t("Risk assessment"): lambda unit, code: of_unit(sheet(unit), code),
        t("Recommendations, in order"): lambda unit, _: recommendations(sheet(unit)),
        t("Expected load of a listening place"): lambda unit, _: listening.load(sheet(unit)),
    }
    units = listed(own).drop_duplicates("work_unit")
    named = [(own.unit_name(row.group_by, row.group), row.work_unit) for row in units.itertuples(index=False)]
    return choose(page, views, named, t("Work unit"))
