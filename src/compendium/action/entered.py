"""A table that people filled in, in a text file or a spreadsheet, as text with the number of each line."""

from datetime import datetime
from pathlib import Path

import pandas as pd

from ..cells import as_entered
from ..errors import AnswersError
from ..paths import shown
from ..reading import line_numbers, read_table

FIRST = "work_unit"
"""Header of the first column; in a spreadsheet words for people may stand above it."""


def read_entered(path: Path) -> pd.DataFrame:
    """Read a filled-in table.

    Parameters
    ----------
    path : Path
        ``.xlsx``, or delimited text with commas or semicolons.

    Returns
    -------
    pandas.DataFrame
        Every cell as text without blanks at its ends and without the apostrophe of our own files, an empty cell as an empty
        text, a day as ``YYYY-MM-DD``; the index is the line of the file, counted from 1.

    Raises
    ------
    AnswersError
        The file cannot be read, or no line of the spreadsheet begins with :data:`FIRST`.
    """
    table = _spreadsheet(path) if path.suffix.lower() == ".xlsx" else _delimited(path)
    return table.apply(lambda column: column.str.strip().map(as_entered))


def _delimited(path: Path) -> pd.DataFrame:
    first = path.read_bytes().split(b"\n", 1)[0]
    separator = ";" if first.count(b";") > first.count(b",") else ","
    table = read_table(path, separator=separator)
    lines = line_numbers(path) if separator == "," else range(2, len(table) + 2)
    return table.set_axis(list(lines), axis=0)


def _spreadsheet(path: Path) -> pd.DataFrame:
    try:
        cells = pd.read_excel(path, header=None, dtype=object, engine="calamine")
    except Exception as error:  # the reader has no error of its own for a file that is no spreadsheet
        raise AnswersError(f"{shown(path)}: not readable as a spreadsheet ({error})") from error
    heads = cells.index[cells[0].astype(str).str.strip() == FIRST] if len(cells) else []
    if len(heads) == 0:
        raise AnswersError(f"{shown(path)}: no line begins with {FIRST!r}; legal is the header of the template")
    table = cells.loc[heads[0] + 1 :].set_axis(cells.loc[heads[0]].astype(str).str.strip().tolist(), axis=1)
    return table.map(_text).rename(index=lambda at: at + 1)


def _text(cell: object) -> str:
    if cell is None or pd.isna(cell):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
