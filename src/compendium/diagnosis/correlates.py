"""What goes with exhaustion and well-being: adjusted associations, contrasts of statuses, shares between organisations.

Everything here is observed at one time in one form. It says what goes together, never what brings about what.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from .. import intervals
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .exposure import POINTS, Persons, Row, family_measure, not_measured, ordered_groups, population
from .variance import FEW_GROUPS, design_matrix, variance_shares

STATUS = "status"
ADJUSTED_FOR = ("age_band", "gender", "education", "discipline", "seniority_years")
"""Variables of the study that associations are adjusted for; those that a study does not ask are left out."""
SMALLEST_CATEGORY = 10
"""Categories of a covariate with fewer persons are taken together: they would fit single persons exactly."""
PERSONS_PER_COEFFICIENT = 8
FEW_CLUSTERS = 20
"""Below this number of organisations cluster-aware errors are themselves too uncertain; robust ones are used."""
ONE_TIME = "asked at one time in one form: no direction can be read from it"
BETWEEN_ONLY = (
    "not the part of the organisations, nor a bound on it: what weighs on all alike has no share between them"
)
_SITUATION = "age, gender, education, discipline and years in the trade alike"


class Coefficient(NamedTuple):
    """A coefficient of a regression with its interval and two-sided p value."""

    estimate: float
    low: float
    high: float
    p: float


def correlate_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield what goes with one outcome (the id of a measure): exposures, statuses, organisations.

    Notes
    -----
    Ordinary least squares. *Associations* of the exposures: all families at once, outcome and exposures standardised,
    adjusted for :data:`ADJUSTED_FOR` (and country where several are pooled), errors robust against clusters of
    organisations, or HC3 where there are fewer than twenty; p values by Holm over the families. *Status*: difference in
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
    measures = [family_measure(questionnaire, family) for family in questionnaire.families]
    exposures = [
        m.id for m in measures if m and persons.answers.get(SCORE + m.id, pd.Series(dtype=float)).notna().any()
    ]
    for rows in (
        _exposures(persons, questionnaire, outcome, exposures),
        _statuses(persons, questionnaire, outcome),
        _organisations(persons, questionnaire, outcome),
    ):
        for row in rows:
            yield {**common, **row}


def regress(
    outcome: pd.Series,
    predictors: pd.DataFrame,
    covariates: pd.DataFrame,
    weights: np.ndarray | None = None,
    clusters: pd.Series | None = None,
) -> list[Coefficient] | None:
    """Regress an outcome on predictors and covariates; return one coefficient a predictor.

    Parameters
    ----------
    outcome : pandas.Series of float
        Complete.
    predictors, covariates : pandas.DataFrame
        Complete predictors; covariates may be text (taken as categories) or numbers, missing ones become a category or
        take the mean beside an indicator.
    weights : array, optional
        Weights of zero or more.
    clusters : pandas.Series, optional
        Group of each person; who has none is a group alone.

    Returns
    -------
    list of Coefficient, or None
        Nothing where there are fewer than :data:`PERSONS_PER_COEFFICIENT` persons a coefficient.
    """
    design = np.column_stack(
        [predictors.to_numpy(dtype=float), design_matrix(_filled(covariates), list(covariates.columns))]
    )
    rank = np.linalg.matrix_rank(design)
    if len(outcome) < PERSONS_PER_COEFFICIENT * rank:
        return None
    model = sm.WLS(outcome.to_numpy(dtype=float), design, weights=1.0 if weights is None else weights)
    count = 0 if clusters is None else clusters.nunique()
    if clusters is not None and count >= FEW_CLUSTERS:
        alone = pd.Series([f"alone {at}" for at in range(len(clusters))], index=clusters.index)
        groups = pd.factorize(clusters.astype("object").fillna(alone))[0]
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        freedom = count - 1
    else:
        fit = model.fit(cov_type="HC3", use_t=True)
        freedom = len(outcome) - rank
    reach = float(stats.t.ppf(0.5 + intervals.LEVEL / 2, freedom))
    found = []
    for at in range(predictors.shape[1]):
        estimate, error = float(fit.params[at]), float(fit.bse[at])
        p = float(2 * stats.t.sf(abs(estimate / error), freedom)) if error > 0 else float("nan")
        found.append(Coefficient(estimate, estimate - reach * error, estimate + reach * error, p))
    return found


def _exposures(persons: Persons, questionnaire: Questionnaire, outcome: str, exposures: Sequence[str]) -> Iterator[Row]:
    columns = [SCORE + outcome, *(SCORE + exposure for exposure in exposures)]
    known = persons.answers[columns].notna().all(axis=1)
    if not exposures or not known.any():
        yield {**not_measured(outcome, "no exposure was measured beside it"), "group_by": "exposure"}
        return
    weights, _ = persons.weights(known)
    scores = persons.answers.loc[known, columns]
    scaled = _standardised(scores, weights)
    n = float(len(scores))
    size = n if weights is None else intervals.effective_n(weights)
    common = {"group_by": "exposure", "n": n, "n_effective": size, "caveat": ONE_TIME}
    clusters = _clusters(persons, questionnaire, known)
    for exposure in exposures:
        alone = regress(
            scaled[columns[0]],
            scaled[[SCORE + exposure]],
            pd.DataFrame(index=scaled.index),
            weights,
            clusters,
        )
        if alone is not None:
            place = {"method": "correlation", "unit": "correlation", "group": exposure}
            yield {**common, **place, **_numbers(alone[0]), "estimand": "correlation, not adjusted"}
    covariates = _covariates(persons, known, ADJUSTED_FOR)
    found = regress(scaled[columns[0]], scaled[columns[1:]], covariates, weights, clusters)
    if found is None:
        yield {
            **not_measured(outcome, "too few persons answered for an adjusted association"),
            "group_by": "exposure",
        }
        return
    for exposure, coefficient, p in zip(exposures, found, intervals.holm([c.p for c in found]), strict=True):
        place = {"method": "adjusted association", "unit": "standard deviations", "group": exposure}
        yield {
            **common,
            **place,
            **_numbers(coefficient, p),
            "estimand": f"association, the other exposures, {_SITUATION}",
        }


def _statuses(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    if STATUS not in persons.answers:
        return
    known = persons.answers[[SCORE + outcome, STATUS]].notna().all(axis=1)
    status = ordered_groups(persons.answers[known], questionnaire, STATUS)
    sizes = status.value_counts()
    compared = [code for code in status.cat.categories if sizes[code] >= SMALLEST_CATEGORY]
    if len(compared) < 2:
        return
    reference = str(sizes.idxmax())
    known &= persons.answers[STATUS].isin(compared)
    status = persons.answers.loc[known, STATUS]
    others = [code for code in compared if code != reference]
    predictors = pd.DataFrame({code: (status == code).astype(float) for code in others})
    weights, _ = persons.weights(known)
    found = regress(
        persons.answers.loc[known, SCORE + outcome],
        predictors,
        _covariates(persons, known, ADJUSTED_FOR),
        weights,
        _clusters(persons, questionnaire, known),
    )
    common = {"group_by": STATUS, "reference_group": reference, "caveat": ONE_TIME}
    if found is None:
        yield {**not_measured(outcome, "too few persons answered for an adjusted difference"), **common}
        return
    for code, coefficient, p in zip(others, found, intervals.holm([c.p for c in found]), strict=True):
        inside = (status == code).to_numpy()
        size = float(inside.sum())
        numbers = {
            "n": size,
            "n_effective": size if weights is None else intervals.effective_n(weights[inside]),
        }
        place = {"method": "adjusted difference", "unit": POINTS, "group": code}
        yield {
            **common,
            **place,
            **numbers,
            **_numbers(coefficient, p),
            "estimand": f"difference, {_SITUATION}",
        }


def _organisations(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    variable = _group_question(persons, questionnaire)
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


def _covariates(persons: Persons, known: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    asked = [name for name in names if name in persons.answers and persons.answers.loc[known, name].notna().any()]
    return persons.answers.loc[known, [*asked, *([persons.equal] if persons.equal else [])]]


def _filled(covariates: pd.DataFrame) -> pd.DataFrame:
    """Fill gaps: a category of their own, or the mean beside an indicator; join categories of very few persons."""
    filled = {}
    for name, column in covariates.items():
        if pd.api.types.is_numeric_dtype(column):
            filled[name] = column.fillna(column.mean())
            continue
        texts = column.astype("object").fillna("(missing)").astype(str)
        sizes = texts.map(texts.value_counts())
        filled[name] = texts.where(sizes >= SMALLEST_CATEGORY, "(few)")
    return pd.DataFrame(filled, index=covariates.index)


def _group_question(persons: Persons, questionnaire: Questionnaire) -> str | None:
    """Return the question that says through which organisation a person answered, where it was asked."""
    named = (question.id for question in questionnaire.questions.values() if question.group)
    return next((name for name in named if name in persons.answers and persons.answers[name].notna().any()), None)


def _clusters(persons: Persons, questionnaire: Questionnaire, known: pd.Series) -> pd.Series | None:
    variable = _group_question(persons, questionnaire)
    return None if variable is None else persons.answers.loc[known, variable]


def _standardised(scores: pd.DataFrame, weights: np.ndarray | None) -> pd.DataFrame:
    values = scores.to_numpy(dtype=float)
    centred = values - np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    return pd.DataFrame(centred / spread, index=scores.index, columns=scores.columns)
