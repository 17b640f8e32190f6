"""The texts of a questionnaire, and what is wrong with them: missing, the same in two languages, or fit to do harm."""

import re
from collections.abc import Iterator
from typing import Final

from .questionnaire import Questionnaire
from .questions import Question, Text

SUSPICIOUS: Final = 25
"""Texts of more letters than this are hardly ever the same in two languages."""
NUMBERED: Final = re.compile(r"\s*\d+\s*[-–—.:)=]\s*[^\d\s]")
"""A label such as ``1 - never``: numbers in front make people read a rating instead of the words."""
PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
SELF_HARM: Final = re.compile(
    r"suic[ií]d|self-?\s?harm|(?:hurt|harm|kill)(?:ing)? (?:my|your)self|(?:take|end)(?:ing)? (?:my|your) (?:own )?life"
    r"|automutil|scarifi|(?:me|se|vous) (?:faire du mal|tuer)|fin à (?:ma|vos|ses) jours|attenter à (?:ma|sa|votre) vie"
    r"|autoles|autoagress|(?:magoar|matar)-(?:me|se)|fim à (?:minha |sua |própria )*vida"  # Portuguese, after French
    r"|samob[oó]j|samookalecz|samouszkodz|odebra[cć] sobie życi|zrobi[cć] sobie krzywd"  # Polish
    r"|suizid|selbstmord|selbstverletz|selbsttötung|(?:mir|sich|ihnen) (?:etwas antun|das leben nehmen)",  # German
    re.IGNORECASE,
)
"""Nobody reads the answers in time to help; so nobody is asked."""


def shown_texts(questionnaire: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Return every text that a form shows, with its place: modules, questions, options and scales."""
    for module in questionnaire.modules.values():
        yield f"{module.id}: title", module.title
        if module.intro:
            yield f"{module.id}: intro", module.intro
        for question in questionnaire.shown(module.id):
            yield from _of_question(question)
    for scale in questionnaire.scales.values():
        for code, label in scale.labels.items():
            yield f"scale {scale.id}: {code}", label


def every_text(questionnaire: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Return every text of a questionnaire with its place: what a form shows, reasons, measures and the rest."""
    yield from shown_texts(questionnaire)
    for question in questionnaire.questions.values():
        if question.exposed_reason:
            yield f"{question.id}: reason", question.exposed_reason
    for family in questionnaire.families.values():
        yield f"family {family.id}: label", family.label
        yield f"family {family.id}: description", family.description
    for measure in questionnaire.measures.values():
        yield f"measure {measure.id}: label", measure.label
        yield f"measure {measure.id}: high", measure.high
        if measure.exposed_reason:
            yield f"measure {measure.id}: exposed_reason", measure.exposed_reason
    for banding in questionnaire.bands.values():
        yield f"bands {banding.id}: label", banding.label
        for band in banding.bands:
            yield f"bands {banding.id}: {band.code}", band.label
    for one in questionnaire.analysis.typology:
        if one.label:
            yield f"typology {one.population}: label", one.label
    for pair in questionnaire.analysis.pairs:
        yield f"pair {pair.domain}", pair.label
    for competence in questionnaire.analysis.competences:
        yield f"competence {competence.id}", competence.label
    for limit in questionnaire.cleaning.impossible:
        yield f"cleaning.impossible {limit.question}", limit.reason


def faults(questionnaire: Questionnaire) -> list[str]:
    """Name what is wrong with the texts of a questionnaire.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire, or the form of a country.

    Returns
    -------
    list of str
        One sentence a fault, each with its place: a text missing in a language of the questionnaire, placeholders that
        differ between languages, a label with a number in front, a text that is the same in two languages, a word of
        self-harm, exposed codes without a reason, an option that stands alone outside a ``multiple`` question.
    """
    found = [fault for place, text in every_text(questionnaire) for fault in _of_text(questionnaire, place, text)]
    for question in questionnaire.questions.values():
        if question.exposed and not question.exposed_reason:
            found.append(f"{question.id}: there are exposed codes without a reason")
        if question.exclusive and question.type != "multiple":
            found.append(f"{question.id}: {question.exclusive[0]!r} stands alone, which only a multiple question knows")
    return found


def _of_question(question: Question) -> Iterator[tuple[str, Text]]:
    yield question.id, question.text
    if question.help:
        yield f"{question.id}: help", question.help
    for code, label in question.options.items():
        yield f"{question.id}: option {code}", label


def _of_text(questionnaire: Questionnaire, place: str, text: Text) -> Iterator[str]:
    said = {language: text.get(language, "").strip() for language in questionnaire.languages}
    for language, words in said.items():
        if not words:
            yield f"{place}: the text in {language!r} is missing"
        if harm := SELF_HARM.search(words):
            yield f"{place}: the text in {language!r} speaks of self-harm: {harm[0]!r}"
        if (": option " in place or place.startswith("scale ")) and NUMBERED.match(words):
            yield f"{place}: the label in {language!r} has a number in front: {words!r}"
    if len({tuple(sorted(PLACEHOLDER.findall(words))) for words in said.values() if words}) > 1:
        yield f"{place}: the placeholders differ between languages"
    seen: dict[str, str] = {}
    for language, words in said.items():
        if sum(map(str.isalpha, words)) > SUSPICIOUS and words in seen:
            yield f"{place}: the text is the same in {seen[words]!r} and {language!r}"
        seen.setdefault(words, language)
