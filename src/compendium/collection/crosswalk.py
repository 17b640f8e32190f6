"""From their columns and labels to our questions and codes: a table a sociologist can write, and no Python.

A crosswalk is a table (delimited text in any dialect, or a workbook) with the columns ``their_column their_label question code``; further columns ``wording
meaning note`` are for the reader, and only a note that begins with ``to decide`` (a draft's) is looked at: it stops:

- an empty ``their_label`` renames a column whose cells already hold our codes, numbers or text;
- a row with a label (or the code that stands for it in a file with value labels) gives its code; an empty ``code`` says
  that the label is no answer;
- ``(blank)`` stands for an empty cell, where that means something, ``(missing)`` for every code that the file itself
  declares missing, and ``*`` for any label that is not listed (the form's own "other");
- a column of one option of a question with several answers feeds ``question__code``;
- a column with an empty ``question`` is left aside on purpose.

Both what is unknown and what is unused is reported: an unknown label stops, an unused row is passed on as a warning.
Byte-order marks and repeated blanks make no difference between two labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.routing import SEPARATOR
from . import doors
from .received import BOM, Received

COLUMNS = ("their_column", "their_label", "question", "code")
FOR_READERS = ("wording", "meaning", "note")
BLANK = "(blank)"
MISSING = "(missing)"
ANY = "*"
UNDECIDED = "to decide"
"""How a note begins that a person has not dealt with yet."""
_SPECIAL = (BLANK, MISSING, ANY)


@dataclass(frozen=True)
class Translation:
    """How one of their columns becomes one of our questions.

    Attributes
    ----------
    column, question : str
        Their column; our question (or one of the columns that every row of answers has).
    renamed : bool
        Cells already hold our codes; what is listed besides is replaced.
    labels : Mapping of str to str
        Their label -> our code; an empty code is no answer.
    """

    column: str
    question: str
    renamed: bool
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Crosswalk:
    """A whole crosswalk: its file, its translations and the columns left aside on purpose."""

    path: Path
    translations: tuple[Translation, ...]
    left_aside: frozenset[str]


@dataclass
class Usage:
    """What a crosswalk met in a table: rows never used, columns nobody named, and answers caught by ``*``."""

    unused: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    caught: dict[str, int] = field(default_factory=dict)


def read_crosswalk(path: Path) -> Crosswalk:
    """Read a crosswalk.

    Raises
    ------
    AnswersError
        A column is missing, a label stands twice for one question, two columns feed one question, a row names no column,
        or a row without a question has a code or stands beside others that give the column one.
    """
    table = doors.read(path).table
    # Spreadsheet programs save columns and rows that hold nothing along.
    table = table[
        [
            name
            for name in table.columns
            if name in COLUMNS or (table[name] != "").any() or not name.startswith("(column ")
        ]
    ]
    own = [column for column in table.columns if column not in FOR_READERS]
    if own != list(COLUMNS):
        raise AnswersError(
            f"{shown(path)}, line 1: the columns are {', '.join(table.columns)}; legal are {', '.join(COLUMNS)}, "
            f"and for the reader {', '.join(FOR_READERS)}"
        )
    table = table.apply(lambda column: column.map(same) if column.name in COLUMNS else column)
    if "note" in table and (open_ := table["note"].str.lower().str.startswith(UNDECIDED)).any():
        first = table[open_].iloc[0]
        raise AnswersError(
            f"{shown(path)}, line {int(open_.to_numpy().argmax()) + 2}: {int(open_.sum())} rows are still to be decided, first "
            f"{first['their_column']!r}; write their question and code, or leave them empty, and delete the note"
        )
    table = table[(table[list(COLUMNS)] != "").any(axis=1)]
    _complete(table, path)
    aside = frozenset(table.loc[table["question"] == "", "their_column"])
    translations = []
    for (column, question), rows in table[table["question"] != ""].groupby(["their_column", "question"], sort=False):
        twice = rows["their_label"][rows["their_label"].duplicated()]
        if len(twice):
            raise AnswersError(
                f"{shown(path)}: the label {twice.iloc[0]!r} of {column!r} stands twice for {question}; once is legal"
            )
        labels = dict(zip(rows["their_label"], rows["code"], strict=True))
        renamed = "" in labels
        labels.pop("", None)
        translations.append(Translation(str(column), str(question), renamed, labels))
    fed = pd.Series([translation.question for translation in translations], dtype="str")
    if fed.duplicated().any():
        raise AnswersError(
            f"{shown(path)}: two columns feed the question {fed[fed.duplicated()].iloc[0]!r}; one is legal"
        )
    return Crosswalk(path, tuple(translations), aside)


def _complete(table: pd.DataFrame, path: Path) -> None:
    """Stop at a row that leaves open what becomes of its column: nothing is left aside by oversight."""
    open_ = table["question"] == ""
    fed = table["their_column"].isin(table.loc[~open_, "their_column"])
    for rows, what in (
        (table["their_column"] == "", "no column; write whose label or question this is"),
        (open_ & (table["code"] != ""), "a code and no question; write the question, or delete the code"),
        (open_ & fed, "no question where other rows give its column one; write it (an empty code is no answer)"),
    ):
        if rows.any():
            first = table[rows].iloc[0]
            label = f", label {first['their_label']!r}" if first["their_label"] else ""
            raise AnswersError(
                f"{shown(path)}, line {rows[rows].index[0] + 2}: the row of {first['their_column']!r}{label} has {what}"
            )


def same(text: str) -> str:
    """Return a text without what nobody sees: byte-order marks, outer and repeated blanks of any kind."""
    return " ".join(text.replace(BOM, "").split())


def apply(crosswalk: Crosswalk, received: Received, file: Path, several: frozenset[str]) -> tuple[pd.DataFrame, Usage]:
    """Translate a table of theirs into ours.

    Parameters
    ----------
    crosswalk : Crosswalk
        The translations.
    received : Received
        What came.
    file : Path
        Where it was read, for messages.
    several : frozenset of str
        Our questions that take several answers in one cell, separated by ``;``, or by commas where no cell of the column
        has a ``;`` (labels that hold commas themselves are kept whole).

    Returns
    -------
    frame : pandas.DataFrame
        One column a question of the crosswalk, all text.
    usage : Usage
        What was unused or caught.

    Raises
    ------
    AnswersError
        A column of the crosswalk is not in the table, a label is neither listed nor caught by ``*``, or a code that the
        file declares missing is not listed.
    """
    usage = Usage()
    theirs = {same(column): column for column in received.table.columns}
    named = {translation.column for translation in crosswalk.translations} | crosswalk.left_aside
    absent = sorted(named - set(theirs))
    if absent:
        raise AnswersError(
            f"{shown(file)}: the column {absent[0]!r} of {shown(crosswalk.path)} is not there; there are {', '.join(map(repr, list(theirs)[:8]))}"
        )
    usage.unnamed = [column for key, column in theirs.items() if key not in named]
    columns = {}
    for translation in crosswalk.translations:
        column = theirs[translation.column]
        columns[translation.question] = _translate(
            translation, received, column, translation.question in several, file, crosswalk.path, usage
        )
    return pd.DataFrame(columns, index=received.table.index, dtype="str"), usage


def _translate(
    translation: Translation,
    received: Received,
    column: str,
    several: bool,
    file: Path,
    crosswalk: Path,
    usage: Usage,
) -> pd.Series:
    """Translate one column, each different cell once."""
    cells = received.table[column].map(same)
    meanings = {code: same(label) for code, label in received.meanings.get(column, {}).items()}
    declared = received.user_missing.get(column, frozenset())
    split = several and bool(cells.str.contains(SEPARATOR, regex=False).any())
    met: set[str] = set()
    unknown: dict[str, int] = {}
    undeclared: dict[str, int] = {}

    def one(label: str, count: int) -> str:
        keys = (label or BLANK, meanings.get(label, ""), *((MISSING,) if label in declared else ()))
        key = next((key for key in keys if key in translation.labels), None)
        if key is not None:
            met.add(key)
            return translation.labels[key]
        if label and label in declared:
            undeclared[label] = undeclared.get(label, 0) + count
            return ""
        if not label or translation.renamed:
            return label
        if ANY in translation.labels:
            met.add(ANY)
            usage.caught[translation.column] = usage.caught.get(translation.column, 0) + count
            return translation.labels[ANY]
        unknown[label] = unknown.get(label, 0) + count
        return ""

    def cell(text: str, count: int) -> str:
        if not several or not text:
            return one(text, count)
        parts = [part.strip() for part in text.split(SEPARATOR)] if split else _parts(text, translation.labels)
        return SEPARATOR.join(dict.fromkeys(code for part in parts if part and (code := one(part, count))))

    counts = cells.value_counts(sort=False)
    result = cells.map({text: cell(text, int(count)) for text, count in counts.items()})
    for found, what in (
        (unknown, "the label {!r} ({} rows) is unknown"),
        (undeclared, "{!r} ({} rows), which the file declares missing, is not listed"),
    ):
        if found:
            label, count = next(iter(found.items()))
            more = f", as are {len(found) - 1} others" if len(found) > 1 else ""
            legal = ", ".join(repr(known) for known in translation.labels if known not in _SPECIAL)
            raise AnswersError(
                f"{shown(file)}, column {column!r}: {what.format(label, count)}{more}; "
                f"legal are {legal or 'none'}, as listed in {shown(crosswalk)}"
            )
    usage.unused += [f"{translation.column}: {label}" for label in translation.labels if label not in met]
    return result.astype("str")


def _parts(text: str, labels: Mapping[str, str]) -> list[str]:
    """Part a cell at its commas into labels, each as long as one is listed; what fits none stays one part.

    A form that separates several answers by commas does not say which commas belong to a label, so only the list does.
    """
    pieces = text.split(",")
    parts: list[str] = []
    start = 0
    while start < len(pieces):
        ends = range(len(pieces), start, -1)
        end = next((end for end in ends if ",".join(pieces[start:end]).strip() in labels), None)
        if end is None:
            rest = ",".join(pieces[start:]).strip()
            return [*parts, rest] if parts else [text]
        parts.append(",".join(pieces[start:end]).strip())
        start = end
    return parts
