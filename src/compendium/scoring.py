"""Turn answers into values and scores: codes to numbers, reversed questions turned, measures on 0-100, exposure flags.

"Does not apply" (no client, no supervisor) is neither an answer nor a missing answer: it takes a question out of the
count of those that could be answered.
"""

import numpy as np
import pandas as pd

from .errors import AnswersError
from .study.questionnaire import Measure, Questionnaire
from .study.questions import Question

SCORE = "score_"
EXPOSED = "exposed_"


def values(codes: pd.Series, question: Question) -> pd.Series:
    """Give the codes of one question their values.

    Parameters
    ----------
    codes : pandas.Series of str
        Answers; missing where there is none.
    question : Question
        A question with an answer scale.

    Returns
    -------
    pandas.Series of float
        The scale's values, turned round where the question is reversed (``minimum + maximum - value``); missing where
        there is no answer and where the question does not apply.

    Raises
    ------
    AnswersError
        A code that the scale does not have.
    """
    if question.scale is None:
        raise AnswersError(f"question {question.id}: has no answer scale, so its codes have no values")
    scale = question.scale
    legal = dict(zip(scale.codes, scale.values, strict=True))
    unknown = sorted(set(codes.dropna()) - set(legal) - {scale.not_applicable})
    if unknown:
        expected = [*legal, *([scale.not_applicable] if scale.not_applicable else [])]
        raise AnswersError(
            f"question {question.id}: the code {unknown[0]!r} is unknown; legal are {', '.join(expected)}"
        )
    numbers = codes.map(legal).astype("float64")
    return min(legal.values()) + max(legal.values()) - numbers if question.reversed else numbers


def item_values(answers: pd.DataFrame, questionnaire: Questionnaire, measure: Measure) -> pd.DataFrame:
    """Return the items of a measure as numbers, all turned so that high means what the measure's high means."""
    return pd.DataFrame(
        {item: values(answers[item], questionnaire.questions[item]) for item in measure.items if item in answers},
        index=answers.index,
    ).reindex(columns=list(measure.items))


def score(answers: pd.DataFrame, measure: Measure, questionnaire: Questionnaire) -> pd.Series:
    """Score one measure on 0-100.

    Parameters
    ----------
    answers : pandas.DataFrame
        One column of codes an item of the measure, one row a person.
    measure : Measure
        The measure; its ``missing_min_share`` (0-1) is the share of items that must be answered.
    questionnaire : Questionnaire
        Holds the items' answer scales.

    Returns
    -------
    pandas.Series of float
        0 is the lowest and 100 the highest score that the items allow; missing where too few items were answered.

    Notes
    -----
    Each item is put on 0-100 by its own scale, ``100 (value - minimum) / (maximum - minimum)``, and the mean of the
    answered items is taken, which is the person-mean rule for the others. Two shares must reach ``missing_min_share``:
    the items that apply among all items, and the items answered among those that apply.
    """
    columns, applies = {}, {}
    for item in measure.items:
        question = questionnaire.questions[item]
        numbers = values(answers[item], question)
        assert question.scale is not None
        low, high = min(question.scale.values), max(question.scale.values)
        columns[item] = 100 * (numbers - low) / (high - low)
        applies[item] = _applies(answers[item], question)
    points = pd.DataFrame(columns)
    applicable = pd.DataFrame(applies).sum(axis=1)
    answered = points.notna().sum(axis=1)
    least = measure.missing_min_share
    enough = (answered > 0) & (applicable >= least * len(measure.items)) & (answered >= least * applicable)
    means: pd.Series = points.mean(axis=1).where(enough)
    return means


def exposed(answers: pd.DataFrame, measure: Measure, questionnaire: Questionnaire) -> pd.Series:
    """Tell who is exposed to what a measure asks about: enough items answered with a code that counts as exposed.

    Returns
    -------
    pandas.Series of boolean
        True where at least ``measure.exposed_items`` items are exposed; false where they could not be, whatever the
        missing answers were; missing otherwise, and where the measure declares no such number.
    """
    assert measure.exposed_items is not None
    hits = np.zeros(len(answers))
    open_items = np.zeros(len(answers))
    for item in measure.items:
        question = questionnaire.questions[item]
        hits += answers[item].isin(question.exposed).to_numpy()
        open_items += answers[item].isna().to_numpy()
    known = (hits >= measure.exposed_items) | (hits + open_items < measure.exposed_items)
    flags = pd.Series(hits >= measure.exposed_items, index=answers.index, dtype="boolean")
    return flags.where(known & (open_items < len(measure.items)))


def score_all(answers: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """Score every measure of a questionnaire: columns ``score_<measure>`` and, where declared, ``exposed_<measure>``."""
    columns: dict[str, pd.Series] = {}
    for measure in questionnaire.measures.values():
        columns[SCORE + measure.id] = score(answers, measure, questionnaire)
        if measure.exposed_items is not None:
            columns[EXPOSED + measure.id] = exposed(answers, measure, questionnaire)
    return pd.DataFrame(columns, index=answers.index)


def _applies(codes: pd.Series, question: Question) -> pd.Series:
    assert question.scale is not None
    return codes != question.scale.not_applicable
