"""The product of what goes with what: associations, weights, interplay, calls for projects, and what gaps would change."""

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from .. import results
from ..invariance import Verdicts
from ..persons import Persons, Row, not_measured, organisation, population
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from .associations import association_rows
from .calls import call_rows
from .correlates import status_rows
from .imputed import imputed_rows
from .interactions import interaction_rows

PART = "risks"


def estimate(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Estimate which conditions of work go together with exhaustion and well-being in one country, or in all of them.

    Parameters
    ----------
    study, unit, wave, answers, invariance
        As for :func:`~compendium.diagnosis.diagnose`.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result: of each outcome that the questionnaire names what :func:`.associations.association_rows`,
        :func:`.correlates.status_rows` and :func:`.interactions.interaction_rows` yield; calls for projects
        (:func:`.calls.call_rows`); and the adjusted estimates as if everybody asked had answered
        (:func:`.imputed.imputed_rows`). What the study does not measure has a row that says so.
    """
    questionnaire = study.questionnaire
    persons = Persons(
        answers, "country" if study.is_pooled(unit) else None, clusters=organisation(answers, questionnaire)
    )
    outcomes = list(questionnaire.analysis.outcomes.values())
    rows = chain(
        *(outcome_rows(persons, questionnaire, outcome, study.seed) for outcome in outcomes),
        call_rows(persons, questionnaire, outcomes),
        imputed_rows(persons, questionnaire, outcomes, study.seed, study.disclosure.minimum_cell),
    )
    return results.make(
        Verdicts(invariance).govern(rows, questionnaire),
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        weighted=persons.is_weighted,
        source=study.id,
    )


def outcome_rows(persons: Persons, questionnaire: Questionnaire, outcome: str, seed: int) -> Iterator[Row]:
    """Yield what goes with one outcome (the id of a measure): exposures, their interplay, statuses."""
    score = persons.answers.get(SCORE + outcome)
    if score is None or score.notna().sum() == 0:
        yield not_measured(outcome, "no question of this study asks about it")
        return
    common = {"indicator": outcome, "population": population(questionnaire, questionnaire.measures[outcome].items)}
    for row in chain(
        association_rows(persons, questionnaire, outcome, seed),
        interaction_rows(persons, questionnaire, outcome),
        status_rows(persons, questionnaire, outcome),
    ):
        yield {**common, **row}
