"""Statuses after the analysis plan: the plan itself, differences, those who left, the claim on turnover, and silence."""

import copy
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import paths, results, text
from compendium.diagnosis.statuses.differences import (
    AFTER,
    BEFORE,
    E_VALUE,
    EQUAL,
    PAIR,
    STANDARDISED,
    TOTAL,
    balance_rows,
    difference_rows,
)
from compendium.diagnosis.statuses.people import People, compared
from compendium.diagnosis.statuses.product import statuses as product
from compendium.diagnosis.statuses.survivors import BOUNDS, GIVEN_UP, Side, bounds, reason_rows, survivor_rows
from compendium.diagnosis.statuses.turnover import BETWEEN, CHANGE, EQUAL_BEFORE, HALF, RATIO, WITHIN, turnover_rows
from compendium.errors import DefinitionError
from compendium.reading import read_yaml
from compendium.sheets import risks, statuses
from compendium.study.analysis_plan import load_plan, read_plan
from compendium.study.questionnaire_file import load_questionnaire
from compendium.tables import Table

PLAN = load_plan()
OTHER = PLAN.turnover.group
QUESTIONNAIRE = load_questionnaire("core", paths.DEFINITIONS)


def answered(n: int = 500, seed: int = 3, difference: float = -8.0) -> pd.DataFrame:
    """Draw people of two statuses: who is older is more often in the cooperative, and more exhausted."""
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 4, n)
    member = rng.random(n) < 0.2 + 0.2 * age
    before = np.exp(9.5 + 0.6 * rng.normal(size=n))
    return pd.DataFrame(
        {
            "origin": "synthetic",
            "population": PLAN.population,
            "status": np.where(member, OTHER, PLAN.reference),
            "age_band": np.char.add("a", age.astype(str)),
            "gender": rng.choice(["woman", "man"], n),
            "education": "bachelor",
            "discipline": rng.choice(["music", "crafts_design", "visual_arts"], n),
            "seniority_years": 5.0 * age + rng.random(n),
            "hours_week": 30 + 10 * rng.random(n),
            "score_exhaustion": 40 + 6.0 * age + difference * member + 12 * rng.normal(size=n),
            "turnover_before_status": before,
            "turnover_12_months": np.exp(9.5 + 0.6 * rng.normal(size=n) + np.log(1.2) * member),
        }
    )


def people_of(frame: pd.DataFrame) -> People:
    found = compared(frame, QUESTIONNAIRE, PLAN, None)
    assert found is not None
    return found


def frame_of(rows: object) -> pd.DataFrame:
    return results.make(rows, study="s", country="XX", origin="synthetic")  # type: ignore[arg-type]


def test_the_plan_is_dated_before_data_and_states_both_directions() -> None:
    assert PLAN.before_data and PLAN.interest["fr"]
    asked = {*PLAN.total, *PLAN.consequences, PLAN.treatment, PLAN.turnover.now, PLAN.turnover.before}
    assert asked <= set(QUESTIONNAIRE.questions) | {banding.id for banding in QUESTIONNAIRE.bands.values()} | {
        "age_band"
    }
    assert set(PLAN.outcomes) <= set(QUESTIONNAIRE.measures)
    assert not set(PLAN.total) & set(PLAN.consequences)
    for one in PLAN.hypotheses:
        assert {"en", "fr"} <= set(one.less) & set(one.more) and one.less != one.more


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reference": "nobody"}, "'nobody' is not compared; legal are cooperative"),
        ({"outcomes": ["wellbeing"]}, "'exhaustion' is no outcome; legal are wellbeing"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, object], said: str) -> None:
    content = read_yaml(paths.DEFINITIONS / "analysis_plan.yml", "analysis_plan")
    with pytest.raises(DefinitionError, match=said):
        read_plan({**copy.deepcopy(content), **change})


def test_a_planted_difference_is_found_in_each_way_and_at_equal_hours() -> None:
    found = frame_of(difference_rows(people_of(answered()), "exhaustion"))
    for method in (PAIR, STANDARDISED):
        for estimand in (TOTAL, EQUAL):
            (row,) = found[(found["method"] == method) & (found["estimand"] == estimand)].itertuples()
            assert row.ci_low <= -8 <= row.ci_high < 0
            assert row.group == OTHER and row.reference_group == PLAN.reference
    assert (found.loc[found["method"] == E_VALUE, "ci_low"] > 1).all()


def test_balance_is_told_before_and_after() -> None:
    found = frame_of(balance_rows(people_of(answered()), "exhaustion")).set_index(["indicator", "method"])["estimate"]
    assert found["seniority_years", BEFORE] > 0.5
    assert found["seniority_years", AFTER] < 1e-6


def test_who_left_moves_a_difference_as_far_as_arithmetic_lets() -> None:
    """Half of a status left: trimming takes half of the reference away; the worst case puts 0 and 100 in their place."""
    side, reference = (
        Side(np.array([20.0, 40.0]), np.array([80.0, 60.0])),
        Side(np.array([10.0, 30.0, 50.0, 70.0]), np.array([])),
    )
    stayed, back, low, high, least, most = bounds(side, reference)
    assert (stayed, back) == (30 - 40, 50 - 40)
    assert (low, high) == (30 - 60, 30 - 20)
    assert (least, most) == (60 / 4 - 40, 260 / 4 - 40)


def test_bounds_hold_the_truth_of_those_who_would_stay() -> None:
    """The exhausted leave the one status: those who stay look better than those who would stay in both are."""
    rng = np.random.default_rng(2)
    n = 2000
    frame = answered(n, difference=0.0)
    gone = (frame["status"] == OTHER) & (rng.random(n) < np.where(frame["score_exhaustion"] > 55, 0.7, 0.1))
    frame["stopped_status"] = np.where(gone, OTHER, "none")
    truth = frame.groupby("status")["score_exhaustion"].mean()
    frame.loc[gone, "status"] = "permanent_employee"
    found = frame_of(survivor_rows(people_of(frame), frame, "exhaustion", 1))
    own = found[(found["group"] == OTHER) & (found["indicator"] == "exhaustion")].set_index("method")
    assert list(own.index) == list(BOUNDS)
    stayed, back, low, high, least, most = own["estimate"]
    assert back == pytest.approx(truth[OTHER] - truth[PLAN.reference])
    assert stayed < back and least < low <= stayed <= high < most
    share = found[(found["indicator"] == GIVEN_UP) & (found["group"] == OTHER)].iloc[0]
    assert share["estimate"] == pytest.approx(100 * gone.sum() / (gone.sum() + (frame["status"] == OTHER).sum()))


def test_what_counted_most_in_giving_a_status_up_is_told_of_those_who_say() -> None:
    frame = answered(400).assign(stopped_reason=["health", "income", "income", "other", None] * 80)
    rows = frame_of(reason_rows(people_of(frame), frame)).set_index("group")
    assert rows["estimate"].to_dict() == {"health": 25.0, "income": 50.0, "other": 25.0}
    assert (rows["n"] == 320).all() and (rows["ci_low"] < rows["estimate"]).all()
    shown = statuses.reasons(sheet_of(frame))
    assert isinstance(shown, Table) and list(shown.frame.iloc[:, 0]) == ["income", "health", "other"]
    assert list(reason_rows(people_of(frame), frame.drop(columns="stopped_reason"))) == []


def test_turnover_says_the_ratio_and_what_returns_to_the_mean() -> None:
    found = frame_of(turnover_rows(people_of(answered(1500, seed=4))))
    for method in (f"{RATIO}, {PAIR}", f"{RATIO}, {STANDARDISED}", f"{BETWEEN}, {STANDARDISED}"):
        for row in found[found["method"] == method].itertuples():
            assert row.ci_low <= 1.2 <= row.ci_high and row.unit == "ratio"
    assert EQUAL_BEFORE in set(found["estimand"])
    half = found[(found["group_by"] == HALF) & (found["method"] == WITHIN)].set_index("group")
    assert (
        half.loc["lower", "ci_low"] > 1 > half.loc["upper", "ci_high"]
    )  # nothing but chance lies between the two years
    equal = found[(found["indicator"] == CHANGE) & (found["estimand"] == EQUAL_BEFORE)]
    plain = found[
        (found["indicator"] == CHANGE) & (found["estimand"] == TOTAL) & found["method"].str.startswith(BETWEEN)
    ]
    assert (equal["ci_high"] / equal["ci_low"]).min() < (plain["ci_high"] / plain["ci_low"]).min()


def sheet_of(answers: pd.DataFrame) -> risks.Sheet:
    study = SimpleNamespace(
        id="s",
        questionnaire=QUESTIONNAIRE,
        seed=1,
        is_pooled=lambda unit: False,
        disclosure=SimpleNamespace(minimum_cell=10),
    )
    found = product(
        study, "XX", "2026", answers, pd.DataFrame(columns=["measure", "axis", "verdict", "reason", "left_out"])
    )  # type: ignore[arg-type]
    return risks.open_sheet(study, found, text.load("en"), lambda column, code: code)  # type: ignore[arg-type]


def test_the_page_says_what_came_of_a_hypothesis_and_holds_the_claim_against_it() -> None:
    sheet = sheet_of(answered(1500))
    table = statuses.hypotheses(sheet)
    assert isinstance(table, Table)
    assert table.frame.iloc[0]["What came of it"] == "less"
    assert set(table.frame.iloc[1:]["What came of it"]) == {"not measured"}
    assert "the claimed one does not" in repr(statuses.claim(sheet)) or "neither" in repr(statuses.claim(sheet))
    assert "beyond chance" in repr(statuses.said(sheet, "exhaustion"))


def test_a_study_without_statuses_has_a_page_that_says_so() -> None:
    sheet = sheet_of(answered().drop(columns=["status", "turnover_12_months"]))
    for shown in (
        statuses.hypotheses(sheet),
        statuses.said(sheet, "exhaustion"),
        statuses.differences(sheet, "exhaustion"),
        statuses.difference_table(sheet, "wellbeing"),
        statuses.exposure_table(sheet),
        statuses.balance_table(sheet),
        statuses.survivor_table(sheet, "exhaustion"),
        statuses.reasons(sheet),
        statuses.claim(sheet),
        statuses.turnover_table(sheet),
        statuses.change_table(sheet),
        statuses.limits(sheet),
    ):
        assert "nan" not in shown._repr_html_().lower().replace("financ", "")
