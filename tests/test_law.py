"""Law: how alike statuses protect, what that hangs on, what laws name, and what a page says of it."""

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


def test_two_of_a_group_differ_by_two_branches_at_most(known: Context) -> None:
    own = known.statuses[known.statuses["country"].isin(PLACES)]
    numbers, (_, high) = protection.groups(own), protection.distances(own)
    assert numbers.max() > 1
    for number in range(1, numbers.max() + 1):
        members = numbers == number
        assert high[np.ix_(members, members)].max() <= 0.4 + 1e-9
    sizes = np.bincount(numbers)[1:]
    assert (np.diff(sizes) <= 0).all()


def test_groups_are_numbered_by_size_then_cover() -> None:
    assert protection.groups(made("nnnnn", "yyyyy", "nnnnp", "yyyyp")).tolist() == [2, 1, 2, 1]
    assert protection.groups(made("yyyyy")).tolist() == [1]
    assert protection.groups(made("uuuuu", "uuuuu")).tolist() == [1, 2]  # nothing known, nothing alike


def test_without_draft_cells_every_status_stays() -> None:
    statuses = made("yyyyy", "yyyyn", "nnnnn", "ppppp", "yuyyy")
    np.testing.assert_array_equal(protection.stays(statuses, [], seed=1), [100.0] * 5)


def test_redrawn_cells_move_statuses_at_the_rate_of_a_hand_count() -> None:
    """Two statuses, one draft branch, alike at 0.2: they part when both cells move away from one another."""
    statuses = made("yyyyy", "yyyyy", "nnnnn")
    found = protection.stays(statuses, ["unemployment"], seed=3)
    assert found[:2].tolist() == [100.0, 100.0]  # one branch is never more than the rule allows
    everything = protection.stays(statuses, list(BRANCHES), seed=3)
    assert 60 < everything[0] == everything[1] <= 100  # each may lose half a branch five times
    assert (protection.stays(statuses, list(BRANCHES), seed=3) == everything).all()


def test_grouped_is_a_frame_of_results(known: Context) -> None:
    found = protection.grouped(known, PLACES, 7)
    own = known.statuses[known.statuses["country"].isin(PLACES)]
    assert sorted(found["group"]) == sorted(own["status_id"])
    assert found["estimate"].between(0, 100).all()
    assert (found["origin"] == "context").all() and (found["confidence"] == "to verify").all()
    pd.testing.assert_frame_equal(found, protection.grouped(known, PLACES, 7))
    assert protection.grouped(known, ["XX"], 7).empty


def test_laws_that_only_imply_are_kept_apart(known: Context) -> None:
    assert protection.naming_laws(known, "PL", "explicit").empty
    implied = protection.naming_laws(known, "PL", "implied")
    assert implied.iloc[0]["year_from"] == 1974
    germany = protection.naming_laws(known, "DE", "explicit")
    assert germany["year_from"].tolist() == [2013]
    assert protection.naming_laws(known, "GB", "explicit").empty
    assert protection.naming_laws(known, "GB", "implied").empty


def test_only_laws_are_said_to_name(known: Context) -> None:
    said = known.policies["names_psychosocial"] != ""
    assert (known.policies.loc[said, "kind"] == "psychosocial_law").all()
    assert said.sum() == (known.policies["kind"] == "psychosocial_law").sum() > 0
