"""The profiles of one population in one unit on one page: its results, the names of its profiles, its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from typing import Concatenate, ParamSpec

import pandas as pd

from ... import results
from ...study.study import Study
from ...text import Catalogue
from ...typology import EVERYBODY, PROFILE, SEPARATOR, answer_label, names
from ...typology.profiles import UNASSIGNED
from ...typology.trust import CONTINUUM, NO_STRUCTURE
from ...typology.trust.product import VERDICT
from ...wording import Label
from ..base import Shown, several
from ..factsheet import Sentence

P = ParamSpec("P")
_OWN_WORDS = ("method", "unit", "caveat", "reason", "estimand", "flag")


@dataclass(frozen=True)
class Sheet:
    """The profiles of one population of one unit on one page.

    Attributes
    ----------
    study : Study
        The study.
    unit : str
        Country of the page, or the pooled unit.
    population : str
        Population that the typology is of; empty where the study asks none or declares no typology.
    results : pandas.DataFrame
        The products of the typology after the gate, of this population.
    t : Catalogue
        Language of the page.
    names : mapping of str to str
        Name of each profile, by its number; empty where there is no typology, or no structure that it could show.
    fallback : callable
        Gives the text of every other code.
    is_alone : bool
        Whether the study has no other population with a typology, whose name would stand above each part.
    """

    study: Study
    unit: str
    population: str
    results: pd.DataFrame
    t: Catalogue
    names: Mapping[str, str]
    fallback: Label
    is_alone: bool = True

    @property
    def title(self) -> str:
        """Name of the population; empty where the study has only one."""
        declared = self.study.questionnaire.analysis.typology
        label = next((one.label for one in declared if one.population == self.population and one.label), {})
        return self.t.pick(label) if label else ""

    @property
    def has_profiles(self) -> bool:
        return bool(self.names)

    @property
    def is_continuum(self) -> bool:
        """Tell whether what is called a profile is a part of a continuum."""
        return bool((self.rows(VERDICT)["estimand"] == CONTINUUM).any())

    def rows(self, indicator: str | None = None, **wanted: str) -> pd.DataFrame:
        """Return the rows of an indicator and of other columns' codes."""
        found = self.results if indicator is None else self.results[self.results["indicator"] == indicator]
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: profiles by number and name, answers by their label."""
        if code == EVERYBODY and column == "group":
            return self.t("All profiles")
        profile = code.removeprefix(f"{PROFILE}__")
        if profile in self.names and column in ("group", PROFILE, "indicator"):
            return f"{profile} {self.names[profile]}"
        if column == "indicator" and "__" in code:
            return answer_label(self.study, code, self.t)
        if column in self.questions and column != "country":
            return answer_label(self.study, f"{column}__{code}", self.t)
        return self.t(code) if column in _OWN_WORDS else self.fallback(column, code)

    def short_label(self, column: str, code: str) -> str:
        """Return the text of a code where there is little room: a profile by its number and the first word of its name."""
        text = self.label(column, code)
        return text.split(SEPARATOR)[0] if code.removeprefix(f"{PROFILE}__") in self.names else text

    @property
    def questions(self) -> set[str]:
        """Questions and bands whose answers stand in the results."""
        return {code.split("__", 1)[0] for code in self.results["indicator"] if "__" in code}


Sheets = tuple[Sheet, ...]
"""One sheet a declared typology; one without profiles where none is declared."""


def open_sheets(
    study: Study,
    unit: str,
    products: Sequence[pd.DataFrame],
    t: Catalogue,
    fallback: Label,
    *,
    given_names: bool = True,
) -> Sheets:
    """Make the sheets of a unit, with the names of the profiles in the language of the page.

    Parameters
    ----------
    study, unit, t, fallback
        See :class:`Sheet`.
    products : sequence of pandas.DataFrame
        ``landmarks`` (names and sizes), and what else is shown, after the gate.
    given_names : bool
        Whether the names that the study's file gives count.
    """
    together = results.concat(products)
    declared = [one.population for one in study.questionnaire.analysis.typology] or [""]
    named = names(study, together, t, given=given_names)
    structureless = together[(together["indicator"] == VERDICT) & (together["estimand"] == NO_STRUCTURE)]["population"]
    # an arbitrary division of people who have nothing in common is not shown as if it were profiles
    named = {one: own for one, own in named.items() if one not in set(structureless)}
    return tuple(
        Sheet(
            study,
            unit,
            one,
            together[together["population"] == one],
            t,
            named.get(one, {}),
            fallback,
            len(declared) == 1,
        )
        for one in declared
    )


def each(show: Callable[Concatenate[Sheet, P], Shown]) -> Callable[Concatenate[Sheets, P], Shown]:
    """Show something for each population, below its name where there are several."""

    @wraps(show)
    def shown(sheets: Sheets, /, *args: P.args, **kwargs: P.kwargs) -> Shown:
        if len(sheets) == 1:
            return show(sheets[0], *args, **kwargs)
        parts: list[Shown] = []
        for sheet in sheets:
            parts += [Heading(sheet.title, 3), show(sheet, *args, **kwargs)]
        return several(*parts)

    return shown


def of_profiles(show: Callable[Concatenate[Sheet, P], Shown]) -> Callable[Concatenate[Sheets, P], Shown]:
    """Show something for each population that has profiles, and one sentence for each that has none.

    Where the verdict is a continuum, each display says above it that its profiles are parts of one.
    """

    @each
    @wraps(show)
    def shown(sheet: Sheet, /, *args: P.args, **kwargs: P.kwargs) -> Shown:
        if not sheet.has_profiles:
            return no_profiles(sheet)
        made = show(sheet, *args, **kwargs)
        return several(parts_of_a_continuum(sheet), made) if sheet.is_continuum else made

    return shown


@dataclass(frozen=True, repr=False)
class Heading:
    """The name of a population or a profile, above what is shown of it."""

    text: str
    level: int

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<h{self.level}>{escape(self.text)}</h{self.level}>"


def parts_of_a_continuum(sheet: Sheet) -> Sentence:
    """Say what is called a profile where the answers hold gradual differences only."""
    return Sentence(sheet.t("A continuum cut into {n}: its parts, not groups that stand apart.", n=len(sheet.names)))


def no_profiles(sheet: Sheet) -> Sentence:
    """Say in one sentence why there are no profiles."""
    reasons = [*sheet.rows(VERDICT, estimand=NO_STRUCTURE)["reason"], *sheet.rows(UNASSIGNED)["group"]]
    return Sentence(
        sheet.t("No profiles: {reason}.", reason=sheet.t(reasons[0]) if reasons else sheet.t("nobody answered"))
    )
