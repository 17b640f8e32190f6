"""The audit log: every page has its entry, a planted breach stops the build, and no number withheld is ever in it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from test_site import AT, COMMON, FIRST, SECOND, make_page, write_study

from compendium import paths, reading, results, text
from compendium.commands.audit import show
from compendium.disclosure import Rules, hold_files, protect, rounded
from compendium.disclosure.audit import LOG, Audit, Entry, by_unit, examine, read, verify, write
from compendium.errors import DisclosureError
from compendium.publishing import site
from compendium.publishing.protection_page import protection
from compendium.publishing.site import build_site
from compendium.run_report import RunReport, StepState
from compendium.study.study import Study, load_study

PLACES = [("AA", "2026", "en", FIRST), ("BB", "2026", "en", FIRST), ("EU", "2026", "en", SECOND), ("EU", "2026", "fr", SECOND)]
SECRET = 61.803


def _frame(unit: str) -> pd.DataFrame:
    rows = [
        {"group_by": "status", "group": name, "estimate": 100 * hit / n, "ci_low": 100 * hit / n - 5,
         "ci_high": 100 * hit / n + 5, "n": float(n), "unit": "%", "method": "share"}
        for name, hit, n in (("a", 30, 61), ("b", 2, 40), ("c", 25, 52), ("d", 40, 90))
    ]  # fmt: skip
    rows.append({"estimate": SECRET, "n": 7.0, "unit": "points of 100", "method": "mean"})
    found = results.make(rows, **{**COMMON, "country": unit, "indicator": "exposed"})
    official = results.make([{"estimate": 12.3456, "indicator": "jobs", "country": unit}], origin="context")
    return results.concat([rounded(protect(found, Rules(10))), official])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a study with four pages, of which each withholds something."""
    folder = tmp_path_factory.mktemp("audit") / "study"
    write_study(folder)
    study = load_study(folder)
    for unit, _, language, notebook in PLACES:
        make_page(study, unit, language, notebook)
        reading.write_parquet(paths.published(study.folder, unit, "2026", language, notebook), _frame(unit))
    return folder


@pytest.fixture
def study(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a copy of it."""
    monkeypatch.setattr(site, "write_guide", lambda *_: None)  # it takes seconds, and has tests of its own
    return load_study(Path(shutil.copytree(whole, tmp_path / "study")))


@pytest.fixture
def report(study: Study) -> RunReport:
    steps = [StepState(*place, "made", "current", AT) for place in PLACES]
    return RunReport("0001_x", study.id, AT, AT, "complete", "abc", False, pages=steps)


def _published(study: Study, at: int = 0) -> Path:
    return paths.published(study.folder, *PLACES[at])


def test_every_page_has_its_entry_with_what_each_rule_withheld(study: Study, report: RunReport) -> None:
    build_site(study, report)
    log = read(study.folder)
    assert [entry.place for entry in log.entries] == sorted(PLACES)
    first = log.entries[0]
    # of five numbers: b by its count, with a complement beside it, and the mean of seven persons
    assert (first.examined, first.withheld, first.rounded, first.official) == (5, 3, 2, 1)
    assert first.by_rule == {"cell": 1, "complement": 1, "count": 1}
    assert log.rules["minimum_cell"] == study.disclosure.minimum_cell and len(log.rules["hash"]) == 16
    assert "index.html" in {Path(name).name for name in log.front}


def test_no_number_withheld_stands_in_the_log(study: Study, report: RunReport) -> None:
    build_site(study, report)
    lines = [json.loads(line) for line in (paths.site(study.folder) / LOG).read_text(encoding="utf-8").splitlines()]
    legal = {"kind", *Entry.__dataclass_fields__}
    for line in lines[2:]:
        assert set(line) <= legal | {"file"}
    numbers = [value for line in lines if line["kind"] == "page" for value in line.values() if isinstance(value, float)]
    assert not numbers, "counts alone"
    assert "61.8" not in json.dumps(lines) and '"a"' not in json.dumps(lines)


def test_the_same_site_gives_the_same_bytes(study: Study, report: RunReport) -> None:
    build_site(study, report)
    before = (paths.site(study.folder) / LOG).read_bytes()
    build_site(study, report)
    assert (paths.site(study.folder) / LOG).read_bytes() == before


def _too_fine(study: Study) -> None:
    frame = reading.read_parquet(_published(study))
    frame.loc[frame["estimate"].notna() & (frame["origin"] != "context"), "estimate"] += 0.25
    frame["ci_high"] = frame["ci_high"] + 1
    reading.write_parquet(_published(study), frame)


def _few(study: Study) -> None:
    frame = reading.read_parquet(_published(study))
    shown = ~frame["suppressed"] & (frame["origin"] != "context")
    frame.loc[shown, "n"] = 4.0
    reading.write_parquet(_published(study), frame)


def _half_blank(study: Study) -> None:
    frame = reading.read_parquet(_published(study))
    frame.loc[frame["suppressed"], "n"] = 7.0
    reading.write_parquet(_published(study), frame)


def _one_language_shows(study: Study) -> None:
    frame = reading.read_parquet(_published(study, 3))
    blank = frame.index[frame["suppressed"] & (frame["group"] == "b")][0]
    frame.loc[blank, ["estimate", "n"]] = [30.0, 40.0]
    frame.loc[blank, ["suppressed", "suppression_reason"]] = [False, ""]
    reading.write_parquet(_published(study, 3), frame)


def _unknown_page(study: Study) -> None:
    page = paths.page(study.folder, "AA", "2026", "en", "99_extra")
    reading.write_atomically(page, b"<p>7 of 9 are exhausted</p>")


def _unknown_file(study: Study) -> None:
    reading.write_atomically(paths.site(study.folder) / "en" / "answers.xlsx", b"PK")


def _unknown_numbers(study: Study) -> None:
    reading.write_parquet(paths.published(study.folder, "AA", "2026", "en", "99_extra"), _frame("AA"))


def _no_numbers(study: Study) -> None:
    _published(study).unlink()


BREACHES = {
    _too_fine: "more digits",
    _few: "fewer than 5 persons",
    _half_blank: "not the shape of a result",
    _one_language_shows: "withholds",
    _unknown_page: "99_extra.html: nobody examined",
    _unknown_file: "answers.xlsx: nobody examined",
    _unknown_numbers: "99_extra.published.parquet: nobody examined",
    _no_numbers: "numbers that nobody examined",
}


@pytest.mark.parametrize("plant", BREACHES, ids=lambda plant: plant.__name__)
def test_a_planted_breach_stops_the_build_and_no_front_page_leads_there(study: Study, report: RunReport, plant) -> None:
    plant(study)
    with pytest.raises(DisclosureError, match=BREACHES[plant]):
        build_site(study, report)
    assert not (paths.site(study.folder) / "index.html").exists()
    assert not (paths.site(study.folder) / LOG).exists()


@pytest.mark.parametrize("plant", BREACHES, ids=lambda plant: plant.__name__)
def test_the_command_finds_what_was_planted_later(study: Study, report: RunReport, plant) -> None:
    build_site(study, report)
    verify(study.folder, study.disclosure)
    plant(study)
    with pytest.raises(DisclosureError, match=BREACHES[plant]):
        verify(study.folder, study.disclosure)


def test_the_command_finds_a_page_that_was_changed_or_taken_away_and_other_rules(study: Study, report: RunReport) -> None:
    build_site(study, report)
    with pytest.raises(DisclosureError, match="rules have changed"):
        verify(study.folder, Rules(12))
    page = paths.page(study.folder, *PLACES[0])
    html = page.read_text(encoding="utf-8")
    page.write_text(html + "<p>nearly everybody</p>", encoding="utf-8")
    with pytest.raises(DisclosureError, match="the page changed after"):
        verify(study.folder, study.disclosure)
    page.unlink()
    with pytest.raises(DisclosureError, match="the log has it and it is not there"):
        verify(study.folder, study.disclosure)
    page.write_text(html, encoding="utf-8")
    verify(study.folder, study.disclosure)
    (paths.site(study.folder) / "report.html").unlink(missing_ok=True)
    (paths.site(study.folder) / "en" / "report.html").unlink(missing_ok=True)
    with pytest.raises(DisclosureError, match="do not agree"):
        verify(study.folder, study.disclosure)


def test_a_log_that_is_missing_or_spoilt_is_said_in_one_sentence(study: Study, report: RunReport) -> None:
    with pytest.raises(DisclosureError, match="is not there"):
        read(study.folder)
    build_site(study, report)
    path = paths.site(study.folder) / LOG
    path.write_text(path.read_text(encoding="utf-8").replace('"examined"', '"exmined"'), encoding="utf-8")
    with pytest.raises(DisclosureError, match="not readable as an audit log"):
        read(study.folder)


def test_a_page_in_two_languages_counts_once(study: Study) -> None:
    audit = examine(study.folder, PLACES, study.disclosure)
    found = by_unit(audit.entries).set_index("unit")
    assert found["pages"].tolist() == [1, 1, 1]
    assert found.loc["EU", "examined"] == 5 and found.loc["EU", "withheld"] == 3
    assert found["cell"].tolist() == [1, 1, 1]


def test_the_report_says_it_in_words_and_the_command_on_the_screen(study: Study, report: RunReport, tmp_path: Path) -> None:
    build_site(study, report)
    audit = read(study.folder)
    for language, word in (("en", "too few counted or left over"), ("fr", "trop peu de personnes comptées")):
        t = text.load(language)
        parts = protection(study, audit, t)
        assert word in parts["protection_table"] and audit.rules["hash"] in parts["protection_words"]
        assert language == "en" or not t.missing & {"Withheld", "Protection of people"}
    nothing = Audit(audit.rules, 0, (), ())
    assert protection(study, nothing, text.load("en"))["protection_table"] == ""
    console = Console(width=100, record=True, file=(tmp_path / "screen").open("w"))
    show(study.folder, console)
    screen = console.export_text()
    assert "Withheld" in screen and "4 pages" in screen and audit.rules["hash"] in screen


def test_writing_looks_again_at_the_pages(study: Study) -> None:
    """Links and marks are put on pages after their numbers were examined: the log holds the pages as they lie there."""
    audit = examine(study.folder, PLACES, study.disclosure)
    page = paths.page(study.folder, *PLACES[0])
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", "<p>kept</p></body>"), encoding="utf-8")
    write(study.folder, audit)
    assert verify(study.folder, study.disclosure).entries[0].html != audit.entries[0].html
    assert np.isfinite(audit.held)


def test_the_last_look_tells_units_of_a_study_elsewhere_apart(study: Study) -> None:
    """Files of two countries have the same name: each is held, whichever comes last."""
    _few(study)
    files = [paths.published(study.folder, *place) for place in PLACES]
    with pytest.raises(DisclosureError, match="AA/2026/en/01_collection"):
        hold_files(files, study.disclosure)
