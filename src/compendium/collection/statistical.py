"""Read files of SPSS, Stata and SAS with every label they carry, and with the codes that they declare missing."""

import datetime as dt
import math
import pickle
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from . import statistical_child
from .dialects import opened
from .received import Received, headings, record_of

FORMATS: Mapping[str, tuple[str, str]] = {
    ".sav": ("spss", "read_sav"),
    ".por": ("spss", "read_por"),
    ".dta": ("stata", "read_dta"),
    ".sas7bdat": ("sas", "read_sas7bdat"),
    ".xpt": ("sas", "read_xport"),
}
"""Kind of a file -> format, and the function of pyreadstat that reads it."""
_FALLBACK = "WINDOWS-1252"
_ABOUT_ENCODING = ("unicode", "character set", "convert", "utf-8")
_PATIENCE = 600
"""Seconds after which the reader of a file is given up."""
_NO_USER_MISSING = (".por", ".xpt")
"""Formats whose reader knows no argument ``user_missing``."""


def kind_of(head: bytes) -> str:
    """Return the ending that belongs to a file of a statistics program, from its first bytes; empty where it is none."""
    if head.startswith((b"$FL2", b"$FL3")):
        return ".sav"
    if head.startswith(b"<stata_dta>") or (
        len(head) > 3 and 0x66 <= head[0] <= 0x77 and head[1] in (1, 2) and head[2] == 1 and head[3] in (0, 1)
    ):
        return ".dta"
    if head.startswith(b"\0" * 12 + b"\xc2\xea\x81\x60"):
        return ".sas7bdat"
    if head.startswith(b"HEADER RECORD*******LIB"):
        return ".xpt"
    return ".por" if b"SPSS PORT" in head[:512] else ""


def read(path: Path, *, encoding: str = "", labels: str = "") -> Received:
    """Read a file of a statistics program with every cell as text.

    Parameters
    ----------
    path : Path
        A ``.sav``, ``.zsav``, ``.por``, ``.dta``, ``.sas7bdat`` or ``.xpt`` file, known by its first bytes.
    encoding : str
        Encoding of its texts, where the file does not say or says wrongly.
    labels : str
        A SAS catalogue (``.sas7bcat``) with the value labels, beside the file; one of the same name is taken by itself.

    Returns
    -------
    Received
        Codes as text, a whole number without decimals; dates as ISO text; missing of the system as an empty cell.
        Codes declared missing stay in the table (those of Stata and SAS as ``.a`` to ``.z``) and are listed.

    Raises
    ------
    AnswersError
        Not such a file, broken, cut off, or in an encoding that does not fit.
    """
    head = opened(path)
    kind = kind_of(head)
    if not kind:
        raise AnswersError(f"{shown(path)}: no file of SPSS, Stata or SAS; it begins with {head[:8]!r}")
    name, reader = FORMATS[kind]
    options = [] if kind in _NO_USER_MISSING else ["user_missing=yes"]
    catalogue = _catalogue(path, labels) if kind == ".sas7bdat" else None
    if catalogue is not None:
        options.append(f"catalog_file={catalogue}")
    cells, meta, used = _read(path, reader, options, encoding)
    names, said = headings(cells)
    said["labels_from"] = catalogue.name if catalogue else ""
    own = dict(zip(cells, names, strict=True))
    tagged = {column for column, kind in meta["readstat_variable_types"].items() if kind != "string" and name != "spss"}
    table = pd.DataFrame(
        {own[column]: _texts(values, tagged=column in tagged) for column, values in cells.items()}, dtype="str"
    )
    if meta["number_rows"] not in (None, -1, len(table)):
        raise AnswersError(f"{shown(path)}: {len(table)} rows where the file says {meta['number_rows']}; it is cut off")
    meanings = {
        own[column]: {_text(code, tagged=column in tagged): str(label) for code, label in labelled.items()}
        for column, labelled in meta["variable_value_labels"].items()
        if column in own
    }
    record = record_of(
        path,
        name,
        table,
        kind=kind.removeprefix("."),
        encoding=meta["file_encoding"] or used,
        encoding_found="declared"
        if encoding
        else ("guessed: the file's own did not fit" if used else "said by the file"),
        file_label=meta["file_label"] or "",
        several_answers=", ".join(meta["mr_sets"] or {}),
        not_told="codes declared missing, which come empty in this format" if kind in _NO_USER_MISSING else "",
        decimal=".",
        **said,
    )
    wordings = {
        own[column]: label for column, label in meta["column_names_to_labels"].items() if label and column in own
    }
    return Received(table, wordings, meanings, _missing(meta, own, table, meanings, tagged), record)


def _catalogue(path: Path, declared: str) -> Path | None:
    beside = path.with_name(declared) if declared else path.with_suffix(".sas7bcat")
    if declared and not beside.is_file():
        raise AnswersError(f"{shown(beside)}: the file is missing; the sidecar names it as the labels of {path.name}")
    return beside if beside.is_file() else None


def _read(
    path: Path, reader: str, options: list[str], encoding: str
) -> tuple[Mapping[str, Sequence[Any]], Mapping[str, Any], str]:
    """Read with the declared encoding, else the file's own, else the page that old programs wrote; say which."""
    reason = ""
    for one in [encoding] if encoding else ["", _FALLBACK]:
        cells, meta, reason = _in_a_child(path, reader, [*options, *([f"encoding={one}"] if one else [])])
        if not reason:
            return cells, meta, one
        if not any(word in reason.lower() for word in _ABOUT_ENCODING):
            break
    raise AnswersError(
        f"{shown(path)}: not readable as a file of SPSS, Stata or SAS: {reason}; it may be cut off, or its encoding has to be declared"
    )


def _in_a_child(
    path: Path, reader: str, options: list[str]
) -> tuple[Mapping[str, Sequence[Any]], Mapping[str, Any], str]:
    """Read in a process of its own; return the columns, what the file says of them, and why it could not be read."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "read"
        command = [sys.executable, "-I", statistical_child.__file__, reader, str(path), str(into), *options]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return {}, {}, f"its reader did not finish within {_PATIENCE} seconds"
        if done.returncode == statistical_child.REPORTED:
            return {}, {}, " ".join(done.stderr.decode(errors="replace").split())[:160]
        if done.returncode:
            return {}, {}, "its reader crashed on what it holds"
        with into.open("rb") as file:
            cells, meta = pickle.load(file)
    return cells, meta, ""


def _texts(values: Sequence[Any], *, tagged: bool) -> Any:
    known: dict[Any, str] = {}
    texts = []
    for value in values:
        if value not in known:
            known[value] = _text(value, tagged=tagged)
        texts.append(known[value])
    return pd.array(texts, dtype="str")


def _text(value: Any, *, tagged: bool = False) -> str:
    """Write a value as text: ``1.0`` is the code ``1``; a letter among the numbers of Stata or SAS is missing ``.a``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return f".{value}" if tagged and isinstance(value, str) and value else str(value)


def _missing(
    meta: Mapping[str, Any],
    own: Mapping[str, str],
    table: pd.DataFrame,
    meanings: Mapping[str, Mapping[str, str]],
    tagged: set[str],
) -> dict[str, frozenset[str]]:
    """Return the codes declared missing: those listed, and of a range those that occur or have a label."""
    found: dict[str, set[str]] = {}
    for column, codes in (meta["missing_user_values"] or {}).items():
        found.setdefault(own[column], set()).update(_text(code, tagged=column in tagged) for code in codes)
    for column, ranges in (meta["missing_ranges"] or {}).items():
        name = own[column]
        known = {*table[name].unique(), *meanings.get(name, {})} - {""}
        for span in ranges:
            low, high = span["lo"], span["hi"]
            if isinstance(low, str):
                found.setdefault(name, set()).update({low.rstrip(), high.rstrip()} & known or {low.rstrip()})
            else:
                ends = {_text(low)} if low == high else set()
                inside = {code for code in known if (number := _number(code)) is not None and low <= number <= high}
                found.setdefault(name, set()).update(ends | inside)
    return {name: frozenset(codes) for name, codes in found.items() if codes}


def _number(code: str) -> float | None:
    return float(code) if re.fullmatch(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", code) else None
