"""Answers whose truth is known exactly: scores of cut normal items, and what real fieldwork does to them.

A score is the mean of five ordinal items, rescaled to 0-100. The items hang on one latent variable, so groups, weights,
organisations and silence act on that variable alone and every truth follows from normal probabilities.
"""

from functools import cache
from itertools import product

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]

LOADINGS = np.array([0.8, 0.75, 0.7, 0.7, 0.65])
CUTS = {
    "symmetric": np.array([-1.5, -0.5, 0.5, 1.5]),
    "skewed": np.array([0.0, 0.7, 1.3, 1.9]),
    "floor": np.array([1.2, 1.6, 2.0, 2.4]),
}
"""Where the latent items are cut into five answers; the last makes most people answer "never" throughout."""


def scores(rng: Generator, latent: ArrayLike, shape: str) -> Array:
    """Draw the 0-100 scores of people with these latent values."""
    theta = np.asarray(latent, dtype=float)[:, None]
    noise = rng.standard_normal((len(theta), len(LOADINGS))) * np.sqrt(1 - LOADINGS**2)
    # Counting the cuts passed is the code of the answer, from 0; the mean over the items is taken at once.
    passed = sum((theta * LOADINGS + noise > cut).sum(axis=1) for cut in CUTS[shape])
    return np.asarray(100 * passed / (len(LOADINGS) * len(CUTS[shape])), dtype=float)


def people(rng: Generator, n: int, shape: str, mean: float = 0.0) -> Array:
    """Draw scores of ``n`` people whose latent values are normal with variance 1."""
    return scores(rng, mean + rng.standard_normal(n), shape)


def mean_score(shape: str, mean: ArrayLike = 0.0, variance: float = 1.0) -> Array:
    """Return the mean score of people whose latent values are normal with these moments."""
    middle = np.multiply.outer(np.asarray(mean, dtype=float), LOADINGS)
    spread = np.sqrt(LOADINGS**2 * variance + 1 - LOADINGS**2)
    passed = sum(stats.norm.sf((cut - middle) / spread).sum(axis=-1) for cut in CUTS[shape])
    return np.asarray(100 * passed / (len(LOADINGS) * len(CUTS[shape])))


def latent_for(shape: str, score: float) -> float:
    """Return the latent mean that gives this mean score, where latent values have variance 1."""
    grid = np.linspace(-6, 6, 4001)
    return float(np.interp(score, mean_score(shape, grid), grid))


def covariance(first: str, second: str, correlation: float, same: bool = False) -> float:
    """Return the covariance of two scores whose latent variables correlate; of one score with itself where ``same``."""
    total = 0.0
    for (i, one), (j, other) in product(enumerate(LOADINGS), repeat=2):
        link = one * other * correlation
        for a, b in product(CUTS[first], CUTS[second]):
            # The steps of an item are the cuts it passed, so its moments are sums of probabilities to pass.
            both = stats.norm.sf(max(a, b)) if same and i == j else _both_above(a, b, link)
            total += both - stats.norm.sf(a) * stats.norm.sf(b)
    return float(total * 100**2 / np.prod([len(LOADINGS) * len(CUTS[shape]) for shape in (first, second)]))


@cache
def _both_above(a: float, b: float, correlation: float) -> float:
    return float(stats.multivariate_normal.cdf([-a, -b], cov=[[1, correlation], [correlation, 1]]))


def spread(shape: str) -> float:
    """Return the standard deviation of a score whose latent variable is standard normal."""
    return float(np.sqrt(covariance(shape, shape, 1.0, same=True)))


def members(rng: Generator, clusters: int, size: int, unequal: bool = False) -> NDArray[np.intp]:
    """Return the organisation of each person; sizes alike, or spread by a factor of ten around the same mean."""
    if not unequal:
        return np.repeat(np.arange(clusters), size)
    sizes = np.exp(rng.uniform(0, np.log(10), clusters))
    return np.repeat(np.arange(clusters), np.maximum(1, np.round(sizes / sizes.mean() * size)).astype(int))


def clustered(rng: Generator, place: NDArray[np.intp], icc: float) -> Array:
    """Draw latent values of variance 1 of which the share ``icc`` lies between organisations."""
    common = rng.standard_normal(place.max() + 1) * np.sqrt(icc)
    return np.asarray(common[place] + rng.standard_normal(len(place)) * np.sqrt(1 - icc))


def log_normal_weights(rng: Generator, latent: Array, sigma: float, correlation: float) -> Array:
    """Draw weights whose logarithm has spread ``sigma`` and correlates with the latent variable.

    The people that such weights stand for are normal again, with mean ``correlation * sigma`` and the same variance.
    """
    shock = correlation * latent + np.sqrt(1 - correlation**2) * rng.standard_normal(len(latent))
    return np.asarray(np.exp(sigma * shock))


def who_answers(rng: Generator, n: int, strength: float) -> Array:
    """Draw latent values of ``n`` people who answered where the exhausted (high values) fall silent more often."""
    drawn: list[Array] = []
    found = 0
    while found < n:
        latent = rng.standard_normal(2 * n)
        kept = latent[rng.random(2 * n) < 1 / (1 + np.exp(strength * latent))]
        drawn.append(kept)
        found += len(kept)
    return np.concatenate(drawn)[:n]
