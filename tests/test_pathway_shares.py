"""Shares from an event log: planted hazards are found again; open files count; the calendar ratio stands beside."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.pathways import check_log, cumulative_incidence, landmark, naive_incidence, spells
from compendium.pathways.shares import calendar_ratio, cohort_shares, first_appointments
from compendium.pathways.synthetic import draw_log, planted
from compendium.study.pathway_rules import load_pathway_rules

WAITS = load_pathway_rules().shares
FIRST, UNTIL = date(2019, 1, 1), date(2026, 10, 31)


def logged(seed: int, entries_month: float | None = None) -> pd.DataFrame:
    drawn = draw_log(FIRST, UNTIL, seed, entries_month=entries_month)
    return drawn.assign(date=pd.to_datetime(drawn["date"]))


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return logged(5, entries_month=3)


def truth(state: str, event: str, months: int) -> float:
    chances = planted()["chances_month"][state]
    total = sum(chances.values())
    return chances[event] / total * (1 - (1 - total) ** months)


def test_a_drawn_log_has_no_fault_and_the_same_seed_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "pathways.csv"
    drawn = draw_log(FIRST, UNTIL, 3)
    drawn.to_csv(path, index=False)
    assert check_log(path, territories=planted()["territories"], today=UNTIL).faults.empty
    assert drawn.equals(draw_log(FIRST, UNTIL, 3)) and not drawn.equals(draw_log(FIRST, UNTIL, 4))


def test_planted_chances_are_found_again(events: pd.DataFrame) -> None:
    found = cohort_shares(events, UNTIL).set_index(["indicator", "group_by", "event"])
    for wait in WAITS:
        for event in (wait.target, "exit"):
            row = found.loc[(wait.id, "", event)]
            assert row["ci_low"] <= truth(wait.start, event, int(wait.months)) <= row["ci_high"]
            assert row["ci_high"] - row["ci_low"] < 0.15


def test_planted_chances_are_covered_in_small_logs() -> None:
    wait, inside, runs = WAITS[0], 0, 15
    for seed in range(runs):
        row = cohort_shares(logged(100 + seed, 0.4), UNTIL).iloc[0]
        inside += row["ci_low"] <= truth(wait.start, wait.target, int(wait.months)) <= row["ci_high"]
    assert inside >= 12  # 11 or fewer have a chance of one in two hundred


def test_young_cohorts_are_not_known_yet_and_nobody_is_left_out(events: pd.DataFrame) -> None:
    found = cohort_shares(events, UNTIL)
    members = found[(found["indicator"] == "member_within_3_years") & (found["event"] == "membership")]
    cohorts = members[members["group_by"] == "cohort"].set_index("group")
    assert cohorts.loc["2025", "reason"] and np.isnan(cohorts.loc["2025", "estimate"])
    assert not cohorts.loc["2021", "reason"]
    for group_by in ("territory", "cohort"):
        assert (
            members.loc[members["group_by"] == group_by, "n"].sum() == members.loc[members["group_by"] == "", "n"].sum()
        )


def test_the_naive_curve_is_too_high(events: pd.DataFrame) -> None:
    times = spells(events, "startup_contract", "employee_contract", UNTIL)
    given = {"censored": "open", "times": [18]}
    right = cumulative_incidence(times["months"], times["event"], **given).set_index("event")["estimate"]
    naive = naive_incidence(times["months"], times["event"], **given).set_index("event")["estimate"]
    assert naive["employee_contract"] > right["employee_contract"] + 0.05
    assert right.sum() < 1 < naive.sum() + 0.4


def test_the_calendar_ratio_has_its_denominator_and_may_pass_one() -> None:
    days = pd.to_datetime(["2023-12-01", "2023-12-02", "2024-02-01", "2024-06-01", "2024-07-01"])
    names = ["startup_contract"] * 3 + ["employee_contract"] * 2
    log = pd.DataFrame({"person": list("abcab"), "date": days, "event": names, "territory": "x", "reason": ""})
    assert calendar_ratio(log, WAITS[0], 2024) == {"reached": 2, "started": 1, "ratio": 2.0}
    assert np.isnan(calendar_ratio(log, WAITS[0], 2020)["ratio"])


def test_first_appointments_within_the_days_promised(events: pd.DataFrame) -> None:
    found = first_appointments(events, UNTIL)
    assert found["low"] <= planted()["first_appointment"]["share"] <= found["high"]


def test_appointments_that_do_nothing_look_good_only_as_ever_had(events: pd.DataFrame) -> None:
    from compendium.pathways import cause_specific, start_stop

    times = spells(events, "orientation", "exit", UNTIL).set_index("person")
    # support is drawn here, later and longer than the one planted, and without effect as that is
    rng = np.random.default_rng(1)
    begins = pd.Series(rng.exponential(20, len(times)), index=times.index)
    begins = begins.where(begins < times["months"])
    ever = pd.DataFrame({"supported": begins.notna().astype(int)})
    naive = cause_specific(times["months"], times["event"], ever, event="exit", censored="open")
    rows = start_stop(times["months"], times["event"], begins, censored="open")
    changing = cause_specific(
        rows["duration"], rows["event"], rows[["supported"]], entry=rows["entry"], event="exit", censored="open"
    )
    late = landmark(times["months"], times["event"], begins)
    marked = cause_specific(late["duration"], late["event"], late[["supported"]], event="exit", censored="open")
    assert naive.loc[0, "ci_high"] < 0.7
    # The chance of an exit falls with time in this log, and support comes with time: only the clock tells them apart.
    for fit in (changing, marked):
        assert fit.loc[0, "ci_low"] < 1 < fit.loc[0, "ci_high"]
