"""Codes and rules of action research in structures as data: ``definitions/field.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .. import paths
from ..reading import read_yaml
from .questions import Text

Names = Mapping[str, Text]


@dataclass(frozen=True)
class FieldRules:
    """What the files of an action research may hold, and how its figures are published.

    Attributes
    ----------
    least_structures_left : int
        Structures on which a published figure must rest without any one of them.
    power : float
        Chance with which a detectable difference is found, 0-1.
    structures_each : tuple of int
        Sizes of each group for which it is said what could be found.
    high_is_good : mapping of str to bool
        Outcome -> whether its upper end is the good one.
    names : mapping of str to mapping
        Kind of code (``kinds arms chosen_by roles activities themes outcomes deliverables bodies states reasons events subjects became``) ->
        code -> name by language.
    """

    least_structures_left: int
    power: float
    structures_each: tuple[int, ...]
    high_is_good: Mapping[str, bool]
    names: Mapping[str, Names]


@cache
def load_field_rules() -> FieldRules:
    """Read ``definitions/field.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema.
    """
    content = read_yaml(paths.DEFINITIONS / "field.yml", "field")
    values = {name: content.pop(name)["value"] for name in ("least_structures_left", "power")}
    each, outcomes = content.pop("structures_each"), content.pop("outcomes")
    content.pop("version")
    names = {**content, "outcomes": {code: one["name"] for code, one in outcomes.items()}}
    high = {code: one["good"] == "high" for code, one in outcomes.items()}
    return FieldRules(int(values["least_structures_left"]), float(values["power"]), tuple(each), high, names)
