"""What a file of official statistics is, whatever its format: series with their codes, and cells that are read on demand.

References
----------
Eurostat, "API - FAQ - TSV data format" and list of observation flags; SDMX-CSV 1.0 and 2.0; JSON-stat 2.0.
"""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...errors import DefinitionError
from ...paths import shown

GEO = "geo"
FREQ = "freq"
CELLS = ["row", "time", "value", "flag", "place"]
FLAGS = {
    "b": ("break", "break in series"),
    "d": ("definition", "definition differs"),
    "e": ("estimated", "estimated"),
    "f": ("forecast", "forecast"),
    "i": ("metadata", "see the metadata of the table"),
    "n": ("not_significant", "not significant"),
    "p": ("provisional", "provisional"),
    "r": ("revised", "revised"),
    "s": ("estimated", "estimated by Eurostat"),
    "u": ("unreliable", "low reliability"),
}
"""Eurostat's flag of a value -> our code and the words that stand in its source."""
NO_VALUE = {"c": "confidential", "z": "not applicable"}
"""Flags of a cell that holds no value, whatever stands beside them."""

_DATASET = re.compile(r"(?:^|:)\s*([A-Za-z][A-Za-z0-9_$-]*)\s*\(\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4}|\d\d)")


@dataclass(frozen=True)
class Extract:
    """One file.

    Attributes
    ----------
    path : Path
        The file.
    dataset : str
        Code of the dataset in small letters, as the file says it; empty where the format does not say it.
    updated : str
        Day of the last update of the data, ISO 8601; empty where the format does not say it.
    keys : pandas.DataFrame
        One row a series or an observation, one column a dimension other than time (``geo``, ``unit`` ...), codes as text.
    cells : callable
        Takes a mask over the rows of `keys` and returns a frame of :data:`CELLS`: ``row`` of `keys`, ``time`` as written,
        ``value`` as text (empty where there is none), ``flag`` as letters, ``place`` in the file.
    """

    path: Path
    dataset: str
    updated: str
    keys: pd.DataFrame
    cells: Callable[[pd.Series], pd.DataFrame]

    def codes(self, most: int = 8) -> str:
        """Say which dimensions the file has, and the first codes of each."""
        said = []
        for name in self.keys.columns:
            found = list(self.keys[name].drop_duplicates())
            more = f" and {len(found) - most} more" if len(found) > most else ""
            said.append(f"{name} ({', '.join(found[:most])}{more})")
        return "; ".join(said)


def refuse(path: Path, place: str, sentence: str) -> DefinitionError:
    """Return the error of a file at a place in it; an empty place is the whole file."""
    return DefinitionError(f"{shown(path)}{f', {place}' if place else ''}: {sentence}")


def text_of(path: Path) -> str:
    """Return the text of a file, unpacked where its name ends in ``.gz``."""
    try:
        packed = path.read_bytes()
        content = gzip.decompress(packed) if path.suffix.lower() == ".gz" else packed
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(path, "", f"not readable: {error}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise refuse(path, f"line {line}", "not UTF-8; take the file as it was downloaded") from None


def dataset_in(text: str) -> str:
    """Return the dataset that a dataflow such as ``ESTAT:CULT_EMP_SEX(1.0)`` names, in small letters, or nothing."""
    found = _DATASET.search(text)
    return found.group(1).lower() if found else ""


def day(text: str) -> str | None:
    """Return the day of ``2024-07-01T11:00:00+0200`` or ``01/07/24 11:00:00`` as ``2024-07-01``; none for other text."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    year, month, date, date_, month_, year_ = found.groups()
    if year:
        return f"{year}-{month}-{date}"
    return f"{year_ if len(year_) == 4 else f'20{year_}'}-{month_}-{date_}"


def cell(path: Path, place: str, value: str, flags: str) -> tuple[str, str]:
    """Return value and flags of a cell; an empty value is a gap.

    Parameters
    ----------
    path, place
        Where it stands, for the error.
    value : str
        A number; empty, ``:`` or ``NaN`` where there is none.
    flags : str
        Letters, in any order, also with spaces or commas between them.

    Returns
    -------
    tuple of str
        The value as text, and the letters in order, each once.

    Raises
    ------
    DefinitionError
        The value is no number, or a flag is unknown.
    """
    letters = "".join(sorted(set(flags.lower()) - set(" ,")))
    unknown = [letter for letter in letters if letter not in FLAGS and letter not in NO_VALUE]
    if unknown:
        legal = ", ".join(f"{one} ({words})" for one, (_, words) in FLAGS.items())
        gaps = ", ".join(f"{one} ({words})" for one, words in NO_VALUE.items())
        raise refuse(path, place, f"flag {unknown[0]!r} is unknown; legal are {legal}, {gaps}")
    number = value.strip()
    if number in ("", ":", "NaN") or any(letter in NO_VALUE for letter in letters):
        return "", letters
    if not _NUMBER.fullmatch(number):
        raise refuse(
            path, place, f"value {number!r} is no number; legal is a number such as 4.2, or ':' where there is none"
        )
    return number, letters


def frame(rows: list[tuple[int, str, str, str, str]]) -> pd.DataFrame:
    """Return cells as a frame of :data:`CELLS`."""
    return pd.DataFrame(rows, columns=CELLS).astype(dict.fromkeys(CELLS[1:], "str"))
