"""How much the pooled estimates of a study depend on every country counting the same.

"Europe" in a study is its partner countries together, each with the same weight. Here the same estimates are made again
with each country in proportion to a published number (employment in the sector, say), with the difference of the two.
Official figures for groups of countries are other countries' figures too, and never stand here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from . import intervals, results
from .invariance import Verdicts
from .invariance.axes import COUNTRY
from .persons import POINTS, estimate_row, organisation, population
from .scoring import EXPOSED, SCORE
from .study.context import Context
from .study.context_file import load
from .study.study import Study

Row = dict[str, Any]

PART = "pooling"
LEAST = 2
"""Fewest persons of a country for it to be pooled."""
EQUAL, PROPORTIONAL, DIFFERENCE = "equal", "proportional", "difference"
SIZE = "country_weight"
SHARE_POINTS = "percentage points"
ESTIMANDS = {
    EQUAL: "pooled, every country the same",
    PROPORTIONAL: "pooled, countries in proportion to their size",
    DIFFERENCE: "in proportion to size less every country the same",
}
NO_SIZE = "no size of the countries"


class Sizes(NamedTuple):
    """Published sizes of countries: country -> share of their sum; the year, where they were published, and caveats."""

    shares: Mapping[str, float]
    year: str
    source: str
    confidence: str
    caveat: str


def pool(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Estimate every measure for the countries pooled, each counting the same and each in proportion to its size.

    Parameters
    ----------
    study : Study
        Names the indicator of size in ``proportional_to``.
    unit : str
        Code of the pooled countries.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of all countries.
    invariance : pandas.DataFrame
        The product ``invariance``.

    Returns
    -------
    pandas.DataFrame
        Results with ``group_by`` "pooling" and in ``group`` ``equal``, ``proportional`` or ``difference`` (proportional
        less equal; ``method`` "difference"): per measure the mean and, where a rule is fixed, the share exposed; per
        country its weight (indicator ``country_weight``, %, origin ``context``). Without sizes one row that says so
        stands for everything in proportion.

    Notes
    -----
    Sizes are those of the latest year in which every country that answered has one. A measure is pooled among the
    countries in which two persons or more answered it, ``k`` of them. The difference is ``sum_c (q_c - 1/k) m_c``,
    ``m`` the means and ``q`` the shares in size, with the interval of :func:`compendium.intervals.contrast`.
    """
    here = [country.code for country in study.countries if (answers["country"] == country.code).any()]
    sizes = sizes_of(load(study.folder), study.proportional_to, here)
    common = {"study": study.id, "wave": wave, "period": wave, "part": PART, "source": study.id, "country": unit}
    if sizes is None:
        row = {"indicator": SIZE, "method": "not measured", "comparable": "no", "reason": NO_SIZE, "origin": "context"}
        return results.make([row], **common)
    origin = results.weakest_origin(answers["origin"])
    rows = list(_estimates(study, answers, sizes, Verdicts(invariance)))
    return results.concat(
        [results.make(_weights(sizes), **common), results.make(rows, **common, origin=origin, weighted=True)]
    )


def sizes_of(context: Context, indicator: str, countries: list[str]) -> Sizes | None:
    """Return how large countries are to one another, in the latest year in which all of them have a published value."""
    facts = context.of_indicator(indicator)
    facts = facts[facts["country"].isin(countries)]
    years = facts.groupby("period")["country"].nunique()
    whole = years[years == len(countries)]
    if not countries or whole.empty:
        return None
    rows = facts[facts["period"] == max(whole.index)]
    shares = dict(zip(rows["country"], rows["estimate"] / rows["estimate"].sum(), strict=True))
    caveats = [text for text in (*rows["flag"], *rows["caveat"]) if text]
    return Sizes(
        {country: shares[country] for country in countries},
        str(rows["period"].iloc[0]),
        "; ".join(dict.fromkeys(rows["source"])),
        "to verify" if "to verify" in set(rows["confidence"]) else "sourced",
        "; ".join(dict.fromkeys(caveats)),
    )


def _weights(sizes: Sizes) -> Iterator[Row]:
    common = {"indicator": SIZE, "group_by": PART, "unit": "%", "origin": "context"}
    for country, share in sizes.shares.items():
        yield {**common, "country": country, "group": EQUAL, "estimate": 100 / len(sizes.shares)}
        yield {
            **common,
            "country": country,
            "group": PROPORTIONAL,
            "estimate": 100 * share,
            "period": sizes.year,
            "source": sizes.source,
            "confidence": sizes.confidence,
            "caveat": sizes.caveat,
        }


def _estimates(study: Study, answers: pd.DataFrame, sizes: Sizes, verdicts: Verdicts) -> Iterator[Row]:
    named = organisation(answers, study.questionnaire)
    for measure in study.questionnaire.measures.values():
        common = {
            **verdicts.judge(measure, COUNTRY),
            "indicator": measure.id,
            "group_by": PART,
            "population": population(study.questionnaire, measure.items),
        }
        for prefix, method, unit in ((SCORE, "mean", POINTS), (EXPOSED, "share", "%")):
            if prefix + measure.id in answers:
                numbers = answers[prefix + measure.id].astype("Float64")
                frame = pd.DataFrame(
                    {"x": numbers, "country": answers["country"], "of": answers[named] if named else None}
                )
                yield from (common | row for row in _pooled(frame, sizes, method, unit))


def _pooled(frame: pd.DataFrame, sizes: Sizes, method: str, unit: str) -> Iterator[Row]:
    parts = {code: own for code, own in frame[frame["x"].notna()].groupby("country") if len(own) >= LEAST}
    groups = {code: own["x"].to_numpy(dtype=float) for code, own in parts.items()}
    clusters = [own["of"].to_numpy(dtype=object) for own in parts.values()]  # who names none stands alone
    if len(groups) < 2:
        return
    whole = sum(sizes.shares[code] for code in groups)
    equal = dict.fromkeys(groups, 1 / len(groups))
    proportional = {code: sizes.shares[code] / whole for code in groups}
    factor = 100 if method == "share" else 1
    function = intervals.share_of if method == "share" else intervals.mean
    values = np.concatenate(list(groups.values()))
    strata = np.repeat(list(groups), [len(own) for own in groups.values()])
    for group, shares in ((EQUAL, equal), (PROPORTIONAL, proportional)):
        weights = np.concatenate([np.full(len(own), shares[code] / len(own)) for code, own in groups.items()])
        found = function(values, weights, strata, np.concatenate(clusters))
        yield {
            **estimate_row(found, factor),
            "group": group,
            "method": method,
            "unit": unit,
            "estimand": ESTIMANDS[group],
        }
    factors = [proportional[code] - equal[code] for code in groups]
    apart = intervals.contrast(list(groups.values()), factors, clusters=clusters)
    yield {
        "group": DIFFERENCE,
        "method": "difference",
        "unit": POINTS if method == "mean" else SHARE_POINTS,
        "estimand": ESTIMANDS[DIFFERENCE],
        "reference_group": EQUAL,
        "estimate": factor * apart.estimate,
        "ci_low": factor * apart.low,
        "ci_high": factor * apart.high,
        "n": float(len(values)),
    }
