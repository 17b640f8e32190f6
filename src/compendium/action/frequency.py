"""How many meet each situation of work, in each work unit: the product ``action``."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .. import results
from ..diagnosis.exposure.items import exposed_to_item
from ..persons import Persons, Row, estimate_row, not_measured, ordered_groups, organisation, population
from ..study.questionnaire import Questionnaire
from ..study.risk_rules import load_risk_rules
from ..study.situations import Situation, load_situations
from ..study.study import Study

PART = "risks"
NOT_ASKED = "the study does not ask about this situation"
MEETS = "exposed by at least {least} of {asked} questions of the situation, among those whose answers settle it"


def assess(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Estimate the share that meets each situation of work, overall and in each work unit.

    Parameters
    ----------
    study : Study
        The study; its questionnaire fixes which answers count as exposed.
    unit : str
        Country, or the pooled unit, in which every country counts the same.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result: ``indicator`` is the situation, ``method="share"`` in per cent; ``group_by`` is empty or a
        question that sorts people into work units, ``group`` the work unit. A situation that the study does not ask about has
        a row that says so.
    """
    questionnaire = study.questionnaire
    equal = "country" if study.is_pooled(unit) else None
    persons = Persons(answers, equal, clusters=organisation(answers, questionnaire))
    rows = [row for one in load_situations().values() for row in situation_rows(persons, questionnaire, one)]
    return results.make(
        ({"source": study.id, **row} for row in rows),
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        weighted=persons.is_weighted,
    )


def situation_rows(persons: Persons, questionnaire: Questionnaire, situation: Situation) -> Iterator[Row]:
    """Yield the share that meets one situation, overall and in each work unit."""
    asked = [item for item in situation.items if item in questionnaire.questions]
    flags = meets(persons.answers, questionnaire, situation)
    if flags is None or flags.isna().all():
        yield not_measured(situation.id, NOT_ASKED)
        return
    common = {
        "indicator": situation.id,
        "population": population(questionnaire, asked),
        "method": "share",
        "unit": "%",
        "estimand": MEETS.format(least=situation.least, asked=len(asked)),
    }
    units = [name for name in load_risk_rules().work_units if name in persons.answers]
    for variable in ["", *(name for name in units if persons.answers[name].notna().any())]:
        groups = ordered_groups(persons.answers, questionnaire, variable) if variable else None
        for code, found in persons.estimate(flags, groups):
            yield {**common, **estimate_row(found, 100), "group_by": variable, "group": code}


def meets(answers: pd.DataFrame, questionnaire: Questionnaire, situation: Situation) -> pd.Series | None:
    """Tell who meets a situation.

    Returns
    -------
    pandas.Series of boolean, or None
        True from ``situation.least`` exposed questions on; False where too few can still be exposed; missing where answers
        that are missing could settle it either way, and where none of its questions concerns the person. None where the
        study asks fewer of its questions than ``situation.least``.
    """
    flags = [
        found
        for item in situation.items
        if item in questionnaire.questions and (found := exposed_to_item(answers, questionnaire, item)) is not None
    ]
    if len(flags) < situation.least:
        return None
    exposed = np.column_stack([one.fillna(False).to_numpy(dtype=bool) for one in flags]).sum(axis=1)
    missing = np.column_stack([_unanswered(answers, one) for one in flags]).sum(axis=1)
    concerned = np.column_stack([one.notna().to_numpy() for one in flags]).any(axis=1)
    met = pd.Series(exposed >= situation.least, index=answers.index, dtype="boolean")
    return met.where((exposed >= situation.least) | ((exposed + missing < situation.least) & concerned))


def _unanswered(answers: pd.DataFrame, flags: pd.Series) -> np.ndarray:
    """Tell where a question was left open; one that does not apply is no open question."""
    return answers[flags.name].isna().to_numpy()
