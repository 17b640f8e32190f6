"""What goes with an outcome: adjusted associations of exposures, how much each carries, and how easily they would fall.

Everything here is observed at one time in one form. It says what goes together, never what brings about what.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import intervals
from ..persons import Persons, Row, not_measured, organisation
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .dominance import dominance, explained
from .exposure import family_measure
from .regression import Array, Coefficient, design_of, regress, regress_each, standardised

ASSOCIATION, PLAIN = "adjusted association", "correlation"
WEIGHT, ORDER, TOGETHER = "relative weight", "order of the weights", "explained together"
SHARED = "shared source that would suffice"
"""Methods of the rows."""
ADJUSTED_FOR = ("age_band", "gender", "education", "discipline", "seniority_years")
"""Variables of the study that associations are adjusted for; those that a study does not ask are left out."""
ONE_TIME = "asked at one time in one form: no direction can be read from it"
SITUATION = "age, gender, education, discipline and years in the trade alike"
EXPOSURE = "exposure"


def association_rows(persons: Persons, questionnaire: Questionnaire, outcome: str, seed: int) -> Iterator[Row]:
    """Yield how exposures go with one outcome (the id of a measure), and how much of it each carries.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    outcome : str
        Measure with a score.
    seed : int
        Of the draws behind the intervals of shares.

    Yields
    ------
    dict
        By ``exposure``: the plain ``correlation``; the ``adjusted association`` in standard deviations, p by Holm over the
        exposures; the ``shared source that would suffice`` in %; the ``relative weight`` in %. For each exposure and the next one in the order of the
        weights, ``order of the weights``: in how many of the draws it is the larger. One row ``explained
        together``: the part of the differences between persons that the exposures explain beyond the situation, in %.

    Notes
    -----
    *Associations*: least squares on all exposures at once, outcome and exposures standardised, adjusted for
    :data:`ADJUSTED_FOR` (and country where several are pooled); errors as in :mod:`.sandwich`. *Shared source*: the
    robustness value of Cinelli and Hazlett, the part that something common to both answers (a mood, a way of answering)
    would have to explain of what is left of exposure and outcome alike to bring the association to nought; the lower end
    of its interval is that which brings the near end of the association's interval to nought. *Relative weights*:
    :func:`.dominance.dominance`.

    References
    ----------
    Cinelli, Hazlett (2020), J. R. Stat. Soc. B 82:39-67; Podsakoff, MacKenzie, Lee, Podsakoff (2003), J. Appl. Psychol.
    88:879-903.
    """
    exposures = measured_exposures(persons, questionnaire)
    columns = [SCORE + outcome, *(SCORE + exposure for exposure in exposures)]
    known = persons.answers[columns].notna().all(axis=1)
    if not exposures or not known.any():
        yield {**not_measured(outcome, "no exposure was measured beside it"), "group_by": EXPOSURE}
        return
    weights, strata = persons.weights(known)
    scaled = standardised(persons.answers.loc[known, columns], weights)
    response, predictors = scaled[columns[0]], scaled[columns[1:]]
    clusters, covariates = clusters_of(persons, questionnaire, known), covariates_of(persons, known)
    common = {"group_by": EXPOSURE, "caveat": ONE_TIME, **counted(weights, len(scaled))}
    nothing = pd.DataFrame(index=scaled.index)
    for exposure in exposures:
        alone = regress(response, predictors[[SCORE + exposure]], nothing, weights, clusters)
        if alone is not None:
            place = {"method": PLAIN, "unit": "correlation", "group": exposure}
            yield {**common, **place, **numbers_of(alone[0]), "estimand": "correlation, not adjusted"}
    found = regress(response, predictors, covariates, weights, clusters)
    if found is None:
        reason = "too few persons answered for an adjusted association"
        yield {**not_measured(outcome, reason), "group_by": EXPOSURE}
        return
    estimand = f"association, the other exposures, {SITUATION}"
    partial = _partial(response, predictors, covariates, weights)
    adjusted = intervals.holm([c.p for c in found])
    for exposure, coefficient, p, strength in zip(exposures, found, adjusted, partial, strict=True):
        own = {**common, "group": exposure, "estimand": estimand}
        yield {**own, "method": ASSOCIATION, "unit": "standard deviations", **numbers_of(coefficient, p)}
        yield {**own, "method": SHARED, "unit": "%", **_suffices(coefficient, strength)}
    if len(exposures) > 1:
        divided = dominance(response, predictors, covariates, weights, clusters, strata, seed)
        if divided is not None:
            yield from _weights(divided.share, divided.low, divided.high, exposures, common)
            whole, low, high = (100 * one for one in divided.beyond)
            numbers = {"estimate": whole, "ci_low": low, "ci_high": high}
            estimand = "part of the differences between persons that the exposures explain beyond the situation"
            yield {**common, "method": TOGETHER, "unit": "%", "estimand": estimand, **numbers}
            yield from _orders(divided.exceeds, divided.share, exposures, common)


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
    responses = [scaled[columns[0]] + shift_of(shift, known) / unit for shift in shifts]
    clusters = clusters_of(persons, questionnaire, known)
    return regress_each(responses, scaled[columns[1:]], covariates_of(persons, known), weights, clusters)


def numbers_of(coefficient: Coefficient, p: float = float("nan")) -> Row:
    """Return the numbers of a row from a coefficient."""
    row = {"estimate": coefficient.estimate, "ci_low": coefficient.low, "ci_high": coefficient.high}
    return {**row, "p_adjusted": float(p)}


def counted(weights: Array | None, n: int) -> Row:
    """Return how many persons an estimate rests on, and Kish's effective number of them."""
    return {"n": float(n), "n_effective": float(n) if weights is None else intervals.effective_n(weights)}


def shift_of(shift: pd.Series | float, known: pd.Series) -> pd.Series | float:
    """Return the shift of the persons marked."""
    return shift[known] if isinstance(shift, pd.Series) else shift


def covariates_of(persons: Persons, known: pd.Series) -> pd.DataFrame:
    """Return the situation of the persons marked, as far as it was asked; with their country where several are pooled."""
    own = persons.answers.loc[known]
    asked = [name for name in ADJUSTED_FOR if name in own and own[name].notna().any()]
    return own[[*asked, *([persons.equal] if persons.equal else [])]]


def clusters_of(persons: Persons, questionnaire: Questionnaire, known: pd.Series) -> pd.Series | None:
    """Return the organisations of the persons marked, where the study asks for them."""
    variable = organisation(persons.answers, questionnaire)
    return None if variable is None else persons.answers.loc[known, variable]


def _partial(response: pd.Series, predictors: pd.DataFrame, covariates: pd.DataFrame, weights: Array | None) -> Array:
    """Return how much of what the others leave each predictor explains, as the ratio of explained to unexplained."""
    columns = np.column_stack([design_of(covariates), predictors.to_numpy(), response.to_numpy()])
    heavy = columns if weights is None else columns * weights[:, None]
    by_subset = explained((columns.T @ heavy)[None], predictors.shape[1])[0]
    everything = len(by_subset) - 1
    without = np.array([by_subset[everything - (1 << at)] for at in range(predictors.shape[1])])
    return np.asarray((by_subset[everything] - without) / (1 - by_subset[everything]))


def _suffices(coefficient: Coefficient, ratio: float) -> Row:
    """Return the robustness value of an estimate and of the ends of its interval, in per cent."""
    ends = sorted((abs(coefficient.low), abs(coefficient.high)))
    holds_nought = coefficient.low <= 0 <= coefficient.high
    nearest = 0.0 if holds_nought else ends[0]

    def value(size: float) -> float:
        squared = ratio * (size / coefficient.estimate) ** 2
        return float(50 * (np.sqrt(squared**2 + 4 * squared) - squared))

    return {"estimate": value(coefficient.estimate), "ci_low": value(nearest), "ci_high": value(ends[1])}


def _weights(share: Array, low: Array, high: Array, exposures: Sequence[str], common: Row) -> Iterator[Row]:
    for at, exposure in enumerate(exposures):
        row = {**common, "group": exposure, "method": WEIGHT, "unit": "%"}
        row["estimand"] = "share of what the exposures explain together beyond the situation"
        if np.isnan(share[at]):
            yield {**row, "comparable": "no", "reason": "together the exposures explain too little to be divided"}
        else:
            yield {**row, "estimate": 100 * share[at], "ci_low": 100 * low[at], "ci_high": 100 * high[at]}


def _orders(exceeds: NDArray[np.float64], share: Array, exposures: Sequence[str], common: Row) -> Iterator[Row]:
    """Yield how surely each exposure comes before the next one in the order of their shares."""
    if np.isnan(share).any():
        return
    for first, second in pairwise(np.argsort(-share, kind="stable")):
        place = {"method": ORDER, "unit": "%", "group": exposures[first], "reference_group": exposures[second]}
        yield {**common, **place, "estimate": 100 * exceeds[first, second], "estimand": "draws in which it is larger"}
