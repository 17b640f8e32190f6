"""The system and the person: shares of variance between groups, what all share, and how much goes with the work itself."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .. import results
from ..invariance import Verdicts
from ..persons import POINTS, Persons, Row, estimate_row, not_measured, organisation, population
from ..reliability import reliability
from ..scoring import SCORE, item_values
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from .associations import ADJUSTED_FOR
from .commitment import commitment_rows
from .correlates import STATUS
from .gaps import gap_rows
from .regression import design_of, places
from .response_surface import surface_rows
from .roles import AT_ONCE, postures_at_once, role_rows
from .variance import RESIDUAL, corrected, variance_shares

PART = "risks"
SHARE, LEVEL = "share of variance", "level"
RAW, ALIKE, CORRECTED = "as people are", "people composed alike", "without error of measurement"
COMMON, SPREAD = "common to all", "spread between groups"
CONDITIONS = "share that goes with conditions"
FOLDS = 10
NO_BOUND = "not the part of the system, nor a bound on it: what weighs on all alike has no variance between groups"
FEWEST = 100
"""Persons under which no share of variance is estimated."""


def systems(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Estimate what differs between groups, what is common to all, and what goes with the conditions of work.

    Parameters
    ----------
    study, unit, wave, answers, invariance
        As for :func:`~compendium.diagnosis.diagnose`.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result. Of each outcome and of each exposure: shares of variance between the groups of each level
        (country where several are pooled, organisation, status), as people are, composed alike, and without error of
        measurement, and the standard deviation of their means; of each exposure how far everybody is exposed; of each outcome the share of its variance that the single conditions of work foretell;
        postures and their conflicts, commitment and over-investment, beside the first outcome; wish, reality and their
        difference by domain, and the response surface of each outcome over them.
    """
    questionnaire = study.questionnaire
    equal = "country" if study.is_pooled(unit) else None
    answers = answers.assign(**{AT_ONCE: postures_at_once(answers)})
    persons = Persons(answers, equal, clusters=organisation(answers, questionnaire))
    outcomes = list(questionnaire.analysis.outcomes.values())
    exposures = [measure.id for measure in questionnaire.measures.values() if measure.family]
    rows = chain(
        *(variance_rows(persons, questionnaire, measure) for measure in [*outcomes, *exposures]),
        *(common_rows(persons, questionnaire, measure) for measure in exposures),
        *(condition_rows(persons, questionnaire, outcome, study.seed) for outcome in outcomes),
        *(role_rows(persons, questionnaire, outcome) for outcome in outcomes[:1]),
        *(commitment_rows(persons, questionnaire, outcome) for outcome in outcomes[:1]),
        gap_rows(persons, questionnaire),
        *(surface_rows(persons, questionnaire, outcome) for outcome in outcomes),
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


def levels_of(persons: Persons, questionnaire: Questionnaire, known: pd.DataFrame) -> list[str]:
    """Return the levels that answers have: country where several are pooled, organisation, status; each of two groups or more."""
    wanted = [persons.equal, organisation(persons.answers, questionnaire), STATUS]
    return [
        name
        for name in dict.fromkeys(filter(None, wanted))
        if name in known and 2 <= known[name].nunique() < known[name].notna().sum() / 2
    ]


def variance_rows(persons: Persons, questionnaire: Questionnaire, measure: str) -> Iterator[Row]:
    """Yield the shares of variance of one measure: raw, composed alike, and without error of measurement."""
    score = SCORE + measure
    if score not in persons.answers or persons.answers[score].notna().sum() < FEWEST:
        yield {**not_measured(measure, "too few persons answered"), "group_by": LEVEL, "estimand": SHARE}
        return
    known = persons.answers[persons.answers[score].notna()]
    levels = levels_of(persons, questionnaire, known)
    known = known[known[levels].notna().all(axis=1)]
    levels = levels_of(persons, questionnaire, known)
    if not levels or len(known) < FEWEST:
        yield {
            **not_measured(measure, "no level has two groups of several persons"),
            "group_by": LEVEL,
            "estimand": SHARE,
        }
        return
    covariates = [name for name in ADJUSTED_FOR if name in known and known[name].notna().any()]
    raw = variance_shares(known, score, levels)
    found = {RAW: raw, ALIKE: variance_shares(known, score, levels, covariates)}
    how_sure = _reliability(known, questionnaire, measure)
    if how_sure is not None:
        found[CORRECTED] = corrected(raw, how_sure)
    whole = float(known[score].std())
    for row in raw[raw["level"] != RESIDUAL].itertuples():
        yield {
            "indicator": measure,
            "population": population(questionnaire, questionnaire.measures[measure].items),
            "group_by": LEVEL,
            "group": row.level,
            "method": SPREAD,
            "unit": POINTS,
            "estimand": "standard deviation of the groups' means, without the chance of who answered",
            "estimate": whole * np.sqrt(row.share),
            "ci_low": whole * np.sqrt(row.ci_low),
            "ci_high": whole * np.sqrt(row.ci_high),
            "n": float(row.n),
            "flag": row.note,
        }
    for estimand, shares in found.items():
        for row in shares.itertuples():
            yield {
                "indicator": measure,
                "population": population(questionnaire, questionnaire.measures[measure].items),
                "group_by": LEVEL,
                "group": row.level,
                "method": SHARE,
                "unit": "%",
                "estimand": estimand,
                "estimate": 100 * row.share,
                "ci_low": 100 * row.ci_low,
                "ci_high": 100 * row.ci_high,
                "n": float(row.n),
                "flag": "" if row.level == RESIDUAL else row.note,
                "caveat": "" if row.level == RESIDUAL else NO_BOUND,
            }


def _reliability(known: pd.DataFrame, questionnaire: Questionnaire, measure: str) -> float | None:
    """Return omega of a scale, or alpha where there is none; nothing for an index, whose items need not go together."""
    one = questionnaire.measures[measure]
    if one.kind != "scale" or len(one.items) < 3:
        return None
    found = reliability(item_values(known, questionnaire, one)).iloc[0]
    value = found["omega"] if pd.notna(found["omega"]) else found["alpha"]
    return float(value) if pd.notna(value) and 0.3 <= value <= 1 else None


def common_rows(persons: Persons, questionnaire: Questionnaire, measure: str) -> Iterator[Row]:
    """Yield how exposed everybody is on average: the level that all groups share, which no share of variance shows."""
    score = persons.answers.get(SCORE + measure)
    if score is None or score.notna().sum() < FEWEST:
        return
    ((_, everybody),) = persons.estimate(score)
    yield {
        **estimate_row(everybody),
        "indicator": measure,
        "population": population(questionnaire, questionnaire.measures[measure].items),
        "group_by": COMMON,
        "method": "mean",
        "unit": POINTS,
        "estimand": COMMON,
    }


def condition_rows(persons: Persons, questionnaire: Questionnaire, outcome: str, seed: int) -> Iterator[Row]:
    """Yield the share of an outcome's variance that single conditions of work foretell in other organisations.

    Notes
    -----
    Least squares on all items of the exposures, fitted on nine tenths of the organisations and held against the tenth
    that was left out, ten times: ``1 - sum (y - y_out)^2 / sum (y - m)^2`` with m the mean of the others. Unlike R2 of
    the fit it does not grow with the number of items. The interval is that of a ratio of sums over organisations.
    """
    score = persons.answers.get(SCORE + outcome)
    measures = [one for one in questionnaire.measures.values() if one.family]
    if score is None or not measures:
        return
    items = pd.concat([item_values(persons.answers, questionnaire, one) for one in measures], axis=1)
    items = items.dropna(axis=1, how="all")
    known = score.notna() & (items.notna().mean(axis=1) >= 0.5)
    common = {
        "indicator": outcome,
        "population": population(questionnaire, [item for one in measures for item in one.items]),
        "group_by": CONDITIONS,
        "method": CONDITIONS,
        "unit": "%",
        "estimand": CONDITIONS,
    }
    if items.empty or known.sum() < max(FEWEST, 5 * items.shape[1]):
        yield {**not_measured(outcome, "too few persons answered"), "group_by": CONDITIONS}
        return
    y = score[known].to_numpy(dtype=float)
    place = places(None if persons.clusters is None else persons.answers.loc[known, persons.clusters], len(y))
    estimate, low, high = foretold(y, design_of(items[known]), place, seed)
    yield {
        **common,
        "estimate": 100 * estimate,
        "ci_low": 100 * low,
        "ci_high": 100 * high,
        "n": float(len(y)),
        "caveat": "asked at one time in one form: no direction can be read from it",
    }


def foretold(
    y: NDArray[np.float64], design: NDArray[np.float64], place: NDArray[np.intp], seed: int
) -> tuple[float, float, float]:
    """Return the share of variance that a regression foretells for organisations it has not seen, with its interval."""
    groups = int(place.max()) + 1
    fold = np.random.default_rng(seed).permutation(groups)[place] % min(FOLDS, groups)
    ahead, middle = np.empty(len(y)), np.empty(len(y))
    for one in np.unique(fold):
        out = fold == one
        beta = np.linalg.lstsq(design[~out], y[~out], rcond=None)[0]
        ahead[out], middle[out] = design[out] @ beta, y[~out].mean()
    missed, spread = (y - ahead) ** 2, (y - middle) ** 2
    ratio = missed.sum() / spread.sum()
    moved = np.bincount(place, missed - ratio * spread) / spread.sum()
    error = float(np.sqrt(groups / (groups - 1) * (moved @ moved)))
    reach = float(stats.t.ppf(0.975, groups - 1)) * error
    return 1 - ratio, 1 - ratio - reach, 1 - ratio + reach
