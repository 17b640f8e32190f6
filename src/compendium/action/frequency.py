"""How many meet each situation of work, in each work unit: the product ``action``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from .. import paths, results
from ..diagnosis.exposure.families import OTHER_RULE, RULES
from ..diagnosis.exposure.items import exposed_to_item
from ..diagnosis.signs.rules import load_rules
from ..errors import AnswersError
from ..persons import Persons, Row, estimate_row, not_measured, ordered_groups, organisation, population
from ..study.listening_place import load_listening_place
from ..study.questionnaire import Questionnaire
from ..study.risk_rules import load_risk_rules
from ..study.situations import Situation, load_situations
from ..study.study import Study
from .risk_assessment import WHOLE, no_entries, read_entries, work_unit

PART = "risks"
LOAD = "listening_load"
"""Indicator of the share of persons of whom a part would come to a listening place."""
NOT_ASKED = "nobody was asked about this situation"
MARKS = "met at least {least} of {asked} marks often or always, among those whose answers settle it"
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
        question that sorts people into work units, ``group`` the work unit. Where nobody of a unit was asked about a
        situation, a row says so. Rows with method :data:`OTHER_RULE` show everybody under a looser and a stricter rule
        (``threshold_id``). One more row, :data:`LOAD`, is the share of persons of whom a part would come to a listening place.
    """
    questionnaire = study.questionnaire
    equal = "country" if study.is_pooled(unit) else None
    persons = Persons(answers, equal, clusters=organisation(answers, questionnaire))
    rows = [
        row
        for one in load_situations().values()
        for make in (situation_rows, rule_rows)
        for row in make(persons, questionnaire, one)
    ]
    rows += load_rows(persons, questionnaire)
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
    """Yield the share that meets one situation, overall and in each work unit; a row that says so where nobody was asked."""
    flags = meets(persons.answers, questionnaire, situation)
    for variable, groups in [("", None), *work_units(persons.answers, questionnaire).items()]:
        found = {} if flags is None or flags.isna().all() else dict(persons.estimate(flags, groups))
        for code in [""] if groups is None else groups.cat.categories:
            own = not_measured(situation.id, NOT_ASKED)
            if code in found:
                own = _common(questionnaire, situation) | estimate_row(found[code], 100)
            yield {**own, "group_by": variable, "group": code}


def rule_rows(persons: Persons, questionnaire: Questionnaire, situation: Situation) -> Iterator[Row]:
    """Yield the share that would meet a situation if one question fewer, or one more, had to count: of everybody alone."""
    for rule, step in RULES.items():
        other = replace(situation, least=situation.least + step)
        if not 1 <= other.least <= len(_asked(questionnaire, other)):
            continue
        flags = meets(persons.answers, questionnaire, other)
        for _, found in [] if flags is None or flags.isna().all() else persons.estimate(flags):
            yield {
                **_common(questionnaire, other),
                **estimate_row(found, 100),
                "method": OTHER_RULE,
                "threshold_id": rule,
            }


def _asked(questionnaire: Questionnaire, situation: Situation) -> list[str]:
    return [item for item in situation.items if item in questionnaire.questions]


def _common(questionnaire: Questionnaire, situation: Situation) -> Row:
    asked = _asked(questionnaire, situation)
    return {
        "indicator": situation.id,
        "population": population(questionnaire, asked),
        "method": "share",
        "unit": "%",
        "estimand": MEETS.format(least=situation.least, asked=len(asked)),
    }


def work_units(answers: pd.DataFrame, questionnaire: Questionnaire) -> dict[str, pd.Series]:
    """Return what sorts people into work units: question -> the unit of each person, as categories in their order."""
    known = [name for name in load_risk_rules().work_units if name in answers and answers[name].notna().any()]
    return {name: ordered_groups(answers, questionnaire, name) for name in known}


def load_rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield the share of persons of whom a part would come to a listening place."""
    outcome = load_rules().outcome(load_listening_place().load.of)
    if not set(outcome.items) <= set(persons.answers):
        yield not_measured(LOAD, NOT_ASKED)
        return
    flags = outcome.of_persons(persons.answers)
    common = {
        "indicator": LOAD,
        "population": population(questionnaire, outcome.items),
        "method": "share",
        "unit": "%",
        "estimand": MARKS.format(least=outcome.least, asked=len(outcome.items)),
    }
    for _, found in persons.estimate(flags.eq(1).astype("boolean").where(flags.notna())):
        yield {**common, **estimate_row(found, 100)}


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


def assessment(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Read what the working group of a unit entered: the product ``assessment``, without numbers about persons.

    Returns
    -------
    pandas.DataFrame
        As :func:`.read_entries` returns it; empty where nobody entered anything.

    Raises
    ------
    AnswersError
        Two files hold entries, or one of them holds something that is not legal.
    """
    files = entered_files(study, unit, wave)
    if len(files) > 1:
        raise AnswersError(f"{paths.shown(files[1])}: {files[0].name} is there as well; legal is one of them")
    groups = work_units(answers, study.questionnaire)
    units = [WHOLE, *(work_unit(name, code) for name, own in groups.items() for code in own.cat.categories)]
    return read_entries(files[0], units) if files else no_entries()


def entered_files(study: Study, unit: str, wave: str) -> list[Path]:
    """Return the files in which the working group of a unit may have entered something: those that are there."""
    folder = paths.answers_folder(study.folder, unit, wave)
    return [file for kind in ("csv", "xlsx") if (file := folder / f"risk_assessment.{kind}").is_file()]
