"""The library of levers as data: ``definitions/levers/*.yml``, what can be done about situations of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text
from .situations import load_situations

LEVELS = ("primary", "secondary", "tertiary")
"""Prevention at the source; noticing and coping early; help when harm is there."""
EFFORTS = ("low", "medium", "high")
"""Hours and no money; days or some hundred euros; a budget, months or a negotiation."""
EVIDENCE = ("review", "trial", "law", "practice", "idea")
"""Systematic reviews; a trial; what law asks for; done somewhere and not measured; reasoned, nobody reported it."""

_SOURCES = "sources.yml"


@dataclass(frozen=True)
class LeverSource:
    """What evidence rests on: its title, what was read of it, and ``sourced`` or ``to verify`` (nobody read it)."""

    id: str
    title: str
    confidence: str
    read: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known of a lever: its kind (one of :data:`EVIDENCE`), what it says, and where it stands."""

    level: str
    says: Text
    sources: tuple[LeverSource, ...]


@dataclass(frozen=True)
class Lever:
    """Something that can be done about situations of work.

    Attributes
    ----------
    id : str
        Name.
    name, does, first_step, caution : Text
        What it is called, what is done, what to do on Monday, and what may go wrong.
    situations : tuple of str
        Situations it is for.
    level : str
        One of :data:`LEVELS`.
    who : str
        Who acts: ``group``, ``support_team``, ``cooperative``, ``funders``, ``network`` or ``public``.
    effort : str
        One of :data:`EFFORTS`.
    evidence : Evidence
        What is known of it.
    """

    id: str
    name: Text
    does: Text
    situations: tuple[str, ...]
    level: str
    who: str
    effort: str
    first_step: Text
    caution: Text
    evidence: Evidence


@cache
def load_levers() -> Mapping[str, Lever]:
    """Read ``definitions/levers/*.yml``.

    Raises
    ------
    DefinitionError
        A file breaks its schema, names a lever twice, a situation or a source that does not exist; a source is used by no
        lever; or a situation has no primary lever, so that nothing could be done at its source.
    """
    folder = paths.DEFINITIONS / "levers"
    sources = {one["id"]: LeverSource(**one) for one in read_yaml(folder / _SOURCES, "lever_sources")["sources"]}
    situations = load_situations()
    found: dict[str, Lever] = {}
    for file in sorted(folder.glob("*.yml")):
        for entry in [] if file.name == _SOURCES else read_yaml(file, "levers")["levers"]:
            place = f"levers/{file.name}, {entry['id']}"
            if entry["id"] in found:
                raise DefinitionError(f"{place}: this lever stands twice; each name must be its own")
            _check(place, "situation", entry["situations"], situations)
            _check(place, "source", entry["evidence"]["sources"], sources)
            evidence = entry["evidence"]
            found[entry["id"]] = Lever(
                **{
                    **entry,
                    "situations": tuple(entry["situations"]),
                    "evidence": Evidence(
                        evidence["level"], evidence["says"], tuple(sources[name] for name in evidence["sources"])
                    ),
                }
            )
    used = {source.id for lever in found.values() for source in lever.evidence.sources}
    if idle := sorted(set(sources) - used):
        raise DefinitionError(f"levers/{_SOURCES}: no lever names the source {idle[0]!r}; take it out or name it")
    at_source = {name for lever in found.values() if lever.level == LEVELS[0] for name in lever.situations}
    if bare := [name for name in situations if name not in at_source]:
        raise DefinitionError(f"levers: no primary lever is for the situation {bare[0]!r}; legal is one at least")
    return found


def _check(place: str, what: str, names: list[str], legal: Mapping[str, object]) -> None:
    unknown = next((name for name in names if name not in legal), None)
    if unknown is not None:
        raise DefinitionError(f"{place}: the {what} {unknown!r} is unknown; legal are {', '.join(legal)}")
