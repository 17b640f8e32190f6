"""Show what goes with a measure beside it: each by itself, with people alike, and with their conditions of work alike too."""

from __future__ import annotations

import pandas as pd

from ..diagnosis.associations import ASSOCIATION, PLAIN
from ..diagnosis.beside import ALIKE, CONDITIONS_ALIKE
from ..persons import NOT_MEASURED
from ..tables import Table
from ..wording import NO_VALUE, Label, note, withheld
from .factsheet import Sentence
from .outcomes import absent, p_value
from .risks import Sheet


def beside(sheet: Sheet, outcome: str, place: str, label: Label) -> Table | Sentence | None:
    """List what stands under `place` beside a measure (:func:`compendium.diagnosis.beside.beside_rows`), or nothing."""
    t, rows = sheet.t, sheet.rows(indicator=outcome, group_by=place)
    shown = rows[rows["method"] != NOT_MEASURED]
    if rows.empty:
        return None
    if shown.empty:
        return absent(sheet, outcome, group_by=place)
    listed = []
    for code, own in shown.groupby("group", sort=False):
        plain, adjusted = own[own["method"] == PLAIN], own[own["method"] == ASSOCIATION]
        alike, conditions = (adjusted[adjusted["estimand"] == estimand] for estimand in (ALIKE, CONDITIONS_ALIKE))
        listed.append(
            {
                t("What goes with it"): label("indicator", str(code)),
                t("By itself"): _cell(sheet, plain),
                t("People alike"): _cell(sheet, alike),
                t("Conditions alike too"): _cell(sheet, conditions),
                t("p, adjusted for several tests"): p_value(alike["p_adjusted"].iloc[0], t) if len(alike) else NO_VALUE,
                t("n"): t.number(own["n"].max(), 0),
            }
        )
    caption = t("What goes with {measure}", measure=sheet.label("indicator", outcome).lower())
    said = [
        t(
            "In standard deviations, with the 95% interval, all on the same persons. By itself: correlation. People alike: the "
            "other lines, age, gender, education, discipline and years in the trade alike. Conditions alike too: the families of "
            "exposure as well. p belongs to the second column, by Holm over the lines."
        ),
        t("Asked at one time in one form: no direction can be read from it."),
    ]
    missing = rows[rows["method"] == NOT_MEASURED]
    if len(missing):
        said.append(t("A dash stands where {reason}.", reason=t(missing["reason"].iloc[0])))
    return Table(
        pd.DataFrame(listed), caption, t, note=f"{' '.join(said)} {note(shown, t, sheet.label)}", results=shown
    )


def _cell(sheet: Sheet, rows: pd.DataFrame) -> str:
    if rows.empty:
        return NO_VALUE
    t, row = sheet.t, rows.iloc[0]
    hidden = withheld(row, t)
    number, span = t.number(row["estimate"], 2), t.interval(row["ci_low"], row["ci_high"], 2)
    return hidden or t("{number} ({span})", number=number, span=span)
