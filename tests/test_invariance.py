"""The invariance ladder against lavaan, against planted differences, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.errors import CompendiumError
from compendium.factor_models import maximum_likelihood
from compendium.invariance import invariance

SHARED = Path(__file__).parents[2] / "shared"
MODEL = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
needs_reference = pytest.mark.skipif(
    not (SHARED / "reference").is_dir(), reason="the reference values of R are not beside this repository"
)


@needs_reference
def test_agrees_with_lavaan() -> None:
    """Holzinger and Swineford 1939 by school, lavaan 0.6-14: every step, and "structure not established"."""
    expected = json.loads((SHARED / "reference" / "invariance.json").read_text())["HS1939_by_school_ML"]
    frame = pd.read_csv(SHARED / "reference" / "data" / "HolzingerSwineford1939.csv")
    found = invariance(frame, MODEL, "school").set_index("step")
    assert list(found.index) == ["configural", "metric", "scalar", "strict"]
    for step, row in found.iterrows():
        for name in ["chisq", "df", "cfi", "tli", "rmsea", "srmr"]:
            assert row[name] == pytest.approx(expected[step][name], abs=1e-5), (step, name)
    assert found["converged"].all()
    assert set(found["verdict"]) == {"structure_not_established"}


@needs_reference
def test_single_group_agrees_with_lavaan() -> None:
    """The engine itself, one group, standardised loadings included."""
    expected = json.loads((SHARED / "reference" / "invariance.json").read_text())["HS_single"]
    frame = pd.read_csv(SHARED / "reference" / "data" / "HolzingerSwineford1939.csv")
    names = [item for items in MODEL.values() for item in items]
    values = frame[names].to_numpy()
    fit = maximum_likelihood.fit(
        [maximum_likelihood.moments(values)], np.array([[n in items for items in MODEL.values()] for n in names])
    )
    for name in ["chisq", "df", "cfi", "tli", "rmsea", "srmr"]:
        assert getattr(fit, name) == pytest.approx(expected[name], abs=1e-6), name
    loadings = fit.loadings[0].sum(axis=1) / values.std(axis=0)
    assert loadings == pytest.approx([row["est.std"] for row in expected["std"] if row["op"] == "=~"], abs=1e-5)


def test_real_journalists() -> None:
    """A real survey in five countries: trust has no established structure, two items cannot be tested."""
    path = SHARED / "data" / "real" / "journalists" / "responses.csv"
    if not path.is_file():
        pytest.skip("the real answers are not beside this repository")
    frame = pd.read_csv(path)
    trust = [f"trust_{who}" for who in ("parliament", "government", "parties", "politicians")]
    found = invariance(frame, {"trust": trust}, "country")
    assert found.loc[0, "cfi"] == pytest.approx(0.916, abs=5e-4)
    assert found.loc[0, "rmsea"] == pytest.approx(0.284, abs=5e-4)
    assert found.loc[0, "verdict"] == "structure_not_established"
    pair = invariance(frame, {"autonomy": ["autonomy_selection", "autonomy_emphasis"]}, "country")
    assert pair.loc[0, ["verdict", "reason"]].tolist() == ["not_testable", "two_items"]


def _answers(seed: int, shift: float = 0.0, slope: float = 0.0, noise: float = 0.0) -> pd.DataFrame:
    """Three groups of 400, six items; the last group has another mean, and what is planted differs in two items."""
    rng, parts = np.random.default_rng(seed), []
    for number in range(3):
        loadings, means, residual = np.full(6, 0.8), np.zeros(6), np.full(6, 0.6)
        if number == 2:
            loadings[:2] -= slope
            means[:2] += shift
            residual[:2] += noise
        factor = rng.normal(0.4 * number, 1, (400, 1))
        values = means + factor * loadings + rng.normal(size=(400, 6)) * residual
        parts.append(pd.DataFrame(values, columns=list("abcdef")).assign(group=str(number)))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("planted", "verdict", "reason"),
    [
        ({}, "means", ""),
        ({"shift": 0.7}, "relations", "scalar_fails"),
        ({"slope": 0.7}, "ranks", "metric_fails"),
        ({"noise": 0.9}, "means", "strict_fails"),
    ],
)
def test_finds_what_was_planted(planted: dict[str, float], verdict: str, reason: str) -> None:
    """Shifted intercepts forbid means, other loadings forbid relations, more noise forbids neither."""
    found = invariance(_answers(7, **planted), {"one": list("abcdef")}, "group")
    assert found.loc[0, ["verdict", "reason"]].tolist() == [verdict, reason]


def test_factor_means_are_found_again() -> None:
    """Under equal loadings and intercepts the factor means of the groups come back, in units of the first group."""
    frame = _answers(8)
    groups = [maximum_likelihood.moments(part[list("abcdef")].to_numpy()) for _, part in frame.groupby("group")]
    fit = maximum_likelihood.fit(groups, np.ones((6, 1), bool), frozenset({"loadings", "intercepts"}))
    assert fit.factor_means[:, 0] == pytest.approx([0, 0.4, 0.8], abs=0.15)


def test_what_cannot_be_tested_says_why() -> None:
    """One group, a group that is too small, an item without variance: one row without numbers and the reason."""
    frame = _answers(9)
    alone = invariance(frame[frame["group"] == "0"], {"one": list("abc")}, "group")
    assert (alone.loc[0, "verdict"], alone.loc[0, "reason"]) == ("not_testable", "one_group")
    small = pd.concat([frame[frame["group"] != "2"], frame[frame["group"] == "2"].head(4)])
    assert invariance(small, {"one": list("abc")}, "group").loc[0, "reason"] == "group_too_small"
    twin = frame.assign(b=frame["a"])
    assert invariance(twin, {"one": list("abc")}, "group").loc[0, "reason"] == "items_repeat_one_another"
    frame.loc[frame["group"] == "1", "a"] = 1.0
    assert invariance(frame, {"one": list("abc")}, "group").loc[0, "reason"] == "item_without_variance"


def test_what_is_refused() -> None:
    """An unknown estimator and an absent column are named with what is legal."""
    with pytest.raises(CompendiumError, match="legal are 'ML'"):
        invariance(_answers(1), {"one": list("abc")}, "group", estimator="DWLS")
    with pytest.raises(CompendiumError, match="'z' is not in the answers"):
        invariance(_answers(1), {"one": ["a", "b", "z"]}, "group")
