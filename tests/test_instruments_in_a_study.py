"""A published instrument in a study: its items become questions by their codes, and its scores come with the answers."""

from pathlib import Path

import pytest
import yaml

from compendium import cleaning
from compendium.collection import collect
from compendium.errors import AnswersError, CompendiumError
from compendium.forms.outline import open_form
from compendium.study.study import Study, load_study

EN = {"en": "A text"}


def study(folder: Path, answers: str, **instrument: object) -> Study:
    """Write a study that asks one question of its own and one instrument."""
    options = [{"code": "music", "label": EN}, {"code": "crafts", "label": EN}]
    module = {
        "id": "own",
        "title": EN,
        "questions": [{"id": "trade", "type": "single", "text": EN, "options": options}],
    }
    content = {
        "id": "small",
        "title": EN,
        "countries": [{"code": "NO", "name": EN, "languages": ["en"]}],
        "pooled": {"code": "ALL", "name": EN},
        "waves": ["2026"],
        "languages": ["en"],
        "disclosure": {"minimum_cell": 10},
        "seed": 1,
        "questionnaire": {"id": "small", "version": "1", "languages": ["en"], "modules": [module]},
        "instruments": [{"id": "who5", **instrument}],
        "answers": {"file": "answers.csv", "origin": "real_other", "source": "A test", "licence": "none"},
    }
    (folder / "study.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "answers.csv").write_text(
        "country,trade,who5_1,who5_2,who5_3,who5_4,who5_5\n" + answers, encoding="utf-8"
    )
    return load_study(folder)


def test_answers_under_an_instruments_codes_are_scored_without_its_wording(tmp_path: Path) -> None:
    """Raw sum times four, as its authors score it; a score needs all five answers, or four with the person's mean."""
    small = study(tmp_path, "NO,music,5,5,5,5,5\nNO,crafts,0,1,2,3,4\nNO,music,1,,,,\n")
    assert "WHO-5" in small.questionnaire.question_text("who5_1", "en")
    answers = cleaning.clean(small, "NO", "2026", collect(small, "NO", "2026"))
    scores = answers.filter(like="who5_").drop(columns=[f"who5_{n}" for n in range(1, 6)])
    assert scores.shape[1] == 1
    assert scores.iloc[:2, 0].tolist() == [100.0, 40.0]
    assert scores.iloc[2].isna().all()


def test_answers_that_fit_two_codings_stop_until_the_study_says_which(tmp_path: Path) -> None:
    rows = "NO,music,1,2,3,4,5\nNO,crafts,2,2,2,2,2\n"
    small = study(tmp_path, rows)
    with pytest.raises(AnswersError):
        cleaning.clean(small, "NO", "2026", collect(small, "NO", "2026"))
    said = study(tmp_path, rows, coding=small.instruments[0].instrument.codings[0])
    assert len(cleaning.clean(said, "NO", "2026", collect(said, "NO", "2026"))) == 2


def test_a_form_without_the_wording_is_given_to_nobody(tmp_path: Path) -> None:
    with pytest.raises(CompendiumError, match="without its wording"):
        open_form(study(tmp_path, "NO,music,5,5,5,5,5\n"), "NO", "2026")
