"""Measure how often the items let off by partial invariance are those that were planted.

Run ``python tests/benchmarks/partial.py`` (200 draws a line) or with the number of draws as argument. Five groups of
300 persons and six items of one factor; in one group one item's intercept is shifted or its loading lowered, or
nothing is; answers are normal, or cut into five skewed steps.
"""

import sys
from itertools import product

import numpy as np
import pandas as pd

from compendium.invariance import invariance

GROUPS, PERSONS = 5, 300
ITEMS = list("abcdef")
DIFFERENT = "c"
PLANTED = {"nothing": (0.0, 0.0), "an intercept": (0.5, 0.0), "a loading": (0.0, 0.5)}
CUTS = np.array([0.2, 0.9, 1.5, 2.1])
RUNS = 200


def answers(rng: np.random.Generator, shift: float, slope: float, is_cut: bool) -> pd.DataFrame:
    """Draw all groups; the last one differs in one item."""
    parts = []
    for group in range(GROUPS):
        loadings, means = np.full(len(ITEMS), 0.8), np.zeros(len(ITEMS))
        if group == GROUPS - 1:
            loadings[ITEMS.index(DIFFERENT)] -= slope
            means[ITEMS.index(DIFFERENT)] += shift
        factor = rng.normal(rng.normal(0, 0.3), 1, (PERSONS, 1))
        values = means + factor * loadings + rng.normal(0, 0.6, (PERSONS, len(ITEMS)))
        parts.append(pd.DataFrame(np.digitize(values, CUTS) if is_cut else values, columns=ITEMS).assign(group=group))
    return pd.concat(parts, ignore_index=True)


def main(runs: int) -> None:
    """Print per kind of difference, answers and estimator how the ladder ended and what it let off."""
    rows = []
    for (planted, (shift, slope)), is_cut, estimator in product(PLANTED.items(), (False, True), ("ML", "MLR")):
        rng = np.random.default_rng([list(PLANTED).index(planted), is_cut])
        found = [invariance(answers(rng, shift, slope, is_cut), {"f": ITEMS}, "group", estimator) for _ in range(runs)]
        freed = [set("; ".join(one["freed"]).split("; ")) - {""} for one in found]
        rows.append(
            {
                "planted": planted,
                "answers": "skewed" if is_cut else "normal",
                "estimator": estimator,
                "planted_freed_pct": 100 * np.mean([DIFFERENT in names for names in freed]),
                "another_freed_pct": 100 * np.mean([bool(names - {DIFFERENT}) for names in freed]),
                "means_pct": 100 * np.mean([one.loc[0, "verdict"] == "means" for one in found]),
                "runs": runs,
            }
        )
    print(pd.DataFrame(rows).round(1).to_string(index=False))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
