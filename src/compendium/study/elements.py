"""What a study is made of: countries, partners, parts, thresholds, the modules it switches, the instruments it asks."""

from dataclasses import dataclass

from .instrument_parts import Instrument
from .questions import Text


@dataclass(frozen=True)
class Unit:
    """A partner country, or the countries pooled.

    Attributes
    ----------
    code : str
        ISO 3166-1 alpha-2; the pooled unit has a code of its own.
    name : Text
        Name by language.
    languages : tuple of str
        Languages that people there answer in; empty for the pooled unit.
    pages : tuple of str
        Languages in which its pages are made.
    """

    code: str
    name: Text
    languages: tuple[str, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Partner:
    """An organisation of the consortium; ``confidence`` says whether what stands here was read in a source."""

    id: str
    name: str
    country: str
    place: str
    what: Text
    confidence: str
    source: str


@dataclass(frozen=True)
class Part:
    """A part of the study and the pair of partners that supervises it."""

    id: str
    title: Text
    supervised_by: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """Disclosure thresholds of a study; :mod:`compendium.disclosure` applies them.

    Attributes
    ----------
    minimum_cell : int
        Smallest number of persons that a published number may rest on, and smallest count shown; at least 5.
    """

    minimum_cell: int = 10

    def __post_init__(self) -> None:
        if self.minimum_cell < 5:
            raise ValueError(f"minimum_cell {self.minimum_cell} is not legal; legal is 5 or more")


@dataclass(frozen=True)
class Margins:
    """Differences between countries that still count as none.

    Attributes
    ----------
    points : float
        On anything that runs from 0 to 100: scores in points, shares in percentage points.
    sd : float
        In standard deviations within countries, where people have a score; a difference of scores must lie within both.
    """

    points: float = 5.0
    sd: float = 0.2


@dataclass(frozen=True)
class Switch:
    """A module asked, or left out, against its default in these countries and waves (everywhere where none is named)."""

    module: str
    asked: bool
    countries: tuple[str, ...]
    waves: tuple[str, ...]


@dataclass(frozen=True)
class Used:
    """A published instrument that the study asks, how its answers are coded, and the items that it leaves out."""

    instrument: Instrument
    coding: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Helpline:
    """Whom a respondent may turn to; ``checked`` is the day on which a partner checked it, empty as long as nobody did."""

    name: str
    contact: str
    noted: str
    checked: str
    source: str


@dataclass(frozen=True)
class Contacts:
    """What a form says of a country's partner; what is empty is still to be filled in by the partner."""

    partner: str = ""
    form: str = ""
    withdrawal: str = ""
    retention: str = ""
    help: tuple[Helpline, ...] = ()
