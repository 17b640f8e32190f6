"""Measure what bootstrap replicates of a typology cost, and whether intervals by profile that hold the doubt hold the truth.

Run ``python tests/benchmarks/stability.py`` (some ten minutes on one core), or with the number of runs a line as argument; a second
argument names the file (default docs/stability.md).
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from planted import Planted, classes, factors, independent
from scipy import stats
from scipy.optimize import linear_sum_assignment

from compendium.typology import HCPC, MCA, fit_hcpc, fit_mca
from compendium.typology.classification import KEY, Doubt, widen
from compendium.typology.trust import bootstrap_stability
from compendium.typology.trust.stability import summary_of

Row = dict[str, Any]
PAGE = Path(__file__).parents[2] / "docs" / "stability.md"
PROFILES, POPULATION, SAMPLES = 4, 20_000, 50
SHARPNESS, SIZES = (0.9, 0.8, 0.6), (400, 1_000)
EFFECT = 0.5
NORMAL = float(stats.norm.ppf(0.975))


def fit(data: pd.DataFrame) -> tuple[MCA, HCPC]:
    """Make the typology by the two public calls."""
    mca = fit_mca(data)
    return mca, fit_hcpc(mca, PROFILES)


def cost(n: int = 2_000, samples: int = 200) -> Row:
    """Time replicates of a typology against one fit of the same answers, in processor seconds of one run."""
    data, _ = classes(0.9, 0).draw(n, 1)
    fits = []
    for _ in range(7):
        start = time.process_time()
        labels = fit(data)[1].labels
        fits.append(time.process_time() - start)
    start = time.process_time()
    bootstrap_stability(data, labels, n_replicates=samples)
    taken = time.process_time() - start
    once = float(np.median(fits))
    return {"respondents": n, "one fit, s": f"{once:.3f}", "samples": samples, "all samples, s": f"{taken:.1f}",
            "fits": f"{taken / once:.0f}"}  # fmt: skip


def what_comes_back(n: int = 1_000) -> list[Row]:
    """Mean index by profile on answers of known making: what it can tell and what not."""
    makings = {
        "four classes, Bayes' rule at 0.90": classes(0.9, 0).draw(n, 1)[0],
        "four classes, Bayes' rule at 0.60": classes(0.6, 0).draw(n, 1)[0],
        "one continuous factor": factors(n, 1, 8, 4),
        "independent answers": independent(n, 1),
    }
    rows = []
    for name, data in makings.items():
        number, axes = (3, 1) if name == "one continuous factor" else (PROFILES, 5)
        labels = fit_hcpc(fit_mca(data, axes), number).labels
        found = summary_of(bootstrap_stability(data, labels, axes, n_replicates=SAMPLES).jaccard)
        rows.append(
            {"answers": name, "cut into": number, "mean index by profile": ", ".join(f"{x:.2f}" for x in found["mean"])}
        )
    return rows


def outcome(group: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw a quantity that differs between the planted groups."""
    drawn: np.ndarray = EFFECT * group + generator.normal(size=len(group))
    return drawn


def covered(making: Planted, n: int, runs: int) -> Row:
    """Count how often intervals of a profile's mean hold the mean in the profile of the population's own typology."""
    people, group = making.draw(POPULATION, 0)
    big_mca, big = fit(people)
    names = list(big.centres.index)
    truth = pd.Series(outcome(group, np.random.default_rng(0))).groupby(big.labels).mean()
    plain, widened, ratio = [], [], []
    for run in range(1, runs + 1):
        data, group = making.draw(n, run)
        values = pd.Series(outcome(group, np.random.default_rng([run, 1])))
        labels = fit(data)[1].labels
        drawn = bootstrap_stability(data, labels, n_replicates=SAMPLES, seed=run).labels
        persons = pd.DataFrame({KEY[0]: "A", KEY[1]: np.arange(n).astype(str)})
        doubt = Doubt(persons, pd.concat([persons, pd.DataFrame(drawn).rename(columns="b{}".format)], axis=1))
        crossed = pd.crosstab(labels, big.nearest(big_mca.project(data))).reindex(
            index=names, columns=names, fill_value=0
        )
        for own, meant in zip(*linear_sum_assignment(-crossed.to_numpy()), strict=True):
            here = values[labels == names[own]]
            margin = NORMAL * here.std() / np.sqrt(len(here))
            row = {"estimate": here.mean(), "ci_low": here.mean() - margin, "ci_high": here.mean() + margin}
            wide = widen(row, doubt.spread(names[own], values), low=-np.inf)
            target = truth[names[meant]]
            plain.append(row["ci_low"] <= target <= row["ci_high"])
            widened.append(wide["ci_low"] <= target <= wide["ci_high"])
            ratio.append((wide["ci_high"] - wide["ci_low"]) / (2 * margin))
    return {"n": n, "runs": runs, "plain, %": f"{100 * np.mean(plain):.1f}", "widened, %": f"{100 * np.mean(widened):.1f}",
            "times as wide": f"{np.median(ratio):.2f}"}  # fmt: skip


def page(cost_row: Row, back: list[Row], coverage: list[Row]) -> str:
    """Write what was measured as a page."""
    return "\n\n".join(
        [
            "# Profiles in other samples: what replicates cost, what they tell, and the doubt they put into intervals",
            "Written by `tests/benchmarks/stability.py`; the makings are those of `tests/benchmarks/planted.py`.",
            "## Cost",
            "Each sample makes correspondence analysis, tree, cut and consolidation anew; *fits*: all samples, in times one "
            "`fit_mca` and `fit_hcpc` of the same answers (processor time, one run).",
            pd.DataFrame([cost_row]).to_markdown(index=False),
            "## What comes back",
            f"Mean Jaccard index over {SAMPLES} samples, {1_000:,} respondents. That a cut comes back does not say that there are "
            "groups: a continuum cut into three does too.",
            pd.DataFrame(back).to_markdown(index=False),
            "## Intervals of means by profile",
            f"An outcome differs by {EFFECT} standard deviations between planted classes. Held against: its mean among those whom the "
            f"typology of {POPULATION:,} respondents puts into the profile. *plain*: intervals that take the profiles as known, "
            f"nominally 95 %; *widened*: with the variance over {SAMPLES} bootstrap typologies added; *times as wide*: median.",
            pd.DataFrame(coverage).to_markdown(index=False),
        ]
    ) + "\n"  # fmt: skip


def main(runs: int, out: Path) -> None:
    """Fill the page line by line."""
    cost_row, back, coverage = cost(), what_comes_back(), []
    for sharpness in SHARPNESS:
        for n in SIZES:
            coverage.append({"Bayes' rule": f"{sharpness:.2f}", **covered(classes(sharpness, 0), n, runs)})
            out.write_text(page(cost_row, back, coverage), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, Path(sys.argv[2]) if len(sys.argv) > 2 else PAGE)
