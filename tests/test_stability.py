"""Whether profiles come back: bootstrap stability, other ways of grouping, and the doubt that intervals carry."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from sklearn.metrics import adjusted_rand_score
from test_latent_trait import graded
from test_verdict import independent, planted

from compendium.errors import AnswersError
from compendium.typology import fit_hcpc, fit_mca
from compendium.typology.classification import Doubt, widen
from compendium.typology.trust import adjusted_rand, bootstrap_stability
from compendium.typology.trust.comparisons import left_out
from compendium.typology.trust.stability import jaccard_of

REFERENCE = Path(__file__).parent / "reference" / "typology"


def labels_of(data: pd.DataFrame, number: int, axes: int = 5) -> pd.Series:
    return fit_hcpc(fit_mca(data, axes), number).labels


def test_planted_profiles_come_back_and_noise_does_not() -> None:
    there, noise = planted(800, 3), independent(800, 3)
    found = bootstrap_stability(there, labels_of(there, 4), n_replicates=20)
    lost = bootstrap_stability(noise, labels_of(noise, 4), n_replicates=20)
    assert found.summary["mean"].min() > 0.75
    assert lost.summary["mean"].max() < 0.75
    assert lost.summary["mean"].mean() < 0.6


def test_the_mean_index_agrees_with_clusterboot() -> None:
    data, other = (pd.read_csv(REFERENCE / name) for name in ("stability_data.csv", "stability.csv"))
    labels = labels_of(data, 5)
    assert labels.value_counts().tolist() == other["n"].tolist()
    found = bootstrap_stability(data, labels)
    chance = np.sqrt((found.jaccard.var().max() + other["sd"].max() ** 2) / 200)  # 200 samples each, drawn apart
    agrees(
        "bootstrap_stability: mean Jaccard",
        "fpc 2.2-10 clusterboot",
        found.summary["mean"],
        other["mean"],
        abs=3 * chance,
    )


def test_a_sample_of_everybody_is_the_analysis_itself() -> None:
    data = planted(300, 6)
    labels = labels_of(data, 4, 3)
    lone = bootstrap_stability(data, labels, 3, clusters=["one"] * 300, n_replicates=2)
    assert (lone.labels[:, 0] == labels.str[1:].astype(int)).all()
    assert (lone.jaccard == 1.0).all(axis=None)
    assert lone.n_profiles.sum() == 2


def test_rare_answers_and_axes_are_judged_anew_in_each_sample() -> None:
    generator = np.random.default_rng(7)
    kind, drawn = generator.integers(0, 3, 300), generator.integers(0, 3, (5, 300))
    answers = np.where(generator.random((5, 300)) < 0.6, kind, drawn).astype(str)
    data = pd.DataFrame({f"q{place}": column for place, column in enumerate(answers)})
    data.iloc[:9, 0] = "rare"  # three in a hundred, more or fewer in a sample
    labels = fit_hcpc(fit_mca(data, 2, passive={"q0": ["rare"]}), 3).labels
    asked: list[float] = []

    def two_axes(rates: pd.Series) -> int:
        asked.append(float(rates.iloc[0]))
        return 2

    always, never, between = (
        bootstrap_stability(data, labels, two_axes, rare=rare, n_replicates=8).labels for rare in (0.1, 0.0, 0.03)
    )
    is_always, is_never = (between == always).all(axis=0), (between == never).all(axis=0)
    assert (is_always | is_never).all()
    assert is_always.any() and is_never.any()
    assert len(set(asked)) > 1


def test_a_continuum_cut_in_three_is_stable_too() -> None:
    data = graded(1000, 6, items=8)  # the verdict on such data: test_verdict
    found = bootstrap_stability(data, labels_of(data, 3, 1), 1, n_replicates=10)
    assert found.summary["mean"].min() > 0.75


def test_the_same_seed_gives_the_same_samples() -> None:
    data = planted(300, 4)
    one, again = (bootstrap_stability(data, labels_of(data, 3), n_replicates=5, seed=7) for _ in range(2))
    assert (one.labels == again.labels).all()
    other = bootstrap_stability(data, labels_of(data, 3), n_replicates=5, seed=8)
    assert (one.labels != other.labels).any()


def test_samples_are_drawn_within_strata_and_by_whole_clusters() -> None:
    data = planted(400, 5)
    strata, clusters = np.repeat(["a", "b"], 200), np.arange(400) // 10
    found = bootstrap_stability(data, labels_of(data, 3), strata=strata, clusters=clusters, n_replicates=5)
    drawn = found.labels > 0
    for first in range(0, 400, 10):
        assert (drawn[first : first + 10] == drawn[first]).all()
    # of 20 clusters drawn 20 times, about 20 (1 - 1/e) are drawn at all, in each stratum
    assert all(5 <= drawn[rows, 0].sum() / 10 <= 18 for rows in (slice(0, 200), slice(200, 400)))


def test_the_index_is_that_of_the_most_similar_group() -> None:
    labels = pd.Series(["P1"] * 6 + ["P2"] * 4)
    replicate = np.array([[1, 1, 1, 1, 2, -2, 2, 2, 2, -1]], dtype=np.int8).T
    # drawn are eight: P1 has 5, of them 4 in group 1 (of 4); P2 has 3, all in group 2 (of 4)
    assert jaccard_of(labels, replicate).to_numpy() == pytest.approx(np.array([[4 / 5, 3 / 4]]))


def test_what_does_not_fit_is_said() -> None:
    data = planted(300, 1)
    labels = labels_of(data, 3)
    for said, own, options in (
        ("3 labels for 300 respondents", pd.Series(["P1", "P1", "P2"]), {}),
        ("the labels have another index", labels.iloc[::-1], {}),
        ("row 4 has no label", labels.where(labels.index != 4), {}),
        ("two profiles or more; 1 given", labels.where(labels.isna(), "P1"), {}),
        ("2 weights for 300", labels, {"weights": [1.0, 1.0]}),
        ("strata: 2 values for 300", labels, {"strata": ["a", "b"]}),
        ("clusters: 1 values for 300", labels, {"clusters": ["a"]}),
        ("n_replicates must be 1 or more; 0 given", labels, {"n_replicates": 0}),
    ):
        with pytest.raises(AnswersError, match=said):
            bootstrap_stability(data, own, **options)


def test_a_question_that_hardly_anybody_answers_otherwise_is_said() -> None:
    data = planted(200, 1).assign(rare=["x"] + ["y"] * 199)
    labels = labels_of(data.drop(columns="rare"), 3)
    found = bootstrap_stability(data, labels, n_replicates=40)
    assert 20 <= found.labels.shape[1] < 40  # without the one who differs, a sample cannot be analysed
    with pytest.raises(AnswersError, match="of 40 samples could be analysed"):
        bootstrap_stability(
            data.assign(rarer=["y"] * 199 + ["x"], rarest=["y", "x"] + ["y"] * 198), labels, n_replicates=40
        )


def test_the_adjusted_rand_index_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    for groups in (1, 2, 5):
        one = pd.Series(generator.integers(0, 4, 200).astype(str))
        two = pd.Series(generator.integers(0, groups, 200).astype(str)).where(generator.random(200) < 0.5, one)
        assert adjusted_rand(one, two) == pytest.approx(adjusted_rand_score(one, two), abs=1e-12)
    assert adjusted_rand(one, one) == 1.0


def test_leaving_out_noise_changes_little_and_leaving_out_the_cause_much() -> None:
    generator = np.random.default_rng(2)
    kind = generator.integers(0, 2, 600)
    told = {f"told_{j}": np.where(generator.random(600) < 0.9, kind, 1 - kind).astype(str) for j in range(3)}
    noise = {f"noise_{j}": generator.integers(0, 2, 600).astype(str) for j in range(3)}
    data = pd.DataFrame(told | noise)
    labels = fit_hcpc(fit_mca(data, 1), 2).labels
    groups = {"told": list(told), "noise_0": ["noise_0"]}
    found = left_out(data, labels, 1, np.ones(600), {}, groups)
    assert found["noise_0"] > 0.9
    assert found["told"] < 0.2


def people_and_replicates() -> tuple[pd.DataFrame, pd.DataFrame]:
    people = pd.DataFrame({"country": ["A"] * 4, "respondent": list("wxyz")})
    replicates = people.iloc[::-1].assign(population="p", b1=[2, 2, 1, 1], b2=[2, -1, 1, -1])
    return people, replicates


def test_doubt_is_the_spread_over_the_replicates() -> None:
    people, replicates = people_and_replicates()
    doubt = Doubt(people, replicates)
    values = pd.Series([1.0, 3.0, 8.0, 9.0])
    means = [np.mean([1, 3]), np.mean([1, 3, 8])]  # P1 is w x, then w x y
    assert doubt.spread("P1", values) == pytest.approx(np.std(means, ddof=1))
    assert doubt.spread_of_share("P1") == pytest.approx(np.std([0.5, 0.75], ddof=1))
    weighted = doubt.spread("P1", values, np.array([1.0, 2.0, 1.0, 1.0]))
    assert weighted == pytest.approx(np.std([7 / 3, 15 / 4], ddof=1))
    assert doubt.spread("P2", values.where([True, True, True, False])) == 0.0


def test_intervals_widen_by_the_variance_and_keep_to_their_bounds() -> None:
    row = {"estimate": 50.0, "ci_low": 50 - 1.959964 * 3, "ci_high": 50 + 1.959964 * 3}
    wide = widen(row, 4.0)
    assert wide["ci_low"] == pytest.approx(50 - 1.959964 * 5, abs=1e-4)
    assert widen(row, 400.0, high=100.0)["ci_high"] == 100.0
    assert widen(row, 0.0) == pytest.approx(row)
    blank = {"estimate": 50.0, "ci_low": np.nan, "ci_high": np.nan}
    assert widen(blank, 4.0) is blank
