"""The guide for a working group as data: ``definitions/guide.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Slot:
    """A part of the day: when it begins and ends (``HH:MM``), ``frame``, ``break`` or ``block``, its id, and its name."""

    begins: str
    ends: str
    minutes: int
    kind: str
    id: str
    name: Text


@dataclass(frozen=True)
class Guide:
    """The whole file; each part as it stands there, the day with its hours worked out.

    Attributes
    ----------
    people : int
        Size of the working group that the day is made for.
    day : tuple of Slot
        The parts of the day in their order.
    blocks : Mapping of str to Mapping
        The blocks by id, in the order of the day.
    definitions, reading, rules, monday, worksheets : tuple of Mapping
        See the comments of the file and its schema.
    """

    people: int
    day: tuple[Slot, ...]
    blocks: Mapping[str, Mapping[str, Any]]
    definitions: tuple[Mapping[str, Any], ...]
    reading: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...]
    monday: tuple[Mapping[str, Any], ...]
    worksheets: tuple[Mapping[str, Any], ...]


@cache
def load_guide() -> Guide:
    """Read ``definitions/guide.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema; the day and the blocks differ; or the day is longer than it may be.
    """
    file = paths.DEFINITIONS / "guide.yml"
    content = read_yaml(file, "guide")
    blocks = {one["id"]: one for one in content["blocks"]}
    planned = [one["block"] for one in content["day"] if one["kind"] == "block"]
    if sorted(planned) != sorted(one["id"] for one in content["blocks"]):
        odd = sorted(set(planned) ^ set(blocks)) or sorted({name for name in planned if planned.count(name) > 1})
        raise DefinitionError(f"{file.name}: the block {odd[0]!r} must stand once under blocks and once in the day")
    day = tuple(_slots(content, blocks))
    total = sum(slot.minutes for slot in day)
    if total > content["longest_minutes"]:
        raise DefinitionError(
            f"{file.name}: the day takes {total} minutes; legal are {content['longest_minutes']} at most"
        )
    return Guide(
        people=content["people"],
        day=day,
        blocks={name: blocks[name] for name in planned},
        **{name: tuple(content[name]) for name in ("definitions", "reading", "rules", "monday", "worksheets")},
    )


def _slots(content: Mapping[str, Any], blocks: Mapping[str, Mapping[str, Any]]) -> list[Slot]:
    at, found = datetime.strptime(content["begins"], "%H:%M"), []
    for one in content["day"]:
        own = blocks.get(one["block"], one)
        ends = at + timedelta(minutes=own["minutes"])
        found.append(Slot(f"{at:%H:%M}", f"{ends:%H:%M}", own["minutes"], one["kind"], one["block"], own["name"]))
        at = ends
    return found
