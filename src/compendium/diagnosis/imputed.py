"""What would be different had everybody answered: the adjusted estimates again, from gaps filled in several times over.

Beside the estimates from those who answered, never instead of them. Filled in are gaps of persons who were asked; who was
not asked, whom a question does not apply to, or who did not agree to be asked about health, stays out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from .. import intervals
from ..imputation import imputations_needed, impute, pool
from ..persons import POINTS, Persons, Row, organisation, population
from ..scoring import SCORE
from ..study.questionnaire import Measure, Questionnaire
from ..study.routing import asked
from .associations import ADJUSTED_FOR, SITUATION, adjusted_associations, measured_exposures
from .correlates import STATUS, adjusted_differences, compared_statuses
from .regression import Coefficient

IMPUTED, SHIFTED = "multiple imputation", "multiple imputation, shifted"
DUE_TO_GAPS, IMPUTATIONS, TIPPING = "variance due to missing answers", "imputations", "tipping point"
"""Methods of the rows: pooled estimate, the same after a shift, what is missing, how many times, what it would take."""
SHIFTS = {
    -20.0: "as if who did not answer had 20 points less than persons alike who did",
    -10.0: "as if who did not answer had 10 points less than persons alike who did",
    10.0: "as if who did not answer had 10 points more than persons alike who did",
    20.0: "as if who did not answer had 20 points more than persons alike who did",
}
REACH = 50.0
"""Largest shift that is tried, in points of 100, to either side."""
STEP = 1.0
AT_RANDOM = "holds as far as the answers given tell how the missing ones would have been"
FEW_GAPS = "fewer persons left a gap than may be shown"
UNTIPPED = "no shift of up to 50 points to either side changes it"

Shifts = Sequence[pd.Series | float]
Fit = Callable[[Persons, pd.Series, Shifts], list[list[Coefficient]] | None]


@dataclass(frozen=True)
class Completed:
    """The answers of those asked, filled in several times over.

    Attributes
    ----------
    persons : list of Persons
        One an imputation.
    given : pandas.DataFrame
        The same persons and columns with their gaps.
    applies : pandas.DataFrame of bool
        Which columns apply to whom.
    """

    persons: list[Persons]
    given: pd.DataFrame
    applies: pd.DataFrame


def imputed_rows(
    persons: Persons, questionnaire: Questionnaire, outcomes: Sequence[str], seed: int, minimum: int
) -> Iterator[Row]:
    """Yield the adjusted estimates of every outcome from filled-in answers, and what they rest on.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    outcomes : sequence of str
        Measures that the questionnaire names as outcomes.
    seed : int
        Seed of everything drawn.
    minimum : int
        Fewest persons with a gap for which an analysis is shown beside that of who answered: of fewer, the two together
        would tell who kept silent.

    Yields
    ------
    dict
        By ``exposure`` and by ``status``: the pooled estimate (``multiple imputation``), the share of its
        variance that is due to missing answers in %, the estimate after each of :data:`SHIFTS`, the smallest shift of the filled-in outcomes that
        changes whether the interval holds nought (``tipping point``), and once the number of imputations with the number
        of persons asked, which is also the ``n`` of every row. Shifts only where somebody's outcome is missing; nothing
        where nothing is missing at all; one row with its reason where fewer than `minimum` left a gap.

    Notes
    -----
    One imputation for all outcomes: scores of all measures, status, the variables adjusted for and, where several are
    pooled, the country predict each other, so that measures beside the analysis help. Organisations do not take part.
    Statuses compared and the reference are those of the persons who answered. The variance of an estimate is a quadratic
    in the shift and the estimate is linear, so three fits an imputation give every shift exactly. The share of variance
    is ``(1 + 1/m) B / T``, not the fraction of missing information: that also counts that there are few organisations,
    which is not a matter of missing answers.
    """
    measured = [one for one in outcomes if persons.answers.get(SCORE + one, pd.Series(dtype=float)).notna().any()]
    completed = _complete(persons, questionnaire, measured, seed) if measured else None
    if completed is None:
        return
    for outcome in measured:
        asked_for = questionnaire.measures[outcome].items
        common = {"indicator": outcome, "population": population(questionnaire, asked_for)}
        exposures = measured_exposures(persons, questionnaire)
        if exposures:
            fit: Fit = partial(_associations, questionnaire, outcome, exposures)
            about = {"group_by": "exposure", "unit": "standard deviations"}
            estimand = f"association, the other exposures, {SITUATION}"
            columns = [SCORE + outcome, *(SCORE + one for one in exposures)]
            yield from _rows(completed, columns, fit, exposures, {**common, **about, "estimand": estimand}, minimum)
        compared = compared_statuses(persons, questionnaire, outcome)
        if compared is not None:
            reference, others = compared
            fit = partial(_differences, questionnaire, outcome, reference, others)
            about = {"group_by": STATUS, "unit": POINTS, "reference_group": reference}
            columns = [SCORE + outcome, STATUS]
            yield from _rows(
                completed, columns, fit, others, {**common, **about, "estimand": f"difference, {SITUATION}"}, minimum
            )


def _associations(
    questionnaire: Questionnaire,
    outcome: str,
    exposures: Sequence[str],
    persons: Persons,
    known: pd.Series,
    shifts: Shifts,
) -> list[list[Coefficient]] | None:
    return adjusted_associations(persons, questionnaire, outcome, exposures, known, shifts)


def _differences(
    questionnaire: Questionnaire,
    outcome: str,
    reference: str,
    others: Sequence[str],
    persons: Persons,
    known: pd.Series,
    shifts: Shifts,
) -> list[list[Coefficient]] | None:
    compared = known & persons.answers[STATUS].isin([reference, *others])
    return adjusted_differences(persons, questionnaire, outcome, others, compared, shifts)


def _rows(
    completed: Completed,
    columns: Sequence[str],
    fit: Fit,
    groups: Sequence[str],
    common: Mapping[str, object],
    minimum: int,
) -> Iterator[Row]:
    """Fit in every imputation, without and with shifts; yield the rows of one regression."""
    known = completed.applies[columns].all(axis=1)
    if (known & completed.given[columns].isna().any(axis=1)).sum() < minimum:
        yield {**common, "method": IMPUTED, "comparable": "no", "reason": FEW_GAPS}
        return
    silent = completed.given[columns[0]].isna().astype(float)
    shifts = [0.0, -REACH * silent, REACH * silent] if (silent[known] > 0).any() else [0.0]
    fits = [found for persons in completed.persons if (found := fit(persons, known, shifts)) is not None]
    if len(fits) < len(completed.persons):  # too few persons for so many coefficients
        return
    # One row a shift, then one an imputation, then one a group.
    estimates = np.array([[[c.estimate for c in each] for each in found] for found in fits]).swapaxes(0, 1)
    variances = np.array([[[c.error**2 for c in each] for each in found] for found in fits]).swapaxes(0, 1)
    freedom = min(c.freedom for found in fits for each in found for c in each)
    pooled = pool(estimates[0], variances[0], freedom)
    everybody = float(known.sum())
    yield {
        **common,
        "method": IMPUTATIONS,
        "unit": IMPUTATIONS,
        "estimate": float(len(completed.persons)),
        "n": everybody,
    }
    adjusted = intervals.holm(pooled["p"])
    for at, (group, found) in enumerate(zip(groups, pooled.itertuples(index=False), strict=True)):
        own = {**common, "group": group, "n": everybody}
        numbers = {"estimate": found.estimate, "ci_low": found.ci_low, "ci_high": found.ci_high}
        yield {**own, **numbers, "method": IMPUTED, "p_adjusted": float(adjusted[at]), "caveat": AT_RANDOM}
        yield {
            **own,
            "method": DUE_TO_GAPS,
            "unit": "%",
            "estimate": 100 * found.increase / (1 + found.increase),
        }
        if len(shifts) > 1:
            curve = _curve(estimates[:, :, at], variances[:, :, at], freedom)
            yield from _shifted(own, curve)


def _curve(estimates: np.ndarray, variances: np.ndarray, freedom: float) -> pd.DataFrame:
    """Pool an estimate at every shift up to :data:`REACH`; the index holds the shifts."""
    shifts = np.arange(-REACH, REACH + STEP / 2, STEP)
    at = (shifts / REACH)[None, :]

    def through(values: np.ndarray) -> np.ndarray:
        middle, low, high = (one[:, None] for one in values)
        return np.asarray(middle + (high - low) / 2 * at + ((high + low) / 2 - middle) * at**2)

    return pool(through(estimates), through(variances), freedom).set_index(shifts)


def _shifted(own: Row, curve: pd.DataFrame) -> Iterator[Row]:
    for shift, words in SHIFTS.items():
        numbers = {name: float(curve.loc[shift, name]) for name in ("estimate", "ci_low", "ci_high")}
        yield {**own, **numbers, "method": SHIFTED, "estimand": words}
    verdict = np.sign(curve["ci_low"]) + np.sign(curve["ci_high"])
    changed = verdict.index[verdict != verdict.loc[0.0]].to_numpy()
    tipping = {**own, "method": TIPPING, "unit": POINTS}
    if len(changed):
        yield {**tipping, "estimate": float(changed[np.argmin(np.abs(changed))])}
    else:
        yield {**tipping, "caveat": UNTIPPED}


def _complete(persons: Persons, questionnaire: Questionnaire, outcomes: Sequence[str], seed: int) -> Completed | None:
    """Fill in the answers of those asked about an outcome; nothing where nothing that is analysed is missing."""
    answers = persons.answers
    measures = [m for m in questionnaire.measures.values() if SCORE + m.id in answers]
    scores = {SCORE + measure.id: _measure_applies(answers, questionnaire, measure) for measure in measures}
    situation = [name for name in (*ADJUSTED_FOR, STATUS) if name in answers and answers[name].notna().any()]
    applies = pd.DataFrame(
        {**scores, **{name: _applies(answers, questionnaire, name) for name in situation}}, index=answers.index
    )
    exposures = [SCORE + one for one in measured_exposures(persons, questionnaire)]
    analysed = [*(SCORE + one for one in outcomes), *exposures, *situation]
    inside = applies[[SCORE + one for one in outcomes]].any(axis=1)
    explained = ([applies[exposures].all(axis=1)] if exposures else []) + (
        [applies[STATUS]] if STATUS in applies else []
    )
    if not explained:
        return None
    inside &= pd.concat(explained, axis=1).any(axis=1)
    applies = applies[inside]
    given = answers.loc[inside, [*applies.columns, *([persons.equal] if persons.equal else [])]]
    given = given.loc[:, given.notna().any()]
    texts = [name for name in given if not pd.api.types.is_numeric_dtype(given[name])]
    given = given.astype(dict.fromkeys(texts, "category"))
    analysed = [name for name in analysed if name in given]
    if not (given[analysed].isna() & applies[analysed]).any(axis=None):
        return None
    m = imputations_needed(given[analysed], applies[analysed])
    filled = impute(given, seed, m, applies.reindex(columns=given.columns, fill_value=True))
    weights = None if persons.given is None else persons.given[inside]
    named = organisation(persons.answers, questionnaire)
    beside = answers.loc[inside, [named] if named else []]  # is not filled in
    frames = [pd.concat([one, beside], axis=1) for one in filled]
    return Completed([Persons(one, persons.equal, weights, persons.clusters) for one in frames], given, applies)


def _measure_applies(answers: pd.DataFrame, questionnaire: Questionnaire, measure: Measure) -> pd.Series:
    """Tell whom a measure applies to: who was asked, and enough of whose questions apply."""
    put = pd.DataFrame({item: _applies(answers, questionnaire, item) for item in measure.items}).any(axis=1)
    without = pd.DataFrame(
        {item: answers[item] == questionnaire.questions[item].not_applicable for item in measure.items}
    )
    enough = (~without).sum(axis=1) >= measure.missing_min_share * len(measure.items)
    return (put & enough) | answers[SCORE + measure.id].notna()


def _applies(answers: pd.DataFrame, questionnaire: Questionnaire, variable: str) -> pd.Series:
    """Tell who was asked a question; where the way to it cannot be followed, who answered it."""
    question = questionnaire.questions.get(variable)
    answered = answers[variable].notna()
    if question is None:
        return answered
    way = {condition.question for condition in question.when}
    if question.populations and questionnaire.cleaning.eligible is not None:
        way.add(questionnaire.cleaning.eligible.question)
    if questionnaire.not_asked.get(question.module):
        way |= {"country", "wave"}
    if not way <= set(answers.columns):
        return answered
    return asked(answers, questionnaire, variable) | answered
