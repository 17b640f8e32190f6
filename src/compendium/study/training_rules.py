"""Rules of a yearly training plan as data: ``definitions/training.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .. import paths
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class TrainerKind:
    """Who trains: at what price a day (``None``: each session is quoted), and how many days a year (``None``: no limit)."""

    id: str
    name: Text
    price_per_day: float | None
    days: float | None


@dataclass(frozen=True)
class TrainingRules:
    """What a year of training may cost and hold.

    Attributes
    ----------
    budget : float
        For a year, in `currency`, without tax.
    sessions : int
        At most, in a year.
    hours_per_day : float
        Hours of a day of training.
    trainers : Mapping of str to TrainerKind
        In their order.
    least_gap : float
        From this gap of importance over mastery on, in steps of the scale, a competence needs training.
    seats : int
        Of a session where the catalogue names none.
    """

    budget: float
    sessions: int
    hours_per_day: float
    trainers: Mapping[str, TrainerKind]
    least_gap: float
    seats: int
    currency: str
    source: Text


@cache
def load_training_rules() -> TrainingRules:
    """Read ``definitions/training.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema.
    """
    content = read_yaml(paths.DEFINITIONS / "training.yml", "training")
    kinds = {
        one["id"]: TrainerKind(one["id"], one["name"], one.get("price_per_day"), one.get("days"))
        for one in content["trainers"]
    }
    names = ("budget", "sessions", "hours_per_day", "least_gap", "seats", "currency", "source")
    return TrainingRules(trainers=kinds, **{name: content[name] for name in names})
