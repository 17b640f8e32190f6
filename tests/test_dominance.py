"""One or two persons must not make up too much of a mean or sum of money, hours or the like."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from compendium import paths, results
from compendium.comparison.estimates import _number
from compendium.diagnosis.calls import ratio_rows
from compendium.disclosure import Rules, protect
from compendium.disclosure.dominance import (
    ALIKE,
    DOMINATED,
    LARGEST,
    PRIOR,
    TWO_LARGEST,
    dominated,
    dominated_groups,
    nearest_guess,
    share_of_largest,
)
from compendium.errors import DefinitionError
from compendium.persons import Persons, estimate_row
from compendium.study import disclosure_rules
from compendium.study.disclosure_rules import Dominance, load_detail, rule_set

RULE = Dominance(largest=50, two_largest=75, prior=10, bounded=frozenset({"pct"}))


@pytest.mark.parametrize(
    ("values", "one", "two", "guess"),
    [
        # by hand: 100 * 50 / 100, 100 * 80 / 100, 100 * (10 + 5 + 5) / 50
        ([50, 30, 10, 5, 5], 50.0, 80.0, 40.0),
        ([5, 10, 50, 5, 30], 50.0, 80.0, 40.0),
        ([900, 50, 30, 20], 90.0, 95.0, 100 * 50 / 900),
        ([10, 10, 10, 10], 25.0, 50.0, 200.0),
        ([7, 3], 70.0, 100.0, 0.0),
        ([7], 100.0, 100.0, 0.0),
        # a loss counts by its size: 100 * 60 / 100
        ([-60, 20, 10, 10], 60.0, 80.0, 100 * 20 / 60),
        ([0, 0, 0, 8], 100.0, 100.0, 0.0),
        ([np.nan, 50, 30, 20, np.nan], 50.0, 80.0, 40.0),
    ],
)
def test_shares_of_the_largest_by_hand(values: list[float], one: float, two: float, guess: float) -> None:
    given = np.array(values, dtype=float)
    assert share_of_largest(given, 1) == pytest.approx(one, abs=1e-12)
    assert share_of_largest(given, 2) == pytest.approx(two, abs=1e-12)
    assert nearest_guess(given) == pytest.approx(guess, abs=1e-12)


def test_the_guess_of_the_second_largest_is_what_that_person_can_work_out() -> None:
    """The definition itself: total less own is an upper bound; it misses by what all others have together."""
    values = np.array([420.0, 260.0, 40.0, 25.0, 10.0])
    bound = values.sum() - values[1]
    assert nearest_guess(values) == pytest.approx(100 * (bound - values[0]) / values[0])


def test_weights_count_the_weighted_contribution() -> None:
    values, weights = np.array([10.0, 10.0, 10.0, 10.0]), np.array([7.0, 1.0, 1.0, 1.0])
    assert share_of_largest(values, 1, weights) == pytest.approx(70.0)
    assert dominated(np.array([10.0, 11.0, 12.0, 10.0]), weights, RULE) == LARGEST
    assert share_of_largest(values, 1, np.array([0.0, 1.0, 1.0, 2.0])) == pytest.approx(50.0), "weight nought: no part"


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ([51, 20, 19, 10], LARGEST),
        ([50, 20, 20, 10], ""),  # exactly at the limit may be shown
        ([45, 35, 10, 10], TWO_LARGEST),
        ([40, 35, 13, 12], ""),
        ([5, 5, 5, 5], ALIKE),
        ([0, 0, 0, 0], ALIKE),
        ([-3, -3], ALIKE),
        ([], ""),
        ([np.nan, np.nan], ""),
        ([1e12, *[1.0] * 500], LARGEST),
    ],
)
def test_a_cell_is_held_back_by_the_first_rule_that_it_breaks(values: list[float], rule: str) -> None:
    assert dominated(np.array(values, dtype=float), None, RULE) == rule


def test_the_p_percent_rule_alone() -> None:
    """Looser dominance rules let it speak: two of ten thousand, others less than a tenth of the largest."""
    loose = Dominance(largest=99, two_largest=99.9, prior=10, bounded=frozenset())
    assert dominated(np.array([100.0, 90.0, 5.0, 4.0]), None, loose) == PRIOR
    assert dominated(np.array([100.0, 90.0, 5.0, 5.0]), None, loose) == ""


def test_groups_are_judged_one_by_one_and_bounded_units_never() -> None:
    values = pd.Series([100.0, 1, 1, 1, 9, 10, 11, 12])
    groups = pd.Series(["a"] * 4 + ["b"] * 4)
    assert list(dominated_groups(values, groups, "hours")) == ["a"]
    assert list(dominated_groups(values, groups, "pct")) == []
    assert list(dominated_groups(values[4:], None, "hours")) == []
    assert list(dominated_groups(values[:4], None, "hours")) == [""]


def _means(marked: str) -> pd.DataFrame:
    sizes = {"a": 40.0, "b": 30.0, "c": 50.0}
    rows = [{"group_by": "status", "group": name, "estimate": 100.0, "n": n} for name, n in sizes.items()]
    rows.append({"estimate": 100.0, "n": 120.0})
    for row in rows:
        row |= {"indicator": "turnover", "unit": "EUR a year", "method": "mean"}
        if row.get("group") == marked:
            row["caveat"] = DOMINATED
    return results.make(rows, study="s", wave="w", country="AA", origin="synthetic")


def test_the_gate_blanks_what_is_dominated_and_what_would_give_it_back() -> None:
    shown = protect(_means("a"), Rules(10))
    by = shown.set_index("group")
    assert by.loc["a", "suppression_reason"] == "dominance" and by.loc["a", "caveat"] == ""
    assert by.loc["a", list(results.BLANKED)].isna().all()
    # one blank group beside the mean of everybody could be worked out: the smallest shown goes with it
    assert by.loc["b", "suppression_reason"] == "complement"
    assert not protect(_means(""), Rules(10))["suppressed"].any()


def test_no_row_that_leaves_the_gate_says_that_it_was_dominated() -> None:
    shown = protect(_means("a"), Rules(10))
    assert not (shown.astype("str") == DOMINATED).any().any()


def test_one_large_amount_marks_the_mean_of_everybody() -> None:
    asked = SimpleNamespace(id="turnover", type="number", unit="eur_year", populations=())
    questionnaire = SimpleNamespace(questions={"turnover": asked})
    rows = {}
    for name, largest in (("dominated", 1e7), ("even", 60.0)):
        answers = pd.DataFrame({"turnover": [largest, *np.linspace(40, 60, 30)]})
        (rows[name],) = _number(Persons(answers), asked, questionnaire)
    assert rows["dominated"]["caveat"] == DOMINATED
    assert rows["even"].get("caveat", "") != DOMINATED


def test_a_ratio_of_sums_is_held_back_where_one_person_holds_the_sum() -> None:
    hours = pd.Series([5000.0, *[10.0] * 20])
    persons = Persons(pd.DataFrame({"x": hours}))
    ((_, row),) = ratio_rows(persons, hours, pd.Series([1.0] * 21))
    assert row["caveat"] == DOMINATED
    ((_, row),) = ratio_rows(persons, pd.Series(np.linspace(10, 30, 21)), pd.Series([1.0] * 21))
    assert row.get("caveat", "") != DOMINATED


def test_weights_of_countries_made_equal_are_what_counts() -> None:
    """One country of two persons counts as much as one of forty: its larger one then makes up over half."""
    answers = pd.DataFrame({"country": ["AA"] * 2 + ["BB"] * 40, "x": [900.0, 10.0, *[20.0, 30.0] * 20]})
    assert Persons(answers, "country").dominated(answers["x"], None, "hours") == {""}
    assert Persons(answers[2:], "country").dominated(answers["x"][2:], None, "hours") == frozenset()


def test_a_row_that_is_not_dominated_is_what_it_was() -> None:
    ((_, found),) = Persons(pd.DataFrame({"x": range(20)})).estimate(pd.Series(range(20), dtype=float))
    assert estimate_row(found) == estimate_row(found, dominated=False)


def test_the_values_are_data_with_a_reference_and_a_hash_that_follows_them(tmp_path, monkeypatch) -> None:
    detail = load_detail()
    assert detail.dominance.largest < detail.dominance.two_largest <= 100
    assert rule_set(Rules(10)) == rule_set(Rules(10))
    assert rule_set(Rules(10))["hash"] != rule_set(Rules(11))["hash"]
    content = yaml.safe_load((paths.DEFINITIONS / "disclosure.yml").read_text(encoding="utf-8"))
    assert all(entry["reference"] for name, entry in content["dominance"].items() if name != "bounded")
    content["dominance"]["largest"]["value"] = 120
    (tmp_path / "disclosure.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setattr(disclosure_rules.paths, "DEFINITIONS", tmp_path)
    load_detail.cache_clear()
    try:
        with pytest.raises(DefinitionError, match=r"dominance\.largest\.value"):
            load_detail()
    finally:
        load_detail.cache_clear()
