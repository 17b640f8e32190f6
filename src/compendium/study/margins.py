"""The population that a study is about, and the published margins of it that answers may be weighted to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DefinitionError
from .questionnaire import Questionnaire
from .questions import Text

UNITS: Mapping[str, float | None] = {"share": 1.0, "%": 100.0, "persons": None, "thousand persons": None}
"""Units of a margin and what its values then sum to; counts may sum to anything."""
ROUNDED = 0.01
"""Published shares are rounded: how far their sum may lie from one, relatively."""


@dataclass(frozen=True)
class Population:
    """Whom a study is about: an identifier that margins name, and what to call these people, in the plural."""

    id: str
    name: Text


@dataclass(frozen=True)
class KnownMargin:
    """How the population of one country is known to be distributed.

    Attributes
    ----------
    country : str
        Country of the study.
    variable : str
        Question of one answer, or band variable, whose codes are counted.
    shares : Mapping of str to float
        Code -> share of the population, summing to 1.
    population : str
        Identifier of the population described: the study's.
    source : str
        Where the numbers are published.
    year : int
        Year that they describe.
    """

    country: str
    variable: str
    shares: Mapping[str, float]
    population: str
    source: str
    year: int


def read_margins(
    content: Sequence[Mapping[str, Any]],
    population: Population | None,
    questionnaire: Questionnaire,
    countries: Sequence[str],
    where: str,
) -> tuple[KnownMargin, ...]:
    """Read the margins of a study file.

    Raises
    ------
    DefinitionError
        A margin describes another population than the study's, names an unknown country, question or code, stands
        twice, or its shares do not sum to one.
    """
    found: dict[tuple[str, str], KnownMargin] = {}
    single = [name for name, question in questionnaire.questions.items() if question.type == "single"]
    legal = [*single, *(banding.id for banding in questionnaire.bands.values())]
    for one in content:
        country, variable = one["country"], one["variable"]
        place = f"{where}: margins.{country}.{variable}"
        if population is None:
            raise DefinitionError(f"{place}: the study does not say which population it is about; fill in 'population'")
        if one["population"] != population.id:
            raise DefinitionError(
                f"{place}: describes the population {one['population']!r}, not {population.id!r}: answers of one"
                " population are not weighted to another's margin"
            )
        if country not in countries:
            raise DefinitionError(f"{place}: {country!r} is not legal; legal are {', '.join(countries)}")
        if variable not in legal:
            raise DefinitionError(f"{place}: {variable!r} is not legal; legal are {', '.join(legal)}")
        codes = list(questionnaire.codes(variable))
        if unknown := [code for code in one["values"] if code not in codes]:
            raise DefinitionError(f"{place}: {unknown[0]!r} is not legal; legal are {', '.join(codes)}")
        if (country, variable) in found:
            raise DefinitionError(f"{place}: stands twice; once is legal")
        total, due = sum(one["values"].values()), UNITS[one["unit"]]
        if due is not None and abs(total / due - 1) > ROUNDED:
            raise DefinitionError(
                f"{place}: the values sum to {total:g}; legal is {due:g} for the unit {one['unit']!r}"
            )
        shares = {code: value / total for code, value in one["values"].items()}
        found[country, variable] = KnownMargin(country, variable, shares, population.id, one["source"], one["year"])
    return tuple(found.values())
