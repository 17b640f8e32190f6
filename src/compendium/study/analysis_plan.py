"""The analysis plan of the contrasts of statuses: ``definitions/analysis_plan.yml``, dated and before data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis in both directions on the total contrast of one status with the reference.

    Attributes
    ----------
    id, outcome, group : str
        Name; measure; status.
    less, more : Text
        What would make one expect a lower, and what a higher mean than in the reference.
    """

    id: str
    outcome: str
    group: str
    less: Text
    more: Text


@dataclass(frozen=True)
class TurnoverPlan:
    """The claim on turnover and the questions it is put to; see the comments of the file."""

    claim: Text
    claimed_ratio: float
    source: Text
    group: str
    now: str
    before: str
    hours: str
    would_show: Text


@dataclass(frozen=True)
class Plan:
    """The whole file; see its comments for what each entry means."""

    version: str
    date: str
    before_data: bool
    changes: tuple[Mapping[str, Any], ...]
    interest: Text
    treatment: str
    population: str
    reference: str
    statuses: tuple[str, ...]
    outcomes: tuple[str, ...]
    total: tuple[str, ...]
    consequences: tuple[str, ...]
    margin: float
    hypotheses: tuple[Hypothesis, ...]
    exclusions: tuple[Text, ...]
    survivors: str
    survivor_outcomes: tuple[str, ...]
    survivor_reason: str
    turnover: TurnoverPlan


@cache
def load_plan() -> Plan:
    """Read ``definitions/analysis_plan.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema; or the reference, or the status of a hypothesis or of the claim, is not compared.
    """
    content = read_yaml(paths.DEFINITIONS / "analysis_plan.yml", "analysis_plan")
    return read_plan(content)


def read_plan(content: Mapping[str, Any]) -> Plan:
    """Make a plan of what a file holds; raises as :func:`load_plan`."""
    hypotheses = tuple(Hypothesis(**one) for one in content["hypotheses"])
    compared = tuple(content["statuses"])
    asked = [content["reference"], content["turnover"]["group"], *(one.group for one in hypotheses)]
    stranger = next((code for code in asked if code not in compared), None)
    if stranger is not None:
        raise DefinitionError(f"analysis_plan.yml: {stranger!r} is not compared; legal are {', '.join(compared)}")
    unknown = next((one for one in hypotheses if one.outcome not in content["outcomes"]), None)
    if unknown is not None:
        legal = ", ".join(content["outcomes"])
        raise DefinitionError(f"analysis_plan.yml, {unknown.id}: {unknown.outcome!r} is no outcome; legal are {legal}")
    lists = ("changes", "outcomes", "total", "consequences", "exclusions")
    plain = ("version", "date", "before_data", "interest", "treatment", "population", "reference")
    given: dict[str, Any] = {key: content[key] for key in plain} | {key: tuple(content[key]) for key in lists}
    return Plan(
        **given,
        statuses=compared,
        margin=float(content["margin"]),
        hypotheses=hypotheses,
        survivors=content["survivors"]["question"],
        survivor_outcomes=tuple(content["survivors"]["outcomes"]),
        survivor_reason=content["survivors"]["reason"],
        turnover=TurnoverPlan(**content["turnover"]),
    )
