"""Read tables of answers and hold every cell against the questionnaire: nothing unknown passes silently."""

from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..reading import read_table
from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from ..study.routing import SEPARATOR, SHARE
from ..study.study import Study
from . import crosswalk as crosswalks
from .crosswalk import Usage
from .provenance import Source

ABOUT = ("respondent", "submitted", "language", "duration_min")
"""What a file may say about a row besides its answers; absent is missing."""
COUNTRY = "country"


def read_answers(study: Study, source: Source, country: str) -> tuple[pd.DataFrame, Usage]:
    """Read the answers of one country, as our questions and codes, every received row kept.

    Returns
    -------
    frame : pandas.DataFrame
        ``respondent submitted language duration_min`` where received, and one column a question: codes as text,
        several answers joined by ``;``, numbers as float; missing where there is none. ``respelt`` and ``refused``
        count, row by row, the answers whose spelling was put right and those that refuse an answer.
    usage : Usage
        What the crosswalk did not use.

    Raises
    ------
    AnswersError
        Unreadable file, no rows, a country that the study does not have, a question without a column or a column
        without a question, an unknown code, or a number that is none.
    """
    questionnaire = study.questionnaire
    table = read_table(source.file, separator=source.separator, encoding=source.encoding)
    usage = Usage()
    if source.crosswalk is not None:
        several = frozenset(question.id for question in questionnaire.questions.values() if question.type == "multiple")
        table, usage = crosswalks.apply(crosswalks.read_crosswalk(source.crosswalk), table, source.file, several)
    _columns_known(table, questionnaire, source.file)
    table = _of_country(table, study, source, country)
    if table.empty:
        raise AnswersError(
            f"{shown(source.file)}: no answers from {country}; each country of the study needs at least one row"
        )
    respelt = pd.Series(0, index=table.index)
    refused = pd.Series(0, index=table.index)
    columns = {name: table[name].where(table[name] != "") for name in ABOUT if name in table}
    for question in questionnaire.questions.values():
        columns[question.id], fixed, refusals = _checked(table[question.id].str.strip(), question, source.file)
        respelt += fixed
        refused += refusals
    frame = pd.DataFrame(columns)
    if "duration_min" in frame:
        frame["duration_min"] = _numbers(frame["duration_min"], "duration_min", source.file)
    return frame.assign(respelt=respelt, refused=refused), usage


def _columns_known(table: pd.DataFrame, questionnaire: Questionnaire, file: Path) -> None:
    legal = {*questionnaire.questions, *ABOUT, COUNTRY}
    strange = [column for column in table.columns if column not in legal]
    if strange:
        raise AnswersError(
            f"{shown(file)}: the column {strange[0]!r} is no question of questionnaire {questionnaire.id}; "
            f"legal are its questions and {', '.join((*ABOUT, COUNTRY))}, or give a crosswalk"
        )
    absent = [question for question in questionnaire.questions if question not in table.columns]
    if absent:
        raise AnswersError(
            f"{shown(file)}: no column holds the question {absent[0]!r} of questionnaire {questionnaire.id} ({len(absent)} absent in all); "
            "each question needs a column, which may be empty"
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


def _checked(cells: pd.Series, question: Question, file: Path) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Hold the cells of one question against what it allows; return them with what was respelt and refused."""
    none = pd.Series(0, index=cells.index)
    given = cells.where(cells != "")
    if question.type == "text":
        return given, none, none
    refused = given.isin(question.non_answers)
    given = given.mask(refused)
    if question.type == "number":
        return _numbers(given, question.id, file), none, refused.astype(int)
    if question.type in ("multiple", "shares"):
        parts = given.dropna().str.split(SEPARATOR).explode().str.strip()
        if question.type == "shares":
            parts = parts.str.split(SHARE, n=1, expand=True).reindex(columns=[0, 1])
            _numbers(parts[1].fillna(""), question.id, file)
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


def _numbers(cells: pd.Series, name: str, file: Path) -> pd.Series:
    numbers = pd.to_numeric(cells.str.replace(",", ".", regex=False), errors="coerce")
    strange = cells[numbers.isna() & cells.notna()]
    if len(strange):
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {strange.iloc[0]!r} ({len(strange)} such rows) is no number; legal are digits with a point or comma"
        )
    return numbers.astype("float64")
