"""How far reality is from the wish, by domain of work."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..persons import POINTS, Persons, Row, estimate_row, not_measured, population
from ..scoring import values
from ..study.questionnaire import Questionnaire


def gap_rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield wish, reality and reality minus wish by domain, 0-100, among persons who answered both."""
    for pair in questionnaire.analysis.pairs:
        asked = [questionnaire.questions[name] for name in (pair.ideal, pair.reality)]
        if not {pair.ideal, pair.reality} <= set(persons.answers.columns):
            continue
        ideal, reality = (points(persons.answers[question.id], question) for question in asked)
        both = ideal.notna() & reality.notna()
        if not both.any():
            yield not_measured(f"gap_{pair.domain}", "nobody was asked or nobody answered")
            continue
        common = {
            "population": population(questionnaire, [pair.reality]),
            "group_by": "domain",
            "group": pair.domain,
            "unit": POINTS,
            "method": "mean",
        }
        quantities = {
            "ideal": (ideal.where(both), "wish"),
            "reality": (reality.where(both), "reality"),
            "gap": ((reality - ideal).where(both), "reality minus wish"),
        }
        for indicator, (quantity, estimand) in quantities.items():
            ((_, found),) = persons.estimate(quantity)
            yield {**common, **estimate_row(found), "indicator": indicator, "estimand": estimand}


def points(codes: pd.Series, question: Any) -> pd.Series:
    """Return answers to a question with an answer scale, in points of 100."""
    numbers = values(codes, question)
    low, high = min(question.scale.values), max(question.scale.values)
    return 100 * (numbers - low) / (high - low)
