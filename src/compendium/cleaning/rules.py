"""Which answers count: ordered rules, each of which names the answers that it leaves out."""

from collections.abc import Callable

import pandas as pd

from ..study.questionnaire import Questionnaire
from ..study.routing import asked

Rule = Callable[[pd.DataFrame, Questionnaire], "pd.Series | None"]
KEPT = ""
LEAST_COMPARED = 20
"""Fewer answers than this are too few to call two rows the same person's."""
LEAST_STRAIGHT = 8
"""Fewest answers of a module in which the same answer throughout says something."""


def _no_consent(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """All rows of a person who did not agree, or withdrew in one of them."""
    consent = questionnaire.cleaning.consent
    if consent is None:
        return None
    refused = ~frame[consent.question].isin(consent.codes)
    return frame["respondent"].isin(frame.loc[refused, "respondent"])


def _sent_twice(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """Every row but the fullest of one respondent code (the first of equals), or of the same answers throughout."""
    if not questionnaire.cleaning.sent_twice:
        return None
    questions = list(questionnaire.questions)
    answered = frame[questions].notna().sum(axis=1)
    same = frame[questions].duplicated() & (answered >= LEAST_COMPARED)
    fullest_first = answered.sort_values(ascending=False, kind="stable").index
    again = frame.loc[fullest_first, "respondent"].duplicated().reindex(frame.index)
    return again | same


def _not_eligible(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    eligible = questionnaire.cleaning.eligible
    return None if eligible is None else ~frame[eligible.question].isin(eligible.codes)


def _broken_off(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    least = questionnaire.cleaning.answered_at_least
    if least is None:
        return None
    questions = _closed(questionnaire)
    applies = pd.DataFrame({question: asked(frame, questionnaire, question) for question in questions})
    return (frame[questions].notna() & applies).sum(axis=1) < least * applies.sum(axis=1)


def _too_fast(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    fastest = questionnaire.cleaning.fastest_minutes
    return None if fastest is None else frame["duration_min"] < fastest


def _straight_line(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series | None:
    """The same code throughout a module that asks in both directions."""
    modules = questionnaire.cleaning.straight_line
    if not modules:
        return None
    hit = pd.Series(False, index=frame.index)
    for module in modules:
        items = [
            question
            for question in questionnaire.questions_by_module()[module]
            if questionnaire.questions[question].type == "item"
        ]
        hit |= frame[items].nunique(axis=1).eq(1) & (frame[items].notna().sum(axis=1) >= LEAST_STRAIGHT)
    return hit


RULES: dict[str, Rule] = {
    "no_consent": _no_consent,
    "sent_twice": _sent_twice,
    "not_eligible": _not_eligible,
    "broken_off": _broken_off,
    "too_fast": _too_fast,
    "straight_line": _straight_line,
}
"""Reason code -> rule, in the order in which they run; a rule for which the questionnaire names nothing is not in force."""


def decide(collected: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.Series, list[str]]:
    """Decide for every received row whether it is kept, and if not by which rule.

    Parameters
    ----------
    collected : pandas.DataFrame
        The product *collected* of one country.
    questionnaire : Questionnaire
        Its ``cleaning`` part holds the thresholds.

    Returns
    -------
    reason : pandas.Series of str
        The reason code of exclusion, empty for a row that is kept; a row goes by the first rule that it meets.
    in_force : list of str
        The rules that this questionnaire applies, in order.
    """
    reason = pd.Series(KEPT, index=collected.index, dtype="str")
    in_force = []
    for name, rule in RULES.items():
        hit = rule(collected[reason == KEPT], questionnaire)
        if hit is not None:
            in_force.append(name)
            reason.loc[hit.index[hit]] = name
    return reason, in_force


def _closed(questionnaire: Questionnaire) -> list[str]:
    return [question.id for question in questionnaire.questions.values() if question.type != "text"]
