"""What becomes of single values that cannot be, or that were given in other words: each step changes and counts."""

import math

import pandas as pd

from ..study.questionnaire import Impossible, Questionnaire
from ..study.questions import Condition
from ..study.recodes import Recode
from ..study.routing import SEPARATOR, SHARE, asked, holds

TOTAL = 100.0


def put_right(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.DataFrame, dict[str, int]]:
    """Recode what was said in other words, and set missing what cannot be; return the frame and how many values by reason.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers as collected, one row a person.
    questionnaire : Questionnaire
        Holds ranges, routes, recoding lists and the ``cleaning`` part.

    Returns
    -------
    frame : pandas.DataFrame
        The same rows.
    counts : dict of str to int
        In the order of the steps: ``not_asked`` (an answer to a question that this person was not asked), ``recoded``
        (a free text that a list knows), ``not_recoded`` (one that it does not, or that names several codes: left as it
        is), ``out_of_range`` (outside the ``minimum`` and ``maximum`` of the question), ``impossible`` (another
        answer of the same person rules the value out), ``contradiction`` ("none of these" beside one of these),
        ``shares_scaled`` and ``shares_dropped`` (percentages whose sum
        lies within, or outside, the tolerance around 100).
    """
    frame = frame.copy()
    counts = {"not_asked": 0, "recoded": 0, "not_recoded": 0, "out_of_range": 0, "impossible": 0}
    counts |= {"contradiction": 0, "shares_scaled": 0, "shares_dropped": 0}
    for question in questionnaire.questions.values():
        beside = frame[question.id].notna() & ~asked(frame, questionnaire, question.id)
        counts["not_asked"] += int(beside.sum())
        frame.loc[beside, question.id] = None
    for text, recode in questionnaire.recodes.items():
        _recode(frame, text, recode, counts)
    for question in questionnaire.questions.values():
        if question.type == "number":
            outside = (frame[question.id] < question.minimum) | (frame[question.id] > question.maximum)
            counts["out_of_range"] += int(outside.sum())
            frame.loc[outside, question.id] = float("nan")
    for limit in questionnaire.cleaning.impossible:
        hit = _impossible(frame, limit, questionnaire)
        counts["impossible"] += int(hit.sum())
        frame.loc[hit, limit.question] = float("nan")
    for question in questionnaire.questions.values():
        if question.exclusive:
            several = frame[question.id].astype("str").str.contains(SEPARATOR, regex=False, na=False)
            alone = holds(frame[question.id], question.type, Condition(question.id, question.exclusive))
            counts["contradiction"] += int((several & alone).sum())
            frame.loc[several & alone, question.id] = None
        if question.type == "shares":
            frame[question.id] = _shares(frame[question.id], questionnaire.cleaning.shares_tolerance, counts)
    return frame, counts


def _recode(frame: pd.DataFrame, question: str, recode: Recode, counts: dict[str, int]) -> None:
    said = frame[question].notna() & (frame[recode.into] == recode.when)
    codes = frame.loc[said, question].map(recode.code_of)
    found = codes[codes != ""]
    frame.loc[found.index, recode.into] = found
    counts["recoded"] += len(found)
    counts["not_recoded"] += len(codes) - len(found)


def _impossible(frame: pd.DataFrame, limit: Impossible, questionnaire: Questionnaire) -> pd.Series:
    """Where a number lies above its limit: one that is fixed, or another number of the same person."""
    above = frame[limit.question] > (frame[limit.than] if limit.than else limit.above)
    if limit.when is None:
        return above
    return above & holds(frame[limit.when.question], questionnaire.questions[limit.when.question].type, limit.when)


def _shares(cells: pd.Series, tolerance: float, counts: dict[str, int]) -> pd.Series:
    """Bring percentages that nearly add up to 100 to that sum; drop the others."""

    def one(cell: str) -> str | None:
        parts = [part.split(SHARE) for part in cell.split(SEPARATOR)]
        numbers = {code.strip(): float(number.replace(",", ".")) for code, number in parts}
        total = sum(numbers.values())
        if math.isclose(total, TOTAL) and min(numbers.values()) >= 0:
            return cell
        if abs(total - TOTAL) > tolerance or min(numbers.values()) < 0:
            counts["shares_dropped"] += 1
            return None
        counts["shares_scaled"] += 1
        return SEPARATOR.join(f"{code}{SHARE}{TOTAL * number / total:.6g}" for code, number in numbers.items())

    return cells.map(one, na_action="ignore")
