"""Read exports of web forms: whole questions as column names, several answers in a cell, the moment first."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from . import delimited, excel
from .dialects import opened
from .received import Received, headings, plain, words

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins; everything else is delimited text."""
_MOST_ROWS_ABOVE = 2


def read(path: Path, *, separator: str = "", encoding: str = "", sheet: str = "", decimal: str = "") -> Received:
    """Read the export of a web form.

    Parameters
    ----------
    path : Path
        A workbook or delimited text.
    separator, encoding, sheet, decimal : str
        See :func:`.delimited.read` and :func:`.excel.read`.

    Returns
    -------
    Received
        Column names as they are; ``wordings`` holds the whole question, without line breaks, and for a column of one
        option ``question [option]`` where rows above the names say so. The record says where the moment stands.

    Raises
    ------
    AnswersError
        See :func:`.delimited.read` and :func:`.excel.read`.
    """
    base: Received
    if opened(path).startswith(WORKBOOKS):
        base = excel.read(path, sheet=sheet, decimal=decimal)
    else:
        base = delimited.read(path, separator=separator, encoding=encoding, decimal=decimal)
    above = _rows_above(base.table)
    table, groups, said = _lowered(base.table, above) if above else (base.table, {}, {})
    moment = next((name for name in table.columns if plain(name) in words()["signs"]["webform"]["columns"]), "")
    record = {**base.record, "format": "webform", "file kind": base.record["format"], **said}
    if moment:
        record["moment"] = moment
    if above:
        record |= {"rows": str(len(table)), "rows above the column names": str(above)}
    wordings = {name: " ".join(f"{groups.get(name, '')} {name}".split()) for name in table.columns}
    return Received(
        table, {name: text for name, text in wordings.items() if text != name or " " in name}, record=record
    )


def _rows_above(table: pd.DataFrame) -> int:
    """Return how many rows stand above the column names, where a web form writes its title and groups there."""
    signs = words()["webform_rows"]
    for row in range(min(_MOST_ROWS_ABOVE, len(table))):
        if len({plain(cell) for cell in table.iloc[row]} & set(signs["columns"])) >= signs["least"]:
            return row + 1
    return 0


def _lowered(table: pd.DataFrame, above: int) -> tuple[pd.DataFrame, Mapping[str, str], dict[str, str]]:
    """Take a lower row as column names; the row right above it names the question of a column that is an option."""
    names, said = headings(table.iloc[above - 1])
    over = table.iloc[above - 2] if above > 1 else [""] * len(names)
    groups = {name: text for name, text in zip(names, over, strict=True) if text}
    return table.iloc[above:].reset_index(drop=True).set_axis(names, axis=1), groups, said
