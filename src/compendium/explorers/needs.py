"""Explore needs in the notebook: choose a country, what sorts people, and a view."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .. import products
from ..needs.estimates import GROUPS
from ..needs.evidence import translations
from ..sheets import needs
from .views import View, choose, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country, variable and view; only what passed the gate is shown.

    Parameters
    ----------
    page : Page
        The page of notebook 07_needs; its country is chosen at first.
    """
    t = page.t

    @cache
    def sheet(unit: str) -> needs.Sheet:
        results = [protected(page, name, unit) for name in ("needs", "training")]
        others = [products.read(page.study, name, unit, page.wave) for name in ("catalogue", "competences", "helpers")]
        sources = translations(page.study, unit, t.language)
        return needs.open_sheet(page.study, unit, results, others, sources, t, page.label)

    views: dict[str, View] = {
        t("Needs by competence"): lambda unit, _: needs.table(sheet(unit)),
        t("Importance beside mastery"): lambda unit, _: needs.places(sheet(unit)),
        t("The greatest needs by group"): lambda unit, variable: needs.by_group(sheet(unit), variable),
        t("Sessions of the year"): lambda unit, _: needs.sessions(sheet(unit)),
    }
    named = [(page.label("group_by", variable), variable) for variable in GROUPS]
    return choose(page, views, named, t("Group"))
