"""Put official files in the place of the study's own values, and list what they change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from ..context import REVISIONS, Break, Extracted
from .declaration import Declaration, Share
from .ledger import EXTRACT, Key, compare
from .selection import take

_KEY = ["country", "indicator", "year"]
_FLAG = re.compile(r"\[(flag [a-z]: [^\]]*)\]")


@dataclass(frozen=True)
class Merged:
    """The study's values with what official files say.

    Attributes
    ----------
    values : pandas.DataFrame
        Columns of the study's own table, in the order of its indicators.
    revisions : pandas.DataFrame
        :data:`~compendium.study.context.REVISIONS`.
    breaks : tuple of Break
        Where two extracts meet.
    origins : Mapping of (indicator, place) to list of (year, extract)
        Of each series that a file has touched: whence the value of each year is, in their order; empty for the study's own.
    extracts : tuple of Extracted
        What was read, file by file.
    """

    values: pd.DataFrame
    revisions: pd.DataFrame
    breaks: tuple[Break, ...]
    origins: Mapping[tuple[str, str], list[tuple[int, str]]]
    extracts: tuple[Extracted, ...]

    @classmethod
    def of_own(cls, own: pd.DataFrame) -> Merged:
        """Return the study's own values, which no file has touched."""
        return cls(own, _revisions([]), (), {}, ())

    def lifts(self, between: tuple[int, int]) -> frozenset[tuple[str, str]]:
        """Return the series whose values on both sides of a break are of one file."""
        found = set()
        for series, known in self.origins.items():
            before = [extract for year, extract in known if year <= between[0]]
            after = [extract for year, extract in known if year >= between[1]]
            if before and after and before[-1] and before[-1] == after[0]:
                found.add(series)
        return frozenset(found)


def merge(
    own: pd.DataFrame,
    paths: Sequence[Path],
    declaration: Declaration,
    places: Mapping[str, str],
    units: Mapping[str, Any],
) -> Merged:
    """Put the values of official files in the place of the study's own.

    Parameters
    ----------
    own : pandas.DataFrame
        The study's values, checked: country, indicator, label, unit, year, value, source, where, confidence, line.
    paths : sequence of Path
        The files, in the order of their names: the same files give the same result.
    declaration : Declaration
        What their cells mean.
    places : Mapping of str to str
        Places that statistics may be about.
    units : Mapping
        The legal units.

    Returns
    -------
    Merged

    Raises
    ------
    DefinitionError
        A file cannot be read or taken from, two files give one cell different values, or a value is so far from the
        study's own that its unit must be wrong: file, place, both values, what is legal.

    Notes
    -----
    A file that *replaces* is right for the years that it has, also where it gives no value; other years keep the study's
    values. A file that *extends* is taken only for years that the study has not. Where neighbouring years
    of a series come from different extracts, and one of them from a file, the line is cut.
    """
    taken = [take(path, declaration, places, units) for path in paths]
    ledger = compare(own, taken)
    shares = [share for dataset in declaration.datasets.values() for share in dataset.shares]
    values = _with_inherited_flags(_in_order(own, ledger.gone, ledger.kept), shares)
    origins = _origins(values)
    notes = tuple(
        Extracted(
            one.path.name,
            one.dataset.code,
            one.updated,
            len(one.rows),
            one.without,
            one.elsewhere,
            **ledger.counts[one.path.name],
        )
        for one in taken
    )
    return Merged(
        values.drop(columns=EXTRACT), _revisions(ledger.revisions), _seams(origins, declaration.cut), origins, notes
    )


def _revisions(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    texts = [name for name in REVISIONS if name not in ("old", "new")]
    frame = pd.DataFrame(rows, columns=REVISIONS).astype(
        {**dict.fromkeys(texts, "str"), "old": "float64", "new": "float64"}
    )
    return frame.sort_values(["indicator", "country", "period", "file"], kind="stable").reset_index(drop=True)


def _in_order(own: pd.DataFrame, gone: set[Key], kept: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Return what stays and what is new: in the place of what it replaces, or behind its indicator."""
    place = {key: float(at) for at, key in enumerate(own[_KEY].itertuples(index=False, name=None))}
    behind = {indicator: at + 0.5 for at, indicator in enumerate(own["indicator"])}
    stays = [key not in gone for key in place]
    fresh = pd.DataFrame(kept, columns=[*own.columns.drop("line"), EXTRACT], dtype="str")
    keys = fresh[_KEY].itertuples(index=False, name=None)
    order = [at for at, stay in zip(place.values(), stays, strict=True) if stay]
    order += [place.get(key, behind.get(key[1], float(len(own)))) for key in keys]
    values = pd.concat([own[stays].assign(**{EXTRACT: ""}), fresh], ignore_index=True)
    return values.iloc[pd.Series(order).argsort(kind="stable")].reset_index(drop=True)


def _with_inherited_flags(values: pd.DataFrame, shares: Sequence[Share]) -> pd.DataFrame:
    """Give a worked-out share the flags of what it is worked out of: it cannot be better than its parts."""
    remarks = {
        (row.country, row.indicator, row.year): _FLAG.findall(row.source) for row in values.itertuples(index=False)
    }
    of = {share.indicator: (share.part, share.whole) for share in shares}
    sources = []
    for row in values.itertuples(index=False):
        parts = of.get(row.indicator, ())
        own = remarks[row.country, row.indicator, row.year]
        inherited = sorted({one for part in parts for one in remarks.get((row.country, part, row.year), ())} - set(own))
        sources.append(row.source + "".join(f" [{one}]" for one in inherited))
    return values.assign(source=pd.Series(sources, index=values.index, dtype="str"))


def _origins(values: pd.DataFrame) -> dict[tuple[str, str], list[tuple[int, str]]]:
    touched = values[EXTRACT].ne("").groupby([values["indicator"], values["country"]]).transform("any")
    return {
        (str(indicator), str(country)): sorted(zip(rows["year"].astype(int), rows[EXTRACT], strict=True))
        for (indicator, country), rows in values[touched].groupby(["indicator", "country"], sort=False)
    }


def _seams(origins: Mapping[tuple[str, str], list[tuple[int, str]]], cut: Mapping[str, str]) -> tuple[Break, ...]:
    """Return the breaks between neighbouring years of different extracts."""
    meeting: dict[tuple[str, int, int], list[str]] = {}
    for (indicator, country), known in origins.items():
        for (earlier, one), (later, other) in pairwise(known):
            if one != other:
                meeting.setdefault((indicator, earlier, later), []).append(country)
    return tuple(
        Break((re.escape(indicator),), frozenset(countries), (earlier, later), cut)
        for (indicator, earlier, later), countries in meeting.items()
    )
