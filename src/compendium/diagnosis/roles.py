"""The four postures of one person: who holds which, how many at once, where they conflict, and what goes with that."""

from collections.abc import Iterator

import pandas as pd

from ..persons import Persons, Row, estimate_row, not_measured, population
from ..study.postures import load_postures
from ..study.questionnaire import Questionnaire
from .beside import beside_rows, scores
from .exposure import item_rows, measure_rows

POSTURES, AT_ONCE, CONFLICTS = "postures", "postures_at_once", "posture_conflicts"
"""The question on postures, the number of them that a person holds, and the measure of their conflicts."""
NUMBERS = ("none", "one", "two", "three_or_four", "three_or_four")
"""Codes of :data:`AT_ONCE` by the number of postures."""


def postures_at_once(answers: pd.DataFrame) -> pd.Series:
    """Return how many of the four postures each person holds, as a code; missing where the question was not answered.

    Three and four are one code: hardly anybody holds all four.
    """
    columns = [name for one in load_postures().values() if (name := f"{POSTURES}__{one.code}") in answers]
    if not columns:
        return pd.Series(pd.NA, index=answers.index, dtype="str")
    held = answers[columns].astype("boolean")
    return held.sum(axis=1).astype(int).map(dict(enumerate(NUMBERS))).where(held.notna().all(axis=1))


def role_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield postures, their number, their conflicts, and how these go with one outcome.

    Parameters
    ----------
    persons : Persons
        Answers with the column :data:`AT_ONCE` (:func:`postures_at_once`).
    questionnaire : Questionnaire
        What was asked.
    outcome : str
        Measure that the conflicts are held against.

    Yields
    ------
    dict
        By ``postures`` the share that holds each (a person may hold several); by ``postures_at_once`` the share that holds
        so many; of each conflict the share that meets it often or always, of all of them the share exposed and the mean,
        overall and by the number of postures; and :func:`.beside.beside_rows`.
    """
    answers = persons.answers
    if AT_ONCE not in answers or answers[AT_ONCE].isna().all():
        yield not_measured(POSTURES, "no question of this study asks about it")
        return
    share = {"population": population(questionnaire, [POSTURES]), "method": "share", "unit": "%"}
    for one in load_postures().values():
        flags = answers[f"{POSTURES}__{one.code}"].astype("boolean")
        ((_, found),) = persons.estimate(flags)
        row = {"indicator": POSTURES, "group_by": POSTURES, "group": one.code}
        yield {**share, **row, **estimate_row(found, 100), "estimand": "answered so, several answers possible"}
    known = answers[AT_ONCE].notna()
    for code in dict.fromkeys(NUMBERS):
        ((_, found),) = persons.estimate((answers[AT_ONCE] == code).astype("boolean").where(known))
        row = {"indicator": AT_ONCE, "group_by": AT_ONCE, "group": code}
        yield {**share, **row, **estimate_row(found, 100), "estimand": "holds so many postures at once"}
    measure = questionnaire.measures.get(CONFLICTS)
    if measure is None or not scores(persons, [CONFLICTS]).notna().any(axis=None):
        yield not_measured(CONFLICTS, "no question of this study asks about it")
        return
    yield from item_rows(persons, questionnaire, measure, [AT_ONCE])
    yield from measure_rows(persons, questionnaire, measure, [AT_ONCE])
    yield from beside_rows(persons, questionnaire, outcome, scores(persons, [CONFLICTS]), CONFLICTS)
