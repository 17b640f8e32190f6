"""Read SDMX-CSV as Eurostat writes it: one observation a line, versions 1.0 and 2.0, with codes alone or with labels."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from .extract import Extract, cell, dataset_in, day, frame, refuse, text_of

_CONTROL = {"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "LAST UPDATE"}
_OBSERVED = ("TIME_PERIOD", "OBS_VALUE")
_OPEN = {"", "F", "A"}
"""Confidentiality of an observation that may be shown: not said, or free."""


def read(path: Path) -> Extract:
    """Read a file ``.csv`` or ``.csv.gz``.

    Parameters
    ----------
    path : Path
        The file. Version 1.0 begins with ``DATAFLOW,LAST UPDATE``, version 2.0 with ``STRUCTURE,STRUCTURE_ID``. Labels
        may stand behind the code (``A: Annual``) or, in version 2.0, in a column of their own behind each.

    Returns
    -------
    Extract
        With its dataset; with the day of the last update in version 1.0.

    Raises
    ------
    DefinitionError
        Not SDMX-CSV, several datasets in one file, or a line with other cells than the header; the line is named.
    """
    table, lines = _table(path)
    names = [_code(name) for name in table.columns]
    missing = [name for name in _OBSERVED if name not in names]
    flow = next((name for name in ("DATAFLOW", "STRUCTURE_ID") if name in names), None)
    if missing or flow is None:
        absent = missing[0] if missing else "DATAFLOW or STRUCTURE_ID"
        raise refuse(
            path, "line 1", f"the column {absent} is missing; legal is SDMX-CSV as Eurostat gives it, 1.0 or 2.0"
        )
    raw = {name: table.iloc[:, at] for at, name in enumerate(names)}
    before = names[: names.index("TIME_PERIOD")]
    dimensions = [name for name in before if name not in _CONTROL]
    if "STRUCTURE_NAME" in names:  # each code is followed by a column with its label
        dimensions = dimensions[::2]
    keys = pd.DataFrame({name.lower(): _codes(raw[name]) for name in dimensions}, dtype="str")
    times, values = _codes(raw["TIME_PERIOD"]), raw["OBS_VALUE"]
    nothing = pd.Series("", index=table.index)
    flags = _codes(raw.get("OBS_FLAG", raw.get("OBS_STATUS", nothing)))
    secret = _codes(raw.get("CONF_STATUS", nothing))

    def cells(wanted: pd.Series) -> pd.DataFrame:
        rows = []
        for row in np.flatnonzero(wanted.to_numpy()):
            place = f"line {lines[row]}"
            closed = "" if secret.iloc[row].upper() in _OPEN else "c"
            value, flag = cell(path, place, values.iloc[row], flags.iloc[row] + closed)
            rows.append((int(row), times.iloc[row], value, flag, place))
        return frame(rows)

    return Extract(path, _only_dataset(path, raw[flow], lines), _updated(path, raw.get("LAST UPDATE")), keys, cells)


def _table(path: Path) -> tuple[pd.DataFrame, list[int]]:
    """Return the cells as text, and the line on which each row ends."""
    rows = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
    cells, lines = [], []
    try:
        header = next(rows, None)
        if not header:
            raise refuse(path, "", "the file is empty; a first row with column names is expected")
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise refuse(path, f"line {rows.line_num}", f"{len(row)} cells where the header has {len(header)}")
            cells.append(row)
            lines.append(rows.line_num)
    except csv.Error as error:
        raise refuse(path, f"line {rows.line_num}", f"not readable as CSV: {error}") from None
    return pd.DataFrame(cells, columns=header, dtype="str"), lines


def _code(text: str) -> str:
    """Return the code of ``code:label``."""
    return text.partition(":")[0].strip()


def _codes(column: pd.Series) -> pd.Series:
    """Return the codes of a column, each distinct text taken apart once."""
    return column.map({text: _code(text) for text in column.unique()}).astype("str")


def _only_dataset(path: Path, flows: pd.Series, lines: Sequence[int]) -> str:
    found = {dataset_in(flow): flow for flow in reversed(flows.unique())}
    if len(found) > 1:
        other = list(found.values())[-2]
        place = f"line {lines[int((flows == other).to_numpy().argmax())]}"
        raise refuse(path, place, f"several datasets in one file: {', '.join(reversed(found))}; legal is one a file")
    return next(iter(found), "")


def _updated(path: Path, column: pd.Series | None) -> str:
    if column is None or not len(column) or not column.iloc[0].strip():
        return ""
    found = day(re.sub(r"^LAST UPDATE:\s*", "", column.iloc[0]))
    if found is None:
        raise refuse(path, "line 2", f"LAST UPDATE {column.iloc[0]!r} is no day; legal is 01/07/24 or 2024-07-01")
    return found
