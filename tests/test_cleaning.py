"""Who is left out and why, and which values change, on answers written for the purpose."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from compendium import cleaning, paths
from compendium.collection import fieldwork
from compendium.collection.synthetic import declared_truth, make, planned
from compendium.study.study import Study, load_study


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.fixture(scope="module")
def good(study: Study) -> pd.DataFrame:
    """Twelve good answers, as collection gives them."""
    declared = {**declared_truth(), "missing": {"non_answer": {}}, "not_applicable": {}}
    declared["dirty"] = {
        **declared["dirty"],
        **dict.fromkeys(["withdrawn", "twice", "ineligible", "broken_off", "too_fast", "straight_line"], 0.0),
    }
    declared["dirty"] |= {
        "out_of_range_share": 0.0,
        "misspelt_share": 0.0,
        "impossible_share": 0.0,
        "shares_off_share": 0.0,
    }
    generator = np.random.default_rng(1)
    plan = replace(
        planned(study, study.countries[0].code, declared, generator), respondents=12, populations={"active": 1}
    )
    table, _ = make(study.questionnaire, declared, plan, "2026", ("en",), generator)
    numbers = [question.id for question in study.questionnaire.questions.values() if question.type == "number"]
    frame = table.where(table != "").astype({**dict.fromkeys(numbers, float), "duration_min": float})
    about = {
        "country": plan.code,
        "wave": "2026",
        "origin": "synthetic",
        "source": "a test",
        "licence": "none",
        "respelt": 0,
        "refused": 0,
        "masked": 0,
    }
    return frame.assign(**about)


def reasons(frame: pd.DataFrame, study: Study) -> list[str]:
    return cleaning.decide(frame, study.questionnaire)[0].tolist()


def test_good_answers_stay(good: pd.DataFrame, study: Study) -> None:
    assert reasons(good, study) == [""] * 12


def test_each_rule_finds_its_row_and_the_first_rule_wins(good: pd.DataFrame, study: Study) -> None:
    frame = good.copy()
    questions = list(study.questionnaire.questions)
    frame.loc[1, "consent"] = "no"
    frame.loc[2, questions] = frame.loc[0, questions]  # sent twice, under another code
    frame.loc[3, "respondent"] = frame.loc[0, "respondent"]  # sent twice, other answers
    frame.loc[3, questions[40:60]] = np.nan  # and fewer of them
    frame.loc[4, "population"] = "none_of_these"
    frame.loc[5, questions[8:]] = np.nan
    frame.loc[6, "duration_min"] = 1.0
    frame.loc[7, study.questionnaire.questions_by_module()["exposure"]] = "3"
    frame.loc[8, "duration_min"] = 1.0  # too fast and without consent: the first rule gives the reason
    frame.loc[8, "consent"] = "no"
    out = [
        "no_consent",
        "sent_twice",
        "sent_twice",
        "not_eligible",
        "broken_off",
        "too_fast",
        "straight_line",
        "no_consent",
    ]
    assert reasons(frame, study) == ["", *out, "", "", ""]


def test_who_withdraws_takes_every_answer_along(good: pd.DataFrame, study: Study) -> None:
    frame = good.copy()
    frame.loc[1, "respondent"] = frame.loc[0, "respondent"]
    frame.loc[1, "consent"] = "no"
    assert reasons(frame, study)[:2] == ["no_consent", "no_consent"]


def test_values_that_cannot_be_go_and_the_person_stays(good: pd.DataFrame, study: Study) -> None:
    frame = good.copy()
    frame["calls_won"] = frame["calls_won"].clip(upper=frame["calls_answered"])  # drawn without regard to it
    frame.loc[0, "hours_week"] = 168.0
    frame.loc[1, ["age_band", "seniority_years"]] = ["under_25", 30.0]
    right, counts = cleaning.put_right(frame, study.questionnaire)
    assert {name: count for name, count in counts.items() if count} == {"out_of_range": 1, "impossible": 1}
    assert pd.isna(right.loc[0, "hours_week"])
    assert pd.isna(right.loc[1, "seniority_years"])
    assert len(right) == 12


def test_clean_answers_hold_codes_bands_options_and_scores_but_no_free_text(good: pd.DataFrame, study: Study) -> None:
    frame = good.copy()
    frame.loc[0, ["seniority_years", "activities", "open_comment"]] = [9.0, "teaching;mediation", "something personal"]
    frame.loc[1, "activities"] = np.nan
    answers = cleaning.clean(study, study.countries[0].code, "2026", frame)
    assert answers.loc[0, "seniority_band"] == "3_9"
    assert answers.loc[0, ["activities__teaching", "activities__mediation", "activities__commissions"]].tolist() == [
        True,
        True,
        False,
    ]
    assert pd.isna(answers.loc[1, "activities__teaching"])
    assert answers["score_exhaustion"].between(0, 100).all()
    assert {"submitted", "duration_min", "open_comment", "activities"}.isdisjoint(answers.columns)
    assert not answers.astype("str").isin(["something personal"]).any(axis=None)


def test_the_log_adds_up(good: pd.DataFrame, study: Study) -> None:
    frame = pd.concat([good] * 3, ignore_index=True).assign(respondent=[f"r{row}" for row in range(36)])
    frame["withdrawal_code"] = frame["respondent"]  # no row is another's
    frame.loc[range(12), "consent"] = "no"
    frame.loc[20, "duration_min"] = 1.0
    log = cleaning.exclusions(study, study.countries[0].code, "2026", frame)
    counts = log.set_index("indicator")["estimate"]
    assert counts["received"] == 36
    assert counts["received"] - log.loc[log["indicator"] == "excluded", "estimate"].sum() == counts["kept"]
    assert log.loc[log["group"] == "no_consent", "estimate"].tolist() == [12]
    assert set(log["origin"]) == {"synthetic"}


def test_refusals_that_are_too_few_are_counted_nowhere(good: pd.DataFrame, study: Study) -> None:
    """Received less kept and less the other reasons would be their number, whatever a table blanks."""
    frame = good.copy()
    frame.loc[1, "consent"] = "no"
    frame.loc[6, "duration_min"] = 1.0
    country = study.countries[0].code
    log = cleaning.exclusions(study, country, "2026", frame)
    assert log.set_index("indicator").loc["received", ["estimate", "caveat"]].tolist() == [
        11, "without no_consent: too few to be counted",
    ]  # fmt: skip
    assert "no_consent" not in set(log["group"])
    came = fieldwork(study, country, "2026", frame.assign(submitted="2026-09-14T10:00"))
    assert came.loc[came["indicator"] == "received", "n"].unique().tolist() == [11]


def test_the_fullest_of_two_answers_stays(good: pd.DataFrame, study: Study) -> None:
    frame = good.copy()
    questions = list(study.questionnaire.questions)
    frame.loc[0, questions[20:]] = np.nan  # saved half way, then sent whole
    frame.loc[1, "respondent"] = frame.loc[0, "respondent"]
    assert reasons(frame, study)[:2] == ["sent_twice", ""]


def test_the_log_of_all_countries_holds_each(good: pd.DataFrame, study: Study) -> None:
    codes = [country.code for country in study.countries[:2]]
    log = cleaning.exclusions(study, study.pooled.code, "2026", {code: good.assign(country=code) for code in codes})
    received = log[log["indicator"] == "received"].set_index("country")["estimate"]
    assert received.to_dict() == {study.pooled.code: 24, codes[0]: 12, codes[1]: 12}


def test_pooling_keeps_types_and_gives_each_country_the_same_weight(good: pd.DataFrame, study: Study) -> None:
    first, second = (country.code for country in study.countries[:2])
    answers = {
        first: cleaning.clean(study, first, "2026", good),
        second: cleaning.clean(study, second, "2026", good.head(4).assign(country=second)),
    }
    pooled = cleaning.pool(study, study.pooled.code, "2026", answers)
    assert len(pooled) == 16
    assert pooled.groupby("country")["weight"].sum().tolist() == pytest.approx([8, 8])
    assert (
        pooled.dtypes.drop("weight").astype(str).to_dict() == answers[first].dtypes.drop("weight").astype(str).to_dict()
    )


def test_a_country_of_which_nothing_is_kept_takes_no_weight_from_the_others(good: pd.DataFrame, study: Study) -> None:
    first, second = (country.code for country in study.countries[:2])
    answers = {first: cleaning.clean(study, first, "2026", good)}
    answers[second] = answers[first].head(0)
    assert cleaning.pool(study, study.pooled.code, "2026", answers)["weight"].mean() == pytest.approx(1)


def test_the_code_that_links_waves_is_kept_and_no_other_personal_text(good: pd.DataFrame, study: Study) -> None:
    """The one text of a person that the questionnaire declares for linking comes along, hashed when it was collected."""
    core = study.questionnaire
    linked = replace(study, questionnaire=replace(core, cleaning=replace(core.cleaning, linking="withdrawal_code")))
    frame = good.assign(withdrawal_code=[f"{row:04x}" for row in range(len(good))])
    answers = cleaning.clean(linked, study.countries[0].code, "2026", frame)
    assert set(answers["withdrawal_code"]) <= set(frame["withdrawal_code"])
    personal = {question.id for question in core.questions.values() if question.personal}
    assert personal & set(answers.columns) == {"withdrawal_code"}
    without = cleaning.clean(study, study.countries[0].code, "2026", frame)
    assert not personal & set(without.columns)
