"""The codebook says what every answer means, its fingerprint changes with the meaning only, differences are named."""

import copy
import io
from typing import Any

import pandas as pd
import pytest
import yaml
from forms_trial import STUDY

from compendium import paths
from compendium.study import platform_names
from compendium.study.codebook import codebook, differences, fingerprint, form_version
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.study import load_study

DECLARED = yaml.safe_load(STUDY)["questionnaire"]
OURS = load_study(paths.DEFAULT_STUDY)


def _form(content: dict[str, Any] | None = None) -> Questionnaire:
    return load_questionnaire(content or copy.deepcopy(DECLARED), "test")


def _changed(question: str, **changes: Any) -> Questionnaire:
    content = copy.deepcopy(DECLARED)
    entry = next(one for module in content["modules"] for one in module["questions"] if one["id"] == question)
    entry |= changes
    return _form(content)


def _after_a_trip_through_a_file(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype="str", keep_default_na=False)


def test_one_row_a_question_and_code() -> None:
    form = OURS.form(OURS.countries[0].code, OURS.waves[0])
    rows = codebook(form)
    expected = [
        (question.id, code)
        for module in form.modules
        for question in form.shown(module)
        for code in platform_names.offered(question) or ("",)
    ]
    found = rows[rows["type"] != "intro"]
    assert list(zip(found["question"], found["code"], strict=True)) == expected
    assert (rows["text_en"] != "").all()
    assert set(rows["form_version"]) == {form_version(form)}
    assert rows.equals(_after_a_trip_through_a_file(rows))


def test_a_row_says_what_the_answer_means_and_how_the_platform_calls_it() -> None:
    rows = codebook(_form()).set_index(["question", "code"])
    item = rows.loc[("item_a", "4")]
    assert (item["scale"], item["value"], item["limesurvey"], item["limesurvey_code"]) == (
        "frequency5",
        "4",
        "itema",
        "4",
    )
    apart = rows.loc[("item_a", "not_applicable")]
    assert (apart["value"], apart["not_applicable"], apart["limesurvey_code"]) == ("", "yes", "A6")
    tool = rows.loc[("tools", "none")]
    assert (tool["exclusive"], tool["limesurvey"], tool["limesurvey_code"]) == ("yes", "tools[none]", "Y")
    assert rows.loc[("tools", "prefer_not_to_say"), "refusal"] == "yes"
    assert rows.loc[("tools_text", ""), "when"] == "tools=pen/screen;hours_week>10"
    turnover = rows.loc[("turnover", "")]
    assert (turnover["unit"], turnover["minimum"], turnover["maximum"]) == ("eur_year", "0", "2000000")
    assert rows.loc[("hello", ""), "limesurvey"] == ""  # a note has no column
    assert rows.loc[("intro_middle", ""), "text_fr"] == "Sur votre travail."


def test_the_fingerprint_is_the_same_for_the_same_meaning() -> None:
    assert fingerprint(_form()) == fingerprint(_form())
    assert len(fingerprint(_form())) == 16
    assert form_version(_form()) == f"trial 3 {fingerprint(_form())}"
    translated = _changed("item_a", text={"en": "Item a.", "fr": "Une autre traduction."})
    assert fingerprint(translated) == fingerprint(_form())
    reordered = copy.deepcopy(DECLARED)
    reordered["modules"][2]["questions"].reverse()
    assert fingerprint(_form(reordered)) == fingerprint(_form())
    assert fingerprint(_form({**copy.deepcopy(DECLARED), "version": "4"})) == fingerprint(_form())


@pytest.mark.parametrize(
    ("question", "changes", "sentence"),
    [
        ("item_a", {"text": {"en": "Another item.", "fr": "Phrase a."}}, "item_a: the wording was 'Item a.' and is 'Another item.'"),
        ("item_a", {"scale": "agree5"}, "item_a: the label of '1' was 'Never' and is "),
        ("turnover", {"maximum": 99}, "turnover: the largest number was '2000000' and is '99'"),
        ("turnover", {"unit": "eur_month"}, "turnover: the unit was 'eur_year' and is 'eur_month'"),
        ("turnover", {"populations": []}, "turnover: the group that is asked was 'active' and is ''"),
        ("open_words", {"when": [{"question": "consent", "codes": ["yes"]}]}, "open_words: the route was '' and is 'consent=yes'"),
        ("open_words", {"help": {"en": "Short.", "fr": "Court."}}, "open_words: the hint was '' and is 'Short.'"),
        ("hello", {"text": {"en": "Other.", "fr": "Autre."}}, "hello: the wording was 'Asked by {partner}.' and is 'Other.'"),
        ("tools", {"options": [{"code": "pen", "label": {"en": "Pen", "fr": "Stylo"}}, {"code": "screen", "label": {"en": "Screen", "fr": "E"}}, {"code": "none", "label": {"en": "None", "fr": "A"}}]}, "tools: the rule of standing alone of 'none' was 'yes' and is ''"),
        ("income", {"options": [{"code": "sales", "label": {"en": "Sales", "fr": "V"}}, {"code": "gifts", "label": {"en": "Gifts", "fr": "D"}}]}, "income: the code 'gifts' was added"),
    ],
)  # fmt: skip
def test_a_change_of_meaning_changes_the_fingerprint_and_is_named(
    question: str, changes: dict[str, Any], sentence: str
) -> None:
    before = codebook(_form())
    after = _changed(question, **changes)
    assert fingerprint(after) != fingerprint(_form())
    said = differences(_after_a_trip_through_a_file(before), after)
    assert any(one.startswith(sentence) for one in said), said
    assert all(one.startswith(f"{question}: ") for one in said)


def test_added_and_removed_questions_and_codes_are_named() -> None:
    content = copy.deepcopy(DECLARED)
    content["modules"][2]["questions"] = content["modules"][2]["questions"][1:]
    content["modules"][2]["questions"].append({"id": "news", "type": "text", "text": {"en": "N", "fr": "N"}})
    content["modules"][1]["questions"][0]["options"].pop()
    assert differences(codebook(_form()), _form(content)) == [
        "the question 'news' was added",
        "the question 'item_a' was removed",
        "tools: the code 'none' was removed",
    ]


def test_the_same_form_has_no_differences() -> None:
    for country in OURS.countries:
        form = OURS.form(country.code, OURS.waves[0])
        assert differences(_after_a_trip_through_a_file(codebook(form)), form) == []


def test_long_names_are_cut_readably_and_taken_ones_told_apart() -> None:
    content = copy.deepcopy(DECLARED)
    content["modules"][2]["questions"] = [
        {"id": name, "type": "text", "text": {"en": "N", "fr": "N"}}
        for name in ("importance_of_the_artistic_practice", "a_b", "ab", "form_version", "time", "intensity_1")
    ]
    names = platform_names.limesurvey(_form(content)).questions
    assert names["intensity_1"] == "intensity1"
    assert names["importance_of_the_artistic_practice"] == "imporoftheartispract"
    assert (names["a_b"], names["ab"] != "ab") == ("ab", True)
    assert names["form_version"] not in (platform_names.VERSION, "formversion")
    assert names["time"] != "time"
