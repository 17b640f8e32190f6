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
from .received import SEVERAL, WIDE, Received, plain, words

_ABOUT = {"respondent", "submitted", "language", "duration_min", "country", "form_version"}
_NUMBERING = re.compile(r"^(?:[a-z]{0,2}\d+[a-z]?[.)]?\s+)+(?=\S)")
_RESEMBLES = 0.5
"""Share of words in common from which a wording is offered as a guess."""
_LABELS = 3
"""Labels in common from which a question is offered as a guess; yes and no are everywhere."""
_AT_MOST = 60
"""Different cells of one column that are listed; a column with more is rather free text."""


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
    index = _Index(form)
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


def _key(text: str) -> str:
    """Return a wording for comparing, without tags and numbering."""
    return _NUMBERING.sub("", plain(re.sub(r"<[^>]+>", " ", text)))


class _Index:
    """Names and wordings of a form, to find the question of a column."""

    def __init__(self, form: Questionnaire) -> None:
        self.names: dict[str, str] = {name: name for name in (*_ABOUT, *form.questions)}
        self.wordings: dict[str, set[str]] = {}
        self.tokens: list[tuple[frozenset[str], str]] = []
        self.labels: dict[tuple[str, str], set[str]] = {}
        for question in form.questions.values():
            for text in question.text.values():
                self._add(text, question.id)
            for language in question.text:
                labels = {plain(texts.get(language, "")) for texts in question.labels.values()} - {""}
                if labels:
                    self.labels[question.id, language] = labels
            if question.type in SEVERAL:
                self._add_options(question)

    def _add(self, text: str, target: str) -> None:
        key = _key(text)
        self.wordings.setdefault(key, set()).add(target)
        self.tokens.append((frozenset(key.split()), target))

    def _add_options(self, question: Question) -> None:
        for code, labels in question.options.items():
            target = f"{question.id}__{code}"
            for pattern in WIDE:
                self.names.setdefault(pattern.format(question=question.id, code=code).lower(), target)
            for language, label in labels.items():
                self.wordings.setdefault(_key(f"{question.text.get(language, '')} {label}"), set()).add(target)

    def find(self, column: str, received: Received) -> tuple[str, str]:
        """Return the question of a column, or else the one that its wording resembles most; both may be empty."""
        name = self.names.get(same(column).lower(), "")
        if name:
            return name, ""
        if column == received.record.get("moment"):
            return "submitted", ""
        keys = [key for text in (received.wordings.get(column, ""), column) if (key := _key(text))]
        for key in keys:
            found = self.wordings.get(key, set())
            if len(found) == 1:
                return next(iter(found)), ""
            if found:
                return "", " and ".join(sorted(found))
        best = max(
            ((_alike(frozenset(key.split()), own), len(own), target) for key in keys for own, target in self.tokens),
            default=(0.0, 0, ""),
        )
        return "", best[2] if best[0] >= _RESEMBLES else self._by_labels(column, received)

    def _by_labels(self, column: str, received: Received) -> str:
        """Return the one question most of whose labels are those of a column, where there is one."""
        values = {plain(value) for value in received.table[column].unique()[: _AT_MOST + 1]}
        values |= {plain(label) for label in received.meanings.get(column, {}).values()}
        shares: dict[str, float] = {}
        for (name, _), labels in self.labels.items():
            if len(values & labels) >= _LABELS:
                shares[name] = max(shares.get(name, 0.0), len(values & labels) / len(labels))
        most = max(shares.values(), default=0.0)
        best = [name for name, share in shares.items() if share == most and share >= _RESEMBLES]
        return best[0] if len(best) == 1 else ""


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words in common; ours may be whole within a longer wording of theirs."""
    if not other or (len(other) > 1 and len(one) < 2):
        return 0.0
    return _RESEMBLES if other <= one and one != other else len(one & other) / len(one | other)


def _translated(column: str, target: str, received: Received, form: Questionnaire) -> list[_Row]:
    """Return the rows of a column whose question is known."""
    if target == "country":
        return [_country(column, value) for value in received.table[column].map(same).unique() if value]
    if target in _ABOUT:
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
        return [_Row(column, question=target), *_no_numbers(column, target, values), *missing]
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
    if len(known) > _AT_MOST:
        return [
            _Row(
                column,
                note=f"{UNDECIDED}: {len(known)} different cells, where {target} has {len(question.codes)} codes",
            )
        ]
    labels = _labels(question)
    if all(value in {*question.codes, *question.non_answers} for value in known) and not meanings and _is_word(known):
        return [_Row(column, question=target)]
    if not any(meanings.get(value) for value in known) and _numbers(known):
        return _by_number(column, target, known, question)
    rows = []
    for value in known:
        label = meanings.get(value, "")
        code = labels.get(plain(label or value), "")
        note = "" if code or value in question.non_answers else _why(value, label, question)
        rows.append(_Row(column, value, target, code, label, note))
    return rows


def _why(value: str, label: str, question: Question) -> str:
    same_code = f"; {value} is a code of ours too, with other words" if label and value in question.codes else ""
    return f"{UNDECIDED}: no label of {question.id}{same_code}; an empty code says that it is no answer"


def _is_word(values: Iterable[str]) -> bool:
    return not any(_numbers([value]) for value in values)


def _numbers(values: Iterable[str]) -> list[float]:
    """Return the values as numbers where all of them are; empty where one is not."""
    try:
        return [float(value.replace(",", ".")) for value in values]
    except ValueError:
        return []


def _by_number(column: str, target: str, values: list[str], question: Question) -> list[_Row]:
    """Match numbers without labels only where their range can be no other scale's than ours."""
    ours = {float(code): code for code in question.codes if _numbers([code])}
    theirs = dict(sorted(zip(values, _numbers(values), strict=True), key=lambda pair: pair[1]))
    if not ours:
        note = f"{UNDECIDED}: a number without a label, where {question.id} has words"
    elif min(theirs.values()) < min(ours) or max(theirs.values()) > max(ours) or not set(theirs.values()) <= set(ours):
        note = (
            f"{UNDECIDED}: their numbers run {min(theirs.values()):g} to {max(theirs.values()):g}, ours {min(ours):g} to "
            f"{max(ours):g}: another scale, not matched"
        )
    elif {min(ours), max(ours)} <= set(theirs.values()):
        return [
            _Row(column, value, target, ours[number], note="by its number: the file has no labels")
            for value, number in theirs.items()
        ]
    else:
        note = (
            f"{UNDECIDED}: their numbers run {min(theirs.values()):g} to {max(theirs.values()):g} without an end of ours "
            f"({min(ours):g} to {max(ours):g}) and would fit another scale too; not matched"
        )
    return [_Row(column, value, target, note=note) for value in theirs]


def _ticks(column: str, target: str, values: list[str], question: Question) -> _Row:
    code = target.split("__", 1)[1]
    known = {*words()["ticked"], *words()["not_ticked"], plain(code), *map(plain, question.labels[code].values())}
    strange = [value for value in values if plain(value) not in known]
    if strange and question.type == "multiple":
        return _Row(
            column, note=f"{UNDECIDED}: {strange[0]!r} says neither that {target} was ticked nor that it was not"
        )
    return _Row(column, question=target)


def _no_numbers(column: str, target: str, values: list[str]) -> list[_Row]:
    strange = [value for value in values if not re.fullmatch(r"[+-]?[\d .,'\u202f]+", value)]
    return [
        _Row(column, value, target, note=f"{UNDECIDED}: no number; an empty code says that it is no answer")
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
