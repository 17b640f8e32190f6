"""The risk-assessment table as a workbook that a working group fills in: priority is worked out as they enter."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..study.risk_rules import RiskRules
from ..text import Catalogue
from .archive import steady

COLUMNS: Final = (
    "work_unit", "situation", "unit_name", "situation_name", "share", "low", "high", "n", "rank", "severity", "control",
    "from", "to", "existing_measures", "planned_measures", "owner", "due", "entered_by", "entered_on",
)  # fmt: skip
"""Headers that a program reads; a line of words stands above them."""
_WIDTHS: Final = (13, 13, 24, 42, 12, 8, 8, 7, 11, 10, 10, 9, 9, 32, 32, 16, 14, 16, 14)
_ENTER: Final = ("severity", "control", *COLUMNS[13:])
_NUMBERS: Final = COLUMNS[4:13]
_FORMULAS: Final = ("from", "to")
_SEEN: Final = 3
"""First column that people see; the codes before it are hidden."""
_WIDE: Final = 100
_LINE: Final = 13.5
"""Height of a line of text, in points."""
_TITLE, _NOTE, _WORDS, _CODES = 1, 2, 3, 4
_TOP: Final = Alignment("left", vertical="top", wrap_text=True)
_CENTRED: Final = Alignment("center", vertical="top", wrap_text=True)
_HEAD: Final = PatternFill("solid", fgColor="EDEDED")
_FILL: Final = PatternFill("solid", fgColor="FFF6D6")
_RULED: Final = Border(bottom=Side("thin", color="CCCCCC"))


def workbook(
    table: pd.DataFrame, names: Mapping[str, str], rules: RiskRules, title: str, note: str, t: Catalogue
) -> bytes:
    """Return the workbook of one unit in one language.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`compendium.action.risk_table` returns it, after the disclosure gate.
    names : mapping of str to str
        Code of a work unit or situation -> its name.
    rules : RiskRules
        Ranks and what they mean.
    title, note : str
        First two lines: what this is; where its numbers come from, and that they are synthetic where they are.
    t : Catalogue
        Language.

    Notes
    -----
    Cells to fill in are marked by colour and by their place under a heading that says so. ``from`` and ``to`` are formulas: the
    smallest and the largest product that is still possible while severity or control is empty.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = t("assessment")
    sheet.cell(_TITLE, _SEEN, title).font = Font(bold=True, size=14)
    sheet.cell(_NOTE, _SEEN, note)
    for at, cells in enumerate([_words(t), list(COLUMNS)], start=_WORDS):
        _write(sheet, at, cells)
    for at, row in enumerate(table.to_dict("records"), start=_CODES + 1):
        _write(sheet, at, _line(row, at, names, rules, t))
    _dress(sheet)
    _validate(sheet, rules, t)
    _explain(book.create_sheet(t("how to fill in")), rules, t)
    book.properties.creator, book.properties.title = "", title
    buffer = io.BytesIO()
    book.save(buffer)
    return steady(buffer.getvalue())


def _words(t: Catalogue) -> list[str]:
    return [
        t("Code of the work unit"),
        t("Code of the situation"),
        t("Work unit"),
        t("Situation of work"),
        t("Persons who meet it, %"),
        t("from, %"),
        t("to, %"),
        t("n"),
        t("Rank of frequency"),
        t("Severity: enter"),
        t("Control: enter"),
        t("Priority from"),
        t("Priority to"),
        t("Measures in place"),
        t("Measures planned"),
        t("Who sees to it"),
        t("By when (YYYY-MM-DD)"),
        t("Entered by"),
        t("Entered on (YYYY-MM-DD)"),
    ]


def _line(row: Mapping[str, object], at: int, names: Mapping[str, str], rules: RiskRules, t: Catalogue) -> list[object]:
    cells = {name: row.get(name, "") for name in COLUMNS}
    cells |= {
        "unit_name": names[str(row["work_unit"])],
        "situation_name": names[str(row["situation"])],
        "share": _whole(row["estimate"]),
        "low": _whole(row["ci_low"]),
        "high": _whole(row["ci_high"]),
        "n": _whole(row["n"]),
        "rank": _whole(row["frequency_rank"]),
        "severity": _whole(row["severity"]),
        "control": _whole(row["control"]),
    }
    if pd.isna(row["frequency_low"]):
        words = t("withheld") if row["suppressed"] else t("nobody was asked")
        return [*(cells | {"share": words, "from": None, "to": None}).values()]
    ends = ("from", row["frequency_low"], 1, 1), ("to", row["frequency_high"], len(rules.severity), len(rules.control))
    for name, rank, severity, control in ends:
        cells[name] = f"={rank}*IF(ISNUMBER(J{at}),J{at},{severity})*IF(ISNUMBER(K{at}),K{at},{control})"
    return list(cells.values())


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else round(float(value))  # type: ignore[arg-type]


def _write(sheet: Worksheet, at: int, values: Sequence[object]) -> None:
    """Write a line; what a group entered stays text, even where it begins like a formula."""
    for column, (name, value) in enumerate(zip(COLUMNS, values, strict=True), start=1):
        cell = sheet.cell(at, column, value)
        if name not in _FORMULAS and isinstance(value, str):
            cell.data_type, cell.quotePrefix = "s", value.startswith("=")
    seen = [*zip(COLUMNS, values, _WIDTHS, strict=True)][_SEEN - 1 :]
    lines = max(-(-len(str(value)) // width) for name, value, width in seen if name not in _FORMULAS)
    sheet.row_dimensions[at].height = _LINE * lines + 3


def _dress(sheet: Worksheet) -> None:
    for at, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = at < _SEEN
        for line in range(_WORDS, sheet.max_row + 1):
            cell = sheet.cell(line, at)
            cell.alignment, cell.border = _CENTRED if name in _NUMBERS else _TOP, _RULED
            if line <= _CODES:
                cell.font, cell.fill = Font(bold=True), _HEAD
            elif name in _ENTER:
                cell.fill = _FILL
    sheet.row_dimensions[_CODES].hidden = True
    sheet.freeze_panes = f"{get_column_letter(_SEEN + 2)}{_CODES + 1}"
    sheet.auto_filter.ref = f"A{_CODES}:{get_column_letter(len(COLUMNS))}{sheet.max_row}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_WORDS}:{_WORDS}"
    sheet.oddFooter.center.text = "&P / &N"


def _validate(sheet: Worksheet, rules: RiskRules, t: Catalogue) -> None:
    for name, scale in (("severity", rules.severity), ("control", rules.control)):
        letter = get_column_letter(COLUMNS.index(name) + 1)
        ranks = ",".join(map(str, scale))
        legal = DataValidation("list", formula1=f'"{ranks}"', allow_blank=True, showErrorMessage=True)
        legal.error = t("Legal are the ranks {ranks}, or nothing.", ranks=ranks.replace(",", ", "))
        legal.prompt = "\n".join(f"{rank}: {t.pick(text)}" for rank, text in scale.items())
        legal.showInputMessage = True
        legal.add(f"{letter}{_CODES + 1}:{letter}{sheet.max_row}")
        sheet.add_data_validation(legal)


def _explain(sheet: Worksheet, rules: RiskRules, t: Catalogue) -> None:
    lines = [
        t("Fill in the yellow columns together; leave empty what the group cannot say."),
        t("Severity and control come from the group. No answer to the survey says how grave a situation is."),
        t(
            "Each line filled in needs who entered it and on which day. The page is public: a group or a function, no names."
        ),
        t("Other work units may be added below, with their code and that of the situation in the two hidden columns."),
        t(
            "Priority = rank of frequency × severity × control. A convention: ranks order and do not measure, so 8 is not twice 4."
        ),
        t(
            "Save the file as risk_assessment.xlsx beside the answers of the country: the page then shows what was entered."
        ),
        "",
        t("Rank of frequency"),
        *(
            t("{rank}: from {share} of persons", rank=rank, share=t.percent(share))
            for rank, share in enumerate(rules.frequency, start=1)
        ),
        t.pick(rules.frequency_reason),
        "",
        t("Severity"),
        *(f"{rank}: {t.pick(text)}" for rank, text in rules.severity.items()),
        "",
        t("Control"),
        *(f"{rank}: {t.pick(text)}" for rank, text in rules.control.items()),
    ]
    for line in lines:
        sheet.append([line])
    sheet.column_dimensions["A"].width = _WIDE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for (cell,) in sheet.iter_rows(max_col=1):
        cell.alignment = _TOP
        cell.font = Font(bold=cell.value in (t("Rank of frequency"), t("Severity"), t("Control")))
        sheet.row_dimensions[cell.row].height = _LINE * -(-max(len(str(cell.value)), 1) // _WIDE) + 3
