"""The guide: the same parts as a page and as a PDF, in each language of the study, whatever the study measures."""

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from compendium import paths, results, text
from compendium.publishing.checks import faults
from compendium.publishing.guide import write_guide
from compendium.publishing.guide.content import guide
from compendium.publishing.guide.document import Grid, Points, Prose
from compendium.publishing.guide.reference import ENTRIES
from compendium.publishing.guide.write import as_pdf
from compendium.study.guide import load_guide
from compendium.study.study import load_study

REAL = paths.REPOSITORY / "tests" / "studies"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study without pages: its file and its context alone."""
    target = tmp_path_factory.mktemp("study")
    shutil.copy(paths.study_file(paths.DEFAULT_STUDY), paths.study_file(target))
    shutil.copytree(paths.context(paths.DEFAULT_STUDY), paths.context(target))
    return target


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _publish(folder: Path, *rows: dict[str, object]) -> None:
    study = load_study(folder)
    common = {"study": study.id, "wave": "2026", "country": study.pooled.code, "part": "risks", "origin": "synthetic"}
    frame = results.make(rows, **common, unit="%", method="share", source=study.id)
    file = paths.published(folder, study.pooled.code, study.waves[-1], "en", "05_diagnosis")
    file.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(file)


SHARE = {"indicator": "exposure_intensity", "estimate": 37.0, "ci_low": 31.0, "ci_high": 43.0, "n": 296.0}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_guide_has_eight_to_sixteen_pages_and_says_everything_in_its_language(folder: Path, language: str) -> None:
    t = replace(text.load(language), missing=set())  # others may have used the one that is kept
    page = write_guide(load_study(folder), t)
    assert not t.missing
    assert faults(page.read_text(encoding="utf-8")) == []
    pdf = page.with_suffix(".pdf").read_bytes()
    assert 8 <= _pages(pdf) <= 16
    assert b"/MarkInfo" in pdf and b"/StructTreeRoot" in pdf, "a screen reader finds the parts of a tagged PDF"
    assert f"/Lang({language})".encode() in pdf.replace(b" ", b"")
    html = page.read_text(encoding="utf-8")
    for block in load_guide().blocks.values():
        assert t.pick(block["name"]).replace("'", "&#39;") in html.replace("\N{NO-BREAK SPACE}", " ")


def test_the_same_study_gives_the_same_bytes(folder: Path) -> None:
    document = guide(load_study(folder), text.load("fr"))
    assert as_pdf(document) == as_pdf(document)


def test_the_one_number_is_that_of_the_page_with_n_interval_and_origin(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "study")
    _publish(study, SHARE)
    document = guide(load_study(study), text.load("en"))
    reading = next(section for section in document.sections if section.id == "reading")
    said = str(reading.parts)
    assert "37%" in said and "31 to 43" in said and "n = 296" in said
    assert "Synthetic answers" in document.notice


def test_a_withheld_number_is_not_read_aloud(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "study")
    hidden = dict.fromkeys(("estimate", "ci_low", "ci_high", "n"), float("nan"))
    _publish(study, {**SHARE, **hidden, "suppressed": True, "suppression_reason": "count"})
    reading = next(one for one in guide(load_study(study), text.load("en")).sections if one.id == "reading")
    assert not any(re.search(r"\d+%", str(part)) for part in reading.parts)


def test_without_pages_the_guide_says_that_there_is_no_number(folder: Path) -> None:
    document = guide(load_study(folder), text.load("en"))
    assert document.notice == ""
    assert "no share of exposed persons" in str(next(one for one in document.sections if one.id == "reading").parts)


def test_what_is_to_verify_stays_visible(folder: Path) -> None:
    law = next(one for one in guide(load_study(folder), text.load("en")).sections if one.id == "law")
    grid = next(part for part in law.parts if isinstance(part, Grid))
    assert any("[to verify]" in cell for row in grid.rows for cell in row)
    sources = next(one for one in guide(load_study(folder), text.load("en")).sections if one.id == "sources")
    points = next(part for part in sources.parts if isinstance(part, Points))
    assert any(point.endswith("by nobody for this study: to verify") for point in points.points)


def test_where_no_law_is_on_file_for_a_country_the_guide_says_so(folder: Path) -> None:
    study = load_study(folder)
    law = next(one for one in guide(study, text.load("en")).sections if one.id == "law")
    grid = next(part for part in law.parts if isinstance(part, Grid))
    assert len(grid.rows) == len(study.units) * len(ENTRIES)
    assert any(row[2] == "no source on file [to verify]" for row in grid.rows)


def test_the_guide_ends_with_how_to_cite_it_and_what_made_it(folder: Path) -> None:
    last = guide(load_study(folder), text.load("en")).sections[-1]
    said = {part.lead: part.text for part in last.parts if isinstance(part, Prose)}
    assert {"How to cite", "Versions"} <= set(said)
    assert "compendium" in said["Versions"]


def test_who_defines_and_what_was_read_of_it_stand_in_the_language_of_the_page(folder: Path) -> None:
    said = str(guide(load_study(folder), text.load("fr")).sections)
    assert "Cette étude, 2026" in said and "This study, 2026" not in said
    assert "fiche de cette étude sur les instruments" in said


@pytest.mark.parametrize("name", ["journalists", "creators_fr"])
def test_a_study_by_others_has_a_guide_too(name: str) -> None:
    study = load_study(REAL / name)
    for language in study.languages:
        document = guide(study, text.load(language))
        assert 8 <= _pages(as_pdf(document)) <= 16
        assert "no legal sources on file" in str(document.sections) or language != "en"


def test_worksheets_leave_room_to_write(folder: Path) -> None:
    sheets = [one for one in guide(load_study(folder), text.load("en")).sections if one.id.startswith("sheet-")]
    assert len(sheets) == 2
    for sheet in sheets:
        (grid,) = sheet.parts
        assert isinstance(grid, Grid) and grid.row_height >= 15
        frame = pd.DataFrame(grid.rows)
        assert (frame.iloc[:, 1:] == "").all(axis=None)


def test_tables_are_as_wide_as_their_rows(folder: Path) -> None:
    grids = [
        part
        for one in guide(load_study(folder), text.load("en")).sections
        for part in one.parts
        if isinstance(part, Grid)
    ]
    assert len(grids) > 8
    for grid in grids:
        assert {len(row) for row in grid.rows} == {len(grid.head)} == {len(grid.widths)}


def test_a_document_is_set_without_the_fonts_of_a_machine(folder: Path) -> None:
    pdf = io.BytesIO(as_pdf(guide(load_study(folder), text.load("en")))).getvalue()
    assert b"LibertinusSerif" in pdf
