"""Commitment and over-investment: to what people are attached, who gives more than they meant to, and what goes with it."""

from collections.abc import Iterator

import pandas as pd

from ..persons import POINTS, Persons, Row, estimate_row, not_measured, population
from ..study.questionnaire import Questionnaire
from .beside import beside_rows, scores
from .exposure import item_rows, measure_rows
from .gaps import points

COMMITMENT, OVERINVESTMENT = "commitment", "overinvestment"


def commitment_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield attachment by target, over-investment, and how both go with one outcome and with each other.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    outcome : str
        Measure that commitment and over-investment are held against.

    Yields
    ------
    dict
        Of each question on attachment its mean in points of 100: they ask for different targets and are not added up. Of
        each sign of over-investment the share that knows it often or always, of all of them the share exposed and the mean.
        :func:`.beside.beside_rows` of the outcome on attachments and over-investment at once, and of over-investment on
        attachments.
    """
    attached = _attached(persons, questionnaire)
    for item in attached:
        ((_, found),) = persons.estimate(attached[item])
        yield {
            **estimate_row(found),
            "indicator": str(item),
            "population": population(questionnaire, [str(item)]),
            "method": "mean",
            "unit": POINTS,
            "estimand": "mean agreement",
        }
    given, measure = scores(persons, [OVERINVESTMENT]), questionnaire.measures.get(OVERINVESTMENT)
    if attached.empty and (measure is None or given.isna().all(axis=None)):
        yield not_measured(COMMITMENT, "no question of this study asks about it")
        return
    if measure is not None and given.notna().any(axis=None):
        yield from item_rows(persons, questionnaire, measure)
        yield from measure_rows(persons, questionnaire, measure, ())
        yield from beside_rows(persons, questionnaire, OVERINVESTMENT, attached, COMMITMENT)
    yield from beside_rows(persons, questionnaire, outcome, pd.concat([given, attached], axis=1), COMMITMENT)


def _attached(persons: Persons, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return the answers on attachment, in points of 100, of the questions that somebody answered."""
    measure = questionnaire.measures.get(COMMITMENT)
    items = [] if measure is None else [item for item in measure.items if item in persons.answers]
    found = pd.DataFrame({item: points(persons.answers[item], questionnaire.questions[item]) for item in items})
    return found.reindex(persons.answers.index).dropna(axis=1, how="all")
