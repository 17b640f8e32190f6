"""Tables that people fill in by hand: read row by row; a row with a fault is kept apart, with what is legal instead."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ..errors import AnswersError
from ..paths import shown
from ..reading import line_numbers, read_table
from ..study.study import Study
from .records import Record, received, sidecar

REFUSED = "refused"
"""Column that says what is wrong with a row and what is legal; empty for a row that counts."""
LINE = "line"


@dataclass(frozen=True)
class Column:
    """What may stand in a column.

    Attributes
    ----------
    is_legal : callable
        Takes the text of a cell, without blanks at its ends.
    legal : str
        The same in words, for messages.
    is_number : bool
        Whether cells become numbers, missing where empty.
    """

    is_legal: Callable[[str], bool]
    legal: str
    is_number: bool = False


def one_of(codes: Collection[str]) -> Column:
    """Return a column that holds one of some codes."""
    return Column(lambda cell: cell in codes, ", ".join(codes) or "none")


def several_of(codes: Collection[str]) -> Column:
    """Return a column that holds codes with semicolons between them, or nothing."""
    return Column(
        lambda cell: all(one.strip() in codes for one in cell.split(";")) if cell else True,
        f"{', '.join(codes)}, with semicolons between them, or nothing",
    )


def words(least: int = 1) -> Column:
    """Return a column that holds words; with a `least` of 0 it may be empty."""
    return Column(lambda cell: len(cell) >= least, "words" if least else "words or nothing")


def day() -> Column:
    """Return a column that holds a day such as 2026-11-24."""
    return Column(_is_day, "a day such as 2026-11-24")


def number(low: float, high: float = math.inf, *, whole: bool = False, empty: bool = False) -> Column:
    """Return a column that holds a number between two ends, which are legal too."""
    kind = "a whole number" if whole else "a number"
    ends = f"from {low:g} on" if math.isinf(high) else f"from {low:g} to {high:g}"

    def is_legal(cell: str) -> bool:
        found = _number(cell)
        return (empty and not cell) or (low <= found <= high and not (whole and not found.is_integer()))

    return Column(is_legal, f"{kind} {ends}{', or nothing' if empty else ''}", True)


@dataclass(frozen=True)
class Form:
    """What a table may hold.

    Attributes
    ----------
    columns : mapping of str to Column
        All of them must be there, in any order.
    key : sequence of str
        Columns that no two rows may have in common; none where rows may repeat.
    rule : callable, optional
        Takes a row (column -> text) whose cells are legal, and says what is wrong with it as a whole, or nothing.
    """

    columns: Mapping[str, Column]
    key: Sequence[str] = ()
    rule: Callable[[Mapping[str, str]], str] = field(default=lambda row: "")


def read_entries(path: Path, form: Form) -> pd.DataFrame:
    """Read a table that people filled in.

    Parameters
    ----------
    path : Path
        Comma-separated text.
    form : Form
        What it may hold.

    Returns
    -------
    pandas.DataFrame
        ``line``, the columns of the form, ``refused``: all rows in the order of the file. Only those whose ``refused`` is
        empty may be used (:func:`kept`).

    Raises
    ------
    AnswersError
        The file cannot be read, or its columns are not those of the form.
    """
    if path.suffix != ".csv":
        raise AnswersError(f"{shown(path)}: not a table with commas; legal is the same saved as .csv")
    table = read_table(path)
    if set(table.columns) != set(form.columns):
        raise AnswersError(f"{shown(path)}: columns {', '.join(table)}; legal are {', '.join(form.columns)}")
    seen: set[tuple[str, ...]] = set()
    rows = []
    for line, cells in zip(line_numbers(path), table.to_dict("records"), strict=True):
        row = {name: cells[name].strip() for name in form.columns}
        key = tuple(row[name] for name in form.key)
        wrong = _wrong(row, form)
        if not wrong and key and key in seen:
            wrong = f"{', '.join(form.key)} {'; '.join(key)} stands twice; legal is one row for it"
        if not wrong:
            seen.add(key)
        rows.append({LINE: line, **row, REFUSED: wrong})
    return typed(rows, form)


def read_whole(path: Path, form: Form) -> pd.DataFrame:
    """Read a table of which every row must count: its columns, without line and reason.

    Raises
    ------
    AnswersError
        As :func:`read_entries`; or a row has a fault.
    """
    frame = read_entries(path, form)
    wrong = frame[frame[REFUSED] != ""]
    if len(wrong):
        first = wrong.iloc[0]
        raise AnswersError(f"{shown(path)}, line {first[LINE]}: {first[REFUSED]}")
    return kept(frame)


def typed(rows: Sequence[Mapping[str, object]], form: Form) -> pd.DataFrame:
    """Give rows the columns and types of a form; no rows give an empty frame of the same shape."""
    frame = pd.DataFrame(rows, columns=[LINE, *form.columns, REFUSED])
    for name, column in form.columns.items():
        frame[name] = pd.to_numeric(frame[name], errors="coerce") if column.is_number else frame[name].astype("str")
        if column.is_number:
            frame[name] = frame[name].astype("float64")
    return frame.astype({LINE: "int64", REFUSED: "str"})


def kept(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were not refused, without line and reason."""
    return frame[frame[REFUSED] == ""].drop(columns=[LINE, REFUSED]).reset_index(drop=True)


def files(study: Study, country: str, wave: str, forms: Mapping[str, Form]) -> dict[str, Record]:
    """Return which of some files are there: name without ending -> record.

    Raises
    ------
    AnswersError
        Some are synthetic and others are not: numbers made of both would be neither.
    """
    there = {name: one for name in forms if (one := received(study, country, wave, name)) is not None}
    for name, one in there.items():
        first, other = next(iter(there.items()))
        if one.origin != other.origin:
            raise AnswersError(
                f"{shown(one.file)}: {name} is {one.origin} and {first} is {other.origin}; legal is one origin, so take the "
                "synthetic files away"
            )
    return there


def read_received(study: Study, country: str, wave: str, forms: Mapping[str, Form]) -> dict[str, pd.DataFrame]:
    """Read files that belong together: name -> rows (:func:`read_entries`), none for a file that is not there."""
    there = files(study, country, wave, forms)
    return {
        name: read_entries(there[name].file, form) if name in there else typed([], form) for name, form in forms.items()
    }


def write_synthetic(
    folder: Path, drawn: Mapping[str, pd.DataFrame], source: str, plan: Mapping[str, Any], seed: int
) -> None:
    """Write drawn files, each with the sidecar that says so; `plan` names generator, version and licence."""
    for name, rows in drawn.items():
        path = folder / f"{name}.csv"
        rows.to_csv(path, index=False, lineterminator="\n")
        said = {
            "origin": "synthetic",
            "source": source,
            "licence": plan["licence"],
            "file": path.name,
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "generator": plan["generator"],
            "generator_version": plan["version"],
            "seed": seed,
        }
        sidecar(folder, name).write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")


def _wrong(row: Mapping[str, str], form: Form) -> str:
    for name, column in form.columns.items():
        if not column.is_legal(row[name]):
            return f"{name} {row[name]!r}; legal is {column.legal}"
    return form.rule(row)


def _is_day(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
