"""What those who gave a status up could change: put back, trimmed, and at worst and best."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...intervals import LEVEL, share
from ...persons import POINTS, Persons, Row, estimate_row
from ...scoring import SCORE
from .people import People

Array = NDArray[np.float64]

STAYED, BACK = "those who stayed", "those who left put back"
TRIM_LOW, TRIM_HIGH = "trimming bound, lowest", "trimming bound, highest"
WORST_LOW, WORST_HIGH = "worst-case bound, lowest", "worst-case bound, highest"
BOUNDS = (STAYED, BACK, TRIM_LOW, TRIM_HIGH, WORST_LOW, WORST_HIGH)
"""Methods, from what is seen to what is possible."""
GIVEN_UP = "given up in three years"
NONE = "none"
DRAWS = 400
FEWEST = 10
SCALE = (0.0, 100.0)
WHO_LEFT = "only of those who still answer; those who left the trade altogether are not among them"


class Side(NamedTuple):
    """A status: outcomes of who has it now, and of who gave it up and now has another."""

    stayed: Array
    left: Array


def survivor_rows(people: People, everybody: pd.DataFrame, outcome: str, seed: int) -> Iterator[Row]:
    """Yield how far those who gave a status up could move its difference from the reference.

    Parameters
    ----------
    people : People
        Whom the plan compares.
    everybody : pandas.DataFrame
        All answers: who gave a status up may have none now.
    outcome : str
        Measure.
    seed : int
        Of the bootstrap.

    Yields
    ------
    dict
        Differences of plain means in points, by :data:`BOUNDS`, for each status with enough persons; the share
        :data:`GIVEN_UP` of each status, of all who have or gave up.

    Notes
    -----
    *Put back*: who gave a status up counts with it, with today's outcome, under whatever status they have now. *Trimming*:
    were everybody who stays in the status that is left more often also to stay in the other, those who stay in both are
    found in the other by taking away as many per cent of it as it keeps more, from the top or from the bottom: the true
    difference among them lies between. *Worst case*: those who left have the lowest or the highest value of the scale, in
    the one status and the other way round in the reference. Intervals by a bootstrap of persons
    within statuses (organisations are not drawn); their outer ends cover both bounds. Nothing is adjusted.

    References
    ----------
    Lee (2009), Rev. Econ. Stud. 76:1071-1102; Horowitz, Manski (2000), J. Am. Stat. Assoc. 95:77-84.
    """
    plan = people.plan
    if plan.survivors not in everybody or SCORE + outcome not in everybody:
        return
    rng = np.random.default_rng(seed)
    sides = {code: _side(people, everybody, SCORE + outcome, code) for code in people.statuses}
    reference = sides[plan.reference]
    for code, side in sides.items():
        common = {"group_by": plan.treatment, "group": code, "population": plan.population, "caveat": WHO_LEFT}
        n = float(len(side.stayed) + len(side.left))
        yield {**common, "indicator": GIVEN_UP, "method": "share", "unit": "%", "n": n, **_share(side)}
        if code == plan.reference or min(map(len, (side.stayed, reference.stayed))) < FEWEST:
            continue
        found = bounds(side, reference)
        draws = np.array([bounds(_again(side, rng), _again(reference, rng)) for _ in range(DRAWS)])
        tail = 100 * (1 - LEVEL) / 2
        low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
        for at, method in enumerate(BOUNDS):
            numbers = {
                "estimate": found[at],
                "ci_low": min(low[at], found[at]),
                "ci_high": max(high[at], found[at]),
                "n": n,
                "reference_group": plan.reference,
            }
            yield {**common, "indicator": outcome, "method": method, "unit": POINTS, "estimand": PLAIN, **numbers}


PLAIN = "not adjusted"


def reason_rows(people: People, everybody: pd.DataFrame) -> Iterator[Row]:
    """Yield what counted most for those who gave a status up: the share in % of each reason, all statuses together.

    Of those who say one; :data:`WHO_LEFT` holds for them as well. Nothing where the study does not ask.
    """
    asked_for = people.plan.survivor_reason
    if asked_for not in everybody:
        return
    said = Persons(everybody[everybody[asked_for].notna()], people.equal)
    for reason in sorted(said.answers[asked_for].unique()):
        ((_, found),) = said.estimate((said.answers[asked_for] == reason).astype("boolean"))
        about = {"indicator": asked_for, "group_by": asked_for, "group": reason, "population": people.plan.population}
        yield {**about, "method": "share", "unit": "%", "caveat": WHO_LEFT, **estimate_row(found, 100.0)}


def bounds(side: Side, reference: Side) -> tuple[float, ...]:
    """Return the six differences of :data:`BOUNDS` between a status and the reference."""
    stayed = float(side.stayed.mean() - reference.stayed.mean())
    back = float(np.concatenate(side).mean() - np.concatenate(reference).mean())
    trimmed = _trimmed(side, reference)
    least, most = SCALE
    worst = [_with(side, a) - _with(reference, b) for a, b in ((least, most), (most, least))]
    return (stayed, back, *trimmed, *worst)


def _trimmed(side: Side, reference: Side) -> tuple[float, float]:
    kept = [len(one.stayed) / (len(one.stayed) + len(one.left)) for one in (side, reference)]
    if kept[0] >= kept[1]:
        low, high = _cut(side.stayed, kept[1] / kept[0])
        return low - reference.stayed.mean(), high - reference.stayed.mean()
    low, high = _cut(reference.stayed, kept[0] / kept[1])
    return side.stayed.mean() - high, side.stayed.mean() - low


def _cut(values: Array, part: float) -> tuple[float, float]:
    """Return the mean of the lowest and of the highest `part` of the values, a person at the edge counted in part."""
    ordered, room = np.sort(values), part * len(values)
    weights = np.clip(room - np.arange(len(values)), 0, 1)
    return float(np.average(ordered, weights=weights)), float(np.average(ordered[::-1], weights=weights))


def _with(side: Side, value: float) -> float:
    return float((side.stayed.sum() + value * len(side.left)) / (len(side.stayed) + len(side.left)))


def _side(people: People, everybody: pd.DataFrame, column: str, code: str) -> Side:
    plan = people.plan
    now = people.answers.loc[people.answers[plan.treatment] == code, column]
    gone = (everybody[plan.survivors] == code) & (everybody[plan.treatment] != code)
    return Side(*(one.dropna().to_numpy(dtype=np.float64) for one in (now, everybody.loc[gone, column])))


def _share(side: Side) -> Row:
    found = share(float(len(side.left)), float(len(side.left) + len(side.stayed)))
    return {"estimate": 100 * found.estimate, "ci_low": 100 * found.low, "ci_high": 100 * found.high}


def _again(side: Side, rng: np.random.Generator) -> Side:
    """Draw a status anew, those who stayed and those who left together, so that how many left varies as well."""
    n = len(side.stayed)
    drawn = rng.integers(0, n + len(side.left), n + len(side.left))
    stayed, left = side.stayed[drawn[drawn < n]], side.left[drawn[drawn >= n] - n]
    return Side(stayed, left) if len(stayed) else side
