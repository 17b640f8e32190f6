"""Which cells of which dataset are which indicator of the study: data, written in ``raw/context/eurostat.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...reading import read_yaml
from .extract import refuse

NAME = "eurostat.yml"
FOLDER = "eurostat"
REPLACE = "replace"
EXTEND = "extend"


@dataclass(frozen=True)
class Series:
    """The cells of a dataset with the codes `where` are one indicator, in `unit` once multiplied with `factor`."""

    indicator: str
    label: str
    where: Mapping[str, str]
    unit: str
    factor: str


@dataclass(frozen=True)
class Share:
    """An indicator that is worked out of two others of the same file: `part` in per cent of `whole`."""

    indicator: str
    label: str
    unit: str
    part: str
    whole: str
    digits: int
    remark: str


@dataclass(frozen=True)
class Dataset:
    """One table of the statistical office, and what its files do to the study's own values: replace or extend them."""

    code: str
    source: str
    effect: str
    confidence: str
    series: tuple[Series, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Declaration:
    """Everything that the study declares of official files.

    Attributes
    ----------
    path : Path
        The file, for errors.
    cut : Mapping of str to str
        Why the line is cut where two extracts meet, by language.
    geo : Mapping of str to str
        The office's code of a place -> ours.
    extracted : Mapping of str to str
        Name of a file -> the day on which it was made.
    datasets : Mapping of str to Dataset
        By code.
    """

    path: Path
    cut: Mapping[str, str]
    geo: Mapping[str, str]
    extracted: Mapping[str, str]
    datasets: Mapping[str, Dataset]

    def named(self, stem: str) -> str:
        """Return the declared dataset that the name of a file begins with, the longest; or nothing."""
        name = stem.lower().removeprefix("estat_")
        fitting = [
            code for code in self.datasets if name == code or name.startswith((f"{code}_", f"{code}-", f"{code}$"))
        ]
        return max(fitting, key=len, default="")


def load(path: Path, units: Mapping[str, Any], held: Mapping[str, tuple[str, str]]) -> Declaration:
    """Read the declaration and hold it against the units and indicators of the study.

    Parameters
    ----------
    path : Path
        ``eurostat.yml``.
    units : Mapping
        The legal units.
    held : Mapping of str to (str, str)
        Indicator of the study's own table -> its label and unit.

    Returns
    -------
    Declaration

    Raises
    ------
    DefinitionError
        The file breaks its schema, an indicator or dataset is declared twice, a unit is unknown or not the one that the
        study's table has for the indicator, an indicator is new and has no label, or a share names no indicator of its
        dataset.
    """
    content = read_yaml(path, "context_eurostat")
    datasets: dict[str, Dataset] = {}
    indicators: set[str] = set()
    for one in content["datasets"]:
        made = _dataset(path, one, units, held)
        if made.code in datasets:
            raise refuse(path, "", f"the dataset {made.code!r} is declared twice; legal is once")
        for indicator in (*(series.indicator for series in made.series), *(share.indicator for share in made.shares)):
            if indicator in indicators:
                raise refuse(path, "", f"the indicator {indicator!r} is declared twice; legal is once")
            indicators.add(indicator)
        datasets[made.code] = made
    return Declaration(path, content["cut"], content["geo"], content.get("extracted", {}), datasets)


def _dataset(
    path: Path, one: Mapping[str, Any], units: Mapping[str, Any], held: Mapping[str, tuple[str, str]]
) -> Dataset:
    series = []
    for declared in one["series"]:
        indicator, unit = declared["indicator"], declared["unit"]
        label, own = held.get(indicator, (declared.get("label", ""), unit))
        if unit not in units:
            raise refuse(
                path, "", f"{indicator}: unit {unit!r} is unknown; legal are those of units.yml: {', '.join(units)}"
            )
        if unit != own:
            raise refuse(
                path, "", f"{indicator}: unit {unit!r} where indicators.csv has {own!r}; legal is the same unit"
            )
        if not label:
            raise refuse(path, "", f"{indicator}: no indicator of indicators.csv; give it a label")
        series.append(Series(indicator, label, declared["where"], unit, declared.get("factor", "1")))
    codes = [each.indicator for each in series]
    shares = []
    for declared in one.get("shares", ()):
        strange = [code for code in (declared["part"], declared["whole"]) if code not in codes]
        if strange or declared["indicator"] not in held:
            code = strange[0] if strange else declared["indicator"]
            legal = ", ".join(codes) if strange else "those of indicators.csv"
            raise refuse(
                path, "", f"the share {declared['indicator']}: indicator {code!r} is unknown; legal are {legal}"
            )
        label, unit = held[declared["indicator"]]
        shares.append(Share(label=label, unit=unit, **declared))
    return Dataset(
        one["code"], one["source"], one["effect"], one.get("confidence", "sourced"), tuple(series), tuple(shares)
    )
