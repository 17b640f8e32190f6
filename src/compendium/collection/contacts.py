"""Contact details never enter: a column of them stops the reading unless a crosswalk leaves it aside."""

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from .received import Received, plain, words

_CELLS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "phone": re.compile(r"(?:\+|00)\d[\d ()./-]{7,17}\d|0[1-9](?:[ ./-]{0,3}\d){8,10}"),
    "address": re.compile(r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}"),
}
_NAMES = {"email": "e-mail addresses", "phone": "telephone numbers", "name": "names of persons", "address": "addresses"}
_MOST = 0.5
"""Share of the filled cells that make a column one of contact details."""
_SAMPLE = 2000


def refuse(received: Received, aside: Collection[str], own: Collection[str], file: Path) -> None:
    """Stop at a column of contact details.

    Parameters
    ----------
    received : Received
        What came.
    aside : collection of str
        Columns that a crosswalk leaves aside on purpose.
    own : collection of str
        Columns that are known not to hold contact details by their name (our questions); their cells are looked at.
    file : Path
        For the message.

    Raises
    ------
    AnswersError
        A column is called like contact details, or most of its cells are such.

    Notes
    -----
    Compared are words in the languages of the forms (``definitions/doors.yml``). A column without any answer stops
    nothing: there is nothing to protect in it.
    """
    for column in received.table.columns:
        kind = "" if column in aside else kind_of(column, received, () if column in own else (column,))
        if kind:
            count = int((received.table[column] != "").sum())
            raise AnswersError(
                f"{shown(file)}: the column {column!r} holds {kind} ({count} rows), and contact details never enter; "
                "take the column out, or leave it aside in the crosswalk (a row with an empty question)"
            )


def kind_of(column: str, received: Received, names: Collection[str]) -> str:
    """Return what kind of contact details a column holds, in words; empty where it holds none.

    Parameters
    ----------
    column : str
        The column.
    received : Received
        What came.
    names : collection of str
        What the column is called; empty where its name is known to mean something else. Then only its cells count.
    """
    cells = received.table[column]
    filled = cells[cells != ""]
    if filled.empty:
        return ""
    kind = _called([*names, received.wordings.get(column, "")] if names else [], filled) or _holding(filled)
    return _NAMES.get(kind, kind)


def _called(texts: list[str], filled: pd.Series) -> str:
    """Return the kind of contact that a heading or wording names; a longer one only where the cells differ."""
    for text in map(plain, texts):
        for kind, named in words()["contacts"].items():
            if text in named["heading"]:
                return str(kind)
            if any(f" {phrase} " in f" {text} " for phrase in named["phrase"]) and (
                filled.nunique() > max(1, _MOST * len(filled))
            ):
                return str(kind)
    return ""


def _holding(filled: pd.Series) -> str:
    sample = filled.iloc[:_SAMPLE].str.strip()
    for kind, pattern in _CELLS.items():
        if sample.str.fullmatch(pattern.pattern).mean() > _MOST:
            return kind
    return ""
