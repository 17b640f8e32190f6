"""Estimate what organisations offer, ask, fund and prevent: the unit is an organisation, never pooled with persons."""

from collections.abc import Iterator

import pandas as pd

from . import results
from .persons import Persons, Row, estimate_row, ordered_groups
from .study.questionnaire import Questionnaire
from .study.questions import Question
from .study.study import Study

PART, POPULATION = "national_contexts", "organisation"
SHARE, MEAN, MEAN_SHARE = "share", "mean", "mean share"


def estimate(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Estimate every question that is put to organisations alone, of all and by kind and sphere.

    Parameters
    ----------
    study : Study
        The study.
    unit : str
        Country, or the pooled unit, in which every country counts the same.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        Results. ``indicator`` is ``<question>__<code>`` (method ``share``: per cent of organisations that gave the answer; ``mean
        share``: mean per cent of a divided whole) or the question (``mean``). ``group_by`` is empty, or the first or second
        question of the organisations with one answer (kind, sphere); a question with one answer is a breakdown of itself. No rows where nobody answered for an organisation.

    Notes
    -----
    Somebody who answers for an organisation says nothing of themselves: these rows share no base with those of persons.
    """
    questionnaire = study.questionnaire
    own = answers[answers["population"] == POPULATION] if "population" in answers else answers.iloc[:0]
    if own.empty:
        return results.make([])
    own = own.reset_index(drop=True)
    persons = Persons(own, "country" if study.is_pooled(unit) else None)
    rows = list(_rows(persons, questionnaire))
    found = results.make(rows, country=unit, origin=results.weakest_origin(own["origin"]), weighted=persons.is_weighted)
    return found.assign(study=study.id, wave=wave, period=wave, part=PART, source=study.id, population=POPULATION)


def asked(questionnaire: Questionnaire) -> list[Question]:
    """Return the closed questions and numbers that are put to organisations alone."""
    return [
        one
        for one in questionnaire.questions.values()
        if tuple(one.populations) == (POPULATION,) and one.type in ("single", "multiple", "shares", "number")
    ]


def grouping(questionnaire: Questionnaire) -> list[str]:
    """Return the first two questions of organisations with one answer: kind and sphere."""
    return [one.id for one in asked(questionnaire) if one.type == "single"][:2]


def _rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    answers = persons.answers
    variables = [name for name in grouping(questionnaire) if name in answers and answers[name].notna().any()]
    groups = [("", None), *((name, ordered_groups(answers, questionnaire, name)) for name in variables)]
    for question in asked(questionnaire):
        if question.type == "single":
            yield from _parts(persons, question)
    for group_by, codes in groups:
        for question in asked(questionnaire):
            for name, values, said in _values(answers, question):
                factor = 100 if said["method"] == SHARE else 1
                is_sum = said["method"] != SHARE
                held = persons.dominated(values, codes, str(said["unit"])) if is_sum else frozenset()
                for code, found in persons.estimate(values, codes):
                    yield {
                        **estimate_row(found, factor, dominated=code in held),
                        **said,
                        "indicator": name,
                        "group_by": group_by,
                        "group": code,
                    }


def _parts(persons: Persons, question: Question) -> Iterator[Row]:
    """Estimate the parts into which one question divides organisations: a breakdown, so that the gate sees that they add up."""
    column = persons.answers.get(question.id)
    for code in question.codes if column is not None and column.notna().any() else ():
        for _, found in persons.estimate((column == code).astype("boolean").where(column.notna())):
            said = {"indicator": question.id, "group_by": question.id, "group": code, "method": SHARE, "unit": "%"}
            yield {**estimate_row(found, 100), **said}


def _values(answers: pd.DataFrame, question: Question) -> Iterator[tuple[str, pd.Series, Row]]:
    if question.type == "number":
        if question.id in answers and answers[question.id].notna().any():
            yield question.id, answers[question.id].astype(float), {"method": MEAN, "unit": question.unit or ""}
        return
    for code in question.codes:
        name = f"{question.id}__{code}"
        if name in answers and answers[name].notna().any():
            if question.type == "multiple":
                yield name, answers[name].astype("boolean"), {"method": SHARE, "unit": "%"}
            else:
                yield name, answers[name].astype(float), {"method": MEAN_SHARE, "unit": "%"}
