"""Read the answers to an instrument: from whatever holds the codes of its key to values, in the coding they came in."""

import math

import numpy as np
import pandas as pd

from ..errors import AnswersError
from ..study.instrument_parts import AnswerCodes, Instrument


def as_codes(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the answers to an instrument's items as text codes, missing where there is none.

    Parameters
    ----------
    answers : pandas.DataFrame
        Columns of text, categories, or numbers; other columns than the items' are left out.
    instrument : Instrument
        The key.

    Raises
    ------
    AnswersError
        A number is not whole, or an answer is neither text nor a number (a truth value, a date).
    """
    return pd.DataFrame(
        {item: _column(answers[item], item) for item in instrument.items if item in answers}, index=answers.index
    )


def _column(answers: pd.Series, item: str) -> pd.Series:
    texts = {value: _code(value, item) for value in answers.dropna().unique()}
    return answers.astype("object").map(texts).astype("str")


def _code(value: object, item: str) -> str | None:
    """Return one answer as the text of its code (2, 2.0 and "2" are one code); an empty text is no answer."""
    if isinstance(value, str):
        return value.strip() or None
    number = value.item() if isinstance(value, np.generic) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not float(number).is_integer():
        raise AnswersError(f"{item}: the answer {number!r} is no code; legal are texts and whole numbers")
    return str(int(number))


def values_of(codes: pd.Series, instrument: Instrument, item: str, coding: str) -> pd.Series:
    """Return the values of an item's codes, turned round where the item is reversed."""
    key = instrument.items[item]
    known = key.scale.codings[coding] if coding else key.scale.codes
    legal = dict(zip(known, key.scale.values, strict=True))
    unknown = sorted(set(codes.dropna().unique()) - set(legal) - {key.scale.not_applicable})
    if unknown:
        apart = [key.scale.not_applicable] if key.scale.not_applicable else []
        raise AnswersError(f"{item}: the code {unknown[0]!r} is unknown; legal are {', '.join([*legal, *apart])}")
    numbers = codes.map(legal).astype("float64")
    return min(key.scale.values) + max(key.scale.values) - numbers if key.reversed else numbers


def find_coding(answers: pd.DataFrame, instrument: Instrument) -> str:
    """Return the one coding of an instrument that the answers (text codes) can be in; empty where it knows one only.

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


def _seen(answers: pd.DataFrame, instrument: Instrument, scale: AnswerCodes) -> set[str]:
    columns = [item.id for item in instrument.items.values() if item.scale is scale and item.id in answers]
    return {code for name in columns for code in answers[name].dropna().unique()} - {scale.not_applicable}


def _by_number(code: str) -> tuple[float, str]:
    return (float(code) if code.replace(".", "", 1).isdigit() else math.inf, code)
