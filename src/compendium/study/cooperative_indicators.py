"""Indicators of the cooperative model as data: ``definitions/cooperative_indicators.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text

POSTURES = ("worker", "employee", "employer", "member")


@dataclass(frozen=True)
class CooperativeIndicator:
    """One indicator: ``factor x numerator / denominator`` in ``unit``.

    Attributes
    ----------
    id : str
        Name.
    posture : str
        As what people are concerned, one of :data:`POSTURES`.
    name, definition, numerator, denominator, source : Text
        In the project's own words, by language; where the idea comes from.
    period : str
        ``year`` (twelve months), ``date`` (a day) or ``answers`` (when people answered).
    factor : int
        1, or 100 for per cent.
    unit : str
        ``%``, ``EUR``, ``months``, ``days`` or ``people``.
    counts_people : bool
        Numerator and denominator count people: a small number could show one.
    direction : str
        ``higher`` (more is better), ``lower`` or ``neither``.
    reported : Text or None
        What one cooperative said of itself: a landmark, no norm.
    answers : Mapping
        How answers give it (``mean``, ``share`` with ``codes``, ``ratio``, ``part`` in % ``of`` an amount, or ``exposed``); empty where only a register does.
    """

    id: str
    posture: str
    name: Text
    definition: Text
    numerator: Text
    denominator: Text
    period: str
    factor: int
    unit: str
    counts_people: bool
    direction: str
    source: Text
    reported: Text | None
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class CooperativeIndicators:
    """All indicators, and whose answers count: who gave one of ``codes`` to ``question``."""

    question: str
    codes: tuple[str, ...]
    indicators: Mapping[str, CooperativeIndicator]


@cache
def load_indicators() -> CooperativeIndicators:
    """Read ``definitions/cooperative_indicators.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, names an indicator twice, or has none of a posture.
    """
    file = paths.DEFINITIONS / "cooperative_indicators.yml"
    content = read_yaml(file, "cooperative_indicators")
    found: dict[str, CooperativeIndicator] = {}
    for entry in content["indicators"]:
        if entry["id"] in found:
            raise DefinitionError(f"{file.name}: the indicator {entry['id']!r} stands twice; each name must be its own")
        found[entry["id"]] = _indicator(entry)
    absent = [posture for posture in POSTURES if posture not in {one.posture for one in found.values()}]
    if absent:
        raise DefinitionError(f"{file.name}: no indicator of the posture {absent[0]!r}; legal is one of each at least")
    return CooperativeIndicators(content["people"]["question"], tuple(content["people"]["codes"]), found)


def _indicator(entry: Mapping[str, Any]) -> CooperativeIndicator:
    plain = {
        key: entry[key]
        for key in ("id", "posture", "name", "definition", "numerator", "denominator", "period", "factor", "unit")
    }
    return CooperativeIndicator(
        **plain,
        direction=entry["direction"],
        source=entry["source"],
        counts_people="counts" in entry,
        reported=entry.get("reported"),
        answers=entry.get("answers", {}),
    )
