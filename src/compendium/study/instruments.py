"""Keys of published instruments: which answer counts for which dimension, and what is known of its cut-offs.

A key is a fact and stands in ``definitions/instruments/<id>.yml``; a wording is somebody's text and stands nowhere here
(:mod:`.instrument_wordings` reads the one that a user has the right to paste in). Whatever is not read in its source is
marked: a confidence other than ``sourced`` ends in "to verify".
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text

CONFIDENCES = ("sourced", "known, to verify", "doubtful, to verify")
"""From the strongest to the weakest: read in a source; known to the field but not read; contested or half remembered."""


@dataclass(frozen=True)
class AnswerCodes:
    """The answers of some items of an instrument.

    Attributes
    ----------
    id : str
        Name within the instrument.
    codes : tuple of str
        Our codes, in the order of their values.
    values : tuple of float
        What each counts.
    codings : Mapping of str to tuple of str
        The codes under which the same answers are met in the field, in the order of ``codes``; empty where one only is.
    not_applicable : str or None
        The code for "does not apply to me".
    """

    id: str
    codes: tuple[str, ...]
    values: tuple[float, ...]
    codings: Mapping[str, tuple[str, ...]]
    not_applicable: str | None
    confidence: str


@dataclass(frozen=True)
class Item:
    """An item without its wording: the dimension it counts for, its answers, whether it is turned round."""

    id: str
    dimension: str
    scale: AnswerCodes
    confidence: str
    reversed: bool = False
    note: str = ""


@dataclass(frozen=True)
class MissingRule:
    """How many items must apply, and how many of those must be answered, for a dimension to have a score.

    A whole number is a count, a number below one a share, ``"all"`` every one. Too few that apply: the dimension does
    not apply. Enough that apply but too few answered: it is missing.
    """

    answered: int | float | str
    applies: int | float | str
    rule: str
    confidence: str


@dataclass(frozen=True)
class Dimension:
    """What is scored.

    Attributes
    ----------
    id, label : str, Text
        Name and our own label.
    items : tuple of Item
        Those that count: its own, or those of its parts.
    score : str
        ``mean`` or ``sum`` of items, ``sum_of_parts``, ``ratio`` of two parts per item, ``log_ratio``.
    factor : float
        What a sum or mean is multiplied by.
    parts : tuple of str
        Other dimensions it is made of.
    minimum, maximum : float
        Its range.
    high, risk : str
        What a high score means; which end is the unfavourable one (``high``, ``low``, ``neither``).
    missing : MissingRule or None
        None where the parts decide.
    """

    id: str
    label: Text
    items: tuple[Item, ...]
    score: str
    minimum: float
    maximum: float
    high: str
    risk: str
    confidence: str
    factor: float = 1.0
    parts: tuple[str, ...] = ()
    missing: MissingRule | None = None
    note: str = ""


@dataclass(frozen=True)
class Threshold:
    """One limit: whoever is ``rule`` ``value`` has the code; ``quantile`` (0-1) takes the value from the sample itself."""

    code: str
    label: Text
    rule: str
    confidence: str
    reference: str
    value: float | None = None
    quantile: float | None = None
    note: str = ""


@dataclass(frozen=True)
class CutOff:
    """Limits on one dimension, tried in their order; who meets none has ``otherwise``.

    Attributes
    ----------
    countries : tuple of str
        Where it was established; used elsewhere it is borrowed. Empty where it claims no country.
    population, self_employed : str
        On whom it was established; what that means for people who employ themselves.
    """

    id: str
    dimension: str
    thresholds: tuple[Threshold, ...]
    otherwise: str
    otherwise_label: Text
    population: str
    self_employed: str
    countries: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A type of person: exactly these conditions hold."""

    code: str
    label: Text
    when: frozenset[str]


@dataclass(frozen=True)
class Combination:
    """Types made of several cut-offs; ``conditions`` maps a threshold's code to its cut-off."""

    id: str
    conditions: Mapping[str, CutOff]
    cells: tuple[Cell, ...]
    otherwise: str | None
    otherwise_label: Text
    reference: str
    confidence: str


@dataclass(frozen=True)
class Norm:
    """A published figure of a dimension in some population."""

    dimension: str
    statistic: str
    value: float
    population: str
    reference: str
    confidence: str


@dataclass(frozen=True)
class Licence:
    """Who holds the wording, on what terms, and whether it may be shipped with software (``yes``, ``no``, ``ask``)."""

    terms: str
    holder: str
    ship_wording: str
    confidence: str
    reference: str


@dataclass(frozen=True)
class Instrument:
    """A published instrument without its wording."""

    id: str
    version: str
    name: str
    title: Text
    edition: str
    population: str
    codings: tuple[str, ...]
    scales: Mapping[str, AnswerCodes]
    items: Mapping[str, Item]
    dimensions: Mapping[str, Dimension]
    cut_offs: Mapping[str, CutOff]
    combinations: Mapping[str, Combination]
    licence: Licence
    languages: Mapping[str, str]
    references: Mapping[str, Mapping[str, Any]]
    self_employed: str
    norms: tuple[Norm, ...] = ()
    pitfalls: tuple[str, ...] = field(default=())


def instrument_names() -> list[str]:
    """Return the names of the instruments whose key is there."""
    return sorted(path.stem for path in _folder().glob("*.yml"))


def load_instrument(name: str, where: str = "instruments") -> Instrument:
    """Load the key of an instrument.

    Parameters
    ----------
    name : str
        Name of a file of ``definitions/instruments``, such as ``who5``.
    where : str
        The file that asks for it, for messages.

    Raises
    ------
    DefinitionError
        There is no such key, it breaks its schema, a name inside leads nowhere, or a declared range is not the one that
        its items give.
    """
    path = _folder() / f"{name}.yml"
    if not path.is_file():
        raise DefinitionError(
            f"{where}: the instrument {name!r} is not legal; legal are {', '.join(instrument_names())}"
        )
    return _read(path)


def _folder() -> Path:
    return paths.DEFINITIONS / "instruments"


@cache
def _read(path: Path) -> Instrument:
    return build(read_yaml(path, "instrument"), paths.shown(path))


def build(content: Mapping[str, Any], where: str) -> Instrument:
    """Build an instrument from the content of its file, which follows ``schemas/instrument.json``."""
    codings = tuple(coding["id"] for coding in content.get("codings", ()))
    scales = {scale["id"]: _scale(scale, codings, f"{where}: scales.{scale['id']}") for scale in content["scales"]}
    named = [dimension["id"] for dimension in content["dimensions"]]
    for key in ("items", "dimensions", "cut_offs"):
        _once(f"{where}: {key}", [entry["id"] for entry in content[key]])
    items: dict[str, Item] = {}
    for entry in content["items"]:
        _legal(f"{where}: {entry['id']}.scale", [entry["scale"]], scales)
        _legal(f"{where}: {entry['id']}.dimension", [entry["dimension"]], named)
        items[entry["id"]] = Item(**{**entry, "scale": scales[entry["scale"]]})
    dimensions: dict[str, Dimension] = {}
    for entry in content["dimensions"]:
        _legal(f"{where}: {entry['id']}.parts", entry.get("parts", ()), dimensions)
        dimensions[entry["id"]] = _dimension(entry, items, dimensions, f"{where}: {entry['id']}")
    references = content["references"]
    cut_offs = {entry["id"]: _cut_off(entry, where, dimensions, references) for entry in content["cut_offs"]}
    norms = tuple(Norm(**entry) for entry in content.get("norms", ()))
    for norm in norms:
        _legal(f"{where}: norms.dimension", [norm.dimension], dimensions)
        _legal(f"{where}: norms.reference", [norm.reference], references)
    return Instrument(
        **{key: content[key] for key in ("id", "version", "name", "title", "edition", "population", "self_employed")},
        codings=codings,
        scales=scales,
        items=items,
        dimensions=dimensions,
        cut_offs=cut_offs,
        combinations={
            entry["id"]: _combination(entry, where, cut_offs, references) for entry in content.get("combinations", ())
        },
        licence=Licence(**content["licence"]),
        languages={entry["code"]: entry["confidence"] for entry in content["languages"]},
        references=references,
        norms=norms,
        pitfalls=tuple(content.get("pitfalls", ())),
    )


def _scale(entry: Mapping[str, Any], codings: tuple[str, ...], where: str) -> AnswerCodes:
    codes = tuple(one["code"] for one in entry["codes"])
    others = {name: tuple(listed) for name, listed in entry.get("codings", {}).items()}
    _once(where, codes)
    if set(others) != set(codings) or any(len(listed) != len(codes) for listed in others.values()):
        raise DefinitionError(
            f"{where}: codings: legal are {len(codes)} codes for each of {', '.join(codings) or 'none'}"
        )
    if codings and others[codings[0]] != codes:
        raise DefinitionError(f"{where}: codings.{codings[0]}: the first coding is ours; legal is {', '.join(codes)}")
    return AnswerCodes(
        id=entry["id"],
        codes=codes,
        values=tuple(float(one["value"]) for one in entry["codes"]),
        codings=others,
        not_applicable=entry.get("not_applicable"),
        confidence=entry["confidence"],
    )


def _dimension(
    entry: Mapping[str, Any], items: Mapping[str, Item], earlier: Mapping[str, Dimension], where: str
) -> Dimension:
    parts = tuple(entry.get("parts", ()))
    counted = tuple(item for item in items.values() if item.dimension in (parts or (entry["id"],)))
    if not counted:
        counted = tuple(item for part in parts for item in earlier[part].items)
    if not counted:
        raise DefinitionError(f"{where}: no item counts for it; one at least is legal")
    built = Dimension(
        **{**entry, "label": entry["label"], "parts": parts, "items": counted}
        | ({"missing": MissingRule(**entry["missing"])} if "missing" in entry else {})
    )
    lowest, highest = _range(built, earlier)
    if not (math.isclose(lowest, built.minimum, abs_tol=0.005) and math.isclose(highest, built.maximum, abs_tol=0.005)):
        raise DefinitionError(
            f"{where}: the range {built.minimum} to {built.maximum} is not legal; its items give {lowest:g} to {highest:g}"
        )
    return built


def _range(dimension: Dimension, earlier: Mapping[str, Dimension]) -> tuple[float, float]:
    """Return the lowest and highest score that the items allow."""
    parts = [earlier[part] for part in dimension.parts]
    match dimension.score:
        case "sum_of_parts":
            return sum(part.minimum for part in parts), sum(part.maximum for part in parts)
        case "ratio" | "log_ratio":
            above, below = parts
            lowest = (above.minimum / len(above.items)) / (below.maximum / len(below.items))
            highest = (above.maximum / len(above.items)) / (below.minimum / len(below.items))
            return (lowest, highest) if dimension.score == "ratio" else (math.log(lowest), math.log(highest))
    ends = [(min(item.scale.values), max(item.scale.values)) for item in dimension.items]
    weight = dimension.factor / (len(ends) if dimension.score == "mean" else 1)
    return weight * sum(low for low, _ in ends), weight * sum(high for _, high in ends)


def _cut_off(
    entry: Mapping[str, Any], where: str, dimensions: Mapping[str, Dimension], references: Mapping[str, Any]
) -> CutOff:
    _legal(f"{where}: cut_offs.{entry['id']}.dimension", [entry["dimension"]], dimensions)
    thresholds = tuple(Threshold(**threshold) for threshold in entry["thresholds"])
    _legal(f"{where}: cut_offs.{entry['id']}.reference", [one.reference for one in thresholds], references)
    rest = entry["otherwise"]
    _once(f"{where}: cut_offs.{entry['id']}", [*(one.code for one in thresholds), rest["code"]])
    return CutOff(
        **{
            **entry,
            "thresholds": thresholds,
            "otherwise": rest["code"],
            "otherwise_label": rest["label"],
            "countries": tuple(entry.get("countries", ())),
        }
    )


def _combination(
    entry: Mapping[str, Any], where: str, cut_offs: Mapping[str, CutOff], references: Mapping[str, Any]
) -> Combination:
    place = f"{where}: combinations.{entry['id']}"
    _legal(place, entry["cut_offs"].values(), cut_offs)
    _legal(f"{place}.reference", [entry["reference"]], references)
    conditions = {code: cut_offs[name] for code, name in entry["cut_offs"].items()}
    for code, cut_off in conditions.items():
        _legal(f"{place}.cut_offs", [code], [threshold.code for threshold in cut_off.thresholds])
    cells = tuple(Cell(cell["code"], cell["label"], frozenset(cell["when"])) for cell in entry["cells"])
    for cell in cells:
        _legal(f"{place}.cells.{cell.code}.when", sorted(cell.when), conditions)
    rest = entry.get("otherwise")
    if rest is None and len({cell.when for cell in cells}) != 2 ** len(conditions):
        raise DefinitionError(f"{place}: the cells leave cases out; legal are all of them, or an `otherwise`")
    return Combination(
        id=entry["id"],
        conditions=conditions,
        cells=cells,
        otherwise=rest["code"] if rest else None,
        otherwise_label=rest["label"] if rest else {},
        reference=entry["reference"],
        confidence=entry["confidence"],
    )


def _legal(place: str, names: Iterable[str], known: Iterable[str]) -> None:
    listed = list(known)
    for name in names:
        if name not in listed:
            raise DefinitionError(f"{place}: {name!r} is not legal; legal are {', '.join(listed)}")


def _once(place: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DefinitionError(f"{place}: {name!r} stands twice; once is legal")
        seen.add(name)
