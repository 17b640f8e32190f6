"""Measure how well alignment recovers the latent means of five groups, and finds the intercepts that differ.

Run ``python tests/benchmarks/alignment.py`` (200 runs a line) or with the number of runs as argument. Five groups of 300, five
items, a fifth of the intercepts shifted by half a standard deviation: one in each group, or anywhere at random.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.invariance import align

ITEMS = list("abcde")
LOADINGS = np.array([0.8, 0.75, 0.7, 0.7, 0.65])
MEANS = np.array([0.0, 0.3, 1.0, -0.5, 0.6])
SPREADS = np.array([1.0, 1.1, 0.9, 1.2, 1.0])
TRUTH = (MEANS - MEANS.mean()) / np.exp(np.log(SPREADS).mean())
SIZE, SHIFT, RUNS = 300, 0.5, 200
LAYOUTS = ("none", "one in each group", "anywhere", "two of the first group", "three of the first group")


def answers(seed: int, layout: str) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return answers of all groups and which intercepts (groups x items) are shifted."""
    rng = np.random.default_rng([seed, LAYOUTS.index(layout)])
    groups, items = len(MEANS), len(LOADINGS)
    shifted = np.zeros((groups, items), dtype=bool)
    if layout == "one in each group":
        shifted[np.arange(groups), rng.integers(items, size=groups)] = True
    elif layout == "anywhere":
        shifted.ravel()[rng.choice(groups * items, groups * items // 5, replace=False)] = True
    elif layout != "none":
        shifted[0, : 2 if layout.startswith("two") else 3] = True
    frames = []
    for group in range(groups):
        factor = MEANS[group] + SPREADS[group] * rng.normal(size=(SIZE, 1))
        noise = rng.normal(size=(SIZE, items)) * np.sqrt(1 - LOADINGS**2)
        values = factor * LOADINGS + SHIFT * shifted[group] + noise
        frames.append(pd.DataFrame(values, columns=ITEMS).assign(group=f"group {group}"))
    return pd.concat(frames, ignore_index=True), shifted


def line(layout: str, runs: int) -> dict[str, float | str]:
    """Return what the runs of one layout recover."""
    means, covered, flags, planted, loadings = [], [], [], [], []
    for seed in range(runs):
        frame, shifted = answers(seed, layout)
        found = align(frame, ITEMS, "group")
        means.append(found.groups["mean"].to_numpy())
        covered.append(found.groups["ci_low"].le(TRUTH).to_numpy() & found.groups["ci_high"].ge(TRUTH).to_numpy())
        differs = found.parameters.pivot(index="group", columns="item", values="intercept_differs")
        flags.append(differs[ITEMS].to_numpy())
        loadings.append(found.parameters["loading_differs"].mean())
        planted.append(shifted)
    estimates, flagged, truth = np.array(means), np.array(flags), np.array(planted)
    return {
        "shifted": layout,
        "runs": runs,
        "correlation_mean": float(np.mean([np.corrcoef(one, TRUTH)[0, 1] for one in estimates])),
        "correlation_pooled": float(np.corrcoef(estimates.ravel(), np.tile(TRUTH, runs))[0, 1]),
        "largest_bias": float(np.abs(estimates.mean(axis=0) - TRUTH).max()),
        "largest_error": float(np.sqrt(((estimates - TRUTH) ** 2).mean(axis=0)).max()),
        "covered_pct": 100 * float(np.mean(covered)),
        "shifted_flagged_pct": 100 * float(flagged[truth].mean()) if truth.any() else np.nan,
        "others_flagged_pct": 100 * float(flagged[~truth].mean()),
        "loadings_flagged_pct": 100 * float(np.mean(loadings)),
    }


HEAD = """# What alignment recovers

Five groups of {size} persons, five items of one factor, intercepts shifted by {shift} standard deviations: a fifth of them, one in
each group or anywhere at random, or several of one group. `compendium.invariance.align` estimates the latent means and flags the intercepts that
differ. Written by `python tests/benchmarks/alignment.py`; the seeds are those of the program. No R package with alignment was
to be had, so the check is against planted truth, and against the configural model, whose moments the aligned one reproduces to
1e-8 (`tests/test_alignment.py`).

Alignment supposes that most items of every group are alike. Where three of a group's five items are shifted, it takes the other two
for the odd ones: the group's mean is then wrong by as much, its interval does not hold it, and nothing warns (last line). Shifted
anywhere, some runs have such a group. Where the layout changes from run to run biases cancel, so the largest bias says little there.

"""
TITLES = {
    "shifted": "shifted intercepts",
    "runs": "runs",
    "correlation_mean": "correlation of means with truth, mean over runs",
    "correlation_pooled": "over all runs pooled",
    "largest_bias": "largest bias of a mean (SD)",
    "largest_error": "largest root mean square error of a mean (SD)",
    "covered_pct": "intervals that hold the truth (%)",
    "shifted_flagged_pct": "shifted intercepts flagged (%)",
    "others_flagged_pct": "others flagged (%)",
    "loadings_flagged_pct": "loadings flagged (%)",
}


def write(table: pd.DataFrame) -> None:
    """Write the table to ``docs/alignment.md``."""
    lines = [" | ".join(TITLES.values()), " | ".join("---" for _ in TITLES)]
    lines += [" | ".join(_cell(row[name]) for name in TITLES) for _, row in table.iterrows()]
    text = HEAD.format(size=SIZE, shift=SHIFT) + "\n".join(f"| {line} |" for line in lines) + "\n"
    (Path(__file__).parents[2] / "docs" / "alignment.md").write_text(text, encoding="utf-8")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.3f}" if value < 1 else f"{value:.1f}"
    return str(value)


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    found = pd.DataFrame([line(layout, number) for layout in LAYOUTS])
    print(found.to_string(index=False, float_format=lambda x: f"{x:.3f}"))
    if number >= RUNS:
        write(found)
