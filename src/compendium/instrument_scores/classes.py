"""Class the scores of an instrument by its cut-offs, and persons by several of them at once."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..study.instrument_parts import CONFIDENCES, Combination, CutOff, Instrument, Threshold
from .scores import column


def classify(scores: pd.Series, cut_off: CutOff, country: str = "") -> pd.DataFrame:
    """Class the scores of one dimension by a cut-off, and say how far the cut-off can be trusted.

    Parameters
    ----------
    scores : pandas.Series of float
        Scores of ``cut_off.dimension``.
    cut_off : CutOff
        The cut-off; its thresholds are tried in their order.
    country : str
        Where the persons live; empty when that is not asked.

    Returns
    -------
    pandas.DataFrame
        ``code`` (missing where there is no score); ``confidence``, the weakest of the limits that enclose the class, so
        never ``sourced`` where one of them is to be verified; ``reference``, those limits' references; ``is_borrowed``,
        the cut-off was established in other countries; ``is_sample_based``, a limit is a quantile of these very scores,
        so that the share it marks says nothing about how people fare; ``population`` and ``caveat``, on whom it was
        established and what that means for people who employ themselves.
    """
    codes = pd.Series(cut_off.otherwise, index=scores.index, dtype="str")
    positions = np.full(len(scores), len(cut_off.thresholds))
    for position in reversed(range(len(cut_off.thresholds))):
        met = _meets(scores, cut_off.thresholds[position])
        codes[met] = cut_off.thresholds[position].code
        positions[met] = position
    enclosing = [
        cut_off.thresholds[max(position - 1, 0) : position + 1] for position in range(len(cut_off.thresholds) + 1)
    ]
    weakest = [max((one.confidence for one in limits), key=CONFIDENCES.index) for limits in enclosing]
    references = ["; ".join(dict.fromkeys(one.reference for one in limits)) for limits in enclosing]
    known = scores.notna()
    return pd.DataFrame(
        {
            "code": codes.where(known),
            "confidence": pd.Series(np.array(weakest)[positions], index=scores.index, dtype="str").where(known),
            "reference": pd.Series(np.array(references)[positions], index=scores.index, dtype="str").where(known),
            "is_borrowed": bool(country and cut_off.countries and country not in cut_off.countries),
            "is_sample_based": any(one.quantile is not None for one in cut_off.thresholds),
            "population": cut_off.population,
            "caveat": cut_off.self_employed,
        },
        index=scores.index,
    )


def combine(scores: pd.DataFrame, instrument: Instrument, combination: Combination, country: str = "") -> pd.DataFrame:
    """Class persons by several cut-offs at once, such as the quadrants of demand and latitude.

    Parameters
    ----------
    scores : pandas.DataFrame
        What :func:`score` returned.
    instrument, combination : Instrument, Combination
        The key and one of its combinations.
    country : str
        Where the persons live.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`classify`; ``code`` is missing where one of the scores is.
    """
    classed = {
        code: classify(scores[column(instrument, cut_off.dimension)], cut_off, country)
        for code, cut_off in combination.conditions.items()
    }
    known = pd.DataFrame({code: frame["code"].notna() for code, frame in classed.items()}).all(axis=1)
    holds = {code: frame["code"] == code for code, frame in classed.items()}
    codes = pd.Series(combination.otherwise, index=scores.index, dtype="str")
    for cell in combination.cells:
        met = pd.Series(True, index=scores.index)
        for code, flags in holds.items():
            met &= flags == (code in cell.when)
        codes[met] = cell.code
    ranks = pd.DataFrame({code: frame["confidence"].map(_rank) for code, frame in classed.items()}).max(axis=1)
    ranks = ranks.clip(lower=_rank(combination.confidence))
    references = dict.fromkeys(
        [combination.reference, *(one.reference for cut in combination.conditions.values() for one in cut.thresholds)]
    )
    return pd.DataFrame(
        {
            "code": codes.where(known),
            "confidence": ranks.map(dict(enumerate(CONFIDENCES))).astype("str").where(known),
            "reference": pd.Series("; ".join(references), index=scores.index, dtype="str").where(known),
            "is_borrowed": any(frame["is_borrowed"].any() for frame in classed.values()),
            "is_sample_based": any(frame["is_sample_based"].any() for frame in classed.values()),
            "population": _each(cut_off.population for cut_off in combination.conditions.values()),
            "caveat": _each(cut_off.self_employed for cut_off in combination.conditions.values()),
        },
        index=scores.index,
    )


def _meets(scores: pd.Series, threshold: Threshold) -> pd.Series:
    limit = threshold.value if threshold.quantile is None else scores.quantile(threshold.quantile)
    match threshold.rule:
        case "<":
            return scores < limit
        case "<=":
            return scores <= limit
        case ">":
            return scores > limit
        case _:
            return scores >= limit


def _rank(confidence: str) -> int:
    return CONFIDENCES.index(confidence) if confidence in CONFIDENCES else 0


def _each(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(word for word in words if word))
