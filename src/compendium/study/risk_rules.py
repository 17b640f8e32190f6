"""How the risk-assessment table is read and ordered, as data: ``definitions/risk_assessment.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class RiskRules:
    """The conventions of the table.

    Attributes
    ----------
    work_units : tuple of str
        Questions that sort people into work units.
    work_units_reason : Text
        What a work unit is, and why these.
    work_units_source : Text
        On which source that rests, and whether it was read.
    frequency : tuple of float
        Share exposed, per cent, from which the ranks 1, 2 ... begin; ascending, the first 0.
    frequency_reason : Text
        Why there.
    severity, control : Mapping of int to Text
        Rank (1 is best) -> name.
    first_places : int
        Recommendations begin with the situations that may hold a place up to this one.
    """

    work_units: tuple[str, ...]
    work_units_reason: Text
    work_units_source: Text
    frequency: tuple[float, ...]
    frequency_reason: Text
    severity: Mapping[int, Text]
    control: Mapping[int, Text]
    first_places: int

    def frequency_rank(self, share: float) -> int:
        """Return the rank of a share exposed, given in per cent (0 to 100)."""
        return sum(share >= start for start in self.frequency)


@cache
def load_risk_rules() -> RiskRules:
    """Read ``definitions/risk_assessment.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, ranks are not 1, 2, 3 ..., or the cuts of frequency do not ascend from 0.
    """
    file = paths.DEFINITIONS / "risk_assessment.yml"
    content = read_yaml(file, "risk_assessment")
    cuts = [one["from"] for one in content["frequency"]]
    if cuts[0] != 0 or cuts != sorted(set(cuts)):
        raise DefinitionError(f"{file.name}: frequency begins at {cuts}; legal are cuts that ascend from 0")
    for name in ("frequency", "severity", "control"):
        _check_ranks(file.name, name, content[name])
    return RiskRules(
        work_units=tuple(content["work_units"]),
        work_units_reason=content["work_units_reason"],
        work_units_source=content["work_units_source"],
        frequency=tuple(map(float, cuts)),
        frequency_reason=content["frequency_reason"],
        severity={one["rank"]: one["name"] for one in content["severity"]},
        control={one["rank"]: one["name"] for one in content["control"]},
        first_places=content["first_places"],
    )


def _check_ranks(file: str, name: str, entries: list[dict[str, Any]]) -> None:
    ranks = [one["rank"] for one in entries]
    if ranks != list(range(1, len(ranks) + 1)):
        raise DefinitionError(f"{file}: {name} has the ranks {ranks}; legal are 1, 2, 3 ... in this order")
