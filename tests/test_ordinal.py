"""Polychoric correlations against R, against themselves, and at their limits; the statistics of single items."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium import bivariate
from compendium.errors import CompendiumError
from compendium.reliability import coefficients, item_statistics, ordinal, reliability
from compendium.reliability.items import usable

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
BFI = {"agree": "A", "consc": "C", "extra": "E", "neuro": "N", "open": "O"}
SCALES = {
    **{f"bfi_{name}": ("bfi", [f"{letter}{i}" for i in range(1, 6)]) for name, letter in BFI.items()},
    "lq2002_lead": ("lq2002", [f"LEAD{i:02}" for i in range(1, 12)]),
    "lq2002_tsig": ("lq2002", [f"TSIG{i:02}" for i in range(1, 4)]),
    "lq2002_hostil": ("lq2002", [f"HOSTIL{i:02}" for i in range(1, 6)]),
}
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference values of R are not beside this repository"
)


def _answers(n: int, correlation: float, k: int = 4, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    latent = np.sqrt(correlation) * rng.normal(size=(n, 1)) + np.sqrt(1 - correlation) * rng.normal(size=(n, k))
    return pd.DataFrame(np.digitize(latent, [-0.5, 0.5, 1.2]) + 1.0, columns=list("abcdefgh")[:k])


@needs_reference
@pytest.mark.parametrize("scale", SCALES)
def test_agrees_with_r(scale: str) -> None:
    """Ordinal alpha on complete cases of bfi (psychTools) and lq2002 (multilevel)."""
    expected = json.loads((REFERENCE / "reliability.json").read_text(encoding="utf-8"))[scale]
    data, columns = SCALES[scale]
    items = pd.read_csv(REFERENCE / "data" / f"{data}.csv")[columns]
    turned = expected["keys_reversed"]
    turned = [turned] if isinstance(turned, str) else list(turned)
    for name in turned:
        items[name] = -items[name]
    assert ordinal.ordinal_alpha(items) == pytest.approx(expected["ordinal_alpha_polychoric"], abs=1e-5)


# tests/reference/reliability/polychoric.R under psych 2.2.9, R 4.2.2: columns of the lower triangle.
PSYCH_AGREE = [
    0.408897,
    0.325608,
    0.175954,
    0.228405,
    0.557854,
    0.389928,
    0.446846,
    0.410914,
    0.573791,
    0.354261,
]


@needs_reference
def test_correlations_agree_with_psych() -> None:
    """Agreeableness (A1 turned) of bfi, complete cases; psych stops its search at about 2e-5."""
    items = pd.read_csv(REFERENCE / "data" / "bfi.csv")[SCALES["bfi_agree"][1]]
    found = ordinal.polychoric(items.assign(A1=-items["A1"])).correlations.to_numpy()
    assert found.T[np.triu_indices(5, 1)] == pytest.approx(PSYCH_AGREE, abs=5e-5)


@pytest.mark.parametrize("r", [-0.9995, -0.6, 0.0, 0.3, 0.97])
def test_bivariate_normal_probabilities(r: float) -> None:
    """The probabilities are SciPy's, at nought and at infinity too."""
    limits = [-np.inf, -2.5, -0.3, 0.0, 0.8, 3.0, np.inf]
    x, y = (side.ravel() for side in np.meshgrid(limits, limits))
    joint = stats.multivariate_normal(cov=[[1, r], [r, 1]])
    expected = [joint.cdf(np.clip(point, -30, 30)) for point in zip(x, y, strict=True)]
    assert bivariate.bivariate_normal(x, y, r) == pytest.approx(expected, abs=1e-9)
    assert bivariate.cells(np.array([-1.0, 0.0]), np.array([0.0]), r).sum() == pytest.approx(1.0)


def test_recovers_the_correlation_behind_the_answers() -> None:
    """Twenty thousand persons, correlation 0.5 everywhere: found to 0.02, and thresholds to 0.03."""
    found = ordinal.polychoric(_answers(20_000, 0.5))
    assert found.correlations.to_numpy()[np.triu_indices(4, 1)] == pytest.approx(0.5, abs=0.02)
    assert found.thresholds["a"] == pytest.approx([-0.5, 0.5, 1.2], abs=0.03)
    assert found.notes == ()
    assert not found.is_smoothed


def test_two_items_of_two_steps_cut_at_the_middle_follow_sheppard() -> None:
    """Cut at the median, the correlation is ``sin(2 pi (p - 1/4))`` of the share below both: 0.4 gives 0.809."""
    pair = pd.DataFrame([[0, 0]] * 40 + [[0, 1]] * 10 + [[1, 0]] * 10 + [[1, 1]] * 40, columns=["a", "b"]).astype(float)
    assert ordinal.polychoric(pair).correlations.loc["a", "b"] == pytest.approx(np.sin(2 * np.pi * 0.15), abs=1e-6)


def test_empty_cells_and_the_bound_are_said() -> None:
    """Two steps with an empty cell drive the correlation to its bound; half a person holds it back; both are said."""
    pair = pd.DataFrame([[0, 0]] * 40 + [[0, 1]] * 10 + [[1, 1]] * 40, columns=["a", "b"]).astype(float)
    kept, half = ordinal.polychoric(pair), ordinal.polychoric(pair, empty="half")
    assert kept.empty_cells.loc["a", "b"] == 1
    assert "to its bound" in kept.notes[0]
    assert "left empty" in kept.notes[1]
    assert half.correlations.loc["a", "b"] < 0.99
    assert half.notes == ("1 of 1 pairs of items have cells without anybody; they were counted as half a person.",)


def test_smoothing_is_said() -> None:
    """Each pair answered by others, with correlations that cannot hold together: smoothed, and the note says how far."""
    rng = np.random.default_rng(5)
    blocks = []
    for (i, j), r in {(0, 1): 0.9, (0, 2): 0.9, (1, 2): -0.9}.items():
        block = np.full((200, 3), np.nan)
        block[:, [i, j]] = np.digitize(rng.multivariate_normal([0, 0], [[1, r], [r, 1]], 200), [-1, 0, 1])
        blocks.append(block)
    found = ordinal.polychoric(pd.DataFrame(np.vstack(blocks), columns=list("abc")), missing="pairwise")
    assert found.is_smoothed
    assert "were smoothed; the largest change is" in found.notes[-1]
    assert np.linalg.eigvalsh(found.correlations)[0] > 0
    assert np.diag(found.correlations) == pytest.approx(1.0)


def test_item_statistics_are_those_of_the_reliability_row() -> None:
    """The table of items and the row of the scale hold the same numbers; each lies within its interval."""
    items = _answers(150, 0.4)
    items = items.mask(np.random.default_rng(3).random(items.shape) < 0.1)
    weights = np.random.default_rng(4).gamma(2, size=150)
    row = reliability(items, ["b"], "pairwise", weights).iloc[0]
    table = item_statistics(items, ["b"], "pairwise", weights)
    for name in ("item_rest", "alpha_if_dropped"):
        assert table[name].to_dict() == row[name]
        assert (table[f"{name}_low"] < table[name]).all() and (table[name] < table[f"{name}_high"]).all()
    pair = item_statistics(items[["a", "b"]])
    assert pair["alpha_if_dropped"].isna().all() and pair["item_rest"]["a"] == pytest.approx(pair["item_rest"]["b"])


def test_intervals_of_items_are_as_wide_as_resampling_says() -> None:
    """The errors behind the intervals of items are those of drawing persons again, with gaps and weights."""
    items, rng = _answers(400, 0.4), np.random.default_rng(5)
    items = items.mask(rng.random(items.shape) < 0.1)
    weights = rng.gamma(2, size=400)
    table = item_statistics(items, (), "pairwise", weights)
    drawn = []
    for _ in range(300):
        at = rng.integers(400, size=400)
        values, weight = usable(items.iloc[at], "pairwise", weights[at])
        covariance = coefficients.covariances(values, weight)
        drawn.append([coefficients.item_rest(covariance), coefficients.alpha_if_dropped(covariance)])
    for name, spread in zip(("item_rest", "alpha_if_dropped"), np.std(drawn, axis=0), strict=True):
        reach = (table[f"{name}_high"] - table[f"{name}_low"]) / 2 / 1.96
        assert reach.tolist() == pytest.approx(spread.tolist(), rel=0.2)


def test_what_is_refused() -> None:
    """Unknown rules, a measured quantity, items that do not vary, too few persons, too few or too many items."""
    items = _answers(30, 0.4)
    for call, words in [
        (lambda: ordinal.polychoric(items, missing="mean"), "legal are 'listwise', 'pairwise'"),
        (lambda: ordinal.polychoric(items, empty="one"), "legal are 'keep', 'half'"),
        (lambda: ordinal.polychoric(items.assign(a=np.arange(30.0))), "'a' has 30 different values"),
        (lambda: ordinal.polychoric(items.assign(b=1.0)), "'b' does not vary"),
        (lambda: ordinal.polychoric(items.head(4)), "4 persons count"),
        (lambda: ordinal.polychoric(items.assign(a=items["a"].where(items.index < 5)), "pairwise"), "answered both"),
        (lambda: ordinal.ordinal_alpha(items[["a", "b"]]), "three items or more"),
        (lambda: item_statistics(items[["a"]]), "two items or more"),
    ]:
        with pytest.raises(CompendiumError, match=words):
            call()
