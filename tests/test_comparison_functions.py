"""Equivalence, effect sizes, standardisation, partial pooling and trees, held against R and against planted truths."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import comparison
from compendium.errors import CompendiumError
from compendium.intervals import contrast, holm
from compendium.intervals.means import linearised, read_answers

REFERENCE = Path(__file__).parent / "reference" / "comparison" / "reference.json"


@cache
def reference() -> dict[str, Any]:
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", ["pool", "flat"])
def test_partial_pooling_agrees_with_metafor(case: str) -> None:
    own = reference()[case]
    found = comparison.shrink(own["y"], own["v"])
    package = "R metafor 3.8-1, rma and blup"
    agrees("comparison.shrink: variance between groups", package, found.spread**2, own["tau2"], abs=1e-8)
    agrees("comparison.shrink: common mean", package, found.mean, own["mu"], abs=1e-8)
    agrees("comparison.shrink: best linear predictors", package, found.groups["reml"], own["blup"], abs=1e-8)


@pytest.mark.parametrize("case", ["pool", "flat"])
def test_partial_pooling_with_its_doubt_agrees_with_integration(case: str) -> None:
    own = reference()[case]
    found = comparison.shrink(own["y"], own["v"]).groups
    for column, name in (("estimate", "mean"), ("low", "low"), ("high", "high")):
        agrees(f"comparison.shrink: posterior {name}", "R 4.2.2, integrate()", found[column], own[name], abs=1e-6)


def test_effect_sizes_agree_with_metafor() -> None:
    own = reference()["g"]
    g = comparison.hedges_g([own["a"], own["b"]])
    half = 1.959963984540054 * own["vi"] ** 0.5
    package = "R metafor 3.8-1, escalc"
    agrees("comparison.hedges_g", package, g, [own["yi"], own["yi"] - half, own["yi"] + half], abs=1e-10)
    own = reference()["h"]  # metafor's arcsine difference is half of Cohen's h
    h = comparison.cohens_h([18 / 60, 22 / 45], [60, 45])
    half = 2 * 1.959963984540054 * own["vi"] ** 0.5
    agrees("comparison.cohens_h", package, h, [2 * own["yi"], 2 * own["yi"] - half, 2 * own["yi"] + half], abs=1e-10)


def test_equivalence_agrees_with_two_one_sided_welch_tests() -> None:
    own = reference()["tost"]
    found = [comparison.equivalence([own["x"], own["z"]], margin) for margin in own["margins"]]
    agrees("comparison.equivalence: p", "R 4.2.2, two t.test()", [one.p for one in found], own["p"], abs=1e-9)
    agrees("comparison.equivalence: 90% interval", "R 4.2.2, t.test()", found[0][1:3], own["interval"], abs=1e-9)
    assert [one.p < 0.05 for one in found] == [
        -m < own["interval"][0] and own["interval"][1] < m for m in own["margins"]
    ]


def standardised(**more: Any) -> comparison.standardisation.Standardised:
    people = pd.DataFrame(reference()["standard"]["people"])
    return comparison.standardise(people["value"], people["group"], people[["cell"]], fewest=2, **more)


def test_standardised_means_agree_with_survey() -> None:
    own, found = reference()["standard"], standardised()
    means = [found.parts[name].mean() for name in "AB"]
    agrees(
        "comparison.standardise: mean",
        "R survey 4.1-1, svystandardize",
        [m.estimate for m in means],
        own["means"],
        abs=1e-10,
    )
    agrees("comparison.standardise: composition", "R 4.2.2, prop.table", found.target, own["target"], abs=1e-12)
    for name, se in zip("AB", own["se_within"], strict=True):
        part = found.parts[name]
        variance = linearised(read_answers(part.values, part.weights, part.strata), part.mean().estimate).variance
        agrees(
            "comparison.standardise: standard error",
            "R survey 4.1-1, svymean within cells",
            variance**0.5,
            se,
            abs=1e-10,
        )


def test_organisations_of_one_person_each_hardly_change_the_error_of_a_standardised_mean() -> None:
    alone = pd.Series([f"o{n}" for n in range(105)])
    one, other = standardised(), standardised(clusters=alone)
    for name in "AB":
        wide, narrow = (found.parts[name].mean() for found in (one, other))
        assert wide.estimate == pytest.approx(narrow.estimate)
        assert wide.high - wide.low == pytest.approx(narrow.high - narrow.low, rel=0.1)
    together = standardised(clusters=pd.Series([f"o{n // 7}" for n in range(105)]))
    assert together.parts["A"].mean().estimate == pytest.approx(one.parts["A"].mean().estimate)


def test_a_difference_of_composition_goes_and_a_difference_of_countries_stays() -> None:
    rng = np.random.default_rng(5)
    young = {"A": 0.8, "B": 0.3}
    parts = []
    for country, share in young.items():
        is_young = rng.random(2000) < share
        score = 50 + 20 * is_young + 4 * (country == "B") + rng.normal(0, 10, 2000)
        parts.append(pd.DataFrame({"country": country, "age": np.where(is_young, "young", "old"), "x": score}))
    people = pd.concat(parts, ignore_index=True)
    raw = people.groupby("country")["x"].mean()
    assert raw["B"] - raw["A"] == pytest.approx(4 - 10, abs=1.5)
    found = comparison.standardise(people["x"], people["country"], people[["age"]])
    means = {name: part.mean() for name, part in found.parts.items()}
    assert means["B"].estimate - means["A"].estimate == pytest.approx(4, abs=1.0)


def test_small_cells_join_their_neighbour_and_nobody_is_dropped() -> None:
    ages = pd.CategoricalDtype(["young", "middle", "old"], ordered=True)
    people = pd.DataFrame(
        {
            "country": ["A"] * 40 + ["B"] * 40,
            "kind": ["x"] * 30 + ["y"] * 10 + ["x"] * 30 + ["y"] * 10,
            "age": pd.Series(
                ["young"] * 10 + ["middle"] * 10 + ["old"] * 10 + ["young"] * 10
                + ["young"] * 15 + ["middle"] * 15 + ["young"] * 9 + [None]
            ).astype(ages),
            "x": np.arange(80.0),
        }
    )  # fmt: skip
    found = comparison.standardise(people["x"], people["country"], people[["kind", "age"]])
    assert found.merged == ((("x", "middle"), ("x", "old")), (("y", "young"), ("y", "")))
    assert found.empty == {"A": (("y", ""),), "B": (("x", "old"),)}
    assert found.target.sum() == pytest.approx(1)
    assert all(part.weights.sum() == pytest.approx(1) and len(part.values) == 40 for part in found.parts.values())


@settings(deadline=None)  # pingouin takes a second at its first call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.data())
def test_adjusting_pairs_lies_between_no_adjustment_and_holm(p: list[float], data: st.DataObject) -> None:
    q = data.draw(st.lists(st.floats(0, 1), min_size=len(p), max_size=len(p)))
    first, second = comparison.adjust(p, q)
    both, plain = np.concatenate([first, second]), np.array([*p, *q])
    assert (both >= plain - 1e-12).all()
    assert (both <= holm(plain) + 1e-9).all()
    alone, none = comparison.adjust(p, np.full(len(p), np.nan))
    assert alone == pytest.approx(holm(p))
    assert np.isnan(none).all()


def verdicts(groups: list[np.ndarray], margin: float) -> list[str]:
    """Return the verdict on each group against the others, adjusted together."""
    others = len(groups) - 1
    p: list[list[float]] = [[], []]
    for at in range(len(groups)):
        order = [at, *(one for one in range(len(groups)) if one != at)]
        own, c = [groups[one] for one in order], [1.0, *[-1 / others] * others]
        p[0].append(contrast(own, c).p)
        p[1].append(comparison.equivalence(own, margin, c).p)
    return [comparison.verdict(*pair) for pair in zip(*comparison.adjust(*p), strict=True)]


def drawn(rng: np.random.Generator, n: int, means: list[float]) -> list[np.ndarray]:
    return [np.clip(np.round(rng.normal(mean, 20, n) / 5) * 5, 0, 100) for mean in means]


def test_equal_countries_are_equivalent_when_many_answer_and_undecided_when_few_do() -> None:
    rng = np.random.default_rng(20261123)
    alike = [50.0] * 5
    found = [set(verdicts(drawn(rng, 2500, alike), 5)) == {"equivalent"} for _ in range(20)]
    assert sum(found) >= 17  # chance alone makes a difference in one of twenty
    assert set(verdicts(drawn(rng, 40, alike), 5)) == {"undecided"}


def test_a_planted_difference_is_found_and_a_small_one_is_called_small() -> None:
    rng = np.random.default_rng(20261123)
    found = verdicts(drawn(rng, 600, [50, 50, 50, 50, 62]), 5)
    assert found[-1] == "different"
    found = verdicts(drawn(rng, 20000, [50, 50, 50, 50, 52]), 5)
    assert found[-1] == "different_but_small"


def test_no_false_statement_in_more_than_five_of_a_hundred_surveys() -> None:
    rng = np.random.default_rng(7)
    # Two countries lie exactly at the margin of the contrast, three have no difference at all: every rejection of a
    # true hypothesis counts, of difference and of equivalence alike.
    wrong, runs = 0, 300
    for _ in range(runs):
        groups = [rng.normal(mean, 10, 60) for mean in (50, 50, 50)]
        equal = verdicts(groups, 4)
        apart = verdicts([rng.normal(50, 10, 60), rng.normal(54, 10, 60)], 4)
        wrong += any(one.startswith("different") for one in equal) or "equivalent" in apart
    # Two families, each at five per cent; three standard errors of the simulation above that.
    assert wrong / runs < 0.0975 + 3 * (0.0975 * 0.9025 / runs) ** 0.5


def test_shrunken_intervals_hold_the_truth_and_shrunken_means_err_less() -> None:
    rng = np.random.default_rng(3)
    held, errors = [], []
    for _ in range(150):
        truth = rng.normal(50, 3, 5)
        v = rng.uniform(1, 9, 5)
        y = rng.normal(truth, np.sqrt(v))
        found = comparison.shrink(y, v).groups
        held.append((found["low"] <= truth) & (truth <= found["high"]))
        errors.append([((found["estimate"] - truth) ** 2).mean(), ((y - truth) ** 2).mean()])
    assert np.mean(held) > 0.93
    assert np.mean(errors, axis=0)[0] < np.mean(errors, axis=0)[1]


def test_what_cannot_be_pooled_is_refused() -> None:
    with pytest.raises(ValueError, match="three or more"):
        comparison.shrink([1.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="above 0"):
        comparison.shrink([1.0, 2.0, 3.0], [1.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="margin"):
        comparison.equivalence([[1.0, 2.0], [2.0, 3.0]], 0)


def test_a_tree_finds_planted_branches_and_says_that_noise_has_none() -> None:
    rng = np.random.default_rng(9)
    planted = np.array([[0, 0], [0.1, 0], [3, 3], [3.1, 3.0]])
    found = comparison.cluster(planted, planted + rng.normal(0, 0.2, (100, 4, 2)))
    by = {branch.members: branch.again for branch in found.branches}
    assert by[0, 1] > 0.9
    assert by[2, 3] > 0.9
    assert found.together[0, 1] > 0.95
    assert found.together[0, 2] < 0.05
    noise = comparison.cluster(planted * 0.01, rng.normal(0, 1, (100, 4, 2)))
    assert max(branch.again for branch in noise.branches if len(branch.members) < 4) < 0.6


def test_equivalence_says_nothing_where_nobody_differs() -> None:
    found = comparison.equivalence([[50.0] * 12, [50.0] * 12], 5.0)
    assert found.estimate == 0 and np.isnan([found.low, found.high, found.p]).all()


def test_standardise_needs_two_groups() -> None:
    nothing = pd.Series([np.nan, np.nan, 3.0])
    with pytest.raises(CompendiumError, match="people of 1 groups have a value"):
        comparison.standardise(nothing, pd.Series(["A", "B", "A"]), pd.DataFrame({"sex": ["w", "m", "w"]}))
