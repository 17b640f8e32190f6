"""Warning signs: the unit is a group, cut-offs are chosen without those they judge, and too few groups are said to be too few."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from agreement import agrees

from compendium import text
from compendium.diagnosis.signs import (
    SharedItemsError,
    accuracy,
    best_cutoff,
    check_apart,
    held_out,
    load_rules,
    middle_cutoff,
)
from compendium.diagnosis.signs.change import change_rows, difference_of_waves, linked, reliable_change
from compendium.diagnosis.signs.groups import LATER, SAME_FORM, pair
from compendium.diagnosis.signs.indicators import REGISTER, indicator_rows
from compendium.diagnosis.signs.register import EXAMPLE, compute, read_register
from compendium.diagnosis.signs.rules import Outcome, Sign
from compendium.diagnosis.signs.together import (
    AT_ONCE,
    FOLLOWS,
    PAIR,
    partial_correlation,
    stage_rows,
    times_by_chance,
    together_rows,
)
from compendium.diagnosis.signs.warning import GROUPS, HELD_OUT, SAME_DATA, TOO_FEW, warning_rows
from compendium.errors import AnswersError, CompendiumError
from compendium.forms.indicator_table import workbook
from compendium.study.cooperative_indicators import POSTURES, load_indicators
from compendium.study.questionnaire_file import load_questionnaire

CORE = load_questionnaire("core", "test")
RULES = load_rules()
EXHAUSTION = RULES.outcome("exhaustion")
SIGN = Sign("warning_signals")


def people(groups: int, persons: int = 12, *, bond: float = 1.0, seed: int = 1, organisations: int = 0) -> pd.DataFrame:
    """Draw answers of persons in groups whose strain shows in the sign and, by `bond`, in exhaustion."""
    rng = np.random.default_rng(seed)
    strain = rng.normal(size=groups)
    frames = []
    for at in range(groups):
        tired = rng.random(persons) < 1 / (1 + np.exp(-(2 * bond * strain[at] - 0.6)))
        code = np.where(tired, "5", "1")
        frame = pd.DataFrame({f"exhaustion_{i}": code for i in range(1, 6)})
        frame["score_warning_signals"] = np.clip(50 + 10 * strain[at] + rng.normal(0, 15, persons), 0, 100)
        frame["organisation_id"] = f"O{at % organisations if organisations else at}"
        frame["trade_community"] = f"P{at}"
        frame["country"] = "AA"
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def test_the_best_cutoff_lies_between_two_values_and_separates() -> None:
    assert best_cutoff([1, 2, 3, 4], [False, False, True, True]) == 2.5
    # Two equally good ones: the lower warns once too often rather than once too rarely.
    assert best_cutoff([1, 2, 3, 4], [False, True, False, True]) == 1.5
    assert np.isnan(best_cutoff([1, 2], [True, True]))
    assert np.isnan(best_cutoff([1, 1], [True, False]))


def test_the_middle_cutoff_is_midway_between_the_means() -> None:
    assert middle_cutoff([1, 2, 5, 8], [False, False, True, True]) == 4.0
    assert np.isnan(middle_cutoff([1, 2], [False, False]))


def test_no_group_is_judged_by_a_cutoff_it_had_a_part_in() -> None:
    values = np.arange(40.0)
    cases = values >= 20
    alone = held_out(values, cases, np.arange(40), repeats=1, folds=40, seed=1)
    for at in range(40):
        others = np.arange(40) != at
        assert alone.flagged[at] == (values[at] >= middle_cutoff(values[others], cases[others]))


def test_groups_of_one_organisation_are_held_out_together() -> None:
    # Within each organisation the sign is the outcome; between organisations it says nothing.
    rng = np.random.default_rng(3)
    level = np.repeat(rng.normal(size=40), 2)
    cases = np.tile([True, False], 40)
    organisations = np.repeat(np.arange(40), 2)
    judged = held_out(level, cases, organisations, repeats=5, folds=10, seed=1)
    balance = dict(accuracy(judged.flagged, cases, organisations))["balance"]
    assert balance.estimate <= 0
    with pytest.raises(CompendiumError, match="1 organisation: none can be held out"):
        held_out(level, cases, np.zeros(80), repeats=1, folds=2, seed=1)


def test_accuracy_counts_as_by_hand() -> None:
    flagged = [1, 1, 1, 0, 1, 0, 0, 0, 0, 0]
    cases = [True] * 4 + [False] * 6
    found = dict(accuracy(flagged, cases, range(10)))
    assert found["sensitivity"].estimate == 0.75
    assert found["specificity"].estimate == pytest.approx(5 / 6)
    assert found["positive predictive value"].estimate == 0.75
    assert found["negative predictive value"].estimate == pytest.approx(5 / 6)
    assert found["balance"].estimate == pytest.approx(0.75 + 5 / 6 - 1)
    assert [found[name].n for name in ("sensitivity", "specificity", "positive predictive value")] == [4, 6, 4]
    for each in found.values():
        assert each.low <= each.estimate <= each.high


def test_groups_of_one_organisation_widen_the_interval() -> None:
    flagged = np.repeat([1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0], 5)
    cases = np.ones(40, dtype=bool)
    apart = dict(accuracy(flagged, cases, np.arange(40)))["sensitivity"]
    together = dict(accuracy(flagged, cases, np.repeat(np.arange(8), 5)))["sensitivity"]
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_a_sign_that_shares_a_question_with_its_outcome_is_refused() -> None:
    check_apart(SIGN, EXHAUSTION, CORE)
    with pytest.raises(SharedItemsError, match="share the question 'exhaustion_1'"):
        check_apart(Sign("exhaustion"), EXHAUSTION, CORE)


def test_every_sign_of_the_file_is_a_measure_and_shares_nothing_with_any_outcome() -> None:
    for sign in RULES.signs:
        assert sign.measure in CORE.measures
        for outcome in RULES.outcomes:
            check_apart(sign, outcome, CORE)


def test_an_outcome_is_counted_only_where_the_answers_settle_it() -> None:
    answers = pd.DataFrame(
        [["5", "5", "4", None, None], ["5", "1", "1", "1", None], ["5", "5", None, "1", "1"], [None] * 5],
        columns=list(EXHAUSTION.items),
    )
    assert EXHAUSTION.of_persons(answers).tolist()[:2] == [1.0, 0.0]
    assert EXHAUSTION.of_persons(answers).isna().tolist() == [False, False, True, True]


def rows_of(waves: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.DataFrame(warning_rows(waves, CORE, RULES, 10, 1))


def test_fewer_than_thirty_groups_print_no_sensitivity_but_how_many_there_are() -> None:
    found = rows_of({"1": people(29)})
    told = found[found["group"] == "exhaustion"]
    assert set(told["method"]) == {TOO_FEW}
    assert told["estimate"].iloc[0] == 29
    assert "sensitivity" not in set(found.get("estimand", []))


def test_from_thirty_groups_on_there_are_numbers_and_small_groups_are_left_out() -> None:
    answers = pd.concat([people(40), people(3, persons=9, seed=2).assign(organisation_id="small")], ignore_index=True)
    answers.loc[answers["organisation_id"] == "small", "organisation_id"] = np.repeat(["x", "y", "z"], 9)
    found = rows_of({"1": answers})
    found = found[found["group_by"] == "organisation_id"]
    counted = found[found["indicator"] == GROUPS].set_index("estimand")["estimate"]
    assert (counted["groups"], counted["left out"]) == (40, 3)
    held = found[(found["method"] == HELD_OUT) & (found["estimand"] == "balance")]["estimate"].iloc[0]
    naive = found[(found["method"] == SAME_DATA) & (found["estimand"] == "balance")]["estimate"].iloc[0]
    assert 20 < held < naive
    assert set(found[found["group"] == "exhaustion"]["caveat"]) == {SAME_FORM}


def test_one_sided_outcomes_print_no_sensitivity() -> None:
    answers = people(40)
    answers[list(EXHAUSTION.items)] = "1"
    told = rows_of({"1": answers})
    assert set(told[told["group"] == "exhaustion"]["reason"]) == {"too few groups are cases, or too few are not"}


def test_with_two_waves_the_outcome_is_of_the_later_one() -> None:
    first, second = people(40), people(40, seed=9)
    found = pair({"1": first, "2": second}, "organisation_id", ["organisation_id"], SIGN, EXHAUSTION, 10)
    assert found.timing == LATER
    assert len(found.frame) == 40
    by = EXHAUSTION.of_persons(second).groupby(second["organisation_id"]).mean()
    assert sorted(found.frame["outcome"]) == pytest.approx(sorted(by))
    assert sorted(found.frame["sign"]) == pytest.approx(
        sorted(first["score_warning_signals"].groupby(first["organisation_id"]).mean())
    )


def test_no_row_names_a_group_or_a_person() -> None:
    answers = people(40, organisations=20).assign(respondent=lambda f: [f"r{i}" for i in range(len(f))])
    text = rows_of({"1": answers}).astype(str).to_numpy().ravel()
    names = {*answers["organisation_id"], *answers["trade_community"], *answers["respondent"]}
    assert not names & set(text)


def test_an_outcome_of_a_number_is_its_mean() -> None:
    sick = RULES.outcome("sick_leave")
    assert isinstance(sick, Outcome)
    assert sick.of_persons(pd.DataFrame({"sick_leave_days": [3.0, None]})).tolist()[0] == 3.0


def test_reliable_change_is_that_of_jacobson_and_truax() -> None:
    # Their example: 32.5 before, 47.5 after, a standard deviation of 10 and a reliability of 0.80 make 2.37 standard errors.
    limit = 1.959964 * 10 * np.sqrt(2 * 0.2)
    assert 15 / (10 * np.sqrt(2 * 0.2)) == pytest.approx(2.37, abs=0.01)
    first, second = [32.5, 32.5, 50.0, 50.0, None], [47.5, 32.5 + limit - 0.01, 35.0, 50.0, 60.0]
    found = reliable_change(first, second, 0.80, sd=10).set_index("change")
    assert found["share"].to_dict() == {"reliable fall": 0.25, "no reliable change": 0.5, "reliable rise": 0.25}
    assert set(found["n"]) == {4}
    with pytest.raises(CompendiumError, match=r"reliability 1\.2"):
        reliable_change(first, second, 1.2)


def test_where_nobody_changes_one_in_twenty_looks_as_if() -> None:
    rng = np.random.default_rng(4)
    true = rng.normal(50, np.sqrt(0.8) * 20, 4000)
    first, second = (true + rng.normal(0, np.sqrt(0.2) * 20, 4000) for _ in range(2))
    found = reliable_change(first, second, 0.8).set_index("change")["share"]
    assert found["no reliable change"] == pytest.approx(0.95, abs=0.012)


def linkable(seed: int, persons: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    tired = rng.normal(3, 1, persons)
    items = {f"exhaustion_{i}": np.clip(np.round(tired + rng.normal(0, 0.7, persons)), 1, 5) for i in range(1, 6)}
    frame = pd.DataFrame(items).astype(int).astype(str)
    frame["score_exhaustion"] = 25.0 * (frame.astype(float).mean(axis=1) - 1)
    frame["organisation_id"] = [f"O{i % 6}" for i in range(persons)]
    return frame.assign(linking_code=[f"h{i}" for i in range(persons)], consent_linking="yes")


def test_persons_are_linked_only_with_consent_in_both_waves() -> None:
    first, second = linkable(1), linkable(2)
    assert len(linked(first, second)) == 60
    second.loc[:9, "consent_linking"] = "no"
    assert len(linked(first, second)) == 50
    first.loc[59, "linking_code"] = "h58"  # two persons of one code link nobody
    assert len(linked(first, second)) == 48
    assert len(linked(first.drop(columns="linking_code"), second)) == 0


def test_change_is_reliable_change_where_linked_and_a_difference_of_means_where_not() -> None:
    first, second = linkable(1), linkable(2)
    rows = pd.DataFrame(change_rows(first, second, CORE, "exhaustion"))
    assert list(rows["group"]) == ["reliable fall", "no reliable change", "reliable rise"]
    (row,) = change_rows(first, second.assign(consent_linking="no"), CORE, "exhaustion")
    assert row["method"] == "difference of means"
    assert row["estimate"] == pytest.approx(second["score_exhaustion"].mean() - first["score_exhaustion"].mean())
    assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_organisations_that_stay_what_they_are_narrow_the_difference_of_waves() -> None:
    rng = np.random.default_rng(6)
    place = np.repeat(np.arange(20), 10)
    level = rng.normal(0, 10, 20)[place]
    first, second = (level + rng.normal(0, 5, 200) for _ in range(2))
    same = difference_of_waves(first, second, place, place)
    other = difference_of_waves(first, second, place, place + 100)
    assert same.high - same.low < 0.5 * (other.high - other.low)


def test_the_interval_of_the_difference_of_waves_holds_the_truth() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        place = np.repeat(np.arange(12), 8)
        level, drift = rng.normal(0, 6, 12)[place], rng.normal(0, 3, 12)[place]
        first, second = level + rng.normal(0, 8, 96), level + drift + 2 + rng.normal(0, 8, 96)
        found = difference_of_waves(first, second, place, place)
        held += found.low <= 2 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_signals_that_come_together_are_told_as_times_by_chance() -> None:
    a = np.array([1.0] * 50 + [0.0] * 50)
    b = np.array([1.0] * 40 + [0.0] * 10 + [1.0] * 10 + [0.0] * 40)
    ratio, low, high = times_by_chance(a, b)
    assert ratio == pytest.approx(0.4 / 0.25)
    assert 1 < low < ratio < high
    alone = times_by_chance(a, np.tile([1.0, 0.0], 50))
    assert alone[0] == pytest.approx(1.0)
    assert alone[1] < 1 < alone[2]


def signals(persons: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"signal_{i}": rng.choice(["1", "3", "5"], persons) for i in range(1, 7)})
    return frame.assign(organisation_id=[f"O{i % 8}" for i in range(persons)], country="AA")


def test_one_wave_gives_co_occurrence_and_no_stage() -> None:
    rows = pd.DataFrame(together_rows(signals(300, 1), CORE, "warning_signals", 10))
    at_once = rows[rows["group_by"] == AT_ONCE]
    assert at_once["estimate"].sum() == pytest.approx(100)
    pairs = rows[rows["group_by"] == PAIR]
    assert pairs["indicator"].nunique() == 15
    assert not (rows["method"] == FOLLOWS).any()
    few = pd.DataFrame(together_rows(signals(30, 1), CORE, "warning_signals", 10))
    assert not (few["method"] == "times as often as by chance").any()


def test_a_planted_order_of_signals_is_found_among_linked_persons_only_one_way() -> None:
    first = signals(600, 3).assign(linking_code=[f"h{i}" for i in range(600)], consent_linking="yes")
    second = signals(600, 4).assign(linking_code=first["linking_code"], consent_linking="yes")
    second["signal_2"] = np.where(np.random.default_rng(5).random(600) < 0.5, first["signal_1"], second["signal_2"])
    rows = pd.DataFrame(stage_rows(first, second, CORE, "warning_signals", 10, 30))
    sure = rows[rows["p_adjusted"] < 0.05]
    assert [(row.group, row.indicator) for row in sure.itertuples()] == [("signal_1", "signal_2")]
    assert set(rows["estimand"]) == {"linked persons"}


def test_without_links_there_is_no_stage_but_a_reason() -> None:
    (row,) = stage_rows(signals(100, 1), signals(100, 2), CORE, "warning_signals", 10, 30)
    assert row["comparable"] == "no"
    assert "linked" in row["reason"]


def test_partial_correlation_agrees_with_residuals() -> None:
    rng = np.random.default_rng(2)
    given = rng.normal(size=80)
    x, y = given + rng.normal(size=80), 0.5 * given + rng.normal(size=80)
    design = np.column_stack([np.ones(80), given])
    left = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (y, x)]
    found = partial_correlation(y, x, given)
    agrees("diagnosis.signs.partial_correlation", "numpy residuals", found[0], np.corrcoef(left)[0, 1], abs=1e-12)


def test_every_posture_has_indicators_and_there_are_twelve_or_more() -> None:
    found = load_indicators()
    assert len(found.indicators) >= 12
    assert {one.posture for one in found.indicators.values()} == set(POSTURES)
    for one in found.indicators.values():
        names = [one.answers.get(key) for key in ("mean", "share", "exposed") if key in one.answers]
        names += list(one.answers.get("ratio", ()))
        late = {"sick_leave_days"}  # asked from version 2.1 of the questionnaire on
        for name in set(names) - late:
            assert name in CORE.questions or name in CORE.measures or CORE.banding(name) is not None, name
        if "share" in one.answers:
            assert set(one.answers["codes"]) <= set(CORE.codes(one.answers["share"])), one.id


def test_the_worked_example_gives_what_one_works_out_by_hand() -> None:
    found = compute(read_register(EXAMPLE), 10).set_index("indicator")
    by_hand = {
        "turnover_each": 18_000.0,
        "start_to_contract": 100.0,
        "months_to_contract": 12.0,
        "sick_leave": 3.5,
        "met_regularly": 75.0,
        "people_per_officer": 24.0,
        "units_assessed": 37.5,
        "economic_exits": 6.25,
        "assembly": 70.0,
    }
    assert found.loc[list(by_hand), "value"].to_dict() == by_hand
    assert "pole_active" not in found.index  # left empty: nothing is made up
    assert found.loc[["economic_exits", "helped_in_time", "start_to_contract"], "shows_people"].all()
    assert not found.loc[["met_regularly", "people_per_officer", "units_assessed"], "shows_people"].any()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"indicator": "luck"}, "row 2: no indicator 'luck'; legal are paid_hours"),
        ({"numerator": "many"}, "row 2: numerator 'many' is no number"),
        ({"numerator": "-1"}, "row 2: numerator '-1' is no number"),
        ({"denominator": "0"}, "row 2: the denominator of 'assembly' is 0"),
        ({"numerator": "80"}, "counts 80 people out of 70"),
    ],
)
def test_a_register_that_cannot_be_is_one_sentence(row: dict[str, str], sentence: str) -> None:
    given = {"indicator": "assembly", "numerator": "49", "denominator": "70"} | row
    with pytest.raises(AnswersError) as caught:
        compute(pd.DataFrame([given]), 10)
    assert sentence in str(caught.value)
    with pytest.raises(AnswersError, match="stands twice"):
        compute(pd.DataFrame([{"indicator": "assembly", "numerator": "49", "denominator": "70"}] * 2), 10)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_table_to_fill_in_comes_back_and_its_formulas_are_those_of_the_program(
    tmp_path: Path, language: str
) -> None:
    path = tmp_path / "indicators.xlsx"
    path.write_bytes(workbook(text.load(language)))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    example = read_register(EXAMPLE).set_index("indicator")
    for row in range(3, sheet.max_row + 1):
        name = sheet.cell(row, 1).value
        factor = load_indicators().indicators[name].factor
        assert f"{factor}*G{row}/H{row}" in sheet.cell(row, 9).value
        if name in example.index and example.loc[name, "numerator"]:
            sheet.cell(row, 7).value = float(example.loc[name, "numerator"])
            sheet.cell(row, 8).value = float(example.loc[name, "denominator"])
    book.save(path)
    found = compute(read_register(path), 10).set_index("indicator")["value"]
    assert (
        found.sort_index().to_dict()
        == compute(read_register(EXAMPLE), 10).set_index("indicator")["value"].sort_index().to_dict()
    )


def test_a_register_with_semicolons_and_decimal_commas_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("indicator;numerator;denominator\nturnover_each;1 080 000,50;60\n", encoding="utf-8-sig")
    assert compute(read_register(path), 10)["value"].tolist() == [pytest.approx(1_080_000.5 / 60)]


def cooperators(persons: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "status": np.where(np.arange(persons) % 2, "cooperative_employee_entrepreneur", "sole_trader"),
            "country": "AA",
            "hours_week": rng.integers(5, 70, persons).astype(float),
            "hours_paid_share": rng.integers(0, 101, persons).astype(float),
            "calls_answered": rng.integers(0, 6, persons).astype(float),
            "calls_won": 1.0,
            "cooperative_member": rng.choice(["yes", "no"], persons),
            "pole_participation": rng.choice(["no_pole", "never", "regularly"], persons),
            "exposed_posture_conflicts": pd.array(rng.choice([True, False], persons), dtype="boolean"),
        }
    )


def test_indicators_come_from_the_answers_of_people_of_cooperatives_or_say_where_from() -> None:
    answers = cooperators(400)
    rows = pd.DataFrame(indicator_rows(answers, CORE, load_indicators(), None, None)).set_index("indicator")
    own = answers[answers["status"] != "sole_trader"]
    paid = own["hours_paid_share"] / 100 * own["hours_week"]  # hours over hours, as defined; not the mean of shares
    assert rows.loc["paid_hours", "estimate"] == pytest.approx(100 * paid.sum() / own["hours_week"].sum())
    asked = own[own["calls_answered"] > 0]
    assert rows.loc["calls_success", "estimate"] == pytest.approx(100 * len(asked) / asked["calls_answered"].sum())
    poles = own[own["pole_participation"] != "no_pole"]
    assert rows.loc["pole_active", "estimate"] == pytest.approx(
        100 * (poles["pole_participation"] == "regularly").mean()
    )
    assert rows.loc["pole_active", "n"] == len(poles)
    assert rows.loc["assembly", "reason"] == REGISTER
    assert len(rows) == len(load_indicators().indicators)
    outside = pd.DataFrame(indicator_rows(answers.drop(columns="status"), CORE, load_indicators(), None, None))
    assert set(outside["comparable"]) == {"no"}
