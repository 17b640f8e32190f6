"""The workbook in which statements and good practices of a country are entered, with its legal values as lists."""

from __future__ import annotations

import io
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..study.voices import CHECKED, load_codebook
from ..text import Catalogue, load
from .archive import steady

STATEMENTS, PRACTICES, CODES, HELP = "statements", "practices", "codes", "help"
"""Names of the sheets; the first is read when the workbook comes back."""
ROWS: Final = 300
"""Rows with lists."""
CONFIDENCES: Final = ("sourced", "to verify")
EVIDENCE: Final = ("none", "own_account", "counted", "compared", "evaluated")
_WIDTHS: Final = {
    "statement": 60,
    "note": 40,
    "what": 50,
    "evidence": 40,
    "conditions_of_transfer": 40,
    "where": 30,
    "for_whom": 25,
    "source": 30,
    "role": 25,
    "fact": 30,
}
_HEAD: Final = PatternFill("solid", fgColor="EDEDED")


def workbook(country: str, language: str) -> bytes:
    """Return the workbook of a country in one language.

    Parameters
    ----------
    country : str
        Whose form; its code is filled in by hand in each row, so that an untouched row stays empty.
    language : str
        Language of the explanations; codes are the same in all.
    """
    t = load(language)
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = STATEMENTS
    said = statement_columns(country, t)
    _headed(sheet, said)
    codes = book.create_sheet(CODES)
    _fill_codes(book, codes, t)
    lists = {
        "country": f'"{country}"',
        "language": '"en,fr,pt,pl,de"',
        "theme": "themes",
        "code": f'INDIRECT("codes_of_"&{_letter(said, "theme")}2)',
        "checked": f'"{",".join(CHECKED)}"',
    }
    _listed(sheet, said, lists)
    practices = book.create_sheet(PRACTICES, 1)
    said_of_practices = practice_columns(country, t)
    _headed(practices, said_of_practices)
    _listed(
        practices,
        said_of_practices,
        {
            "country": f'"{country}"',
            "evidence_level": f'"{",".join(EVIDENCE)}"',
            "confidence": f'"{",".join(CONFIDENCES)}"',
        },
    )
    _fill_help(book.create_sheet(HELP), said, said_of_practices, t)
    book.properties.creator, book.properties.title = "", f"voices {country}"
    buffer = io.BytesIO()
    book.save(buffer)
    return steady(buffer.getvalue())


def statement_columns(country: str, t: Catalogue) -> dict[str, str]:
    """Return the columns of the sheet of statements with what goes into each."""
    return {
        "statement_id": t("A number of your own: {example}, and so on.", example=f"{country}-001, {country}-002"),
        "country": t("Always {code}.", code=country),
        "language": t("Language of the statement: en, fr, pt, pl or de."),
        "source": t("The document or conversation it comes from. All statements of one source carry the same words."),
        "role": t("Who speaks, as a role; no name. Never published."),
        "theme": t('What it is about; see the sheet "codes".'),
        "code": t('What it says, within the theme; see the sheet "codes".'),
        "statement": t("One idea in your own words, no quotation."),
        "checked": t("What came of holding it against the facts: supported, contradicted, opinion or unchecked."),
        "fact": t(
            "Only with supported or contradicted: the identifier of the fact; several with a semicolon between them."
        ),
        "note": t("What the reader should know, for example the part that no fact is about. May stay empty."),
    }


def practice_columns(country: str, t: Catalogue) -> dict[str, str]:
    """Return the columns of the register of good practices with what goes into each."""
    return {
        "practice_id": t("A short name in small letters: {example}.", example=f"{country.lower()}_peer_group"),
        "country": t("Always {code}.", code=country),
        "where": t("Where is it done, and by whom?"),
        "for_whom": t("For whom?"),
        "what": t("What is done?"),
        "evidence_level": t(
            "none, own_account (those who run it say so), counted, compared (people with and without it) or evaluated (by others)."
        ),
        "evidence": t("How is it known that it helps? Empty with none, which is a good answer where it is so."),
        "conditions_of_transfer": t("What would others need to take it over?"),
        "source": t("Where can one read about it?"),
        "confidence": t("sourced, or to verify."),
    }


def _headed(sheet: Worksheet, columns: dict[str, str]) -> None:
    """Write the names of the columns, which stay in sight."""
    for at, name in enumerate(columns, start=1):
        cell = sheet.cell(1, at, name)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 16)
        for row in range(2, ROWS + 2):
            sheet.cell(row, at).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _listed(sheet: Worksheet, columns: dict[str, str], lists: dict[str, str]) -> None:
    """Give each column its hint, and its list of legal values where there is one."""
    for name, hint in columns.items():
        rule = (
            DataValidation(type="list", formula1=lists[name], allow_blank=True, showErrorMessage=True)
            if name in lists
            else DataValidation(type="textLength", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        )
        rule.promptTitle, rule.prompt, rule.showInputMessage = name[:32], hint[:255], True
        letter = _letter(columns, name)
        rule.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.add_data_validation(rule)


def _letter(columns: dict[str, str], name: str) -> str:
    return get_column_letter(list(columns).index(name) + 1)


def _fill_codes(book: openpyxl.Workbook, sheet: Worksheet, t: Catalogue) -> None:
    """Write the code sheet; the codes of each theme stand together and are a named range, so that lists depend on themes."""
    header = ("theme", "code", t("Subject"), t("Theme"), t("Code"), t("Meaning"), "", "themes")
    for at, (text, width) in enumerate(zip(header, (22, 30, 28, 30, 34, 70, 4, 22), strict=True), start=1):
        cell = sheet.cell(1, at, text)
        sheet.column_dimensions[get_column_letter(at)].width = width
        if text:
            cell.font, cell.fill = Font(bold=True), _HEAD
    codebook, row = load_codebook(), 2
    for number, theme in enumerate(codebook.themes.values(), start=2):
        sheet.cell(number, 8, theme.id)
        first = row
        for code in theme.codes.values():
            subject = t.pick(codebook.subjects[theme.subject].label)
            texts = (theme.id, code.id, subject, t.pick(theme.label), t.pick(code.label), t.pick(code.description))
            for at, text in enumerate(texts, start=1):
                sheet.cell(row, at, text)
            row += 1
        name = f"codes_of_{theme.id}"
        book.defined_names[name] = DefinedName(name, attr_text=f"{CODES}!$B${first}:$B${row - 1}")
    book.defined_names["themes"] = DefinedName("themes", attr_text=f"{CODES}!$H$2:$H${len(codebook.themes) + 1}")
    sheet.freeze_panes = "A2"


def _fill_help(sheet: Worksheet, statements: dict[str, str], practices: dict[str, str], t: Catalogue) -> None:
    """Write what goes into which column."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 100
    row = 1
    for title, columns in ((t('Sheet "statements"'), statements), (t('Sheet "practices"'), practices)):
        sheet.cell(row, 1, title).font = Font(bold=True)
        for name, hint in columns.items():
            row += 1
            sheet.cell(row, 1, name)
            sheet.cell(row, 2, hint).alignment = Alignment(wrap_text=True, vertical="top")
        row += 2
