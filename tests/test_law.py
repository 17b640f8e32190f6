"""Law: how alike statuses protect, what that hangs on, what laws name, and what a page says of it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from compendium import protection
from compendium.paths import DEFAULT_STUDY
from compendium.study.context import BRANCHES, Context
from compendium.study.context_file import load

PLACES = ("FR", "PT", "PL", "DE", "GB")


@pytest.fixture(scope="module")
def known() -> Context:
    return load(DEFAULT_STUDY)


def made(*patterns: str) -> pd.DataFrame:
    """Return statuses written as five letters: yes, partial, no, unknown."""
    codes = {"y": "yes", "p": "partial", "n": "no", "u": "unknown"}
    return pd.DataFrame([[codes[letter] for letter in one] for one in patterns], columns=list(BRANCHES))


def test_distances_by_hand() -> None:
    low, high = protection.distances(made("yyyyy", "ypyyy", "nnnnn"))
    expected = np.array([[0, 0.1, 1.0], [0.1, 0, 0.9], [1.0, 0.9, 0]])
    np.testing.assert_allclose(low, expected)
    np.testing.assert_allclose(high, expected)


def test_what_is_unknown_gives_bounds() -> None:
    low, high = protection.distances(made("yyyyy", "yuyyy", "upyyy", "yuyyy"))
    assert (low[0, 1], high[0, 1]) == (0.0, pytest.approx(0.2))
    assert (low[0, 2], high[0, 2]) == (pytest.approx(0.1), pytest.approx(0.3))
    assert (low[1, 3], high[1, 3]) == (0.0, pytest.approx(0.2))  # two unknowns may differ
    assert (np.diag(low) == 0).all() and (np.diag(high) == 0).all()
    every = [
        np.abs(np.array(one) - np.array([1, 0.5, 1, 1, 1])).mean() for one in [(a, 1, 1, 1, 1) for a in (0, 0.5, 1)]
    ]
    bounds = protection.distances(made("uyyyy", "ypyyy"))
    assert (bounds[0][0, 1], bounds[1][0, 1]) == (pytest.approx(min(every)), pytest.approx(max(every)))


def test_groups_lie_further_apart_than_the_rule_and_no_order_of_rows_changes_them(known: Context) -> None:
    own = known.statuses[known.statuses["country"].isin(PLACES)].reset_index(drop=True)
    numbers, (_, high) = protection.groups(own), protection.distances(own)
    assert numbers.max() > 1
    for one in range(1, numbers.max() + 1):
        for other in range(one + 1, numbers.max() + 1):
            assert high[np.ix_(numbers == one, numbers == other)].mean() > protection.rules()["alike"]
    assert (np.diff(np.bincount(numbers)[1:]) <= 0).all()
    rng = np.random.default_rng(5)
    for _ in range(20):
        order = rng.permutation(len(own))
        assert (protection.groups(own.iloc[order]) == numbers[order]).all()


def test_groups_are_numbered_by_size_then_cover() -> None:
    assert protection.groups(made("nnnnn", "yyyyy", "nnnnp", "yyyyp")).tolist() == [2, 1, 2, 1]
    assert protection.groups(made("yyyyy")).tolist() == [1]
    assert protection.groups(made("uuuuu", "uuuuu")).tolist() == [1, 2]  # nothing known, nothing alike


def test_without_draft_cells_every_status_stays() -> None:
    statuses = made("yyyyy", "yyyyn", "nnnnn", "ppppp", "yuyyy")
    np.testing.assert_array_equal(protection.stays(statuses, [], seed=1), [100.0] * 5)


def test_redrawn_cells_move_statuses_at_the_rate_of_a_hand_count() -> None:
    """Two statuses, one draft branch: half a branch never parts them; a status on the limit parts with its one cell."""
    off = protection.rules()["draft_off"]
    statuses = made("yyyyy", "yyyyy", "nnnnn")
    assert protection.stays(statuses, ["unemployment"], seed=3).tolist() == [100.0] * 3
    # n p y y y is 1.5 branches from y y y y y; with one step of its first cell, or of the other's, it is one
    edge = made("yyyyy", "npyyy")
    assert protection.groups(edge).tolist() == [1, 2]
    together = 1 - (1 - off) ** 2
    alone = protection.stays(edge, ["unemployment"], seed=3)
    np.testing.assert_allclose(alone, 100 * (1 - together), atol=4)
    everything = protection.stays(statuses, list(BRANCHES), seed=3)
    assert (protection.stays(statuses, list(BRANCHES), seed=3) == everything).all()
    assert not (protection.stays(statuses, list(BRANCHES), seed=4) == everything).all()


def test_cells_that_alone_would_move_a_status() -> None:
    edge = made("yyyyy", "npyyy", "nnnnn")
    assert protection.turning(edge, ["unemployment"]) == [{"unemployment": 1}, {"unemployment": 1}, {}]
    assert protection.turning(edge, ["pension"]) == [{}, {}, {}]
    assert protection.turning(edge, []) == [{}, {}, {}]
    assert protection.turning(made("yyyyy", "uyyyy"), ["unemployment"])[1] == {}  # an unknown cell has no step


def test_grouped_is_a_frame_of_results(known: Context) -> None:
    found = protection.grouped(known, PLACES, 7)
    own = protection.in_force(known.statuses[known.statuses["country"].isin(PLACES)])
    assert len(own) < known.statuses["country"].isin(PLACES).sum(), "what is only planned protects nobody"
    assert sorted(found.loc[found["indicator"] == protection.GROUP, "group"]) == sorted(own["status_id"])
    assert found["estimate"].between(0, 100).all()
    assert (found["origin"] == "context").all() and (found["confidence"] == "to verify").all()
    pd.testing.assert_frame_equal(found, protection.grouped(known, PLACES, 7))
    assert protection.grouped(known, ["XX"], 7).empty


def test_how_far_a_status_lies_from_its_group_has_bounds_where_cells_are_unknown(known: Context) -> None:
    statuses = known.statuses[known.statuses["status_id"].isin(["gb_paye", "gb_coop", "pl_dzielo"])].copy()
    statuses.loc[statuses["status_id"] == "gb_coop", "pension"] = "unknown"
    found = protection.grouped(dataclasses.replace(known, statuses=statuses), PLACES, 1)
    apart = found[found["indicator"] == protection.APART]
    assert set(apart["group"]) == {"gb_paye", "gb_coop"}  # the third stands alone
    assert apart.groupby("estimand")["estimate"].unique().map(list).to_dict() == {"least": [0.0], "most": [1.0]}


def test_laws_that_only_imply_are_kept_apart(known: Context) -> None:
    poland = protection.named_since(known, "PL")
    assert poland.year is None and poland.explicit.empty
    assert poland.implied["year_from"].tolist() == [1974, 2004]
    germany = protection.named_since(known, "DE")
    assert (germany.year, germany.explicit.iloc[0]["article"]) == (2013, "Section 5 (to verify)")
    france = protection.named_since(known, "FR")  # agreements on stress imply it too, and are no law
    assert france.year is None and france.implied["policy_id"].tolist() == ["fr_l4121"]
    britain = protection.named_since(known, "GB")
    assert britain.year is None and britain.explicit.empty and britain.implied.empty
    assert protection.named_since(known, "EU").year == 2003


def test_only_laws_and_agreements_say_whether_they_name(known: Context) -> None:
    binding = {kind.id for kind in known.kinds.values() if kind.instrument}
    said = known.policies["names_psychosocial"] != ""
    assert set(known.policies.loc[said, "kind"]) == binding
    assert said.sum() == known.policies["kind"].isin(binding).sum()
