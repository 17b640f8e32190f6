"""Factor models for ordered answers and their ladder against lavaan, against planted differences, and at their limits."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import CompendiumError
from compendium.factor_models import ordered
from compendium.factor_models.ordered_structure import OrderedModel
from compendium.invariance import invariance
from compendium.invariance.ordered import STEPS
from compendium.reliability import ordinal

REFERENCE = Path(__file__).parent / "reference" / "ordered"
SHARED = Path(__file__).parents[2] / "shared" / "reference"
LAVAAN = "lavaan 0.6-14 (WLSMV)"
MEASURES = {"cfi": 1e-6, "tli": 1e-6, "rmsea": 2e-6, "srmr": 1e-6}
MEASURES |= {"cfi_scaled": 1e-6, "tli_scaled": 1e-6, "rmsea_scaled": 2e-6}
OF_LAVAAN = json.loads((REFERENCE / "lavaan.json").read_text(encoding="utf-8"))
LET_OFF = OF_LAVAAN.pop("let_off")


def _model(items: list[str]) -> dict[str, list[str]]:
    return {"one": items} if len(items) < 8 else {"one": items[:4], "two": items[4:]}


def _fits(
    frame: pd.DataFrame, group: str, freed: frozenset[tuple[str, int]] = frozenset()
) -> dict[str, ordered.OrderedFit]:
    """Every step, also those that the ladder leaves out for items of two steps."""
    items = [name for name in frame if name != group]
    codes = frame[items].rank(method="dense").astype(int) - 1
    steps = (codes.max() + 1).tolist()
    pattern = np.array([[item in factor for factor in _model(items).values()] for item in items])
    groups = ordered.ordered([part.to_numpy() for _, part in codes.groupby(frame[group])], steps)
    return {step: ordered.fit(groups, steps, pattern, equal, freed) for step, equal in STEPS.items()}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference values of R are not beside this repository")
def test_agrees_with_lavaan_on_published_answers() -> None:
    """Agreeableness of bfi (psychTools) by gender, six answers made four as the note in the reference says."""
    expected = json.loads((SHARED / "invariance_ordinal.json").read_text(encoding="utf-8"))
    items = [f"A{number}" for number in range(1, 6)]
    frame = pd.read_csv(SHARED / "data" / "bfi.csv")[[*items, "gender"]].dropna()
    frame["A1"] = 7 - frame["A1"]
    frame[items] = frame[items].replace({1: 1, 2: 1, 3: 1, 4: 2, 5: 3, 6: 4})
    found = invariance(frame, {"agreeable": items}, "gender", "WLSMV").set_index("step")
    names = ["configural", "thresholds", "thresholds_loadings", "thresholds_loadings_intercepts"]
    for step, name in zip(["configural", "thresholds", "metric", "scalar"], names, strict=True):
        row, theirs = found.loc[step], {key.replace(".", "_"): value for key, value in expected[name].items()}
        assert row["df"] == theirs["df"]
        for measure in ["chisq", "chisq_scaled", "cfi", "rmsea", "srmr", "cfi_scaled", "rmsea_scaled"]:
            limit = 1e-6 * theirs[measure] if "chisq" in measure else 1e-6
            agrees(f"invariance: {measure}, ordered items", LAVAAN, row[measure], theirs[measure], abs=limit)
    assert found["converged"].all()
    assert set(found["verdict"]) == {"structure_not_established"}


@pytest.mark.parametrize("case", OF_LAVAAN)
def test_agrees_with_lavaan(case: str) -> None:
    """Items of two, three, four and six steps, two and three groups, one and two factors, empty cells (lavaan.R)."""
    frame, expected = pd.read_csv(REFERENCE / f"{case}.csv"), OF_LAVAAN[case]
    fits, earlier = _fits(frame, "group"), None
    for step in [name for name in STEPS if name in expected]:
        fit, theirs = fits[step], expected[step]
        assert fit.is_converged and fit.df == theirs["df"]
        for name in ["chisq", "chisq_scaled"]:
            agrees(f"factor_models.ordered.fit: {name}", LAVAAN, getattr(fit, name), theirs[name], abs=3e-5)
        for name, limit in MEASURES.items():
            agrees(f"factor_models.ordered.fit: {name}", LAVAAN, getattr(fit, name), theirs[name], abs=limit)
        if earlier and "chisq_diff" in theirs:
            chisq, df = fit.difference(earlier)
            agrees("factor_models.ordered: adjusted difference", LAVAAN, chisq, theirs["chisq_diff"], abs=3e-5)
            assert df == theirs["df_diff"]
        earlier = fit
    estimates, scalar = expected["estimates"], fits["scalar"].parts
    name = "factor_models.ordered.fit: loadings and factor means"
    agrees(name, LAVAAN, scalar[0].loadings.sum(axis=1), estimates["loadings"], abs=5e-5)
    agrees(name, LAVAAN, np.concatenate([part.factor_means for part in scalar]), estimates["means"], abs=5e-5)


@pytest.mark.parametrize("theirs", LET_OFF, ids=lambda theirs: f"{theirs['case']} {theirs['step']}")
def test_letting_off_agrees_with_lavaan(theirs: dict) -> None:
    """One item's intercept, its loading too, its thresholds too, let off as semTools' ``group.partial`` has it."""
    matrices = {"=~": "loadings", "~1": "intercepts", "|t": "thresholds"}
    item = int(re.findall(r"i(\d)", theirs["freed"][0])[0]) - 1
    freed = frozenset((name, item) for sign, name in matrices.items() if any(sign in row for row in theirs["freed"]))
    fit = _fits(pd.read_csv(REFERENCE / f"{theirs['case']}.csv"), "group", freed)[theirs["step"]]
    assert fit.df == theirs["df"]
    for name in ["chisq", "chisq_scaled"]:
        agrees(
            f"factor_models.ordered.fit: {name}, an item let off", LAVAAN, getattr(fit, name), theirs[name], abs=3e-5
        )


def _answers(
    seed: int, sizes: tuple[int, ...] = (500, 500), cuts: tuple[float, ...] = (-0.8, 0.1, 0.9), **planted: float
) -> pd.DataFrame:
    """Six items of one factor; the last group has another mean and spread, and what is planted differs in two items or three."""
    rng, parts = np.random.default_rng(seed), []
    for number, n in enumerate(sizes):
        is_last = number == len(sizes) - 1
        factor = rng.normal(0.3 * is_last, 1 + 0.2 * is_last, size=(n, 1))
        loadings, level = np.full(6, 0.8), np.zeros(6)
        borders = np.array(cuts) + np.linspace(-0.5, 0.5, 6)[:, None]
        if is_last:
            loadings[:2] -= planted.get("slope", 0.0)
            level[:2] += planted.get("level", 0.0)
            borders[:3, -1] += planted.get("border", 0.0)
        latent = level + loadings * factor + rng.normal(0, 0.6, size=(n, 6))
        codes = (latent[:, :, None] > borders).sum(axis=2) + 1
        parts.append(pd.DataFrame(codes, columns=list("abcdef")).assign(land=str(number)))
    return pd.concat(parts, ignore_index=True)


MODEL = {"one": list("abcdef")}


def _verdict(frame: pd.DataFrame) -> tuple[str, str]:
    found = invariance(frame, MODEL, "land", "WLSMV")
    return found.loc[0, "verdict"], found.loc[0, "reason"]


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ({"border": 1.4}, "thresholds"),
        ({"slope": 0.5}, "metric"),
        ({"level": 0.8}, "scalar"),
    ],
)
def test_planted_differences_are_found(planted: dict[str, float], expected: str) -> None:
    """A border, a loading or a level that differs stops the step that speaks of it, and these items are let off."""
    for seed in range(5):
        found = invariance(_answers(seed, **planted), MODEL, "land", "WLSMV").set_index("step")
        assert found["holds"][:expected].to_list()[:-1] == [True] * (list(STEPS).index(expected))
        assert not found.loc[expected, "holds"]
        assert found.loc[f"partial {expected}", "holds"]
        assert set(found.loc[f"partial {expected}", "freed"].split("; ")) <= {"a", "b", "c"}
        assert set(found["verdict"]) == {"means"}
        assert set(found["reason"]) == {"partial"}


def test_a_smaller_shift_of_borders_shows_in_the_nested_test() -> None:
    """Borders moved by half as much: too little for the rule, which reads CFI, but no chance finding."""
    for seed in range(5):
        found = invariance(_answers(seed, border=0.7), MODEL, "land", "WLSMV").set_index("step")
        assert found.loc["thresholds", "holds"]
        assert found.loc["thresholds", "p_diff"] < 0.001


@pytest.mark.parametrize("cuts", [(0.2,), (-0.5, 0.6), (-0.8, 0.1, 0.9)])
def test_no_difference_is_found_where_none_is(cuts: tuple[float, ...]) -> None:
    """Groups that differ in mean and spread alone: means may be compared, over 20 seeds at most once not."""
    verdicts = [_verdict(_answers(seed, cuts=cuts)) for seed in range(20)]
    assert sum(verdict == ("means", "") for verdict in verdicts) >= 19


def test_steps_of_the_ladder_depend_on_the_steps_of_the_items() -> None:
    """Two answers: thresholds, loadings and intercepts come together. Three: equal thresholds alone test nothing."""
    two = invariance(_answers(1, cuts=(0.2,)), MODEL, "land", "WLSMV")
    assert two["step"].tolist() == ["configural", "scalar", "strict"]
    three = invariance(_answers(1, cuts=(-0.5, 0.6)), MODEL, "land", "WLSMV").set_index("step")
    assert list(three.index) == list(STEPS)
    assert three.loc["thresholds", "df_diff"] == 0
    assert pd.isna(three.loc["thresholds", "p_diff"])
    assert three.loc["thresholds", "chisq"] == pytest.approx(three.loc["configural", "chisq"])
    mixed = _answers(1).assign(a=lambda frame: (frame["a"] > 2) + 1)
    assert invariance(mixed, MODEL, "land", "WLSMV")["step"].tolist() == [
        "configural",
        "thresholds",
        "scalar",
        "strict",
    ]


def test_recovers_what_was_drawn() -> None:
    """Ten thousand persons a group: loadings over residuals, the other group's mean and spread, the thresholds."""
    fit = _fits(_answers(4, sizes=(10_000, 10_000)), "land")["scalar"]
    first, last = fit.parts
    borders = np.array([-0.8, 0.1, 0.9]) + np.linspace(-0.5, 0.5, 6)[:, None]
    assert first.loadings[:, 0] == pytest.approx(0.8 / 0.6, abs=0.06)
    assert last.residuals == pytest.approx(1.0, abs=0.12)
    assert last.factor_means[0] == pytest.approx(0.3, abs=0.04)
    assert last.factor_covariance[0, 0] == pytest.approx(1.44, abs=0.1)
    assert fit.thresholds[1].reshape(6, 3) == pytest.approx(borders / 0.6, abs=0.1)
    assert (fit.thresholds[0] == fit.thresholds[1]).all()


@pytest.mark.parametrize("step", STEPS)
def test_slopes_are_those_of_what_is_implied(step: str) -> None:
    """Analytic derivatives against differences, two factors, items of two to five steps, three groups."""
    rng = np.random.default_rng(2)
    pattern = np.array([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1]], dtype=bool)
    model = OrderedModel([2, 3, 4, 5, 2], pattern, 3, STEPS[step])
    theta = rng.uniform(0.3, 1.2, model.size)
    for group in range(3):
        numeric = np.array(
            [
                (model.implied(theta + by, group) - model.implied(theta - by, group)) / 2e-6
                for by in 1e-6 * np.eye(model.size)
            ]
        )
        assert model.slopes(theta, group) == pytest.approx(numeric[model.own[group]].T, abs=1e-7)
        assert not np.delete(numeric, model.own[group], axis=0).any()


def test_correlations_are_those_of_the_polychoric_room() -> None:
    """The same thresholds and correlations as :func:`compendium.ordinal.polychoric`, found in another way."""
    frame = _answers(3, sizes=(300,)).drop(columns="land")
    theirs = ordinal.polychoric(frame)
    found = ordered.ordered([frame.to_numpy() - 1], [4] * 6)[0]
    assert found.values[:18] == pytest.approx(np.concatenate(list(theirs.thresholds.values())))
    assert found.values[18:] == pytest.approx(theirs.correlations.to_numpy()[np.triu_indices(6, 1)], abs=1e-6)


def test_covariances_are_those_of_samples() -> None:
    """The spread of thresholds and correlations over 200 samples is what each sample says it is."""
    found = [
        ordered.ordered([_answers(seed, sizes=(400,)).to_numpy()[:, :6].astype(int) - 1], [4] * 6)[0]
        for seed in range(200)
    ]
    seen = np.var([one.values for one in found], axis=0)
    said = np.mean([np.diag(one.gamma) / one.n for one in found], axis=0)
    assert np.median(seen / said) == pytest.approx(1.0, abs=0.08)
    assert seen / said == pytest.approx(1.0, abs=0.45)


def test_a_loading_without_bound_is_said() -> None:
    """An item that the other items leave no residual: lavaan's chi-square, and the step is called improper."""
    fits = _fits(pd.read_csv(REFERENCE / "runaway.csv"), "group")
    assert fits["configural"].chisq == pytest.approx(30.81886, abs=1e-4)
    assert fits["configural"].is_converged
    assert fits["configural"].is_improper
    assert not fits["strict"].is_improper


def test_a_correlation_at_its_bound_is_said() -> None:
    """Two items of three steps of which one repeats the other but for a border: the answers drive their correlation to 1."""
    frame = _answers(3, cuts=(-0.5, 0.6)).assign(
        b=lambda answers: np.where(answers["a"] == 3, 3, np.minimum(answers["a"], 2))
    )
    frame.loc[(frame["b"] == 1) & (frame.index % 2 == 0), "b"] = 2
    found = invariance(frame, MODEL, "land", "WLSMV")
    assert found["improper"].all()


def test_what_cannot_be_tested() -> None:
    """A step that one group never chose, in one row with its reason; more than six steps are refused by name."""
    frame = _answers(2)
    frame.loc[(frame["land"] == "1") & (frame["c"] == 4), "c"] = 3
    found = invariance(frame, MODEL, "land", "WLSMV")
    assert found[["step", "verdict", "reason"]].to_numpy().tolist() == [["configural", "not_testable", "steps_differ"]]
    # A value that nobody in any group chose is no step: the borders between the others are all there is.
    doubled = _answers(2).replace({"c": {3: 4, 4: 5}})
    assert invariance(doubled, MODEL, "land", "WLSMV")["holds"].all()
    with pytest.raises(CompendiumError, match="item 'a' has 9 different values; estimator 'WLSMV' takes 2 to 6"):
        invariance(frame.assign(a=np.arange(len(frame)) % 9), MODEL, "land", "WLSMV")


def test_only_the_order_of_values_counts() -> None:
    """Other codes in the same order give the same rows, and turning an item turns its loading alone."""
    frame = _answers(5)
    found = invariance(frame, MODEL, "land", "WLSMV")
    other = invariance(frame.assign(a=frame["a"] ** 2 - 7, b=5 - frame["b"]), MODEL, "land", "WLSMV")
    for name in ["chisq", "chisq_scaled", "cfi_scaled", "srmr"]:
        assert other[name].to_list() == pytest.approx(found[name].to_list(), rel=1e-6)
