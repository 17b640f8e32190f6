"""Explore pathways in the notebook: choose a country and a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from .. import products
from ..sheets import pathways
from ..study.pathway_rules import load_pathway_rules
from .views import View, choose, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country and view; only what passed the gate is drawn, and no person or officer is named.

    Parameters
    ----------
    page : Page
        The page of notebook 06_pathways; its country is chosen at first.
    """
    t = page.t

    def sheet(unit: str) -> pathways.Sheet:
        faults = products.read(page.study, "pathway_faults", unit, page.wave)
        return pathways.open_sheet(page.study, unit, protected(page, "pathways", unit), faults, t, page.label)

    views: dict[str, View] = {
        t.pick(wait.name): lambda unit, _, name=wait.id: pathways.shares(sheet(unit), name)  # type: ignore[misc]
        for wait in load_pathway_rules().shares
    }
    views |= {
        t("Where persons went from each step"): lambda unit, _: pathways.flow(sheet(unit)),
        t("Indicators of support"): lambda unit, _: pathways.indicators(sheet(unit)),
        t("What if"): lambda unit, _: pathways.what_if(sheet(unit)),
    }
    return choose(page, views)
