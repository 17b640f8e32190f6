"""Answers as a file for others: nobody alone with what others may know, and no group that tells its members' answer."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import paths
from compendium.cleaning import clean
from compendium.collection import collect
from compendium.commands import microdata as command
from compendium.disclosure.local_suppression import sizes
from compendium.disclosure.microdata import blank_alike, report, suppress_locally
from compendium.disclosure.sharing import share
from compendium.errors import CompendiumError, DefinitionError, DisclosureError
from compendium.study.shared_answers import read_shared
from compendium.study.study import Study, load_study

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


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.fixture(scope="module")
def answers(study: Study) -> pd.DataFrame:
    return clean(study, "FR", "2026", collect(study, "FR", "2026"))


def _planned(study: Study, **changed: object) -> Study:
    assert study.microdata is not None
    return replace(study, microdata=replace(study.microdata, **changed))


def test_a_shared_file_holds_what_is_declared_and_nobody_alone(study: Study, answers: pd.DataFrame) -> None:
    shared = share(study, answers)
    assert shared.after.passes and shared.after.smallest >= 5 and shared.before.unique > 0
    assert len(shared.answers) == len(answers)
    never = {"respondent", "organisation_id", "weight", "language", "consent", "hours_week", "turnover_12_months", "status"}
    assert not never & set(shared.answers)
    assert not [name for name in shared.answers if name.startswith(("score_", "exposed_", "wellbeing", "exhaustion", "signal"))]
    asked = {question.id for question in study.questionnaire.questions.values() if question.is_answered}
    kept = {name.split("__")[0] for name in shared.answers}
    assert asked <= kept | set(shared.left_out) | {"consent"}, "every question is either there or has its reason"
    assert not kept & set(shared.left_out)
    assert set(shared.answers["origin"]) == {"synthetic"}


def test_the_order_of_persons_tells_nothing_and_the_file_is_the_same_twice(study: Study, answers: pd.DataFrame) -> None:
    shuffled = answers.sample(frac=1, random_state=3)
    first, again = share(study, answers).answers, share(study, answers).answers
    pd.testing.assert_frame_equal(first, again)
    keys = list(study.microdata.keys)
    assert sorted(map(str, share(study, shuffled).answers.groupby(keys, dropna=False).size())) == sorted(
        map(str, first.groupby(keys, dropna=False).size())
    )


def test_who_is_asked_does_not_give_back_a_blanked_key(study: Study, answers: pd.DataFrame) -> None:
    """One organisation alone with its age band: its population is blanked, and every question that only some are asked."""
    own = answers.copy()
    own.loc[own["population"] == "organisation", "population"] = "potential"
    own.loc[own.index[:3], "population"] = "organisation"
    shared = share(_planned(study, keys=("population",), modules=("exposure", "commitment")), own)
    rows = shared.answers[shared.answers["population"].isna()]
    assert len(rows) >= 3
    routed = [
        question.id
        for question in study.questionnaire.questions.values()
        if question.module in ("exposure", "commitment") and question.populations and question.id in rows
    ]
    assert routed and rows[routed].isna().all().all()


def test_a_file_that_would_blank_too_much_is_refused(study: Study, answers: pd.DataFrame) -> None:
    with pytest.raises(DisclosureError, match=r"% of the answers to the key"):
        share(_planned(study, keys=("status", "discipline", "age_band", "gender", "education")), answers)


def test_a_study_that_declares_nothing_shares_nothing(study: Study, answers: pd.DataFrame) -> None:
    with pytest.raises(DisclosureError, match="microdata"):
        share(replace(study, microdata=None), answers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keys": ["no_such_question"]}, "microdata.keys: 'no_such_question' is not legal"),
        ({"keys": ["hours_week"]}, "microdata.keys: 'hours_week' is not legal"),
        ({"modules": ["gossip"]}, "microdata.modules: 'gossip' is not legal"),
        ({"k": 3}, "microdata.k: 3 is not legal; legal are 5 and more"),
        ({"sensitive": ["gender"]}, "gender stands under keys and sensitive"),
    ],
)
def test_what_a_study_declares_is_checked(study: Study, change: dict, words: str) -> None:
    entry = {"keys": ["country", "gender"], "sensitive": ["income_band"], "modules": ["exposure"], **change}
    legal = ["country", "gender", "income_band", "age_band"]
    with pytest.raises(DefinitionError, match=words):
        read_shared(entry, legal, list(study.questionnaire.modules), "study.yml")


def test_the_command_writes_the_file_and_its_report_in_every_language(
    study: Study, answers: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.products, "read", lambda *_: answers)
    said = command.lines(paths.DEFAULT_STUDY, tmp_path / "a.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "a.en.md", "a.fr.md"}
    read = pd.read_csv(tmp_path / "a.csv", dtype=str, encoding="utf-8-sig")
    keys = list(study.microdata.keys)
    assert read.groupby(keys, dropna=False).size().min() >= 5, "also as others will read it"
    assert "alike" in said[0]
    before = (tmp_path / "a.csv").read_bytes()
    command.lines(paths.DEFAULT_STUDY, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == before
    english, french = ((tmp_path / f"a.{language}.md").read_text(encoding="utf-8") for language in ("en", "fr"))
    assert "is not known" in english and "Synthetic answers" in english
    assert "On ne sait pas" in french and "Persons" not in french


def test_nothing_is_written_where_nothing_may_be_shared(tmp_path: Path, answers: pd.DataFrame, monkeypatch) -> None:
    monkeypatch.setattr(command.products, "read", lambda *_: answers.head(30))
    with pytest.raises(CompendiumError):
        command.lines(paths.DEFAULT_STUDY, tmp_path / "a.csv")
    with pytest.raises(CompendiumError, match=r"legal are \.csv, \.parquet"):
        command.lines(paths.DEFAULT_STUDY, tmp_path / "a.xlsx")
    with pytest.raises(CompendiumError, match="wave '1999'"):
        command.lines(paths.DEFAULT_STUDY, tmp_path / "a.csv", "1999")
    assert not list(tmp_path.iterdir())
