"""Read tables of answers and hold every cell against the questionnaire: nothing unknown passes silently."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from ..study.routing import SEPARATOR, SHARE
from ..study.study import Study
from . import contacts, doors
from . import crosswalk as crosswalks
from .crosswalk import Crosswalk, Usage
from .provenance import Source
from .received import BOM, SEVERAL, Received, fold
from .values import moments, numbers
from .versions import VERSION, same_version

ABOUT = ("respondent", "submitted", "language", "duration_min")
"""What a file may say about a row besides its answers; absent is missing."""
COUNTRY = "country"


@dataclass(frozen=True)
class Reading:
    """Answers that were read, what their crosswalk did not use, and the provenance record of their file.

    Attributes
    ----------
    answers : pandas.DataFrame
        ``respondent submitted language duration_min`` where received, and one column a question: codes as text, several
        answers joined by ``;``, numbers as float; missing where there is none. ``respelt`` and ``refused`` count, row by
        row, the answers whose spelling was put right and those that refuse an answer.
    usage : Usage
        What the crosswalk did not use.
    record : dict of str to str
        Format, encoding, separator, rows, columns, sha256 ... of the file (:func:`.received.record_of`).
    """

    answers: pd.DataFrame
    usage: Usage
    record: dict[str, str]


def read_answers(study: Study, source: Source, country: str, wave: str) -> Reading:
    """Read the answers of one country and wave, as our questions and codes, every received row kept.

    Raises
    ------
    AnswersError
        Unreadable file, another one than the sidecar was written for, no rows, contact details, answers of another version of the form, a country that the study does
        not have, a question without a column or a column without a question, an unknown code, or a number that is none.

    Notes
    -----
    Rows without any content, and rows that repeat the column names (exports put together), are no answers; the record
    counts them. A question of a module that is not asked there needs no column.
    """
    form = study.form(country, wave)
    # A crosswalk speaks of the columns as they came; names on a platform are those of this form.
    ours = form if source.crosswalk is None else None
    received = doors.read(source.file, source.format, ours, **source.options)
    if source.sha256 and source.sha256 != received.record.get("sha256"):
        raise AnswersError(
            f"{shown(source.file)}: not the file that was received, by the sha256 in its sidecar; what was received is never changed"
        )
    crosswalk = crosswalks.read_crosswalk(source.crosswalk) if source.crosswalk is not None else None
    contacts.refuse(
        received, _not_kept(received, crosswalk, source.pseudonymous), study.questionnaire.questions, source.file
    )
    received, record = _answers_only(received)
    table, usage = _ours(received, crosswalk, study.questionnaire, source.file)
    # Another version of the form is said before what it has too much or too little.
    table = same_version(table, form, source)
    table = fold(table, study.questionnaire, source.file)
    table = _columns_known(table, study, form, source.file)
    table = _of_country(table, study, source, country)
    if table.empty:
        raise AnswersError(
            f"{shown(source.file)}: no answers from {country}; each country of the study needs at least one row"
        )
    _only_asked(table, study.questionnaire, form, source.file, f"{country} in wave {wave}")
    decimal = source.options.get("decimal", "") or record.get("decimal", "")
    return Reading(_held_against(table, study.questionnaire, source, decimal), usage, record)


def _held_against(table: pd.DataFrame, questionnaire: Questionnaire, source: Source, decimal: str) -> pd.DataFrame:
    respelt = pd.Series(0, index=table.index)
    refused = pd.Series(0, index=table.index)
    columns = {name: table[name].where(table[name] != "") for name in ABOUT if name in table}
    if "duration_min" in columns:
        columns["duration_min"] = numbers(columns["duration_min"], "duration_min", source.file, decimal)
    if "submitted" in columns:
        columns["submitted"] = moments(columns["submitted"], "submitted", source.file, source.dates)
    for question in questionnaire.questions.values():
        cells = table[question.id].str.strip(" \t\r\n\u00a0" + BOM)
        columns[question.id], fixed, refusals = _checked(cells, question, source.file, decimal)
        respelt += fixed
        refused += refusals
    return pd.DataFrame(columns).assign(respelt=respelt, refused=refused)


def _not_kept(received: Received, crosswalk: Crosswalk | None, pseudonymous: bool) -> set[str]:
    """Return the columns that never come in as they are: those left aside, and tokens of which pseudonyms are made."""
    if crosswalk is None:
        return set() if pseudonymous else {"respondent"}
    tokens = set() if pseudonymous else {one.column for one in crosswalk.translations if one.question == "respondent"}
    return {name for name in received.table if crosswalks.same(name) in crosswalk.left_aside | tokens}


def _answers_only(received: Received) -> tuple[Received, dict[str, str]]:
    """Leave out rows without any content and rows that repeat the column names; count them in the record."""
    table = received.table
    empty = (table == "").all(axis=1)
    repeated = (table == pd.Series(table.columns, index=table.columns)).all(axis=1) & (table.shape[1] > 1)
    record = dict(received.record)
    for what, rows in (("rows without content", empty), ("rows that repeat the column names", repeated)):
        if rows.any():
            record[what] = str(int(rows.sum()))
    kept = table[~(empty | repeated)].reset_index(drop=True) if (empty | repeated).any() else table
    return Received(kept, received.wordings, received.meanings, received.user_missing, record), record


def _ours(
    received: Received, crosswalk: Crosswalk | None, questionnaire: Questionnaire, file: Path
) -> tuple[pd.DataFrame, Usage]:
    """Translate by the crosswalk, or take columns that already bear our names; codes declared missing need a word."""
    if crosswalk is not None:
        several = frozenset(one.id for one in questionnaire.questions.values() if one.type == "multiple")
        return crosswalks.apply(crosswalk, received, file, several)
    for column, codes in received.user_missing.items():
        question = questionnaire.questions.get(column)
        known = {*question.codes, *question.non_answers} if question else set()
        cells = received.table[column]
        strange = cells[cells.isin(codes - known)]
        if len(strange):
            raise AnswersError(
                f"{shown(file)}, column {column!r}: {strange.iloc[0]!r} ({len(strange)} rows) is declared missing by the file; "
                f"a crosswalk has to say what it means (a row {crosswalks.MISSING} covers all such codes)"
            )
    return received.table, Usage()


def _columns_known(table: pd.DataFrame, study: Study, form: Questionnaire, file: Path) -> pd.DataFrame:
    """Hold the columns against the form; add empty ones for the questions that are not asked there."""
    questionnaire = study.questionnaire
    legal = {*questionnaire.questions, *ABOUT, COUNTRY, VERSION}
    strange = [column for column in table.columns if column not in legal]
    if strange:
        first = re.sub(r" \(\d+\)$", "", strange[0])
        raise AnswersError(
            f"{shown(file)}, line 1: the column {first!r} stands twice; each column name may stand once"
            if first != strange[0] and first in table.columns
            else f"{shown(file)}: the column {strange[0]!r} is no question of questionnaire {questionnaire.id}; "
            f"legal are its questions and {', '.join((*ABOUT, COUNTRY))}, or give a crosswalk"
        )
    absent = [question for question in form.questions if question not in table.columns]
    if absent:
        raise AnswersError(
            f"{shown(file)}: no column holds the question {absent[0]!r} of questionnaire {questionnaire.id} ({len(absent)} absent in all); "
            "each question needs a column, which may be empty"
        )
    not_asked = [question for question in questionnaire.questions if question not in table.columns]
    return table.assign(**{question: pd.Series("", index=table.index, dtype="str") for question in not_asked})


def _only_asked(table: pd.DataFrame, questionnaire: Questionnaire, form: Questionnaire, file: Path, where: str) -> None:
    for name, question in questionnaire.questions.items():
        if name not in form.questions and (filled := int((table[name].str.strip() != "").sum())):
            raise AnswersError(
                f"{shown(file)}: {filled} answers to the question {name!r}, whose module {question.module!r} is not asked in "
                f"{where}; switch the module on in the study file or leave the column out"
            )


def _of_country(table: pd.DataFrame, study: Study, source: Source, country: str) -> pd.DataFrame:
    """Keep the rows of one country; every row must belong to a country of the study."""
    if COUNTRY not in table:
        if source.shared and len(study.countries) > 1:
            raise AnswersError(
                f"{shown(source.file)}: no column {COUNTRY!r} where the file holds {len(study.countries)} countries"
            )
        return table
    legal = [country] if not source.shared else [one.code for one in study.countries]
    strange = table[COUNTRY][~table[COUNTRY].isin(legal)]
    if len(strange):
        value, count = strange.iloc[0], int((strange == strange.iloc[0]).sum())
        what = f"the country {value!r}" if value else "no country"
        raise AnswersError(
            f"{shown(source.file)}, column {COUNTRY!r}: {what} in {count} rows; legal are {', '.join(legal)}"
        )
    return table[table[COUNTRY] == country].reset_index(drop=True)


def _checked(cells: pd.Series, question: Question, file: Path, decimal: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Hold the cells of one question against what it allows; return them with what was respelt and refused."""
    none = pd.Series(0, index=cells.index)
    given = cells.where(cells != "")
    if question.type == "text":
        return given, none, none
    refused = given.isin(question.non_answers)
    given = given.mask(refused)
    if question.type == "number":
        return numbers(given, question.id, file, decimal), none, refused.astype(int)
    if question.type in SEVERAL:
        parts = given.dropna().str.split(SEPARATOR).explode().str.strip()
        if question.type == "shares":
            parts = parts.str.split(SHARE, n=1, expand=True).reindex(columns=[0, 1])
            numbers(parts[1].fillna(""), question.id, file, decimal)
            parts = parts[0]
        _legal(parts, question, file)
        return given, none, refused.astype(int)
    fixed = given.isin(list(question.misspellings))
    given = given.where(~fixed, given.map(question.misspellings))
    _legal(given.dropna(), question, file)
    return given, fixed.astype(int), refused.astype(int)


def _legal(codes: pd.Series, question: Question, file: Path) -> None:
    strange = codes[~codes.isin(question.codes)]
    if len(strange):
        value = strange.iloc[0]
        count = int((strange == value).sum())
        raise AnswersError(
            f"{shown(file)}, column {question.id!r}: the code {value!r} ({count} rows) is unknown; legal are {', '.join(question.codes)}"
        )
