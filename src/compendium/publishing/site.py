"""The site around the pages: front page by question and by country, run report, marks on pages that are not new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import babel
import pandas as pd

from .. import paths, text
from ..errors import CompendiumError
from ..notebook import ORIGIN_NAMES
from ..reading import read_parquet, read_yaml, write_atomically
from ..results import weakest_origin
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from .checks import faults
from .pages import Place, front_page, href, language_name, put_regions, regions, render, short, title
from .report_page import moment, values

if TYPE_CHECKING:  # the chain calls this module; only the shape of its report is known here
    from ..run_report import RunReport, StepState


def build_site(study: Study, report: RunReport) -> Path:
    """Make the front pages and the report pages, and mark the pages that the run could not make again.

    Parameters
    ----------
    study : Study
        The study.
    report : RunReport
        What became of every page in the last run.

    Returns
    -------
    Path
        The front page in the source language.
    """
    shown = [page for page in report.pages if page.shown != "absent"]
    present = {_place(page) for page in shown}
    for page in shown:
        _refresh(study, page, present)
    origins = {unit: _origin(study, [page for page in shown if page.unit == unit]) for unit in _units(study)}
    for language in study.languages:
        t = text.load(language)
        index, run = (front_page(study, language, name) for name in ("index", "report"))
        _write(
            study, t, "index", index, title=t.pick(study.title), **_front(study, report, shown, origins, t, index, run)
        )
        _write(study, t, "report", run, title=t("Report of the last run"), **values(study, report, t))
    _drop_languages(study)
    return front_page(study, study.languages[0])


def _place(page: StepState) -> Place:
    return Place(page.unit, page.wave, page.language, page.what)


def _refresh(study: Study, page: StepState, present: set[Place]) -> None:
    """Bring the links and the mark of a page up to date; nothing is written when they are."""
    place, t = _place(page), text.load(page.language)
    path = place.path(study.folder)
    kept = moment(page.made_at, t) if page.shown == "kept" else ""
    html = path.read_text(encoding="utf-8")
    new = put_regions(html, regions(study, place, present, t, kept, page.message or t("its turn did not come")))
    if new != html:
        write_atomically(path, new.encode())


def _write(study: Study, t: Catalogue, name: str, at: Path, **content: Any) -> None:
    languages = [
        {
            "code": other,
            "name": language_name(other),
            "href": "" if other == t.language else href(at, front_page(study, other, name)),
        }
        for other in study.languages
    ]
    html = render(
        f"{name}.html.j2",
        t,
        at=at,
        home=front_page(study, t.language),
        study_title=t.pick(study.title),
        languages=languages if len(languages) > 1 else [],
        **content,
    )
    found = faults(html)
    if found:
        raise CompendiumError(f"{paths.shown(at)}: the page {'; '.join(found)}")
    write_atomically(at, html.encode())


def _units(study: Study) -> list[str]:
    """Return the units as the front page names them: all countries together first."""
    return [study.pooled.code, *(country.code for country in study.countries)]


def _front(
    study: Study,
    report: RunReport,
    shown: Sequence[StepState],
    origins: dict[str, str],
    t: Catalogue,
    at: Path,
    run: Path,
) -> dict[str, Any]:
    units = _units(study)
    return {
        "origins": [(name, t(ORIGIN_NAMES[name])) for name in dict.fromkeys(origins.values()) if name],
        "notices": _notices(study, report, t),
        "report": href(at, run),
        "questions": _questions(study, units, shown, t, at),
        "units": [
            {"name": study.name(unit, t.language), "groups": _groups(study, unit, shown, t, at)} for unit in units
        ],
        "answers_table": _answers(study, origins, t),
        "partners_table": _partners(study, t) if study.partners else "",
        "places_table": _places(study, t),
        "citation": _citation(t),
    }


def _origin(study: Study, pages: Sequence[StepState]) -> str:
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
        "04_facts": t("What do official figures say?"),
        "04_invariance": t("May groups be compared?"),
        "04_law": t("Who is protected, and what do law and policy say?"),
        "05_diagnosis": t("Who is at risk?"),
        "08_synthesis": t("What do the countries have in common?"),
    }
    found = []
    for notebook in sorted({page.what for page in shown}):
        pages = [
            {"href": href(at, place.path(study.folder)), "language": place.language, "text": _text(study, place, t)}
            for unit in units
            for place in _best([page for page in shown if page.unit == unit and page.what == notebook], t)
        ]
        found.append({"text": asked.get(notebook, title(notebook, t)), "title": title(notebook, t), "pages": pages})
    return found


def _best(pages: Sequence[StepState], t: Catalogue) -> list[Place]:
    """Return a page a wave: in the reader's language where there is one, else in the source language."""
    places = [_place(page) for page in pages]
    own = [place for place in places if place.language == t.language]
    return own or [place for place in places if place.language == text.SOURCE_LANGUAGE] or places[:1]


def _text(study: Study, place: Place, t: Catalogue) -> str:
    name = study.name(place.unit, t.language)
    if len(study.waves) > 1:
        name = t("{name}, {wave}", name=name, wave=place.wave)
    return (
        name
        if place.language == t.language
        else t("{name} (in {language})", name=name, language=_named(place.language, t))
    )


def _named(language: str, t: Catalogue) -> str:
    return babel.Locale(language).get_display_name(t.language) or language


def _groups(study: Study, unit: str, shown: Sequence[StepState], t: Catalogue, at: Path) -> list[dict[str, Any]]:
    groups = []
    for wave in study.waves:
        for language in study.languages_of(unit):
            places = [_place(page) for page in shown if (page.unit, page.wave, page.language) == (unit, wave, language)]
            words = t("Wave {wave}, in {language}", wave=wave, language=_named(language, t))
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


def _answers(study: Study, origins: dict[str, str], t: Catalogue) -> str:
    words = {
        "synthetic": t("synthetic: drawn by a declared generator"),
        "real": t("real: received by this study"),
        "real_other": t("real: a survey by others, not findings of this study"),
        "": t("none: no page shows answers"),
    }
    frame = pd.DataFrame(
        {
            t("Country"): [study.name(unit, t.language) for unit in origins],
            t("Answers"): [words[found] for found in origins.values()],
            t("Languages of the pages"): [
                t.join([_named(language, t) for language in study.languages_of(unit)]) for unit in origins
            ],
        }
    )
    return Table(frame, t("Origin of the answers, by country"), t)._repr_html_()


def _partners(study: Study, t: Catalogue) -> str:
    def country(code: str, confidence: str) -> str:
        name = study.name(code, t.language) if code in study.units else code
        return t("{country} (to verify)", country=name) if confidence == "to verify" else name

    frame = pd.DataFrame(
        {
            t("Partner"): [partner.name for partner in study.partners],
            t("Country"): [country(partner.country, partner.confidence) for partner in study.partners],
            t("Place"): [partner.place for partner in study.partners],
            t("What it is"): [t.pick(partner.what) for partner in study.partners],
            t("Supervises"): [
                "; ".join(t.pick(part.title) for part in study.parts if partner.id in part.supervised_by)
                or t("no part")
                for partner in study.partners
            ],
        }
    )
    note = (
        t("To verify: no source read so far states it.")
        if any(p.confidence == "to verify" for p in study.partners)
        else ""
    )
    return Table(frame, t("Partners, and the parts of the study they supervise in pairs"), t, note=note)._repr_html_()


def _places(study: Study, t: Catalogue) -> str:
    rows = [
        (t("Pages"), "processed/site/<language>/<country>/<wave>/<page>.html"),
        (
            t("Every number a page shows, with interval, n, source and origin"),
            "processed/<country>/<wave>/<language>/<page>.published.parquet",
        ),
        (t("Executed notebooks"), "processed/<country>/<wave>/<language>/<page>.ipynb"),
        (t("Products the pages are made from"), "processed/<country>/<wave>/<product>.parquet"),
        (t("Answers and country facts as received, with their provenance"), "raw/"),
        (t("What the study is: countries, partners, waves, thresholds"), "study.yml"),
        (t("What each run made, from which inputs"), "processed/runs/<run>/"),
    ]
    frame = pd.DataFrame(rows, columns=[t("What"), t("Where, in the folder of the study")])
    return Table(frame, t("Files behind this site"), t)._repr_html_()


def _citation(t: Catalogue) -> list[tuple[str, str]]:
    found = read_yaml(paths.REPOSITORY / "CITATION.cff")
    authors = [
        author["name"] if "name" in author else f"{author['family-names']}, {author['given-names']}"
        for author in found["authors"]
    ]
    version = f"{t('version')} {found['version']}" if "version" in found else ""
    address = found.get("url") or found.get("repository-code", "")
    cited = ". ".join(
        filter(None, ["; ".join(authors), found["title"], version, str(found.get("date-released", "")), address])
    )
    licences = found.get("license", [])
    data = next(
        (
            line.strip("# ")
            for line in (paths.REPOSITORY / "LICENSE-DATA").read_text(encoding="utf-8").splitlines()
            if line.strip()
        ),
        "",
    )
    return [
        (t("How to cite"), f"{cited}."),
        (t("Licence of the program"), licences if isinstance(licences, str) else ", ".join(licences)),
        (t("Licence of data, texts and pages"), data),
    ]


def _drop_languages(study: Study) -> None:
    """Remove front and report pages of languages that the study no longer has."""
    legal = {front_page(study, language, name) for language in study.languages for name in ("index", "report")}
    site = paths.site(study.folder)
    for name in ("index", "report"):
        for path in (site / f"{name}.html", *site.glob(f"*/{name}.html")):
            if path not in legal:
                path.unlink(missing_ok=True)
