"""Whether conditions go together with an outcome more, or less, than their sum: product terms fixed beforehand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from .. import intervals, paths
from ..persons import POINTS, Persons, Row, not_measured
from ..reading import read_yaml
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .associations import ONE_TIME, SITUATION, clusters_of, counted, covariates_of, measured_exposures, numbers_of
from .regression import Coefficient, regress_each, standardised

PRODUCT, SLOPE, LINE = "interplay", "slope", "difference from the average"
"""Methods of the rows."""
INTERACTION, BUFFER = "interaction", "buffer"
"""What a term is by: conditions that weigh together, or a resource beside an exposure."""
LEVELS: Mapping[str, float] = {"low": -1.0, "average": 0.0, "high": 1.0}
"""Levels at which slopes and lines are given, in standard deviations from the mean."""
NOT_ASKED = "this study does not ask about one of the two"


@dataclass(frozen=True)
class Term:
    """A product of two measures that is tested.

    Attributes
    ----------
    id, kind : str
        Its name; :data:`INTERACTION` or :data:`BUFFER`.
    exposure, beside : str
        Measures: whose slope is asked for, and at whose levels.
    expected : str
        ``more`` or ``less``: whether a model of the literature expects the slope to be steeper where `beside` is high.
    label : mapping of str to str
        Language -> words; empty for a buffer, which is named by its measures.
    source, confidence : str
        Where the expectation comes from, and how sure that is.
    stands_in : mapping of str to str
        Language -> what a measure of this study stands in for; empty where it is what the source means.
    """

    id: str
    kind: str
    exposure: str
    beside: str
    expected: str
    label: Mapping[str, str]
    source: str
    confidence: str
    stands_in: Mapping[str, str] = field(default_factory=dict)


@cache
def declared() -> tuple[tuple[Term, ...], tuple[Mapping[str, str], ...]]:
    """Read the terms and the resources that are tested, from ``definitions/interactions.yml``."""
    content = read_yaml(paths.DEFINITIONS / "interactions.yml", "interactions")
    return tuple(Term(kind=INTERACTION, **one) for one in content["interactions"]), tuple(content["buffers"])


def terms(exposures: Sequence[str]) -> list[Term]:
    """Return the terms that are tested in a study with these exposures: those declared, and each buffer beside each."""
    pairs, resources = declared()
    buffers = [
        Term(
            f"{one['resource']}_{exposure}",
            BUFFER,
            exposure,
            one["resource"],
            one["expected"],
            {},
            one["source"],
            one["confidence"],
        )
        for one in resources
        for exposure in exposures
    ]
    return [*pairs, *buffers]


def interaction_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield whether exposures go with one outcome (the id of a measure) more or less where something else is high.

    Yields
    ------
    dict
        By ``interaction`` or ``buffer``, a row ``interplay`` a term: the coefficient of the product, p by Holm over all
        terms of the outcome. By the id of the term: ``slope`` of the exposure where the other measure is one standard
        deviation under its mean, at it and above; ``difference from the average`` of persons low or high on the one and
        low, average or high on the other, in points (``group`` names the exposure's level first). A term that cannot be
        tested has one row that says why.

    Notes
    -----
    Least squares, one regression a term: all exposures, the measure beside, the squares of the two and their product, all
    standardised, and the situation; errors as in :mod:`.sandwich`. The squares stand in because a bent line of one of two
    measures that go together looks like an interplay otherwise. What scales cannot tell apart at their floor and ceiling
    remains: an interplay is one in the points of this scale.

    References
    ----------
    Cohen, Cohen, West, Aiken (2003), Applied Multiple Regression, ch. 7; Ganzach (1997), Psychol. Methods 2:235-247.
    """
    exposures = measured_exposures(persons, questionnaire)
    if not exposures:
        yield {**not_measured(outcome, "no exposure was measured beside it"), "group_by": INTERACTION}
        return
    tested = []
    for term in terms(exposures):
        place = {"group_by": term.kind, "group": term.id}
        if {term.exposure, term.beside} - set(questionnaire.measures) or not _answered(persons, term):
            yield {**not_measured(outcome, NOT_ASKED), **place}
            continue
        found = _fitted(persons, questionnaire, outcome, exposures, term)
        if found is None:
            yield {**not_measured(outcome, "too few persons answered for an interplay"), **place}
        else:
            tested.append((term, *found))
    adjusted = intervals.holm([coefficients[0].p for _, coefficients, _, _ in tested])
    for (term, coefficients, common, spread), p in zip(tested, adjusted, strict=True):
        place = {"group_by": term.kind, "group": term.id, "unit": "standard deviations"}
        estimand = f"more association for one standard deviation more of the other, {SITUATION}"
        yield {**common, **place, "method": PRODUCT, "estimand": estimand, **numbers_of(coefficients[0], p)}
        yield from _shapes(term, coefficients[1:], common, spread)


def _shapes(term: Term, coefficients: Sequence[Coefficient], common: Row, spread: float) -> Iterator[Row]:
    for (level, _), slope in zip(LEVELS.items(), coefficients, strict=False):
        place = {"group_by": term.id, "group": level, "method": SLOPE, "unit": "standard deviations"}
        yield {**common, **place, "estimand": "slope of the exposure at this level of the other", **numbers_of(slope)}
    for (first, second), line in zip(_corners(), coefficients[len(LEVELS) :], strict=True):
        place = {"group_by": term.id, "group": f"{first}_{second}", "method": LINE, "unit": POINTS}
        numbers = {"estimate": line.estimate * spread, "ci_low": line.low * spread, "ci_high": line.high * spread}
        estimand = "difference from persons average on both, the rest alike"
        yield {**common, **place, "estimand": estimand, **numbers}


def _corners() -> list[tuple[str, str]]:
    """Return the levels of the exposure and of the other between which lines are drawn."""
    return list(product(LEVELS, ("low", "high")))


def _answered(persons: Persons, term: Term) -> bool:
    names = [SCORE + term.exposure, SCORE + term.beside]
    return all(name in persons.answers for name in names) and bool(persons.answers[names].notna().all(axis=1).any())


def _fitted(
    persons: Persons, questionnaire: Questionnaire, outcome: str, exposures: Sequence[str], term: Term
) -> tuple[list[Coefficient], Row, float] | None:
    """Return the product, the slopes and the lines of a term, what its rows share, and one standard deviation in points."""
    names = [SCORE + one for one in dict.fromkeys([outcome, *exposures, term.exposure, term.beside])]
    known = persons.answers[names].notna().all(axis=1)
    if not known.any():
        return None
    weights, _ = persons.weights(known)
    scores = persons.answers.loc[known, names]
    scaled = standardised(scores, weights)
    first, second = scaled[SCORE + term.exposure], scaled[SCORE + term.beside]
    others = scaled[[name for name in names[1:] if name not in (first.name, second.name)]]
    own = {"a": first, "b": second, "product": first * second, "aa": first**2, "bb": second**2}
    predictors = pd.concat([pd.DataFrame(own), others], axis=1)
    clusters = clusters_of(persons, questionnaire, known)
    wanted = np.zeros((1 + len(LEVELS) + len(_corners()), predictors.shape[1]))
    wanted[:, : len(own)] = [
        [0, 0, 1, 0, 0],
        *([1, 0, b, 0, 0] for b in LEVELS.values()),
        *([a, b, a * b, a * a, b * b] for a, b in ((LEVELS[i], LEVELS[j]) for i, j in _corners())),
    ]
    found = regress_each([scaled[names[0]]], predictors, covariates_of(persons, known), weights, clusters, wanted)
    if found is None:
        return None
    spread = float(
        np.sqrt(np.average((scores[names[0]] - np.average(scores[names[0]], weights=weights)) ** 2, weights=weights))
    )
    return found[0], {"caveat": ONE_TIME, **counted(weights, len(scaled))}, spread
