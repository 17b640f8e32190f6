"""Show the indicators of the cooperative model: values that answers give, definitions, the table to fill in, an example."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.signs.indicators import INDICATOR, NOBODY
from ...diagnosis.signs.register import EXAMPLE, compute, read_register
from ...forms.indicator_table import period, unit, workbook
from ...study.cooperative_indicators import POSTURES, CooperativeIndicator, load_indicators
from ...tables import Table
from ...text import Catalogue
from ...wording import NO_VALUE, note
from ..download import Download
from ..factsheet import Folded, Sentence
from .page import Sheet


def by_posture(sheet: Sheet) -> Table | Sentence:
    """Show every indicator by posture: its value among people of cooperatives, or where it comes from."""
    t = sheet.t
    if (sheet.rows(group_by=INDICATOR)["reason"] == NOBODY).any():
        return Sentence(t("Nobody here works through a cooperative: the answers give none of the indicators below."))
    rows = sheet.rows(group_by=INDICATOR).drop_duplicates("indicator").set_index("indicator")
    table = []
    for indicator in _in_order():
        row = rows.loc[indicator.id] if indicator.id in rows.index else None
        table.append(
            {
                t("Posture"): posture(indicator.posture, t),
                t("Indicator"): t.pick(indicator.name),
                t("Value here"): _value(row, indicator, t),
                t("n"): t.number(row["n"]) if row is not None and pd.notna(row["n"]) else NO_VALUE,
                t("Better"): _direction(indicator.direction, t),
            }
        )
    told = sheet.rows(group_by=INDICATOR)
    told = told[told["estimate"].notna()]
    who = (
        t("Answers of people who work through a cooperative. {note}", note=note(told, t, sheet.label))
        if len(told)
        else ""
    )
    return Table(pd.DataFrame(table), t("Indicators of the cooperative model, by posture"), t, row_headers=2, note=who)


def _value(row: pd.Series | None, indicator: CooperativeIndicator, t: Catalogue) -> str:
    if row is None or row["comparable"] == "no":
        return t(row["reason"]) if row is not None else NO_VALUE
    if row["suppressed"]:
        return t("too few people")
    digits = 0 if indicator.unit == "%" else 1
    number = t.percent(row["estimate"]) if indicator.unit == "%" else t.number(row["estimate"], digits)
    words = number if indicator.unit == "%" else f"{number} {unit(indicator.unit, t)}"
    if pd.isna(row["ci_low"]):
        return words
    return t("{value} ({interval})", value=words, interval=t.interval(row["ci_low"], row["ci_high"], digits))


def definitions(sheet: Sheet) -> Folded:
    """Show how each indicator is worked out, over which period, and where its idea comes from."""
    t = sheet.t
    table = []
    for indicator in _in_order():
        said = t.pick(indicator.definition)
        if indicator.reported:
            said = f"{said} {t('One cooperative reports: {what}.', what=t.pick(indicator.reported))}"
        table.append(
            {
                t("Posture"): posture(indicator.posture, t),
                t("Indicator"): t.pick(indicator.name),
                t("What it says"): said,
                t("Formula"): _formula(indicator, t),
                t("Period"): period(indicator.period, t),
                t("Idea from"): t.pick(indicator.source),
            }
        )
    caption = t("How each indicator is worked out")
    return Folded(caption, Table(pd.DataFrame(table), caption, t, row_headers=2))


def _formula(indicator: CooperativeIndicator, t: Catalogue) -> str:
    above, below = t.pick(indicator.numerator), t.pick(indicator.denominator)
    factor = "100 × " if indicator.factor == 100 else ""
    return t(
        "{factor}({above}) / ({below}), in {unit}",
        factor=factor,
        above=above,
        below=below,
        unit=unit(indicator.unit, t),
    )


def template(sheet: Sheet) -> Download:
    """Give the table in which a cooperative enters its own numbers; it works the values out by itself."""
    return Download(workbook(sheet.t), sheet.t("Table of the indicators to fill in (XLSX)"), "xlsx")


def example(sheet: Sheet) -> Table:
    """Show the worked example: the register of a cooperative that does not exist."""
    t, known = sheet.t, load_indicators().indicators
    found = compute(read_register(EXAMPLE), sheet.study.disclosure.minimum_cell, EXAMPLE.name)
    table = []
    for row in found.itertuples(index=False):
        indicator = known[row.indicator]
        digits = 0 if row.unit == "EUR" else 1
        number = t.percent(row.value, 1) if row.unit == "%" else f"{t.number(row.value, digits)} {unit(row.unit, t)}"
        table.append(
            {
                t("Indicator"): t.pick(indicator.name),
                t("Above the line"): t.number(row.numerator),
                t("Below the line"): t.number(row.denominator),
                t("Value"): number,
                t("May leave the cooperative"): t("no: so few people could be known") if row.shows_people else t("yes"),
            }
        )
    caption = t("Worked example: a cooperative that does not exist")
    how = t(
        "Invented numbers, some of the size that one cooperative reports of itself: they show how to reckon, and nothing else."
    )
    return Table(pd.DataFrame(table), caption, t, note=how)


def posture(code: str, t: Catalogue) -> str:
    """Return what a posture is called."""
    return {
        "worker": t("as a worker"),
        "employee": t("as an employee"),
        "employer": t("as an employer"),
        "member": t("as a member"),
    }[code]


def _direction(code: str, t: Catalogue) -> str:
    return {
        "higher": t("when higher"),
        "lower": t("when lower"),
        "neither": t("neither by itself"),
    }[code]


def _in_order() -> list[CooperativeIndicator]:
    known = load_indicators().indicators.values()
    return [one for posture in POSTURES for one in known if one.posture == posture]
