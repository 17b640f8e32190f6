"""Do all descriptions say the same? Each is read back as a stranger reads it, and held against the others."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

import yaml
from babel.core import get_global

from ..errors import CompendiumError
from . import croissant, datapackage, ddi, ro_crate
from .citation import CFF, CODEMETA, ZENODO

_DDI: Final = {"d": ddi.NAMESPACE}


@dataclass(frozen=True)
class Said:
    """What one description says; None where its format has no room for it.

    Attributes
    ----------
    title, version, released : str
        Title; version; day of the release.
    authors : tuple of str
        Authors, as they are written everywhere.
    licences : frozenset of str
        SPDX identifiers in small letters.
    about : str
        What they are the licences of: ``program``, ``data`` or ``both``.
    languages : frozenset of str or None
        Languages of the pages; a format with room for one alone must name one of them.
    files : mapping of str to str, or None
        Path -> SHA-256.
    """

    title: str
    version: str
    released: str
    authors: tuple[str, ...]
    licences: frozenset[str]
    about: str
    languages: frozenset[str] | None = None
    files: Mapping[str, str] | None = None


def said(documents: Mapping[str, bytes]) -> dict[str, Said]:
    """Read what each description says (name of the file -> content).

    Raises
    ------
    CompendiumError
        One is missing or cannot be read.
    """
    found = {}
    for name, read in _READERS.items():
        if name not in documents:
            raise CompendiumError(f"{name} is missing; an archive holds {', '.join(_READERS)}")
        try:
            found[name] = read(documents[name])
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration, ET.ParseError, yaml.YAMLError) as error:
            detail = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise CompendiumError(f"{name}: not readable as such a description: {detail}") from None
    return found


def disagreements(documents: Mapping[str, bytes], sums: Mapping[str, str] | None = None) -> list[str]:
    """Name what descriptions say differently.

    Parameters
    ----------
    documents : mapping of str to bytes
        Name of the file -> content.
    sums : mapping of str to str, optional
        The list of sums; every file that is described must stand in it with its sum, and the crate must describe all but itself.

    Returns
    -------
    list of str
        One sentence a difference; empty where all agree.
    """
    every = said(documents)
    found = []
    for what in ("title", "version", "released", "authors"):
        values = {name: getattr(one, what) for name, one in every.items()}
        found += _differ(what, values)
    for about in ("program", "data"):
        found += _differ(
            f"licence of the {about}", {n: sorted(o.licences) for n, o in every.items() if o.about == about}
        )
    apart = frozenset[str]().union(*(one.licences for one in every.values() if one.about != "both"))
    whole = {name: one.licences for name, one in every.items() if one.about == "both"}
    found += _differ("licences", {"the others": sorted(apart), **{name: sorted(one) for name, one in whole.items()}})
    told = {name: one.languages for name, one in every.items() if one.languages is not None and name != ZENODO}
    found += _differ("languages", {name: sorted(one) for name, one in told.items()})
    one_of = every[ZENODO].languages or frozenset()
    if told and not one_of <= next(iter(told.values())):
        found.append(f"languages: {ZENODO} names {', '.join(sorted(one_of))}, which no page has")
    tables = {name: every[name].files for name in (datapackage.NAME, croissant.NAME, ddi.NAME)}
    found += _differ("files", tables)
    found += _against(every[datapackage.NAME].files or {}, every[ro_crate.NAME].files or {}, sums)
    return found


def _against(tables: Mapping[str, str], crate: Mapping[str, str], sums: Mapping[str, str] | None) -> list[str]:
    known = crate if sums is None else sums
    found = [f"{path}: another sum is described than listed" for path in tables if tables[path] != known.get(path)]
    if sums is not None:
        missing = sorted({*sums} - {*crate} - {ro_crate.NAME})
        found += [f"{path}: {ro_crate.NAME} does not describe it" for path in missing]
        found += [f"{path}: another sum is described than listed" for path in crate if crate[path] != sums.get(path)]
    return found


def _differ(what: str, values: Mapping[str, Any]) -> list[str]:
    names = list(values)
    odd = [name for name in names[1:] if values[name] != values[names[0]]]
    return [f"{what}: {name} says {_short(values[name])}, {names[0]} says {_short(values[names[0]])}" for name in odd]


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= 90 else told[:87] + "..."


def _cff(content: bytes) -> Said:
    told = yaml.safe_load(content)
    authors = [one.get("name") or f"{one['family-names']}, {one['given-names']}" for one in told["authors"]]
    day = str(told["date-released"])
    return Said(
        told["title"], str(told["version"]), day, tuple(authors), frozenset({told["license"].lower()}), "program"
    )


def _zenodo(content: bytes) -> Said:
    told = json.loads(content)
    language = get_global("language_aliases").get(told["language"], told["language"])
    return Said(
        told["title"],
        told["version"],
        told["publication_date"],
        tuple(one["name"] for one in told["creators"]),
        frozenset({told["license"].lower()}),
        "program",
        frozenset({language}),
    )


def _codemeta(content: bytes) -> Said:
    told = json.loads(content)
    return Said(
        told["name"],
        told["version"],
        told["datePublished"],
        tuple(one["name"] for one in told["author"]),
        frozenset({_licence(told["license"])}),
        "program",
        frozenset(told["schema:inLanguage"]),
    )


def _datapackage(content: bytes) -> Said:
    told = json.loads(content)
    return Said(
        told["title"],
        told["version"],
        told["created"][:10],
        tuple(one["title"] for one in told["contributors"] if "author" in one["roles"]),
        frozenset(one["name"].lower() for one in told["licenses"]),
        "data",
        frozenset(told["languages"]),
        {one["path"]: one["hash"].removeprefix("sha256:") for one in told["resources"]},
    )


def _croissant(content: bytes) -> Said:
    told = json.loads(content)
    return Said(
        told["alternateName"],
        told["version"],
        told["datePublished"],
        tuple(one["name"] for one in told["creator"]),
        frozenset({_licence(told["license"])}),
        "data",
        frozenset(told["inLanguage"]),
        {one["contentUrl"]: one["sha256"] for one in told["distribution"]},
    )


def _ddi(content: bytes) -> Said:
    book = ET.fromstring(content)
    study = next(book.iterfind("d:stdyDscr", _DDI))

    def text(path: str) -> str:
        return str(next(study.iterfind(path, _DDI)).text)

    files = {
        str(one.get("URI")): str(one.findtext("d:fileTxt/d:dataFingerprint/d:digitalFingerprintValue", "", _DDI))
        for one in book.iterfind("d:fileDscr", _DDI)
    }
    return Said(
        text("d:citation/d:titlStmt/d:titl"),
        text("d:citation/d:verStmt/d:version"),
        text("d:citation/d:distStmt/d:distDate"),
        tuple(str(one.text) for one in study.iterfind("d:citation/d:rspStmt/d:AuthEnty", _DDI)),
        frozenset({text("d:citation/d:prodStmt/d:copyright").lower()}),
        "data",
        frozenset(text("d:stdyInfo/d:notes[@type='languages']").split()),
        files,
    )


def _crate(content: bytes) -> Said:
    every = {one["@id"]: one for one in json.loads(content)["@graph"]}
    root = every["./"]
    parts = [every[one["@id"]] for one in root["hasPart"]]
    return Said(
        root["name"],
        root["version"],
        root["datePublished"],
        tuple(every[one["@id"]]["name"] for one in root["author"]),
        frozenset(_licence(one["@id"]) for one in root["license"]),
        "both",
        frozenset(root["inLanguage"]),
        {one["@id"]: one["sha256"] for one in parts},
    )


def _licence(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1].lower()


_READERS: Final[Mapping[str, Callable[[bytes], Said]]] = {
    CFF: _cff,
    ZENODO: _zenodo,
    CODEMETA: _codemeta,
    datapackage.NAME: _datapackage,
    croissant.NAME: _croissant,
    ddi.NAME: _ddi,
    ro_crate.NAME: _crate,
}
DESCRIPTIONS: Final = tuple(_READERS)
"""Names of all descriptions."""
