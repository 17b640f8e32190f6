"""Read a sheet of a workbook (xlsx, xls, xlsb, ods): codes stay codes, and what a spreadsheet hides or breaks is said."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from ..errors import AnswersError
from ..paths import shown
from .dialects import opened
from .received import Received, headings, record_of

T = TypeVar("T")
_NAMED = 20
"""At most so many cells or columns are named in the record; the rest is counted."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LOST = "(formula without result)"


def read(path: Path, *, sheet: str = "", decimal: str = "") -> Received:
    """Read a sheet with every cell as text.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str
        Name of the sheet; needed where more than one visible sheet holds something.
    decimal : str
        Sign before decimals in cells that are text; numbers of the workbook are written with a point.

    Returns
    -------
    Received
        The first row that is not empty gives the names. Whole numbers lose the ``.0`` that a spreadsheet gives to
        codes; dates are ISO text; an error such as ``#N/A`` stands as text. The record names hidden and merged cells,
        error cells, rows without content, and columns in which dates stand among other cells (a spreadsheet makes a
        date of a text such as 1-5).

    Raises
    ------
    AnswersError
        No workbook, a password, several sheets and none named, or a formula whose result was never stored.

    Notes
    -----
    Hidden rows and columns are read like all others. Errors and hidden cells are told for xlsx; of the other formats
    the library that reads them tells neither, and the record says so.
    """
    opened(path)
    book = _guarded(path, lambda: CalamineWorkbook.from_path(str(path)))
    name, others = _chosen(path, book, sheet)
    found = _guarded(path, lambda: book.get_sheet_by_name(name))
    cells = _guarded(path, lambda: found.to_python(skip_empty_area=False))
    told = _told_by_xlsx(path, name) if zipfile.is_zipfile(path) else {}
    rows = _with_errors(cells, told.get("error", {}), path, name)
    table, said = _table(rows, path, name)
    record = record_of(
        path,
        "excel",
        table,
        sheet=name,
        other_sheets=", ".join(others),
        merged_cells=_listed([_range(area) for area in _merged(found)]),
        error_cells=_listed([f"{at} ({text})" for at, text in told.get("error", {}).items()]),
        hidden=_listed([*told.get("hidden", {})]),
        not_told="" if told else "error cells and hidden rows, in this format",
        decimal=decimal,
        **said,
    )
    return Received(table, record=record)


def names(path: Path, sheet: str = "") -> list[str]:
    """Return what stands in the first row of a sheet that is not empty."""
    book = _guarded(path, lambda: CalamineWorkbook.from_path(str(path)))
    chosen, _ = _chosen(path, book, sheet)
    rows = _guarded(path, lambda: book.get_sheet_by_name(chosen).to_python())
    return [_text(cell) for cell in rows[0]] if rows else []


def sheets(path: Path) -> list[str]:
    """Return the names of the visible sheets that hold something, in order."""
    book = _guarded(path, lambda: CalamineWorkbook.from_path(str(path)))
    visible = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    return [name for name in visible if _filled(path, book, name)]


def _guarded(path: Path, work: Callable[[], T]) -> T:
    """Run what a library does with foreign bytes; whatever it raises, a panic of its own included, is one sentence."""
    try:
        return work()
    except (KeyboardInterrupt, SystemExit, AnswersError):
        raise
    except PasswordError:
        raise AnswersError(f"{shown(path)}: the workbook has a password; save it without one") from None
    except BaseException as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise AnswersError(f"{shown(path)}: not readable as a workbook (xlsx, xls, xlsb or ods): {reason}") from None


def _chosen(path: Path, book: CalamineWorkbook, sheet: str) -> tuple[str, list[str]]:
    """Choose the sheet that is named, or the only one that holds something."""
    if sheet:
        if sheet not in book.sheet_names:
            raise AnswersError(
                f"{shown(path)}: no sheet is called {sheet!r}; there are {', '.join(map(repr, book.sheet_names))}"
            )
        return sheet, [name for name in book.sheet_names if name != sheet]
    filled = [one for one in book.sheets_metadata if _filled(path, book, one.name)]
    visible = [one.name for one in filled if one.visible == SheetVisibleEnum.Visible] or [one.name for one in filled]
    if not visible:
        raise AnswersError(f"{shown(path)}: no sheet holds anything; a first row with column names is expected")
    if len(visible) > 1:
        raise AnswersError(
            f"{shown(path)}: {len(visible)} sheets hold something, {', '.join(map(repr, visible))}; name the one that holds the answers (sheet)"
        )
    return visible[0], [name for name in book.sheet_names if name != visible[0]]


def _filled(path: Path, book: CalamineWorkbook, name: str) -> bool:
    try:
        return bool(_guarded(path, lambda: book.get_sheet_by_name(name)).height)
    except AnswersError:
        return False  # a chart or a macro sheet


def _merged(sheet: CalamineSheet) -> list[Any]:
    return list(sheet.merged_cell_ranges or ())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)


def _with_errors(
    cells: Sequence[Sequence[Any]], errors: dict[str, str], path: Path, sheet: str
) -> list[tuple[int, list[Any]]]:
    """Number the rows from 1 and put the texts of errors back, which the reader of workbooks leaves empty."""
    rows = [list(row) for row in cells]
    for at, text in errors.items():
        if text == _LOST:
            raise AnswersError(
                f"{shown(path)}, sheet {sheet!r}, cell {at}: a formula whose result was never stored; "
                "open the file in a spreadsheet program and save it"
            )
        row, column = _place(at)
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    return list(enumerate(rows, start=1))


def _table(rows: list[tuple[int, list[Any]]], path: Path, sheet: str) -> tuple[pd.DataFrame, dict[str, str]]:
    filled = [(number, row) for number, row in rows if any(cell != "" for cell in row)]
    if not filled:
        raise AnswersError(f"{shown(path)}, sheet {sheet!r}: empty; a first row with column names is expected")
    (first, header), body = filled[0], filled[1:]
    used = [place for place in range(len(header)) if any(row[place] != "" for _, row in filled)]
    named = [place for place in used if header[place] != ""]
    if len(named) * 2 < len(used):
        raise AnswersError(
            f"{shown(path)}, sheet {sheet!r}, row {first}: only {len(named)} of {len(used)} columns have a name in the first "
            "row that is not empty; delete what stands above the column names"
        )
    names, said = headings(_text(header[place]) for place in used)
    columns = {name: [row[place] for _, row in body] for name, place in zip(names, used, strict=True)}
    mixed = {name: sum(isinstance(cell, dt.date) for cell in cells) for name, cells in columns.items()}
    said["dates_among_other_cells"] = _listed(
        [f"{name} ({count})" for name, count in mixed.items() if 0 < count < sum(cell != "" for cell in columns[name])]
    )
    empty = filled[-1][0] - first + 1 - len(filled)
    said["empty_rows"] = str(empty or "")
    table = pd.DataFrame(
        {name: pd.array([_text(cell) for cell in cells], dtype="str") for name, cells in columns.items()}
    )
    assert len(table) == len(body)
    return table, said


def _told_by_xlsx(path: Path, sheet: str) -> dict[str, dict[str, str]]:
    """Return the error cells (place -> text) and what is hidden in a sheet of an xlsx file; nothing for other formats."""
    found: dict[str, dict[str, str]] = {"error": {}, "hidden": {}}
    try:
        with zipfile.ZipFile(path) as package:
            part = _part(package, sheet)
            if part is None:
                return {}
            with package.open(part) as stream:
                for _, element in ElementTree.iterparse(stream):
                    _tell(element, found)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, EOFError, ValueError) as error:
        raise AnswersError(f"{shown(path)}: not readable as a workbook: {' '.join(str(error).split())[:120]}") from None
    return found


def _part(package: zipfile.ZipFile, sheet: str) -> str | None:
    if "xl/workbook.xml" not in package.namelist():
        return None
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    own = next((one.get(_RELATED) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet), None)
    for relation in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels")):
        if relation.get("Id") == own:
            target = relation.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return None


def _tell(element: ElementTree.Element, found: dict[str, dict[str, str]]) -> None:
    if element.tag == f"{_MAIN}c":
        value = element.find(f"{_MAIN}v")
        if element.get("t") == "e":
            found["error"][element.get("r", "")] = (value.text or "") if value is not None else "#ERROR"
        elif (
            element.find(f"{_MAIN}f") is not None
            and element.get("t") != "str"
            and not (value is not None and value.text)
        ):
            found["error"][element.get("r", "")] = _LOST
    elif element.tag == f"{_MAIN}col" and element.get("hidden") in ("1", "true"):
        found["hidden"][f"columns {_letters(int(element.get('min', 1)))} to {_letters(int(element.get('max', 1)))}"] = (
            ""
        )
    elif element.tag == f"{_MAIN}row":
        if element.get("hidden") in ("1", "true"):
            found["hidden"][f"row {element.get('r')}"] = ""
        element.clear()


def _place(at: str) -> tuple[int, int]:
    letters, digits = re.match(r"([A-Z]*)(\d*)", at).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits or 1) - 1, column - 1


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _range(area: tuple[tuple[int, int], tuple[int, int]]) -> str:
    (top, left), (bottom, right) = area
    return f"{_letters(left + 1)}{top + 1}:{_letters(right + 1)}{bottom + 1}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
