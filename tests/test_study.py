"""The study file, its questionnaire and a new country."""

import shutil

import pytest

from compendium import paths
from compendium.collection.provenance import source_of
from compendium.errors import CompendiumError, DefinitionError
from compendium.new_country import new_country
from compendium.study.study import load_study


@pytest.fixture
def folder(tmp_path):
    shutil.copy(paths.study_file(paths.DEFAULT_STUDY), tmp_path / "study.yml")
    return tmp_path


def _replace(folder, old, new):
    path = folder / "study.yml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_the_study_of_the_repository():
    study = load_study(paths.DEFAULT_STUDY)
    assert len(study.countries) == 5
    assert len(study.parts) == 3 and all(len(part.supervised_by) == 2 for part in study.parts)
    doubtful = [partner.name for partner in study.partners if partner.confidence == "to verify"]
    assert doubtful == ["Cynefin"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("seed:", "seeds:", "unknown key 'seeds'; legal are id, title"),
        ('code: "PT"', "code: PT1", "countries.1.code: 'PT1' is not legal"),
        ('code: "PT"', 'code: "FR"', "'FR' stands twice; once is legal"),
        ("pages: [en, fr]", "pages: [en, xx]", "'xx' is not legal; legal are en"),
        ("minimum_cell: 10", "minimum_cell: 4", "disclosure.minimum_cell: 4 is not legal"),
        ("[artefacts, buinho]", "[artefacts, nobody]", "'nobody' is not legal; legal are artefacts"),
        ("questionnaire: core", "questionnaire: corr", "'corr' is not legal; legal are core"),
        ("confidence: to verify", "confidence: perhaps", "'perhaps' is not legal; legal are sourced, to verify"),
        ('waves: ["2026"]', 'waves: ["../2026"]', "'../2026' is not legal"),
        ("seed: 20261122", "seed: 20261122\nseed: 3", "the key 'seed' stands 2 times"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_what_is_legal(folder, old, new, sentence):
    _replace(folder, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_study(folder)
    assert sentence in str(caught.value)
    assert "study.yml" in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_study_is_one_sentence(tmp_path):
    with pytest.raises(DefinitionError, match=r"study\.yml: the file is missing"):
        load_study(tmp_path)


def test_norway_is_a_country_not_a_boolean(folder):
    text = paths.study_file(folder).read_text(encoding="utf-8")
    paths.study_file(folder).write_text(text.replace("\n  PT:", "\n  NO:"), encoding="utf-8")  # targets and contacts
    _replace(folder, 'code: "PT"', "code: NO")
    assert load_study(folder).countries[1].code == "NO"


def test_a_new_country_is_complete_and_valid(folder):
    said = new_country(folder, "ES")
    study = load_study(folder)
    assert study.countries[-1].code == "ES" and study.name("ES", "fr") == "Espagne"
    answers = paths.answers_folder(folder, "ES", study.waves[0])
    assert (answers / "responses.csv").is_file() and "synthetic" in (answers / "source.yml").read_text(encoding="utf-8")
    assert "synthetic" in said
    before = paths.study_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8").splitlines()
    after = paths.study_file(folder).read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line in before] == before, "nothing else in the file has changed"


def test_a_line_written_by_hand_makes_a_country(folder):
    _with_line(folder, '  - {code: "ES", name: {en: "Spain", fr: "Espagne"}, languages: [es]}')
    wave = load_study(folder).waves[0]
    with pytest.raises(DefinitionError, match=r"raw/ES/2026: there are no answers of ES .* compendium new-country ES"):
        source_of(load_study(folder), "ES", wave)
    before = (folder / "study.yml").read_bytes()
    new_country(folder, "ES")
    assert (folder / "study.yml").read_bytes() == before, "the line is there already"
    assert source_of(load_study(folder), "ES", wave).origin == "synthetic"
    with pytest.raises(CompendiumError, match="is there already"):
        new_country(folder, "ES")


def test_a_country_is_added_behind_one_on_a_single_line(folder):
    _with_line(folder, '  - {code: "ES", name: {en: "Spain", fr: "Espagne"}, languages: [es]}')
    new_country(folder, "IT")
    assert [country.code for country in load_study(folder).countries][-2:] == ["ES", "IT"]


def _with_line(folder, line):
    """Put a country on one line behind the last of the study."""
    path = paths.study_file(folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(at for at, one in enumerate(lines) if one.startswith("countries:"))
    end = next(at for at in range(start, len(lines)) if not lines[at].strip())
    path.write_text("\n".join([*lines[:end], line, *lines[end:]]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("code", ["ZZ", "es", "ESP", "../X"])
def test_no_country_is_refused(folder, code):
    with pytest.raises(CompendiumError, match="is no country"):
        new_country(folder, code)


def test_a_country_that_is_there_is_refused_and_nothing_changes(folder):
    before = (folder / "study.yml").read_bytes()
    paths.answers_folder(folder, "PT", load_study(folder).waves[0]).mkdir(parents=True)
    with pytest.raises(CompendiumError, match="is there already"):
        new_country(folder, "PT")
    assert (folder / "study.yml").read_bytes() == before


def test_bands_hold_their_lower_end():
    import pandas as pd

    banding = load_study(paths.DEFAULT_STUDY).questionnaire.banding("seniority_band")
    starts = [band.start for band in banding.bands]
    codes = banding.codes_of(
        pd.Series([starts[0], starts[1], starts[1] - 0.5, starts[-1] + 30, float("nan"), starts[0] - 1])
    )
    expected = [banding.bands[0].code, banding.bands[1].code, banding.bands[0].code, banding.bands[-1].code]
    assert codes[:4].tolist() == expected and codes[4:].isna().all()
