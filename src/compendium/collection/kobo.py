"""Read answers from KoboToolbox and ODK: exports as text, workbook or packed folder, and what :mod:`.kobo_api` fetched.

Groups go from the names, several answers stand in one column, the platform's own columns are understood or left aside,
and the record says each of these. What shows who answered (device, user, phone, place) is left aside always.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.platform_names import offered
from ..study.questionnaire import Questionnaire
from ..study.routing import SEPARATOR
from . import kobo_forms
from .kobo_columns import (
    GROUP,
    HYPHEN,
    MOMENTS,
    RESPONDENT,
    STATES,
    SUBMITTED,
    Layout,
    bare,
    joined,
    layout,
    listed,
)
from .kobo_sources import Came, open_export
from .received import SEVERAL, Received
from .versions import VERSION

_ABOUT_SHARES = ("hint", "total", "check")
"""What our XLSForm puts around the percentages of one question."""


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
    """Read an export of KoboToolbox or ODK.

    Parameters
    ----------
    path : Path
        Delimited text, a workbook, a packed folder (.zip) of ODK, or a file that :mod:`.kobo_api` fetched.
    separator, encoding, sheet, decimal : str
        See :func:`.delimited.read` and :func:`.excel.read`.
    labels : str
        The XLSForm of the survey, by its path from the file's folder: wordings and labels are taken from it.
    language : str
        Language of those, as the XLSForm writes it or its code; its default language where empty.
    form : Questionnaire or None
        The form that was asked, where its own XLSForm was fielded.

    Returns
    -------
    Received
        One column a question, named without its groups where that name stands once. Several answers are codes joined by
        ``;``. ``respondent`` (the platform's random code of the answer), ``submitted`` and ``duration_min`` (from start
        to end) come first, where the export has them. The record counts repeated groups, which stay aside, and names
        what was left aside, with how many cells of it were filled.

    Raises
    ------
    AnswersError
        Unreadable, a question in one column and its options in others contradict each other, an option without a column, two
        columns that would be one question, or a repeated group holds answers to a question of the form.
    """
    came = open_export(path, separator=separator, encoding=encoding, sheet=sheet, decimal=decimal)
    theirs = kobo_forms.read(path.parent / labels) if labels else None
    table = came.received.table
    several = _several(form, theirs)
    gathered = theirs.gathered() if theirs else {}
    known = {*(_ours(form) if form else ()), *(theirs.types if theirs else ())} - set(gathered)
    found = layout(table, known, several, path, gathered)
    columns, folded = _questions(table, found, several, path)
    about = _about(table, found)
    said = {**found.said, **_left_aside(table, found), **_repeats(came, form, path), "options joined": listed(folded)}
    columns = {name: cells for name, cells in columns.items() if name not in about}
    result = pd.DataFrame({**about, **columns}, index=table.index, dtype="str")
    if form is not None:
        result, said["left aside (of the form)"] = _answers_of(result, form)
        result, said["questions that nobody answered"] = _filled_up(result, form, came.sparse)
    record = {"program": "KoboToolbox or ODK", **came.received.record, "columns": str(result.shape[1])}
    record |= {"columns of the file": str(table.shape[1]), **{key: value for key, value in said.items() if value}}
    received = replace(came.received, table=result, record=record)
    if theirs is None:
        return received
    labelled = kobo_forms.label(received, theirs, language)
    if not labelled.wordings and not {*theirs.types} & {*result.columns} and {*result.columns} - {*about}:
        raise AnswersError(
            f"{shown(path)}: no column is a question of {labels}; name the XLSForm of the survey that these answers are of"
        )
    return labelled


def _ours(form: Questionnaire) -> list[str]:
    shares = [f"{one.id}__{code}" for one in form.questions.values() if one.type == "shares" for code in one.codes]
    return [*form.questions, *shares, VERSION]


def _several(form: Questionnaire | None, theirs: kobo_forms.FormLabels | None) -> dict[str, Collection[str]]:
    """Return the questions known to take several answers, with their codes."""
    found: dict[str, Collection[str]] = dict(theirs.several()) if theirs else {}
    for question in form.questions.values() if form else ():
        if question.type == "multiple":
            found[question.id] = offered(question)
    return found


def _questions(
    table: pd.DataFrame, found: Layout, several: Mapping[str, Collection[str]], path: Path
) -> tuple[dict[str, pd.Series], list[str]]:
    """Return the columns of questions under their names, and which of them were joined from their options."""
    columns: dict[str, pd.Series] = {}
    folded: list[str] = []
    for column, name in found.names.items():
        cells = table[column]
        options = found.options.get(column, {})
        if options and any(SEPARATOR in code for code in options):
            columns[name] = cells
            columns |= {own: table[own] for own in options.values()}
            continue
        if options:
            cells = joined(table, column, options, path)
            folded.append(f"{name} ({len(options)})")
        elif name in several:
            cells = cells.map({cell: _parted(cell, several[name]) for cell in cells.unique()}).astype("str")
        columns[name] = cells
    for name, options in found.alone.items():
        absent = [code for code in several[name] if code not in options]
        if absent:
            raise AnswersError(
                f"{shown(path)}: the option {absent[0]!r} of the question {name!r} has no column, though {len(options)} others "
                f"have one ({next(iter(options.values()))!r}); each option needs its column"
            )
        columns[name] = joined(table, name, options, path)
        folded.append(f"{name} ({len(options)})")
    return columns, folded


def _parted(cell: str, codes: Collection[str]) -> str:
    """Return a cell of codes parted by blanks as codes joined by ``;``; labels stay as they are."""
    tokens = cell.split()
    return SEPARATOR.join(tokens) if all(token in codes for token in tokens) else cell


def _about(table: pd.DataFrame, found: Layout) -> dict[str, pd.Series]:
    """Return who (a random code), when, and how long, from the platform's own columns."""
    about: dict[str, pd.Series] = {}
    for name, sources in (("respondent", RESPONDENT), ("submitted", SUBMITTED)):
        source = next((one for one in sources if one in found.aside and (table[one] != "").any()), "")
        if source and name not in found.names.values():
            about[name] = table[source].str.strip()
            found.said[name] = f"from {source}"
            found.aside.pop(source)
    if all(name in found.moments for name in MOMENTS[:2]):
        cells = (table[found.moments[name]] for name in MOMENTS[:2])
        start, end = (pd.to_datetime(moments, errors="coerce", utc=True, format="ISO8601") for moments in cells)
        minutes = (end - start).dt.total_seconds() / 60
        about["duration_min"] = minutes.map(lambda value: "" if pd.isna(value) else f"{value:.2f}").astype("str")
        backward = int((minutes < 0).sum())
        about["duration_min"] = about["duration_min"].where(~(minutes < 0), "")
        found.said["duration_min"] = "from start and end" + (f"; {backward} end before they start" if backward else "")
    return about


def _left_aside(table: pd.DataFrame, found: Layout) -> dict[str, str]:
    """Say what was left aside: what may show who answered with its count, states with the count of each value."""
    by: dict[str, list[str]] = {}
    for column, why in found.aside.items():
        filled = int((table[column] != "").sum())
        by.setdefault(why, []).append(f"{column} ({filled} filled)" if why == "identifying" else column)
    said = {
        "left aside (may show who answered)": listed(by.get("identifying", [])),
        "left aside (of the platform)": listed([*by.get("platform", []), *by.get("moment", [])], most=60),
    }
    for column in found.aside:
        if column in STATES:
            counts = table[column][table[column] != ""].value_counts()
            said[column.strip("_").replace("_", " ")] = listed(f"{value} ({count})" for value, count in counts.items())
    return said


def _repeats(came: Came, form: Questionnaire | None, path: Path) -> dict[str, str]:
    """Count the rows of repeated groups; one that holds answers to a question of ours stops."""
    known = _ours(form) if form else []
    for name, rows in came.repeats.items():
        for column in rows.columns:
            question = next((own for sign in (GROUP, HYPHEN) if (own := bare(column, known, sign)) in known), "")
            if question and rows[column].fillna("").ne("").any():
                raise AnswersError(
                    f"{shown(path)}: the question {question!r} stands in the repeated group {name!r}, where one person may "
                    "answer it several times; one answer a person is legal"
                )
    return {"repeated groups, left aside": listed(f"{name} ({len(rows)} rows)" for name, rows in came.repeats.items())}


def _answers_of(table: pd.DataFrame, form: Questionnaire) -> tuple[pd.DataFrame, str]:
    """Leave aside what our XLSForm carries besides answers: notes, which are always empty, and sums of shares."""
    shares = [question.id for question in form.questions.values() if question.type == "shares"]
    sums = {f"{kind}_{name}" for name in shares for kind in _ABOUT_SHARES}
    legal = set(_ours(form))
    aside = [name for name in table.columns if name not in legal and (name in sums or (table[name] == "").all())]
    return table.drop(columns=aside), listed(aside, most=60)


def _filled_up(table: pd.DataFrame, form: Questionnaire, sparse: bool) -> tuple[pd.DataFrame, str]:
    """Give a column to questions that nobody answered, where the source leaves those out and the form says its version."""
    if not sparse or VERSION not in table or (table[VERSION] == "").any():
        return table, ""
    absent: list[str] = []
    for question in form.questions.values():
        wide = [f"{question.id}__{code}" for code in question.codes] if question.type in SEVERAL else []
        if any(name in table for name in wide):
            absent += [name for name in wide if name not in table]
        elif question.id not in table:
            absent.append(question.id)
    empty = {name: pd.Series("", index=table.index, dtype="str") for name in absent}
    return pd.concat([table, pd.DataFrame(empty, index=table.index, dtype="str")], axis=1), listed(absent, most=60)
