"""From their columns and labels to our questions and codes: a table a sociologist can write, and no Python.

A crosswalk is a CSV file with the columns ``their_column their_label question code``:

- an empty ``their_label`` renames a column whose cells already hold our codes, numbers or text;
- a row with a label gives its code; an empty ``code`` says that the label is no answer;
- ``(blank)`` stands for an empty cell, where that means something, and ``*`` for any label that is not listed (the
  form's own "other");
- a column with an empty ``question`` is left aside on purpose.

Both what is unknown and what is unused is reported: an unknown label stops, an unused row is passed on as a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..reading import read_table
from ..study.routing import SEPARATOR

COLUMNS = ("their_column", "their_label", "question", "code")
BLANK = "(blank)"
ANY = "*"


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
        A column is missing, a label stands twice for one question, or two columns feed one question.
    """
    table = read_table(path)
    if list(table.columns) != list(COLUMNS):
        raise AnswersError(
            f"{shown(path)}, line 1: the columns are {', '.join(table.columns)}; legal are {', '.join(COLUMNS)}"
        )
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


def apply(crosswalk: Crosswalk, table: pd.DataFrame, file: Path, several: frozenset[str]) -> tuple[pd.DataFrame, Usage]:
    """Translate a table of theirs into ours.

    Parameters
    ----------
    crosswalk : Crosswalk
        The translations.
    table : pandas.DataFrame
        Their table, all text.
    file : Path
        Where the table was read, for messages.
    several : frozenset of str
        Our questions that take several answers, separated by ``;`` in one cell.

    Returns
    -------
    frame : pandas.DataFrame
        One column a question of the crosswalk, all text.
    usage : Usage
        What was unused or caught.

    Raises
    ------
    AnswersError
        A column of the crosswalk is not in the table, or a label is neither listed nor caught by ``*``.
    """
    usage = Usage()
    named = {translation.column for translation in crosswalk.translations} | crosswalk.left_aside
    absent = sorted(named - set(table.columns))
    if absent:
        raise AnswersError(
            f"{shown(file)}: the column {absent[0]!r} of {shown(crosswalk.path)} is not there; there are {', '.join(map(repr, table.columns[:8]))}"
        )
    usage.unnamed = [column for column in table.columns if column not in named]
    columns = {}
    for translation in crosswalk.translations:
        cells = table[translation.column].str.strip()
        split = SEPARATOR if translation.question in several else None
        columns[translation.question] = _translate(translation, cells, split, file, crosswalk.path, usage)
    return pd.DataFrame(columns, index=table.index, dtype="str"), usage


def _translate(
    translation: Translation, cells: pd.Series, split: str | None, file: Path, crosswalk: Path, usage: Usage
) -> pd.Series:
    met: set[str] = set()
    unknown: dict[str, int] = {}

    def one(label: str) -> str:
        label = label.strip()
        key = label or BLANK
        if key in translation.labels:
            met.add(key)
            return translation.labels[key]
        if not label or translation.renamed:
            return label
        if ANY in translation.labels:
            met.add(ANY)
            usage.caught[translation.column] = usage.caught.get(translation.column, 0) + 1
            return translation.labels[ANY]
        unknown[label] = unknown.get(label, 0) + 1
        return ""

    def cell(text: str) -> str:
        if split is None or not text:
            return one(text)
        codes = dict.fromkeys(code for part in text.split(split) if part.strip() and (code := one(part)))
        return split.join(codes)

    result = cells.map(cell)
    if unknown:
        label, count = next(iter(unknown.items()))
        legal = ", ".join(repr(known) for known in translation.labels if known not in (ANY, BLANK))
        raise AnswersError(
            f"{shown(file)}, column {translation.column!r}: the label {label!r} ({count} rows) is unknown; "
            f"legal are {legal or 'none'}, as listed in {shown(crosswalk)}"
        )
    usage.unused += [f"{translation.column}: {label}" for label in translation.labels if label not in met]
    return result
