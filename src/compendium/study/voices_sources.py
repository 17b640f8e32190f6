"""What coded material is, and who speaks in it: kinds of documents, groups of people that are sought."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import paths
from ..reading import read_yaml

Texts = Mapping[str, str]
NO_QUOTATION, QUOTATION = "none", "quote"
CONSENTS: Final = (NO_QUOTATION, QUOTATION)
"""Whether a passage may be quoted, masked and without saying who speaks."""


@dataclass(frozen=True)
class Kind:
    """A kind of document; `of_persons` where a person speaks in it, so that its sources are persons."""

    id: str
    name: Texts
    of_persons: bool


@dataclass(frozen=True)
class Sources:
    """Kinds of documents and groups of people, in the order of the file, every name in every language of the forms."""

    kinds: Mapping[str, Kind]
    groups: Mapping[str, Texts]


@cache
def load_sources() -> Sources:
    """Load kinds and groups; a file that breaks its schema raises :class:`~compendium.errors.DefinitionError`."""
    content = read_yaml(paths.DEFINITIONS / "voices" / "sources.yml", "voices_sources")
    kinds = {id: Kind(id, one["name"], one["of_persons"]) for id, one in content["kinds"].items()}
    return Sources(kinds, content["groups"])
