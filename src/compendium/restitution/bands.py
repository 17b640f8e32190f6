"""A small group sees bands: how many of it are exposed to a family, blurred and in thirds, beside a range of everybody else."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log

import numpy as np
import pandas as pd

from ..scoring import EXPOSED
from ..study.disclosure_rules import load_detail
from ..study.questionnaire import Questionnaire
from ..study.restitution_rules import Band, Restitution
from .group import families_of


@dataclass(frozen=True)
class Banded:
    """What a group sees of one family as a band.

    Attributes
    ----------
    measure : str
        Measure of the family.
    band : Band or None
        Where the blurred share exposed lies; none where fewer than the minimum answered.
    low, high : float or None
        Range of the share of everybody else exposed, per cent; none where that of all is withheld.
    """

    measure: str
    band: Band | None
    low: float | None
    high: float | None


def banded(
    answers: pd.DataFrame,
    inside: pd.Series,
    together: pd.DataFrame,
    questionnaire: Questionnaire,
    rules: Restitution,
    sizes: range,
    secret: bytes,
) -> Iterator[Banded]:
    """Yield what a group sees as bands of each family that the study measures.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers of everybody, with ``exposed_<measure>``.
    inside : pandas.Series of bool
        Who belongs to the group.
    together : pandas.DataFrame
        Share exposed of everybody, after the gate (:func:`.numbers.together`).
    questionnaire, rules
        Families and conventions.
    sizes : range
        Persons who may have answered, for one who reads the page: from the minimum to the most that its group may have.
    secret : bytes
        What nobody outside knows, and what is the same whenever the same group asks: the blur hangs on it.
    """
    for measure in families_of(questionnaire):
        flags = answers[EXPOSED + measure.id]
        own = flags[inside].dropna().astype(bool)
        band = None
        if len(own) >= sizes.start:
            band = rules.band(int(own.sum()) + blur(secret, measure.id, rules.odds), len(own))
        row = together[together["indicator"] == measure.id]
        low = high = None
        if len(row) and not row["suppressed"].iloc[0] and row["estimate"].notna().iloc[0]:
            low, high = elsewhere(row.iloc[0], sizes, rules.step)
        yield Banded(measure.id, band, low, high)


def blur(secret: bytes, family: str, odds: float) -> int:
    """Draw the whole number that is added to a count: two-sided geometric, always the same for one secret and family.

    Parameters
    ----------
    secret : bytes
        Key.
    family : str
        Each has a draw of its own.
    odds : float
        More than 1; with ``a = 1 / odds`` the number ``k`` has the probability ``(1 - a) / (1 + a) * a ** abs(k)``.

    Notes
    -----
    Counts that differ by one person have probabilities that differ by the factor `odds` at most, whatever is shown of the blurred
    count. So a band changes the odds of any one answer by no more than that, also for one who knows every other answer; the odds of
    whether somebody answered at all, which moves the limits of the bands as well, by ``1 + odds`` at the most. Bands
    without blur could not promise it: where two thirds begin, one answer alone decides which band it is. The difference of two
    geometric numbers has this distribution.

    References
    ----------
    Ghosh, Roughgarden, Sundararajan (2012), Universally utility-maximizing privacy mechanisms, SIAM J. Comput. 41(6):1673-1693.
    """
    drawn = hmac.new(secret, family.encode(), hashlib.sha256).digest()
    halves = (int.from_bytes(part, "big") for part in (drawn[:8], drawn[8:16]))
    first, second = (floor(log((number + 1) / 2**64) / log(1 / odds)) for number in halves)
    return first - second


def held(rules: Restitution, sizes: range) -> float:
    """Return how often, at the least, the band shown is the one of the answers, over all counts of groups of these sizes (0-1).

    Notes
    -----
    Exact: the sum of the probabilities of :func:`blur` that leave the count in its band. It depends on the rules alone.
    """
    a, reach = 1 / rules.odds, 60
    steps = np.arange(-reach, reach + 1)
    likely = (1 - a) / (1 + a) * a ** np.abs(steps)
    return min(
        sum(
            p for step, p in zip(steps, likely, strict=True) if rules.band(count + int(step), n) == rules.band(count, n)
        )
        for n in sizes
        for count in range(n + 1)
    )


def elsewhere(row: pd.Series, sizes: range, step: float) -> tuple[float, float]:
    """Return the range of the share of everybody else, whatever a group of one of these sizes answered.

    Parameters
    ----------
    row : pandas.Series
        Share of everybody, with its interval and n, after the gate and rounded: counts that round to it are all possible.
    sizes : range
        Persons of the group that may have answered.
    step : float
        Points of 100 to which both ends are rounded, outwards.

    Notes
    -----
    Everybody's published share, n and interval go in and nothing of the group: who knows what is published learns nothing of
    the group from the range. It holds the share without the group and is as much wider as the interval of all is.
    """
    n, half = int(row["n"]), load_detail().rounding.steps["%"] / 2
    ends = (ceil((row["estimate"] - half) / 100 * n), floor((row["estimate"] + half) / 100 * n))
    possible = [
        (counted - exposed) / (n - size)
        for counted in ends
        for size in sizes
        if size < n
        for exposed in (max(0, size - (n - counted)), min(size, counted))
    ]
    below, above = (
        (row["estimate"] - row["ci_low"], row["ci_high"] - row["estimate"]) if pd.notna(row["ci_low"]) else (0.0, 0.0)
    )
    low, high = 100 * min(possible) - below, 100 * max(possible) + above
    return max(0.0, step * floor(low / step)), min(100.0, step * ceil(high / step))
