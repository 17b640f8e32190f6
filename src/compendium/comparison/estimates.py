"""Estimate measures, closed questions and competences for the people of one country, or of all together."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pandas as pd

from ..diagnosis.exposure import measure_rows
from ..invariance import Verdicts
from ..invariance.axes import COUNTRY
from ..persons import POINTS, Persons, estimate_row, population
from ..scoring import SCORE, values
from ..study.questionnaire import Questionnaire
from ..study.questions import Question

Row = dict[str, Any]

COMPETENCE = "competence"


def estimate_rows(persons: Persons, questionnaire: Questionnaire, verdicts: Verdicts, country: str) -> Iterator[Row]:
    """Yield every estimate of some persons; ``country`` is empty for all countries together."""
    return chain(
        _measures(persons, questionnaire, verdicts, country),
        _questions(persons, questionnaire),
        _competences(persons, questionnaire),
    )


def _measures(persons: Persons, questionnaire: Questionnaire, verdicts: Verdicts, country: str) -> Iterator[Row]:
    for measure in questionnaire.measures.values():
        score = persons.answers.get(SCORE + measure.id)
        if score is None or score.notna().sum() == 0:
            continue
        verdict = verdicts.judge(measure, COUNTRY, country)
        for row in measure_rows(persons, questionnaire, measure, ()):
            # A row that already says why it cannot be compared (too few, not measured) keeps its own reason.
            yield row if row.get("comparable") == "no" else {**row, **verdict}


def _questions(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    consent = questionnaire.cleaning.consent
    for question in questionnaire.questions.values():
        if consent is not None and question.id == consent.question:
            continue  # everybody who is kept agreed
        if question.type == "single":
            yield from _single(persons, question, questionnaire)
        elif question.type == "multiple":
            yield from _multiple(persons, question, questionnaire)
        elif question.type == "number":
            yield from _number(persons, question, questionnaire)
        elif question.type == "item" and question.exposed:
            yield from _item(persons, question, questionnaire)


def _single(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    applies = column.notna() & (column != question.not_applicable)
    for code in questionnaire.codes(question.id):
        if code != question.not_applicable and applies.any():
            flag = (column == code).astype("boolean").where(applies)
            yield _share(persons, flag, question, questionnaire, str(code), "answered so, of those to whom it applies")


def _multiple(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    for code in questionnaire.codes(question.id):
        column = persons.answers.get(f"{question.id}__{code}")
        if column is not None and column.notna().any():
            yield _share(
                persons,
                column.astype("boolean"),
                question,
                questionnaire,
                str(code),
                "answered so, several answers possible",
            )


def _item(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    applies = column.notna() & (column != question.not_applicable)
    flag = column.isin(question.exposed).astype("boolean").where(applies)
    if applies.any():
        yield {
            **_share(persons, flag, question, questionnaire, "", "answered so that it counts as exposed"),
            "group_by": "",
        }


def _share(
    persons: Persons, flag: pd.Series, question: Question, questionnaire: Questionnaire, code: str, estimand: str
) -> Row:
    ((_, found),) = persons.estimate(flag)
    return {
        **estimate_row(found, 100),
        "indicator": question.id,
        "group_by": question.id,
        "group": code,
        "method": "share",
        "unit": "%",
        "estimand": estimand,
        "population": population(questionnaire, [question.id]),
    }


def _number(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    ((_, found),) = persons.estimate(column.astype(float))
    yield {
        **estimate_row(found, dominated=bool(persons.dominated(column.astype(float), None, question.unit))),
        "indicator": question.id,
        "method": "mean",
        "unit": question.unit or "",
        "estimand": "mean",
        "population": population(questionnaire, [question.id]),
    }


def _competences(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield importance, mastery and importance less mastery, 0-100, among persons who answered both."""
    for one in questionnaire.analysis.competences:
        if not {one.importance, one.mastery} <= set(persons.answers.columns):
            continue
        importance, mastery = (
            _points(persons.answers[name], questionnaire.questions[name]) for name in (one.importance, one.mastery)
        )
        both = importance.notna() & mastery.notna()
        if not both.any():
            continue
        quantities = {
            "importance": (importance.where(both), "importance"),
            "mastery": (mastery.where(both), "mastery"),
            "gap": ((importance - mastery).where(both), "importance less mastery"),
        }
        for indicator, (quantity, estimand) in quantities.items():
            ((_, found),) = persons.estimate(quantity)
            yield {
                **estimate_row(found),
                "indicator": f"competence_{indicator}",
                "group_by": COMPETENCE,
                "group": one.id,
                "method": "mean",
                "unit": POINTS,
                "estimand": estimand,
                "population": population(questionnaire, [one.mastery]),
            }


def _points(codes: pd.Series, question: Question) -> pd.Series:
    assert question.scale is not None
    low, high = min(question.scale.values), max(question.scale.values)
    return 100 * (values(codes, question) - low) / (high - low)
