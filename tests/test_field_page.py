"""The page of an action research, and that of one structure: what may be said, and who may see it."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import test_field
from typer.testing import CliRunner

from compendium import disclosure, paths, text
from compendium.__main__ import app
from compendium.errors import CompendiumError, DisclosureError
from compendium.field import deliverables, dissemination, field, refused
from compendium.publishing.structure import write_page
from compendium.sheets import field as sheet
from compendium.study.study import load_study

RULES = disclosure.Rules()


def page(study, language="en", edit=lambda results: results):
    """Return the sheet of a study, and everything its page shows."""
    registers = [make(study, "AA", "1") for make in (deliverables, dissemination, refused)]
    results = edit(disclosure.protect(field(study, "AA", "1"), RULES))
    own = sheet.open_sheet(study, "AA", results, registers, text.load(language), lambda column, code: code)
    names = [name for name in sheet.__all__ if name not in ("Sheet", "open_sheet", "of_outcome")]
    return own, {name: part for name in names if (part := getattr(sheet, name)(own)) is not None}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return test_field.at(tmp_path_factory.mktemp("study"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_what_it_must_and_shows_no_structure(planted, language):
    own, parts = page(planted, language)
    html = "".join(part._repr_html_() for part in parts.values())
    for code in [*(f"a{at:02d}" for at in range(1, 10)), *(f"c{at:02d}" for at in range(1, 8))]:
        assert f">{code}<" not in html
    first = parts["permutations"]._repr_html_()
    assert "11,440" in first or "11 440" in first.replace("\u202f", " ").replace("\xa0", " ")
    assert first.index("11") < first.index("<table")  # the smallest p stands before any other
    if language == "en":
        assert "Exploratory" in first
        assert "chose itself" in html
        assert "effect of" not in html
        assert not re.search(r"\bcaus", html)
    assert "declined: what is said there is confidential" in html or language != "en"
    assert sheet.of_outcome(own, "wellbeing")._repr_html_()


def test_lots_are_called_lots(planted):
    def drawn(results):
        return results.assign(group=results["group"].where(results["group_by"] != "chosen_by", "lot"))

    _, parts = page(planted, edit=drawn)
    assert "this p is a test" in parts["permutations"]._repr_html_()
    assert "No lots" not in parts["limits"]._repr_html_()


def test_a_page_without_files_says_so(tmp_path):
    study = SimpleNamespace(id="trial", folder=tmp_path, disclosure=RULES, seed=1)
    _, parts = page(study)
    html = "".join(part._repr_html_() for part in parts.values())
    assert "No action research was received" in html
    assert "<table" not in html


def test_a_structure_gets_a_page_outside_the_site(tmp_path):
    own = load_study(paths.DEFAULT_STUDY)
    country = next(home.parent.parent.name for home in paths.raw(own.folder).glob("*/*/structures.source.yml"))
    study = SimpleNamespace(
        id=own.id, folder=tmp_path, disclosure=own.disclosure, seed=1, title=own.title, countries=own.countries,
        is_pooled=own.is_pooled, name=own.name, languages=own.languages,
    )  # fmt: skip
    home = tmp_path / "raw" / country / "2026"
    home.mkdir(parents=True)
    for file in paths.answers_folder(own.folder, country, "2026").iterdir():
        if file.is_file():
            (home / file.name).write_bytes(file.read_bytes())
    for language in ("en", "fr"):
        made = write_page(study, country, "2026", "a01", text.load(language))
        assert paths.site(tmp_path) not in made.parents
        html = made.read_text(encoding="utf-8")
        assert "a02" not in html
        assert "Synth" in html or "synth" in html
    with pytest.raises(CompendiumError, match="cannot name a file"):
        write_page(study, country, "2026", "../a01", text.load("en"))
    measures = home / "measures.csv"
    lines = measures.read_text().splitlines()
    measures.write_text("\n".join([lines[0], *(line for line in lines[1:] if ",director," in line)]) + "\n")
    for sidecar in home.glob("*.source.yml"):
        sidecar.unlink()
    with pytest.raises(DisclosureError, match="it gets no page"):
        write_page(study, country, "2026", "a01", text.load("en"))


def test_the_command_names_the_rows_that_are_refused(tmp_path):
    own = load_study(paths.DEFAULT_STUDY)
    country = next(home.parent.parent.name for home in paths.raw(own.folder).glob("*/*/structures.source.yml"))
    (tmp_path / "study.yml").write_bytes(paths.study_file(own.folder).read_bytes())
    home = Path(tmp_path) / "raw" / country / "2026"
    home.mkdir(parents=True)
    (home / "structures.csv").write_text("structure,kind,arm,chosen_by\ns1,castle,action,lot\ns2,company,action,lot\n")
    said = CliRunner().invoke(app, ["field", "check", country, "--study", str(tmp_path)])
    assert said.exit_code == 0, said.output
    assert "structures.csv: 1 rows, 1 refused" in said.output
    assert "line 2: kind 'castle'; legal is" in said.output
