"""The support pathway as data: ``definitions/pathways.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class PathwayEvent:
    """Something that may happen to a person: after one of which others, and how often at most (``None``: any number)."""

    id: str
    name: Text
    after: tuple[str, ...]
    at_most: int | None


@dataclass(frozen=True)
class Condition:
    """One condition of the rule: an answer that must be a code, or a number that must reach a threshold."""

    answer: str
    code: str = ""
    at_least: float | None = None


@dataclass(frozen=True)
class Orientation:
    """One row of the decision table: where a person goes for whom all conditions hold."""

    outcome: str
    name: Text
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class CohortShare:
    """A share to be known: of those who met the event ``start``, who met ``target`` within some months."""

    id: str
    start: str
    target: str
    months: float
    name: Text


@dataclass(frozen=True)
class FormAnswer:
    """A question of the entry diagnostic, and what its codes mean to the rule; an empty meaning is: not known."""

    question: str
    codes: Mapping[str, str]


@dataclass(frozen=True)
class PathwayIndicator:
    """Something to be counted from a log, and how it is counted."""

    id: str
    name: Text
    what: Text


@dataclass(frozen=True)
class Scenario:
    """What if: what it changes; nought and one leave things as they are."""

    id: str
    name: Text
    limit: float
    places: int
    sessions_year: int
    demand: float = 1.0
    officers_more: int = 0


@dataclass(frozen=True)
class Capacity:
    """What the simulation assumes, and its scenarios.

    Attributes
    ----------
    years, runs : int
        How long is simulated, and how often.
    appointments_officer_month : float
        Appointments that one officer can give in a month.
    scenarios : tuple of Scenario
        The first one is: as now.
    """

    years: int
    runs: int
    appointments_officer_month: float
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class PathwayRules:
    """What may happen in which order, why people leave, and who is orientated where.

    Attributes
    ----------
    events : Mapping of str to PathwayEvent
        In their order.
    last : str
        The event after which nothing comes.
    seen : str
        The event that says that a person was still there.
    exits : Mapping of str to Text
        Reasons to leave.
    orientation : tuple of Orientation
        The decision table; its first row that holds decides.
    answers : Mapping of str to tuple of str
        Answers the table reads, with their codes; none where it is a number.
    form : Mapping of str to FormAnswer
        How each of these answers stands in the entry diagnostic as it is filled in.
    shares : tuple of CohortShare
        Shares to be known.
    followed_at_least : int
        Fewer persons who began long enough ago leave a share unknown.
    first_appointment_days : int
        Days within which the first appointment is promised.
    faults_at_most : float
        Per cent of persons set aside for faults, above which nothing is estimated.
    curve_months : tuple of float
        Months at which curves are read.
    supports : tuple of str
        Events that are support, and begin at some time after the start.
    landmark_months : float
        Month at which it is looked who has support.
    entries_limit : float
        New contracts a year on the average over territories.
    indicators : Mapping of str to PathwayIndicator
        What can be counted from a log.
    capacity : Capacity
        What the simulation assumes.
    source : Text
        Where all this was read.
    """

    events: Mapping[str, PathwayEvent]
    last: str
    seen: str
    exits: Mapping[str, Text]
    orientation: tuple[Orientation, ...]
    answers: Mapping[str, tuple[str, ...]]
    form: Mapping[str, FormAnswer]
    shares: tuple[CohortShare, ...]
    followed_at_least: int
    first_appointment_days: int
    faults_at_most: float
    curve_months: tuple[float, ...]
    supports: tuple[str, ...]
    landmark_months: float
    entries_limit: float
    indicators: Mapping[str, PathwayIndicator]
    capacity: Capacity
    source: Text


@cache
def load_pathway_rules() -> PathwayRules:
    """Read ``definitions/pathways.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, or names an event, an answer or a code that it does not define.
    """
    file = paths.DEFINITIONS / "pathways.yml"
    content = read_yaml(file, "pathways")
    events = {
        one["id"]: PathwayEvent(one["id"], one["name"], tuple(one["after"]), one.get("at_most"))
        for one in content["events"]
    }
    answers = {name: () if codes == "number" else tuple(codes) for name, codes in content["answers"].items()}
    ends = [one[end] for one in content["shares"] for end in ("start", "target")]
    named = [
        content["last"],
        content["seen"],
        *content["supports"],
        *ends,
        *(before for one in events.values() for before in one.after),
    ]
    if strange := sorted(set(content["form"]) - set(answers)):
        raise DefinitionError(f"{paths.shown(file)}: form: {strange[0]!r} is no answer; legal are {', '.join(answers)}")
    if strange := sorted(set(named) - set(events)):
        raise DefinitionError(f"{paths.shown(file)}: {strange[0]!r} is no event; legal are {', '.join(events)}")
    table = tuple(
        Orientation(row["outcome"], row["name"], tuple(_condition(one, answers, file.name) for one in row["all"]))
        for row in content["orientation"]
    )
    return PathwayRules(
        events=events,
        last=content["last"],
        seen=content["seen"],
        exits={one["id"]: one["name"] for one in content["exits"]},
        orientation=table,
        answers=answers,
        form={name: FormAnswer(**one) for name, one in content["form"].items()},
        shares=tuple(CohortShare(**one) for one in content["shares"]),
        followed_at_least=content["followed_at_least"],
        first_appointment_days=content["first_appointment_days"],
        faults_at_most=content["faults_at_most"],
        curve_months=tuple(map(float, content["curve_months"])),
        supports=tuple(content["supports"]),
        landmark_months=content["landmark_months"],
        entries_limit=content["entries_limit"],
        indicators={one["id"]: PathwayIndicator(**one) for one in content["indicators"]},
        capacity=_capacity(content["capacity"], content["entries_limit"]),
        source=content["source"],
    )


def _capacity(content: Mapping[str, Any], limit: float) -> Capacity:
    """Fill each scenario with what it leaves as it is."""
    same = {"limit": limit, "places": content["places"], "sessions_year": content["sessions_year"]}
    return Capacity(
        years=content["years"],
        runs=content["runs"],
        appointments_officer_month=content["appointments_officer_month"],
        scenarios=tuple(Scenario(**{**same, **one}) for one in content["scenarios"]),
    )


def _condition(one: Mapping[str, object], answers: Mapping[str, tuple[str, ...]], file: str) -> Condition:
    answer, code, least = str(one["answer"]), str(one.get("is", "")), one.get("at_least")
    if answer not in answers:
        raise DefinitionError(f"{file}: orientation asks for {answer!r}; legal are {', '.join(answers)}")
    if (code and code not in answers[answer]) or (least is not None and answers[answer]):
        legal = ", ".join(answers[answer]) or "a number (at_least)"
        raise DefinitionError(f"{file}: orientation, {answer}: {code or least!r} is not legal; legal is {legal}")
    return Condition(answer, code, None if least is None else float(least))  # type: ignore[arg-type]
