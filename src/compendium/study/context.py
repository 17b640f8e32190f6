"""The country facts of a study: published values, legal statuses, policies, each with its source and confidence.

Everything lies in ``raw/context`` of the study folder: three tables and the definitions beside them (legal units, places,
topics, breaks in series, gaps, provenance, translations). A study without that folder has no facts, which is no error:
pages then say so. What is not defined stops with one sentence that names file and line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

BRANCHES = ("unemployment", "sickness", "pension", "work_accident", "maternity")
UNKNOWN = "unknown"
COVERAGE = ("yes", "partial", "no", UNKNOWN)
EXPLICIT = "explicit"
NAMES_PSYCHOSOCIAL = (EXPLICIT, "implied", "no")
"""Whether a law or agreement names psychosocial risk, or mental strain, by name; covers it only by how it is read, or
through one form of it such as stress or harassment; or does neither, as far as our source tells."""
CONFIDENCES = ("sourced", "to verify")
FLAGS = (
    "break",
    "definition",
    "derived",
    "doubt",
    "estimated",
    "forecast",
    "metadata",
    "not_significant",
    "provisional",
    "revised",
    "unreliable",
)
"""What a bracket in ``source`` says: a break before this value; another definition; worked out from sourced values;
something (mostly the year) that is still to verify; and what the statistical office itself says of a value."""
REVISIONS = ["country", "indicator", "period", "old", "new", "unit", "effect", "old_source", "new_source", "file"]
EFFECTS = ("revised", "withdrawn", "kept")
"""What became of a value of the study that a fresh official table contradicts: the table's stands in its place; the table
gives none, and it is a gap now; it stays, for the table only extends the series."""

CAVEATS = " | "
"""Stands between the caveats of one value."""


@dataclass(frozen=True)
class Place:
    """A country or a group of countries that a fact may be about; `kind` is country, aggregate, union or survey_group."""

    code: str
    kind: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """What indicators are about, where they are shown, which kind of source says it, about whom, whether countries compare."""

    id: str
    label: Mapping[str, str]
    shown: str
    kind: str
    scope: Mapping[str, str]
    comparable: str
    reason: Mapping[str, str]
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Break:
    """A break in series between two years; `places` empty means everywhere.

    It no longer holds for the series (indicator and place) that are `lifted`: those whose years on both sides now come
    from one extract, where the break was one between extracts.
    """

    patterns: tuple[str, ...]
    places: frozenset[str]
    between: tuple[int, int]
    reason: Mapping[str, str]
    lifted: frozenset[tuple[str, str]] = frozenset()

    def cuts(self, indicator: str, place: str, earlier: int, later: int) -> bool:
        """Return whether a line from one year to a later one would cross this break."""
        crosses = earlier <= self.between[0] and later >= self.between[1]
        here = (not self.places or place in self.places) and (indicator, place) not in self.lifted
        return crosses and here and any(re.fullmatch(pattern, indicator) for pattern in self.patterns)


@dataclass(frozen=True)
class Reference:
    """The statistical Europe that stands beside a country in the years from `since` to `until`."""

    place: str
    since: int
    until: int


@dataclass(frozen=True)
class Kind:
    """A kind of policy.

    `group` is the timeline it stands on: risk, culture or actors; `instrument` is law, agreement, or empty for neither.
    """

    id: str
    group: str
    label: Mapping[str, str]
    instrument: str = ""


@dataclass(frozen=True)
class Gap:
    """Something that the sources do not hold; `places` empty means nowhere."""

    topic: str
    places: frozenset[str]
    what: Mapping[str, str]


@dataclass(frozen=True)
class Extracted:
    """A fresh official table that was read: what it brought.

    Attributes
    ----------
    file, dataset, updated : str
        Name of the file, code of the dataset, day of its data (empty where nothing says it).
    values, without : int
        Values taken, and declared cells that hold none.
    elsewhere : Mapping of str to int
        The office's code of a place that is none of the study's -> values left aside.
    added, confirmed, revised, withdrawn, kept : int
        Values that the study had not; had, the same; had, another (see :data:`EFFECTS` for these last three).
    """

    file: str
    dataset: str
    updated: str
    values: int
    without: int
    elsewhere: Mapping[str, int]
    added: int
    confirmed: int
    revised: int
    withdrawn: int
    kept: int


@dataclass(frozen=True)
class Context:
    """The country facts of a study.

    Attributes
    ----------
    facts : pandas.DataFrame
        Published values in the one shape of a result: ``origin`` is ``context``, ``period`` the year, ``part`` the
        topic, ``method`` the kind of source, ``flag`` codes of :data:`FLAGS`, ``caveat`` what the source's
        remarks say beyond that, joined by :data:`CAVEATS`.
    statuses : pandas.DataFrame
        Legal statuses; one column a branch of :data:`BRANCHES` with a code of :data:`COVERAGE`; ``kind`` is one of
        `status_kinds`, or empty; ``in_force`` is ``no`` for what is only planned.
    policies : pandas.DataFrame
        Laws, agreements, programmes, actors; ``year_from`` and ``year_to`` are ``Int64``, missing where not known;
        ``names_psychosocial`` is a code of :data:`NAMES_PSYCHOSOCIAL`, or empty for what is no law or agreement.
    actors : pandas.DataFrame
        Bodies that prevent risks at work, see :func:`~.actors.read_actors`; ``actor_kinds`` names their kinds.
    labels : Mapping of str to str
        Indicator -> its English label.
    found_in : Mapping of (country, indicator, year) to str
        The page or file in which a value was read.
    status_kinds : Mapping of str to mapping
        Kind of a legal status -> its label by language, so that like statuses are found in each country.
    draft : frozenset of str
        Columns of `statuses` that are a first draft in every row, whatever the confidence of the row.
    translations : Mapping of str to mapping
        Language -> English text of the tables -> its translation.
    extracts : tuple of Extracted
        The fresh official tables that were read.
    revisions : pandas.DataFrame
        :data:`REVISIONS`; one row a value of the study that a fresh official table contradicts: ``old`` and ``new`` are
        numbers (``new`` missing where withdrawn), ``effect`` a code of :data:`EFFECTS`.
    """

    facts: pd.DataFrame
    statuses: pd.DataFrame
    policies: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    found_in: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    status_kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    references: tuple[Reference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    draft: frozenset[str] = frozenset()
    actors: pd.DataFrame = field(default_factory=pd.DataFrame)
    actor_kinds: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    extracts: tuple[Extracted, ...] = ()
    revisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REVISIONS))

    @property
    def is_empty(self) -> bool:
        """Return whether the study holds no facts at all."""
        return self.facts.empty and self.statuses.empty and self.policies.empty

    def has(self, place: str) -> bool:
        """Return whether anything is known about a place."""
        return any((table["country"] == place).any() for table in (self.facts, self.statuses, self.policies))

    def broken(self, indicator: str, place: str, earlier: int, later: int) -> bool:
        """Return whether a break in series lies between two years of one place, declared or flagged at a value."""
        if any(cut.cuts(indicator, place, earlier, later) for cut in self.breaks):
            return True
        return any(earlier < year <= later for year in self._flagged.get((indicator, place), ()))

    def of_indicator(self, indicator: str) -> pd.DataFrame:
        """Return the published values of one indicator; none for one that the study does not hold."""
        return self._by_indicator.get(indicator, self.facts.iloc[:0])

    @cached_property
    def _by_indicator(self) -> dict[str, pd.DataFrame]:
        return {str(code): rows for code, rows in self.facts.groupby("indicator", sort=False)}

    @cached_property
    def _flagged(self) -> dict[tuple[str, str], list[int]]:
        """Years of the values that carry the flag of a break, by indicator and place."""
        found: dict[tuple[str, str], list[int]] = {}
        for row in self.facts[self.facts["flag"].str.contains("break")].itertuples(index=False):
            found.setdefault((row.indicator, row.country), []).append(int(row.period))
        return found

    def reference(self, year: int) -> str | None:
        """Return the code of the Europe that stands beside a country in a year, or nothing."""
        return next((one.place for one in self.references if one.since <= year <= one.until), None)
