"""What fresh official tables changed: each value of the study that one contradicts, and what was read."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ..study.context import Extracted
from ..tables import Table
from ..text import Catalogue
from ..wording import NO_VALUE
from .factsheet import Sentence, Sheet


def revisions(sheet: Sheet) -> Table | Sentence:
    """List the values that a fresh official table revised, of the countries of the page and of Europe.

    Parameters
    ----------
    sheet : Sheet
        The page.

    Returns
    -------
    Table or Sentence
        Old value, new value, difference in the unit of the indicator, and the file; a sentence where no table was read,
        or none that was read contradicts a value.
    """
    t, context = sheet.t, sheet.context
    if not context.extracts:
        return Sentence(t("No fresh official table was read: every figure is as the study received it."))
    places = list(dict.fromkeys([*sheet.of_page, *(one.place for one in context.references)]))
    rows = context.revisions[context.revisions["country"].isin(places)]
    rows = rows.sort_values("country", key=lambda column: column.map(places.index), kind="stable")
    read = " ".join(_read(one, t) for one in context.extracts)
    if rows.empty:
        return Sentence(t("No fresh official table contradicts a figure of this page.") + " " + read)
    shown = []
    for row in rows.itertuples(index=False):
        digits = max(context.units[row.unit]["digits"], 1 if row.old != round(row.old) else 0)
        shown.append(
            {
                t("Country"): sheet.label("country", row.country),
                t("Indicator"): t(
                    "{name}, {unit}", name=sheet.label("indicator", row.indicator), unit=sheet.label("unit", row.unit)
                ),
                t("Year"): row.period,
                t("Value received earlier"): t.number(row.old, digits),
                t("Value of the fresh table"): t("no value") if pd.isna(row.new) else t.number(row.new, digits),
                t("Difference"): NO_VALUE if pd.isna(row.new) else _signed(row.new - row.old, digits, t),
                t("What this page shows"): _effect(row.effect, t),
                t("File"): row.file,
            }
        )
    return Table(
        pd.DataFrame(shown),
        t("Values that a fresh official table revised"),
        t,
        row_headers=2,
        note=t("A revision says that the statistics changed, not that the country did.") + " " + read,
    )


def _read(one: Extracted, t: Catalogue) -> str:
    """Say what was read of one file."""
    day = t.date(date.fromisoformat(one.updated)) if one.updated else t("day unknown")
    said = t("Read: {file} (dataset {dataset}, {day}).", file=one.file, dataset=one.dataset, day=day)
    aside = sum(one.elsewhere.values())
    return f"{said} {t('Left aside: values of places outside the study ({n}).', n=t.number(aside))}" if aside else said


def _effect(effect: str, t: Catalogue) -> str:
    words = {
        "revised": t("the fresh value"),
        "withdrawn": t("a gap: the fresh table gives no value"),
        "kept": t("the value received earlier: the fresh table only adds years"),
    }
    return words[effect]


def _signed(number: float, digits: int, t: Catalogue) -> str:
    text = t.number(abs(number), digits)
    return text if round(number, digits) == 0 else f"{'+' if number > 0 else '−'}{text}"
