"""A larger group sees numbers: families and conditions, beside everybody else, after the disclosure gate."""

import pandas as pd

from .. import results
from ..diagnosis.exposure import family_measure, item_rows, measure_rows
from ..disclosure import ledger, protect
from ..persons import Persons, organisation
from ..study.study import Study

BY, HERE, OTHERS = "restitution", "here", "others"
PART = "risks"


def beside_others(study: Study, unit: str, wave: str, answers: pd.DataFrame, inside: pd.Series) -> pd.DataFrame:
    """Estimate exposure in a group and in everybody else.

    Parameters
    ----------
    study : Study
        The study.
    unit : str
        Country of all who are set beside, or the pooled unit.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of the group and of those it is set beside.
    inside : pandas.Series of bool
        Who belongs to the group.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result after the gate: for each family and each condition the share exposed (``method="share"``),
        ``group_by="restitution"``, ``group`` ``here`` or ``others``, and of all together with an empty group, so that the gate
        sees what adds up.
    """
    questionnaire = study.questionnaire
    sides = answers.assign(**{BY: inside.map({True: HERE, False: OTHERS})})
    persons = Persons(sides, clusters=organisation(answers, questionnaire))
    rows = []
    for family in questionnaire.families:
        measure = family_measure(questionnaire, family)
        if measure is not None:
            rows += [row for row in measure_rows(persons, questionnaire, measure, [BY]) if row["method"] == "share"]
            rows += item_rows(persons, questionnaire, measure, [BY])
    found = results.make(
        ({"source": study.id, **row} for row in rows),
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
    )
    return protect(found, study.disclosure, ledger(study.folder), study.pooled.code)
