"""The event log of pathways: what cannot be is reported row by row; the rule of orientation; times from a log."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.errors import AnswersError
from compendium.pathways import OPEN, UNDECIDED, agreement, check_log, cumulative_incidence, orientate, read_log, spells
from compendium.study.pathway_rules import load_pathway_rules

TODAY = date(2026, 11, 1)
GOOD = [
    ("p1", "2024-01-10", "reception", "north", "", "o1", ""),
    ("p1", "2024-01-20", "orientation", "north", "", "o1", "startup_contract"),
    ("p1", "2024-02-01", "startup_contract", "north", "", "o1", ""),
    ("p1", "2025-02-01", "employee_contract", "north", "", "o1", ""),
    ("p1", "2026-10-01", "still_there", "north", "", "o1", ""),
    ("p2", "2024-03-01", "reception", "south", "", "o2", ""),
    ("p2", "2024-03-01", "orientation", "south", "", "o2", ""),
    ("p2", "2024-09-01", "exit", "south", "", "o2", "economic_failure"),
]
COLUMNS = ["person", "date", "event", "territory", "pole", "officer", "reason"]


def written(folder: Path, rows: list[tuple[str, ...]], suffix: str = ".csv") -> Path:
    path = folder / f"pathways{suffix}"
    frame = pd.DataFrame(rows, columns=COLUMNS)
    if suffix == ".xlsx":
        frame.assign(date=pd.to_datetime(frame["date"])).to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_good_log_is_read_from_text_and_spreadsheet(tmp_path: Path, suffix: str) -> None:
    events = read_log(written(tmp_path, GOOD, suffix), territories=["north", "south"], today=TODAY)
    assert len(events) == len(GOOD) and events["date"].notna().all()
    assert list(events.columns) == COLUMNS and events.index[0] == 2


def test_days_may_be_written_otherwise_when_that_is_declared(tmp_path: Path) -> None:
    rows = [(person, f"{day[8:]}/{day[5:7]}/{day[:4]}", *rest) for person, day, *rest in GOOD]
    path = written(tmp_path, rows)  # type: ignore[arg-type]
    assert (check_log(path, today=TODAY).faults["rule"] == "no date").sum() == len(GOOD)
    assert read_log(path, today=TODAY, date_format="%d/%m/%Y")["date"].iloc[0] == pd.Timestamp(2024, 1, 10)


@pytest.mark.parametrize(
    ("bad", "row", "rule"),
    [
        (("p3", "2024-02-01", "startup_contract", "north", "", "", ""), 10, "out of order"),  # contract, no orientation
        (
            ("p2", "2024-02-01", "startup_contract", "south", "", "", ""),
            10,
            "out of order",
        ),  # contract before orientation
        (("p2", "2024-10-01", "exit", "south", "", "", "other"), 10, "too often"),  # exit twice
        (("p1", "2026-12-24", "appointment", "north", "", "", ""), 10, "future date"),
        (("p1", "2024-02-31", "appointment", "north", "", "", ""), 10, "no date"),
        (("p1", "2024-03-01", "appointment", "moon", "", "", ""), 10, "unknown territory"),
        (("p1", "2024-03-01", "appointment", "", "", "", ""), 10, "unknown territory"),
        (("p1", "2024-03-01", "party", "north", "", "", ""), 10, "unknown event"),
        (("p2", "2024-10-02", "appointment", "south", "", "", ""), 10, "after the exit"),
        (("p1", "2026-10-20", "exit", "north", "", "", "bored"), 10, "unknown reason"),
        (("", "2024-03-01", "appointment", "north", "", "", ""), 10, "no person"),
        (GOOD[0], 10, "duplicated row"),
        (("p4", "2024-03-01", "reception", "north", "", "", ""), 10, "no exit flag"),
    ],
)
def test_what_cannot_be_is_reported_with_its_row(tmp_path: Path, bad: tuple[str, ...], row: int, rule: str) -> None:
    path = written(tmp_path, [*GOOD, bad])
    faults = check_log(path, territories=["north", "south"], today=TODAY).faults
    assert rule in set(faults.loc[faults["row"] == row, "rule"])
    assert set(faults["row"]) == {row}
    with pytest.raises(AnswersError, match=f"row {row}: "):
        read_log(path, territories=["north", "south"], today=TODAY)


def test_persons_without_any_exit_flag_are_named_unless_exits_are_vouched_for(tmp_path: Path) -> None:
    rows = [(f"q{number}", "2024-01-10", "reception", "north", "", "", "") for number in range(102)]
    path = written(tmp_path, rows)
    faults = check_log(path, today=TODAY).faults
    assert (faults["rule"] == "no exit flag").sum() == 102 and faults["person"].nunique() == 102
    assert check_log(path, today=TODAY, exits_recorded=True).faults.empty


@pytest.mark.parametrize(
    ("change", "says"), [({"date": "day"}, "no column 'date'"), ({"pole": "phone"}, "column 'phone' is not known")]
)
def test_columns_are_those_of_the_log(tmp_path: Path, change: dict[str, str], says: str) -> None:
    path = tmp_path / "pathways.csv"
    pd.DataFrame(GOOD, columns=COLUMNS).rename(columns=change).to_csv(path, index=False)
    with pytest.raises(AnswersError, match=says):
        check_log(path)


def test_times_begin_at_the_start_and_open_files_are_censored(tmp_path: Path) -> None:
    events = read_log(written(tmp_path, GOOD), today=TODAY)
    found = spells(events, "orientation", "employee_contract", TODAY).set_index("person")
    assert found.loc["p1", "event"] == "employee_contract" and found.loc["p2", "event"] == "exit"
    assert found.loc["p1", "months"] == pytest.approx(378 / 30.4375)
    earlier = spells(events, "orientation", "employee_contract", date(2024, 6, 30)).set_index("person")
    assert set(earlier["event"]) == {OPEN}
    told = spells(events, "orientation", "employee_contract", TODAY, by_reason=True)
    assert "exit: economic_failure" in set(told["event"])
    shares = cumulative_incidence(found["months"], found["event"], censored=OPEN, times=[24])
    assert shares.set_index("event").loc["employee_contract", "estimate"] == 0.5
    with pytest.raises(AnswersError, match="'wedding' is no event"):
        spells(events, "orientation", "wedding", TODAY)


def test_the_decision_table_is_that_of_the_brief() -> None:
    people = pd.DataFrame(
        [
            ("information", "ready", "fits", 20, 900),
            ("project", "idea", "other_needed", 20, 900),
            ("project", "ready", "other_needed", 20, 900),
            ("project", "ready", "fits", 10, 160),
            ("project", "ready", "fits", 10, 159.9),
            ("project", "ready", "fits", 9, 160),
            ("project", "ready", "fits", 0, 0),
            ("project", None, "fits", 0, 0),
            ("information", None, None, np.nan, np.nan),
            ("project", "ready", "fits", np.nan, 100),
            ("project", "ready", "fits", np.nan, 200),
        ],
        columns=["wish", "stage", "legal_frame", "hours_month", "invoiced_eur_month"],
    )
    assert list(orientate(people)) == [
        "comparison_of_statuses",
        "partner_bodies",
        "suited_cooperative",
        "employee_contract",
        "startup_contract",
        "startup_contract",
        "startup_contract",
        UNDECIDED,
        "comparison_of_statuses",
        "startup_contract",
        UNDECIDED,
    ]
    with pytest.raises(AnswersError, match="row 1, stage: 'dream'"):
        orientate(people.assign(stage="dream"))
    with pytest.raises(AnswersError, match="no column 'wish'"):
        orientate(people.drop(columns="wish"))


def test_agreement_of_rule_and_officer_is_the_textbook_kappa() -> None:
    rule = pd.Series(["a"] * 12 + ["b"] * 11 + [UNDECIDED])
    officer = pd.Series(["a"] * 10 + ["b"] * 2 + ["a"] * 3 + ["b"] * 8 + ["a"])
    found = agreement(rule, officer)
    assert found["n"] == 23 and found["undecided"] == 1
    expected = (18 / 23 - (12 * 13 + 11 * 10) / 23**2) / (1 - (12 * 13 + 11 * 10) / 23**2)
    assert found["kappa"] == pytest.approx(expected)
    assert found["kappa_low"] < found["kappa"] < found["kappa_high"] <= 1
    assert np.isnan(agreement(rule.str.replace("b", "a"), officer)["kappa"])


def test_definitions_hold_together() -> None:
    rules = load_pathway_rules()
    assert rules.orientation[-1].conditions == ()  # somebody about whom all is known is always orientated
    assert {"exit", "still_there"} == {rules.last, rules.seen}
