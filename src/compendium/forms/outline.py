"""A form as people meet it: parts, stretches that share a route, blocks of questions, and a number for every question."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from .. import paths
from ..errors import CompendiumError
from ..study.platform_names import offered, refusal
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Module, Question, Text
from ..study.study import Study
from ..study.texts import shown_texts
from ..text import SOURCE_LANGUAGE, Catalogue, load

WHOLE_FROM: Final = ("calls", "clients", "days", "eur", "jobs", "months", "persons", "projects", "weeks")
"""First word of the units of which nobody needs a fraction."""
SHORTEST_TABLE: Final = 3
"""Items that are put to other people than their neighbours get a table of their own from this number on."""


@dataclass(frozen=True)
class Block:
    """What stands together: one question or note, or items with the same scale.

    ``when`` must hold for all of it; single items may ask for more (:func:`conditions`).
    """

    questions: tuple[Question, ...]
    when: tuple[Condition, ...] = ()

    @property
    def first(self) -> Question:
        """The question that says what kind of block it is."""
        return self.questions[0]


@dataclass(frozen=True)
class Stretch:
    """Blocks that follow each other and are put to the same people."""

    when: tuple[Condition, ...]
    blocks: tuple[Block, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Everything shown in the stretch."""
        return tuple(question for block in self.blocks for question in block.questions)


@dataclass(frozen=True)
class Part:
    """A module: what must hold for all of it, and its stretches (whose conditions are those that come on top)."""

    module: Module
    when: tuple[Condition, ...]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Words:
    """The texts of one form in one language, with what the country's partner fills in."""

    study: Study
    country: str
    t: Catalogue

    def __call__(self, text: Text) -> str:
        """Return a text of the form; an empty one stays empty."""
        return self.study.filled(text, self.country, self.t.language).strip() if text else ""


def open_form(study: Study, country: str, wave: str) -> Questionnaire:
    """Return the form of a country and wave, ready to be given to people.

    Raises
    ------
    CompendiumError
        The country or wave is not in the study, or the form holds an instrument whose wording nobody pasted, a
        unit without words, or a question after an answer that is not asked for.
    """
    if study.is_pooled(study.country(country).code) or wave not in study.waves:
        raise CompendiumError(
            f"{paths.shown(paths.study_file(study.folder))}: there is no form of {country!r} in wave {wave!r}; legal are "
            f"the countries {', '.join(unit.code for unit in study.countries)} and the waves {', '.join(study.waves)}"
        )
    form = study.form(country, wave)
    bare = [module.id for module in form.modules.values() if not module.worded]
    if bare:
        raise CompendiumError(
            f"{paths.shown(paths.study_file(study.folder))}: the form holds {', '.join(bare)} without its wording; paste "
            "the wording into definitions/wordings, or switch the module off"
        )
    for question in (*form.questions.values(), *form.notes.values()):
        if question.type == "number":
            unit_word(question.unit, load(SOURCE_LANGUAGE))
        for condition in question.when:
            if condition.question not in form.questions:
                raise CompendiumError(
                    f"{paths.shown(paths.study_file(study.folder))}: {question.id!r} is put after an answer to "
                    f"{condition.question!r}, whose module is switched off; switch that on, or this one off too"
                )
    return form


def open_words(study: Study, form: Questionnaire, country: str, languages: Iterable[str]) -> dict[str, Words]:
    """Return the texts of a form in each language.

    Raises
    ------
    CompendiumError
        The questionnaire is not written in a language, or one of its texts is not: nobody is given a form in two languages.
    """
    written = study.questionnaire.languages
    found = {}
    for language in languages:
        if language not in written:
            raise CompendiumError(
                f"{paths.shown(paths.study_file(study.folder))}: the questionnaire is not written in {language!r}; legal "
                f"are {', '.join(written)}"
            )
        absent = next((place for place, text in shown_texts(form) if not text.get(language)), None)
        if absent is not None:
            raise CompendiumError(
                f"{form.id} {form.version}: {absent}: the text in {language!r} is missing; write it, switch the module off, "
                "or ask for a language in which the form is whole"
            )
        found[language] = Words(study, country, load(language))
    return found


def conditions(form: Questionnaire, question: Question) -> tuple[Condition, ...]:
    """Return everything that must hold for a question to be put: its populations first, then its own conditions."""
    eligible = form.cleaning.eligible
    populations = (Condition(eligible.question, question.populations),) if question.populations and eligible else ()
    return (*populations, *question.when)


def parts(form: Questionnaire) -> list[Part]:
    """Return the form module by module, as stretches of questions with the same route."""
    found = []
    for module in form.modules.values():
        blocks = list(_blocks(form, form.shown(module.id)))
        common = _common([block.when for block in blocks])
        stretches = tuple(
            Stretch(_beyond(when, common), tuple(group))
            for when, group in groupby(blocks, key=lambda block: block.when)
        )
        found.append(Part(module, common, stretches))
    return found


def _blocks(form: Questionnaire, shown: Iterable[Question]) -> Iterable[Block]:
    """Put items of one scale that follow each other together; everything else stands alone."""

    def together(question: Question) -> tuple[str, str]:
        return (question.scale.id, refusal(question)) if question.scale else (f" {question.id}", "")

    for _, group in groupby(shown, key=together):
        items = list(group)
        runs = [list(run) for _, run in groupby(items, key=lambda question: conditions(form, question))]
        # Routes that change from line to line would cut a table to pieces: then each line says for whom it is.
        for run in runs if min(map(len, runs)) >= SHORTEST_TABLE else [items]:
            yield Block(tuple(run), _common([conditions(form, question) for question in run]))


def _common(routes: Sequence[tuple[Condition, ...]]) -> tuple[Condition, ...]:
    return tuple(one for one in routes[0] if all(one in route for route in routes)) if routes else ()


def _beyond(route: Iterable[Condition], known: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return the conditions of a route that are not known to hold already."""
    held = set(known)
    return tuple(one for one in route if one not in held)


def own_conditions(form: Questionnaire, block: Block, question: Question) -> tuple[Condition, ...]:
    """Return what must hold for a question on top of its block."""
    return _beyond(conditions(form, question), block.when)


def numbers(form: Questionnaire) -> dict[str, int]:
    """Return the number of every question, counted through the whole form; notes have none."""
    shown = [question for module in form.modules for question in form.shown(module) if question.is_answered]
    return {question.id: number for number, question in enumerate(shown, start=1)}


def choices(question: Question, words: Words) -> list[tuple[str, str]]:
    """Return codes and texts of a question as they are offered: options, "does not apply", refusal last."""
    refused = words.t("I prefer not to say")
    return [(code, words(question.labels[code]) if code in question.codes else refused) for code in offered(question)]


def gates(form: Questionnaire) -> dict[str, Condition]:
    """Return the questions whose answer decides whether the form goes on: consent, and who is studied."""
    found = (form.cleaning.consent, form.cleaning.eligible)
    return {one.question: one for one in found if one is not None and one.question in form.questions}


def is_whole(question: Question) -> bool:
    """Tell whether the answer to a ``number`` is a whole one."""
    return question.unit.split("_")[0] in WHOLE_FROM


def is_long(question: Question) -> bool:
    """Tell whether a free text needs several lines; one that says what "other" was, or a code, does not."""
    return not question.when and not question.group


def legal_range(question: Question, t: Catalogue) -> str:
    """Return the sentence that says which numbers a question takes; empty where every number is legal."""
    low, high = (_limit(limit, question.unit, t) for limit in (question.minimum, question.maximum))
    if low and high:
        return t("A number from {low} to {high}.", low=low, high=high)
    if low:
        return t("A number of at least {low}.", low=low)
    return t("A number of at most {high}.", high=high) if high else ""


def _limit(limit: float, unit: str, t: Catalogue) -> str:
    if not math.isfinite(limit):
        return ""
    return f"{limit:.0f}" if unit == "year" else t.number(limit)  # nobody writes the year 2,026


def unit_word(unit: str, t: Catalogue) -> str:
    """Return the words behind the box of a number.

    Raises
    ------
    CompendiumError
        The unit has no words yet.
    """
    words = {
        "years": t("years"),
        "months": t("months"),
        "weeks": t("weeks"),
        "days": t("days"),
        "persons": t("persons"),
        "pct": "%",
        "year": "",
        "hours_week": t("hours a week"),
        "hours_month": t("hours a month"),
        "hours_year": t("hours a year"),
        "days_year": t("days a year"),
        "days_week": t("days a week"),
        "weeks_year": t("weeks a year"),
        "calls_year": t("calls a year"),
        "months_year": t("months a year"),
        "eur": t("euros"),
        "eur_month": t("euros a month"),
        "eur_year": t("euros a year"),
    }
    if unit not in words:
        raise CompendiumError(f"the unit {unit!r} has no words for a form; legal are {', '.join(words)}")
    return words[unit]


def spoken(route: Iterable[Condition], form: Questionnaire, words: Words, at: Mapping[str, int]) -> str:
    """Return conditions in words, joined: ``your answer to question 3 is “Yes”``."""
    t = words.t
    said = []
    for one in route:
        asking = form.questions[one.question]
        place: dict[str, Any] = {"number": at[one.question]}
        if one.above is not None:
            said.append(t("your answer to question {number} is more than {limit}", limit=t.number(one.above), **place))
            continue
        offered = choices(asking, words)
        named = [t("“{answer}”", answer=label) for code, label in offered if code in one.codes]
        others = [t("“{answer}”", answer=label) for code, label in offered if code not in one.codes]
        if others and len(others) < len(named):  # all but a few: say which few
            said.append(
                t("you gave an answer other than {answers} to question {number}", answers=either(others, t), **place)
            )
        elif asking.type == "multiple":
            said.append(t("you ticked {answers} in question {number}", answers=either(named, t), **place))
        else:
            said.append(t("your answer to question {number} is {answers}", answers=either(named, t), **place))
    return t.join(said)


def either(texts: list[str], t: Catalogue) -> str:
    """Join texts of which one is enough: ``a, b or c``."""
    return texts[0] if len(texts) == 1 else t("{first} or {last}", first=", ".join(texts[:-1]), last=texts[-1])
