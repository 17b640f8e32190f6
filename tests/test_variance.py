"""Shares of variance of one and of several levels, held against lme4, exact formulas and planted truths."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from scipy import stats

from compendium.diagnosis import variance_shares
from compendium.diagnosis.variance import OneLevel, corrected
from compendium.diagnosis.variance.likelihood import Likelihood
from compendium.diagnosis.variance.profile import Profile
from compendium.diagnosis.variance.shape import FALLS_SHORT, spreads
from compendium.errors import CompendiumError

REFERENCE = Path(__file__).parent / "reference" / "variance"


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "variance.csv", dtype={"org": "str", "country": "str", "status": "str"})


@pytest.mark.parametrize(
    ("case", "levels", "covariates"),
    [
        ("one", ["org"], []),
        ("nested", ["country", "org"], []),
        ("crossed", ["org", "status"], []),
        ("three", ["org", "country", "status"], ["x"]),
    ],
)
def test_shares_agree_with_lme4(people: pd.DataFrame, case: str, levels: list[str], covariates: list[str]) -> None:
    expected = json.loads((REFERENCE / "variance.json").read_text(encoding="utf-8"))[case]
    found = variance_shares(people, "y", levels, covariates).set_index("level")["share"]
    for level in levels:
        agrees(f"diagnosis.variance_shares: {case}", "R lme4 1.1-31", found[level], expected[level], abs=2e-5)
    agrees(f"diagnosis.variance_shares: {case}", "R lme4 1.1-31", found["residual"], expected["Residual"], abs=2e-5)


def test_the_frame_is_as_promised(people: pd.DataFrame) -> None:
    found = variance_shares(people, "y", ["org", "country", "status"])
    assert list(found["level"]) == ["org", "country", "status", "residual"]
    assert {"level", "share", "ci_low", "ci_high", "n_groups", "n", "note"} <= set(found.columns)
    assert found["share"].sum() == pytest.approx(1)
    assert ((found["ci_low"] <= found["share"]) & (found["share"] <= found["ci_high"])).all()
    assert found["ci_low"].min() >= 0 and found["ci_high"].max() <= 1
    assert found.set_index("level").loc["country", "note"] == "too few groups to say"
    assert found.set_index("level").loc["org", "note"] == ""


def test_the_order_of_levels_and_rows_is_no_matter(people: pd.DataFrame) -> None:
    one = variance_shares(people, "y", ["org", "status"]).set_index("level")
    other = variance_shares(people.sample(frac=1, random_state=1), "y", ["status", "org"]).set_index("level")
    for level in ("org", "status", "residual"):
        assert one.loc[level, "share"] == pytest.approx(other.loc[level, "share"], abs=1e-5)
        assert one.loc[level, "ci_high"] == pytest.approx(other.loc[level, "ci_high"], abs=1e-3)


def test_few_balanced_groups_have_searles_interval() -> None:
    """Six groups of eight: ``(F / F_u - 1) / (n + F / F_u - 1)``, by the analysis of variance worked out here."""
    rng = np.random.default_rng(2)
    place = np.repeat(np.arange(6), 8)
    y = rng.normal(size=6)[place] + rng.normal(size=48)
    groups = [y[place == at] for at in range(6)]
    f = stats.f_oneway(*groups).statistic
    ends = [f / stats.f.ppf(q, 5, 42) for q in (0.975, 0.025)]
    expected = [max((end - 1) / (8 + end - 1), 0) for end in ends]
    assert OneLevel(y, np.ones((48, 1)), place).interval() == pytest.approx(expected, abs=1e-8)
    found = variance_shares(pd.DataFrame({"y": y, "g": place}), "y", ["g"])
    assert found.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("share", [0.0, 0.15])
def test_few_unbalanced_groups_are_covered(share: float) -> None:
    """Five groups of 4 to 60 persons, with a covariate that differs between them: the exact interval keeps its level."""
    rng, held, runs = np.random.default_rng(8), 0, 400
    sizes = np.array([4, 9, 20, 35, 60])
    place = np.repeat(np.arange(5), sizes)
    for _ in range(runs):
        x = rng.normal(size=len(place)) + 0.5 * (place == 1)
        y = 3 * x + np.sqrt(share) * rng.normal(size=5)[place] + np.sqrt(1 - share) * rng.normal(size=len(place))
        low, high = OneLevel(y, np.column_stack([np.ones(len(place)), x]), place).interval()
        held += low <= share <= high
    least = 0.95 if share else 0.975  # at nought only one tail can miss
    assert abs(held / runs - least) < 3.3 * np.sqrt(least * (1 - least) / runs)


@pytest.mark.parametrize(("skewed", "least"), [(False, 0.93), (True, 0.9)])
def test_groups_and_persons_need_not_be_spread_like_a_bell(skewed: bool, least: float) -> None:
    """Thirty groups; exponential groups and persons would be held in 80 % of draws by the interval that is exact for normal ones."""
    rng, held, runs = np.random.default_rng(3), 0, 250
    place = np.repeat(np.arange(30), rng.integers(3, 20, 30))
    for _ in range(runs):
        groups, own = ((rng.exponential(size=n) - 1 if skewed else rng.normal(size=n)) for n in (30, len(place)))
        frame = pd.DataFrame({"y": np.sqrt(0.2) * groups[place] + np.sqrt(0.8) * own, "g": place})
        found = variance_shares(frame, "y", ["g"]).iloc[0]
        held += found["ci_low"] <= 0.2 <= found["ci_high"]
    assert least <= held / runs <= 0.985


def test_what_groups_and_persons_are_spread_like_is_told() -> None:
    """2,000 groups of 40: planted excess kurtosis comes back, also with a second level; from few groups nothing is told."""
    rng = np.random.default_rng(5)
    place, other = np.repeat(np.arange(2000), 40), rng.integers(0, 12, 80_000)
    heavy = rng.permutation(stats.laplace.ppf((np.arange(2000) + 0.5) / 2000, scale=0.5**0.5))  # excess kurtosis near 3
    y = heavy[place] + 0.5 * rng.normal(size=12)[other] + rng.normal(size=80_000)
    likelihood = Likelihood(y, np.ones((80_000, 1)), [place, other])
    ratios = np.array([1.0, 0.25])
    levels, persons = spreads(ratios, [place, other], *likelihood.residuals(ratios))
    assert levels[0] == pytest.approx(1 + FALLS_SHORT * stats.kurtosis(heavy) / 2, rel=0.12)
    assert persons == pytest.approx([1, 1], abs=0.05)
    few = OneLevel(y[:200], np.ones((200, 1)), place[:200]).residuals()
    assert spreads(ratios[:1], [place[:200]], few[0], [few[1]])[0] == 1
    three = pd.DataFrame({"y": [1.0, 2.0, 4.0], "g": ["a", "a", "b"]})
    assert variance_shares(three, "y", ["g"])["share"].between(0, 1).all()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.4])
def test_one_level_is_what_the_search_over_several_finds(share: float) -> None:
    """Share, residuals and effects by eigenvalues are those of the general likelihood, with a covariate and tiny groups."""
    rng = np.random.default_rng(1)
    place = np.repeat(np.arange(15), rng.integers(1, 12, 15)).astype(np.intp)
    x = np.column_stack([np.ones(len(place)), rng.normal(size=len(place)) + 0.1 * place])
    y = x[:, 1] + np.sqrt(share) * rng.normal(size=15)[place] + np.sqrt(1 - share) * rng.normal(size=len(place))
    one, several = OneLevel(y, x, place), Profile(y, x, [place])
    assert one.share == pytest.approx(several.shares()[0], abs=1e-5)
    (persons, effects), (left, (moved,)) = one.residuals(), several.likelihood.residuals(np.array([one.ratio]))
    assert persons == pytest.approx(left, abs=1e-4)
    assert effects == pytest.approx(moved, abs=1e-4)


def test_two_levels_are_covered() -> None:
    """Thirty organisations crossed with twelve statuses, shares of a tenth and a twentieth: 60 profile intervals."""
    rng, held, runs = np.random.default_rng(9), np.zeros(3), 60
    for _ in range(runs):
        a, b = rng.integers(0, 30, 400), rng.integers(0, 12, 400)
        y = np.sqrt(0.1) * rng.normal(size=30)[a] + np.sqrt(0.05) * rng.normal(size=12)[b]
        y += np.sqrt(0.85) * rng.normal(size=400)
        found = variance_shares(pd.DataFrame({"y": y, "a": a, "b": b}), "y", ["a", "b"])
        truth = np.array([0.1, 0.05, 0.85])
        held += ((found["ci_low"] <= truth) & (truth <= found["ci_high"])).to_numpy()
    assert (held >= 0.87 * runs).all()


def test_reliability_takes_error_out_of_the_residual(people: pd.DataFrame) -> None:
    """Planted error of measurement is taken out again: the share of the level comes back."""
    raw = variance_shares(people, "y", ["org"])
    found = corrected(raw, 0.8)
    assert found.loc[0, "share"] == pytest.approx(raw.loc[0, "share"] / 0.8)
    assert found.loc[1, "share"] == pytest.approx(1 - raw.loc[0, "share"] / 0.8)
    assert found["share"].sum() == pytest.approx(1)
    assert corrected(raw, 1.0)["share"].tolist() == raw["share"].tolist()
    rng = np.random.default_rng(4)
    place = rng.integers(0, 60, 20_000)
    true = np.sqrt(0.2) * rng.normal(size=60)[place] + np.sqrt(0.8) * rng.normal(size=20_000)
    noisy = true + np.sqrt(1 / 3) * rng.normal(size=20_000)  # reliability 0.75
    frame = pd.DataFrame({"true": true, "noisy": noisy, "g": place})
    back = corrected(variance_shares(frame, "noisy", ["g"]), 0.75)
    assert back.loc[0, "share"] == pytest.approx(variance_shares(frame, "true", ["g"]).loc[0, "share"], abs=0.01)
    with pytest.raises(CompendiumError, match="above 0 and at most 1"):
        corrected(raw, 0.0)


def test_composition_can_make_groups_differ() -> None:
    """Groups that differ only in who belongs to them differ no more once their composition is taken out."""
    rng = np.random.default_rng(6)
    place = rng.integers(0, 20, 2000)
    x = rng.normal(size=20)[place] + rng.normal(size=2000)
    frame = pd.DataFrame({"y": 2 * x + rng.normal(size=2000), "x": x, "g": place})
    assert variance_shares(frame, "y", ["g"]).loc[0, "share"] > 0.3
    assert variance_shares(frame, "y", ["g"], ["x"]).loc[0, "share"] < 0.02


def test_a_missing_covariate_loses_nobody(people: pd.DataFrame) -> None:
    gaps = people.assign(status=people["status"].where(people.index % 5 > 0))
    assert variance_shares(gaps, "y", ["org"], ["status"])["n"].iloc[0] == len(people)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levels": []}, "one or more columns"),
        ({"levels": ["org", "org"]}, "each once"),
        ({"levels": ["place"]}, "'place' is not in the answers"),
        ({"levels": ["one"]}, "two groups or more"),
        ({"levels": ["alone"]}, "two groups or more"),
        ({"levels": ["org", "same"]}, "hold the same groups"),
        ({"outcome": "flat"}, "one number for everybody"),
    ],
)
def test_what_is_not_legal_is_said(people: pd.DataFrame, change: dict[str, object], said: str) -> None:
    more = {"one": "x", "alone": people.index.astype(str), "same": people["org"] + "!", "flat": 3.0}
    asked = {"outcome": "y", "levels": ["org"], **change}
    with pytest.raises(CompendiumError, match=said):
        variance_shares(people.assign(**more), **asked)


def test_intervals_of_two_levels_are_where_the_profile_crosses_its_limit() -> None:
    """Each end, found by a search of its own on a fine grid of both variances with dense matrices."""
    rng = np.random.default_rng(12)
    a, b = rng.integers(0, 14, 150), rng.integers(0, 6, 150)
    y = rng.normal(size=150) + 0.5 * rng.normal(size=14)[a]
    found = Profile(y, np.ones((150, 1)), [a, b])
    profile = Likelihood(y, np.ones((150, 1)), [a, b])
    one, other = np.meshgrid(np.linspace(0, 1.6, 101) ** 2 / 1.6, np.linspace(0, 1.3, 81) ** 2 / 1.3)
    ratios = np.column_stack([one.ravel(), other.ravel()])
    height = np.array([profile.at(point).deviance for point in ratios])
    for spread in (1.0, 1.4):  # what is not spread like a bell lets the deviance rise further
        inside = ratios[height <= height.min() + spread * stats.chi2.ppf(0.95, 1)]
        shares = np.column_stack([inside, np.ones(len(inside))]) / (1 + inside.sum(axis=1))[:, None]
        for at in range(3):
            expected = [shares[:, at].min(), shares[:, at].max()]
            assert found.interval(at, spread) == pytest.approx(expected, abs=0.02)


def test_the_likelihood_and_its_slopes_are_those_of_full_matrices() -> None:
    rng = np.random.default_rng(4)
    n, places = 90, [rng.integers(0, size, 90) for size in (9, 5, 3)]
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    likelihood = Likelihood(rng.normal(size=n), x, places)

    def full(ratios: np.ndarray) -> float:
        v = np.eye(n) + sum(r * (p[:, None] == p) for r, p in zip(ratios, places, strict=True))
        inverse, held = np.linalg.inv(v), likelihood.x
        cross = held.T @ inverse @ held
        p = inverse - inverse @ held @ np.linalg.inv(cross) @ held.T @ inverse
        left = likelihood.y @ p @ likelihood.y
        freedom = n - 2
        return freedom * np.log(left / freedom) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(cross)[1]

    at = np.array([0.3, 0.7, 0.05])
    found = likelihood.at(at)
    assert found.deviance == pytest.approx(full(at))
    for level in range(3):
        step = 1e-5 * (np.arange(3) == level)
        assert found.gradient[level] == pytest.approx((full(at + step) - full(at - step)) / 2e-5, rel=1e-5)
