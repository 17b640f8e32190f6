"""The file of answers that a study may share: declared keys and questions alone, blanked until nobody is alone."""

from dataclasses import dataclass

import pandas as pd

from ..errors import DisclosureError
from ..study.disclosure_rules import load_detail
from ..study.questions import Question
from ..study.shared_answers import SharedAnswers
from ..study.study import Study
from .microdata import Report, blank_alike, report, suppress_locally

COUNTRY, POPULATION = "country", "population"
ABOUT = ("wave", "origin")
CLOSED = ("single", "multiple", "item")
NAMED, HEALTH, NUMBER, UNDECLARED = (
    "free text, or names a person or an organisation",
    "about health",
    "exact numbers",
    "not declared for sharing",
)
"""Why a question is left out, the first that holds."""


@dataclass(frozen=True)
class Shared:
    """Answers that may be shared, and what became of them.

    Attributes
    ----------
    answers : pandas.DataFrame
        One row a person, in an order that tells nothing: ``wave origin``, the keys, then the questions declared.
    before, after : Report
        What the keys would have shown, and what they show.
    blanked : pandas.DataFrame
        One row a key or sensitive question: ``variable``, ``answers`` (there were), ``blanked``.
    left_out : dict of str to str
        Question -> why it is left out.
    """

    answers: pd.DataFrame
    before: Report
    after: Report
    blanked: pd.DataFrame
    left_out: dict[str, str]


def share(study: Study, answers: pd.DataFrame) -> Shared:
    """Make the answers of a study fit to be shared, or refuse.

    Parameters
    ----------
    study : Study
        The study; its ``microdata`` says what others may know of a person and which modules are shared.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Raises
    ------
    DisclosureError
        The study declares nothing; persons would still be recognisable; or more answers to a key would have to be blanked
        than is declared: the sentence says which and how many.

    Notes
    -----
    No weight, language of the form, number of a respondent or score goes along: each would give back a country or an answer
    that was blanked. Where a key was blanked, so are the answers to questions that its value decides who is asked.
    """
    plan = _plan(study)
    kept, left_out = _chosen(study, plan)
    keys = [key for key in plan.keys if key in answers and answers[key].notna().any()]
    sensitive = [name for name in plan.sensitive if name in answers and answers[name].notna().any()]
    frame = answers[columns(study, answers)].reset_index(drop=True)
    before = report(frame, keys, sensitive, k=plan.k, l=plan.l)
    hidden = suppress_locally(frame, keys, plan.k)
    asked = study.questionnaire.questions
    for key in keys:
        gone = hidden[key].isna() & frame[key].notna()
        for question in [*kept, *(asked[name] for name in sensitive if name in asked)]:
            if _decides(study, key, question):
                hidden.loc[gone, _columns(question, answers)] = pd.NA
    hidden = blank_alike(hidden, keys, sensitive, plan.l)
    after = report(hidden, keys, sensitive, k=plan.k, l=plan.l)
    blanked = pd.DataFrame(
        {
            "variable": [*keys, *sensitive],
            "answers": [int(frame[name].notna().sum()) for name in (*keys, *sensitive)],
            "blanked": [int((hidden[name].isna() & frame[name].notna()).sum()) for name in (*keys, *sensitive)],
        }
    )
    _refuse(after, blanked, keys)
    ordered = hidden.sort_values(list(hidden.columns), kind="stable", ignore_index=True)
    return Shared(ordered, before, after, blanked, left_out)


def columns(study: Study, answers: pd.DataFrame) -> list[str]:
    """Return the columns of clean answers that a shared file has: wave and origin, keys, sensitive questions, those declared."""
    plan = _plan(study)
    kept, _ = _chosen(study, plan)
    asked = [name for name in (*plan.keys, *plan.sensitive) if name in answers and answers[name].notna().any()]
    named = [*ABOUT, *asked]
    declared = [name for question in kept for name in _columns(question, answers)]
    return [*named, *(name for name in declared if name not in named)]


def _plan(study: Study) -> SharedAnswers:
    if study.microdata is None:
        raise DisclosureError(
            "study.yml says nothing under `microdata:`; legal is to name there the keys (what others may know of a person), "
            "the sensitive questions and the modules that may be shared"
        )
    return study.microdata


def _chosen(study: Study, plan: SharedAnswers) -> tuple[list[Question], dict[str, str]]:
    """Return the questions that are shared, and why each other is not."""
    questionnaire = study.questionnaire
    outcomes = [questionnaire.measures[name] for name in questionnaire.analysis.outcomes.values()]
    about_health = {questionnaire.questions[item].module for one in outcomes for item in one.items}
    kept, left_out = [], {}
    for question in questionnaire.questions.values():
        if not question.is_answered or question.id in plan.keys or question.id in plan.sensitive:
            continue
        reason = (
            (NAMED if question.personal or question.group or question.type == "text" else "")
            or (HEALTH if question.module in about_health or question.id in questionnaire.analysis.health else "")
            or (NUMBER if question.type not in CLOSED else "")
            or (UNDECLARED if question.module not in plan.modules else "")
        )
        if reason:
            left_out[question.id] = reason
        else:
            kept.append(question)
    return kept, left_out


def _columns(question: Question, answers: pd.DataFrame) -> list[str]:
    names = [f"{question.id}__{code}" for code in question.codes] if question.type == "multiple" else [question.id]
    return [name for name in names if name in answers]


def _decides(study: Study, key: str, question: Question) -> bool:
    """Tell whether the value of a key decides who is asked a question, so that its blanks would give the value back."""
    if key == COUNTRY:
        return any(one.module == question.module and one.countries for one in study.switches)
    return (key == POPULATION and bool(question.populations)) or any(one.question == key for one in question.when)


def _refuse(after: Report, blanked: pd.DataFrame, keys: list[str]) -> None:
    if not after.passes:
        told = ", ".join(after.sensitive.loc[after.sensitive["classes_below"] > 0, "variable"])
        raise DisclosureError(
            f"the answers cannot be shared: {after.below} persons are alike with fewer than {after.k - 1} others"
            + (f", and people alike would tell their answer to {told}" if told else "")
        )
    most = load_detail().sharing.most_suppressed
    for row in blanked[blanked["variable"].isin(keys)].itertuples(index=False):
        share_blanked = 100 * row.blanked / row.answers
        if share_blanked > most:
            raise DisclosureError(
                f"the answers cannot be shared: {share_blanked:.0f} % of the answers to the key {row.variable!r} would be "
                f"blanked; legal are {most:.0f} %: leave a key out, or take one with fewer answers"
            )
