"""What goes with a measure, beside it: each by itself, with people alike, and with their conditions of work alike too.

Everything here is observed at one time in one form. It says what goes together, never what brings about what.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from .. import intervals
from ..persons import Persons, Row, not_measured
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .associations import (
    ASSOCIATION,
    ONE_TIME,
    PLAIN,
    SITUATION,
    clusters_of,
    counted,
    covariates_of,
    measured_exposures,
    numbers_of,
)
from .regression import regress, standardised

ALIKE, CONDITIONS_ALIKE = SITUATION, f"the exposures, {SITUATION}"
"""Estimands of the adjusted associations."""


def beside_rows(
    persons: Persons, questionnaire: Questionnaire, outcome: str, quantities: pd.DataFrame, place: str
) -> Iterator[Row]:
    """Yield how quantities of persons go with one measure.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    outcome : str
        Measure with a score.
    quantities : pandas.DataFrame of float
        One column a quantity, named by its code, on the index of the answers.
    place : str
        What the rows stand under, in ``group_by``.

    Yields
    ------
    dict
        Of each quantity its ``correlation`` and two rows ``adjusted association`` in standard deviations, p by Holm over
        the quantities: the other quantities and the person's situation alike, and the exposures alike too (``estimand``).
        A row with the reason in place of what too few persons answered for.

    Notes
    -----
    The three rest on the same persons, those who answered everything, so that they differ by what is held alike alone.
    Least squares, errors as in :mod:`.sandwich`.
    """
    known_quantities = quantities.dropna(axis=1, how="all")
    common = {"indicator": outcome, "group_by": place}
    exposures = measured_exposures(persons, questionnaire)
    columns = [SCORE + outcome, *(SCORE + one for one in exposures if one != outcome)]
    if SCORE + outcome not in persons.answers or known_quantities.empty:
        yield {**common, **not_measured(outcome, "no question of this study asks about it")}
        return
    together = pd.concat([persons.answers[columns], known_quantities], axis=1)
    known = together.notna().all(axis=1)
    if not known.any():
        yield {**common, **not_measured(outcome, "nobody was asked or nobody answered")}
        return
    weights, _ = persons.weights(known)
    scaled = standardised(together[known], weights)
    response, predictors = scaled[columns[0]], scaled[list(known_quantities)]
    clusters, covariates = clusters_of(persons, questionnaire, known), covariates_of(persons, known)
    conditions = pd.concat([covariates, scaled[columns[1:]]], axis=1)
    adjusted = [
        (ALIKE, regress(response, predictors, covariates, weights, clusters)),
        *([(CONDITIONS_ALIKE, regress(response, predictors, conditions, weights, clusters))] if columns[1:] else []),
    ]
    common |= {"caveat": ONE_TIME, **counted(weights, int(known.sum()))}
    for code in predictors:
        alone = regress(response, predictors[[code]], pd.DataFrame(index=scaled.index), weights, clusters)
        if alone is not None:
            row = {"group": str(code), "method": PLAIN, "unit": "correlation", "estimand": "correlation, not adjusted"}
            yield {**common, **row, **numbers_of(alone[0])}
    for estimand, found in adjusted:
        if found is None:
            reason = "too few persons answered for an adjusted association"
            yield {**common, **not_measured(outcome, reason), "estimand": estimand}
            continue
        for code, one, p in zip(predictors, found, intervals.holm([c.p for c in found]), strict=True):
            row = {"group": str(code), "method": ASSOCIATION, "unit": "standard deviations", "estimand": estimand}
            yield {**common, **row, **numbers_of(one, p)}


def scores(persons: Persons, measures: Sequence[str]) -> pd.DataFrame:
    """Return the scores of measures, named by the measure; one that nobody has is missing throughout."""
    nobody = pd.Series(float("nan"), index=persons.answers.index)
    return pd.DataFrame({one: persons.answers.get(SCORE + one, nobody) for one in measures})
