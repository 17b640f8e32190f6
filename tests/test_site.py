"""The site: what is there is linked, what is not is named, what is old says so."""

import base64
import hashlib
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from minichain import write_study
from test_export import BANNER
from test_tables import COMMON

from compendium import paths, reading, results, text
from compendium.publishing.about import partners
from compendium.publishing.checks import faults
from compendium.publishing.export import export
from compendium.publishing.pages import declared_places, front_page
from compendium.publishing.search import Entry, entries, script
from compendium.publishing.site import build_site
from compendium.run_report import RunReport, StepState
from compendium.study.study import Study, load_study

AT = "2026-11-20T08:00:00+00:00"
FIRST, SECOND = "01_collection", "02_cleaning"


class Links(HTMLParser):
    """Collect the links of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.targets: set[Path] = set()
        self._page = page
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "a" and not address.startswith("#"):
            self.targets.add((self._page.parent / address).resolve())


def make_page(study: Study, unit: str, language: str, notebook: str) -> None:
    """Put an executed notebook and its page where the chain would."""
    import nbformat

    executed = paths.executed(study.folder, unit, "2026", language, notebook)
    executed.parent.mkdir(parents=True, exist_ok=True)
    shown = nbformat.v4.new_output("display_data", data={"text/html": BANNER})
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("x", outputs=[shown])]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), executed)
    frame = results.make([{"estimate": 40.0, "n": 50}], **{**COMMON, "country": unit})
    reading.write_parquet(paths.published(study.folder, unit, "2026", language, notebook), frame)
    page = paths.page(study.folder, unit, "2026", language, notebook)
    export(executed, page, study=study.folder, unit=unit, wave="2026", language=language)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, RunReport]:
    """Return a study whose pages are all there, and the report of the run that made them."""
    folder = tmp_path_factory.mktemp("site") / "study"
    write_study(folder)
    study = load_study(folder)
    steps = []
    for place in declared_places(study):
        if place.notebook in (FIRST, SECOND):
            make_page(study, place.unit, place.language, place.notebook)
            steps.append(
                StepState(
                    place.unit,
                    "2026",
                    place.language,
                    place.notebook,
                    "made",
                    "current",
                    AT,
                    seconds=1.5,
                    memory_mb=200,
                )
            )
    assert len(steps) == 8, "two notebooks for two countries in English, for all together in English and French"
    product = StepState("AA", "2026", "", "collected", "made", "current", AT)
    return study, RunReport("0001_x", study.id, AT, AT, "complete", "abc", False, pages=steps, products=[product])


def with_step(report: RunReport, unit: str, notebook: str, **changes: object) -> RunReport:
    """Return the report with other states for the pages of one notebook of a unit."""
    pages = [replace(page, **changes) if (page.unit, page.what) == (unit, notebook) else page for page in report.pages]  # type: ignore[arg-type]
    return replace(report, outcome="failed", pages=pages)


def test_the_front_page_links_every_page_and_no_page_has_a_fault(made: tuple[Study, RunReport]) -> None:
    study, report = made
    index = build_site(study, report)
    assert index == paths.site(study.folder) / "index.html"
    linked = Links(index).targets
    for page in report.pages:
        if page.language == "en":
            assert paths.page(study.folder, page.unit, "2026", page.language, page.what) in linked
    for page in paths.site(study.folder).rglob("*.html"):
        assert faults(page.read_text(encoding="utf-8"), script() if page.name == "search.html" else "") == []
        assert all(target.is_file() for target in Links(page).targets - {page}), page


def test_the_search_page_lists_what_is_there_and_runs_one_script_by_its_hash(made: tuple[Study, RunReport]) -> None:
    study, report = made
    build_site(study, report)
    page = paths.site(study.folder) / "search.html"
    html = page.read_text(encoding="utf-8")
    english = [one for one in report.pages if one.language == "en"]
    assert html.count("<li><a href=") >= len(english)
    for one in english:
        assert paths.page(study.folder, one.unit, "2026", "en", one.what) in Links(page).targets
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in unescape(html)
    assert html.count("<script") == 1
    assert "script-src" not in (paths.site(study.folder) / "index.html").read_text(encoding="utf-8")
    for other in (html.replace(script(), script() + " "), html.replace("<script>", '<script src="x.js">')):
        assert any("script" in one for one in faults(other, script()))
    assert any("script" in one for one in faults(html))


def test_what_can_be_found_on_a_page_has_its_place() -> None:
    html = """<h1>Risks</h1><h2 id="section-1">Who <em>is</em> exposed</h2><table><caption id="table-1">By country</caption></table>
    <figure id="figure-1"><figcaption>By <b>family</b></figcaption>
    <table><caption>Data of this figure: By family</caption></table></figure><h3>Not listed</h3>"""
    assert entries(html) == [
        Entry("page", "Risks", ""),
        Entry("section", "Who is exposed", "section-1"),
        Entry("table", "By country", "table-1"),
        Entry("figure", "By family", "figure-1"),
    ]


def test_the_front_page_says_that_answers_are_synthetic(made: tuple[Study, RunReport]) -> None:
    html = build_site(*made).read_text(encoding="utf-8")
    assert 'class="origin origin-synthetic"' in html
    assert html.index("Synthetic answers") < html.index('id="questions"')


def test_building_again_changes_no_page(made: tuple[Study, RunReport]) -> None:
    study, report = made
    build_site(study, report)
    before = {path: path.read_bytes() for path in paths.site(study.folder).rglob("*.html")}
    build_site(study, report)
    assert before == {path: path.read_bytes() for path in paths.site(study.folder).rglob("*.html")}


def test_a_failed_country_is_named_with_its_cell_and_not_linked(made: tuple[Study, RunReport]) -> None:
    study, report = made
    message = "code cell 3 of 9 ('page.table()') stopped with ValueError: <b>no</b>"
    failed = with_step(report, "AA", SECOND, status="failed", shown="absent", made_at="", message=message)
    for file in (paths.page, paths.published):
        file(study.folder, "AA", "2026", "en", SECOND).unlink()  # as the chain withdraws what failed
    html = build_site(study, failed).read_text(encoding="utf-8")
    assert "AA: 02_cleaning stopped. code cell 3 of 9" in html
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    gone = paths.page(study.folder, "AA", "2026", "en", SECOND)
    for page in (front_page(study, "en"), paths.page(study.folder, "AA", "2026", "en", FIRST)):
        assert gone not in Links(page).targets
    assert "stopped with an error" in front_page(study, "en", "report").read_text(encoding="utf-8")
    make_page(study, "AA", "en", SECOND)
    build_site(study, report)


def test_a_kept_version_is_marked_with_its_date_until_it_is_made_again(made: tuple[Study, RunReport]) -> None:
    study, report = made
    kept = with_step(report, "EU", FIRST, status="blocked", shown="kept", message="needs AA/2026/answers")
    index = build_site(study, kept).read_text(encoding="utf-8")
    english, french = (paths.page(study.folder, "EU", "2026", language, FIRST) for language in ("en", "fr"))
    assert "EU: shown is the last complete version, of 20 November 2026, 08:00 UTC." in index
    assert "last complete version, of 20 November 2026" in english.read_text(encoding="utf-8")
    assert "dernière version complète, du 20 novembre 2026" in french.read_text(encoding="utf-8")
    build_site(study, report)
    assert "last complete version" not in english.read_text(encoding="utf-8")


def test_a_study_without_any_page_still_gets_a_front_page_that_says_so(tmp_path: Path) -> None:
    write_study(tmp_path / "study")
    study = load_study(tmp_path / "study")
    nothing = RunReport("0001_x", study.id, AT, AT, "interrupted", "", True, running=["AA/2026/collected"])
    html = build_site(study, nothing).read_text(encoding="utf-8")
    assert "No page could be made." in html and "The last run was interrupted" in html


def test_front_pages_of_dropped_languages_go(made: tuple[Study, RunReport]) -> None:
    study, report = made
    both = replace(study, languages=("en", "fr"))
    build_site(both, report)
    french = front_page(both, "fr")
    assert '<html lang="fr">' in french.read_text(encoding="utf-8")
    assert "Par question" in french.read_text(encoding="utf-8")
    build_site(study, report)
    assert not french.exists()


def test_what_is_to_verify_about_a_partner_is_visible() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    doubtful = [partner for partner in study.partners if partner.confidence == "to verify"]
    assert doubtful, "this study has such a partner"
    html = partners(study, text.load("en"))
    assert html.count("(to verify)") == len(doubtful)
    assert "no source read so far states it" in html
