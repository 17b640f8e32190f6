"""How each country differs from the others: interval, size, rank, and a verdict that counts every test of the page."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .. import intervals
from ..intervals.means import linearised, read_answers
from ..study.elements import Margins
from .effects import Effect, cohens_h, hedges_g, spread
from .equivalence import Equivalence, adjust, equivalence, verdict
from .groups import Compared

Row = dict[str, Any]

DIFFERENCE, EFFECT, EQUIVALENCE, MARGIN, RANK, FAMILY = (
    "difference",
    "effect size",
    "equivalence",
    "margin",
    "rank",
    "family of tests",
)
OTHERS = "other countries"


def difference_rows(measures: Sequence[Compared], margins: Margins, unit: str) -> Iterator[Row]:
    """Yield for each measure and country the difference from the others, its size, equivalence, rank and verdict.

    Parameters
    ----------
    measures : sequence of Compared
        Everything that the page compares: means and shares.
    margins : Margins
        Differences that still count as none.
    unit : str
        Code of the pooled countries, for what holds of all of them.

    Yields
    ------
    dict
        Rows by ``method``. ``difference`` has the verdict in ``flag``, ``equivalence`` an interval of 90 %; the p values of
        both are adjusted over all of them together (:func:`adjust`).
    """
    tested = [row for one in measures for code in one.people for row in _tests(one, code, _margin(one, margins))]
    first, second = adjust(
        *([row["p_adjusted"] for row in tested if row["method"] == kind] for kind in (DIFFERENCE, EQUIVALENCE))
    )
    for number, (different, equivalent) in enumerate(zip(first, second, strict=True)):
        both = tested[2 * number : 2 * number + 2]
        for row, p in zip(both, (different, equivalent), strict=True):
            yield {**row, "p_adjusted": float(p), "flag": verdict(different, equivalent)}
    for one in measures:
        yield {**one.whole(unit), "method": MARGIN, "estimate": _margin(one, margins)}
        yield from _effects(one)
        if one.kind == "mean":
            yield from _ranks(one)
    if tested:
        most = max(sum(len(own.values) for own in one.people.values()) for one in measures)
        common = {"indicator": "tests", "country": unit, "method": FAMILY, "unit": "tests", "n": float(most)}
        yield {**common, "estimate": float(len(tested))}


def _margin(one: Compared, margins: Margins) -> float:
    """Return the margin in points: of scores the narrower of the two, with the spread of these very answers."""
    if one.kind == "share":
        return margins.points
    wide = margins.sd * spread(one.values)
    return min(margins.points, wide) if wide > 0 else margins.points


def _tests(one: Compared, code: str, margin: float) -> Iterator[Row]:
    coefficients, design = one.coefficients_against_others(code), one.design()
    common = {
        **one.row(code),
        "estimand": f"{one.kind} less the mean of the other countries",
        "reference_group": OTHERS,
    }
    for method, found in (
        (DIFFERENCE, intervals.contrast(one.values, coefficients, **design)),
        (EQUIVALENCE, _equivalent(one, code, margin)),
    ):
        numbers = {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high, "p_adjusted": found.p}
        yield {**common, "method": method, **numbers}


def _equivalent(one: Compared, code: str, margin: float) -> Equivalence:
    # The tested country first: it is moved by the margin, and its coefficient is 1.
    order = sorted(range(len(one.people)), key=lambda at: list(one.people)[at] != code)
    coefficients, design = one.coefficients_against_others(code), one.design()
    ordered: dict[str, Any] = {name: [given[at] for at in order] for name, given in design.items()}
    return equivalence([one.values[at] for at in order], margin, [coefficients[at] for at in order], **ordered)


def _effects(one: Compared) -> Iterator[Row]:
    for code in one.people:
        found = _effect(one, one.coefficients_against_others(code))
        unit = "standard deviations" if one.kind == "mean" else "radians"
        numbers = {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}
        name = "Hedges' g" if one.kind == "mean" else "Cohen's h"
        yield {**one.row(code), "method": EFFECT, "unit": unit, "estimand": name, "reference_group": OTHERS, **numbers}


def _effect(one: Compared, coefficients: Sequence[float]) -> Effect:
    means = np.array([own.mean().estimate for own in one.people.values()])
    variances = variances_of(one)
    c = np.asarray(coefficients)
    if one.kind == "mean":
        found = (float(c @ means), math.sqrt(float((c**2) @ variances)))
        return hedges_g(one.values, coefficients, found=found)
    shares = means / 100
    return cohens_h(list(shares), list(shares * (1 - shares) / (variances / 1e4)), coefficients)


def variances_of(one: Compared) -> np.ndarray:
    """Return the sampling variance of each country's mean, with weights and organisations."""
    found = []
    for own in one.people.values():
        known = read_answers(own.values, own.weights, clusters=own.clusters)
        found.append(linearised(known, float(np.average(known.values, weights=known.weights))).variance)
    return np.array(found)


def _ranks(one: Compared) -> Iterator[Row]:
    for code, place in zip(one.people, intervals.ranks(one.values, **one.design()), strict=True):
        yield {
            **one.row(code),
            "method": RANK,
            "unit": RANK,
            "estimand": "rank of the mean among the countries, 1 the highest",
            "estimate": float(place.estimate),
            "ci_low": float(place.low),
            "ci_high": float(place.high),
        }


def against_others(
    groups: Mapping[str, np.ndarray], code: str, clusters: Mapping[str, np.ndarray] | None = None
) -> intervals.Difference:
    """Estimate one group's mean less the mean of the other groups' means, each of them counting the same.

    Parameters
    ----------
    groups : mapping of str to array
        Values of two persons or more for each group.
    code : str
        The group that is compared.
    clusters : mapping of str to array, optional
        The organisations through which the people of each group answered.

    Returns
    -------
    Difference
        ``estimate low high p``, the p value not adjusted.

    See Also
    --------
    compendium.intervals.contrast : how it is estimated.
    """
    others = len(groups) - 1
    return intervals.contrast(
        list(groups.values()),
        [1.0 if name == code else -1 / others for name in groups],
        clusters=None if clusters is None else [clusters[name] for name in groups],
    )
