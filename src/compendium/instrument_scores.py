"""Score answers to a published instrument by its key, in the instrument's own unit, and class the scores by its cut-offs.

"Does not apply" (no supervisor, no client) is neither an answer nor a missing one: a dimension of which too few items
apply is not applicable, and is told apart from one that is missing.
"""

import math
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from .errors import AnswersError
from .study.instrument_parts import (
    CONFIDENCES,
    AnswerCodes,
    Combination,
    CutOff,
    Dimension,
    Instrument,
    Threshold,
)

SCORED, ADAPTED, MISSING, NOT_APPLICABLE = "scored", "adapted", "missing", "not_applicable"
"""States of a dimension: every item applies; scored without items that do not apply, so no longer the published
instrument; too few answers; too few items that apply."""


def score(
    answers: pd.DataFrame, instrument: Instrument, *, coding: str = "", left_out: Collection[str] = ()
) -> pd.DataFrame:
    """Score every dimension of an instrument.

    Parameters
    ----------
    answers : pandas.DataFrame
        One column of codes an item, one row a person; missing where there is no answer. Other columns are ignored.
    instrument : Instrument
        The key.
    coding : str
        The coding that the answers were received in, one of ``instrument.codings``; empty finds it in the answers.
    left_out : collection of str
        Items that were not asked; they count as not applicable.

    Returns
    -------
    pandas.DataFrame of float
        A column ``<instrument>_<dimension>`` for each dimension, in its own unit and range; missing where the dimension
        is missing or does not apply (:func:`states` tells which).

    Raises
    ------
    AnswersError
        An item's column is missing, a code is unknown, or the answers fit more than one coding.

    Notes
    -----
    Reversed items are turned round, ``minimum + maximum - value``. A mean is that of the answered items. A sum is
    ``factor x items x mean of the answered items``, which is the plain sum where all are answered and the person-mean
    rule otherwise; whether that is allowed is the dimension's missing rule. A ratio of parts is the ratio of their means
    by item, ``E / (R c)`` with ``c`` the number of items answered of E by that of R: ``c`` follows the items in use.
    """
    return _evaluate(answers, instrument, coding, left_out)[0]


def states(
    answers: pd.DataFrame, instrument: Instrument, *, coding: str = "", left_out: Collection[str] = ()
) -> pd.DataFrame:
    """Say for every score of :func:`score` whether it is ``scored``, ``adapted``, ``missing`` or ``not_applicable``.

    Returns
    -------
    pandas.DataFrame of str
        The columns of :func:`score`. ``adapted`` is a score without the items that do not apply: it is to be reported
        as an adapted instrument, not as the published one.
    """
    return _evaluate(answers, instrument, coding, left_out)[1]


def find_coding(answers: pd.DataFrame, instrument: Instrument) -> str:
    """Return the one coding of an instrument that the answers can be in; empty where it knows one only.

    Raises
    ------
    AnswersError
        The codes fit several codings, or none.
    """
    if not instrument.codings:
        return ""
    seen = {scale.id: _seen(answers, instrument, scale) for scale in instrument.scales.values()}
    if not any(seen.values()):
        return instrument.codings[0]
    fitting = [
        coding
        for coding in instrument.codings
        if all(seen[scale.id] <= set(scale.codings[coding]) for scale in instrument.scales.values())
    ]
    if len(fitting) == 1:
        return fitting[0]
    codes = ", ".join(sorted(set().union(*seen.values()), key=_by_number))
    if fitting:
        raise AnswersError(
            f"{instrument.id}: the codes {codes} fit several codings, so their values are unknown; declare the coding, "
            f"legal are {', '.join(map(repr, fitting))}"
        )
    legal = "; ".join(
        f"{coding!r}: {' '.join(scale.codings[coding])}"
        for scale in instrument.scales.values()
        for coding in instrument.codings
    )
    raise AnswersError(f"{instrument.id}: the codes {codes} fit no coding of it; legal are {legal}")


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
        so that the share it marks says nothing about how people fare.
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
        },
        index=scores.index,
    )


def column(instrument: Instrument, dimension: str) -> str:
    """Return the name of a dimension's column."""
    return f"{instrument.id}_{dimension}"


def _evaluate(
    answers: pd.DataFrame, instrument: Instrument, coding: str, left_out: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    _complete(answers, instrument, left_out)
    if coding and coding not in instrument.codings:
        raise AnswersError(
            f"{instrument.id}: the coding {coding!r} is unknown; legal are {', '.join(instrument.codings) or 'none'}"
        )
    coding = coding or find_coding(answers, instrument)
    asked = [item for item in instrument.items if item not in left_out]
    values = pd.DataFrame(
        {item: _values(answers[item], instrument, item, coding) for item in asked}, index=answers.index
    ).reindex(columns=list(instrument.items))
    applies = pd.DataFrame(
        {
            item: ~answers[item].isin([instrument.items[item].scale.not_applicable]) | answers[item].isna()
            if item in asked
            else False
            for item in instrument.items
        },
        index=answers.index,
    )
    scores: dict[str, pd.Series] = {}
    said: dict[str, pd.Series] = {}
    for name, dimension in instrument.dimensions.items():
        if dimension.missing is not None:
            scores[name], said[name] = _of_items(dimension, values, applies)
        else:
            scores[name], said[name] = _of_parts(dimension, instrument, scores, said)
    return (
        pd.DataFrame({column(instrument, name): one for name, one in scores.items()}, index=answers.index),
        pd.DataFrame({column(instrument, name): one for name, one in said.items()}, index=answers.index),
    )


def _complete(answers: pd.DataFrame, instrument: Instrument, left_out: Collection[str]) -> None:
    unknown = sorted(set(left_out) - set(instrument.items))
    if unknown:
        raise AnswersError(
            f"{instrument.id}: the item {unknown[0]!r} cannot be left out; legal are {', '.join(instrument.items)}"
        )
    absent = [item for item in instrument.items if item not in answers and item not in left_out]
    if absent:
        raise AnswersError(
            f"{instrument.id}: the column {absent[0]!r} is missing; legal is a column for each item that is not left out"
        )


def _values(codes: pd.Series, instrument: Instrument, item: str, coding: str) -> pd.Series:
    key = instrument.items[item]
    known = key.scale.codings[coding] if coding else key.scale.codes
    legal = dict(zip(known, key.scale.values, strict=True))
    unknown = sorted(set(codes.dropna().unique()) - set(legal) - {key.scale.not_applicable})
    if unknown:
        apart = [key.scale.not_applicable] if key.scale.not_applicable else []
        raise AnswersError(f"{item}: the code {unknown[0]!r} is unknown; legal are {', '.join([*legal, *apart])}")
    numbers = codes.map(legal).astype("float64")
    return min(key.scale.values) + max(key.scale.values) - numbers if key.reversed else numbers


def _of_items(dimension: Dimension, values: pd.DataFrame, applies: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    assert dimension.missing is not None
    names = [item.id for item in dimension.items]
    applicable = applies[names].sum(axis=1)
    answered = values[names].notna().sum(axis=1)
    enough = applicable >= _least(dimension.missing.applies, len(names))
    needed = applicable.map({n: _least(dimension.missing.answered, n) for n in range(len(names) + 1)})
    scored = enough & (answered >= needed)
    said = pd.Series(MISSING, index=values.index, dtype="str")
    said[~enough] = NOT_APPLICABLE
    said[scored] = SCORED
    said[scored & (applicable < len(names))] = ADAPTED
    # Multiplied before it is divided, so that a sum of whole numbers stays whole and a limit is met exactly.
    weight = dimension.factor * (1 if dimension.score == "mean" else len(names))
    return (weight * values[names].sum(axis=1) / answered.where(scored)), said


def _of_parts(
    dimension: Dimension, instrument: Instrument, scores: Mapping[str, pd.Series], said: Mapping[str, pd.Series]
) -> tuple[pd.Series, pd.Series]:
    parts = [scores[part] for part in dimension.parts]
    if dimension.score == "sum_of_parts":
        result = sum(parts[1:], start=parts[0])
    else:
        above, below = (
            scores[part] / (instrument.dimensions[part].factor * len(instrument.dimensions[part].items))
            for part in dimension.parts
        )
        result = above / below if dimension.score == "ratio" else np.log(above / below)
    together = pd.DataFrame({part: said[part] for part in dimension.parts})
    states_of_parts = pd.Series(SCORED, index=result.index, dtype="str")
    for state in (ADAPTED, MISSING, NOT_APPLICABLE):
        states_of_parts[(together == state).any(axis=1)] = state
    return result, states_of_parts


def _least(rule: int | float | str, items: int) -> int:
    """Return how many of some items a rule asks for: a count, a share, or all of them."""
    if rule == "all":
        return max(items, 1)
    assert not isinstance(rule, str)
    return rule if isinstance(rule, int) else max(1, math.ceil(rule * items - 1e-9))


def _seen(answers: pd.DataFrame, instrument: Instrument, scale: AnswerCodes) -> set[str]:
    columns = [item.id for item in instrument.items.values() if item.scale is scale and item.id in answers]
    return {code for name in columns for code in answers[name].dropna().unique()} - {scale.not_applicable}


def _by_number(code: str) -> tuple[float, str]:
    return (float(code) if code.replace(".", "", 1).isdigit() else math.inf, code)


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
