"""Explore poles in the notebook: choose a pole, see what somebody there can help on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from ..sheets.poles import Sheet, of_pole

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page, sheet: Sheet) -> widgets.Widget:
    """Return a choice of poles; only what passed the gate is shown."""
    t = page.t
    if not sheet.poles:
        return widgets.HTML(t("No pole is shown here: there is nothing to explore."))
    pole = widgets.Dropdown(options=sheet.poles, description=t("Pole"))

    def draw(pole: str) -> None:
        display(of_pole(sheet, pole))

    return widgets.VBox([pole, widgets.interactive_output(draw, {"pole": pole})])
