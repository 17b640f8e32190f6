"""Estimate where income comes from and how work is organised, by country and by status."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from . import results
from .comparison.groups import weights_of
from .persons import Persons, estimate_row, organisation, population
from .study.questionnaire import Questionnaire
from .study.questions import Question
from .study.study import Study

Row = dict[str, Any]

PART = "national_contexts"
MEAN_SHARE = "mean share"
"""Method of a row: the mean, over persons, of the share that a part has in a whole of theirs."""


def estimate(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Estimate the parts of every whole that people divided (such as their income), and what stands in the same module.

    Parameters
    ----------
    study : Study
        The study.
    unit : str
        Code of the pooled countries.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        Results for each country and for `unit`, of everybody (``group_by`` empty) and by the first grouping question of the
        questionnaire (a status). ``indicator`` is ``<question>__<code>``. Of a question of shares: ``mean share``, the mean
        per cent, and ``share``, the persons who have any of it. Of questions of the same module that allow several answers:
        ``share``. Of its numbers: ``mean``. No rows where no question asks for shares.

    Notes
    -----
    A person who divided a whole gave a number to each part, nought included; who gave none is left out. Mean shares are of
    persons, each counting the same: not shares of the money of all. In the pooled estimate every country counts the same.
    Where the study has margins of a country, its people are weighted to them, as on the page of compared answers.
    """
    questionnaire = study.questionnaire
    by = next((name for name in questionnaire.groups if name in answers), "")
    answers, weights = weights_of(study, answers)
    frames = []
    for country in [*answers["country"].drop_duplicates(), unit]:
        own = answers if country == unit else answers[answers["country"] == country]
        given = None if weights is None else weights[own.index]
        persons = Persons(own, "country" if country == unit else None, given, organisation(own, questionnaire))
        rows = list(_rows(persons, questionnaire, by))
        if rows:
            origin = results.weakest_origin(own["origin"])
            frames.append(results.make(rows, country=country, origin=origin, weighted=persons.is_weighted))
    found = results.concat(frames) if frames else results.make([])
    return found.assign(study=study.id, wave=wave, period=wave, part=PART, source=study.id)


def divided(questionnaire: Questionnaire) -> list[Question]:
    """Return the questions in which people divide a whole into parts."""
    return [question for question in questionnaire.questions.values() if question.type == "shares"]


def beside(questionnaire: Questionnaire, kind: str) -> list[Question]:
    """Return the questions of one type that stand in the module of the first question of shares: that on the economy."""
    modules = [question.module for question in divided(questionnaire)][:1]
    return [one for one in questionnaire.questions.values() if one.module in modules and one.type == kind]


def _rows(persons: Persons, questionnaire: Questionnaire, by: str) -> Iterator[Row]:
    groups: list[tuple[str, pd.Series | None]] = [("", None)]
    if by:
        groups.append((by, persons.answers[by].astype("object")))
    for group_by, codes in groups:
        for question in divided(questionnaire):
            for name in _columns(persons, question):
                part = persons.answers[name].astype(float)
                said = {"indicator": name, "group_by": group_by, "population": population(questionnaire, [question.id])}
                yield from _estimates(persons, part, codes, {**said, "method": MEAN_SHARE, "unit": "%"}, 1)
                any_of_it = (part > 0).astype("boolean").where(part.notna())
                yield from _estimates(persons, any_of_it, codes, {**said, "method": "share", "unit": "%"}, 100)
        for question in beside(questionnaire, "multiple"):
            for name in _columns(persons, question):
                said = {"indicator": name, "group_by": group_by, "population": population(questionnaire, [question.id])}
                flag = persons.answers[name].astype("boolean")
                yield from _estimates(persons, flag, codes, {**said, "method": "share", "unit": "%"}, 100)
        for question in beside(questionnaire, "number"):
            column = persons.answers.get(question.id)
            if column is not None and column.notna().any():
                said = {
                    "indicator": question.id,
                    "group_by": group_by,
                    "population": population(questionnaire, [question.id]),
                }
                yield from _estimates(
                    persons, column.astype(float), codes, {**said, "method": "mean", "unit": question.unit or ""}, 1
                )


def _columns(persons: Persons, question: Question) -> list[str]:
    names = [f"{question.id}__{code}" for code in question.codes]
    return [name for name in names if name in persons.answers and persons.answers[name].notna().any()]


def _estimates(persons: Persons, values: pd.Series, codes: pd.Series | None, said: Row, times: int) -> Iterator[Row]:
    is_sum = said["method"] != "share"
    held = persons.dominated(values, codes, str(said["unit"])) if is_sum else frozenset()
    for code, found in persons.estimate(values, codes):
        yield {**estimate_row(found, times, dominated=code in held), **said, "group": code, "estimand": _ESTIMANDS[said["method"]]}


_ESTIMANDS = {MEAN_SHARE: "mean share of the whole", "share": "persons who have any of it", "mean": "mean"}
