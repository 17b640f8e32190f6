"""The risk-assessment table: who meets a situation, what the working group enters, and what priority may be."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import intervals, paths, results
from compendium.action import foremost, matched, read_entries, risk_table, turned
from compendium.action.frequency import assess, meets
from compendium.action.order import ranges_apart, told_apart
from compendium.action.recommendations import FREQUENCY, PRIORITY, merit
from compendium.action.risk_assessment import ENTERED
from compendium.errors import AnswersError
from compendium.study.levers import load_levers
from compendium.study.risk_rules import load_risk_rules
from compendium.study.situations import load_situations
from compendium.study.study import load_study

TODAY = date(2026, 11, 23)
STUDY = load_study(paths.REPOSITORY / "data")


def _answers(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype="string") for name, values in columns.items()})


def test_who_meets_a_situation_is_settled_by_answers_and_never_by_their_absence() -> None:
    situation = load_situations()["dependence"]
    assert situation.items == ("autonomy_2", "autonomy_3", "autonomy_5")
    assert situation.least == 2
    answers = _answers(  # autonomy_2 is a resource: 1 and 2 count; the others are demands: 4 and 5 count
        autonomy_2=["1", "1", "5", "1", "5", None, "not_applicable", "not_applicable", "5"],
        autonomy_3=["5", None, "1", None, None, None, "not_applicable", "4", "1"],
        autonomy_5=["1", None, "1", "4", "1", None, "not_applicable", "1", None],
    )
    met = meets(answers, STUDY.questionnaire, situation)
    assert met is not None
    #                          two   open  none  two    0+1<2  open   nobody  1 of 2  0+1<2
    assert met.tolist() == [True, pd.NA, False, True, False, pd.NA, pd.NA, False, False]


def test_the_share_is_that_of_those_whose_answers_settle_it() -> None:
    answers = _answers(intensity_1=["5"] * 30 + ["1"] * 70, intensity_2=["1"] * 90 + [None] * 10).assign(
        origin="synthetic", population="active"
    )
    found = assess(STUDY, "FR", "2026", answers)
    row = found[(found["indicator"] == "overload") & (found["group_by"] == "")].iloc[0]
    assert row["n"] == 90  # ten left open what could settle it
    assert row["estimate"] == pytest.approx(100 * 30 / 90)
    assert set(found.loc[found["indicator"] == "rest", "comparable"]) == {"no"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "risk_assessment.csv"


ROW = {"work_unit": "all", "situation": "rest", "severity": "3", "entered_by": "A group", "entered_on": "2026-11-20"}


def _write(file: Path, *rows: dict[str, str], columns: tuple[str, ...] = ENTERED) -> Path:
    pd.DataFrame(rows, columns=list(columns)).to_csv(file, index=False)
    return file


def test_what_was_entered_is_read_as_it_was(file: Path) -> None:
    _write(file, ROW, {"work_unit": "all", "situation": "pay"})
    found = read_entries(file, ["all"], TODAY)
    assert found["situation"].tolist() == ["rest"]  # a row without an entry is none
    assert found["severity"].tolist() == [3]
    assert found["control"].isna().all()


def test_a_file_saved_by_a_spreadsheet_with_semicolons_is_read(file: Path) -> None:
    pd.DataFrame([ROW], columns=list(ENTERED)).to_csv(file, index=False, sep=";", encoding="utf-8-sig")
    assert read_entries(file, ["all"], TODAY)["severity"].tolist() == [3]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"situation": "boredom"}, "line 2: situation is 'boredom'; legal are overload"),
        ({"work_unit": "discipline:magic"}, "work_unit is 'discipline:magic'; legal are all"),
        ({"severity": "5"}, "severity is '5'; legal are 1, 2, 3, 4"),
        ({"control": "0"}, "control is '0'"),
        ({"severity": "three"}, "severity is 'three'"),
        ({"entered_by": ""}, "entered_by is empty"),
        ({"entered_on": ""}, "entered_on is empty"),
        ({"entered_on": "2027-01-01"}, "lies ahead; legal is 2026-11-23 or before"),
        ({"entered_on": "20/11/2026"}, "legal is a day as YYYY-MM-DD"),
        ({"due": "soon"}, "due is 'soon'"),
    ],
)
def test_a_wrong_entry_is_told_in_one_sentence(file: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        read_entries(_write(file, ROW | changed), ["all"], TODAY)


def test_a_pair_that_stands_twice_is_refused(file: Path) -> None:
    with pytest.raises(AnswersError, match="line 3: 'rest' of 'all' stands twice"):
        read_entries(_write(file, ROW, ROW), ["all"], TODAY)


def test_a_missing_column_is_named(file: Path) -> None:
    with pytest.raises(AnswersError, match="'due'"):
        read_entries(_write(file, ROW, columns=tuple(name for name in ENTERED if name != "due")), ["all"], TODAY)


def _results(**shares: tuple[float, float, float] | None) -> pd.DataFrame:
    rows = [
        {"indicator": name, "estimate": found[0], "ci_low": found[1], "ci_high": found[2], "n": 100.0}
        if found
        else {"indicator": name, "suppressed": True, "suppression_reason": "small"}
        for name, found in shares.items()
    ]
    return results.make(rows, study="s", wave="w", country="FR", origin="synthetic", unit="%", method="share")


def _entries(**judged: tuple[int | None, int | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                **dict.fromkeys(ENTERED, ""),
                "work_unit": "all",
                "situation": name,
                "severity": pair[0],
                "control": pair[1],
            }
            for name, pair in judged.items()
        ],
        columns=list(ENTERED),
    ).astype({"severity": "Int64", "control": "Int64"})


def test_priority_spans_all_that_is_still_possible() -> None:
    found = risk_table(_results(rest=(30, 26, 48), pay=(55, 45, 65)), _entries(pay=(3, None))).set_index("situation")
    assert found.loc["rest", ["frequency_rank", "priority_low", "priority_high"]].tolist() == [3, 3, 3 * 16]
    # the interval of pay crosses one half: its rank is 3 or 4
    assert found.loc["pay", ["frequency_rank", "priority_low", "priority_high"]].tolist() == [4, 3 * 3 * 1, 4 * 3 * 4]


def test_what_everybody_entered_leaves_one_priority() -> None:
    found = risk_table(_results(rest=(30, 26, 48)), _entries(rest=(2, 4))).iloc[0]
    assert (found["priority_low"], found["priority_high"]) == (24, 24)


def test_places_by_frequency_alone_never_pass_over_an_overlap() -> None:
    found = risk_table(_results(a=(60, 55, 65), b=(58, 50, 66), c=(20, 15, 25), d=None), _entries()).set_index(
        "situation"
    )
    assert found.loc["a", ["place_low", "place_high"]].tolist() == [1, 2]
    assert found.loc["b", ["place_low", "place_high"]].tolist() == [1, 2]
    assert found.loc["c", ["place_low", "place_high"]].tolist() == [3, 3]
    withheld = ["frequency_rank", "frequency_low", "place_low", "place_high", "priority_low", "priority_high"]
    assert found.loc["d", withheld].isna().all()


def _shown(truth: np.ndarray, n: int, rng: np.random.Generator) -> dict[str, tuple[float, float, float]]:
    """Draw shares of independent questions about n persons, with their Wilson intervals."""
    found = [intervals.share(int(hits), n) for hits in rng.binomial(n, truth)]
    return {f"s{at}": (100 * one.estimate, 100 * one.low, 100 * one.high) for at, one in enumerate(found)}


def test_equal_shares_are_put_in_no_order_and_far_ones_are() -> None:
    """Planted: seventeen equal shares, where overlapping intervals alone would order a pair in 32 draws of 100."""
    rng = np.random.default_rng(20261123)
    draws, wrong, by_overlap = 200, 0, 0
    for _ in range(draws):
        shown = _shown(np.full(17, 0.45), 300, rng)
        ends = np.array([*shown.values()]).T
        wrong += bool(told_apart(*ends).any())
        by_overlap += bool(ranges_apart(ends[1], ends[2]).any())
    assert wrong / draws < 0.09  # 0.05 and chance of 200 draws
    assert by_overlap / draws > 0.2
    far = risk_table(_results(**_shown(np.array([0.6, 0.3, 0.1]), 150, rng)), _entries())
    assert far["place_low"].tolist() == far["place_high"].tolist() == [1, 2, 3]


def test_a_share_without_an_interval_is_told_apart_from_nothing() -> None:
    found = risk_table(_results(a=(60, 58, 62), b=(20, np.nan, np.nan), c=(10, 8, 12)), _entries()).set_index(
        "situation"
    )
    assert found.loc["b", ["place_low", "place_high"]].tolist() == [1, 3]
    assert found.loc["b", ["frequency_low", "frequency_high"]].tolist() == [1, 4]
    assert found.loc["a", ["place_low", "place_high"]].tolist() == [1, 2]


def test_ranks_are_those_of_the_numbers_shown() -> None:
    found = risk_table(_results(a=(49.6, 24.4, 61)), _entries()).iloc[0]  # shown as 50 and 24
    assert (found["frequency_rank"], found["frequency_low"]) == (4, 2)


def test_levers_come_at_the_source_first_then_by_evidence_then_by_effort() -> None:
    found = matched(["overload", "pay"])
    keys = [(*merit(lever), -len(own)) for lever, own in found]
    assert keys == sorted(keys)
    assert {lever.id for lever, _ in found} == {
        name for name, lever in load_levers().items() if {"overload", "pay"} & set(lever.situations)
    }
    assert found[0][0].level == "primary"


def test_the_foremost_are_chosen_by_frequency_until_everything_is_judged() -> None:
    shares = _results(a=(60, 58, 62), b=(50, 48, 52), c=(40, 38, 42), d=(30, 28, 32), e=(20, 18, 22), f=None)
    basis, rows = foremost(risk_table(shares, _entries(e=(4, 4))))
    assert (basis, rows["situation"].tolist()) == (FREQUENCY, ["a", "b", "c"])
    judged = _entries(a=(1, 1), b=(1, 1), c=(1, 1), d=(4, 4), e=(4, 4))
    basis, rows = foremost(risk_table(shares, judged))
    assert basis == PRIORITY
    # d 3 x 16; e 1 or 2 x 16: what was withheld is in no order; a, b and c share the last places
    assert rows["situation"].tolist()[:2] == ["d", "e"]
    assert "f" not in set(rows["situation"])


def test_where_the_choice_rests_on_the_rule_is_told() -> None:
    table = risk_table(_results(a=(60, 58, 62), b=(50, 48, 52), c=(40, 38, 42), d=(30, 28, 32), e=None), _entries())
    others = pd.concat(
        [
            _results(d=(70, 68, 72), e=(90, 88, 92)).assign(threshold_id="looser"),
            _results(a=(59, 57, 61), c=(10, 8, 12)).assign(threshold_id="stricter"),
        ]
    )
    assert turned(table, others) == (["d"], ["c"])


def test_ranks_of_frequency_begin_where_the_definition_says() -> None:
    rules = load_risk_rules()
    assert [rules.frequency_rank(share) for share in (0, 9.99, 10, 24.9, 25, 49.9, 50, 100)] == [1, 1, 2, 2, 3, 3, 4, 4]
