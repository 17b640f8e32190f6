"""A form as it stands on paper: numbered, every text in one language, with the way through it in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..study.codebook import form_version
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Question
from ..study.study import Study
from .duration import minutes, populations
from .outline import (
    Block,
    Part,
    Stretch,
    Words,
    choices,
    either,
    gates,
    is_long,
    legal_range,
    numbers,
    open_form,
    open_words,
    own_conditions,
    parts,
    spoken,
    unit_word,
)


@dataclass(frozen=True)
class Choice:
    """An answer to tick; ``is_apart`` where it is none of the scale: "does not apply", a refusal."""

    code: str
    label: str
    is_apart: bool


@dataclass(frozen=True)
class Asked:
    """One question: its name, its number (None for a note), its wording, a hint, and the mark of a route of its own."""

    name: str
    number: int | None
    text: str
    help: str
    mark: str = ""


@dataclass(frozen=True)
class Piece:
    """What stands together on the sheet.

    Attributes
    ----------
    kind : str
        ``one`` or ``several`` (answers to tick), ``table`` (items in lines, answers in columns), ``number``, ``shares``,
        ``text`` or ``note``.
    rows : tuple of Asked
        The question; the items of a table.
    choices : tuple of Choice
        What can be ticked, or what the shares are of.
    rule : str
        How to answer: several answers, legal range, sum; empty where nothing is to be said.
    unit : str
        Words behind the box of a number.
    ending : str
        For whom the form ends here, where the question decides that; else empty.
    is_long : bool
        Room for several lines of free text.
    marks : tuple of (str, str)
        Marks that lines of a table carry, and for whom these lines are.
    help : str
        A hint that all lines of a table share.
    """

    kind: str
    rows: tuple[Asked, ...]
    choices: tuple[Choice, ...] = ()
    rule: str = ""
    unit: str = ""
    ending: str = ""
    is_long: bool = False
    marks: tuple[tuple[str, str], ...] = ()
    help: str = ""

    @property
    def first(self) -> Asked:
        """The only question of everything that is no table."""
        return self.rows[0]


@dataclass(frozen=True)
class Section:
    """Pieces with one route; ``route`` says for whom they are and where others go on, empty for everybody."""

    route: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Chapter:
    """A module on the sheet."""

    name: str
    title: str
    intro: str
    route: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole form in one language."""

    language: str
    title: str
    facts: tuple[tuple[str, str], ...]
    instructions: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    closing: str
    version: str


def sheet(study: Study, country: str, wave: str, language: str) -> Sheet:
    """Return the form of a country and wave as it stands on paper.

    Raises
    ------
    CompendiumError
        The study has no such form, or it lacks this language or the wording of an instrument.
    """
    form = open_form(study, country, wave)
    words = open_words(study, form, country, [language])[language]
    t = words.t
    version = form_version(form)
    facts = (
        (t("Asked by"), words({language: "{partner}"})),
        (t("Country"), study.name(country, language)),
        (t("Time it takes"), _time(form, words)),
        (t("Version of the form"), version),
    )
    made = parts(form)
    return Sheet(
        language=language,
        title=words(study.title),
        facts=facts,
        instructions=_instructions(form, words),
        chapters=tuple(_chapter(form, made, position, words) for position in range(len(made))),
        closing=t("Thank you. Please give this form back to whoever handed it to you."),
        version=version,
    )


def _time(form: Questionnaire, words: Words) -> str:
    needed = [math.ceil(minutes(form, population, words.t.language)) for population in populations(form)]
    low, high = min(needed), max(needed)
    if low == high:
        return words.t("about {n} minutes", n=high)
    return words.t("about {low} to {high} minutes, depending on your situation", low=low, high=high)


def _instructions(form: Questionnaire, words: Words) -> tuple[str, ...]:
    t = words.t
    said = [
        t("Round boxes: tick one answer. Square boxes: several answers are possible."),
        t("You may leave blank any question that you do not want to answer."),
    ]
    if any(question.populations or question.when for question in form.questions.values()):
        said.append(
            t("Some questions are for some people only: the line above them says for whom, and where the others go on.")
        )
    apart = [question.not_applicable for question in form.questions.values() if question.scale]
    if any(apart):
        said.append(t("The last column of a table, set apart, is for what does not exist in your situation."))
    return tuple(said)


def _chapter(form: Questionnaire, made: Sequence[Part], position: int, words: Words) -> Chapter:
    part = made[position]
    others = (other for other in made[position + 1 :] if not set(part.when) <= set(other.when))
    after = next((number for other in others for number in _numbers(form, other.stretches)), None)
    following = next((number for other in made[position + 1 :] for number in _numbers(form, other.stretches)), None)
    return Chapter(
        name=part.module.id,
        title=words(part.module.title),
        intro=words(part.module.intro),
        route=_route(form, part.when, after, words),
        sections=tuple(_section(form, part.stretches, place, following, words) for place in range(len(part.stretches))),
    )


def _section(
    form: Questionnaire, stretches: Sequence[Stretch], place: int, following: int | None, words: Words
) -> Section:
    stretch = stretches[place]
    others = [other for other in stretches[place + 1 :] if not set(stretch.when) <= set(other.when)]
    after = next(iter(_numbers(form, others)), following)
    return Section(
        _route(form, stretch.when, after, words),
        tuple(_piece(form, block, words) for block in stretch.blocks),
    )


def _numbers(form: Questionnaire, stretches: Iterable[Stretch]) -> Iterable[int]:
    at = numbers(form)
    return (at[question.id] for stretch in stretches for question in stretch.questions if question.is_answered)


def _route(form: Questionnaire, route: Sequence[Condition], after: int | None, words: Words) -> str:
    if not route:
        return ""
    said = spoken(route, form, words, numbers(form))
    if after is None:
        return words.t("Only if {conditions}. Otherwise go to the end of the form.", conditions=said)
    return words.t("Only if {conditions}. Otherwise go to question {number}.", conditions=said, number=after)


def _piece(form: Questionnaire, block: Block, words: Words) -> Piece:
    at, t, question = numbers(form), words.t, block.first
    own = [_only(form, block, one, words) for one in block.questions]
    hints = [words(one.help) for one in block.questions]
    shared = hints[0] if len(hints) > 1 and len(set(hints)) == 1 else ""  # said once above the lines, not in each
    marks = {route: "*" * count for count, route in enumerate(dict.fromkeys(filter(None, own)), start=1)}
    rows = tuple(
        Asked(one.id, at.get(one.id), words(one.text), "" if shared else hint, marks.get(route, ""))
        for one, hint, route in zip(block.questions, hints, own, strict=True)
    )
    offered = tuple(
        Choice(code, label, code == question.not_applicable or code in question.own_non_answers)
        for code, label in choices(question, words)
    )
    ending = _ending(form, question, words)
    match question.type:
        case "item" if len(rows) > 1:
            return Piece(
                "table",
                rows,
                offered,
                t("Please tick one answer in each line."),
                marks=tuple((mark, route) for route, mark in marks.items()),
                help=shared,
            )
        case "single" | "item":
            return Piece("one", rows, offered, ending=ending)
        case "multiple":
            return Piece("several", rows, offered, t("Several answers are possible."), ending=ending)
        case "number":
            return Piece("number", rows, rule=legal_range(question, t), unit=unit_word(question.unit, t))
        case "shares":
            of = tuple(choice for choice in offered if choice.code in question.codes)
            return Piece("shares", rows, of, t("The shares must add up to 100 %; a blank counts as 0."))
        case "text":
            return Piece("text", rows, is_long=is_long(question))
        case _:
            return Piece("note", rows)


def _only(form: Questionnaire, block: Block, question: Question, words: Words) -> str:
    own = own_conditions(form, block, question)
    return words.t("Only if {conditions}.", conditions=spoken(own, form, words, numbers(form))) if own else ""


def _ending(form: Questionnaire, question: Question, words: Words) -> str:
    gate = gates(form).get(question.id)
    if gate is None:
        return ""
    ends = [words.t("“{answer}”", answer=label) for code, label in choices(question, words) if code not in gate.codes]
    return words.t("If your answer is {answers}, the form ends here; thank you.", answers=either(ends, words.t))
