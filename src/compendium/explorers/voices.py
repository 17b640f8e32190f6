"""Explore statements in the notebook: of a theme, with a verdict, of a country."""

from __future__ import annotations

import ipywidgets as widgets
from IPython.display import display

from ..sheets import voices
from ..sheets.factsheet import Sentence


def statements(sheet: voices.Sheet) -> widgets.Widget:
    """Return widgets that keep the statements of a theme, with a verdict, of a country.

    Parameters
    ----------
    sheet : voices.Sheet
        The voices of the page.
    """
    t = sheet.t
    themes = [(t.pick(theme.label), theme.id) for theme in sheet.voices.codebook.themes.values()]
    places = [(sheet.facts.label("country", code), code) for code in sheet.received]
    inputs = {
        "theme": widgets.Dropdown(options=[(t("all themes"), ""), *themes], description=t("Theme")),
        "checked": widgets.Dropdown(
            options=[(t("whatever became of it"), ""), *((text, code) for code, text in voices.verdicts(t).items())],
            description=t("Checked against the facts"),
        ),
        "country": widgets.Dropdown(options=[(t("all countries"), ""), *places], description=t("Country")),
    }

    def draw(theme: str, checked: str, country: str) -> None:
        found = voices.picked(sheet, theme=theme, checked=checked, country=country)
        display(found or Sentence(t("No statement fits.")))

    return widgets.VBox([*inputs.values(), widgets.interactive_output(draw, inputs)])
