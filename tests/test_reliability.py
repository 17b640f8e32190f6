"""Reliability against R (psych, lavaan), its limits, and the coverage of the printed interval."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.errors import CompendiumError
from compendium.reliability import reliability

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
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
def test_agrees_with_r(scale: str) -> None:
    """Psych 2.2.9 and lavaan 0.6-14 on bfi (psychTools) and lq2002 (multilevel), each under its own rule for missing."""
    expected = json.loads((REFERENCE / "reliability.json").read_text())[scale]
    data, columns = SCALES[scale]
    items = pd.read_csv(REFERENCE / "data" / f"{data}.csv")[columns]
    turned = expected["keys_reversed"]
    turned = [turned] if isinstance(turned, str) else list(turned)
    listwise = reliability(items, turned).iloc[0]
    pairwise = reliability(items, turned, missing="pairwise").iloc[0]
    assert listwise["n"] == expected["n_complete"]
    assert listwise["alpha"] == pytest.approx(expected["raw_alpha_listwise"], abs=1e-9)
    assert listwise[["alpha_ci_low", "alpha_ci_high"]].tolist() == pytest.approx(
        expected["alpha_feldt_ci95_listwise"], abs=1e-9
    )
    assert listwise["omega"] == pytest.approx(expected["omega_total_cfa_ml_listwise"], abs=1e-6)
    assert pairwise["alpha"] == pytest.approx(expected["raw_alpha_pairwise"], abs=1e-9)
    assert pairwise["alpha_std"] == pytest.approx(expected["std_alpha"], abs=1e-9)
    assert pairwise["mean_r"] == pytest.approx(expected["avg_r"], abs=1e-9)
    assert list(pairwise["item_rest"].values()) == pytest.approx(expected["item_rest_corrected_r_drop"], abs=1e-6)
    assert list(pairwise["alpha_if_dropped"].values()) == pytest.approx(expected["alpha_if_dropped"], abs=1e-6)


def _answers(rng: np.random.Generator, n: int, loadings: np.ndarray, cuts: list[float]) -> pd.DataFrame:
    factor = rng.normal(size=(n, 1))
    latent = factor * loadings + rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(np.digitize(latent, cuts) + 1.0)


def test_two_items_get_spearman_brown_and_no_alpha() -> None:
    """Two items: the correlation and its stepped-up form, no alpha, no omega."""
    row = reliability(_answers(np.random.default_rng(1), 300, np.array([0.8, 0.8]), [-1, 0, 1, 2])).iloc[0]
    assert row["spearman_brown"] == pytest.approx(2 * row["mean_r"] / (1 + row["mean_r"]))
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
    """On strongly skewed five-step items (n = 200) the distribution-free interval covers, Feldt's does not."""
    rng, loadings, cuts = (
        np.random.default_rng(4),
        np.array([0.8, 0.75, 0.7, 0.7, 0.65]),
        [0.8, 1.3, 1.7, 2.1],
    )
    truth = reliability(_answers(rng, 400_000, loadings, cuts)).iloc[0]
    rows = pd.concat([reliability(_answers(rng, 200, loadings, cuts)) for _ in range(400)])
    free = ((rows["alpha_low"] <= truth["alpha"]) & (truth["alpha"] <= rows["alpha_high"])).mean()
    feldt = ((rows["alpha_ci_low"] <= truth["alpha"]) & (truth["alpha"] <= rows["alpha_ci_high"])).mean()
    omega = ((rows["omega_low"] <= truth["omega"]) & (truth["omega"] <= rows["omega_high"])).mean()
    assert free > 0.90 > feldt
    assert omega > 0.89
