"""The product ``weights`` of a country: answers weighted to the study's margins, beside the answers as they came."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import paths, results
from ..errors import CompendiumError
from ..estimation import estimate_mean, estimate_share, side_by_side
from ..intervals import effective_n
from ..scoring import EXPOSED, SCORE
from ..study.margins import KnownMargin
from ..study.study import Study
from .margins import Margin
from .raking import rake
from .trimming import design_effect, trim

Row = dict[str, Any]

WEIGHTS, WEIGHTING, MARGIN = "weights", "weighting", "margin"
WEIGHTED, UNWEIGHTED = "weighted", "unweighted"
LEADS = "leads"
NOT_WEIGHTED, NO_MARGIN = "not weighted", "no margin"
CEILING = 5.0
"""Largest weight in means of all weights: one person should not speak for more than a handful. Larger ones are trimmed."""


@dataclass(frozen=True)
class Weighted:
    """The answers that could be weighted, their weights (mean 1) and what trimming did.

    Attributes
    ----------
    answers : pandas.DataFrame
        Those whose code is known for every margin.
    weights : pandas.Series
        On the index of the answers.
    trimmed : int
        How many weights were cut at :data:`CEILING`.
    """

    answers: pd.DataFrame
    weights: pd.Series
    trimmed: int


def weigh(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Estimate every measure of a country with and without weights, and say which of the two leads.

    Parameters
    ----------
    study : Study
        Holds the margins.
    unit : str
        Code of the country.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of the country.

    Returns
    -------
    pandas.DataFrame
        Results. Without margins one row, ``method`` "not weighted". Else: indicator ``weights`` with effective number,
        design effect, largest weight, weights trimmed and persons left out; each margin (origin ``context``) beside
        the unweighted share; each measure with ``group`` ``weighted`` and ``unweighted``, ``flag`` "leads" on one of
        the two: the unweighted estimate where the effective number is under half of the persons.

    Raises
    ------
    CompendiumError
        A margin cannot be met by the answers: which one and why.
    """
    margins = [one for one in study.margins if one.country == unit]
    origin = results.weakest_origin(answers["origin"]) if len(answers) else "synthetic"
    common = {"study": study.id, "wave": wave, "period": wave, "country": unit, "part": WEIGHTS, "source": study.id}
    if not margins or answers.empty:
        row = {"indicator": WEIGHTS, "method": NOT_WEIGHTED, "comparable": "no", "reason": NO_MARGIN}
        return results.make([row], origin=origin, **common)
    assert study.population is not None
    try:
        found = weighted(answers, margins)
    except CompendiumError as error:
        where = paths.shown(paths.study_file(study.folder))
        raise CompendiumError(f"{where}: margins.{unit}: {error}") from error
    common["population"] = study.population.id
    frames = [
        results.make(_of_weights(found, len(answers)), origin=origin, weighted=True, **common),
        results.make(_of_margins(study, found, margins, origin), **common),
        results.make(_of_measures(study, found, [one.variable for one in margins]), origin=origin, **common),
    ]
    return results.concat(frames)


def weighted(answers: pd.DataFrame, margins: list[KnownMargin]) -> Weighted:
    """Rake the answers whose codes are known to the margins of their country, and trim the largest weights.

    Raises
    ------
    CompendiumError
        What :func:`rake` refuses.
    """
    variables = [one.variable for one in margins]
    for variable in variables:
        if variable not in answers:
            raise CompendiumError(f"the answers have no column {variable!r}, which a margin describes")
    known = answers[answers[variables].notna().all(axis=1)]
    raked = rake(known, {one.variable: Margin(one.shares, one.population, one.source) for one in margins})
    cut = trim(raked, upper=CEILING * raked.mean())
    return Weighted(known, cut, int((raked > CEILING * raked.mean()).sum()))


def _of_weights(found: Weighted, received: int) -> Iterator[Row]:
    weights = found.weights
    quantities = {
        "effective number": (effective_n(weights), "persons"),
        "design effect": (design_effect(weights), "ratio"),
        "largest weight": (float(weights.max() / weights.mean()), "means of all weights"),
        "weights trimmed": (float(found.trimmed), "weights"),
        "left out": (float(received - len(weights)), "respondents"),
    }
    for group, (value, unit) in quantities.items():
        place = {"indicator": WEIGHTS, "group_by": WEIGHTS, "group": group, "unit": unit, "method": "raking"}
        yield {**place, "estimate": value, "n": float(len(weights)), "n_effective": effective_n(weights)}


def _of_margins(study: Study, found: Weighted, margins: list[KnownMargin], origin: str) -> Iterator[Row]:
    for one in margins:
        known = {"method": MARGIN, "estimand": "known share", "origin": "context", "confidence": "sourced"}
        known |= {"source": one.source, "period": str(one.year)}
        told = {"method": "share", "estimand": "share among those who answered", "origin": origin, "source": study.id}
        for code, share in one.shares.items():
            place = {"indicator": one.variable, "group_by": one.variable, "group": code, "unit": "%"}
            row = estimate_share(found.answers, one.variable, code).iloc[0]
            yield {**place, **known, "estimate": 100 * share}
            yield {**place, **told, **_numbers(row, 100)}


def _of_measures(study: Study, found: Weighted, variables: list[str]) -> Iterator[Row]:
    # Trimmed weights no longer meet the margins, so that nothing of the variance is explained away.
    on = [] if found.trimmed else [(name,) for name in variables]
    for measure in study.questionnaire.measures.values():
        for prefix, estimator, method, unit in (
            (SCORE, estimate_mean, "mean", "points of 100"),
            (EXPOSED, estimate_share, "share", "%"),
        ):
            column = found.answers.get(prefix + measure.id)
            if column is None or column.isna().all():
                continue
            frame = pd.DataFrame({"x": column.astype("Float64").astype("float64")}).join(found.answers[variables])
            both = side_by_side(estimator, frame, "x", weights=found.weights, calibrated_on=on)
            for row in both.to_dict("records"):
                yield {
                    **_numbers(pd.Series(row), 100 if method == "share" else 1),
                    "indicator": measure.id,
                    "group_by": WEIGHTING,
                    "group": WEIGHTED if row["weighted"] else UNWEIGHTED,
                    "method": method,
                    "unit": unit,
                    "estimand": "weighted to the margins" if row["weighted"] else "every answer alike",
                    "weighted": row["weighted"],
                    "flag": LEADS if row["leads"] else "",
                }


def _numbers(row: pd.Series, factor: float) -> Row:
    numbers = {name: factor * row[name] for name in ("estimate", "ci_low", "ci_high")}
    return {**numbers, "n": float(row["n"]), "n_effective": float(row["n_effective"])}
