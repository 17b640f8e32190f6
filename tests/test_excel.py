"""Workbooks: codes stay codes, errors and hidden things are said, and nothing is chosen silently."""

import datetime as dt
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium.collection import doors, excel
from compendium.collection.received import headings
from compendium.errors import AnswersError

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=8).map(str.strip)


def workbook(file: Path, **sheets: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return book


@QUICK
@given(
    names=st.lists(TEXT.filter(bool), min_size=1, max_size=4),
    values=st.lists(st.lists(st.one_of(TEXT, st.integers(-999, 999)), min_size=4, max_size=4), max_size=6),
)
def test_what_was_written_is_read(tmp_path: Path, names: list[str], values: list[list[Any]]) -> None:
    """Texts as they are, also those that look like formulas, numbers or errors; rows without content are no rows."""
    file = tmp_path / "answers.xlsx"
    book = openpyxl.Workbook()
    for row, cells in enumerate([names, *values], start=1):
        for column, value in enumerate(cells[: len(names)], start=1):
            cell = book.active.cell(row, column)
            cell.value = value if value != "" else None
            if isinstance(value, str) and value:
                cell.data_type = "s"
    book.save(file)
    expected = [[str(value) for value in row[: len(names)]] for row in values]
    received = excel.read(file)
    assert list(received.table.columns) == headings(names)[0]
    assert received.table.to_numpy().tolist() == [row for row in expected if any(row)]


def test_codes_dates_and_times_are_text(tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    workbook(
        file,
        Answers=[
            [],
            [None, "id", "code", "hours", "yes", "day", "moment", "clock", "scale"],
            [None, "007", 1.0, 2.5, True, dt.date(2026, 5, 1), dt.datetime(2026, 5, 1, 10, 2), dt.time(1, 2, 3), "1-5"],
            [None, "008", 12.0, 0.1, False, None, None, None, dt.date(2026, 5, 1)],
        ],
    )
    received = excel.read(file)
    assert received.table.loc[0].tolist() == [
        "007", "1", "2.5", "TRUE", "2026-05-01", "2026-05-01 10:02:00", "01:02:03", "1-5",
    ]  # fmt: skip
    assert received.table.loc[1, "code"] == "12"
    assert received.record["dates among other cells"] == "scale (1)"
    assert received.record["sheet"] == "Answers"


def test_what_a_workbook_hides_or_breaks_is_said(tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    book = workbook(file, Answers=[["id", "q", "r"], ["a", "#N/A", 1], ["b", 2, 3], ["c", 4, 5]], Notes=[])
    sheet = book["Answers"]
    sheet["B2"].data_type = "e"
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("A4:A5")
    book.save(file)
    received = excel.read(file)
    assert received.table["q"].tolist() == ["#N/A", "2", "4"]
    assert received.record["error cells"] == "B2 (#N/A)"
    assert received.record["hidden"] == "columns C to C, row 3"
    assert received.record["merged cells"] == "A4:A5"


def test_one_sheet_is_chosen_only_where_there_is_one(tmp_path: Path) -> None:
    file = tmp_path / "answers.xlsx"
    workbook(file, First=[["a"], ["1"]], Empty=[], Second=[["b"], ["2"]])
    with pytest.raises(AnswersError, match="2 sheets hold something, 'First', 'Second'; name the one"):
        excel.read(file)
    assert excel.read(file, sheet="Second").table.to_dict("list") == {"b": ["2"]}
    with pytest.raises(AnswersError, match="no sheet is called 'Third'; there are 'First', 'Empty', 'Second'"):
        excel.read(file, sheet="Third")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "no sheet holds anything"),
        ([["A survey"], ["id", "q", "r"], ["a", "1", "2"]], "row 1: only 1 of 3 columns have a name"),
        ([["id", "q"], ["a", "=1+1"]], "cell B2: a formula whose result was never stored"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, rows: list[list[Any]], sentence: str) -> None:
    file = tmp_path / "answers.xlsx"
    workbook(file, Answers=rows)
    with pytest.raises(AnswersError, match=sentence):
        excel.read(file)


def test_whatever_bytes_come_a_table_or_a_sentence(tmp_path: Path) -> None:
    """A workbook with bytes changed or cut off, by a fixed seed: 60 of them."""
    file = tmp_path / "answers.xlsx"
    workbook(file, Answers=[["id", "q"], *([f"{n}", n] for n in range(20))])
    whole, luck = file.read_bytes(), random.Random(1)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(luck.randint(1, 8)):
            content[luck.randrange(len(content))] = luck.randrange(256)
        file.write_bytes(content[: luck.choice([len(content), luck.randrange(len(content))])])
        try:
            assert excel.read(file).table.columns.is_unique
        except AnswersError as error:
            assert "answers.xlsx" in str(error)
            assert "\n" not in str(error)


def test_an_open_document_is_read_alike(tmp_path: Path) -> None:
    file = tmp_path / "answers.ods"
    names = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "text")}
    spaces = " ".join(f'xmlns:{part}="{name}"' for part, name in names.items())

    def value(kind: str, text: str) -> str:
        return f' office:value="{text}"' if kind == "float" else ""

    cells = [[("string", "id"), ("string", "q")], [("string", "007"), ("float", "3")]]
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="{kind}"{value(kind, text)}>'
            f"<text:p>{text}</text:p></table:table-cell>"
            for kind, text in row
        )
        + "</table:table-row>"
        for row in cells
    )
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="Answers">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    received = doors.read(file)
    assert received.table.to_dict("list") == {"id": ["007"], "q": ["3"]}
    assert received.record["format"] == "excel"
    assert received.record["not told"].startswith("error cells")
