"""Hold the names inside a questionnaire against one another: nothing may lead nowhere."""

from collections.abc import Callable, Iterable

from ..errors import DefinitionError
from .questionnaire import Questionnaire


def check_references(questionnaire: Questionnaire, where: str) -> None:
    """Hold every name inside a questionnaire against what is there.

    Parameters
    ----------
    questionnaire : Questionnaire
        The questionnaire.
    where : str
        The file that declares it, for messages.

    Raises
    ------
    DefinitionError
        A name leads nowhere: file, key, name and what is legal.
    """
    questions, analysis, cleaning = questionnaire.questions, questionnaire.analysis, questionnaire.cleaning
    categories = {*questions, *(banding.id for banding in questionnaire.bands.values())}
    conditions = [
        one for one in (cleaning.consent, cleaning.eligible, *(limit.when for limit in cleaning.impossible)) if one
    ]

    def legal(place: str, names: Iterable[str], known: Iterable[str]) -> None:
        unknown = [name for name in names if name not in set(known)]
        if unknown:
            raise DefinitionError(f"{where}: {place}: {unknown[0]!r} is not legal; legal are {', '.join(known)}")

    for measure in questionnaire.measures.values():
        scaled = [name for name, question in questions.items() if question.scale]
        legal(f"measures.{measure.id}.items", measure.items, scaled)
        legal(f"measures.{measure.id}.family", [measure.family] if measure.family else [], questionnaire.families)
    for question in questions.values():
        legal(f"{question.id}.exposed", question.exposed, question.codes)
        legal(
            f"{question.id}.not_applicable",
            [question.own_not_applicable] if question.own_not_applicable else [],
            question.codes,
        )
    _routes(questionnaire, where, legal)
    legal(
        "analysis.bands",
        questionnaire.bands,
        [name for name, question in questions.items() if question.type == "number"],
    )
    legal("analysis.needs", analysis.needs, questions)
    legal("analysis.health", analysis.health, questions)
    legal("analysis.outcomes", analysis.outcomes.values(), questionnaire.measures)
    legal("analysis.groups", analysis.groups, categories)
    legal("analysis.pairs", [name for pair in analysis.pairs for name in (pair.ideal, pair.reality)], questions)
    legal(
        "analysis.competences",
        [name for one in analysis.competences for name in (one.importance, one.mastery)],
        questions,
    )
    for condition in conditions:
        legal("cleaning", [condition.question], questions)
        legal(f"cleaning: {condition.question}", condition.codes, questions[condition.question].codes)
    legal("cleaning.straight_line", cleaning.straight_line, questionnaire.modules)
    numbers = [name for name, question in questions.items() if question.type == "number"]
    for limit in cleaning.impossible:
        legal("cleaning.impossible", [limit.question, *([limit.than] if limit.than else ())], numbers)
    texts = [name for name, question in questions.items() if question.type == "text"]
    legal("cleaning.withdrawal", [cleaning.withdrawal] if cleaning.withdrawal else [], texts)
    legal("cleaning.linking", [cleaning.linking] if cleaning.linking else [], texts)
    for name, recode in questionnaire.recodes.items():
        legal(f"{name}.recode", [name], texts)
        legal(f"{name}.recode: into", [recode.into], questions)
        legal(f"{name}.recode: codes", [recode.when, *recode.words.values()], questions[recode.into].codes)


def _routes(
    questionnaire: Questionnaire, where: str, legal: Callable[[str, Iterable[str], Iterable[str]], None]
) -> None:
    """A route may only ask for earlier questions and for codes that they have; a population must exist."""
    everything = {**questionnaire.questions, **questionnaire.notes}
    eligible = questionnaire.cleaning.eligible
    earlier: list[str] = []
    for name in questionnaire.order:
        question = everything[name]
        for condition in question.when:
            legal(f"{name}.when", [condition.question], earlier)
            asked = questionnaire.questions[condition.question]
            legal(f"{name}.when: {condition.question}", condition.codes, asked.codes)
            if (condition.above is None) == (not condition.codes) or (condition.above is None) == (
                asked.type == "number"
            ):
                raise DefinitionError(
                    f"{where}: {name}.when: {condition.question}: legal is `above` for a number, `codes` for any other question"
                )
        if eligible:
            legal(f"{name}.populations", question.populations, questionnaire.questions[eligible.question].codes)
        if question.is_answered:
            earlier.append(name)
