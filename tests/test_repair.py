"""Single values: what is recoded, what was never asked, what cannot be, and what does not add up."""

from dataclasses import replace

import pandas as pd
import pytest

from compendium.cleaning import put_right
from compendium.cleaning.gaps import COMPLETE, gaps
from compendium.errors import DefinitionError
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.recodes import load_recode, simplified
from compendium.study.routing import asked

EN = {"en": "A text"}


def small() -> Questionnaire:
    """A questionnaire with a route, a number above another, shares, and a status in one's own words."""
    codes = [
        "cooperative_employee_entrepreneur", "startup_contract", "sole_trader", "artist_author",
        "intermittent_or_project_employee", "permanent_employee", "other_status",
    ]  # fmt: skip
    questions = [
        {"id": "who", "type": "single", "text": EN, "options": _options("active", "potential")},
        {"id": "status", "type": "single", "text": EN, "options": _options(*codes)},
        {
            "id": "status_other",
            "type": "text",
            "text": EN,
            "recode": "status",
            "when": [{"question": "status", "codes": ["other_status"]}],
        },
        {"id": "calls", "type": "number", "unit": "calls_year", "minimum": 0, "maximum": 60, "text": EN},
        {
            "id": "won",
            "type": "number",
            "unit": "calls_year",
            "minimum": 0,
            "text": EN,
            "when": [{"question": "calls", "above": 0}],
        },
        {"id": "tools", "type": "multiple", "text": EN, "options": _options("pen", "saw")},
        {
            "id": "saws",
            "type": "number",
            "unit": "pieces",
            "text": EN,
            "populations": ["active"],
            "when": [{"question": "tools", "codes": ["saw"]}],
        },
        {"id": "means", "type": "shares", "text": EN, "options": _options("sales", "grants")},
    ]
    return load_questionnaire(
        {
            "id": "small",
            "version": "1",
            "languages": ["en"],
            "modules": [{"id": "all", "title": EN, "questions": questions}],
            "cleaning": {
                "eligible": {"question": "who", "codes": ["active", "potential"]},
                "shares_tolerance": 2,
                "impossible": [{"question": "won", "than": "calls", "reason": EN}],
            },
        },
        "a test",
    )


def _options(*codes: str) -> list[dict[str, object]]:
    return [{"code": code, "label": EN} for code in codes]


ROWS = pd.DataFrame(
    {
        "who": ["active", "active", "potential", "active"],
        "status": ["other_status", "other_status", "sole_trader", "other_status"],
        "status_other": ["Auto-Entrepreneuse !", "artiste-auteur et en CDI", None, None],
        "calls": [4.0, 0.0, 2.0, None],
        "won": [1.0, 3.0, 5.0, 1.0],
        "tools": ["pen;saw", "pen", "saw", None],
        "saws": [2.0, 1.0, 1.0, None],
        "means": ["sales=60;grants=40", "sales=59;grants=40", "sales=80;grants=40", None],
    }
)


def test_who_was_asked_what() -> None:
    questionnaire = small()
    assert asked(ROWS, questionnaire, "won").tolist() == [True, False, True, False]
    assert asked(ROWS, questionnaire, "saws").tolist() == [True, False, False, False]
    assert asked(ROWS, questionnaire, "who").all()


def test_every_step_changes_and_counts() -> None:
    right, counts = put_right(ROWS, small())
    assert right["status"].tolist() == ["sole_trader", "other_status", "sole_trader", "other_status"]
    assert right.loc[0, "won"] == 1.0
    assert right["won"].iloc[1:].isna().all()  # not asked; more won than answered; not asked
    assert right["saws"].tolist()[0] == 2.0
    assert right["saws"].iloc[1:].isna().all()
    assert right.loc[0, "means"] == "sales=60;grants=40"
    scaled = dict(part.split("=") for part in right.loc[1, "means"].split(";"))
    assert sum(map(float, scaled.values())) == pytest.approx(100, abs=1e-3)
    assert float(scaled["sales"]) == pytest.approx(100 * 59 / 99, abs=1e-3)
    assert right["means"].iloc[2:].isna().all()
    assert counts == {
        "recoded": 1,
        "not_recoded": 1,
        "not_asked": 4,  # two calls won, two counts of saws
        "out_of_range": 0,
        "impossible": 1,
        "contradiction": 0,
        "shares_scaled": 1,
        "shares_dropped": 1,
    }


def test_none_of_these_beside_one_of_these_is_no_answer() -> None:
    questionnaire = small()
    tools = replace(questionnaire.questions["tools"], exclusive=("pen",))
    questionnaire = replace(questionnaire, questions={**questionnaire.questions, "tools": tools})
    right, counts = put_right(ROWS, questionnaire)
    assert right["tools"].iloc[1:3].tolist() == ["pen", "saw"]
    assert pd.isna(right.loc[0, "tools"])
    assert counts["contradiction"] == 1


def test_decimals_that_add_up_to_a_hundred_are_neither_scaled_nor_dropped() -> None:
    strict = small()
    strict = replace(strict, cleaning=replace(strict.cleaning, shares_tolerance=0.0))
    cell = "sales=24.4;grants=39.8;other=35.8"
    assert sum((24.4, 39.8, 35.8)) != 100  # as binary numbers are added
    right, counts = put_right(ROWS.head(1).assign(means=cell), strict)
    assert right["means"].tolist() == [cell]
    assert (counts["shares_scaled"], counts["shares_dropped"]) == (0, 0)


def test_own_words_are_found_whole_and_two_statuses_are_left_for_a_person_to_read() -> None:
    recode = load_recode("status", "a test")
    assert recode.code_of("je suis MICRO ENTREPRENEUR depuis 2019") == "sole_trader"
    assert recode.code_of("Jednoosobowa działalność gospodarcza") == "sole_trader"
    assert recode.code_of("intermittent et auto-entrepreneur") == ""
    assert recode.code_of("scapegoat") == ""  # "cape" inside another word is no start-up contract
    for said in ("payé en droits", "PAYE", "fonctionnaire de l'État", "twórca"):  # no status, or another one elsewhere
        assert recode.code_of(said) == "", said
    assert recode.code_of("pracuję na etacie") == "permanent_employee"
    assert simplified("  Złoty—Été, 2 ") == "zloty ete 2"
    with pytest.raises(DefinitionError, match="'nothing' is not legal; legal are status"):
        load_recode("nothing", "a test")


def test_gaps_are_counted_among_those_who_were_asked() -> None:
    questionnaire = small()
    frame = pd.concat([put_right(ROWS, questionnaire)[0]] * 3, ignore_index=True).assign(country="X", wave="1")
    rows = pd.DataFrame(gaps(frame, frame, questionnaire))
    silent = rows[rows["indicator"] == "nonresponse"].set_index("group")
    assert silent.loc["saws", ["estimate", "n"]].tolist() == [0.0, 3.0]
    assert silent.loc["calls", "estimate"] == 25.0
    assert silent.loc["won", ["estimate", "n"]].tolist() == [50.0, 6.0]
    patterns = rows[rows["indicator"] == "pattern"]
    assert patterns.set_index("group")["estimate"].to_dict() == {"all": 6.0, COMPLETE: 6.0}


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ([{"question": "saws", "above": 0}], "'saws' is not legal"),
        ([{"question": "who", "codes": ["nobody"]}], "'nobody' is not legal; legal are active, potential"),
        ([{"question": "who", "above": 0}], "legal is `above` for a number, `codes` for any other question"),
    ],
)
def test_a_route_leads_back_to_an_earlier_question(when: list[dict[str, object]], sentence: str) -> None:
    content = {
        "id": "small",
        "version": "1",
        "languages": ["en"],
        "modules": [
            {
                "id": "all",
                "title": EN,
                "questions": [
                    {"id": "who", "type": "single", "text": EN, "options": _options("active", "potential")},
                    {"id": "tools", "type": "text", "text": EN, "when": when},
                    {"id": "saws", "type": "number", "unit": "pieces", "text": EN},
                ],
            }
        ],
    }
    with pytest.raises(DefinitionError, match=sentence):
        load_questionnaire(content, "a test")
