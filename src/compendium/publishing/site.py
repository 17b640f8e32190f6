"""The site around the pages: front page by question and by country, run report, marks on pages that are not new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import paths, text
from ..disclosure.audit import examine, write
from ..errors import CompendiumError
from ..reading import write_atomically
from ..study.study import Study
from ..text import Catalogue
from .checks import faults
from .front import content, origin_of, place_of, units_of
from .guide import write_guide
from .pages import Place, front_page, href, language_name, put_regions, regions, render
from .report_page import moment, values
from .search import content as search_content

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

    Raises
    ------
    DisclosureError
        What the pages show together would show a person, or something lies in the site that nobody examined: no front page
        is made then that leads there.
    """
    shown = [page for page in report.pages if page.shown != "absent"]
    _drop_languages(study)
    audit = examine(
        study.folder, [(page.unit, page.wave, page.language, page.what) for page in shown], study.disclosure
    )
    present = {place_of(page) for page in shown}
    for page in shown:
        _refresh(study, page, present)
    origins = {unit: origin_of(study, [page for page in shown if page.unit == unit]) for unit in units_of(study)}
    for language in study.languages:
        t = text.load(language)
        index, run = (front_page(study, language, name) for name in ("index", "report"))
        _write(
            study, t, "index", index, title=t.pick(study.title), **content(study, report, shown, origins, t, index, run)
        )
        _write(study, t, "report", run, title=t("Report of the last run"), **values(study, report, t, audit))
        find = front_page(study, language, "search")
        _write(study, t, "search", find, title=t("Search"), **search_content(study, present, t, find))
        write_guide(study, t)
    write(study.folder, audit)
    return front_page(study, study.languages[0])


def _refresh(study: Study, page: StepState, present: set[Place]) -> None:
    """Bring the links and the mark of a page up to date; nothing is written when they are."""
    place, t = place_of(page), text.load(page.language)
    path = place.path(study.folder)
    kept = moment(page.made_at, t) if page.shown == "kept" else ""
    html = path.read_text(encoding="utf-8")
    new = put_regions(html, regions(study, place, present, t, kept, page.message or t("its turn did not come")))
    if new != html:
        write_atomically(path, new.encode())


def _write(study: Study, t: Catalogue, name: str, at: Path, **values_of_page: Any) -> None:
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
        **values_of_page,
    )
    found = faults(html, values_of_page.get("script", ""))
    if found:
        raise CompendiumError(f"{paths.shown(at)}: the page {'; '.join(found)}")
    write_atomically(at, html.encode())


def _drop_languages(study: Study) -> None:
    """Remove front and report pages of languages that the study no longer has."""
    names = ("index", "report", "guide", "search")
    legal = {front_page(study, language, name) for language in study.languages for name in names}
    site = paths.site(study.folder)
    for name in names:
        for path in (site / f"{name}.html", *site.glob(f"*/{name}.html")):
            if path not in legal:
                path.unlink(missing_ok=True)
                path.with_suffix(".pdf").unlink(missing_ok=True)
