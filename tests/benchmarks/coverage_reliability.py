"""Measure how often the 95 % intervals of Cronbach's alpha hold the truth, on symmetric and on skewed answers.

Run ``python tests/benchmarks/coverage_reliability.py`` (2,000 runs a line) or with the number of runs as argument. The truth
is no simulation: the covariances of cut normal variables follow from the probabilities of their tables.
"""

import sys
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium import coefficients, ordinal
from compendium.bootstrap import METHODS, alpha_interval

LOADINGS = np.array([0.8, 0.75, 0.7, 0.7, 0.65])
CUTS = {
    "symmetric": np.array([-1.5, -0.5, 0.5, 1.5]),
    "skewed": np.array([0.0, 0.7, 1.3, 1.9]),
    "strongly skewed": np.array([0.8, 1.3, 1.7, 2.1]),
}
SIZES = (100, 200, 500)
RUNS = 2_000
KEPT = (93.5, 96.5)
"""Coverage in per cent that a 95 % interval has to keep."""


def true_alpha(cuts: NDArray[np.float64]) -> float:
    """Return alpha of one-factor normal variables with :data:`LOADINGS`, all cut at the same places."""
    steps, k = np.arange(1.0, len(cuts) + 2), len(LOADINGS)
    covariance = np.empty((k, k))
    for i, j in product(range(k), repeat=2):
        table = ordinal.cells(cuts, cuts, LOADINGS[i] * LOADINGS[j])
        shares = table.sum(axis=1)
        mean = shares @ steps
        moment = shares @ steps**2 if i == j else steps @ table @ steps
        covariance[i, j] = moment - mean**2
    return coefficients.alpha(covariance)


def coverage(shape: str, n: int, runs: int) -> pd.DataFrame:
    """Return per method the share of intervals that hold the truth, its Monte-Carlo error, and the mean width."""
    rng, truth = np.random.default_rng([n, list(CUTS).index(shape)]), true_alpha(CUTS[shape])
    hits, widths = np.zeros(len(METHODS)), np.zeros(len(METHODS))
    for run in range(runs):
        latent = rng.normal(size=(n, 1)) * LOADINGS + rng.normal(size=(n, len(LOADINGS))) * np.sqrt(1 - LOADINGS**2)
        items = pd.DataFrame(np.digitize(latent, CUTS[shape]) + 1.0)
        found = [alpha_interval(items, method, seed=run) for method in METHODS]
        hits += [each.low <= truth <= each.high for each in found]
        widths += [each.high - each.low for each in found]
    share = hits / runs
    return pd.DataFrame(
        {
            "answers": shape,
            "n": n,
            "method": METHODS,
            "alpha": truth,
            "covered_pct": 100 * share,
            "error_pct": 100 * np.sqrt(share * (1 - share) / runs),
            "width": widths / runs,
            "kept": (100 * share >= KEPT[0]) & (100 * share <= KEPT[1]),
            "runs": runs,
        }
    )


def main(runs: int) -> None:
    """Print the table of all shapes and sizes."""
    table = pd.concat([coverage(shape, n, runs) for shape, n in product(CUTS, SIZES)], ignore_index=True)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
