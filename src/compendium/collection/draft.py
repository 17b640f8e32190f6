"""Draft a crosswalk from a file and a form, so that a person only corrects it; what is unsure is left open and said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from ..study.routing import SEPARATOR
from . import contacts
from .crosswalk import COLUMNS, FOR_READERS, UNDECIDED, same
from .matching import ABOUT, AT_MOST, Index, wording
from .received import Received, plain, words

_NOT_SHOWN = "no answer: the platform writes this where a question was not shown"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class _Row:
    column: str
    label: str = ""
    question: str = ""
    code: str = ""
    meaning: str = ""
    note: str = ""


def draft(received: Received, form: Questionnaire) -> pd.DataFrame:
    """Draft a crosswalk.

    Parameters
    ----------
    received : Received
        The file.
    form : Questionnaire
        The form that it should answer.

    Returns
    -------
    pandas.DataFrame
        ``their_column their_label question code wording meaning note``, in the order of the file. A row whose note begins
        with ``to decide`` has to be completed before the crosswalk can be used; a column with an empty question is left
        aside. ``frame.attrs["absent"]`` lists the questions for which no column was found.

    Notes
    -----
    A column is a question when it bears its name, or its wording in any language of the form, letter case, accents,
    numbering and punctuation aside. A label is a code when it is one of its labels in any language. Numbers without
    labels are matched only where both ends of our scale occur and nothing outside it: 1-10 is never taken for 1-5, and
    numbers that would fit 0-5 as well as 1-6 are left open.
    """
    index = Index(form)
    rows: list[_Row] = []
    taken: dict[str, str] = {}
    for column in received.table.columns:
        kind = contacts.kind_of(column, received, () if column in form.questions else (column,))
        if kind:
            rows.append(_Row(column, note=f"left aside: {kind}, and contact details never enter"))
            continue
        target, guess = index.find(column, received)
        if target in taken:
            rows.append(_Row(column, note=f"{UNDECIDED}: {target} is fed by {taken[target]!r} already"))
        elif target:
            taken[target] = column
            rows += _translated(column, target, received, form)
        elif guess:
            rows.append(
                _Row(column, note=f"{UNDECIDED}: the wording resembles that of {guess}; empty leaves the column aside")
            )
        else:
            rows.append(_Row(column, note="left aside: no question of ours resembles it"))
    frame = pd.DataFrame(
        [
            (row.column, row.label, row.question, row.code, _wording(row, received), row.meaning, row.note)
            for row in rows
        ],
        columns=[*COLUMNS, *FOR_READERS],
        dtype="str",
    )
    found = {target.split("__", 1)[0] for target in taken} | set(taken)
    frame.attrs["absent"] = [question for question in form.questions if question not in found]
    return frame


def _wording(row: _Row, received: Received) -> str:
    return "" if row.label else same(received.wordings.get(row.column, ""))


def _translated(column: str, target: str, received: Received, form: Questionnaire) -> list[_Row]:
    """Return the rows of a column whose question is known."""
    if target == "country":
        return [_country(column, value) for value in received.table[column].map(same).unique() if value]
    if target in ABOUT:
        return [_Row(column, question=target)]
    question = form.questions[target.split("__", 1)[0] if target not in form.questions else target]
    missing = [
        _missing(column, target, code, received, question) for code in sorted(received.user_missing.get(column, ()))
    ]
    cells = received.table[column].map(same)
    values = [value for value in cells.unique() if value and value not in received.user_missing.get(column, ())]
    if target not in form.questions:
        return [_ticks(column, target, values, question), *missing]
    if question.type == "text" or question.type == "shares":
        return [_Row(column, question=target), *missing]
    if question.type == "number":
        return [_Row(column, question=target), *_no_numbers(column, target, values, received), *missing]
    if question.type == "multiple":
        sign = SEPARATOR if any(SEPARATOR in value for value in values) else ","
        parts = (
            part.strip()
            for value in values
            for part in ([value] if plain(value) in _labels(question) else value.split(sign))
        )
        values = [part for part in dict.fromkeys(parts) if part]
    return [*_closed(column, target, values, received, question), *missing]


def _country(column: str, value: str) -> _Row:
    is_code = re.fullmatch(r"[A-Z]{2}", value) is not None
    note = "" if is_code else f"{UNDECIDED}: the code of a country of the study"
    return _Row(column, value, "country", value if is_code else "", note=note)


def _labels(question: Question) -> dict[str, str]:
    """Return label -> code, in every language; a label of two codes is left out."""
    found: dict[str, set[str]] = {}
    for code in question.codes:
        for text in (code, *question.labels[code].values()):
            found.setdefault(plain(text), set()).add(code)
    own = {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1}
    return {**{plain(wrong): code for wrong, code in question.misspellings.items()}, **own}


def _closed(column: str, target: str, values: list[str], received: Received, question: Question) -> list[_Row]:
    """Return a row for every label, or code with a label, of a question with codes."""
    meanings = received.meanings.get(column, {})
    declared = received.user_missing.get(column, frozenset())
    known = list(dict.fromkeys([*(code for code in meanings if code not in declared), *values]))
    if len(known) > AT_MOST:
        return [
            _Row(
                column,
                note=f"{UNDECIDED}: {len(known)} different cells, where {target} has {len(question.codes)} codes",
            )
        ]
    labels = _labels(question)
    if all(value in {*question.codes, *question.non_answers} for value in known) and not meanings and _is_word(known):
        return [_Row(column, question=target)]
    ours = {_numbers([code])[0]: code for code in question.codes if _numbers([code])}
    numbers = {value: number for value in known if (number := _leading(value)) is not None}
    bare = {value for value in numbers if plain(meanings.get(value, value)) == plain(value) and _numbers([value])}
    # Words decide; but where one of their numbers has none, all of them have to fit our scale.
    against = _other_scale(list(numbers.values()), ours, question) if bare else ""
    rows = []
    for value in sorted(known, key=lambda value: numbers.get(value, float("-inf"))):
        label = meanings.get(value, "")
        word = label or value
        if against and (value in bare or (ours and value in numbers)):
            code, note = "", against
        elif value in bare:
            code, note = ours[numbers[value]], "by its number: the file has no label for it"
        else:
            code = labels.get(plain(word)) or labels.get(wording(word), "")
            if not code and _not_shown(value, received):
                note = _NOT_SHOWN
            else:
                note = "" if code or value in question.non_answers else _why(value, label, question)
        rows.append(_Row(column, value, target, code, label, note))
    return rows


def _why(value: str, label: str, question: Question) -> str:
    same_code = f"; {value} is a code of ours too, with other words" if label and value in question.codes else ""
    return f"{UNDECIDED}: no label of {question.id}{same_code}; an empty code says that it is no answer"


def _not_shown(value: str, received: Received) -> bool:
    """Say whether a platform writes this where a question was not shown."""
    platform = words().get(received.record.get("format", ""), {})
    return isinstance(platform, dict) and plain(value) in platform.get("not_shown", ())


def _is_word(values: Iterable[str]) -> bool:
    return not any(_numbers([value]) for value in values)


def _numbers(values: list[str]) -> list[float]:
    """Return the values as numbers where all of them are; empty where one is not."""
    # A pattern, not float(): Python reads 25_34 as 2534.
    return [float(value.replace(",", ".")) for value in values] if all(map(_NUMBER.fullmatch, values)) else []


def _leading(value: str) -> float | None:
    """Return the number with which a code or a label begins, where there is one."""
    found = re.match(r"[+-]?\d+(?:[.,]\d+)?(?!\w)", plain(value))
    return float(found[0].replace(",", ".")) if found else None


def _other_scale(theirs: list[float], ours: Mapping[float, str], question: Question) -> str:
    """Say why numbers cannot be taken for our codes; empty where their range can be no other scale's than ours."""
    if not ours:
        return f"{UNDECIDED}: a number without a label, where {question.id} has words"
    ranges = f"{min(theirs):g} to {max(theirs):g}", f"{min(ours):g} to {max(ours):g}"
    if not set(theirs) <= set(ours):
        return f"{UNDECIDED}: their numbers run {ranges[0]}, ours {ranges[1]}: another scale, not matched"
    if not {min(ours), max(ours)} <= set(theirs):
        return (
            f"{UNDECIDED}: their numbers run {ranges[0]} and do not reach both ends of ours ({ranges[1]}), so they would fit "
            "another scale too; not matched"
        )
    return ""


def _ticks(column: str, target: str, values: list[str], question: Question) -> _Row:
    code = target.split("__", 1)[1]
    known = {*words()["ticked"], *words()["not_ticked"], plain(code), *map(plain, question.labels[code].values())}
    strange = [value for value in values if plain(value) not in known]
    if strange and question.type == "multiple":
        return _Row(
            column, note=f"{UNDECIDED}: {strange[0]!r} says neither that {target} was ticked nor that it was not"
        )
    return _Row(column, question=target)


def _no_numbers(column: str, target: str, values: list[str], received: Received) -> list[_Row]:
    strange = [value for value in values if not re.fullmatch(r"[+-]?[\d .,'\u202f]+", value)]
    return [
        _Row(
            column,
            value,
            target,
            note=_NOT_SHOWN
            if _not_shown(value, received)
            else f"{UNDECIDED}: no number; an empty code says that it is no answer",
        )
        for value in strange
    ]


def _missing(column: str, target: str, code: str, received: Received, question: Question) -> _Row:
    """Return the row of a code that the file declares missing: no answer, unless our form has a word for it."""
    label: Mapping[str, str] = received.meanings.get(column, {})
    own = _labels(question).get(plain(label.get(code, "")), "")
    if own or not question.not_applicable:
        return _Row(column, code, target, own, label.get(code, ""), "declared missing by the file")
    note = (
        f"{UNDECIDED}: declared missing by the file; empty for no answer, {question.not_applicable} for does not apply"
    )
    return _Row(column, code, target, "", label.get(code, ""), note)
