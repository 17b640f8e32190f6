"""The invariance ladder against lavaan, against planted differences, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import CompendiumError
from compendium.factor_models import maximum_likelihood
from compendium.factor_models.information import observed_information
from compendium.factor_models.score_test import gain
from compendium.factor_models.search import discrepancy
from compendium.invariance import invariance, rule
from compendium.invariance.question import STEPS, Freed, Question

HERE = Path(__file__).parent
REFERENCE = HERE / "reference" / "invariance"
SHARED = HERE.parents[1] / "shared"
LAVAAN = "R lavaan 0.6-14"
MODEL = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
needs_reference = pytest.mark.skipif(
    not (SHARED / "reference").is_dir(), reason="the reference values of R are not beside this repository"
)


@needs_reference
@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_agrees_with_lavaan(estimator: str) -> None:
    """Holzinger and Swineford 1939 by school, lavaan 0.6-14: every step and test, and "structure not established"."""
    expected = json.loads((SHARED / "reference" / "invariance.json").read_text())[f"HS1939_by_school_{estimator}"]
    frame = pd.read_csv(SHARED / "reference" / "data" / "HolzingerSwineford1939.csv")
    found = invariance(frame, MODEL, "school", estimator).set_index("step")
    assert list(found.index) == ["configural", "metric", "scalar", "strict"]
    for step, row in found.iterrows():
        for name in ["chisq", "df", "cfi", "rmsea", "srmr"]:
            agrees(f"invariance: {name}, {estimator}", LAVAAN, row[name], expected[step][name], abs=1e-5)
        for name in ["chisq_scaled", "cfi_scaled", "rmsea_scaled", "cfi_robust", "rmsea_robust"]:
            if estimator == "MLR":
                agrees(f"invariance: {name}, MLR", LAVAAN, row[name], expected[step][name.replace("_", ".")], abs=2e-4)
            else:
                assert pd.isna(row[name])
    for step, test in zip(["metric", "scalar"], expected["lrt"][1:], strict=True):
        pair = found.loc[step, "chisq_diff"], found.loc[step, "p_diff"]
        agrees(
            f"invariance: nested test, {estimator}", LAVAAN, pair, (test["Chisq diff"], test["Pr(>Chisq)"]), abs=1e-3
        )
    assert found["converged"].all()
    assert set(found["verdict"]) == {"structure_not_established"}


@pytest.fixture(scope="module")
def skewed() -> pd.DataFrame:
    """Three groups, one factor, five skewed items of five steps; see lavaan.R beside it for what differs in them."""
    return pd.read_csv(REFERENCE / "skewed.csv")


@pytest.fixture(scope="module")
def of_lavaan() -> dict:
    """What lavaan 0.6-14 finds in :func:`skewed` (lavaan.R)."""
    return json.loads((REFERENCE / "lavaan.json").read_text())


ITEMS = [f"i{number}" for number in range(1, 6)]


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_skewed_answers_agree_with_lavaan(estimator: str, skewed: pd.DataFrame, of_lavaan: dict) -> None:
    """Full steps, and partial ones with the items freed that lavaan was told to free."""
    expected = of_lavaan[estimator]
    question = Question(skewed, {"one": ITEMS}, "group", estimator)
    steps = {step: question.fit(step) for step in STEPS}
    steps["partial metric"] = question.fit("metric", Freed(loadings=frozenset({3})))
    steps["partial scalar"] = question.fit("scalar", Freed(frozenset({3}), frozenset({1, 3})))
    for step, fit in steps.items():
        earlier = rule.before(step, steps)
        found = question.fitted(fit, steps[earlier] if earlier else None)
        for name, value in expected[step].items():
            if value is not None:
                mine = getattr(found, "p" if name == "pvalue" else name)
                agrees(
                    f"invariance: {name}, {estimator}, skewed items",
                    LAVAAN,
                    mine,
                    value,
                    abs=1e-4 if "chisq" in name else 1e-5,
                )


def test_robust_ladder_lets_go_of_what_differs(skewed: pd.DataFrame, of_lavaan: dict) -> None:
    """The loading of i4 gives way, with its intercept, then the intercept of i2: as planted, as lavaan has the fit."""
    found = invariance(skewed, {"one": ITEMS}, "group", "MLR").set_index("step")
    assert list(found.index) == ["configural", "metric", "partial metric", "scalar", "partial scalar", "strict"]
    assert found["freed"].to_dict() == dict.fromkeys(STEPS, "") | {"partial metric": "i4", "partial scalar": "i2; i4"}
    assert found["holds"].tolist() == [True, False, True, False, True, False]
    assert (found["verdict"].iloc[0], found["reason"].iloc[0]) == ("means", "partial")
    assert found.loc["partial scalar", "cfi_robust"] == pytest.approx(of_lavaan["MLR"]["partial scalar"]["cfi_robust"])


@pytest.mark.parametrize(("step", "matrix"), [("metric", "loadings"), ("scalar", "intercepts")])
def test_gain_of_letting_go_agrees_with_lavaan(step: str, matrix: str, skewed: pd.DataFrame, of_lavaan: dict) -> None:
    """The score statistic of one item's equalities is lavTestScore's with these released."""
    solution = Question(skewed, {"one": ITEMS}, "group", "ML").fit(step).fit.solution
    found = [gain(solution, {matrix: {place}}) for place in range(5)]
    agrees(
        "invariance: score test of one item",
        LAVAAN,
        found,
        [of_lavaan["gains"][step][item] for item in ITEMS],
        rel=2e-5,
    )


def test_observed_information_is_the_slope_of_the_gradient(skewed: pd.DataFrame) -> None:
    """Analytic second derivatives against differences of the analytic first ones, with means and freed items."""
    freed = Freed(frozenset({3}), frozenset({3}))
    solution = Question(skewed, {"one": ITEMS[:2], "two": ITEMS[2:]}, "group", "ML").fit("scalar", freed).fit.solution
    size, step = solution.model.size, 1e-5

    def slope(place: int, by: float) -> np.ndarray:
        return discrepancy(solution.model, solution.found, solution.theta + by * np.eye(size)[place])[1]

    numeric = [(slope(place, step) - slope(place, -step)) / (4 * step) for place in range(size)]
    _, _, inverse = discrepancy(solution.model, solution.found, solution.theta)
    analytic = observed_information(solution.model, solution.found, solution.theta, inverse)
    assert np.allclose(analytic, numeric, atol=1e-7)


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
        agrees(f"factor_models.maximum_likelihood.fit: {name}", LAVAAN, getattr(fit, name), expected[name], abs=1e-6)
    loadings = fit.loadings[0].sum(axis=1) / values.std(axis=0)
    theirs = [row["est.std"] for row in expected["std"] if row["op"] == "=~"]
    agrees("factor_models.maximum_likelihood.fit: loadings", LAVAAN, loadings, theirs, abs=1e-5)


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


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
@pytest.mark.parametrize(
    ("planted", "verdict", "reason", "freed"),
    [
        ({}, "means", "", ""),
        ({"shift": 0.7}, "means", "partial", "a; b"),
        ({"slope": 0.7}, "means", "partial", "a; b"),
        ({"noise": 0.9}, "means", "strict_fails", ""),
    ],
)
def test_finds_what_was_planted(
    planted: dict[str, float], verdict: str, reason: str, freed: str, estimator: str
) -> None:
    """The items that differ give way and no others; more noise forbids nothing."""
    found = invariance(_answers(7, **planted), {"one": list("abcdef")}, "group", estimator)
    assert found.loc[0, ["verdict", "reason"]].tolist() == [verdict, reason]
    assert found["freed"].max() == freed


@pytest.mark.parametrize(
    ("spread", "verdict", "reason"), [("intercept", "relations", "scalar_fails"), ("loading", "ranks", "metric_fails")]
)
def test_too_few_equal_items_carry_nothing(spread: str, verdict: str, reason: str) -> None:
    """Where no two items agree, the last attempt stands there with two items left equal, and does not hold."""
    frame = _answers(7)
    own, factor = frame["group"] == "2", frame[list("ef")].mean(axis=1)
    for number, item in enumerate("abcd"):
        frame.loc[own, item] += 0.6 * number * (factor[own] if spread == "loading" else 1)
    found = invariance(frame, {"one": list("abcd")}, "group").set_index("step")
    assert found.iloc[0][["verdict", "reason"]].tolist() == [verdict, reason]
    last = found[found["freed"] != ""].iloc[-1]
    assert len(last["freed"].split("; ")) == 2
    assert not last["holds"]


def _step(cfi: float, rmsea: float, srmr: float) -> rule.Fitted:
    return rule.Fitted(900, 10.0, 5, 0.1, cfi, 0.9, rmsea, srmr, True, False)


@pytest.mark.parametrize(
    ("step", "found", "holds"),
    [
        ("configural", (0.950, 0.080, 0.2), True),
        ("configural", (0.949, 0.010, 0.0), False),
        ("configural", (0.990, 0.081, 0.0), False),
        ("metric", (0.965, 0.060, 0.05), True),
        ("metric", (0.955, 0.050, 0.02), False),
        ("metric", (0.970, 0.070, 0.045), True),
        ("metric", (0.970, 0.070, 0.055), False),
        ("scalar", (0.970, 0.070, 0.030), True),
        ("scalar", (0.970, 0.070, 0.040), False),
        ("partial scalar", (0.970, 0.070, 0.040), False),
        ("scalar", (0.970, 0.060, 0.100), True),
    ],
)
def test_the_rule(step: str, found: tuple[float, float, float], holds: bool) -> None:
    """CFI falls too far, or RMSEA and SRMR rise too far together: from .97, .05, .02 in the step before."""
    earlier = None if step == "configural" else _step(0.97, 0.05, 0.02)
    assert rule.passes(step, _step(*found), earlier, "ML") is holds
    # Robust indices are read where the estimator is robust; here there are none.
    assert not rule.passes(step, _step(*found), earlier, "MLR")


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


def test_groups_are_the_codes_that_occur() -> None:
    """Empty codes are no group, unused categories neither; whole numbers and texts of numbers do as well as floats."""
    frame = _answers(9).round()
    expected = invariance(frame, {"one": list("abcd")}, "group")
    unnamed = frame.head(50).assign(group=[" ", None] * 25)
    other = pd.concat([frame, unnamed]).astype({"a": "Int64", "b": "str", "c": "category"})
    other["group"] = pd.Categorical(other["group"], categories=["2", "1", "0", "nobody", " "])
    pd.testing.assert_frame_equal(invariance(other, {"one": list("abcd")}, "group"), expected)


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_no_convergence_stands_in_the_rows(estimator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that does not come to rest gives rows that say so, and nothing holds."""
    monkeypatch.setattr(maximum_likelihood, "search", lambda model, found, theta: (theta, 1, False))
    found = invariance(_answers(3), {"one": list("abcdef")}, "group", estimator)
    assert not found[["converged", "holds"]].any(axis=None)
    assert found.loc[0, ["verdict", "reason"]].tolist() == ["structure_not_established", "configural_fails"]


def test_improper_estimates_are_flagged() -> None:
    """Correlations that no factor can make (one is larger than the others allow) end in a negative variance."""
    rng = np.random.default_rng(4)
    covariance = np.array([[1, 0.8, 0.7], [0.8, 1, 0.4], [0.7, 0.4, 1]])
    values = rng.multivariate_normal(np.zeros(3), covariance, 800)
    frame = pd.DataFrame(values, columns=list("abc")).assign(group=["x", "y"] * 400)
    found = invariance(frame, {"one": list("abc")}, "group")
    assert found.loc[0, "improper"]


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_three_items_leave_the_structure_untested(estimator: str) -> None:
    """One factor of three items fits by construction; the later steps are tested."""
    found = invariance(_answers(5), {"one": list("abc")}, "group", estimator)
    assert found["df"].tolist() == [0, 4, 8, 14]
    assert found.loc[0, ["holds", "rmsea", "cfi"]].tolist() == pytest.approx([True, 0, 1])
    assert found.loc[0, "verdict"] == "means"


def test_what_is_refused() -> None:
    """An unknown estimator, an absent column and words for numbers are named with what is legal."""
    with pytest.raises(CompendiumError, match="legal are 'ML', 'MLR'"):
        invariance(_answers(1), {"one": list("abc")}, "group", estimator="DWLS")
    with pytest.raises(CompendiumError, match="'z' is not in the answers"):
        invariance(_answers(1), {"one": ["a", "b", "z"]}, "group")
    with pytest.raises(CompendiumError, match="both the group and an item"):
        invariance(_answers(1), {"one": ["a", "b", "group"]}, "group")
    with pytest.raises(CompendiumError, match="item 'a', row 7: 'often' is no number"):
        invariance(
            _answers(1).astype({"a": object}).replace({"a": {_answers(1).loc[7, "a"]: "often"}}),
            {"one": list("abc")},
            "group",
        )


@pytest.mark.parametrize("estimator", ["ML", "MLR", "WLSMV"])
def test_noise_has_no_structure(estimator: str) -> None:
    """Items without anything in common fit every model; no verdict may follow from that."""
    rng = np.random.default_rng(4)
    noise = pd.DataFrame(rng.integers(1, 5, (600, 5)).astype(float), columns=ITEMS).assign(group=["a", "b", "c"] * 200)
    found = invariance(noise, {"one": ITEMS}, "group", estimator)
    assert found[["verdict", "reason"]].iloc[0].tolist() == ["structure_not_established", "items_share_nothing"]
