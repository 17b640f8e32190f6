"""Themes: counted in sources, planted agreement found again, nobody shown, and material that goes out and comes back."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from compendium import disclosure, paths, qualitative
from compendium.__main__ import app
from compendium.errors import AnswersError
from compendium.paths import DEFAULT_STUDY, DEFINITIONS
from compendium.qualitative import synthetic
from compendium.qualitative.double import NOT_MARKED, passages
from compendium.qualitative.material import OF_DOCUMENT, OF_SEGMENT, Material, Received, checked, load_material, receive
from compendium.qualitative.themes import DOCUMENTS, EXPECTED, NEW_CODES, PERSONS, REACHED, quotations, themes
from compendium.reading import read_table, read_yaml
from compendium.sheets import themes as sheet
from compendium.study.study import Study, load_study
from compendium.study.voices import load_codebook
from compendium.text import load as language

PLAN = read_yaml(DEFINITIONS / "voices" / "synthetic.yml", "voices_synthetic")
NO_PROFILES = pd.DataFrame(columns=["country", "respondent", "population", "profile"], dtype="str")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(DEFAULT_STUDY)


@pytest.fixture(scope="module")
def unit(study: Study) -> str:
    wave = study.waves[-1]
    return next(one.code for one in study.countries if len(load_material(study, one.code, wave).material.documents))


@pytest.fixture(scope="module")
def received(study: Study, unit: str) -> Received:
    return load_material(study, unit, study.waves[-1])


@pytest.fixture(scope="module")
def counted(study: Study, unit: str) -> pd.DataFrame:
    own = read_table(paths.answers_folder(study.folder, unit, study.waves[-1]) / "documents.csv")
    of = own[own["kind"] == "open_answer"]
    placed = pd.DataFrame({"respondent": of["source"], "country": unit, "population": "active", "profile": "P1"})
    placed["profile"] = np.where(np.arange(len(placed)) % 3 == 0, "P2", "P1")
    return themes(study, unit, study.waves[-1], placed)


@pytest.fixture(scope="module")
def page(study: Study, unit: str, counted: pd.DataFrame) -> sheet.Sheet:
    shown = disclosure.protect(counted, study.disclosure)
    said = quotations(study, unit, study.waves[-1])
    return sheet.open_sheet(study, unit, shown, said, language("en"), lambda _, code: code)


def copied(study: Study, folder: Path) -> Path:
    """Copy what a study needs to be loaded, without its material."""
    shutil.copy(study.folder / "study.yml", folder)
    return folder


def test_the_files_are_those_of_the_generator(study, unit, received, tmp_path):
    folder = paths.answers_folder(study.folder, unit, study.waves[-1])
    own = sorted(set(read_table(folder / "responses.csv")["respondent"]))
    synthetic.write(tmp_path, own, study.seed)
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (folder / file.name).read_bytes(), file.name
    assert received.origin == "synthetic"


def test_planted_agreement_is_found_again_by_every_measure(received):
    found = qualitative.agreement(passages(received.material), draws=400)
    for row in found.itertuples(index=False):
        assert row.ci_low < PLAN["agreement"] < row.ci_high
        assert row.n_units > 200


def test_a_source_counts_once_however_much_it_says(received, counted):
    first = received.material.documents.set_index("document")
    coder = first["coders"].str.split(";").str[0]
    segments = received.material.segments
    own = segments[segments["coder"] == segments["document"].map(coder)]
    own = own.assign(source=own["document"].map(first["source"]), kind=own["document"].map(first["kind"]))
    persons = own[own["kind"].isin(["interview", "open_answer"])].groupby("theme")["source"].nunique()
    rows = counted[(counted["method"] == PERSONS) & (counted["group_by"] == "")].set_index("indicator")["estimate"]
    assert rows[rows > 0].astype(int).to_dict() == persons.to_dict()
    assert (segments.groupby("theme").size() > persons).any(), "passages are more than persons"
    assert counted.loc[counted["method"].isin([PERSONS, DOCUMENTS]), ["ci_low", "ci_high"]].isna().all(axis=None)


def test_no_count_of_fewer_persons_than_the_smallest_shown_leaves(study, counted):
    shown = disclosure.protect(counted, study.disclosure)
    small = (counted["unit"] == "respondents") & counted["estimate"].between(1, study.disclosure.minimum_cell - 1)
    assert small.any()
    assert shown.loc[small, "suppressed"].all()
    groups = shown[(shown["indicator"] == REACHED)]
    assert groups["suppressed"].sum() != 1, "one blank among groups whose sum is known gives itself back"


def test_new_codes_add_up_and_any_order_of_sources_ends_at_the_same_number(counted):
    new, other = (counted[counted["indicator"] == code]["estimate"].sum() for code in (NEW_CODES, EXPECTED))
    assert new == pytest.approx(other)
    batches = counted[counted["indicator"] == NEW_CODES]
    assert batches["n"].min() >= 10


def test_passages_join_marks_that_overlap_and_name_what_was_left_unmarked():
    text = "abcdefghij"
    documents = pd.DataFrame([("d", "interview", "p", "", "en", "", "none", "a;b", text)], columns=list(OF_DOCUMENT))
    rows = [("d", "0", "4", "a", "risk", ""), ("d", "2", "5", "b", "economy", ""), ("d", "5", "9", "a", "risk", "")]
    rows += [("d", "0", "2", "b", "isolation", "")]
    found = passages(checked(Material(documents, pd.DataFrame(rows, columns=list(OF_SEGMENT))), load_codebook()))
    assert found["code"].tolist() == ["risk", "economy + isolation", "risk", NOT_MARKED]


def test_quotations_have_consent_no_names_and_no_address(study, tmp_path):
    copied(study, tmp_path)
    own = load_study(tmp_path)
    unit, wave = own.countries[0].code, own.waves[-1]
    texts = {
        "d1": ("quote", "Les prix sont trop bas."),
        "d2": ("none", "Je ne veux pas être citée."),
        "d3": ("quote", "Écrivez à ana@exemple.org ou au 06 12 34 56 78."),
        "d4": ("quote", "Madame le sait, Mme Durand me l'a dit."),
        "d5": ("quote", "x" * 400),
    }
    documents = [(name, "interview", name, "", "fr", "", may, "a", text) for name, (may, text) in texts.items()]
    segments = [(name, "0", str(len(text)), "a", "economy", "") for name, (_, text) in texts.items()]
    frames = (pd.DataFrame(documents, columns=list(OF_DOCUMENT)), pd.DataFrame(segments, columns=list(OF_SEGMENT)))
    receive(own, unit, wave, checked(Material(*frames), load_codebook()), "test")
    found = quotations(own, unit, wave)
    assert found["passage"].tolist() == ["Les prix sont trop bas.", "Écrivez à [e-mail] ou au [phone]."]
    assert list(found.columns) == ["theme", "language", "passage"]


def test_a_passage_is_shown_only_where_the_count_of_its_theme_is(page):
    withheld = set(page.of(method=PERSONS, group_by="", suppressed=True)["indicator"])
    assert withheld
    text = sheet.quotations(page)._repr_html_()
    for theme in withheld:
        assert page.theme(theme) not in text
        for passage in page.passages.loc[page.passages["theme"] == theme, "passage"]:
            assert passage not in text.replace("&#x27;", "'")


def test_every_section_shows_and_says_why_there_is_no_interval(page):
    assert "sought out, not drawn" in sheet.table(page)._repr_html_()
    assert "Krippendorff" in sheet.agreement(page)._repr_html_()
    assert "brought no new code" in sheet.saturation(page)._repr_html_()
    heard = sheet.sought(page)._repr_html_()
    assert "Directors" in heard and "withheld" in heard
    for show in (sheet.figure, sheet.by_theme, sheet.disagreements, sheet.codebook, sheet.origin):
        assert show(page)._repr_html_()


def test_a_country_without_material_says_so(study, page, tmp_path):
    own = load_study(copied(study, tmp_path))
    assert themes(own, page.unit, own.waves[-1], NO_PROFILES).empty
    assert quotations(own, page.unit, own.waves[-1]).empty
    bare = sheet.open_sheet(study, page.unit, page.results.head(0), page.passages.head(0), page.t, page.fallback)
    for show in (sheet.origin, sheet.figure, sheet.quotations):
        assert "Nothing has been coded here yet" in show(bare)._repr_html_()
    assert "not known how far coders agree" in sheet.agreement(bare)._repr_html_()
    assert "Too few sources" in sheet.saturation(bare)._repr_html_()


def test_material_goes_out_by_a_command_and_comes_back_into_another_study(study, unit, received, tmp_path):
    documents = received.material.documents.head(6).copy()
    documents.loc[0, "text"] += '\r\n"Ende", sagt sie 🎭;\n'  # what spreadsheets stumble over
    segments = received.material.segments
    material = Material(documents, segments[segments["document"].isin(documents["document"])].reset_index(drop=True))
    first, other, file, run = tmp_path / "first", tmp_path / "other", tmp_path / "voices.qdpx", CliRunner()
    for folder in (first, other):
        folder.mkdir()
        copied(study, folder)
    receive(load_study(first), unit, study.waves[-1], material, "test")
    done = run.invoke(app, ["voices", "export", str(file), "--country", unit, "--study", str(first)])
    assert done.exit_code == 0, done.output
    how = ["voices", "import", str(file), "--country", unit, "--study", str(other)]
    done = run.invoke(app, how)
    assert done.exit_code == 0, done.output
    back = load_material(load_study(other), unit, study.waves[-1])
    assert back.origin == "real"
    pd.testing.assert_frame_equal(back.material.documents, documents)
    key = list(OF_SEGMENT)
    pd.testing.assert_frame_equal(
        back.material.segments.sort_values(key, ignore_index=True),
        material.segments.sort_values(key, ignore_index=True),
    )
    assert run.invoke(app, how).exit_code != 0, "real material is never overwritten"


@pytest.mark.parametrize(
    ("name", "column", "value", "says"),
    [
        ("documents.csv", "kind", "rumour", "kind 'rumour' is unknown"),
        ("documents.csv", "consent", "yes", "legal are none, quote"),
        ("documents.csv", "day", "2026-02-30", "is no day"),
        ("documents.csv", "coders", "", "coders is empty"),
        ("segments.csv", "end", "99999", "is no passage of"),
        ("sought.csv", "sought", "many", "no whole number"),
    ],
)
def test_bad_files_are_refused_with_line_and_legal_values(study, unit, tmp_path, name, column, value, says):
    copied(study, tmp_path)
    home = paths.answers_folder(tmp_path, unit, study.waves[-1])
    home.mkdir(parents=True)
    for file in paths.of_coded_material(study.folder, unit, study.waves[-1]):
        shutil.copy(file, home)
    table = read_table(home / name)
    table.loc[1, column] = value
    table.to_csv(home / name, index=False)
    with pytest.raises(AnswersError, match="line 3") as error:
        load_material(load_study(tmp_path), unit, study.waves[-1])
    assert says in str(error.value)
