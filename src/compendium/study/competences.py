"""The list of competences of a cultural entrepreneur as data: ``definitions/competences.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text

ESCO: Final = "http://data.europa.eu/esco/skill/"
"""What stands before the identifier of a concept of ESCO."""


@dataclass(frozen=True)
class Entry:
    """A competence of EntreComp: its number, the area it belongs to, and its name."""

    code: str
    area: Text
    name: Text


@dataclass(frozen=True)
class Competence:
    """A competence of the list.

    Attributes
    ----------
    id : str
        Name in files; the same as in the questionnaire where it is rated there.
    name : Text
        Name by language.
    entrecomp : tuple of Entry
        Entries of EntreComp that it belongs to.
    esco : mapping of str to str
        Identifier -> preferred label (English) of concepts of ESCO; empty where none is known to fit.
    """

    id: str
    name: Text
    entrecomp: tuple[Entry, ...]
    esco: Mapping[str, str]


@cache
def load_competences() -> Mapping[str, Competence]:
    """Read the list, by id and in its order.

    Raises
    ------
    DefinitionError
        The file breaks its schema, an id stands twice, or an entry of EntreComp or an area is unknown.
    """
    path = paths.DEFINITIONS / "competences.yml"
    content = read_yaml(path, "competences")
    areas = content["entrecomp"]["areas"]
    entries = {}
    for one in content["entrecomp"]["competences"]:
        if one["area"] not in areas:
            raise DefinitionError(
                f"{paths.shown(path)}: {one['code']}: area {one['area']!r} is unknown; legal are {', '.join(areas)}"
            )
        entries[one["code"]] = Entry(one["code"], areas[one["area"]], one["name"])
    found: dict[str, Competence] = {}
    for one in content["competences"]:
        unknown = next((code for code in one["entrecomp"] if code not in entries), None)
        if unknown or one["id"] in found:
            wrong = f"EntreComp {unknown!r} is unknown; legal are {', '.join(entries)}" if unknown else "stands twice"
            raise DefinitionError(f"{paths.shown(path)}: competence {one['id']}: {wrong}")
        mapped = tuple(entries[code] for code in one["entrecomp"])
        found[one["id"]] = Competence(one["id"], one["name"], mapped, {e["id"]: e["label"] for e in one["esco"]})
    return found
