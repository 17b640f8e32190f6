"""Explore legal statuses in the notebook: which of them would protect a person?"""

from __future__ import annotations

import ipywidgets as widgets
import pandas as pd
from IPython.display import display

from ..sheets import factsheet
from ..sheets.law import Chooser, chooser
from ..sheets.law.words import branches, covers
from ..study.context import BRANCHES
from ..tables import Table


def protected(sheet: factsheet.Sheet) -> widgets.Widget:
    """Return widgets that keep the statuses which cover what a person needs.

    Parameters
    ----------
    sheet : factsheet.Sheet
        The country facts of the page.
    """
    t, found = sheet.t, chooser(sheet)
    if not isinstance(found, Chooser):
        return widgets.HTML(found.text)
    places = list(dict.fromkeys(row["country"] for row in found.rows))
    needs = widgets.SelectMultiple(
        options=[(text, branch) for branch, text in branches(t).items()], description=t("Needs"), rows=len(BRANCHES)
    )
    part_counts = widgets.Checkbox(value=True, description=t("cover in part counts"))
    country = widgets.Dropdown(
        options=[(t("all countries"), ""), *((one, one) for one in places)], description=t("Country")
    )

    def draw(needs: tuple[str, ...], part_counts: bool, country: str) -> None:
        kept = found.kept(needs, part_counts, country)
        if not kept:
            display(factsheet.Sentence(t("No status of our sources covers all of this.")))
            return
        words = covers(t)
        frame = pd.DataFrame(
            {
                t("Country"): [row["country"] for row in kept],
                t("Status"): [row["name"] for row in kept],
                t("To verify"): [row["remark"] for row in kept],
                **{text: [words[row[branch]] for row in kept] for branch, text in branches(t).items()},
                t("Threshold"): [row["threshold"] for row in kept],
                t("Notes"): [row["notes"] for row in kept],
            }
        )
        display(Table(frame, t("Legal statuses, and the branches that each covers"), t, row_headers=2))

    inputs = {"needs": needs, "part_counts": part_counts, "country": country}
    return widgets.VBox([needs, part_counts, country, widgets.interactive_output(draw, inputs)])
