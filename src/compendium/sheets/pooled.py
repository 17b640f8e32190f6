"""Show the pooled estimates of a study in two ways: every country the same, and in proportion to the countries' size."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .. import pooling
from ..persons import POINTS
from ..tables import Table
from ..wording import note, value
from .base import Several, several
from .factsheet import Sentence
from .factsheet import Sheet as Facts
from .weights import Sheet


def two_ways(sheet: Sheet, facts: Facts) -> Several | Sentence:
    """Set the pooled estimates with equal weight for each country beside those in proportion to the countries' size.

    Parameters
    ----------
    sheet : Sheet
        The product ``weights`` of the countries pooled.
    facts : Facts
        Names the indicator of size.

    Returns
    -------
    Several or Sentence
        A table of mean scores, one of shares exposed, and where the sizes come from; a sentence where the study holds
        no sizes.
    """
    t, size = sheet.t, facts.label("indicator", sheet.study.proportional_to)
    sizes = sheet.results[sheet.results["indicator"] == pooling.SIZE]
    if sizes["estimate"].isna().all():
        return Sentence(
            t(
                "In the pooled value every country counts the same; the study holds no size of all of them to try another."
            )
        )
    europe = sheet.study.name(sheet.study.pooled.code, t.language)
    rows = sheet.results[(sheet.results["group_by"] == pooling.PART) & (sheet.results["indicator"] != pooling.SIZE)]
    means = rows[rows["unit"] == POINTS]
    shares = rows[rows["unit"].isin(["%", pooling.SHARE_POINTS])]
    tables = [
        (t("{europe}: mean scores pooled in two ways, 0 to 100", europe=europe), means),
        (t("{europe}: share of people exposed, pooled in two ways, %", europe=europe), shares),
    ]
    shown = [_table(sheet, size, title, found) for title, found in tables if len(found)]
    return several(*shown, Sentence(" ".join(_sizes(sheet, sizes, size))))


def _table(sheet: Sheet, size: str, title: str, rows: pd.DataFrame) -> Table:
    t = sheet.t
    shown, apart = [], {}
    for at, (code, found) in enumerate(rows.groupby("indicator", sort=False)):
        by = {row.group: row for row in found.itertuples()}
        cells = [sheet.cell(by[group]) for group in pooling.ESTIMANDS]
        shown.append([sheet.label("indicator", str(code)), *cells, value(by[pooling.EQUAL].n, 0, t)])
        if by[pooling.EQUAL].comparable == "no":
            apart[at] = sheet.label("reason", by[pooling.EQUAL].reason)
    names = {
        pooling.EQUAL: t("Each country the same"),
        pooling.PROPORTIONAL: t("In proportion to: {size}", size=size),
        pooling.DIFFERENCE: t("Difference"),
    }
    columns = [t("Measure"), *(names[group] for group in pooling.ESTIMANDS), t("n")]
    return Table(pd.DataFrame(shown, columns=columns), title, t, set_apart=apart, note=note(rows, t, sheet.label))


def _sizes(sheet: Sheet, sizes: pd.DataFrame, size: str) -> Iterator[str]:
    t = sheet.t
    rows = sizes[sizes["group"] == pooling.PROPORTIONAL]
    shares = [f"{sheet.label('country', row.country)} {t.percent(row.estimate)}" for row in rows.itertuples()]
    yield t("Each country the same is the rule of the study; the other column shows how much depends on it.")
    yield t(
        "In proportion to: {size}, {year} ({source}): {shares}.",
        size=size,
        year=rows["period"].iloc[0],
        source=rows["source"].iloc[0],
        shares=t.join(shares),
    )
    yield t("That says how large the countries are; no answer is weighted to these people, who are another population.")
    yield t("Figures published for the European Union are not part of it.")
