"""Contrasts of groups whose people differ, held against R and against planted truths."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.diagnosis import contrast
from compendium.diagnosis.contrasts import METHODS, e_value
from compendium.diagnosis.regression import named_design
from compendium.errors import CompendiumError

REFERENCE = Path(__file__).parent / "reference" / "contrast"
COVARIATES = ["x1", "x2", "s"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "contrast.csv")


@pytest.mark.parametrize("method", METHODS)
def test_means_and_errors_agree_with_r(people: pd.DataFrame, method: str) -> None:
    """Errors in R come from stacked estimating equations, without what is put on here for few persons."""
    expected = json.loads((REFERENCE / "contrast.json").read_text(encoding="utf-8"))[method]
    at = pd.Index(["a", "b", "c"]).get_indexer(people["z"])
    outcome, weights = people["y"].to_numpy(dtype=float), np.ones(len(people))
    plain = METHODS[method](outcome, at, named_design(people[COVARIATES]).to_numpy(), weights)
    name = f"diagnosis.contrast, {method}"
    package = "R nnet 7.3-18, lm and stacked equations"
    agrees(f"{name}: means", package, plain.means, expected["means"], abs=2e-6)
    errors = [expected["error_b"], expected["error_c"]]
    found = np.sqrt(((plain.influence[:, 1:] - plain.influence[:, [0]]) ** 2).sum(axis=0))
    agrees(f"{name}: errors", package, found, errors, rel=1e-5)
    shown = contrast(people, "y", "z", "a", COVARIATES, method).set_index("group")
    assert shown["mean"].to_numpy() == pytest.approx(plain.means[1:])
    assert (shown["error"].to_numpy() / found >= 1).all() and (shown["error"].to_numpy() / found < 1.15).all()


def test_two_groups_are_balanced_exactly(people: pd.DataFrame) -> None:
    """With two groups overlap weights of a logistic model leave no difference in any covariate."""
    two = people[people["z"] != "c"]
    found = contrast(two, "y", "z", "a", COVARIATES)
    balance = pd.DataFrame(found.attrs["balance"])
    assert balance["before"].abs().max() > 0.2
    assert balance["after"].abs().max() < 1e-6
    assert found["smd_after"].iloc[0] < 1e-6 < found["smd_before"].iloc[0]
    assert set(balance["covariate"]) == {"x1", "x2", "s: v", "s: w"}


def test_the_reference_may_be_any_group(people: pd.DataFrame) -> None:
    """The contrast of a with b is minus that of b with a, whoever is the base of the model."""
    one = contrast(people, "y", "z", "a", COVARIATES).set_index("group").loc["b"]
    other = contrast(people, "y", "z", "b", COVARIATES).set_index("group").loc["a"]
    assert one["estimate"] == pytest.approx(-other["estimate"], abs=1e-6)
    assert one["error"] == pytest.approx(other["error"], rel=1e-6)


def draw(rng: np.random.Generator, n: int, effect: float) -> pd.DataFrame:
    x = rng.normal(size=(n, 2))
    eta = np.column_stack([np.zeros(n), 0.6 * x[:, 0] - 0.3 * x[:, 1]])
    z = rng.random(n) < np.exp(eta[:, 1]) / (1 + np.exp(eta[:, 1]))
    y = 50 + 8 * x[:, 0] + effect * z + rng.normal(size=n) * 10
    return pd.DataFrame({"y": y, "z": np.where(z, "b", "a"), "x1": x[:, 0], "x2": x[:, 1]})


@pytest.mark.parametrize("method", METHODS)
def test_a_planted_difference_is_covered_and_a_crude_one_misleads(method: str) -> None:
    rng, held, crude = np.random.default_rng(7), 0, []
    for _ in range(200):
        (row,) = contrast(draw(rng, 200, 5.0), "y", "z", "a", ["x1", "x2"], method).itertuples()
        held += row.ci_low <= 5.0 <= row.ci_high
        crude.append(row.crude)
    assert 181 <= held <= 199  # 95 per cent of 200, within what chance allows (0.1 per cent on each side)
    assert np.mean(crude) > 8  # those in b were higher to begin with


def test_organisations_widen_the_interval(people: pd.DataFrame) -> None:
    """People of one organisation who share its level say less than as many strangers."""
    rng = np.random.default_rng(3)
    place = rng.integers(0, 25, len(people))
    frame = people.assign(org=place.astype(str), y=people["y"] + 12 * rng.normal(size=25)[place])
    alone = contrast(frame, "y", "z", "a", COVARIATES)
    together = contrast(frame.assign(z=np.array(list("abc"))[place % 3]), "y", "z", "a", ["x1"], clusters="org")
    strangers = contrast(frame.assign(z=np.array(list("abc"))[place % 3]), "y", "z", "a", ["x1"])
    assert (together["error"] > 1.5 * strangers["error"]).all()
    assert alone["error"].notna().all()


def test_groups_that_share_nobody_are_not_compared() -> None:
    """All of one group are old and all of the other young: no weighting makes them alike, and it says so."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"y": rng.normal(size=120), "z": np.repeat(["a", "b"], 60)})
    frame["age"] = np.where(frame["z"] == "a", "young", "old")
    found = contrast(frame, "y", "z", "a", ["age"]).iloc[0]
    assert found["note"] == "too little overlap"
    assert found[["estimate", "ci_low", "ci_high", "p", "e_value", "mean"]].isna().all()
    assert found["smd_before"] > 1.5


def test_small_groups_are_named_and_left_out(people: pd.DataFrame) -> None:
    small = pd.concat([people, people.iloc[:4].assign(z="d")], ignore_index=True)
    found = contrast(small, "y", "z", "a", COVARIATES).set_index("group")
    assert found.loc["d", "note"] == "too few persons" and np.isnan(found.loc["d", "estimate"])
    assert found.loc["d", "n"] == 4
    without = contrast(people, "y", "z", "a", COVARIATES).set_index("group")
    assert found.loc["b", "estimate"] == pytest.approx(without.loc["b", "estimate"])
    few = contrast(people.iloc[:12], "y", "z", "a", ["x1"])
    assert set(few["note"]) == {"too few persons"}


def test_missing_covariates_lose_nobody(people: pd.DataFrame) -> None:
    gaps = people.copy()
    gaps.loc[gaps.index[::5], "s"] = None
    gaps.loc[gaps.index[::7], "x1"] = np.nan
    found = contrast(gaps, "y", "z", "a", COVARIATES)
    assert (found["n"] + found["n_reference"]).tolist() == [
        int((people["z"].isin([code, "a"])).sum()) for code in found["group"]
    ]
    assert {"s: missing", "x1: missing"} <= {row["covariate"] for row in found.attrs["balance"]}


def test_p_values_are_holms_and_e_values_follow_their_formula(people: pd.DataFrame) -> None:
    found = contrast(people, "y", "z", "a", COVARIATES)
    assert found["p_adjusted"].min() == pytest.approx(2 * found["p"].min())
    assert e_value(0, 10) == 1
    ratio = np.exp(0.91 * 0.5)
    assert e_value(-5, 10) == pytest.approx(ratio + np.sqrt(ratio * (ratio - 1)))
    spread = people["y"].std(ddof=0)
    for row in found.itertuples():
        assert row.e_value == pytest.approx(e_value(row.estimate, spread))
        nearer = 0 if row.ci_low <= 0 <= row.ci_high else min(abs(row.ci_low), abs(row.ci_high))
        assert row.e_value_limit == pytest.approx(e_value(nearer, spread))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"covariates": ["x9"]}, "'x9' is not in the frame"),
        ({"method": "matching"}, "'matching' is unknown; legal are overlap, standardisation"),
        ({"covariates": ["y"]}, "'y' is the outcome or the group"),
        ({"reference": "q"}, "'q' is no group with an outcome; legal are a, b, c"),
    ],
)
def test_what_is_not_legal_is_said(people: pd.DataFrame, change: dict[str, object], said: str) -> None:
    asked = {"outcome": "y", "treatment": "z", "reference": "a", "covariates": ["x1"], "method": "overlap", **change}
    with pytest.raises(CompendiumError, match=said.replace("(", r"\(")):
        contrast(people, **asked)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(list(METHODS)), scale=st.floats(0.01, 100))
def test_units_and_weights_behave(seed: int, method: str, scale: float) -> None:
    """Another unit of the outcome scales every number; weights of two count as persons twice in the means."""
    rng = np.random.default_rng(seed)
    frame = draw(rng, 80, 2.0)
    if frame["z"].value_counts().min() < 10:
        return
    found = contrast(frame, "y", "z", "a", ["x1"], method).iloc[0]
    scaled = contrast(frame.assign(y=scale * frame["y"] + 3), "y", "z", "a", ["x1"], method).iloc[0]
    for column in ("estimate", "error", "ci_low", "ci_high"):
        assert scaled[column] == pytest.approx(scale * found[column], rel=1e-6, abs=1e-6 * scale)
    assert scaled["e_value"] == pytest.approx(found["e_value"], rel=1e-6)
    twice = contrast(pd.concat([frame, frame], ignore_index=True), "y", "z", "a", ["x1"], method).iloc[0]
    weighted = contrast(frame, "y", "z", "a", ["x1"], method, weights=pd.Series(2.0, frame.index)).iloc[0]
    assert weighted["mean"] == pytest.approx(twice["mean"], abs=1e-6)
    assert weighted["estimate"] == pytest.approx(found["estimate"], abs=1e-6)
