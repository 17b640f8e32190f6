"""What a sample of a given size can show: planned before fieldwork, and checked against the answers in hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from . import disclosure, intervals, paths, results
from .collection.fieldwork import described
from .reading import read_yaml
from .study.study import Study

Row = dict[str, Any]
Counts = Mapping[tuple[str, str], int]
"""(variable, code) -> persons; the empty pair is all of them."""
ALL = ("", "")
PLANNED, IN_HAND = "planned", "in hand"
OF_THE_PLAN = {"origin": "context", "source": "Targets of the study file"}
"""What a study wants is no answer of anybody: it passes the gate untouched."""
SHARE_WIDTH, SCORE_WIDTH, CONTRAST, TESTABLE, CELL, CROSS = (
    "half_width_share",
    "half_width_score",
    "smallest_difference",
    "invariance",
    "cell",
    "crossed_cell",
)


@dataclass(frozen=True)
class Assumptions:
    """What planning assumes, from ``definitions/planning.yml``: levels are probabilities, ``score_sd`` points on 0-100."""

    confidence_level: float
    power: float
    share: float
    score_sd: float
    invariance_group: int


@cache
def assumptions() -> Assumptions:
    """Read what planning assumes."""
    content = read_yaml(paths.DEFINITIONS / "planning.yml", "planning")
    values = {name: entry["value"] for name, entry in content.items()}
    return Assumptions(**{**values, "invariance_group": int(values["invariance_group"])})


def half_width_share(n: int) -> float:
    """Return half the width of the Wilson interval of a share at its widest, in percentage points."""
    assumed = assumptions()
    found = intervals.share(assumed.share * n, n, assumed.confidence_level)
    return 100 * (found.high - found.low) / 2


def half_width_score(n: int) -> float:
    """Return half the width of the t interval of a mean score, in points on 0-100; infinite for one person."""
    assumed = assumptions()
    if n < 2:
        return float("inf")
    return float(stats.t.ppf((1 + assumed.confidence_level) / 2, n - 1) * assumed.score_sd / np.sqrt(n))


def smallest_difference(n1: int, n2: int, comparisons: int = 1) -> float:
    """Return the smallest difference of two mean scores that a test sees with the assumed power.

    Parameters
    ----------
    n1, n2 : int
        Persons in each group.
    comparisons : int
        Number of contrasts made together; the level is divided by it (Bonferroni, the first step of Holm's rule).

    Returns
    -------
    float
        Points on 0-100; infinite where a group has fewer than two persons.

    Notes
    -----
    Two-sided t test of two independent means with equal variance, solved for the standardised difference and multiplied
    by the assumed standard deviation. Unequal profiles, weights or clusters make the true value larger.
    """
    from pingouin import power_ttest2n  # a second and a half at import, for who really plans

    assumed = assumptions()
    if min(n1, n2) < 2:
        return float("inf")
    alpha = (1 - assumed.confidence_level) / comparisons
    return assumed.score_sd * float(power_ttest2n(n1, n2, power=assumed.power, alpha=alpha))


def plan(study: Study, counts: Mapping[str, Counts], stage: str, **common: Any) -> pd.DataFrame:
    """Say what a number of persons in each cell can show.

    Parameters
    ----------
    study : Study
        Its ``minimum_cell`` is the smallest number of persons that a published number may rest on.
    counts : Mapping of str to Counts
        Country -> persons by cell: the study's targets, or the answers in hand.
    stage : str
        ``planned`` or ``in hand``; stands in the column ``period``.
    **common
        Columns that every row shares: ``wave``, ``origin``, ``source``.

    Returns
    -------
    pandas.DataFrame
        Results by country, variable and code: ``cell`` (persons; not comparable where fewer than the minimum),
        ``half_width_share`` (percentage points), ``half_width_score`` (points on 0-100), ``invariance`` (persons; not
        comparable below what testing a measure in the group needs), ``smallest_difference`` (points, against the
        country's other persons, and between every two countries), ``crossed_cell`` (of two variables: how many cells
        would be blanked out of how many, under the assumption that the two are independent).
    """
    shared = {"study": study.id, "part": "planning", "population": "wanted", "period": stage, **common}
    shown = {country: _shown(study, cells, shared) for country, cells in counts.items()}
    rows: list[Row] = []
    for country, cells in counts.items():
        rows += [{"country": country, **row} for row in _of_country(study, cells, shown[country])]
    # beside a known total, a pair would give away one too small to be shown
    minimum = study.disclosure.minimum_cell
    totals = {
        country: cells[ALL] for country, cells in counts.items() if ALL in shown[country] and cells[ALL] >= minimum
    }
    pairs = list(combinations(totals, 2))
    for first, second in pairs:
        rows.append(
            {
                "country": first,
                "group_by": "country",
                "group": second,
                **_contrast(totals[first], totals[second], len(pairs)),
            }
        )
    return results.make(rows, **shared)


def _cells(cells: Counts, minimum: int) -> list[Row]:
    return [
        {
            "indicator": CELL,
            "group_by": variable,
            "group": code,
            "estimate": float(n),
            "n": float(n),
            "unit": "respondents",
            "method": "count",
            **_not(n < minimum, "fewer persons than a published number may rest on"),
        }
        for (variable, code), n in cells.items()
    ]


def _shown(study: Study, cells: Counts, shared: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Which counts of a country pass the gate: nothing else may be said of the others, or it would give them away."""
    minimum = study.disclosure.minimum_cell
    gated = disclosure.protect(results.make(_cells(cells, minimum), country="", **shared), study.disclosure)
    places = zip(gated["group_by"], gated["group"], strict=True)
    return frozenset(place for place, blank in zip(places, gated["suppressed"], strict=True) if not blank)


def _of_country(study: Study, cells: Counts, shown: frozenset[tuple[str, str]]) -> Iterator[Row]:
    assumed, minimum = assumptions(), study.disclosure.minimum_cell
    total = cells.get(ALL, 0)
    yield from _cells(cells, minimum)
    for (variable, code), n in cells.items():
        if n < minimum or (variable, code) not in shown:
            continue
        place: Row = {"group_by": variable, "group": code, "n": float(n)}
        yield {
            **place,
            "indicator": SHARE_WIDTH,
            "estimate": half_width_share(n),
            "unit": "percentage points",
            "method": "Wilson",
        }
        yield {**place, "indicator": SCORE_WIDTH, "estimate": half_width_score(n), "unit": "points", "method": "t"}
        yield {
            **place,
            "indicator": TESTABLE,
            "estimate": float(n),
            "unit": "respondents",
            "method": "count",
            **_not(n < assumed.invariance_group, "fewer persons than testing a measure in this group needs"),
        }
        if variable and total - n >= minimum:
            contrasts = sum(1 for other, _ in cells if other == variable)
            yield {**place, **_contrast(n, total - n, contrasts), "reference_group": "others"}
    yield from _crossed(cells, minimum)


def _contrast(n1: int, n2: int, comparisons: int) -> Row:
    return {
        "indicator": CONTRAST,
        "estimate": smallest_difference(n1, n2, comparisons),
        "n": float(n1 + n2),
        "unit": "points",
        "method": "power of the t test",
    }


def _crossed(cells: Counts, minimum: int) -> Iterator[Row]:
    """How many cells of two variables crossed would be blanked, each expected from its margins."""
    variables: dict[str, dict[str, int]] = {}
    for (variable, code), n in cells.items():
        if variable:
            variables.setdefault(variable, {})[code] = n
    for first, second in combinations(variables, 2):
        total = min(sum(variables[first].values()), sum(variables[second].values()))
        shares = [
            np.array(list(variables[name].values()), dtype=float) / max(sum(variables[name].values()), 1)
            for name in (first, second)
        ]
        expected = [total * one * other for one, other in product(*shares)]
        blanked = sum(value < minimum for value in expected)
        yield {
            "indicator": CROSS,
            "group_by": f"{first}+{second}",
            "estimate": float(blanked),
            "n": float(total),
            "unit": f"of {len(expected)} cells",
            "method": "expected from the margins",
            **_not(blanked > len(expected) / 2, "more than half of its cells would be blanked"),
        }


def _not(met: bool, reason: str) -> Row:
    return {"comparable": "no", "reason": reason} if met else {}


def targets(study: Study) -> dict[str, Counts]:
    """Return how many answers the study wants, country by country."""
    return {country: dict(wanted) for country, wanted in study.targets.items()}


def in_hand(study: Study, answers: pd.DataFrame) -> Counts:
    """Count the answers kept of one country, in all and by each variable that says who answered."""
    eligible = study.questionnaire.cleaning.eligible
    cells: dict[tuple[str, str], int] = {ALL: len(answers)}
    for variable in described(study.questionnaire):
        found = answers[variable].value_counts()
        codes = eligible.codes if eligible and variable == eligible.question else study.questionnaire.codes(variable)
        cells |= {(variable, code): int(found.get(code, 0)) for code in codes}
    return cells


def sample(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Make the product *sample*: what the answers in hand can show, and what was planned, side by side.

    Returns
    -------
    pandas.DataFrame
        The results of :func:`plan` for the targets (``period`` is ``planned``) and for the answers kept (``in hand``).
        For the pooled unit, every country's.
    """
    places = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    held = {place: in_hand(study, answers[answers["country"] == place]) for place in places}
    wanted = {place: cells for place, cells in targets(study).items() if place in places}
    origin, source = results.weakest_origin(answers["origin"]), "; ".join(dict.fromkeys(answers["source"]))
    return results.concat(
        [
            plan(study, wanted, PLANNED, wave=wave, **OF_THE_PLAN),
            plan(study, held, IN_HAND, wave=wave, origin=origin, source=source),
        ]
    )
