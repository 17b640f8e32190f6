"""Action research: effects over a few structures agree with R and brute force; bad rows are refused; nothing shows one structure."""

import json
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure
from compendium.collection.entries import REFUSED, kept
from compendium.errors import AnswersError, CompendiumError
from compendium.field import (
    deliverables,
    detectable,
    difference_in_differences,
    dissemination,
    field,
    mean_of,
    own_figures,
    permutation_p,
    read,
    refused,
    smallest_p,
    synthetic,
)
from compendium.field.estimates import CHANGE, DETECTABLE, DID, MEAN, PEOPLE, Left, changes, combined
from compendium.field.records import FEEDBACK, MEASURES, STRUCTURES, forms

REFERENCE = Path(__file__).parent / "reference" / "field"
RULES = disclosure.Rules()


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return at(tmp_path_factory.mktemp("study"))


def at(folder: Path, seed: int = 5) -> SimpleNamespace:
    """Return a study with the files of a declared action research in one country."""
    home = folder / "raw" / "AA" / "1"
    home.mkdir(parents=True)
    synthetic.write(home, seed)
    return SimpleNamespace(id="trial", folder=folder, disclosure=RULES, seed=7, home=home)


def changed(study: SimpleNamespace, name: str, edit, alone: bool = True) -> None:
    """Change one file; without their sidecars all of them count as received."""
    path = study.home / f"{name}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(frame).to_csv(path, index=False)
    for sidecar in study.home.glob("*.source.yml") if alone else ():
        sidecar.unlink()


# --- effects ---------------------------------------------------------------------------------------------------------


def test_difference_in_differences_agrees_with_t_test_lm_and_lmer_of_r():
    expected = json.loads((REFERENCE / "effects.json").read_text())
    data = pd.read_csv(REFERENCE / "measures.csv").pivot(index=["arm", "structure"], columns="time", values="mean")
    moved = data["after"] - data["before"]
    found = difference_in_differences(moved["action"], moved["comparison"])
    for name in ("estimate", "low", "high", "freedom"):
        assert getattr(found, name) == pytest.approx(expected[name], abs=1e-9)
    assert found.estimate == pytest.approx(expected["lm"], abs=1e-9)
    assert found.estimate == pytest.approx(expected["lmer"], abs=1e-6)
    alone = mean_of(moved["action"])
    assert (alone.estimate, alone.low, alone.high) == pytest.approx(
        (expected["action"], expected["action_low"], expected["action_high"]), abs=1e-9
    )
    assert detectable(5, 8, 8, 0.8) == pytest.approx(expected["detectable_8_each_sd_5"], rel=1e-4)


@pytest.mark.parametrize(
    ("first", "second", "effect", "ratio"), [(9, 7, 0, 1), (9, 7, 9, 1), (5, 8, 0, 2), (2, 8, 5, 2)]
)
def test_the_interval_holds_what_is_planted_and_nought_where_nothing_is(first, second, effect, ratio):
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1000):
        found = difference_in_differences(rng.normal(effect, ratio * 4, first), rng.normal(0, 4, second))
        held += found.low <= effect <= found.high
    assert held / 1000 >= 0.93  # never too narrow by more than chance: 0.95 less three standard errors


def test_a_group_of_few_structures_alone_gives_the_degrees_of_freedom():
    """Hsu's bound: 4.303 is Student's quantile on two degrees of freedom."""
    first, second = np.array([1.0, 2, 6]), np.arange(8.0)
    found = difference_in_differences(first, second)
    assert found.freedom == 2
    se = np.sqrt(first.var(ddof=1) / 3 + second.var(ddof=1) / 8)
    assert (found.high - found.estimate) / se == pytest.approx(4.3027, abs=1e-4)


def test_what_is_called_detectable_is_found_as_often_as_said():
    rng, planted_difference = np.random.default_rng(3), detectable(4, 9, 7, 0.8)
    found = [difference_in_differences(rng.normal(planted_difference, 4, 9), rng.normal(0, 4, 7)) for _ in range(3000)]
    assert np.mean([one.low > 0 or one.high < 0 for one in found]) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("sizes", [(2, 3), (3, 3), (4, 2), (5, 4), (1, 6)])
def test_permutation_p_is_that_of_going_through_all_assignments(sizes):
    rng = np.random.default_rng(sum(sizes))
    for values in (rng.normal(size=sum(sizes)), rng.integers(0, 3, sum(sizes)).astype(float)):
        first, second = values[: sizes[0]], values[sizes[0] :]
        observed, extreme, every = abs(first.mean() - second.mean()), 0, 0
        for chosen in combinations(range(sum(sizes)), sizes[0]):
            inside = np.isin(np.arange(sum(sizes)), chosen)
            extreme += abs(values[inside].mean() - values[~inside].mean()) >= observed - 1e-12
            every += 1
        assert permutation_p(first, second, 1) == pytest.approx(extreme / every)
        assert permutation_p(first, second, 1) >= smallest_p(*sizes) - 1e-12


def test_the_smallest_p_is_reached_by_groups_that_are_apart():
    assert permutation_p([10, 11, 12], [1, 2, 3], 1) == smallest_p(3, 3) == pytest.approx(0.1)
    assert permutation_p([10, 11, 12], [1, 2], 1) == smallest_p(3, 2) == pytest.approx(0.1)


def test_permutation_p_of_many_structures_is_drawn_and_never_nought(monkeypatch):
    monkeypatch.setattr("compendium.field.effects.MOST", 500)
    first, second = np.arange(20.0, 40.0), np.arange(0.0, 20.0)
    assert permutation_p(first, second, 1) == pytest.approx(1 / 501)


def test_permutation_p_of_nothing_is_seldom_small():
    rng = np.random.default_rng(8)
    p = np.array([permutation_p(rng.normal(size=5), rng.normal(size=4), 1) for _ in range(1000)])
    assert np.mean(p <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_structures_that_all_change_alike_have_no_interval():
    found = difference_in_differences([2, 2, 2], [1, 1, 1])
    assert found.estimate == 1
    assert np.isnan(found.low)
    with pytest.raises(ValueError, match="two at least"):
        difference_in_differences([1, 2], [3])
    with pytest.raises(ValueError, match="must be numbers"):
        difference_in_differences([1, np.nan], [3, 4])


# --- the product -----------------------------------------------------------------------------------------------------


def test_what_is_planted_is_found_again_over_draws():
    plan = synthetic.planted()["outcomes"]
    effects = {code: [] for code in plan}
    held = []
    for seed in range(24):
        files = synthetic.draw(seed)
        moved = changes(combined(files[MEASURES], files[STRUCTURES])).set_index(["outcome", "arm"])["change"]
        for code, one in plan.items():
            found = difference_in_differences(moved[code, "action"], moved[code, "comparison"])
            effects[code].append(found.estimate)
            held.append(found.low <= one["effect"] <= found.high)
    for code, one in plan.items():
        assert np.mean(effects[code]) == pytest.approx(one["effect"], abs=1.8), (
            code
        )  # three standard errors of 24 draws
    assert np.mean(held) >= 0.88  # 96 intervals: 0.95 less three standard errors


def test_every_number_has_what_it_needs_and_no_structure_has_a_row(planted):
    found = field(planted, "AA", "1")
    assert set(found["origin"]) == {"synthetic"}
    assert not set(found["group"]) & set(kept(read(planted, "AA", "1")[STRUCTURES])["structure"])
    assert found.loc[found["method"].isin([MEAN, CHANGE, DID, DETECTABLE]), ["n", "ci_low"]].notna().all(axis=None)


def test_directors_too_few_are_withheld_and_another_role_with_them(planted):
    shown = disclosure.protect(field(planted, "AA", "1"), RULES)
    people = shown[(shown["indicator"] == "training_action") & (shown["method"] == PEOPLE)].set_index("group")
    assert people["suppressed"].to_dict() == {"director": True, "board_member": True, "employee": False}


def test_a_group_that_one_structure_could_unravel_is_withheld_with_its_difference(tmp_path):
    """Of two comparison structures, each would see the other by taking its own figure away."""
    study = at(tmp_path)
    for name in (STRUCTURES, MEASURES):
        changed(study, name, lambda frame: frame[~frame["structure"].isin(["c03", "c04", "c05", "c06", "c07"])])
    shown = disclosure.protect(field(study, "AA", "1"), RULES)
    bare = shown[(shown["population"] == "comparison") & shown["method"].isin([MEAN, CHANGE])]
    assert bare["suppressed"].all()
    assert shown.loc[shown["method"].isin([DID, DETECTABLE]), "suppressed"].all()
    kept_rows = shown[(shown["population"] == "action") & (shown["method"] == CHANGE)]
    assert not kept_rows["suppressed"].any()


def test_what_is_left_without_any_one_structure_counts():
    assert not Left(10, 2).too_little(pd.Series([5, 5, 5]))
    assert Left(10, 2).too_little(pd.Series([6, 5, 4]))  # without the first, nine are left
    assert Left(10, 2).too_little(pd.Series([50, 50]))
    assert Left(10, 2).too_little(pd.Series([], dtype=float))


def test_without_comparison_structures_there_is_a_change_and_no_difference(tmp_path):
    study = at(tmp_path)
    for name in (STRUCTURES, MEASURES):
        changed(study, name, lambda frame: frame[frame["structure"].str.startswith("a")])
    found = field(study, "AA", "1")
    assert (found["method"] == CHANGE).sum() == 4
    assert not found["method"].isin([DID, DETECTABLE]).any()


def test_without_files_there_is_an_empty_product_and_an_empty_register(tmp_path):
    study = SimpleNamespace(id="trial", folder=tmp_path, disclosure=RULES, seed=1)
    assert field(study, "AA", "1").empty
    assert deliverables(study, "AA", "1").empty
    assert dissemination(study, "AA", "1").empty
    assert refused(study, "AA", "1").empty


def test_an_event_without_feedback_stays_in_the_register(planted):
    found = dissemination(planted, "AA", "1")
    assert found.loc[found["event"] == "e4", "subject"].tolist() == [""]


# --- hostile files ---------------------------------------------------------------------------------------------------

FAULTS = {
    "structure": "x99",
    "time": "later",
    "outcome": "joy",
    "role": "boss",
    "n": "0",
    "mean": "101",
    "sd": "70",
}


@pytest.mark.parametrize(("column", "value"), FAULTS.items())
def test_a_row_with_a_fault_is_refused_with_its_line_and_the_others_count(tmp_path, column, value):
    study = at(tmp_path)

    def edit(frame):
        frame.loc[2, column] = value
        return frame

    changed(study, MEASURES, edit)
    found = read(study, "AA", "1")[MEASURES]
    bad = found[found[REFUSED] != ""]
    assert bad["line"].tolist() == [4]
    assert column in bad[REFUSED].iloc[0]
    assert "egal" in bad[REFUSED].iloc[0] or "cannot be more" in bad[REFUSED].iloc[0]
    assert len(kept(found)) == len(found) - 1
    assert refused(study, "AA", "1").set_index("file").loc[MEASURES, "refused"] == 1


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e400", "twelve", ""])
def test_no_number_that_is_none_comes_through(tmp_path, value):
    study = at(tmp_path)

    def edit(frame):
        frame.loc[0, "n"] = value
        return frame

    changed(study, MEASURES, edit)
    assert read(study, "AA", "1")[MEASURES][REFUSED].iloc[0]


def test_a_row_that_stands_twice_and_feedback_of_an_unknown_event_are_refused(tmp_path):
    study = at(tmp_path)
    changed(study, MEASURES, lambda frame: pd.concat([frame, frame.head(1)]))
    changed(study, FEEDBACK, lambda frame: frame.assign(event=["none", *frame["event"].iloc[1:]]))
    found = read(study, "AA", "1")
    assert "stands twice" in found[MEASURES][REFUSED].iloc[-1]
    assert "events.csv" in found[FEEDBACK][REFUSED].iloc[0]


def test_a_file_with_other_columns_says_which_are_legal(tmp_path):
    study = at(tmp_path)
    changed(study, MEASURES, lambda frame: frame.rename(columns={"sd": "deviation"}))
    with pytest.raises(AnswersError, match=r"measures\.csv: columns .*deviation; legal are .*sd"):
        field(study, "AA", "1")


def test_real_files_beside_synthetic_ones_are_refused(tmp_path):
    study = at(tmp_path)
    changed(study, MEASURES, lambda frame: frame.tail(-1), alone=False)  # no longer the file that was drawn
    with pytest.raises(AnswersError, match="measures is real and structures is synthetic; legal is one origin"):
        field(study, "AA", "1")
    for name in forms():
        (study.home / f"{name}.source.yml").unlink()
    assert set(field(study, "AA", "1")["origin"]) == {"real"}


def test_a_spreadsheet_is_to_be_saved_as_text(tmp_path):
    study = at(tmp_path)
    for name in forms():
        (study.home / f"{name}.source.yml").unlink()
    (study.home / "events.csv").rename(study.home / "events.xlsx")
    with pytest.raises(AnswersError, match=r"events\.xlsx: not a table with commas; legal is the same saved as \.csv"):
        field(study, "AA", "1")


# --- one structure ---------------------------------------------------------------------------------------------------


def test_a_structure_sees_itself_without_roles_and_from_the_minimum_on(tmp_path):
    study = at(tmp_path)
    own = own_figures(study, "AA", "1", "a01")
    assert list(own.measured["outcome"]) == list(synthetic.planted()["outcomes"])
    assert (own.measured[["n_before", "n_after"]] >= RULES.minimum_cell).all(axis=None)
    assert "role" not in own.done and "date" not in own.done
    changed(study, MEASURES, lambda frame: frame[(frame["structure"] != "a01") | (frame["role"] == "director")])
    with pytest.raises(CompendiumError, match="gets no page"):
        own_figures(study, "AA", "1", "a01")
    with pytest.raises(AnswersError, match="unknown; legal are a01"):
        own_figures(study, "AA", "1", "z")


def test_the_generator_writes_what_the_repository_holds():
    study_folder = Path(__file__).parents[1] / "data" / "raw"
    homes = [path.parent for path in study_folder.glob("*/*/structures.source.yml")]
    assert homes
    for home in homes:
        seed = int((home / "structures.source.yml").read_text().split("seed: ")[1].split()[0])
        for name, rows in synthetic.draw(seed).items():
            assert rows.to_csv(index=False, lineterminator="\n") == (home / f"{name}.csv").read_text(), name
    assert set(forms()) == set(synthetic.draw(1))
