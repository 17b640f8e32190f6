"""Open what KoboToolbox and ODK give: text, workbooks, packed folders and our own downloads, with their repeats."""

import json
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..reading import write_atomically
from . import delimited, excel
from .dialects import opened
from .doors import DOWNLOAD
from .received import Received, record_of

_PARENTS = ("_parent_index", "_parent_table_name", "PARENT_KEY")
_LARGEST = 4 * 1024**3
"""Bytes to which a packed folder may unpack."""
ELEMENT = "@odata."


@dataclass(frozen=True)
class Came:
    """The table of answers and the tables of repeated groups that came with it.

    Attributes
    ----------
    received : Received
        One row an answer.
    repeats : Mapping of str to pandas.DataFrame
        Repeated group -> its rows.
    sparse : bool
        The source leaves out questions that nobody answered.
    """

    received: Received
    repeats: dict[str, pd.DataFrame] = field(default_factory=dict)
    sparse: bool = False


def open_export(path: Path, *, separator: str = "", encoding: str = "", sheet: str = "", decimal: str = "") -> Came:
    """Open an export: delimited text, a workbook, a packed folder, or a file that :mod:`.kobo_api` fetched.

    Raises
    ------
    AnswersError
        It is none of these, or two tables could be the one of the answers.
    """
    head = opened(path)
    if head.startswith(DOWNLOAD[:1]):
        return _download(path)
    if head.startswith(b"PK") and not _is_workbook(path):
        return _packed(path, separator=separator, encoding=encoding, decimal=decimal)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(path, sheet=sheet, decimal=decimal)
    return Came(delimited.read(path, separator=separator, encoding=encoding, decimal=decimal))


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.startswith("xl/") or name == "content.xml" for name in package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AnswersError(f"{shown(path)}: not readable as a packed folder: {_short(error)}") from None


def _workbook(path: Path, *, sheet: str, decimal: str) -> Came:
    every = {name: excel.names(path, name) for name in excel.sheets(path)}
    repeats = [name for name, columns in every.items() if name != sheet and set(_PARENTS) & set(columns)]
    main = [name for name in every if name not in repeats]
    chosen = sheet or (main[0] if len(main) == 1 else "")
    received = excel.read(path, sheet=chosen, decimal=decimal)
    return Came(received, {name: excel.read(path, sheet=name).table for name in repeats})


def _packed(path: Path, *, separator: str, encoding: str, decimal: str) -> Came:
    tables: dict[str, Received] = {}
    try:
        with zipfile.ZipFile(path) as package, tempfile.TemporaryDirectory() as folder:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise AnswersError(
                    f"{shown(path)}: would unpack to more than {_LARGEST >> 30} GB; give the table inside"
                )
            for entry in entries:
                if entry.filename.lower().endswith(".csv") and not entry.filename.startswith("__MACOSX"):
                    inside = Path(folder) / f"{len(tables)}.csv"
                    with package.open(entry) as source, inside.open("wb") as target:
                        while block := source.read(1 << 20):
                            target.write(block)
                    tables[entry.filename] = _inside(path, entry.filename, inside, separator, encoding, decimal)
    except AnswersError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise AnswersError(f"{shown(path)}: not readable as a packed folder: {_short(error)}") from None
    repeats = {name: one.table for name, one in tables.items() if set(_PARENTS) & set(one.table.columns)}
    main = [name for name in tables if name not in repeats]
    if len(main) != 1:
        found = ", ".join(map(repr, main[:5])) or "none"
        raise AnswersError(f"{shown(path)}: one table of answers is expected in the packed folder; there are {found}")
    received = tables[main[0]]
    others = len(entries) - len(tables)
    record = {**received.record, **record_of(path, "kobo", received.table), "table": main[0]}
    record |= {"files besides": f"{others}, not read"} if others else {}
    return Came(Received(received.table, record=record), {Path(name).stem: rows for name, rows in repeats.items()})


def _inside(path: Path, name: str, inside: Path, separator: str, encoding: str, decimal: str) -> Received:
    try:
        return delimited.read(inside, separator=separator, encoding=encoding, decimal=decimal)
    except AnswersError as error:
        raise AnswersError(str(error).replace(shown(inside), f"{shown(path)}, {name}")) from None


def _download(path: Path) -> Came:
    """Read what was fetched: a first line that says what must follow, then one answer a line."""
    rows: list[dict[str, str]] = []
    repeats: dict[str, list[dict[str, str]]] = {}
    record: dict[str, Any] = {}
    with path.open(encoding="utf-8", newline="\n") as file:
        try:
            for line, text in enumerate(file, start=1):
                content = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
                if line == 1:
                    record = content["download"]
                else:
                    rows.append(_flat(content, repeats))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise AnswersError(
                f"{shown(path)}, line {line if rows or record else 1}: not an answer as it was fetched; fetch it again"
            ) from None
    expected = str(record.get("rows", "")) if isinstance(record, dict) else ""
    if expected != str(len(rows)):
        raise AnswersError(
            f"{shown(path)}: {len(rows)} answers, where its first line says {expected or 'nothing'}; fetch it again"
        )
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: pd.array([row.get(name, "") for row in rows], dtype="str") for name in names}
    table = pd.DataFrame(cells, index=range(len(rows)))
    said = {str(key): value for key, value in record.items() if isinstance(value, str)}
    tables = {name: pd.DataFrame(found, dtype="str") for name, found in repeats.items()}
    return Came(Received(table, record={**said, **record_of(path, "kobo", table)}), tables, sparse=True)


def _flat(content: dict[str, Any], repeats: dict[str, list[dict[str, str]]], prefix: str = "") -> dict[str, str]:
    """Return one answer as column -> text; rows of repeated groups go to ``repeats``."""
    row: dict[str, str] = {}
    for key, value in content.items():
        name = f"{prefix}{key}"
        if ELEMENT in key or value == []:
            continue
        if isinstance(value, dict) and "coordinates" in value:
            row[f"_geolocation/{name}"] = "given"
        elif isinstance(value, dict):
            row |= _flat(value, repeats, f"{name}/")
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            if name.startswith("_"):
                row[name] = str(len(value))
            else:
                repeats.setdefault(name, []).extend(_flat(one, repeats) for one in value)
        elif isinstance(value, list):
            row[name] = " ".join(_text(one) for one in value if one is not None)
        else:
            row[name] = _text(value)
    return row


def _text(value: object) -> str:
    return "" if value is None else str(value) if isinstance(value, str) else json.dumps(value)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def write_download(path: Path, record: dict[str, str], rows: list[Any]) -> None:
    """Write what was fetched so that :func:`open_export` reads it: what must follow first, then one answer a line."""
    lines = [json.dumps({"download": record}, ensure_ascii=False)]
    lines += [json.dumps(row, ensure_ascii=False) for row in rows]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8"))
