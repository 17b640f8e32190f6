"""Numbers and moments as people and platforms write them, each with one meaning or one sentence."""

import re
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown

_BLANKS = r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))"
"""Blanks and apostrophes that part thousands."""
_OTHER = {".": ",", ",": "."}
_THOUSANDS_OR_DECIMALS = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"
_ISO = r"\d{4}(?:-\d\d(?:-\d\d(?:[T ].*)?)?)?"
_MOMENT = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[,T ]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*([AaPp][Mm])?.*)?"
)


def numbers(cells: pd.Series, name: str, file: Path, decimal: str = "") -> pd.Series:
    """Read the numbers of one column.

    Parameters
    ----------
    cells : pandas.Series of str
        Missing where there is no answer.
    name : str
        The question, for messages.
    file : Path
        For messages.
    decimal : str
        The sign before decimals, ``.`` or ``,``, where the sidecar declares it; empty means: by each cell.

    Returns
    -------
    pandas.Series of float

    Raises
    ------
    AnswersError
        A cell is no number, or one such as ``12,500`` could be two and no other cell of the column shows which.

    Notes
    -----
    ``3.5`` and ``3,5`` are the same. A sign before exactly three digits may part thousands: it is read as the column's
    other numbers show, and refused where they show nothing.
    """
    different = pd.Series(cells.dropna().unique(), dtype="str")
    plain = different.str.strip().str.replace(_BLANKS, "", regex=True)
    unclear = plain.str.fullmatch(_THOUSANDS_OR_DECIMALS)
    sign = decimal or (_shown_by(plain[~unclear]) if unclear.any() else "")
    if unclear.any() and not sign:
        value = different[unclear].iloc[0]
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {value!r} has one meaning with thousands and another with decimals; "
            "declare the sign before decimals (decimal) in the sidecar"
        )
    for last in (sign,) if sign else (".", ","):
        grouped = plain.str.fullmatch(rf"[+-]?\d{{1,3}}(?:\{_OTHER[last]}\d{{3}})+(?:\{last}\d+)?")
        grouped &= bool(sign) | plain.str.contains(last, regex=False) | (plain.str.count(rf"\{_OTHER[last]}") > 1)
        plain = plain.where(~grouped, plain.str.replace(_OTHER[last], "", regex=False))
    values = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce")
    legal = plain.str.fullmatch(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?") & values.abs().lt(float("inf"))
    if not legal.all():
        value = different[~legal].iloc[0]
        count = int(cells.isin(different[~legal]).sum())
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {value!r} ({count} such rows) is no number; legal are digits with a point or comma"
        )
    return cells.map(dict(zip(different, values, strict=True))).astype("float64")


def _shown_by(cells: pd.Series) -> str:
    """Return the sign that stands before decimals in these cells, where it is one and the same; empty where not."""
    signs = {
        sign
        for sign in _OTHER
        if cells.str.fullmatch(rf"[+-]?\d*\{sign}\d+|[+-]?\d{{1,3}}(?:\{_OTHER[sign]}\d{{3}})+\{sign}\d+").any()
        or cells.str.fullmatch(rf"[+-]?\d{{1,3}}(?:\{_OTHER[sign]}\d{{3}}){{2,}}").any()
    }
    return signs.pop() if len(signs) == 1 else ""


def moments(cells: pd.Series, name: str, file: Path, order: str = "") -> pd.Series:
    """Write the moments of one column as ISO text, such as ``2026-05-01 10:00:00``.

    Parameters
    ----------
    cells : pandas.Series of str
        Missing where there is none.
    name : str
        The column, for messages.
    file : Path
        For messages.
    order : str
        ``dmy`` or ``mdy``, where the sidecar declares it; empty means: by the column, which shows it where a number is
        above 12. Points between the numbers always mean day first.

    Raises
    ------
    AnswersError
        A cell is no moment, or nothing shows whether the day or the month stands first.
    """
    different = pd.Series(cells.dropna().unique(), dtype="str")
    iso = different.str.fullmatch(_ISO)
    found = {text: _MOMENT.fullmatch(text.strip()) for text in different[~iso]}
    strange = [text for text, match in found.items() if match is None]
    if strange:
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {strange[0]!r} is no moment; legal are such as 2026-05-01 10:00 and 01.05.2026 10:00"
        )
    parts = {text: match.groups() for text, match in found.items() if match is not None}
    slashed = [part for part in parts.values() if part[1] != "." and len(part[0]) < 3]
    if slashed and not order:
        order = _order(slashed, name, file)
    written = {text: text for text in different[iso]} | {text: _iso(part, order) for text, part in parts.items()}
    wrong = [text for text, value in written.items() if not value]
    if wrong:
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {wrong[0]!r} is no moment of the order {order or 'day, month, year'}"
        )
    return cells.map(written)


def _order(parts: list[tuple[str, ...]], name: str, file: Path) -> str:
    day_first = any(int(part[0]) > 12 for part in parts)
    month_first = any(int(part[2]) > 12 for part in parts)
    if day_first == month_first:
        what = (
            "some put the day first and some the month"
            if day_first
            else "nothing shows whether the day or the month stands first"
        )
        raise AnswersError(
            f"{shown(file)}, column {name!r}: {what} in moments such as {'/'.join((parts[0][0], parts[0][2], parts[0][3]))}; "
            "declare the order (dates: dmy or mdy) in the sidecar"
        )
    return "dmy" if day_first else "mdy"


def _iso(part: tuple[str, ...], order: str) -> str:
    first, sign, second, third, hour, minute, seconds, half = part
    if len(first) == 4:
        year, month, day = first, second, third
    elif sign == "." or order == "dmy":
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    year = f"20{year}" if len(year) == 2 else year
    clock = int(hour or 0)
    if half:
        clock = clock % 12 + (12 if half.lower() == "pm" else 0)
    try:
        moment = pd.Timestamp(int(year), int(month), int(day), clock, int(minute or 0), int(seconds or 0))
    except ValueError:
        return ""
    return moment.strftime("%Y-%m-%d %H:%M:%S") if hour else moment.strftime("%Y-%m-%d")
