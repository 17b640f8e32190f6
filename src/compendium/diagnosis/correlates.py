"""What goes with exhaustion and well-being: adjusted associations, contrasts of statuses, shares between organisations.

Everything here is observed at one time in one form. It says what goes together, never what brings about what.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from .. import intervals
from ..persons import POINTS, Persons, Row, not_measured, ordered_groups, organisation, population
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .exposure import family_measure
from .regression import SMALLEST_CATEGORY, Coefficient, regress, regress_each, standardised
from .variance import FEW_GROUPS, variance_shares

STATUS = "status"
ASSOCIATION, DIFFERENCE = "adjusted association", "adjusted difference"
"""Methods of the estimates from the persons who answered."""
ADJUSTED_FOR = ("age_band", "gender", "education", "discipline", "seniority_years")
"""Variables of the study that associations are adjusted for; those that a study does not ask are left out."""
ONE_TIME = "asked at one time in one form: no direction can be read from it"
BETWEEN_ONLY = (
    "not the part of the organisations, nor a bound on it: what weighs on all alike has no share between them"
)
SITUATION = "age, gender, education, discipline and years in the trade alike"


def correlate_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield what goes with one outcome (the id of a measure): exposures, statuses, organisations.

    Notes
    -----
    Ordinary least squares. *Associations* of the exposures: all families at once, outcome and exposures standardised,
    adjusted for :data:`ADJUSTED_FOR` (and country where several are pooled), errors robust against clusters of
    organisations however few; p values by Holm over the families. *Status*: difference in
    points from the most frequent status, adjusted for the same variables only (hours and income are consequences of
    status), Holm over the statuses. *Organisations*: REML share of variance between them.
    """
    name = SCORE + outcome
    score = persons.answers.get(name)
    if score is None or score.notna().sum() == 0:
        yield not_measured(outcome, "no question of this study asks about it")
        return
    common = {
        "indicator": outcome,
        "population": population(questionnaire, questionnaire.measures[outcome].items),
    }
    for rows in (
        _exposures(persons, questionnaire, outcome),
        _statuses(persons, questionnaire, outcome),
        _organisations(persons, questionnaire, outcome),
    ):
        for row in rows:
            yield {**common, **row}


def measured_exposures(persons: Persons, questionnaire: Questionnaire) -> list[str]:
    """Return the measures of exposure that somebody has a score on, in the order of the families."""
    measures = [family_measure(questionnaire, family) for family in questionnaire.families]
    return [m.id for m in measures if m and persons.answers.get(SCORE + m.id, pd.Series(dtype=float)).notna().any()]


def adjusted_associations(
    persons: Persons,
    questionnaire: Questionnaire,
    outcome: str,
    exposures: Sequence[str],
    known: pd.Series,
    shifts: Sequence[pd.Series | float] = (0.0,),
) -> list[list[Coefficient]] | None:
    """Regress an outcome on all exposures at once, both standardised, and on the person's situation.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    outcome, exposures : str, sequence of str
        Measures.
    known : pandas.Series of bool
        Persons whose outcome and exposures are all known.
    shifts : sequence of pandas.Series of float, or float
        Points added to each person's outcome; the unit stays the standard deviation of the outcome without them.

    Returns
    -------
    list of list of Coefficient, or None
        For every shift one an exposure; nothing where there are too few persons.
    """
    columns = [SCORE + outcome, *(SCORE + exposure for exposure in exposures)]
    weights, _ = persons.weights(known)
    scores = persons.answers.loc[known, columns]
    scaled = standardised(scores, weights)
    unit = scores[columns[0]].std() / scaled[columns[0]].std()
    responses = [scaled[columns[0]] + _of(shift, known) / unit for shift in shifts]
    covariates = _covariates(persons, known, ADJUSTED_FOR)
    return regress_each(responses, scaled[columns[1:]], covariates, weights, _clusters(persons, questionnaire, known))


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
    responses = [response + _of(shift, known) for shift in shifts]
    predictors = pd.DataFrame({code: (status == code).astype(float) for code in others})
    weights, _ = persons.weights(known)
    covariates = _covariates(persons, known, ADJUSTED_FOR)
    return regress_each(responses, predictors, covariates, weights, _clusters(persons, questionnaire, known))


def _exposures(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    exposures = measured_exposures(persons, questionnaire)
    columns = [SCORE + outcome, *(SCORE + exposure for exposure in exposures)]
    known = persons.answers[columns].notna().all(axis=1)
    if not exposures or not known.any():
        yield {**not_measured(outcome, "no exposure was measured beside it"), "group_by": "exposure"}
        return
    weights, _ = persons.weights(known)
    scaled = standardised(persons.answers.loc[known, columns], weights)
    n = float(len(scaled))
    size = n if weights is None else intervals.effective_n(weights)
    common = {"group_by": "exposure", "n": n, "n_effective": size, "caveat": ONE_TIME}
    clusters = _clusters(persons, questionnaire, known)
    for exposure in exposures:
        nothing = pd.DataFrame(index=scaled.index)
        alone = regress(scaled[columns[0]], scaled[[SCORE + exposure]], nothing, weights, clusters)
        if alone is not None:
            place = {"method": "correlation", "unit": "correlation", "group": exposure}
            yield {**common, **place, **_numbers(alone[0]), "estimand": "correlation, not adjusted"}
    found = adjusted_associations(persons, questionnaire, outcome, exposures, known)
    if found is None:
        yield {
            **not_measured(outcome, "too few persons answered for an adjusted association"),
            "group_by": "exposure",
        }
        return
    for exposure, coefficient, p in zip(exposures, found[0], intervals.holm([c.p for c in found[0]]), strict=True):
        place = {"method": ASSOCIATION, "unit": "standard deviations", "group": exposure}
        yield {
            **common,
            **place,
            **_numbers(coefficient, p),
            "estimand": f"association, the other exposures, {SITUATION}",
        }


def _statuses(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
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
            **_numbers(coefficient, p),
            "estimand": f"difference, {SITUATION}",
        }


def _organisations(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    variable = organisation(persons.answers, questionnaire)
    if variable is None:
        return
    known = persons.answers[[SCORE + outcome, variable]].notna().all(axis=1)
    frame = persons.answers[known]
    sizes = frame[variable].value_counts()
    common = {
        "group_by": variable,
        "method": "share between groups",
        "unit": "%",
        "estimand": "share of variance between organisations",
    }
    if len(sizes) < FEW_GROUPS or sizes.max() < 2:
        yield {**not_measured(outcome, "too few groups to say"), "group_by": variable}
        return
    covariates = [persons.equal] if persons.equal else []
    found = variance_shares(frame, SCORE + outcome, [variable], covariates).iloc[0]
    numbers = {
        "estimate": 100 * found["share"],
        "ci_low": 100 * found["ci_low"],
        "ci_high": 100 * found["ci_high"],
    }
    yield {**common, **numbers, "n": float(found["n"]), "caveat": BETWEEN_ONLY}


def _numbers(coefficient: Coefficient, p: float = float("nan")) -> Row:
    row = {"estimate": coefficient.estimate, "ci_low": coefficient.low, "ci_high": coefficient.high}
    return {**row, "p_adjusted": float(p)}


def _of(shift: pd.Series | float, known: pd.Series) -> pd.Series | float:
    return shift[known] if isinstance(shift, pd.Series) else shift


def _covariates(persons: Persons, known: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    asked = [name for name in names if name in persons.answers and persons.answers.loc[known, name].notna().any()]
    return persons.answers.loc[known, [*asked, *([persons.equal] if persons.equal else [])]]


def _clusters(persons: Persons, questionnaire: Questionnaire, known: pd.Series) -> pd.Series | None:
    variable = organisation(persons.answers, questionnaire)
    return None if variable is None else persons.answers.loc[known, variable]
