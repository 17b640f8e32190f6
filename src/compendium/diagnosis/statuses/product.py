"""The product of the page on statuses."""

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from ... import results
from ...invariance import Verdicts
from ...persons import Row, not_measured
from ...scoring import SCORE
from ...study.analysis_plan import Plan, load_plan
from ...study.questionnaire import Questionnaire
from ...study.study import Study
from .differences import balance_rows, difference_rows
from .people import People, compared
from .survivors import reason_rows, survivor_rows
from .turnover import turnover_rows

PART = "risks"
NO_STATUS = "this study does not ask for the statuses that are compared, or nobody has the reference"


def statuses(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Estimate what the analysis plan of statuses asks, in one country or in all of them.

    Parameters
    ----------
    study, unit, wave, answers, invariance
        As for :func:`~compendium.diagnosis.diagnose`.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result: of each outcome of the plan what :func:`.differences.difference_rows` yields, and of the
        first one measured the balance; :func:`.survivors.survivor_rows` and :func:`.survivors.reason_rows`; :func:`.turnover.turnover_rows`. What the study
        does not measure has a row that says so.
    """
    questionnaire, plan = study.questionnaire, load_plan()
    people = compared(answers, questionnaire, plan, "country" if study.is_pooled(unit) else None)
    rows = (
        iter([not_measured(plan.treatment, NO_STATUS)])
        if people is None
        else chain(
            _outcomes(people, questionnaire, plan),
            *(survivor_rows(people, answers, outcome, study.seed) for outcome in plan.survivor_outcomes),
            reason_rows(people, answers),
            turnover_rows(people),
        )
    )
    return results.make(
        _once(Verdicts(invariance).govern(rows, questionnaire)),
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        weighted=people is not None and people.equal is not None,
        source=study.id,
    )


def _outcomes(people: People, questionnaire: Questionnaire, plan: Plan) -> Iterator[Row]:
    is_balanced = False
    for outcome in plan.outcomes:
        score = people.answers.get(SCORE + outcome)
        if score is None or outcome not in questionnaire.measures or score.notna().sum() == 0:
            yield not_measured(outcome, "no question of this study asks about it")
            continue
        known = people.answers.loc[score.notna(), plan.treatment]
        if not (known == plan.reference).any() or known.nunique() < 2:
            yield not_measured(outcome, "too few persons answered for an adjusted difference")
            continue
        yield from difference_rows(people, outcome)
        if not is_balanced:
            yield from balance_rows(people, outcome)
            is_balanced = True


def _once(rows: Iterator[Row]) -> Iterator[Row]:
    """Leave out a row that another outcome gave already: how many gave a status up."""
    seen = set()
    for row in rows:
        key = tuple(row.get(name, "") for name in ("indicator", "group_by", "group", "method", "estimand"))
        if key not in seen:
            seen.add(key)
            yield row
