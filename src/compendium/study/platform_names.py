"""Names that LimeSurvey accepts for our questions and codes, and the way back.

LimeSurvey takes letters and digits only: at most 20 characters for a question or a row of it, at most 5 for an answer.
An XLSForm takes our ids as they are, so it needs no names of its own.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import pandas as pd

from .questionnaire import Questionnaire
from .questions import Question

LONGEST_NAME: Final = 20
LONGEST_ANSWER: Final = 5
VERSION: Final = "formversion"
"""The hidden question of a LimeSurvey form that brings back version and fingerprint."""
WIDEST_ARRAY: Final = 8
"""More items in one table are too long for a phone."""
CHECKED: Final = "Y"
"""What LimeSurvey stores for an option that was ticked."""
RESERVED: Final = ("lang", "sid", "savedid", "token", "qid", "gid", "sgq", "self", "that", "this", "time", "other")
_SHORT: Final = re.compile(r"[A-Za-z0-9]{1,5}")
_OTHER_SIGNS: Final = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Array:
    """Items of one scale that are put to the same people, one table on the screen."""

    code: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """How LimeSurvey calls the questions and codes of a form.

    Attributes
    ----------
    questions : Mapping of str to str
        Our question or note -> its name: of a question, or of a row where an array holds it.
    arrays : tuple of Array
        Tables of items, in the order of the form.
    codes : Mapping of str to Mapping of str to str
        Our question -> our code -> answer code; for ``multiple`` and ``shares`` the name of the row.
    rowed : frozenset of str
        Questions that have a row, and so a column, for every option.
    """

    questions: Mapping[str, str]
    arrays: tuple[Array, ...]
    codes: Mapping[str, Mapping[str, str]]
    rowed: frozenset[str]

    def array_of(self, question: str) -> Array | None:
        """Return the array that holds an item, if one does."""
        return next((array for array in self.arrays if question in array.items), None)

    def parts(self, question: str, code: str = "") -> tuple[str, str]:
        """Return question and row under which the answer is stored; the row is empty where there is none."""
        array = self.array_of(question)
        if array is not None:
            return array.code, self.questions[question]
        return self.questions[question], self.codes[question][code] if code else ""

    def column(self, question: str, code: str = "") -> str:
        """Return the heading of the answers in an export with question codes: ``name`` or ``name[row]``.

        Parameters
        ----------
        question : str
            Our question.
        code : str
            The option, for ``multiple`` and ``shares``.
        """
        name, row = self.parts(question, code)
        return f"{name}[{row}]" if row else name

    def columns(self) -> dict[str, tuple[str, str]]:
        """Return heading -> (our question, our code); the code is empty where the whole question is one column."""
        found = {}
        for question, codes in self.codes.items():
            for code in codes if question in self.rowed else ("",):
                found[self.column(question, code)] = (question, code)
        return found

    def answers(self, question: str) -> dict[str, str]:
        """Return what LimeSurvey stores -> our code, for a question with one answer out of several."""
        return {} if question in self.rowed else {theirs: ours for ours, theirs in self.codes[question].items()}


def limesurvey(form: Questionnaire) -> Names:
    """Name the questions and codes of a form for LimeSurvey.

    Parameters
    ----------
    form : Questionnaire
        The form of a country and wave.

    Returns
    -------
    Names
        Every name is legal, unique whatever the case of its letters, and the same whenever the form is the same.

    Notes
    -----
    A question keeps its id without underscores; where that is longer than 20 characters, its longest words lose their
    ends. Where the name is taken, or a word that LimeSurvey keeps for itself, the end gives way to four letters of a hash
    of the id. An answer keeps a code of up to 5 letters and digits; any other is called A and its place.

    References
    ----------
    LimeSurvey manual, "Question code" and "Answer codes"; rules of ``application/models/Question.php``.
    """
    shown = [question for module in form.modules for question in form.shown(module)]
    taken = {VERSION, *RESERVED}
    questions = _named([question.id for question in shown], taken)
    tables = [(module, items) for module in form.modules for items in _tables(form.shown(module))]
    count: dict[str, int] = {}
    wanted = []
    for module, _ in tables:
        count[module] = count.get(module, 0) + 1
        wanted.append(f"{module}_set_{count[module]}")
    codes = _named(wanted, {*taken, *questions.values()})
    rowed = frozenset(question.id for question in shown if question.type in ("multiple", "shares"))
    return Names(
        questions=questions,
        arrays=tuple(Array(codes[name], items) for name, (_, items) in zip(wanted, tables, strict=True)),
        codes={
            question.id: _named(offered(question), RESERVED) if question.id in rowed else _short(offered(question))
            for question in shown
            if question.is_answered
        },
        rowed=rowed,
    )


def refusal(question: Question) -> str:
    """Return the code under which a form offers "I prefer not to say", or nothing: a number may be left blank."""
    return question.own_non_answers[0] if question.own_non_answers and question.type in ("single", "multiple") else ""


def offered(question: Question) -> tuple[str, ...]:
    """Return the codes that a form offers: options, "does not apply", refusal last."""
    return tuple(dict.fromkeys((*question.codes, *filter(None, [refusal(question)]))))


def as_frame(form: Questionnaire) -> pd.DataFrame:
    """Return the names as a table.

    Returns
    -------
    pandas.DataFrame
        One row a question and code: ``question``, ``code`` (empty where a question has none), ``limesurvey`` (heading of
        the column) and ``limesurvey_code`` (what stands in it).
    """
    names = limesurvey(form)
    rows = []
    for question, codes in names.codes.items():
        for code in codes or [""]:
            is_row = question in names.rowed
            stored = CHECKED if form.questions[question].type == "multiple" else ""
            rows.append(
                {
                    "question": question,
                    "code": code,
                    "limesurvey": names.column(question, code if is_row else ""),
                    "limesurvey_code": stored if is_row else codes.get(code, ""),
                }
            )
    return pd.DataFrame(rows, columns=["question", "code", "limesurvey", "limesurvey_code"], dtype="str")


def _tables(shown: Iterable[Question]) -> Iterable[tuple[str, ...]]:
    """Gather items that follow each other, share scale, refusal and route, into tables of even length."""

    def alike(question: Question) -> object:
        if question.scale is None:
            return question.id
        return question.scale.id, refusal(question), question.populations, question.when

    for _, group in groupby(shown, key=alike):
        items = [question.id for question in group if question.scale]
        n_tables = -(-len(items) // WIDEST_ARRAY)
        for place in range(n_tables):
            table = items[place * len(items) // n_tables : (place + 1) * len(items) // n_tables]
            if len(table) > 1:
                yield tuple(table)


def _named(ids: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Return id -> legal name; ids that keep theirs whole go first, so that nobody else takes it."""
    ids = list(ids)
    used = {name.lower() for name in taken}
    found: dict[str, str] = {}
    for name in sorted(ids, key=lambda one: len(_squeezed(one)) > LONGEST_NAME):
        plain = _shortened(name)
        candidate, attempt = plain, 0
        while candidate.lower() in used:
            tail = hashlib.sha256(f"{name}{attempt or ''}".encode()).hexdigest()[:4]
            candidate = plain[: LONGEST_NAME - len(tail)] + tail
            attempt += 1
        found[name] = candidate
        used.add(candidate.lower())
    return {name: found[name] for name in ids}


def _squeezed(name: str) -> str:
    return _OTHER_SIGNS.sub("", name)


def _shortened(name: str) -> str:
    """Cut the longest word by a letter until the words fit; a name begins with a letter."""
    words = [word for word in _OTHER_SIGNS.split(name if _squeezed(name)[:1].isalpha() else f"q{name}") if word]
    while sum(map(len, words)) > LONGEST_NAME:
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        words[longest] = words[longest][:-1]
    return "".join(words)


def _short(codes: Iterable[str]) -> dict[str, str]:
    """Return our code -> an answer code of at most five letters and digits."""
    codes = list(codes)
    found: dict[str, str] = {}
    used: set[str] = set()
    for code in codes:
        if _SHORT.fullmatch(code) and code.lower() not in used:
            found[code] = code
            used.add(code.lower())
    for place, code in enumerate(codes, start=1):
        number = place
        while code not in found:
            candidate = f"A{number}"
            number += 1
            if candidate.lower() not in used:
                found[code] = candidate
                used.add(candidate.lower())
    return {code: found[code] for code in codes}
