"""How an outcome differs between statuses by least squares: what gaps would change is shown on these differences.

Everything here is observed at one time in one form. It says what goes together, never what brings about what.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from .. import intervals
from ..persons import POINTS, Persons, Row, not_measured, ordered_groups
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .associations import ONE_TIME, SITUATION, clusters_of, covariates_of, numbers_of, shift_of
from .regression import SMALLEST_CATEGORY, Coefficient, regress_each

STATUS = "status"
DIFFERENCE = "adjusted difference"
"""Method of the estimates from the persons who answered."""


def compared_statuses(persons: Persons, questionnaire: Questionnaire, outcome: str) -> tuple[str, list[str]] | None:
    """Return the most frequent status and the others with enough persons, or nothing where fewer than two have."""
    if STATUS not in persons.answers:
        return None
    known = persons.answers[[SCORE + outcome, STATUS]].notna().all(axis=1)
    status = ordered_groups(persons.answers[known], questionnaire, STATUS)
    sizes = status.value_counts()
    compared = [code for code in status.cat.categories if sizes[code] >= SMALLEST_CATEGORY]
    if len(compared) < 2:
        return None
    reference = str(sizes.idxmax())
    return reference, [code for code in compared if code != reference]


def adjusted_differences(
    persons: Persons,
    questionnaire: Questionnaire,
    outcome: str,
    others: Sequence[str],
    known: pd.Series,
    shifts: Sequence[pd.Series | float] = (0.0,),
) -> list[list[Coefficient]] | None:
    """Regress an outcome, in points, on being of each of the `others` statuses and on the person's situation.

    The parameters are those of :func:`adjusted_associations`; `known` holds persons of the compared statuses only.
    """
    status, response = persons.answers.loc[known, STATUS], persons.answers.loc[known, SCORE + outcome]
    responses = [response + shift_of(shift, known) for shift in shifts]
    predictors = pd.DataFrame({code: (status == code).astype(float) for code in others})
    weights, _ = persons.weights(known)
    covariates = covariates_of(persons, known)
    return regress_each(responses, predictors, covariates, weights, clusters_of(persons, questionnaire, known))


def status_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield the adjusted difference of each status from the most frequent one, in points.

    Notes
    -----
    Least squares, adjusted for the situation only (hours and income are consequences of status), errors as in
    :mod:`.sandwich`; Holm over the statuses.
    """
    compared = compared_statuses(persons, questionnaire, outcome)
    if compared is None:
        return
    reference, others = compared
    known = persons.answers[SCORE + outcome].notna() & persons.answers[STATUS].isin([reference, *others])
    status = persons.answers.loc[known, STATUS]
    weights, _ = persons.weights(known)
    found = adjusted_differences(persons, questionnaire, outcome, others, known)
    common = {"group_by": STATUS, "reference_group": reference, "caveat": ONE_TIME}
    if found is None:
        yield {**not_measured(outcome, "too few persons answered for an adjusted difference"), **common}
        return
    for code, coefficient, p in zip(others, found[0], intervals.holm([c.p for c in found[0]]), strict=True):
        inside = (status == code).to_numpy()
        size = float(inside.sum())
        numbers = {
            "n": size,
            "n_effective": size if weights is None else intervals.effective_n(weights[inside]),
        }
        place = {"method": DIFFERENCE, "unit": POINTS, "group": code}
        yield {
            **common,
            **place,
            **numbers,
            **numbers_of(coefficient, p),
            "estimand": f"difference, {SITUATION}",
        }
