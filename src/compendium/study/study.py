"""The study as data: ``study.yml`` and everything it names, held against ``schemas/study.json``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import paths, text
from ..errors import CompendiumError, DefinitionError
from ..reading import read_yaml
from .questionnaire import Questionnaire, Text, in_language
from .questionnaire_file import load_questionnaire


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
class Study:
    """A study: a folder with ``study.yml``, ``raw/`` and ``processed/``.

    Attributes
    ----------
    folder : Path
        The study's folder.
    id : str
        Short name, which stands in every result.
    title : Text
        Title by language.
    countries : tuple of Unit
        Partner countries, in the file's order.
    pooled : Unit
        All partner countries together, with equal weight for each.
    partners, parts : tuple
        The consortium; the parts of the study.
    waves, languages : tuple of str
        Waves of the survey; languages of the front page.
    disclosure : Rules
        Thresholds of the gate.
    seed : int
        Seed of everything drawn at random.
    questionnaire : Questionnaire
        What was asked.
    answers : Mapping or None
        One file that holds the answers of all countries, where the study has such a one.
    """

    folder: Path
    id: str
    title: Text
    countries: tuple[Unit, ...]
    pooled: Unit
    partners: tuple[Partner, ...]
    parts: tuple[Part, ...]
    waves: tuple[str, ...]
    languages: tuple[str, ...]
    disclosure: Rules
    seed: int
    questionnaire: Questionnaire
    answers: Mapping[str, Any] | None

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the countries, then of the pooled unit."""
        return (*(country.code for country in self.countries), self.pooled.code)

    def country(self, code: str) -> Unit:
        """Return a country of the study, or the pooled unit, by its code."""
        for unit in (*self.countries, self.pooled):
            if unit.code == code:
                return unit
        raise CompendiumError(
            f"{paths.shown(paths.study_file(self.folder))}: the country {code!r} is not in the study; legal are {', '.join(self.units)}"
        )

    def is_pooled(self, unit: str) -> bool:
        """Tell whether a unit is all countries together."""
        return unit == self.pooled.code

    def name(self, unit: str, language: str) -> str:
        """Return the name of a unit in a language."""
        return in_language(self.country(unit).name, language)

    def languages_of(self, unit: str) -> tuple[str, ...]:
        """Return the languages in which the pages of a unit are made."""
        return self.country(unit).pages


def load_study(folder: Path) -> Study:
    """Load a study from its folder.

    Parameters
    ----------
    folder : Path
        Folder that holds ``study.yml``.

    Raises
    ------
    DefinitionError
        The file is missing or breaks its schema, a code stands twice, a partner or language is unknown: one sentence
        that names file, key and legal values.
    """
    path = paths.study_file(folder)
    content = read_yaml(path, "study")
    where = paths.shown(path)
    _once(where, "countries", [country["code"] for country in content["countries"]] + [content["pooled"]["code"]])
    partners = tuple(Partner(source=entry.pop("source", ""), **entry) for entry in content.get("partners", ()))
    _once(where, "partners", [partner.id for partner in partners])
    parts = tuple(
        Part(entry["id"], entry["title"], tuple(entry["supervised_by"])) for entry in content.get("parts", ())
    )
    for part in parts:
        _legal(where, f"parts.{part.id}.supervised_by", part.supervised_by, [partner.id for partner in partners])
    countries = tuple(_unit(country) for country in content["countries"])
    pooled = _unit({**content["pooled"], "languages": ()})
    for unit in (*countries, pooled):
        _legal(where, f"countries.{unit.code}.pages", unit.pages, text.languages())
    _legal(where, "languages", content["languages"], text.languages())
    return Study(
        folder=folder,
        id=content["id"],
        title=content["title"],
        countries=countries,
        pooled=pooled,
        partners=partners,
        parts=parts,
        waves=tuple(content["waves"]),
        languages=tuple(content["languages"]),
        disclosure=Rules(**content["disclosure"]),
        seed=content["seed"],
        questionnaire=load_questionnaire(content["questionnaire"], where),
        answers=content.get("answers"),
    )


def _unit(entry: Mapping[str, Any]) -> Unit:
    return Unit(
        entry["code"], entry["name"], tuple(entry["languages"]), tuple(entry.get("pages", (text.SOURCE_LANGUAGE,)))
    )


def _once(where: str, key: str, names: list[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DefinitionError(f"{where}: {key}: {twice[0]!r} stands twice; once is legal")


def _legal(where: str, key: str, names: tuple[str, ...] | list[str], known: list[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise DefinitionError(f"{where}: {key}: {unknown[0]!r} is not legal; legal are {', '.join(known)}")
