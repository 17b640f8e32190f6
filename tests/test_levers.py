"""Levers and situations: every question on exposure has its place, every situation something to do at its source."""

from pathlib import Path

import pytest
import yaml

from compendium import paths
from compendium.errors import DefinitionError
from compendium.study import levers, situations
from compendium.study.levers import EFFORTS, EVIDENCE, LEVELS, load_levers
from compendium.study.situations import load_situations
from compendium.study.study import load_study


def test_each_question_on_exposure_belongs_to_one_situation() -> None:
    questionnaire = load_study(paths.REPOSITORY / "data").questionnaire
    exposed = {
        name
        for name, question in questionnaire.questions.items()
        if question.exposed and name.startswith((*questionnaire.families, "posture_conflict", "overinvestment"))
    }
    assert len(exposed) >= 30
    assert {item for one in load_situations().values() for item in one.items} == exposed


def test_the_library_offers_something_of_each_kind() -> None:
    found = load_levers().values()
    assert len(found) >= 24
    assert {lever.level for lever in found} == set(LEVELS)
    assert {lever.effort for lever in found} == set(EFFORTS)
    assert {lever.evidence.level for lever in found} == set(EVIDENCE)


def test_each_situation_has_something_that_needs_neither_money_nor_permission_from_afar() -> None:
    near = {
        name
        for lever in load_levers().values()
        if lever.who in ("group", "support_team", "cooperative") and lever.effort in ("low", "medium")
        for name in lever.situations
        if lever.id != "written_assessment"
    }
    assert near == set(load_situations())


def test_what_nobody_read_is_to_verify() -> None:
    sources = {source for lever in load_levers().values() for source in lever.evidence.sources}
    assert {bool(source.read) for source in sources if source.confidence == "sourced"} == {True}
    assert [source.read for source in sources if source.confidence == "to verify"] == [""]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the definitions to break."""
    (tmp_path / "levers").mkdir()
    for name in ["situations.yml", *(f"levers/{file.name}" for file in (paths.DEFINITIONS / "levers").iterdir())]:
        (tmp_path / name).write_text((paths.DEFINITIONS / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(paths, "DEFINITIONS", tmp_path)
    monkeypatch.setattr(levers, "load_situations", load_situations.__wrapped__)
    return tmp_path


def _change(file: Path, key: str, changed: dict[str, object]) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content[key][0] |= changed
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"situations": ["nowhere"]}, "'nowhere' is unknown"),
        ({"id": "whole_price"}, "stands twice"),
        ({"level": "fourth"}, "fourth"),
        ({"evidence": {"level": "idea", "says": {"en": "x", "fr": "x"}, "sources": ["nobody"]}}, "'nobody' is unknown"),
    ],
)
def test_a_broken_lever_is_told_in_one_sentence(folder: Path, changed: dict[str, object], said: str) -> None:
    _change(folder / "levers" / "work.yml", "levers", changed)
    with pytest.raises(DefinitionError, match=said):
        load_levers.__wrapped__()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"items": ["intensity_3"]}, "'intensity_3' stands twice"),
        ({"least": 3}, "legal is 1 to 2"),
        ({"id": "rest"}, "'rest' stands twice"),
    ],
)
def test_a_broken_situation_is_told_in_one_sentence(folder: Path, changed: dict[str, object], said: str) -> None:
    _change(folder / "situations.yml", "situations", changed)
    with pytest.raises(DefinitionError, match=said):
        situations.load_situations.__wrapped__()


def test_a_situation_without_a_primary_lever_is_refused(folder: Path) -> None:
    for file in (folder / "levers").glob("*.yml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for lever in content.get("levers", []):
            lever["situations"] = [name for name in lever["situations"] if name != "paperwork"] or ["overload"]
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DefinitionError, match="no primary lever is for the situation 'paperwork'"):
        load_levers.__wrapped__()
