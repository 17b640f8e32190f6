"""Choose a country, what a display is about, and a display: what explorers of one product have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets
import pandas as pd
from IPython.display import display

from .. import products
from ..sheets.base import Shown
from ..sheets.factsheet import Sentence

if TYPE_CHECKING:
    from ..notebook import Page

View = Callable[[str, str], Shown | None]
"""Makes a display from the code of a country and of what the display is about."""


def choose(
    page: Page, views: Mapping[str, View], about: Sequence[tuple[str, str]] = (), said: str = ""
) -> widgets.VBox:
    """Return widgets for country, what the display is about, and display.

    Parameters
    ----------
    page : Page
        The page; its country is chosen at first.
    views : mapping of str to View
        Words -> display.
    about : sequence of (str, str)
        Words and code of what a display can be about; nothing to choose where there is none.
    said : str
        What this choice is called.
    """
    t = page.t
    unit = widgets.Dropdown(
        options=[(page.label("country", code), code) for code in page.study.units],
        value=page.unit,
        description=t("Country"),
    )
    code = widgets.Dropdown(options=list(about) or [("", "")], description=said, layout=widgets.Layout(width="auto"))
    view = widgets.Dropdown(options=list(views), description=t("View"), layout=widgets.Layout(width="auto"))

    def draw(unit: str, code: str, view: str) -> None:
        display(views[view](unit, code) or Sentence(t("There is nothing of this kind to show.")))

    shown = [unit, *([code] if about else []), view]
    return widgets.VBox([*shown, widgets.interactive_output(draw, {"unit": unit, "code": code, "view": view})])


def protected(page: Page, product: str, unit: str) -> pd.DataFrame:
    """Return a product of a country after the gate."""
    return products.read_protected(page.study, product, unit, page.wave)


def outcomes(page: Page) -> list[tuple[str, str]]:
    """Return the outcomes of the study, such as exhaustion: their words and keys."""
    return [(page.label("indicator", code), key) for key, code in page.study.questionnaire.analysis.outcomes.items()]
