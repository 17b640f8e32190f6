"""Who was asked what: a module may be switched off, a question may be put to some populations or after some answers only."""

import pandas as pd

from .questionnaire import Questionnaire
from .questions import Condition

SEPARATOR = ";"
"""Between several answers in one cell."""
SHARE = "="
"""Between an option and its percentage in a cell of shares."""


def asked(frame: pd.DataFrame, questionnaire: Questionnaire, question: str) -> pd.Series:
    """Tell which rows were asked a question.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person: the answers as collected, with ``country`` and ``wave`` where a module is switched off somewhere.
    questionnaire : Questionnaire
        Holds populations, routes and where a module is not asked.
    question : str
        Name of the question.

    Returns
    -------
    pandas.Series of bool
        False where the module is switched off, the population is another, or a condition does not hold; a condition on
        an answer that is missing does not hold.
    """
    asking = questionnaire.questions[question]
    reached = pd.Series(True, index=frame.index)
    for country, wave in questionnaire.not_asked.get(asking.module, ()):
        reached &= ~((frame["country"] == country) & (frame["wave"] == wave))
    eligible = questionnaire.cleaning.eligible
    if asking.populations and eligible is not None:
        reached &= frame[eligible.question].isin(asking.populations)
    for condition in asking.when:
        reached &= holds(frame[condition.question], questionnaire.questions[condition.question].type, condition)
    return reached


def holds(cells: pd.Series, kind: str, condition: Condition) -> pd.Series:
    """Tell where the answers to a question of this type meet a condition."""
    if condition.above is not None:
        return (cells.astype("float64") > condition.above).astype(bool)
    if kind != "multiple":
        return cells.isin(condition.codes)
    wanted = set(condition.codes)
    return cells.fillna("").map(lambda cell: not wanted.isdisjoint(cell.split(SEPARATOR))).astype(bool)
