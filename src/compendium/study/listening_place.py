"""The listening place as data: ``definitions/listening_place.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import paths
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Load:
    """How many would come: an assumption, never a measurement.

    Attributes
    ----------
    of : str
        Outcome of ``definitions/signs.yml`` of whose persons a part would come.
    members : int
        Persons for whom the load is worked out.
    talks_each, hours_each : float
        Talks with each person who comes, and hours for each talk.
    reason : Text
        Where the assumptions come from.
    uptake : tuple of (int, Text)
        One in how many of those persons would come within a year, in words; one assumption after another.
    elsewhere : Mapping
        ``one_in`` how many of all members, whatever they answered, come to another kind of service; its ``name``, ``source``
        and what was ``read`` of it.
    """

    of: str
    members: int
    talks_each: float
    hours_each: float
    reason: Text
    uptake: tuple[tuple[int, Text], ...]
    elsewhere: Mapping[str, Any]


@dataclass(frozen=True)
class ListeningPlace:
    """What a listening place is, what it needs, and what it would cost; each part as it stands in the file."""

    levels: tuple[Mapping[str, Any], ...]
    conditions: tuple[Mapping[str, Any], ...]
    options: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, Text]
    law: tuple[Mapping[str, Any], ...]
    load: Load


@cache
def load_listening_place() -> ListeningPlace:
    """Read ``definitions/listening_place.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema.
    """
    content = read_yaml(paths.DEFINITIONS / "listening_place.yml", "listening_place")
    load = content["load"]
    uptake = tuple((one["one_in"], one["name"]) for one in load["uptake"])
    return ListeningPlace(
        levels=tuple(content["levels"]),
        conditions=tuple(content["conditions"]),
        options=tuple(content["options"]),
        answers=content["answers"],
        law=tuple(content["law"]),
        load=Load(**{**load, "uptake": uptake}),
    )
