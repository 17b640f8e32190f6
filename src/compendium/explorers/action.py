"""Explore what to do in the notebook: choose a country and a work unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from .. import disclosure, products
from ..action import WHOLE
from ..sheets.action import Sheet, open_sheet
from ..sheets.action.assessment import of_unit
from ..sheets.action.files import listed

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country and work unit; only what passed the gate is shown.

    Parameters
    ----------
    page : Page
        The page of notebook 05_action; its country is chosen at first.
    """
    t = page.t
    unit = widgets.Dropdown(
        options=[(page.label("country", code), code) for code in page.study.units],
        value=page.unit,
        description=t("Country"),
    )
    kind = widgets.Dropdown(description=t("Work unit"), layout=widgets.Layout(width="auto"))

    def fill(*_: object) -> None:
        sheet = _sheet(page, unit.value)
        own = listed(sheet).drop_duplicates("work_unit") if sheet.has_table else sheet.table.head(0)
        names = zip(own["group_by"], own["group"], own["work_unit"], strict=True)
        kind.options = [(sheet.unit_name(group_by, group), code) for group_by, group, code in names]

    def draw(unit: str, kind: str | None) -> None:
        display(of_unit(_sheet(page, unit), kind or WHOLE))

    fill()
    unit.observe(fill, "value")
    return widgets.VBox([unit, kind, widgets.interactive_output(draw, {"unit": unit, "kind": kind})])


def _sheet(page: Page, unit: str) -> Sheet:
    found, entries = (products.read(page.study, name, unit, page.wave) for name in ("action", "assessment"))
    ledger = disclosure.ledger(page.study.folder)
    shown = disclosure.protect(found, page.study.disclosure, ledger, page.study.pooled.code)
    return open_sheet(page.study, unit, shown, entries, page.t, page.label)
