"""Rights, duties and responsibilities of the four postures: each has its legal source or says that it has none."""

from types import SimpleNamespace

import pytest

from compendium import paths, text
from compendium.errors import DefinitionError
from compendium.sheets.factsheet import Sentence
from compendium.sheets.postures import rights
from compendium.study import postures
from compendium.study.postures import load_postures, load_sources
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.study import load_study

STUDY = load_study(paths.DEFAULT_STUDY)


def test_every_posture_is_an_answer_and_has_each_kind() -> None:
    codes = load_questionnaire("core", "test").codes("postures")
    for posture in load_postures().values():
        assert posture.code in codes
        assert {entry.kind for entry in posture.entries} == {"right", "duty", "responsibility"}


def test_what_is_sourced_was_read_and_places_are_of_the_study() -> None:
    for source in load_sources(STUDY.folder).values():
        assert source.place in STUDY.units
        assert (source.confidence == "sourced") <= bool(source.read and source.says)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_show_what_is_to_verify_and_what_has_no_source(language: str) -> None:
    t = text.load(language)
    before = set(t.missing)  # a catalogue is shared by all tests of a process
    _, folded = rights(STUDY, "FR", t).parts
    page = folded._repr_html_()
    assert "Code du travail, L4121-1" in page
    assert t("{law} [to verify]", law="Code du travail, L4121-5") in page
    together = rights(STUDY, STUDY.pooled.code, t).parts[1]._repr_html_()
    assert t("no source on file: to verify") in together
    assert t.missing == before


def test_a_study_without_sources_says_so(tmp_path) -> None:
    shown = rights(SimpleNamespace(folder=tmp_path), "FR", text.load("en"))
    assert isinstance(shown, Sentence) and "no legal sources" in shown.text


def test_a_source_of_an_unknown_entry_is_refused(tmp_path) -> None:
    file = paths.context(tmp_path) / "postures.yml"
    file.parent.mkdir(parents=True)
    line = '  - {place: "FR", entry: %s, law: "L", confidence: to verify}\n'
    file.write_text("sources:\n" + line % "nap_time", encoding="utf-8")
    with pytest.raises(DefinitionError, match="no posture has 'nap_time'; legal are worker_clients"):
        postures.load_sources(tmp_path)
    file.write_text("sources:\n" + 2 * (line % "member_vote"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="stands twice"):
        postures.load_sources(tmp_path)
