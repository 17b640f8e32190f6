"""Answers as a file for others: nobody alone with what others may know, and no group that tells its members' answer."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.disclosure.local_suppression import sizes
from compendium.disclosure.microdata import blank_alike, report, suppress_locally
from compendium.errors import DisclosureError

REFERENCE = Path(__file__).parent / "reference" / "microdata"
TOY = pd.DataFrame(
    {
        "place": ["town", "town", "town", "rural", "rural", "city", "city", "city"],
        "age": ["young", "young", "old", "old", "old", "young", "young", "young"],
        "pay": ["low", "high", "low", "low", "low", "low", "mid", "high"],
    }
)


def _blanks(before: pd.DataFrame, after: pd.DataFrame, keys: list[str]) -> int:
    return int((after[keys].isna() & before[keys].notna()).to_numpy().sum())


def _drawn(seed: int, persons: int, levels: tuple[int, ...], missing: float = 0.0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    columns = {f"k{at}": [f"v{code}" for code in draw.integers(0, size, persons)] for at, size in enumerate(levels)}
    frame = pd.DataFrame(columns, dtype="object")
    return frame.mask(draw.random(frame.shape) < missing)


def test_the_report_of_a_table_that_can_be_counted_by_hand() -> None:
    found = report(TOY, ["place", "age"], ["pay"], k=2, l=2)
    # groups: town young 2, town old 1, rural old 2, city young 3
    assert (found.persons, found.classes, found.smallest, found.unique, found.below) == (8, 4, 1, 1, 1)
    assert found.expected == pytest.approx(2 / 2 + 1 + 2 / 2 + 3 / 3)
    assert found.highest_risk == 1.0 and not found.passes
    row = found.sensitive.iloc[0]
    assert row["distinct"] == 1 and row["entropy"] == pytest.approx(1.0)
    assert (row["classes_below"], row["persons_below"]) == (2, 3)  # town old, and the two rural who both earn little


def test_entropy_is_the_effective_number_of_answers() -> None:
    frame = pd.DataFrame({"key": ["a"] * 4, "pay": ["low", "low", "low", "high"]})
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert report(frame, ["key"], ["pay"]).sensitive["entropy"].iloc[0] == pytest.approx(np.exp(entropy))


def test_a_group_that_says_nothing_tells_nothing_and_a_missing_key_is_a_group_of_its_own() -> None:
    frame = pd.DataFrame({"key": ["a", "a", None, None], "pay": ["low", "high", None, None]})
    found = report(frame, ["key"], ["pay"], k=2, l=2)
    assert found.classes == 2 and found.passes


@pytest.mark.parametrize("case", json.loads((REFERENCE / "pycanon.json").read_text(encoding="utf-8"))["cases"])
def test_against_another_program(case: dict) -> None:
    """Numbers of pycanon on the same answers (tests/reference/microdata/pycanon_numbers.py)."""
    frame = pd.read_csv(REFERENCE / case["file"], dtype=str)
    found = report(frame, case["keys"], case["sensitive"], k=2, l=2)
    assert found.smallest == case["k_anonymity"]
    assert int(found.sensitive["distinct"].min()) == case["l_diversity"]
    # pycanon gives the whole part of the effective number
    assert int(found.sensitive["entropy"].min() + 1e-9) == case["entropy_l_diversity"]


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_number_of_blanks_is_that_of_trying_everything(seed: int) -> None:
    keys, k = ["k0", "k1"] if seed % 2 else ["k0", "k1", "k2"], 2 + seed % 2
    frame = _drawn(seed, 4 if len(keys) == 3 else 6, (2, 3, 2)[: len(keys)], 0.1 if seed % 3 == 0 else 0.0)
    codes = np.column_stack([pd.factorize(frame[key], sort=True)[0] for key in keys])
    least = codes.size + 1
    for cells in itertools.product([False, True], repeat=codes.size):
        blank = np.array(cells).reshape(codes.shape)
        if (sizes(np.where(blank, -1, codes)) >= k).all():
            least = min(least, int((blank & (codes != -1)).sum()))
    found = suppress_locally(frame, keys, k, exact=True)
    assert _blanks(frame, found, keys) == least
    assert report(found, keys, [], k=k).below == 0


@pytest.mark.parametrize("seed", range(30))
def test_the_heuristic_keeps_the_promise_and_is_never_better_than_the_exact(seed: int) -> None:
    frame, keys, k = _drawn(seed, 24, (3, 3, 2), 0.05), ["k0", "k1", "k2"], 3
    exact, quick = (suppress_locally(frame, keys, k, exact=way) for way in (True, False))
    for found in (exact, quick):
        assert report(found, keys, [], k=k).below == 0
        kept = found.notna()
        assert (found[kept] == frame[kept])[kept].fillna(True).all().all(), "nothing is changed, only blanked"
    assert _blanks(frame, exact, keys) <= _blanks(frame, quick, keys)


def test_how_far_the_heuristic_is_from_the_exact() -> None:
    total = {True: 0, False: 0}
    for seed in range(40):
        frame, keys = _drawn(100 + seed, 30, (3, 2, 2)), ["k0", "k1", "k2"]
        for way in total:
            total[way] += _blanks(frame, suppress_locally(frame, keys, 3, exact=way), keys)
    assert total[True] < total[False] <= 1.4 * total[True], total  # seen: 431 and 576


@pytest.mark.parametrize("way", [True, False])
def test_of_equal_ways_the_more_important_key_is_kept(way: bool) -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["1", "2", "1", "2"]})
    by_a = suppress_locally(frame, ["a", "b"], 2, exact=way)
    assert by_a["a"].notna().all() and by_a["b"].isna().all()
    by_b = suppress_locally(frame, ["b", "a"], 2, exact=way)
    assert by_b["b"].notna().all() and by_b["a"].isna().all()


@pytest.mark.parametrize("seed", range(8))
def test_hostile_tables(seed: int) -> None:
    """Everybody different, everybody alike, one odd person out, hardly more people than k, all missing."""
    several = [
        pd.DataFrame({"a": [str(at) for at in range(11)], "b": [str(at) for at in range(11)]}),
        pd.DataFrame({"a": ["x"] * 11, "b": ["y"] * 11}),
        pd.DataFrame({"a": ["x"] * 10 + ["odd"], "b": ["y"] * 10 + ["odd"]}),
        pd.DataFrame({"a": ["x"] * 5 + ["odd"], "b": ["y"] * 6}),
        pd.DataFrame({"a": [None] * 6, "b": [None] * 6}, dtype=object),
        pd.DataFrame({"a": ["x"] * 5 + ["z"] * 5 + ["odd"], "b": ["y"] * 5 + ["w"] * 5 + ["odd"]}),
        _drawn(3, 60, (5, 7)),
        _drawn(4, 200, (9, 8)),
    ]
    frame = several[seed]
    for way in (None, False):
        found = suppress_locally(frame, ["a", "b"] if "a" in frame else ["k0", "k1"], 5, exact=way)
        assert report(found, list(frame), [], k=5).below == 0
        again = suppress_locally(frame, list(frame), 5, exact=way)
        pd.testing.assert_frame_equal(found, again)


def test_what_is_not_asked_for_stays_as_it_is() -> None:
    frame = _drawn(5, 300, (4, 5, 6)).assign(other=range(300))
    found = suppress_locally(frame, ["k0", "k1"], 4)
    pd.testing.assert_series_equal(found["other"], frame["other"])
    pd.testing.assert_series_equal(found["k2"], frame["k2"])
    pd.testing.assert_frame_equal(suppress_locally(found, ["k0", "k1"], 4), found)


def test_a_group_that_would_tell_its_members_answer_loses_it() -> None:
    frame = blank_alike(TOY, ["place", "age"], ["pay"], 2)
    assert frame["pay"].tolist()[:2] == ["low", "high"] and frame["pay"].isna().sum() == 3
    assert report(frame, ["place", "age"], ["pay"], k=1, l=2).passes


@pytest.mark.parametrize(
    ("keys", "k", "words"),
    [(["nobody"], 2, "nobody"), ([], 2, "none"), (["place"], 1, "k = 1"), (["place"], 9, "8 persons")],
)
def test_what_cannot_be_done_is_said_in_one_sentence(keys: list[str], k: int, words: str) -> None:
    with pytest.raises(DisclosureError, match=words):
        suppress_locally(TOY, keys, k)


def test_a_key_is_not_sensitive_too() -> None:
    with pytest.raises(DisclosureError, match="pay"):
        report(TOY, ["place", "pay"], ["pay"])
    with pytest.raises(DisclosureError, match="nobody"):
        report(TOY.iloc[:0], ["place"], [])
