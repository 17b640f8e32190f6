"""A small group sees bands: how many of it are exposed to a family, in thirds, beside a rounded share of everybody else."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..diagnosis.exposure import family_measure
from ..scoring import EXPOSED
from ..study.questionnaire import Questionnaire
from .rules import Band, load_restitution


@dataclass(frozen=True)
class Banded:
    """What a small group sees of one family.

    Attributes
    ----------
    family : str
        The family.
    band : Band or None
        Where the share exposed lies; none where too few of the group answered.
    others : float or None
        Share of everybody else exposed, per cent, rounded to `step`; none where it would sharpen the band, or is withheld.
    step : float
        Points of 100 to which it is rounded.
    """

    family: str
    band: Band | None
    others: float | None
    step: float


def banded(answers: pd.DataFrame, inside: pd.Series, questionnaire: Questionnaire, least: int) -> Iterator[Banded]:
    """Yield what a small group sees of each family that the study measures.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers of the group and of those it is set beside, with ``exposed_<measure>``.
    inside : pandas.Series of bool
        Who belongs to the group.
    questionnaire : Questionnaire
        Families and measures.
    least : int
        Persons that must have answered, in the group and elsewhere, and that must be exposed or not elsewhere.
    """
    for family in questionnaire.families:
        measure = family_measure(questionnaire, family)
        flags = None if measure is None else answers.get(EXPOSED + measure.id)
        if flags is None or flags.notna().sum() == 0:
            continue
        own, others = flags[inside].dropna().astype(bool), flags[~inside].dropna().astype(bool)
        if len(own) < least:
            yield Banded(family, None, None, 0)
            continue
        band = load_restitution().band(int(own.sum()), len(own))
        yield Banded(family, band, *_elsewhere(own, others, band, least))


def _elsewhere(own: pd.Series, others: pd.Series, band: Band, least: int) -> tuple[float | None, float]:
    """Return the share elsewhere at the finest step that does not sharpen the band, and the step."""
    rules, exposed = load_restitution(), int(others.sum())
    if min(exposed, len(others) - exposed) < least:
        return None, 0
    together = np.round(100 * (own.sum() + exposed) / (len(own) + len(others)))
    for step in rules.steps:
        rounded = float(np.round(100 * exposed / len(others) / step) * step)
        if covers(len(own), len(others), together, rounded, step, rules.counts_of(band, len(own))):
            return rounded, step
    return None, 0


def covers(own: int, others: int, together: float, elsewhere: float, step: float, counts: range) -> bool:
    """Tell whether every count of a band is still possible for one who knows the published share of all and that of the others.

    Parameters
    ----------
    own, others : int
        Persons of the group and elsewhere.
    together : float
        Published share of all, in whole per cents.
    elsewhere : float
        Share of the others, rounded to `step`.
    step : float
        Points of 100.
    counts : range
        Counts of the band.

    Notes
    -----
    A count ``c`` is possible where some share of the others within half a step of `elsewhere`, and that of all within half a per
    cent of `together`, give it: ``c = (own + others) x together - others x elsewhere``.
    """
    low = ((own + others) * (together - 0.5) - others * (elsewhere + step / 2)) / 100
    high = ((own + others) * (together + 0.5) - others * (elsewhere - step / 2)) / 100
    return low <= counts[0] and counts[-1] <= high
