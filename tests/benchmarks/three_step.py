"""Measure bias and coverage of outcomes by latent class, naive and corrected, on data with known classes.

Run ``python tests/benchmarks/three_step.py`` (300 runs a line), or with the number of runs as argument, to write
``docs/three_step.md``.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from compendium.typology.latent_class import LatentClasses, fit_latent_classes
from compendium.typology.latent_class.three_step import classes_by_covariates, outcomes_by_class

Array = NDArray[np.float64]

SHARES = np.array([0.5, 0.3, 0.2])
LIKELY = (0.88, 0.79, 0.72)
"""Probability of the typical answer to each of eight items: entropy about .9, .7 and .5."""
MEANS = np.array([0.0, 1.0, 2.0])
YES = np.array([0.2, 0.5, 0.7])
SLOPES = np.array([1.0, -1.0])
METHODS = (
    ("uncorrected", "modal", ""),
    ("uncorrected", "proportional", ""),
    ("bch", "modal", ""),
    ("bch", "modal", ", classes known"),
    ("bch", "proportional", ""),
    ("ml", "modal", ""),
)
SIZES = (1_000,)
RUNS = 300
TABLE = Path(__file__).parents[2] / "docs" / "three_step.md"
HEAD = """# Outcomes and covariates of latent classes

Three classes of 50, 30 and 20 %, eight items of two answers, classes fitted anew in each of {runs} runs. Outcomes: a
quantity, normal with variance 1 and mean 0, 1 and 2 by class; a share of 20, 50 and 70 %; a covariate whose log odds are 1 and
-1 against the first class (classes drawn from it). *spread* is the estimated difference between the second
and the first class over the true one (1: no bias, below 1: drawn together), *covered* how often the 95 % interval of a class
(of a coefficient) holds the truth, averaged over the classes, *error* its standard error of simulation as if classes were independent. *classes known*:
the interval that takes the posteriors as known. A fit's classes are matched to the true ones by their probabilities.
Written by `python tests/benchmarks/three_step.py`; nothing here was typed.

"""


def draw(n: int, likely: float, by_covariate: bool, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw answers to the items, and class, quantity, category and covariate of the same persons."""
    z = rng.normal(size=n)
    shares = np.tile(SHARES, (n, 1))
    if by_covariate:
        shares = np.exp(np.column_stack([np.zeros(n), SLOPES[0] * z, SLOPES[1] * z]) + np.log(SHARES))
        shares /= shares.sum(axis=1, keepdims=True)
    member = (rng.random((n, 1)) > np.cumsum(shares, axis=1)[:, :2]).sum(axis=1)
    answers = pd.DataFrame((rng.random((n, 8)) < profile(likely)[member]).astype(int)).add_prefix("item_")
    others = {
        "member": member,
        "quantity": MEANS[member] + rng.normal(size=n),
        "category": np.where(rng.random(n) < YES[member], "yes", "no"),
        "covariate": z,
    }
    return answers, pd.DataFrame(others)


def profile(likely: float) -> Array:
    """Return the probability of the second answer, classes x items."""
    high = np.array([[1] * 8, [1] * 4 + [0] * 4, [0] * 8])
    return np.where(high == 1, likely, 1 - likely)


def matched(fit: LatentClasses, likely: float) -> list[int]:
    """Return for each true class the place of the fitted one."""
    frame = fit.probabilities.query("category == '1'")
    found = frame.pivot(index="class", columns="variable", values="probability")
    distance = ((found.to_numpy()[None] - profile(likely)[:, None]) ** 2).sum(axis=2)
    return [int(place) for place in linear_sum_assignment(distance)[1]]


def one(n: int, likely: float, seed: int) -> list[dict[str, object]]:
    """Return what each method made of one sample, one row a class or coefficient."""
    rows: list[dict[str, object]] = []
    rng = np.random.default_rng([n, int(100 * likely), seed])
    answers, others = draw(n, likely, False, rng)
    fit = fit_latent_classes(answers, 3, n_starts=10, seed=seed)
    order = matched(fit, likely)
    for name, truth in (("quantity", MEANS), ("category", YES)):
        for method, assignment, known in METHODS:
            classes = fit.posteriors if known else fit
            made = outcomes_by_class(classes, others[name], method=method, assignment=assignment)
            frame = made.estimates[made.estimates["category"].isin(["", "yes"])].iloc[order]
            rows += told(name, f"{method}, {assignment}{known}", frame, truth, fit.entropy)
    answers, others = draw(n, likely, True, rng)
    fit = fit_latent_classes(answers, 3, n_starts=10, seed=seed)
    order = [f"C{place + 1}" for place in matched(fit, likely)]
    for classes, known in ((fit, ""), (fit.posteriors, ", classes known")):
        made = classes_by_covariates(classes, others[["covariate"]], reference=order[0])
        frame = made.coefficients.query("term == 'covariate'").set_index("class").loc[order[1:]]
        rows += told("covariate", f"ml, modal{known}", frame, SLOPES, fit.entropy)
    return rows


def told(what: str, method: str, frame: pd.DataFrame, truth: Array, entropy: float) -> list[dict[str, object]]:
    """Return one row a class."""
    held = (frame["ci_low"].to_numpy() <= truth) & (truth <= frame["ci_high"].to_numpy())
    estimate = frame["estimate"].to_numpy()
    spread = (estimate[1] - estimate[0]) / (truth[1] - truth[0])
    return [{"outcome": what, "method": method, "held": h, "spread": spread, "entropy": entropy} for h in held]


def main(runs: int) -> None:
    """Write the table."""
    lines = ["| n | entropy | outcome | method | spread | covered | error |", "|---:|---:|---|---|---:|---:|---:|"]
    failed = 0
    for n in SIZES:
        for likely in LIKELY:
            rows: list[dict[str, object]] = []
            for seed in range(runs):
                try:
                    rows += one(n, likely, seed)
                except ValueError as error:
                    failed += 1
                    print(n, likely, seed, error, flush=True)
            frame = pd.DataFrame(rows)
            for (what, method), own in frame.groupby(["outcome", "method"], sort=False):
                held = own["held"].mean()
                error = np.sqrt(held * (1 - held) / len(own))
                lines.append(
                    f"| {n:,} | {own['entropy'].mean():.2f} | {what} | {method} | {own['spread'].median():.2f} |"
                    f" {100 * held:.1f} | {100 * error:.1f} |"
                )
            print("\n".join(lines[-14:]), flush=True)
    foot = f"\n{failed} of {runs * len(SIZES) * len(LIKELY):,} samples gave no estimate (classes not identified or not told apart).\n"
    TABLE.write_text(HEAD.format(runs=runs) + "\n".join(lines) + "\n" + foot, encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
