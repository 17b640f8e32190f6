"""What the key of an instrument is made of: answers, items, dimensions, cut-offs, each with how far it can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .questions import Text

CONFIDENCES = ("sourced", "known, to verify", "doubtful, to verify")
"""From the strongest to the weakest: read in a source; known to the field but not read; contested or half remembered."""


@dataclass(frozen=True)
class AnswerCodes:
    """The answers of some items of an instrument.

    Attributes
    ----------
    id : str
        Name within the instrument.
    codes : tuple of str
        Our codes, in the order of their values.
    values : tuple of float
        What each counts.
    codings : Mapping of str to tuple of str
        The codes under which the same answers are met in the field, in the order of ``codes``; empty where one only is.
    not_applicable : str or None
        The code for "does not apply to me".
    """

    id: str
    codes: tuple[str, ...]
    values: tuple[float, ...]
    codings: Mapping[str, tuple[str, ...]]
    not_applicable: str | None
    confidence: str


@dataclass(frozen=True)
class Item:
    """An item without its wording: the dimension it counts for, its answers, whether it is turned round."""

    id: str
    dimension: str
    scale: AnswerCodes
    confidence: str
    reversed: bool = False
    note: str = ""


@dataclass(frozen=True)
class MissingRule:
    """How many items must apply, and how many of those must be answered, for a dimension to have a score.

    A whole number is a count, a number below one a share, ``"all"`` every one. Too few that apply: the dimension does
    not apply. Enough that apply but too few answered: it is missing.
    """

    answered: int | float | str
    applies: int | float | str
    rule: str
    confidence: str


@dataclass(frozen=True)
class Dimension:
    """What is scored.

    Attributes
    ----------
    id, label : str, Text
        Name and our own label.
    items : tuple of Item
        Those that count: its own, or those of its parts.
    score : str
        ``mean`` or ``sum`` of items, ``sum_of_parts``, ``ratio`` of two parts per item, ``log_ratio``.
    factor : float
        What a sum or mean is multiplied by.
    parts : tuple of str
        Other dimensions it is made of.
    minimum, maximum : float
        Its range.
    high, risk : str
        What a high score means; which end is the unfavourable one (``high``, ``low``, ``neither``).
    missing : MissingRule or None
        None where the parts decide.
    """

    id: str
    label: Text
    items: tuple[Item, ...]
    score: str
    minimum: float
    maximum: float
    high: str
    risk: str
    confidence: str
    factor: float = 1.0
    parts: tuple[str, ...] = ()
    missing: MissingRule | None = None
    note: str = ""


@dataclass(frozen=True)
class Threshold:
    """One limit: whoever is ``rule`` ``value`` has the code; ``quantile`` (0-1) takes the value from the sample itself."""

    code: str
    label: Text
    rule: str
    confidence: str
    reference: str
    value: float | None = None
    quantile: float | None = None
    note: str = ""


@dataclass(frozen=True)
class CutOff:
    """Limits on one dimension, tried in their order; who meets none has ``otherwise``.

    Attributes
    ----------
    countries : tuple of str
        Where it was established; used elsewhere it is borrowed. Empty where it claims no country.
    population, self_employed : str
        On whom it was established; what that means for people who employ themselves.
    """

    id: str
    dimension: str
    thresholds: tuple[Threshold, ...]
    otherwise: str
    otherwise_label: Text
    population: str
    self_employed: str
    countries: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A type of person: exactly these conditions hold."""

    code: str
    label: Text
    when: frozenset[str]


@dataclass(frozen=True)
class Combination:
    """Types made of several cut-offs; ``conditions`` maps a threshold's code to its cut-off."""

    id: str
    conditions: Mapping[str, CutOff]
    cells: tuple[Cell, ...]
    otherwise: str | None
    otherwise_label: Text
    reference: str
    confidence: str


@dataclass(frozen=True)
class Norm:
    """A published figure of a dimension in some population."""

    dimension: str
    statistic: str
    value: float
    population: str
    reference: str
    confidence: str


@dataclass(frozen=True)
class Licence:
    """Who holds the wording, on what terms, and whether it may be shipped with software (``yes``, ``no``, ``ask``)."""

    terms: str
    holder: str
    ship_wording: str
    confidence: str
    reference: str


@dataclass(frozen=True)
class Instrument:
    """A published instrument without its wording."""

    id: str
    version: str
    name: str
    title: Text
    edition: str
    population: str
    codings: tuple[str, ...]
    scales: Mapping[str, AnswerCodes]
    items: Mapping[str, Item]
    dimensions: Mapping[str, Dimension]
    cut_offs: Mapping[str, CutOff]
    combinations: Mapping[str, Combination]
    licence: Licence
    languages: Mapping[str, str]
    references: Mapping[str, Mapping[str, Any]]
    self_employed: str
    norms: tuple[Norm, ...] = ()
    pitfalls: tuple[str, ...] = ()
