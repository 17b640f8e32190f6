"""What the front page leads to: pages by question and by country, and notices of what is missing or old."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import paths, text
from ..notebook import ORIGIN_NAMES
from ..reading import read_parquet
from ..results import weakest_origin
from ..study.study import Study
from ..text import Catalogue
from . import about
from .pages import Place, declared_places, front_page, href, short, title
from .report_page import moment

if TYPE_CHECKING:  # the chain calls this module; only the shape of its report is known here
    from ..run_report import RunReport, StepState


def place_of(page: StepState) -> Place:
    """Return where a page of the run report lies."""
    return Place(page.unit, page.wave, page.language, page.what)


def units_of(study: Study) -> list[str]:
    """Return the units as the front page names them: all countries together first."""
    return [study.pooled.code, *(country.code for country in study.countries)]


def content(
    study: Study,
    report: RunReport,
    shown: Sequence[StepState],
    origins: dict[str, str],
    t: Catalogue,
    at: Path,
    run: Path,
) -> dict[str, Any]:
    """Return what the template of the front page is filled with.

    Parameters
    ----------
    study : Study
        The study.
    report : RunReport
        What became of every page in the last run.
    shown : sequence of StepState
        The pages that are there.
    origins : dict of str to str
        Unit -> weakest origin of the answers that its pages rest on.
    t : Catalogue
        Language of the front page.
    at, run : Path
        Where front page and run report lie.
    """
    units = units_of(study)
    return {
        "origins": [(name, t(ORIGIN_NAMES[name])) for name in dict.fromkeys(origins.values()) if name],
        "notices": _notices(study, report, t),
        "report": href(at, run),
        "guide": href(at, front_page(study, t.language, "guide")),
        "questions": _questions(study, units, shown, t, at),
        "units": [
            {"name": study.name(unit, t.language), "groups": _groups(study, unit, shown, t, at)} for unit in units
        ],
        "answers_table": about.answers(study, origins, t),
        "partners_table": about.partners(study, t) if study.partners else "",
        "places_table": about.places(study, t),
        "citation": about.citation(t),
    }


def origin_of(study: Study, pages: Sequence[StepState]) -> str:
    """Return the weakest origin among the answers that the pages of a unit rest on; empty when none is there.

    It is read from what the pages published, not from what was received: the front page must also come out when a
    country's answers cannot be read.
    """
    one = {(page.wave, page.what): page for page in pages}.values()  # the languages of a page show the same numbers
    files = [paths.published(study.folder, page.unit, page.wave, page.language, page.what) for page in one]
    found = {origin for file in files for origin in read_parquet(file)["origin"]}
    return weakest_origin(found - {"context"}) if found - {"context"} else ""


def _notices(study: Study, report: RunReport, t: Catalogue) -> list[str]:
    said = []
    if report.outcome == "interrupted":
        said.append(t("The last run was interrupted; pages may be older than the answers."))
    for step in {(step.unit, step.what): step for step in reversed(report.failures())}.values():
        whose = study.name(step.unit, t.language) if step.unit in study.units else step.unit
        said.append(t("{unit}: {step} stopped. {message}", unit=whose, step=step.what, message=step.message))
    absent = [page for page in report.pages if page.shown == "absent" and page.status != "failed"]
    kept = [page for page in report.pages if page.shown == "kept"]
    for unit in study.units:
        gone = [short(title(page.what, t)) for page in absent if page.unit == unit]
        if gone:
            pages = t.join(list(dict.fromkeys(gone)))
            said.append(
                t("{unit}: these pages are not there: {pages}.", unit=study.name(unit, t.language), pages=pages)
            )
        dates = sorted({moment(page.made_at, t) for page in kept if page.unit == unit})
        if dates:
            name = study.name(unit, t.language)
            said.append(t("{unit}: shown is the last complete version, of {dates}.", unit=name, dates=t.join(dates)))
    return said


def _questions(
    study: Study, units: Sequence[str], shown: Sequence[StepState], t: Catalogue, at: Path
) -> list[dict[str, Any]]:
    asked = {
        "00_invitation": t("What is asked, and whose answers are missing?"),
        "01_collection": t("Who answered, and how?"),
        "02_cleaning": t("What was left out, and why?"),
        "03_typology": t("Who are the cultural entrepreneurs?"),
        "04_comparison": t("How do the answers of the countries differ?"),
        "04_economy": t("What do people live on?"),
        "04_facts": t("What do official figures say?"),
        "04_invariance": t("May groups be compared?"),
        "04_law": t("Who is protected, and what do law and policy say?"),
        "04_portrait": t("What stands out in one country?"),
        "04_themes": t("What do people speak of, and do readers agree on it?"),
        "04_voices": t("What do people in the field say, and do facts bear it out?"),
        "05_conditions": t("Which conditions go with exhaustion?"),
        "05_diagnosis": t("Who is at risk?"),
        "05_organisations": t("What do organisations offer, and what do they prevent?"),
        "05_signs": t("Which signs warn?"),
        "05_status": t("Does risk differ by status?"),
        "05_system": t("The system or the person?"),
        "07_needs": t("What do people need to learn, and what can a year cover?"),
        "06_pathways": t("What becomes of supported persons?"),
        "08_synthesis": t("What do the countries have in common?"),
    }
    found = []
    order = {one.notebook: at for at, one in enumerate(declared_places(study)[::-1])}
    for notebook in sorted({page.what for page in shown}, key=lambda name: (-order.get(name, 0), name)):
        pages = [
            {"href": href(at, place.path(study.folder)), "language": place.language, "text": _text(study, place, t)}
            for unit in units
            for place in _best([page for page in shown if page.unit == unit and page.what == notebook], t)
        ]
        found.append({"text": asked.get(notebook, title(notebook, t)), "title": title(notebook, t), "pages": pages})
    return found


def _best(pages: Sequence[StepState], t: Catalogue) -> list[Place]:
    """Return a page a wave: in the reader's language where there is one, else in the source language."""
    places = [place_of(page) for page in pages]
    own = [place for place in places if place.language == t.language]
    return own or [place for place in places if place.language == text.SOURCE_LANGUAGE] or places[:1]


def _text(study: Study, place: Place, t: Catalogue) -> str:
    name = study.name(place.unit, t.language)
    if len(study.waves) > 1:
        name = t("{name}, {wave}", name=name, wave=place.wave)
    return (
        name
        if place.language == t.language
        else t("{name} (in {language})", name=name, language=about.language_in(place.language, t))
    )


def _groups(study: Study, unit: str, shown: Sequence[StepState], t: Catalogue, at: Path) -> list[dict[str, Any]]:
    groups = []
    for wave in study.waves:
        for language in study.languages_of(unit):
            places = [place_of(page) for page in shown if (page.unit, page.wave, page.language) == (unit, wave, language)]
            words = t("Wave {wave}, in {language}", wave=wave, language=about.language_in(language, t))
            pages = [
                {
                    "href": href(at, place.path(study.folder)),
                    "language": language,
                    "text": title(place.notebook, text.load(language)),
                }
                for place in places
            ]
            if pages:
                groups.append({"text": words, "pages": pages})
    return groups
