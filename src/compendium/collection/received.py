"""What came, as it came: the one shape in which every door hands over a file of answers.

A reader keeps every row, every column and every label of its source and says in a record what it read; it interprets
nothing. :func:`fold` is the one place where the columns of a question that takes several answers become one column.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import AnswersError
from ..paths import DEFINITIONS, shown
from ..reading import read_yaml
from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from ..study.routing import SEPARATOR, SHARE

BOM = "\ufeff"
WIDE = ("{question}__{code}", "{question}[{code}]", "{question}/{code}", "{question}.{code}", "{question}_{code}")
"""How platforms name the column of one option."""
SEVERAL = ("multiple", "shares")
"""Types of questions that platforms spread over one column an option."""


@dataclass(frozen=True)
class Received:
    """What came, as it came: every cell as text, with every label its source carries.

    Attributes
    ----------
    table : pandas.DataFrame
        All text (dtype ``str``); an empty cell is an empty string, none is missing. Column names are those of the
        source, without byte-order marks and outer blanks, each once (see :func:`headings`).
    wordings : Mapping of str to str
        Column -> the source's own wording of the question, where it has one besides the name.
    meanings : Mapping of str to Mapping of str to str
        Column -> code -> label, where the source has value labels.
    user_missing : Mapping of str to frozenset of str
        Column -> codes that the source declares missing; they stay in the table.
    record : Mapping of str to str
        Provenance (see :func:`record_of`).
    """

    table: pd.DataFrame
    wordings: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    user_missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    record: Mapping[str, str] = field(default_factory=dict)


def headings(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Make column names that each stand once, and say what that took.

    Parameters
    ----------
    names : iterable of str
        The first row of a source.

    Returns
    -------
    names : list of str
        Without byte-order marks and outer blanks; the second of a name is called ``name (2)``, and a column without
        a name ``(column 5)`` by its place, counted from 1.
    said : dict of str to str
        ``repeated headings`` and ``columns without heading`` for the record, where there are any.
    """
    cleaned = [str(name).replace(BOM, "").strip() for name in names]
    taken: set[str] = set(cleaned)
    used: set[str] = set()
    result, repeated, unnamed = [], [], []
    for place, name in enumerate(cleaned, start=1):
        own = name or f"(column {place})"
        number = 2
        while own in used or (own != name and own in taken):
            own = f"{name or f'(column {place})'} ({number})"
            number += 1
        if not name:
            unnamed.append(str(place))
        elif own != name:
            repeated.append(own)
        used.add(own)
        result.append(own)
    said = {"repeated headings": SEPARATOR.join(repeated), "columns without heading": SEPARATOR.join(unnamed)}
    return result, {key: value for key, value in said.items() if value}


def record_of(path: Path, format: str, table: pd.DataFrame, **said: object) -> dict[str, str]:
    """Write the provenance record of a file that was read.

    Parameters
    ----------
    path : Path
        The file.
    format : str
        The format in which it was read, such as ``csv`` or ``spss``.
    table : pandas.DataFrame
        What was read.
    **said : object
        What else is to be said: ``encoding``, ``separator``, ``sheet``, ``program`` ...; empty values are left out.

    Returns
    -------
    dict of str to str
        ``file format rows columns bytes sha256`` and what was said, all as text.
    """
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    record = {"file": path.name, "format": format, "rows": len(table), "columns": table.shape[1]}
    every = {**record, "bytes": size, "sha256": digest.hexdigest(), **said}
    return {key.replace("_", " "): str(value) for key, value in every.items() if value not in ("", None)}


def plain(text: str) -> str:
    """Return a text for comparing: lower case, without accents, punctuation, byte-order marks and repeated blanks."""
    text = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "l").replace("ß", "ss"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).casefold()
    return " ".join(re.sub(r"[^\w.<>+%]|_", " ", text).replace(BOM, "").split()).strip(". ")


@cache
def words() -> dict[str, Any]:
    """Return the words that files of answers use (``definitions/doors.yml``)."""
    return read_yaml(DEFINITIONS / "doors.yml", "doors")


def fold(table: pd.DataFrame, form: Questionnaire, file: Path) -> pd.DataFrame:
    """Fold the columns of questions that take several answers, or shares, into one column a question.

    Parameters
    ----------
    table : pandas.DataFrame
        All text, as received or as a crosswalk gave it.
    form : Questionnaire
        The form that was asked.
    file : Path
        Where the table was read, for messages.

    Returns
    -------
    pandas.DataFrame
        ``code;code`` for several answers and ``code=number;code=number`` for shares, in the order of the form, where
        the first of the columns stood; every other column as it was. A row in which nothing is ticked is empty.

    Raises
    ------
    AnswersError
        An option has no column, a column could belong to two questions, a cell is neither ticked nor not, or a column
        of the whole question contradicts those of its options.

    Notes
    -----
    A column counts as an option's when its name is the question's and the code's joined as a platform does it
    (``question__code``, ``question[code]``, ``question/code``, ``question.code``, ``question_code``). A column that
    bears the name of a question is that question, never an option. A cell is ticked when it holds the code, one of its
    labels, or a word for yes (``definitions/doors.yml``).
    """
    wide = _wide_columns(table, form, file)
    if not wide:
        return table
    folded: dict[str, pd.Series] = {}
    for name, columns in wide.items():
        question = form.questions[name]
        absent = [code for code in question.codes if code not in columns]
        if absent:
            raise AnswersError(
                f"{shown(file)}: the option {absent[0]!r} of the question {name!r} has no column, though "
                f"{len(columns)} others have one ({next(iter(columns.values()))!r}); each option needs its column"
            )
        folded[name] = _folded(table, question, columns, file)
        if name in table:
            _agree(table[name], folded[name], name, file)
    of = {column: name for name, columns in wide.items() for column in columns.values()}
    order = dict.fromkeys(of.get(column, column) for column in table.columns)
    return pd.DataFrame({name: folded[name] if name in folded else table[name] for name in order}, index=table.index)


def _wide_columns(table: pd.DataFrame, form: Questionnaire, file: Path) -> dict[str, dict[str, str]]:
    """Return question -> code -> column, for the questions that came in several columns."""
    names: dict[str, list[tuple[str, str]]] = {}
    for question in form.questions.values():
        if question.type in SEVERAL:
            # A refusal may be a box of its own; platforms see to it that it stands alone.
            for code in dict.fromkeys((*question.codes, *question.own_non_answers)):
                for pattern in WIDE:
                    names.setdefault(pattern.format(question=question.id, code=code), []).append((question.id, code))
    found: dict[str, dict[str, str]] = {}
    for column in table.columns:
        owners = [] if column in form.questions else names.get(column, [])
        if len(owners) > 1:
            raise AnswersError(
                f"{shown(file)}: the column {column!r} could be an option of {' or of '.join(repr(owner) for owner, _ in owners)}; "
                "name it question__code"
            )
        for name, code in owners:
            before = found.setdefault(name, {}).setdefault(code, column)
            if before != column:
                raise AnswersError(
                    f"{shown(file)}: the columns {before!r} and {column!r} both hold the option {code!r} of {name!r}; one is legal"
                )
    return found


def _folded(table: pd.DataFrame, question: Question, columns: Mapping[str, str], file: Path) -> pd.Series:
    result = pd.Series("", index=table.index, dtype="str")
    for code in (one for one in (*question.codes, *question.own_non_answers) if one in columns):
        cells = table[columns[code]].str.strip()
        if question.type == "shares":
            part = (code + SHARE + cells).where(cells != "", "")
        else:
            part = _ticked(cells, question, code, columns[code], file).map({True: code, False: ""}).astype("str")
        joint = pd.Series(SEPARATOR, index=table.index, dtype="str").where((result != "") & (part != ""), "")
        result = result + joint + part
    return result


def _ticked(cells: pd.Series, question: Question, code: str, column: str, file: Path) -> pd.Series:
    labels = {plain(code), *(plain(text) for text in question.labels.get(code, {}).values())}
    yes, no = {*words()["ticked"], *labels}, {*words()["not_ticked"], ""}
    meaning: dict[str, bool] = {}
    for cell in cells.unique():
        word = plain(cell)
        if word not in yes and word not in no:
            count = int((cells == cell).sum())
            raise AnswersError(
                f"{shown(file)}, column {column!r}: {cell!r} ({count} rows) says neither that the option {code!r} of "
                f"{question.id!r} was ticked nor that it was not; legal are such as 1, 0, yes, no, or an empty cell"
            )
        meaning[cell] = word in yes
    return cells.map(meaning).astype(bool)


def _agree(whole: pd.Series, folded: pd.Series, name: str, file: Path) -> None:
    """Hold a column of the whole question against the columns of its options, where a platform gives both."""
    strange = whole.str.split(r"[;\s]+", regex=True).map(set).map(lambda codes: codes - {""}) != folded.str.split(
        SEPARATOR
    ).map(set).map(lambda codes: codes - {""})
    if strange.any():
        at = int(strange.to_numpy().argmax())
        raise AnswersError(
            f"{shown(file)}, answer {at + 1}: the column {name!r} says {whole.iloc[at]!r} where the columns of its options "
            f"say {folded.iloc[at]!r}; they must agree"
        )
