"""The product of the room: every estimate of the diagnosis for one country or for the pooled countries."""

from itertools import chain

import pandas as pd

from .. import results
from ..invariance import Verdicts
from ..persons import Persons, organisation
from ..scoring import SCORE
from ..study.study import Study
from .exposure import (
    accumulation_rows,
    exposure_rows,
    item_rows,
    mark_turned,
    measure_rows,
    pair_rows,
    rule_rows,
    threshold_rows,
)

PART = "risks"


def diagnose(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Diagnose psychosocial risks in one country or in the pooled countries.

    Parameters
    ----------
    study : Study
        The study; its questionnaire holds families, measures, the rule of who counts as exposed, groups and outcomes.
    unit : str
        Code of a country, or of the pooled countries (then every country counts the same).
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of the unit.
    invariance : pandas.DataFrame
        The verdict on each scale along each axis; what may not be compared between groups is marked so.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result: exposure by family (share exposed, mean), overall and by each group that the
        questionnaire names, and under a looser and a stricter rule; number of families at once; other measures by
        group; wish, reality and their difference by domain. What the study does not measure has a row that says so.
    """
    questionnaire = study.questionnaire
    equal = "country" if study.is_pooled(unit) else None
    persons = Persons(answers, equal, clusters=organisation(answers, questionnaire))
    groups = [*([equal] if equal else []), *questionnaire.analysis.groups]
    exposures = {measure.id for measure in questionnaire.measures.values() if measure.family}
    others = [
        measure
        for measure in questionnaire.measures.values()
        if measure.id not in exposures and answers.get(SCORE + measure.id, pd.Series(dtype=float)).notna().any()
    ]
    verdicts = Verdicts(invariance)
    families = [measure for measure in questionnaire.measures.values() if measure.family]
    rows = chain(
        mark_turned([*exposure_rows(persons, questionnaire, groups), *rule_rows(persons, questionnaire, groups)]),
        pair_rows(persons, questionnaire),
        threshold_rows(persons, study.instruments, "" if equal else unit),
        *(
            verdicts.govern_sum(item_rows(persons, questionnaire, measure, groups), [measure])
            for measure in questionnaire.measures.values()
            if measure.exposed_items is not None
        ),
        verdicts.govern_sum(accumulation_rows(persons, questionnaire, groups), families),
        *(measure_rows(persons, questionnaire, measure, groups) for measure in others),
    )
    return results.make(
        ({"source": study.id, **row} for row in verdicts.govern(rows, questionnaire)),
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        weighted=persons.is_weighted,
    )
