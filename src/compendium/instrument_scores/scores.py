"""Score answers to a published instrument by its key, in the instrument's own unit.

"Does not apply" (no supervisor, no client) is neither an answer nor a missing one: a dimension of which too few items
apply is not applicable, and is told apart from one that is missing.
"""

import math
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from ..errors import AnswersError
from ..study.instrument_parts import Dimension, Instrument
from ..study.instruments import load_instrument
from .codes import as_codes, find_coding, values_of

SCORED, ADAPTED, MISSING, NOT_APPLICABLE = "scored", "adapted", "missing", "not_applicable"
"""States of a dimension: every item applies; scored without items that do not apply, so no longer the published
instrument; too few answers; too few items that apply."""


def score(
    frame: pd.DataFrame, instrument: Instrument | str, *, coding: str = "", left_out: Collection[str] = ()
) -> pd.DataFrame:
    """Score every dimension of an instrument.

    Parameters
    ----------
    frame : pandas.DataFrame
        One column of codes an item, one row a person; missing where there is no answer. Codes may be text, categories or
        whole numbers (``"2"``, 2 and 2.0 are one code). Other columns are ignored.
    instrument : Instrument or str
        The key, or the name of one that is shipped, such as ``"who5"``.
    coding : str
        The coding that the answers were received in, one of ``instrument.codings``; empty finds it in the answers.
    left_out : collection of str
        Items that were not asked; they count as not applicable.

    Returns
    -------
    pandas.DataFrame of float
        A column ``<instrument>_<dimension>`` for each dimension, in its own unit and range; missing where the dimension
        is missing or does not apply (:func:`states` tells which). :func:`.record` tells which rule of which version of
        the key made each column, and ``attrs["key"]`` names key and version.

    Raises
    ------
    AnswersError
        An item's column is missing, a code is unknown, or the answers fit more than one coding.
    DefinitionError
        There is no key of that name.

    Notes
    -----
    Reversed items are turned round, ``minimum + maximum - value``. A mean is that of the answered items. A sum is
    ``factor x items x mean of the answered items``, which is the plain sum where all are answered and the person-mean
    rule otherwise; whether that is allowed is the dimension's missing rule. A ratio of parts is the ratio of their means
    by item, ``E / (R c)`` with ``c`` the number of items answered of E by that of R: ``c`` follows the items in use.
    """
    return _evaluate(frame, instrument, coding, left_out)[0]


def states(
    frame: pd.DataFrame, instrument: Instrument | str, *, coding: str = "", left_out: Collection[str] = ()
) -> pd.DataFrame:
    """Say for every score of :func:`score` whether it is ``scored``, ``adapted``, ``missing`` or ``not_applicable``.

    Returns
    -------
    pandas.DataFrame of str
        The columns of :func:`score`. ``adapted`` is a score without the items that do not apply: it is to be reported
        as an adapted instrument, not as the published one.
    """
    return _evaluate(frame, instrument, coding, left_out)[1]


def column(instrument: Instrument, dimension: str) -> str:
    """Return the name of a dimension's column."""
    return f"{instrument.id}_{dimension}"


def key_of(instrument: Instrument | str) -> Instrument:
    """Return the key itself, loaded where only its name is given."""
    return load_instrument(instrument) if isinstance(instrument, str) else instrument


def _evaluate(
    frame: pd.DataFrame, instrument: Instrument | str, coding: str, left_out: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    instrument = key_of(instrument)
    _complete(frame, instrument, left_out)
    answers = as_codes(frame, instrument)
    if coding and coding not in instrument.codings:
        raise AnswersError(
            f"{instrument.id}: the coding {coding!r} is unknown; legal are {', '.join(instrument.codings) or 'none'}"
        )
    coding = coding or find_coding(answers, instrument)
    asked = [item for item in instrument.items if item not in left_out]
    values = pd.DataFrame(
        {item: values_of(answers[item], instrument, item, coding) for item in asked}, index=answers.index
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
    found = pd.DataFrame({column(instrument, name): one for name, one in scores.items()}, index=answers.index)
    found.attrs["key"] = f"{instrument.id} {instrument.version}"
    return found, pd.DataFrame({column(instrument, name): one for name, one in said.items()}, index=answers.index)


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
