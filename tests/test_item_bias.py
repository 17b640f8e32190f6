"""Item bias: agreement with R's polr, error rates without bias, bias that was planted, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import CompendiumError
from compendium.item_bias import REASONS, item_bias, proportional_odds

PACKAGE = "MASS 7.3-58.2 polr"
REFERENCE = Path(__file__).parent / "reference" / "item_bias"


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "answers.csv")


def _bias(frame: pd.DataFrame, **options: int) -> pd.DataFrame:
    return item_bias(frame.drop(columns="group"), frame["group"], **options)


def _drawn(rng: np.random.Generator, n: int, impact: float = 0.0, planted: float = 0.0, k: int = 5) -> pd.DataFrame:
    """Draw graded answers of two groups; the first item is harder for the second group by ``planted``."""
    group = rng.integers(0, 2, n)
    trait = rng.normal(size=n) + impact * group
    behind = 1.5 * trait[:, None] + rng.logistic(size=(n, k)) + np.linspace(-0.8, 0.8, k)
    behind[:, 0] -= planted * group
    frame = pd.DataFrame(np.digitize(behind, [-2.0, -0.7, 0.7, 2.0]), columns=[f"i{at}" for at in range(k)])
    return frame.astype(float).assign(group=np.array(["a", "b"])[group])


def test_every_number_agrees_with_proportional_odds_in_r(answers: pd.DataFrame) -> None:
    """Chi-squares, changes of Nagelkerke's R2 and shifts of three groups against MASS::polr."""
    expected = json.loads((REFERENCE / "item_bias.json").read_text(encoding="utf-8"))
    found = _bias(answers)
    assert set(found["n"]) == {expected["n"]}
    for name in ("chisq_uniform", "chisq_nonuniform", "chisq_joint", "r2_change", "r2_uniform"):
        theirs = [one[name] for one in expected["items"]]
        agrees(f"item_bias.item_bias, {name}", PACKAGE, found[name], theirs, abs=1e-6)
    shifts = [list(shift.values()) for shift in found["shift"]]
    theirs = [list(one["shift"].values()) for one in expected["items"]]
    agrees("item_bias.item_bias, shift", PACKAGE, np.ravel(shifts), np.ravel(theirs), abs=1e-5)


def test_the_model_agrees_with_polr_in_estimates_and_errors(answers: pd.DataFrame) -> None:
    """Log-likelihood, slopes and standard errors of score and group; polr takes the observed information."""
    expected = json.loads((REFERENCE / "item_bias.json").read_text(encoding="utf-8"))["items"][0]
    frame = answers.dropna()
    score = frame.filter(like="i").mean(axis=1)
    design = np.column_stack([(score - score.mean()) / score.std(), frame["group"] == "b", frame["group"] == "c"])
    fit = proportional_odds.fit(pd.get_dummies(frame["i1"]).to_numpy(float), design.astype(float))
    assert fit.is_converged
    room = "proportional_odds.fit"
    agrees(f"{room}, log-likelihood", PACKAGE, fit.log_likelihood, expected["log_likelihood"][1], abs=1e-6)
    agrees(f"{room}, slopes", PACKAGE, fit.slopes, list(expected["slopes"].values()), abs=1e-5)
    assert np.sqrt(np.diag(fit.covariance))[-3:] == pytest.approx(expected["errors"], rel=0.02)


def test_the_bias_that_was_planted_is_found_and_named(answers: pd.DataFrame) -> None:
    """The second item is harder for group b at every score, the fourth tells less in group c."""
    found = _bias(answers).set_index("item")
    assert found.loc["i2", ["size", "is_biased"]].tolist() == ["moderate", True]
    assert min(found.loc["i2", "shift"], key=found.loc["i2", "shift"].get) == "b"
    assert found.loc["i2", "shift_high"]["b"] < 0
    assert found.loc["i4", "p_nonuniform"] < 0.001 < found.loc["i2", "p_nonuniform"]
    assert not found.loc[["i1", "i3", "i5"], "is_biased"].any()


def test_without_bias_one_item_in_twenty_is_rejected_and_one_family_in_twenty_after_holm() -> None:
    """Two groups that differ in what is measured; Monte-Carlo errors are about 0.7 and 1.5 points in a hundred."""
    rng, runs = np.random.default_rng(3), 200
    found = [_bias(_drawn(rng, 400, impact=0.3)) for _ in range(runs)]
    plain = np.mean([(one["p_joint"] < 0.05).mean() for one in found])
    family = np.mean([(one["p_adjusted"] < 0.05).any() for one in found])
    assert 0.03 < plain < 0.07
    assert family < 0.095
    assert not any(one["is_biased"].any() for one in found), "chance alone is no bias of a size that counts"


def test_planted_bias_is_found_nearly_always_and_in_its_item() -> None:
    """An item that is a logit and a half harder for one group of four hundred persons."""
    rng, runs = np.random.default_rng(4), 50
    found = [_bias(_drawn(rng, 800, planted=1.5)) for _ in range(runs)]
    assert np.mean([one["p_adjusted"].iloc[0] < 0.05 for one in found]) >= 0.98
    assert np.mean([one["r2_change"].idxmax() == 0 for one in found]) >= 0.98
    assert np.mean([one["shift"].iloc[0]["b"] < one["shift"].iloc[0]["a"] for one in found]) == 1


def test_groups_are_counted_by_complete_answers_and_small_ones_are_named(answers: pd.DataFrame) -> None:
    """Group c has fewer than 180 complete answers and stays outside; its persons do not move the others' numbers."""
    found = _bias(answers, least=180)
    complete = answers.dropna()["group"].value_counts()
    assert found["groups"].iloc[0] == {"a": complete["a"], "b": complete["b"]}
    assert found["left_out"].iloc[0] == {"c": complete["c"]}
    without = _bias(answers[answers["group"] != "c"])
    assert found["p_joint"].tolist() == without["p_joint"].tolist()


def test_an_item_that_says_nothing_has_its_reason_and_leaves_the_family(answers: pd.DataFrame) -> None:
    """Nearly everybody gives one answer; everybody in one group gives one answer."""
    frame = answers.dropna().assign(i1=lambda one: np.where(np.arange(len(one)) < 5, 2.0, 1.0))
    frame["i2"] = frame["i2"].where(frame["group"] != "c", 3.0)
    found = _bias(frame)
    assert found["reason"].tolist() == [*REASONS, "", "", ""]
    assert found[["p_joint", "p_adjusted", "r2_change"]].iloc[:2].isna().all(axis=None)
    assert not found["is_biased"].iloc[:2].any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda frame: frame[["i1", "group"]], "item bias needs two items or more"),
        (lambda frame: frame[frame["group"] == "a"], "groups: 1 with 100 complete answers or more"),
        (lambda frame: frame.assign(i1=range(len(frame))), "item 'i1' has"),
    ],
)
def test_what_cannot_be_tested_is_one_sentence(answers: pd.DataFrame, change, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CompendiumError, match=sentence) as caught:
        _bias(change(answers))
    assert "\n" not in str(caught.value)


def test_groups_of_other_persons_are_refused(answers: pd.DataFrame) -> None:
    with pytest.raises(CompendiumError, match="groups: 899 persons; legal are the 900 of the items"):
        item_bias(answers.drop(columns="group"), answers["group"].iloc[1:])


def test_a_group_that_separates_has_its_test_all_the_same(answers: pd.DataFrame) -> None:
    """Nobody of group c gives one of the three lower answers, so its slope has no end: the test comes to its limit."""
    frame = answers.dropna()
    frame["i1"] = frame["i1"].where(frame["group"] != "c", np.where(frame["i2"] > 3, 5.0, 4.0))
    row = _bias(frame).iloc[0]
    assert np.isfinite(row["chisq_joint"]) and row["p_joint"] < 1e-10
    assert row["size"] == "large"


def test_the_interval_of_the_size_holds_the_size_of_a_large_sample() -> None:
    """What a sample of 200,000 shows lies in about 95 of 100 intervals of samples of 600."""
    rng = np.random.default_rng(8)
    truth = _bias(_drawn(rng, 200_000, planted=1.0))["r2_change"].iloc[0]
    found = [_bias(_drawn(rng, 600, planted=1.0)).iloc[0] for _ in range(120)]
    assert 0.89 < np.mean([row["r2_low"] <= truth <= row["r2_high"] for row in found]) <= 0.99
