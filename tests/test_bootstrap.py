"""Intervals of alpha by name: what they agree on, what they keep under skew, what is refused."""

import numpy as np
import pandas as pd
import pytest

from compendium.errors import CompendiumError
from compendium.reliability import bootstrap, coefficients, reliability, smooth_functions
from compendium.reliability.bootstrap import METHODS, alpha_interval

SKEWED = [0.8, 1.3, 1.7, 2.1]


def _answers(n: int, cuts: list[float], seed: int = 1) -> pd.DataFrame:
    rng, loadings = np.random.default_rng(seed), np.array([0.8, 0.75, 0.7, 0.7, 0.65])
    latent = rng.normal(size=(n, 1)) * loadings + rng.normal(size=(n, 5)) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(np.digitize(latent, cuts) + 1.0, columns=list("abcde"))


def test_closed_forms_are_those_of_the_reliability_row() -> None:
    """Feldt's and the distribution-free interval are the same numbers wherever they are asked for."""
    items = _answers(150, SKEWED)
    row = reliability(items).iloc[0]
    assert alpha_interval(items, "feldt")[1:3] == pytest.approx((row["alpha_ci_low"], row["alpha_ci_high"]))
    assert alpha_interval(items, "free")[1:3] == pytest.approx(
        coefficients.free_interval(
            row["alpha"], coefficients.alpha_influence(items.to_numpy(), np.ones(150)), np.ones(150)
        )
    )
    assert alpha_interval(items)[1:3] == (row["alpha_low"], row["alpha_high"])


@pytest.mark.parametrize("method", METHODS)
def test_methods_agree_on_many_normal_answers(method: str) -> None:
    """On 2,000 symmetric answers every method gives nearly one interval, round the same estimate."""
    items = _answers(2_000, [-1.5, -0.5, 0.5, 1.5])
    found, closed = alpha_interval(items, method), alpha_interval(items, "free")
    assert found.low < found.estimate < found.high
    assert found.estimate == closed.estimate == pytest.approx(reliability(items)["alpha"][0])
    assert found[1:3] == pytest.approx(closed[1:3], abs=0.004)


def test_draws_are_real_bootstrap_samples() -> None:
    """The percentile interval is that of drawing persons one by one, up to the luck of the draws."""
    items = _answers(120, SKEWED)
    rng, values = np.random.default_rng(9), items.to_numpy()
    alphas = [coefficients.alpha(np.cov(values[rng.integers(120, size=120)], rowvar=False)) for _ in range(4_000)]
    found = alpha_interval(items, "percentile", draws=4_000)
    assert found[1:3] == pytest.approx(np.quantile(alphas, [0.025, 0.975]), abs=0.012)


def test_the_seed_decides() -> None:
    """One seed, one interval; another seed, nearly the same one."""
    items = _answers(200, SKEWED)
    assert alpha_interval(items, seed=3) == alpha_interval(items, seed=3)
    assert alpha_interval(items, seed=3) != alpha_interval(items, seed=4)


def test_pairwise_keeps_persons_with_gaps() -> None:
    """With gaps the pairwise rule counts everybody who answered anything, and its alpha is reliability's."""
    items = _answers(300, SKEWED)
    items = items.mask(np.random.default_rng(2).random(items.shape) < 0.1)
    for method in METHODS:
        found = alpha_interval(items, method, missing="pairwise")
        assert found.n == 300
        assert found.estimate == pytest.approx(reliability(items, missing="pairwise")["alpha"][0])
        assert found.low < found.estimate < found.high
    assert alpha_interval(items).n == len(items.dropna())


def test_covers_where_feldt_does_not() -> None:
    """Strongly skewed five-step items, n = 200: the studentised interval covers the truth, Feldt's does not."""
    many = _answers(400_000, SKEWED, seed=0).to_numpy()
    truth = coefficients.alpha(coefficients.covariances(many, np.ones(400_000)))
    hits = {"bootstrap": 0, "feldt": 0}
    for run in range(200):
        items = _answers(200, SKEWED, seed=run + 1)
        for method in hits:
            found = alpha_interval(items, method, draws=400)
            hits[method] += found.low <= truth <= found.high
    assert hits["bootstrap"] >= 182 > hits["feldt"]


def test_what_is_refused() -> None:
    """Unknown methods and rules, two items, too few draws."""
    items = _answers(40, SKEWED)
    for call, words in [
        (lambda: alpha_interval(items, "wald"), "legal are 'bootstrap'"),
        (lambda: alpha_interval(items, missing="mean"), "legal are 'listwise', 'pairwise'"),
        (lambda: alpha_interval(items[["a", "b"]]), "three items or more"),
        (lambda: alpha_interval(items, draws=50), "200 or more"),
    ]:
        with pytest.raises(CompendiumError, match=words):
            call()


@pytest.mark.parametrize("share", [0.0, 0.15])
def test_gradients_are_slopes(share: float) -> None:
    """The gradient of each coefficient by its means is what moving a mean does, with gaps and without."""
    items = _answers(150, SKEWED)
    values = items.mask(np.random.default_rng(2).random(items.shape) < share).to_numpy()
    alphas = smooth_functions.alpha_statistic(values)
    pairs = smooth_functions.spearman_brown_statistic(items.to_numpy()[:, :2])
    for statistic in (alphas, pairs):
        means = statistic.features.mean(axis=0)
        steps = 1e-5 * np.eye(len(means))
        up, down = (statistic.value(means + side * steps)[0] for side in (1, -1))
        assert (up - down) / 2e-5 == pytest.approx(statistic.value(means[None])[1][0], abs=1e-6)
    complete, general = (
        smooth_functions.alpha_statistic(items.to_numpy()),
        smooth_functions.alpha_of_pairs(items.to_numpy()),
    )
    weight = np.random.default_rng(3).gamma(2.0, size=150)
    assert bootstrap.studentised(0.8, complete, weight) == pytest.approx(bootstrap.studentised(0.8, general, weight))
