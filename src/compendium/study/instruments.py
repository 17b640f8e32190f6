"""Read the keys of published instruments: which answer counts for which dimension, and what is known of its cut-offs.

A key is a fact and stands in ``definitions/instruments/<id>.yml``; a wording is somebody's text and stands nowhere here
(:mod:`.instrument_wordings` reads the one that a user has the right to paste in). Whatever is not read in its source is
marked: a confidence other than ``sourced`` ends in "to verify", and ``sourced`` needs a reference that was read.
"""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .instrument_parts import (
    AnswerCodes,
    Cell,
    Combination,
    CutOff,
    Dimension,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Norm,
    Threshold,
)


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
        _read_where_sourced(f"{where}: norms", norm, references)
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
    for threshold in thresholds:
        _read_where_sourced(f"{where}: cut_offs.{entry['id']}", threshold, references)
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


def _read_where_sourced(place: str, figure: Threshold | Norm, references: Mapping[str, Any]) -> None:
    """A figure is an established one only if somebody read where it comes from."""
    _legal(f"{place}.reference", [figure.reference], references)
    if figure.confidence == "sourced" and references[figure.reference]["read"] != "read":
        raise DefinitionError(
            f"{place}: {figure.value} is called sourced, but {figure.reference!r} was not read; legal is 'known, to verify'"
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
