"""The table in which a cooperative enters its own numerators and denominators, as a workbook that works the values out."""

from __future__ import annotations

import io
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ..study.cooperative_indicators import CooperativeIndicator, load_indicators
from ..text import Catalogue
from .archive import steady

CODES: Final = (
    "indicator", "name", "definition", "count_above", "count_below", "period", "numerator", "denominator", "value", "unit",
    "note",
)  # fmt: skip
"""Headers that a program reads; a row of words stands above them."""
_WIDTHS: Final = (20, 34, 60, 44, 44, 16, 14, 14, 12, 10, 30)
_HEAD: Final = PatternFill("solid", fgColor="EDEDED")
_ENTER: Final = PatternFill("solid", fgColor="FFF6D6")


def workbook(t: Catalogue) -> bytes:
    """Return the table in one language; the cells to fill in are marked, and the values are formulas beside them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "indicators"
    sheet.append(
        [
            t("Code"),
            t("Indicator"),
            t("What it says"),
            t("Count above the line"),
            t("Count below the line"),
            t("Period"),
            t("Above: your number"),
            t("Below: your number"),
            t("Value"),
            t("Unit"),
            t("Remark"),
        ]
    )
    sheet.append(list(CODES))
    for at, indicator in enumerate(load_indicators().indicators.values(), start=3):
        sheet.append(_row(indicator, at, t))
    _dress(sheet)
    book.properties.creator, book.properties.title = "", "indicators"
    buffer = io.BytesIO()
    book.save(buffer)
    return steady(buffer.getvalue())


def _row(indicator: CooperativeIndicator, at: int, t: Catalogue) -> list[str]:
    formula = f'=IF(AND(ISNUMBER(G{at}),ISNUMBER(H{at})),IF(H{at}>0,{indicator.factor}*G{at}/H{at},""),"")'
    return [
        indicator.id,
        t.pick(indicator.name),
        t.pick(indicator.definition),
        t.pick(indicator.numerator),
        t.pick(indicator.denominator),
        period(indicator.period, t),
        "",
        "",
        formula,
        unit(indicator.unit, t),
        "",
    ]


def period(code: str, t: Catalogue) -> str:
    """Return what an indicator's period is called."""
    return {"year": t("twelve months"), "date": t("on one day"), "answers": t("when people answered")}[code]


def unit(code: str, t: Catalogue) -> str:
    """Return what an indicator is counted in."""
    words = {"EUR": t("euros"), "months": t("months"), "days": t("days"), "people": t("people")}
    return words.get(code, code)


def _dress(sheet: Worksheet) -> None:
    for at, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row < 3:
                cell.font, cell.fill = Font(bold=cell.row == 1), _HEAD
            elif cell.column in (7, 8):
                cell.fill = _ENTER
            elif cell.column == 9:
                cell.number_format = "0.0"
    sheet.freeze_panes = "C3"
