"""Explore an action research in the notebook: choose what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from ..field.estimates import MEAN
from ..sheets.field import Sheet, of_outcome

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page, sheet: Sheet) -> widgets.Widget:
    """Return a choice of outcomes; only what passed the gate is shown."""
    t = page.t
    codes = list(sheet.of(MEAN)["indicator"].drop_duplicates())
    if not codes:
        return widgets.HTML(t("Nothing was measured here: there is nothing to explore."))
    outcome = widgets.Dropdown(
        options=[(sheet.label("indicator", code), code) for code in codes], description=t("Measured")
    )

    def draw(outcome: str) -> None:
        display(of_outcome(sheet, outcome))

    return widgets.VBox([outcome, widgets.interactive_output(draw, {"outcome": outcome})])
