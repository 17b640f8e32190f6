"""Reliability against R (psych, lavaan), its limits, and the coverage of the printed interval."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import CompendiumError
from compendium.reliability import coefficients, omega, reliability

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
OWN = Path(__file__).parent / "reference" / "reliability"
PSYCH, LAVAAN = "R psych 2.2.9", "R lavaan 0.6-14"
ALPHA, OMEGA, ORDINAL = "reliability: alpha", "reliability: omega", "reliability: ordinal_alpha"
REST, DROPPED = "reliability: item_rest", "reliability: alpha_if_dropped"
SCALES = {
    **{
        f"bfi_{name}": ("bfi", [f"{name[0].upper()}{i}" for i in range(1, 6)])
        for name in ["agree", "consc", "extra", "neuro", "open"]
    },
    "lq2002_lead": ("lq2002", [f"LEAD{i:02}" for i in range(1, 12)]),
    "lq2002_tsig": ("lq2002", [f"TSIG{i:02}" for i in range(1, 4)]),
    "lq2002_hostil": ("lq2002", [f"HOSTIL{i:02}" for i in range(1, 6)]),
}
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference values of R are not beside this repository"
)


@needs_reference
@pytest.mark.parametrize("scale", SCALES)
def test_agrees_with_r_on_published_examples(scale: str) -> None:
    """Psych 2.2.9 and lavaan 0.6-14 on bfi (psychTools) and lq2002 (multilevel), each under its own rule for missing."""
    expected = json.loads((REFERENCE / "reliability.json").read_text(encoding="utf-8"))[scale]
    data, columns = SCALES[scale]
    items = pd.read_csv(REFERENCE / "data" / f"{data}.csv")[columns]
    turned = expected["keys_reversed"]
    turned = [turned] if isinstance(turned, str) else list(turned)
    listwise = reliability(items, turned).iloc[0]
    pairwise = reliability(items, turned, missing="pairwise").iloc[0]
    assert listwise["n"] == expected["n_complete"]
    agrees(ALPHA, PSYCH, listwise["alpha"], expected["raw_alpha_listwise"], abs=1e-9)
    feldt = listwise[["alpha_ci_low", "alpha_ci_high"]].to_numpy(dtype=float)
    agrees("reliability: alpha_ci (Feldt)", PSYCH, feldt, expected["alpha_feldt_ci95_listwise"], abs=1e-9)
    agrees(OMEGA, LAVAAN, listwise["omega"], expected["omega_total_cfa_ml_listwise"], abs=1e-6)
    agrees(ORDINAL, PSYCH, listwise["ordinal_alpha"], expected["ordinal_alpha_polychoric"], abs=1e-4)
    agrees(ALPHA, PSYCH, pairwise["alpha"], expected["raw_alpha_pairwise"], abs=1e-9)
    agrees("reliability: alpha_std", PSYCH, pairwise["alpha_std"], expected["std_alpha"], abs=1e-9)
    agrees("reliability: mean_r", PSYCH, pairwise["mean_r"], expected["avg_r"], abs=1e-9)
    rest, dropped = (list(pairwise[name].values()) for name in ("item_rest", "alpha_if_dropped"))
    agrees(REST, PSYCH, rest, expected["item_rest_corrected_r_drop"], abs=1e-6)
    agrees(DROPPED, PSYCH, dropped, expected["alpha_if_dropped"], abs=1e-6)


@pytest.mark.parametrize("rule", ["listwise", "pairwise", "weighted"])
@pytest.mark.parametrize("block", ["two", "three", "yes", "skewed"])
def test_agrees_with_r_on_small_scales_and_weights(block: str, rule: str) -> None:
    """Two, three, five two-step and five strongly skewed items, with gaps and weights: tests/reference/reliability."""
    expected = json.loads((OWN / "reliability.json").read_text(encoding="utf-8"))[block][rule]
    answers = pd.read_csv(OWN / "answers.csv")
    items = answers.filter(regex=f"^{block}")
    turned = ["skewed5"] if block == "skewed" else []
    weights = answers["weight"] if rule == "weighted" else None
    row = reliability(items, turned, "pairwise" if rule == "pairwise" else "listwise", weights).iloc[0]
    agrees("reliability: mean_r", PSYCH, row["mean_r"], expected["mean_r"], abs=1e-9)
    if block == "two":
        agrees("reliability: spearman_brown", PSYCH, row["spearman_brown"], expected["alpha_std"], abs=1e-9)
        return
    agrees(ALPHA, PSYCH, row["alpha"], expected["alpha"], abs=1e-9)
    agrees("reliability: alpha_std", PSYCH, row["alpha_std"], expected["alpha_std"], abs=1e-9)
    agrees(DROPPED, PSYCH, list(row["alpha_if_dropped"].values()), expected["alpha_if_dropped"], abs=1e-9)
    if "item_rest" in expected:
        agrees(REST, PSYCH, list(row["item_rest"].values()), expected["item_rest"], abs=1e-9)
    if "omega" in expected:
        agrees(OMEGA, LAVAAN, row["omega"], expected["omega"], abs=1e-6)
    r = np.mean(expected["polychoric"])
    agrees(ORDINAL, PSYCH, row["ordinal_alpha"], len(items.columns) * r / (1 + (len(items.columns) - 1) * r), abs=1e-4)


def _answers(rng: np.random.Generator, n: int, loadings: np.ndarray, cuts: list[float]) -> pd.DataFrame:
    factor = rng.normal(size=(n, 1))
    latent = factor * loadings + rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(np.digitize(latent, cuts) + 1.0)


def test_two_items_get_spearman_brown_and_no_alpha() -> None:
    """Two items: the correlation and its stepped-up form, no alpha, no omega."""
    row = reliability(_answers(np.random.default_rng(1), 300, np.array([0.8, 0.8]), [-1, 0, 1, 2])).iloc[0]
    assert row["spearman_brown"] == pytest.approx(2 * row["mean_r"] / (1 + row["mean_r"]))
    assert row["spearman_brown_low"] < row["spearman_brown"] < row["spearman_brown_high"]
    assert np.isnan(row[["alpha", "omega", "alpha_ci_low", "alpha_low"]].to_numpy(float)).all()


def test_copies_and_noise_have_no_omega() -> None:
    """Items that copy one another, or share nothing, fit no factor: alpha is there, omega is missing, nothing breaks."""
    rng = np.random.default_rng(1)
    one = rng.integers(1, 6, 60).astype(float)
    copies = reliability(pd.DataFrame({"a": one, "b": one, "c": rng.integers(1, 6, 60).astype(float)})).iloc[0]
    assert copies["alpha"] > 0.5
    assert np.isnan(copies["omega"])
    noise = reliability(pd.DataFrame(rng.integers(1, 6, (60, 4)).astype(float))).iloc[0]
    assert noise["alpha_low"] < noise["alpha"] < noise["alpha_high"]


def test_nothing_and_words_are_refused_in_one_sentence() -> None:
    items = pd.DataFrame({"a": [1.0, 2, 3] * 5, "b": [2.0, 1, 3] * 5})
    with pytest.raises(CompendiumError, match="0 persons count"):
        reliability(items.iloc[:0])
    with pytest.raises(CompendiumError, match="a, b: items are numbers"):
        reliability(items.astype("object").assign(a="often"))


def test_what_is_refused() -> None:
    """One item, an item that is not there, an item that does not vary, an unknown rule, too few persons."""
    items = pd.DataFrame({"a": [1.0, 2, 3, 4] * 5, "b": [2.0, 2, 3, 5] * 5, "c": 3.0})
    for call, words in [
        (lambda: reliability(items[["a"]]), "two items or more"),
        (lambda: reliability(items[["a", "b"]], ["z"]), "'z' is not there; legal are a, b"),
        (lambda: reliability(items), "'c' does not vary"),
        (lambda: reliability(items[["a", "b"]], missing="mean"), "legal are 'listwise', 'pairwise'"),
        (lambda: reliability(items[["a", "b"]].head(5)), "legal is 10 or more"),
        (lambda: reliability(items[["a", "b"]], weights=[1.0]), "each of 20 persons"),
        (lambda: reliability(items[["a", "b"]], weights=[0.0] * 20), "not 0 for everybody"),
    ]:
        with pytest.raises(CompendiumError, match=words):
            call()


def test_weights_count_persons() -> None:
    """A weight of two is the person twice, for the coefficient itself; weights of nought leave a person out."""
    items = _answers(np.random.default_rng(2), 120, np.array([0.7, 0.6, 0.8, 0.5]), [-1, 0, 1])
    weights = np.where(np.arange(120) < 40, 2.0, 1.0)
    twice = pd.concat([items, items.head(40)])
    # The covariance of repeated persons divides by their number less one; alpha, a ratio, does not feel it.
    assert reliability(items, weights=weights)["alpha"][0] == pytest.approx(reliability(twice)["alpha"][0])
    assert reliability(items, weights=weights)["omega"][0] == pytest.approx(reliability(twice)["omega"][0])


def test_turning_an_item_round_undoes_its_reversal() -> None:
    """An item asked the other way gives the same coefficients once it is named."""
    items = _answers(np.random.default_rng(3), 200, np.array([0.7, 0.6, 0.8]), [-1, 0, 1, 2])
    asked = items.assign(**{"2": 6 - items[2]}).drop(columns=2)
    asked.columns = items.columns
    numbers = ["alpha", "omega", "alpha_low", "mean_r"]
    assert reliability(asked, [2])[numbers].iloc[0].tolist() == pytest.approx(
        reliability(items)[numbers].iloc[0].tolist()
    )


def test_printed_interval_covers_on_skewed_items() -> None:
    """On strongly skewed five-step items (n = 200) the printed intervals cover, Feldt's does not."""
    rng, loadings, cuts = np.random.default_rng(4), np.array([0.8, 0.75, 0.7, 0.7, 0.65]), [0.8, 1.3, 1.7, 2.1]
    many, even = _answers(rng, 200_000, loadings, cuts).to_numpy(), np.ones(200_000)
    covariance = coefficients.covariances(many, even)
    truth = {"alpha": coefficients.alpha(covariance), "omega": omega.of_covariance(covariance, 200_000)}
    rows = pd.concat([reliability(_answers(rng, 200, loadings, cuts)) for _ in range(60)])
    for name, least in {"alpha": 0.88, "omega": 0.88}.items():
        assert ((rows[f"{name}_low"] <= truth[name]) & (truth[name] <= rows[f"{name}_high"])).mean() >= least
    assert ((rows["alpha_ci_low"] <= truth["alpha"]) & (truth["alpha"] <= rows["alpha_ci_high"])).mean() < 0.88


def test_the_row_says_what_it_cannot_say() -> None:
    """Skewed answers of few, items with many steps, correlations that were smoothed or hit their bound: in sentences."""
    rng, loadings = np.random.default_rng(6), np.array([0.8, 0.75, 0.7, 0.7])
    few = _answers(rng, 80, loadings, [1.0, 1.5, 2.0])
    assert "strongly skewed" in reliability(few)["notes"][0][0]
    plain = reliability(_answers(rng, 3_000, loadings, [-0.5, 0.5])).iloc[0]
    assert plain["notes"] == ()
    assert plain["ordinal_alpha"] > plain["alpha"]
    points = _answers(rng, 300, loadings, [-1, 0, 1]).assign(**{"3": rng.normal(size=300)}).drop(columns=3)
    many = reliability(points).iloc[0]
    assert np.isnan(many["ordinal_alpha"])
    assert "item '3' has 300 different answers, more than 7" in many["notes"][0]
    one = _answers(rng, 200, loadings, [-0.5, 0.5])
    copied = reliability(one.assign(copy=one[0]))["notes"][0]
    assert copied[0] == "No omega: a model with one factor does not fit these answers."
    assert any("to its bound" in note for note in copied)


def test_equal_weights_are_none() -> None:
    """Weights that are all alike change nothing, to the last digit, under both rules."""
    rng = np.random.default_rng(7)
    items = _answers(rng, 120, np.array([0.7, 0.6, 0.8, 0.5]), [-1, 0, 1])
    items = items.mask(rng.random(items.shape) < 0.05)
    for missing in ("listwise", "pairwise"):
        weighted, plain = (reliability(items, missing=missing, weights=w) for w in (np.full(120, 0.3), None))
        pd.testing.assert_frame_equal(weighted, plain, check_exact=True)


def test_unequal_weights_widen_the_interval() -> None:
    """Weights that carry no information make every printed interval wider, by about the root of their design effect."""
    rng = np.random.default_rng(8)
    items = _answers(rng, 1_000, np.array([0.7, 0.6, 0.8, 0.5]), [-1, 0, 1])
    weights = rng.gamma(1.0, size=1_000)
    effect = np.sqrt(1_000 * (weights**2).sum() / weights.sum() ** 2)
    for columns, names in ((items, ("alpha", "omega")), (items[[0, 1]], ("spearman_brown",))):
        plain, weighted = reliability(columns).iloc[0], reliability(columns, weights=weights).iloc[0]
        for name in names:
            wide, narrow = (row[f"{name}_high"] - row[f"{name}_low"] for row in (weighted, plain))
            assert wide / narrow == pytest.approx(effect, rel=0.2)


def test_pairwise_uses_everybody() -> None:
    """With a fifth of answers missing at random, pairwise intervals are narrower than those of complete cases."""
    rng = np.random.default_rng(9)
    items = _answers(rng, 400, np.array([0.7, 0.6, 0.8, 0.5, 0.7]), [-1, 0, 1])
    items = items.mask(rng.random(items.shape) < 0.2)
    listwise, pairwise = (reliability(items, missing=rule).iloc[0] for rule in ("listwise", "pairwise"))
    assert (listwise["n"], pairwise["n"]) == (len(items.dropna()), len(items.dropna(how="all")))
    for name in ("alpha", "omega"):
        assert pairwise[f"{name}_low"] < pairwise[name] < pairwise[f"{name}_high"]
        assert pairwise[f"{name}_high"] - pairwise[f"{name}_low"] < listwise[f"{name}_high"] - listwise[f"{name}_low"]


def test_draws_are_fitted_as_the_whole_sample_is() -> None:
    """Omega of each draw is what the engine of factor models finds for its covariances."""
    values = _answers(np.random.default_rng(10), 300, np.array([0.8, 0.6, 0.7, 0.5]), [-1, 0, 1]).to_numpy()
    even = np.ones(300)
    found = omega.statistic(values, even, *omega.fitted(coefficients.covariances(values, even), 300))
    counts = np.random.default_rng(11).multinomial(300, np.full(300, 1 / 300), size=20).astype(float)
    drawn = 1 - np.exp(found.value(counts @ found.features / 300)[0])
    engine = [
        omega.of_covariance(coefficients.covariances(np.repeat(values, c.astype(int), axis=0), even), 300)
        for c in counts
    ]
    assert drawn == pytest.approx(engine, abs=1e-3)
