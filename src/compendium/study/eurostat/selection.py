"""Take the declared cells out of a file: country, indicator and year of the study, each with its place in the file."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from . import jsonstat, sdmx_csv, tsv
from .declaration import Dataset, Declaration, Series
from .extract import FLAGS, FREQ, GEO, Extract, refuse

READERS = {".tsv": tsv.read, ".csv": sdmx_csv.read, ".json": jsonstat.read}
COLUMNS = ["country", "indicator", "label", "unit", "year", "value", "source", "where", "confidence", "place", "flags"]
YEARLY = "A"
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Taken:
    """What one file says about the study.

    Attributes
    ----------
    path : Path
        The file.
    dataset : Dataset
        Its declaration.
    updated : str
        Day of the data, ISO 8601; empty where neither file nor declaration says it.
    rows : pandas.DataFrame
        :data:`COLUMNS`; one row a value.
    source : str
        What stands as the source of its values.
    years : frozenset of int
        Years that the file has, also where they hold no value.
    series : frozenset of (indicator, place)
        Series that it speaks of, also where they hold no value.
    without : int
        Declared cells that hold no value: gaps.
    elsewhere : Mapping of str to int
        The office's code of a place that is none of ours -> values left aside.
    """

    path: Path
    dataset: Dataset
    updated: str
    rows: pd.DataFrame
    source: str
    years: frozenset[int]
    series: frozenset[tuple[str, str]]
    without: int
    elsewhere: Mapping[str, int]

    @property
    def extract(self) -> str:
        """Name the extract: files of one dataset and one day are parts of the same."""
        return f"{self.dataset.code} {self.updated}" if self.updated else self.path.name


def take(path: Path, declaration: Declaration, places: Mapping[str, str], units: Mapping[str, Any]) -> Taken:
    """Read a file and take the declared cells out of it.

    Parameters
    ----------
    path : Path
        The file.
    declaration : Declaration
        What cells mean.
    places : Mapping of str to str
        Places of the study that statistics may be about -> country or aggregate.
    units : Mapping
        The legal units.

    Returns
    -------
    Taken

    Raises
    ------
    DefinitionError
        The format or the dataset is not known, dimensions differ from the declared ones, no cell is a declared one, a
        value stands twice, a period is no year, or a share lies outside 0 to 100: file, place, value, what is legal.
    """
    bare = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    if bare.suffix.lower() not in READERS:
        legal = ", ".join(f"{one}, {one}.gz" for one in READERS)
        raise refuse(path, "", f"the ending {path.suffix!r} is no format of official tables; legal are {legal}")
    extract = READERS[bare.suffix.lower()](path)
    dataset = _dataset(extract, bare.stem, declaration)
    _check_dimensions(extract, dataset, declaration)
    updated = extract.updated or declaration.extracted.get(path.name, "")
    source = f"{dataset.source} ({', '.join(filter(None, (updated, path.name)))})"
    rows: list[dict[str, str]] = []
    elsewhere: Counter[str] = Counter()
    years: set[int] = set()
    spoken: set[tuple[str, str]] = set()
    without = 0
    for series, geo, cell in _declared_cells(extract, dataset):
        country = declaration.geo.get(geo, geo)
        years.add(int(cell.time))
        if country not in places:
            elsewhere[geo] += 1 if cell.value else 0
            continue
        spoken.add((series.indicator, country))
        if not cell.value:
            without += 1
            continue
        rows.append(
            {
                "country": country,
                "indicator": series.indicator,
                "label": series.label,
                "unit": series.unit,
                "year": cell.time,
                "value": _value(extract, series, cell.value, cell.place, units),
                "source": source + _remarks(cell.flag),
                "where": f"raw/context/eurostat/{path.name}, {cell.place}",
                "confidence": dataset.confidence,
                "place": cell.place,
                "flags": cell.flag,
            }
        )
    if not years:
        raise refuse(
            path,
            "",
            f"no cell of it is declared in {declaration.path.name} for {dataset.code}; it has {extract.codes()}",
        )
    taken = pd.DataFrame(rows, columns=COLUMNS, dtype="str")
    _check_once(path, taken)
    return Taken(
        path,
        dataset,
        updated,
        pd.concat([taken, _shares(taken, dataset)], ignore_index=True),
        source,
        frozenset(years),
        frozenset({*spoken, *_share_series(spoken, dataset)}),
        without,
        {geo: n for geo, n in sorted(elsewhere.items()) if n},
    )


def _declared_cells(extract: Extract, dataset: Dataset) -> Iterator[tuple[Series, str, Any]]:
    """Return the yearly cells of each declared series, with the office's code of their place."""
    keys = extract.keys
    yearly = keys[FREQ] == YEARLY if FREQ in keys else pd.Series(True, index=keys.index)
    for series in dataset.series:
        wanted = yearly.copy()
        for name, code in series.where.items():
            wanted &= keys[name] == code
        for cell in extract.cells(wanted).itertuples(index=False):
            if _YEAR.fullmatch(cell.time):
                yield series, keys[GEO].iloc[cell.row], cell
            elif cell.value:  # a table of several frequencies has columns of months that are empty for yearly series
                raise refuse(extract.path, cell.place, f"period {cell.time!r} is no year; legal is a year such as 2022")


def _remarks(flags: str) -> str:
    """Return flags as they stand in the source of a value."""
    return "".join(f" [flag {letter}: {FLAGS[letter][1]}]" for letter in flags)


def _dataset(extract: Extract, stem: str, declaration: Declaration) -> Dataset:
    """Return the declaration of a file's dataset, by what it says itself or else by its name."""
    code = extract.dataset or declaration.named(stem)
    if code not in declaration.datasets:
        what = f"the dataset {code!r}" if code else "the dataset that its name begins with"
        legal = ", ".join(declaration.datasets) or "none yet"
        raise refuse(
            extract.path,
            "",
            f"{what} is not declared in {declaration.path.name}; declared are {legal}; the file has {extract.codes()}",
        )
    return declaration.datasets[code]


def _check_dimensions(extract: Extract, dataset: Dataset, declaration: Declaration) -> None:
    if GEO not in extract.keys:
        raise refuse(extract.path, "", f"the dimension geo is missing; the file has {extract.codes()}")
    present = set(extract.keys.columns) - {GEO, FREQ}
    for series in dataset.series:
        differing = sorted(present ^ set(series.where))
        if differing:
            side = "is in the file but not declared" if differing[0] in present else "is declared but not in the file"
            raise refuse(
                extract.path,
                "",
                f"dimension {differing[0]!r} of {dataset.code} {side} for {series.indicator} in {declaration.path.name}; "
                f"the file has {extract.codes()}",
            )


def _value(extract: Extract, series: Series, text: str, place: str, units: Mapping[str, Any]) -> str:
    """Return a value in the unit of the study, as exact text."""
    number = Decimal(text) * Decimal(series.factor)
    if units[series.unit]["kind"] == "share" and not 0 <= number <= 100:
        raise refuse(
            extract.path, place, f"{series.indicator}: {number} is not legal in {series.unit!r}; legal is 0 to 100"
        )
    if units[series.unit]["kind"] == "count" and number < 0:
        raise refuse(
            extract.path, place, f"{series.indicator}: {number} is not legal in {series.unit!r}; legal is 0 or more"
        )
    return f"{number:f}"


def _check_once(path: Path, rows: pd.DataFrame) -> None:
    key = ["country", "indicator", "year"]
    double = rows[rows.duplicated(key)]
    if len(double):
        second = double.iloc[0]
        same = (rows[key] == second[key]).all(axis=1)
        first = rows[same].iloc[0]
        raise refuse(
            path,
            second["place"],
            f"{', '.join(second[key])} stands already at {first['place']} ({first['value']}, here {second['value']}); "
            "legal is once",
        )


def _share_series(spoken: set[tuple[str, str]], dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Return the shares whose part and whole the file speaks of."""
    for share in dataset.shares:
        for indicator, country in spoken:
            if indicator == share.part and (share.whole, country) in spoken:
                yield share.indicator, country


def _shares(rows: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Work out the declared shares anew from values of this file."""
    made = []
    known = {(row.indicator, row.country, row.year): row for row in rows.itertuples(index=False)}
    for share in dataset.shares:
        for (indicator, country, year), part in known.items():
            whole = known.get((share.whole, country, year))
            if indicator != share.part or whole is None or not Decimal(whole.value):
                continue
            exact = 100 * Decimal(part.value) / Decimal(whole.value)
            flags = "".join(sorted({*part.flags, *whole.flags}))
            value = exact.quantize(Decimal(1).scaleb(-share.digits), ROUND_HALF_UP)
            made.append(
                {
                    **part._asdict(),
                    "indicator": share.indicator,
                    "label": share.label,
                    "unit": share.unit,
                    "value": f"{value:f}",
                    "source": part.source.partition(" [")[0] + f" [{share.remark}]{_remarks(flags)}",
                    "flags": flags,
                }
            )
    return pd.DataFrame(made, columns=COLUMNS, dtype="str")
