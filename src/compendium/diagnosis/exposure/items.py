"""Exposure item by item: who meets one working condition in a way that counts as exposed."""

from collections.abc import Iterator, Sequence

import pandas as pd

from ...persons import Persons, Row, estimate_row, ordered_groups, population
from ...study.questionnaire import Measure, Questionnaire

BY_CODES = "answered with a code that counts as exposed, among those whom the question concerns"


def item_rows(
    persons: Persons, questionnaire: Questionnaire, measure: Measure, by: Sequence[str] = ()
) -> Iterator[Row]:
    """Yield the share of persons exposed to each item of a measure, overall and by group.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    measure : Measure
        Its items that declare no answer codes which count as exposed give no rows.
    by : sequence of str
        Columns whose groups are shown; a column that is not there gives no rows.

    Yields
    ------
    dict
        Rows with the item in ``indicator``, ``method="share"``, ``%`` of those who answered and whom the item concerns:
        "does not apply" counts neither as exposed nor as spared.
    """
    answers = persons.answers
    for item in measure.items:
        flags = exposed_to_item(answers, questionnaire, item)
        if flags is None or flags.isna().all():
            continue
        common = {
            "indicator": item,
            "population": population(questionnaire, [item]),
            "method": "share",
            "unit": "%",
            "estimand": BY_CODES,
        }
        for variable in ["", *(name for name in by if name in answers)]:
            groups = ordered_groups(answers, questionnaire, variable) if variable else None
            for code, found in persons.estimate(flags, groups):
                yield {**common, **estimate_row(found, 100), "group_by": variable, "group": code}


def exposed_to_item(answers: pd.DataFrame, questionnaire: Questionnaire, item: str) -> pd.Series | None:
    """Tell who is exposed to one item; missing where it was not answered or does not apply, none where nothing is declared."""
    question = questionnaire.questions[item]
    if item not in answers or not question.exposed or question.scale is None:
        return None
    codes = answers[item]
    flags = codes.isin(question.exposed).astype("boolean")
    return flags.where(codes.notna() & (codes != question.scale.not_applicable))
