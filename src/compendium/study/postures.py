"""The four postures as data: their rights, duties and responsibilities, and where law speaks of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Entry:
    """What a posture may claim (``right``), owes (``duty``) or answers for (``responsibility``), in our own words."""

    id: str
    kind: str
    text: Text


@dataclass(frozen=True)
class Posture:
    """One posture: the code of its answer in the question on postures, its name, and its entries."""

    id: str
    code: str
    name: Text
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class LegalSource:
    """Where the law of a place speaks of an entry.

    Attributes
    ----------
    place, entry, law : str
        Country or pooled unit, id of the entry, name and article of the law in its own language.
    says : Text
        What it says, in our own words; empty where nobody has read it.
    read : str
        The page that was read; empty where none was.
    confidence : str
        ``sourced`` or ``to verify``.
    """

    place: str
    entry: str
    law: str
    says: Text
    read: str
    confidence: str


@cache
def load_postures() -> Mapping[str, Posture]:
    """Read ``definitions/postures.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, or names a posture or an entry twice.
    """
    file = paths.DEFINITIONS / "postures.yml"
    content = read_yaml(file, "postures")["postures"]
    names = [name for one in content for name in (one["id"], *(entry["id"] for entry in one["entries"]))]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DefinitionError(f"{file.name}: {twice!r} stands twice; each name must be its own")
    return {
        one["id"]: Posture(one["id"], one["code"], one["name"], tuple(Entry(**entry) for entry in one["entries"]))
        for one in content
    }


def load_sources(folder: Path) -> Mapping[tuple[str, str], LegalSource]:
    """Read ``raw/context/postures.yml`` of a study: place and entry -> source; nothing where the study has none.

    Raises
    ------
    DefinitionError
        The file breaks its schema, names an entry that no posture has, or a place and entry twice.
    """
    file = paths.context(folder) / "postures.yml"
    if not file.is_file():
        return {}
    legal = [entry.id for posture in load_postures().values() for entry in posture.entries]
    found: dict[tuple[str, str], LegalSource] = {}
    for one in read_yaml(file, "context_postures")["sources"]:
        key = (one["place"], one["entry"])
        if one["entry"] not in legal:
            raise DefinitionError(f"{file.name}: no posture has {one['entry']!r}; legal are {', '.join(legal)}")
        if key in found:
            raise DefinitionError(f"{file.name}: {key[0]} {key[1]} stands twice; legal is one source each")
        found[key] = LegalSource(*key, one["law"], one.get("says", {}), one.get("read", ""), one["confidence"])
    return found
