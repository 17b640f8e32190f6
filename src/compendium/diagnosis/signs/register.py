"""Indicators of the cooperative model from a cooperative's own register: a spreadsheet of numerators and denominators."""

from pathlib import Path

import numpy as np
import pandas as pd

from ... import paths
from ...errors import AnswersError
from ...reading import read_table
from ...study.cooperative_indicators import CooperativeIndicator, load_indicators

EXAMPLE = paths.DEFINITIONS / "cooperative_register.example.csv"
"""The worked example: a cooperative that does not exist."""
NEEDED = ("indicator", "numerator", "denominator")


def read_register(path: Path) -> pd.DataFrame:
    """Read a register: a CSV or XLSX file with the columns ``indicator``, ``numerator``, ``denominator``.

    Parameters
    ----------
    path : Path
        The file: the template filled in, or any table with these columns; others are kept. CSV with commas or semicolons.

    Returns
    -------
    pandas.DataFrame
        Every cell as text, an empty cell as an empty text.

    Raises
    ------
    AnswersError
        A column is missing, or what :func:`~compendium.reading.read_table` raises.
    """
    if path.suffix.lower() == ".xlsx":
        frame = pd.read_excel(path, header=None, dtype=object, engine="calamine")
        heads = frame.index[frame[0].astype(str).str.strip() == NEEDED[0]]
        if len(heads) == 0:
            raise AnswersError(f"{paths.shown(path)}: no row begins with {NEEDED[0]!r}; legal is the template's header")
        table = frame.loc[heads[0] + 1 :].set_axis(frame.loc[heads[0]].astype(str).str.strip(), axis=1)
        table = table.astype(object).where(table.notna(), "").astype(str)
    else:
        first = path.read_bytes().split(b"\n", 1)[0] if path.is_file() else b""
        table = read_table(path, separator=";" if first.count(b";") > first.count(b",") else ",")
    absent = [name for name in NEEDED if name not in table]
    if absent:
        raise AnswersError(f"{paths.shown(path)}: the column {absent[0]!r} is missing; legal are {', '.join(NEEDED)}")
    return table.reset_index(drop=True)


def compute(register: pd.DataFrame, least: int, where: str = "register") -> pd.DataFrame:
    """Work out the indicators of a register.

    Parameters
    ----------
    register : pandas.DataFrame
        Columns ``indicator numerator denominator`` as text; a row without both numbers is left out.
    least : int
        People that a numerator and its complement must count before the number may leave the cooperative.
    where : str
        Name of the file, for messages.

    Returns
    -------
    pandas.DataFrame
        ``indicator posture numerator denominator value unit shows_people``: ``value`` is ``factor x numerator / denominator``;
        ``shows_people`` is true where so few people are counted that the number could show one: it is for the cooperative's
        own use.

    Raises
    ------
    AnswersError
        An unknown indicator or one that stands twice, a cell that is no number of nought or more, a denominator of nought, or
        more people in the numerator than in the denominator.
    """
    known = load_indicators().indicators
    rows = []
    for at, row in enumerate(register.itertuples(index=False), start=2):
        name = str(row.indicator).strip()
        if name not in known:
            raise AnswersError(f"{where}, row {at}: no indicator {name!r}; legal are {', '.join(known)}")
        above, below = (_number(getattr(row, column), column, f"{where}, row {at}") for column in NEEDED[1:])
        if np.isnan(above) or np.isnan(below):
            continue
        rows.append(_worked_out(known[name], above, below, least, f"{where}, row {at}"))
    frame = pd.DataFrame(
        rows, columns=["indicator", "posture", "numerator", "denominator", "value", "unit", "shows_people"]
    )
    if frame["indicator"].duplicated().any():
        twice = frame.loc[frame["indicator"].duplicated(), "indicator"].iloc[0]
        raise AnswersError(f"{where}: the indicator {twice!r} stands twice; legal is one row for each")
    return frame


def _worked_out(indicator: CooperativeIndicator, above: float, below: float, least: int, where: str) -> list[object]:
    if below == 0:
        raise AnswersError(
            f"{where}: the denominator of {indicator.id!r} is 0; legal is a number above it, or an empty cell"
        )
    if indicator.counts_people and above > below:
        raise AnswersError(
            f"{where}: {indicator.id!r} counts {above:g} people out of {below:g}; legal is at most all of them"
        )
    few = indicator.counts_people and min(above, below - above) < least
    value = indicator.factor * above / below
    return [indicator.id, indicator.posture, above, below, value, indicator.unit, few]


def _number(cell: object, column: str, where: str) -> float:
    text = "".join(str(cell).split()).replace("\u202f", "").replace(",", ".")
    if not text:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (np.isfinite(number) and number >= 0):
        raise AnswersError(f"{where}: {column} {str(cell)!r} is no number; legal are numbers of 0 or more, or nothing")
    return number
