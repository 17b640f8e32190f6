"""Measure how often the 95 % intervals of alpha and omega hold the truth, on symmetric and on skewed answers.

Run ``python tests/benchmarks/coverage_reliability.py`` (2,000 runs a line), or with the number of runs as argument, to write
``docs/coverage_reliability.md``. The truth is no simulation: the covariances of cut normal variables follow from the
probabilities of their tables, and omega's truth is the one-factor model fitted to these covariances.
"""

import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium import bivariate
from compendium.reliability import bootstrap, coefficients, omega, skewness_limit
from compendium.reliability.smooth_functions import alpha_statistic, spearman_brown_statistic

Array = NDArray[np.float64]

LOADINGS = {
    "similar": np.array([0.8, 0.75, 0.7, 0.7, 0.65]),
    "unequal": np.array([0.9, 0.8, 0.6, 0.4, 0.3]),
}
CUTS = {
    "symmetric": np.array([-1.5, -0.5, 0.5, 1.5]),
    "skewed": np.array([0.0, 0.7, 1.3, 1.9]),
    "markedly skewed": np.array([0.4, 1.0, 1.5, 2.0]),
    "strongly skewed": np.array([0.8, 1.3, 1.7, 2.1]),
}
SIZES = (100, 200, 500)
RUNS = 2_000
KEPT = (93.5, 96.5)
"""Coverage in per cent that a 95 % interval has to keep."""
PRINTED = "printed"
TABLE = Path(__file__).parents[2] / "docs" / "coverage_reliability.md"
HEAD = """# Coverage of intervals for reliability

How often the 95 % interval of a coefficient holds the truth: five items of five answer steps, one factor
(`spearman_brown`: the first two of them), {runs} runs a line.
Written by `python tests/benchmarks/coverage_reliability.py`; the seed of each line is its size and the places of its answers and
loadings in the script, the seed of each bootstrap its run. Nothing here was typed.

*printed* is what `reliability()` gives in `alpha_low alpha_high`, `omega_low omega_high` and `spearman_brown_low
spearman_brown_high` (studentised bootstrap, {draws} draws);
*too high* and *too low* say on which side an interval missed. *closed form* is distribution-free without drawing; *Feldt* supposes normal answers (`alpha_ci_low alpha_ci_high`). *kept* says
whether coverage lies within {low} and {high} %. *warned* is the share of runs in which `notes` warns that skewed answers of so few
persons make the interval hold the truth less often than it says, *covered unwarned* the coverage in the other runs. *none* is the share of runs without an interval
(the one-factor model gives a negative residual variance, and `notes` says so).

"""


class Truth(NamedTuple):
    """What the coefficients are in the population."""

    alpha: float
    omega: float
    spearman_brown: float


def population(loadings: Array, cuts: Array) -> Truth:
    """Return the coefficients of one-factor normal variables, all cut at the same places."""
    steps, k = np.arange(1.0, len(cuts) + 2), len(loadings)
    covariance = np.empty((k, k))
    for i, j in product(range(k), repeat=2):
        table = bivariate.cells(cuts, cuts, loadings[i] * loadings[j])
        shares = table.sum(axis=1)
        mean = shares @ steps
        covariance[i, j] = (shares @ steps**2 if i == j else steps @ table @ steps) - mean**2
    r = coefficients.mean_correlation(covariance[:2, :2])
    return Truth(coefficients.alpha(covariance), omega.of_covariance(covariance, n=1_000_000), 2 * r / (1 + r))


def intervals(values: Array, seed: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Return every interval of one sample by coefficient and method."""
    n, even = len(values), np.ones(len(values))
    alpha = coefficients.alpha(coefficients.covariances(values, even))
    closed = coefficients.free_interval(alpha, coefficients.alpha_influence(values, even), even)
    return {
        ("alpha", PRINTED): bootstrap.studentised(alpha, alpha_statistic(values), even, seed=seed),
        ("alpha", "closed form"): closed,
        ("alpha", "Feldt"): coefficients.feldt_interval(alpha, values.shape[1], n),
        ("omega", PRINTED): omega.omega(values, even, seed=seed)[1:],
        ("spearman_brown", PRINTED): two_items(values[:, :2], seed),
    }


def two_items(values: Array, seed: int) -> tuple[float, float]:
    """Return the printed interval of the first two items."""
    even = np.ones(len(values))
    r = coefficients.mean_correlation(coefficients.covariances(values, even))
    return bootstrap.studentised(2 * r / (1 + r), spearman_brown_statistic(values), even, seed=seed)


def draw(shape: str, kind: str, n: int, runs: int) -> pd.DataFrame:
    """Draw samples; return both ends of each interval, one row a run, and the largest skewness of an item."""
    loadings, cuts = LOADINGS[kind], CUTS[shape]
    rng = np.random.default_rng([n, list(CUTS).index(shape), list(LOADINGS).index(kind)])
    rows = []
    for run in range(runs):
        latent = rng.normal(size=(n, 1)) * loadings + rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
        values = np.digitize(latent, cuts) + 1.0
        ends = {(*name, end): value for name, pair in intervals(values, run).items() for end, value in enumerate(pair)}
        rows.append(ends | {"skewness": coefficients.largest_skewness(values, np.ones(n))})
    return pd.DataFrame(rows)


def summary(drawn: pd.DataFrame, shape: str, kind: str, n: int) -> pd.DataFrame:
    """Return per coefficient and method how often its intervals hold the truth."""
    truth = population(LOADINGS[kind], CUTS[shape])
    warned = drawn["skewness"] >= skewness_limit(n)
    rows = []
    for name, method in dict.fromkeys(column[:2] for column in drawn if isinstance(column, tuple)):
        low, high = drawn[(name, method, 0)], drawn[(name, method, 1)]
        there, true = low.notna(), getattr(truth, name)
        below, above = (low > true)[there].mean(), (high < true)[there].mean()
        covered = 1 - below - above
        silent = there & ~warned
        rows.append(
            {
                "answers": shape,
                "skewness": drawn["skewness"].median(),
                "loadings": kind,
                "n": n,
                "coefficient": name,
                "truth": true,
                "interval": method,
                "covered": 100 * covered,
                "error": 100 * np.sqrt(covered * (1 - covered) / there.sum()),
                "too high": 100 * below,
                "too low": 100 * above,
                "width": (high - low).mean(),
                "kept": KEPT[0] <= 100 * covered <= KEPT[1],
                "warned": 100 * warned.mean(),
                "covered unwarned": 100 * ((low <= true) & (true <= high))[silent].mean(),
                "none": 100 * (1 - there.mean()),
            }
        )
    return pd.DataFrame(rows)


def as_markdown(table: pd.DataFrame) -> str:
    """Write the table with the digits that its Monte-Carlo error allows."""
    digits = {"skewness": 1, "truth": 3, "covered": 1, "error": 1, "too high": 1, "too low": 1, "width": 3}
    digits |= {"warned": 0, "covered unwarned": 1, "none": 1}
    text = table.assign(kept=table["kept"].map({True: "yes", False: "no"}))
    for column, places in digits.items():
        text[column] = ["" if np.isnan(value) else f"{value:.{places}f}" for value in table[column]]
    rows = [list(text), ["---"] * len(text.columns), *text.astype(str).to_numpy().tolist()]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def main(runs: int) -> None:
    """Measure all lines, show each as it is done, and write the table."""
    tables = []
    for shape, kind, n in product(CUTS, LOADINGS, SIZES):
        tables.append(summary(draw(shape, kind, n, runs), shape, kind, n))
        print(tables[-1].round(3).to_string(index=False), flush=True)
    table = pd.concat(tables, ignore_index=True).sort_values(
        ["interval"], kind="stable", key=lambda one: one != PRINTED
    )
    head = HEAD.format(runs=f"{runs:,}", draws=bootstrap.DRAWS, low=KEPT[0], high=KEPT[1])
    TABLE.write_text(head + as_markdown(table), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
