"""The study as data: ``study.yml`` and everything it names, held against ``schemas/study.json``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import paths, text
from ..errors import CompendiumError, DefinitionError
from ..reading import read_yaml
from .elements import Contacts, Helpline, Margins, Part, Partner, Rules, Switch, Unit, Used
from .instrument_wordings import as_module
from .instruments import load_instrument
from .margins import KnownMargin, Population, read_margins
from .questionnaire import Questionnaire
from .questionnaire_file import load_questionnaire
from .questions import Text, in_language
from .shared_answers import SharedAnswers, read_shared


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
        What was asked anywhere.
    targets : Mapping of str to Mapping of (variable, code) to int
        Country -> how many answers are wanted from whom; the empty variable and code stand for all of them together.
    contacts : Mapping of str to Contacts
        Country -> what its forms say of the partner.
    switches : tuple of Switch
        Modules that are asked against their default.
    instruments : tuple of Used
        Published instruments that the study asks besides, each a module of the questionnaire.
    answers : Mapping or None
        One file that holds the answers of all countries, where the study has such a one.
    population : Population or None
        Whom the study is about, where the file says so.
    margins : tuple of KnownMargin
        Published distributions of that population, which answers are weighted to.
    proportional_to : str
        Indicator of the country facts that says how large each country is; empty where the file names none.
    equivalence : Margins
        From when on a difference between countries counts as none.
    composition : tuple of str
        Variables that are made alike when countries are compared, the most important first; empty where none is named.
    microdata : SharedAnswers or None
        Which answers of persons may be shared; None where the file says nothing, and then none may.
    territories : Mapping of str to Mapping of str to str
        Country -> code and name of the territories of its support pathway; countries without such pathways are not in it.
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
    targets: Mapping[str, Mapping[tuple[str, str], int]]
    contacts: Mapping[str, Contacts]
    switches: tuple[Switch, ...]
    instruments: tuple[Used, ...]
    answers: Mapping[str, Any] | None
    population: Population | None
    margins: tuple[KnownMargin, ...]
    proportional_to: str
    equivalence: Margins
    composition: tuple[str, ...]
    microdata: SharedAnswers | None
    territories: Mapping[str, Mapping[str, str]]

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

    def form(self, country: str, wave: str) -> Questionnaire:
        """Return the questionnaire as it is asked in one country and wave: without the modules that are switched off."""
        return self.questionnaire.of(_asked(self.questionnaire, self.switches, country, wave))

    def filled(self, words: Text, country: str, language: str) -> str:
        """Return a text of the form with what the country's partner fills in; what is not known yet is said to be so."""
        t, contacts = text.load(language), self.contacts.get(country, Contacts())
        lines = [
            f"{line.name}: {line.contact}" + ("" if line.checked else f" ({t('to be checked by the partner')})")
            for line in contacts.help
        ]
        known = {
            "partner": contacts.partner,
            "withdrawal_contact": contacts.withdrawal,
            "retention": contacts.retention,
            "help_contacts": "\n".join(lines),
        }
        open_ = f"[{t('to be filled in by the partner')}]"
        return in_language(words, language).format(**{key: value or open_ for key, value in known.items()})

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
    modules = [
        Switch(one["module"], one["asked"], tuple(one.get("countries", ())), tuple(one.get("waves", ())))
        for one in content.get("modules", ())
    ]
    questionnaire = load_questionnaire(content["questionnaire"], where)
    used = tuple(
        Used(load_instrument(one["id"], f"{where}: instruments"), one.get("coding", ""), tuple(one.get("left_out", ())))
        for one in content.get("instruments", ())
    )
    if used:
        added = [_asked_of(one, questionnaire.languages) for one in used]
        questionnaire = load_questionnaire(content["questionnaire"], where, added)
    for switch in modules:
        _legal(where, "modules", [switch.module], list(questionnaire.modules))
        _legal(where, f"modules.{switch.module}.countries", switch.countries, [unit.code for unit in countries])
        _legal(where, f"modules.{switch.module}.waves", switch.waves, content["waves"])
    _legal(where, "composition", content.get("composition", []), _with_codes(questionnaire))
    population = Population(**content["population"]) if "population" in content else None
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
        questionnaire=_switched(questionnaire, modules, [unit.code for unit in countries], content["waves"]),
        targets=_targets(content.get("targets", {}), questionnaire, [unit.code for unit in countries], where),
        contacts=_contacts(content.get("contacts", {}), [unit.code for unit in countries], where),
        switches=tuple(modules),
        instruments=used,
        answers=content.get("answers"),
        population=population,
        margins=read_margins(
            content.get("margins", ()), population, questionnaire, [unit.code for unit in countries], where
        ),
        proportional_to=content["pooled"].get("proportional_to", ""),
        equivalence=Margins(**content.get("equivalence", {})),
        composition=tuple(content.get("composition", ())),
        microdata=read_shared(
            content.get("microdata"), ["country", *_with_codes(questionnaire)], list(questionnaire.modules), where
        ),
        territories=_territories(content.get("pathways", {}), [unit.code for unit in countries], where),
    )


def _with_codes(questionnaire: Questionnaire) -> list[str]:
    """Return the variables that give every person one code: questions with one answer, and bands of a number."""
    single = [question.id for question in questionnaire.questions.values() if question.type == "single"]
    return [*single, *(banding.id for banding in questionnaire.bands.values())]


def _unit(entry: Mapping[str, Any]) -> Unit:
    return Unit(
        entry["code"], entry["name"], tuple(entry["languages"]), tuple(entry.get("pages", (text.SOURCE_LANGUAGE,)))
    )


def _asked_of(used: Used, languages: Sequence[str]) -> dict[str, Any]:
    """Return the module of an instrument without the items that the study leaves out."""
    module = as_module(used.instrument, languages)
    return {**module, "questions": [one for one in module["questions"] if one["id"] not in used.left_out]}


def _asked(questionnaire: Questionnaire, switches: Sequence[Switch], country: str, wave: str) -> frozenset[str]:
    """Return the modules asked in a country and wave; the last switch that names a module decides."""
    asked = {name: not module.optional for name, module in questionnaire.modules.items()}
    for switch in switches:
        if country in (switch.countries or (country,)) and wave in (switch.waves or (wave,)):
            asked[switch.module] = switch.asked
    return frozenset(name for name, is_asked in asked.items() if is_asked)


def _switched(
    questionnaire: Questionnaire, switches: Sequence[Switch], countries: Sequence[str], waves: Sequence[str]
) -> Questionnaire:
    """Return the questionnaire with the modules asked anywhere, and where each of them is not."""
    by_place = {
        (country, wave): _asked(questionnaire, switches, country, wave) for country in countries for wave in waves
    }
    anywhere = frozenset[str]().union(*by_place.values())
    not_asked = {
        module: frozenset(place for place, asked in by_place.items() if module not in asked) for module in anywhere
    }
    return replace(questionnaire.of(anywhere), not_asked={name: places for name, places in not_asked.items() if places})


def _targets(
    content: Mapping[str, Any], questionnaire: Questionnaire, countries: list[str], where: str
) -> dict[str, dict[tuple[str, str], int]]:
    _legal(where, "targets", list(content), countries)
    targets: dict[str, dict[tuple[str, str], int]] = {}
    for country, wanted in content.items():
        targets[country] = {("", ""): wanted["respondents"]} if "respondents" in wanted else {}
        for variable, counts in wanted.get("by", {}).items():
            place = f"targets.{country}.by"
            _legal(where, place, [variable], [q.id for q in questionnaire.questions.values() if q.type == "single"])
            _legal(where, f"{place}.{variable}", list(counts), list(questionnaire.codes(variable)))
            targets[country] |= {(variable, code): count for code, count in counts.items()}
    return targets


def _contacts(content: Mapping[str, Any], countries: list[str], where: str) -> dict[str, Contacts]:
    _legal(where, "contacts", list(content), countries)
    return {
        country: Contacts(
            partner=entry.get("partner") or "",
            form=entry.get("form") or "",
            withdrawal=entry.get("withdrawal") or "",
            retention=entry.get("retention") or "",
            help=tuple(
                Helpline(one["name"], one["contact"], one["noted"], one.get("checked") or "", one["source"])
                for one in entry.get("help", ())
            ),
        )
        for country, entry in content.items()
    }


def _territories(content: Mapping[str, Any], countries: list[str], where: str) -> dict[str, dict[str, str]]:
    _legal(where, "pathways", list(content), countries)
    _once(where, "pathways.territories", [code for entry in content.values() for code in entry["territories"]])
    return {country: dict(entry["territories"]) for country, entry in content.items()}


def _once(where: str, key: str, names: list[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DefinitionError(f"{where}: {key}: {twice[0]!r} stands twice; once is legal")


def _legal(where: str, key: str, names: tuple[str, ...] | list[str], known: list[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise DefinitionError(f"{where}: {key}: {unknown[0]!r} is not legal; legal are {', '.join(known)}")
