"""Read exports of LimeSurvey: headings as codes, as whole questions or as both, answers as codes or as words.

A survey of others comes as it is, for a crosswalk. A form that we exported comes back under our own names and codes
(:mod:`.limesurvey_ours`), whatever the style of the export.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.questionnaire import Questionnaire
from ..study.routing import SEPARATOR
from . import delimited, excel, limesurvey_ours, limesurvey_spss, limesurvey_structure, limesurvey_vv, statistical
from .dialects import opened
from .received import Received, headings, plain, words
from .webform import WORKBOOKS

RENAMED: Mapping[str, str] = {
    "submitdate": "submitted",
    "startlanguage": "language",
    "token": "respondent",
    "interviewtime": "duration_min",
}
"""LimeSurvey's own columns that say what a column of ours says."""
ASIDE = ("ipaddr", "refurl", "firstname", "lastname", "email")
"""Columns that show a device or a person, and never enter."""
T = TypeVar("T")
_CODE = r"[A-Za-z][A-Za-z0-9_]*(?: ?\[[^\[\]]*\]){0,2}"
_CODE_AND_TEXT = re.compile(rf"({_CODE})\.(?:\s+(.*))?", re.DOTALL)
_TIMING = re.compile(r"groupTime\d+|questionTime\w*")
_UNDATED = "1980-01-01"
"""What LimeSurvey writes where an answer was sent and the survey keeps no dates."""


def read(
    path: Path,
    *,
    separator: str = "",
    encoding: str = "",
    sheet: str = "",
    decimal: str = "",
    labels: str = "",
    language: str = "",
    form: Questionnaire | None = None,
) -> Received:
    """Read an export of LimeSurvey.

    Parameters
    ----------
    path : Path
        Delimited text, a workbook, an SPSS file (``.sav``), or the syntax (``.sps``) whose data (``.dat``) lie beside it.
    separator, encoding, sheet, decimal : str
        See :func:`.delimited.read` and :func:`.excel.read`.
    labels : str
        The structure of the survey (``.txt``, ``.tsv``, ``.lss``), beside the file: wordings and labels are taken from it.
    language : str
        Language of those; the survey's base language where empty.
    form : Questionnaire or None
        The form that was asked. Where the export is of this form as we exported it, its names and codes become ours.

    Returns
    -------
    Received
        Columns are codes (``Q1``, ``Q1[SQ001]``) where the export has them, with the question as their wording;
        otherwise whole questions. ``submitdate`` is called ``submitted``, ``startlanguage`` ``language``, ``token``
        ``respondent`` and ``interviewtime`` (seconds) ``duration_min`` (minutes). The record says how the headings were
        written, what was left aside (addresses, times by page and question) and how many rows are unfinished.

    Raises
    ------
    AnswersError
        The file cannot be read, or a time is no number.

    Notes
    -----
    A row without a ``submitdate`` is unfinished and kept. Where a question bears the name that a column of LimeSurvey's
    own would get, that column keeps its own.
    """
    received, style = _named(_base(path, separator, encoding, sheet, decimal))
    own = _own_columns(list(received.table.columns))
    received = _system(received, own, path)
    received = replace(received, record={**received.record, "format": "limesurvey", "headings": style})
    if labels:
        about = {*own, *RENAMED.values()}
        received = limesurvey_structure.read(path.with_name(labels)).label(received, language, besides=about)
        if not received.wordings and not about.issuperset(received.table.columns):
            raise AnswersError(
                f"{shown(path)}: no column is a question of {labels}; name the structure of the survey that these answers are of"
            )
    if form is None:
        return received
    return limesurvey_ours.restored(received, form, [column for column in own if column in received.table], path)


def _base(path: Path, separator: str, encoding: str, sheet: str, decimal: str) -> Received:
    head = opened(path)
    if limesurvey_spss.is_syntax(head):
        base = limesurvey_spss.read(path, encoding=encoding)
    elif statistical.kind_of(head):
        base = statistical.read(path, encoding=encoding)
    elif head.startswith(WORKBOOKS):
        base = excel.read(path, sheet=sheet, decimal=decimal)
    else:
        base = limesurvey_vv.lowered(delimited.read(path, separator=separator, encoding=encoding, decimal=decimal))
    return replace(base, record={**base.record, "file kind": base.record["format"]})


def _named(received: Received) -> tuple[Received, str]:
    """Take codes as column names and questions as wordings; say how the headings were written."""
    columns = list(received.table.columns)
    own = _own_columns(columns)
    if received.wordings or 2 * sum(column == name for column, name in own.items()) > len(own):
        return received, "codes"
    both = {column: found for column in columns if (found := _CODE_AND_TEXT.fullmatch(column))}
    if not any(column in both for column in own) and len(both) * 2 <= len(columns):
        if all(re.fullmatch(_CODE, column) for column in columns):
            return received, "codes"
        return replace(received, wordings={column: " ".join(column.split()) for column in columns}), "questions"
    names, said = headings(both[column][1] if column in both else column for column in columns)
    texts = [" ".join((both[column][2] or "").split()) if column in both else "" for column in columns]
    wordings = {name: text for name, text in zip(names, texts, strict=True) if text}
    table = received.table.set_axis(names, axis=1)
    return Received(table, wordings, record={**received.record, **said}), "codes and questions"


def _own_columns(columns: list[str]) -> dict[str, str]:
    """Return the columns that LimeSurvey adds by itself -> its own name of them, the first of each."""
    known = words()["limesurvey"]["columns"]
    found: dict[str, str] = {}
    for column in columns:
        match = _CODE_AND_TEXT.fullmatch(column)
        for name, texts in known.items():
            alike = column == name or plain(column) in texts or (match is not None and match[1] == name)
            if alike and name not in found.values():
                found[column] = name
    return found


def _system(received: Received, own: Mapping[str, str], path: Path) -> Received:
    """Rename LimeSurvey's own columns, leave aside what could show a person and the times by page, and say so."""
    table = received.table
    record = dict(received.record)
    new = {column: RENAMED[name] for column, name in own.items() if name in RENAMED}
    new = {column: name for column, name in new.items() if name not in table.columns}
    cells = {}
    for column, name in own.items():
        if name == "submitdate":
            given = table[column].str.strip()
            undated = given.str.startswith(_UNDATED)
            record["unfinished rows"] = str(int((given == "").sum()))
            record |= {"finished without a date": str(int(undated.sum()))} if undated.any() else {}
            cells[column] = given.mask(undated, "")
        elif name == "interviewtime" and column in new:
            cells[column] = _minutes(table[column], column, path)
    aside = {column: int((table[column] != "").sum()) for column in _aside(received, own)}
    if aside:
        record["left aside"] = SEPARATOR.join(f"{column} ({count} filled)" for column, count in aside.items())
    if new:
        record["renamed"] = SEPARATOR.join(f"{column} -> {name}" for column, name in new.items())
    table = table.assign(**cells).drop(columns=list(aside)).rename(columns=new)

    def of(labels: Mapping[str, T]) -> dict[str, T]:
        return {new.get(column, column): label for column, label in labels.items() if column not in aside}

    return Received(table, of(received.wordings), of(received.meanings), of(received.user_missing), record)


def _aside(received: Received, own: Mapping[str, str]) -> list[str]:
    """Return the columns of addresses, and of the times spent on a page or a question."""
    columns = list(received.table.columns)
    bases = {re.split(r"[\[_]", column, maxsplit=1)[0] for column in columns}
    starts = tuple(f"{text} " for text in words()["limesurvey"]["times"])
    # Times stand behind the answers; those of texts that are only shown have no column of answers.
    times = [place for place, name in enumerate(columns) if own.get(name) == "interviewtime" or _TIMING.fullmatch(name)]
    after = min(times, default=len(columns))
    return [
        column
        for place, column in enumerate(columns)
        if own.get(column, "") in ASIDE
        or (column not in own and _TIMING.fullmatch(column))
        or (times and column.endswith("Time") and (place > after or column.removesuffix("Time") in bases))
        or (times and plain(received.wordings.get(column, "")).startswith(starts))
    ]


def _minutes(cells: pd.Series, column: str, path: Path) -> pd.Series:
    """Turn seconds into minutes, with two decimals."""
    given = cells.str.strip().str.replace(",", ".", regex=False)
    strange = given[(given != "") & ~given.str.fullmatch(r"\d+(?:\.\d+)?")]
    if len(strange):
        raise AnswersError(
            f"{shown(path)}, column {column!r}: {strange.iloc[0]!r} ({len(strange)} rows) is no number of seconds"
        )
    return given.map({text: f"{float(text) / 60:.2f}" if text else "" for text in given.unique()}).astype("str")
