"""Measure what the comparison of countries promises: coverage of intervals, and how often a false statement is made.

Run ``python tests/benchmarks/comparison.py`` (1,000 draws a line) or with the number of draws as argument; it writes
``docs/comparison.md``. Answers are rounded to five points of 100 and cut at both ends, countries have unequal numbers.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from compendium import comparison
from compendium.intervals import contrast

RUNS = 1000
SIZES = (300, 120, 80, 250, 40)
MARGIN = 5.0
TARGET = Path(__file__).parents[2] / "docs" / "comparison.md"
HEAD = """# What the comparison of countries promises

Five countries of 300, 120, 80, 250 and 40 answers, scores from 0 to 100 rounded to five points with a standard deviation of
about 20. Written by `python tests/benchmarks/comparison.py`; the seeds are those of the program. Agreement with R's
packages stands in `docs/agreement.md`.

"""


def scores(rng: np.random.Generator, mean: float, n: int) -> np.ndarray:
    """Draw scores of one country."""
    return np.clip(np.round(rng.normal(mean, 20, n) / 5) * 5, 0, 100)


def shrunken(rng: np.random.Generator, spread: float) -> tuple[float, float, float]:
    """Return coverage, and mean squared errors of shrunken and plain means; the truth is that of unrounded normal means."""
    truth = rng.normal(50, spread, len(SIZES))
    groups = [rng.normal(mean, 20, n) for mean, n in zip(truth, SIZES, strict=True)]
    y, v = np.array([own.mean() for own in groups]), np.array([own.var(ddof=1) / len(own) for own in groups])
    found = comparison.shrink(y, v).groups
    held = (found["low"] <= truth) & (truth <= found["high"])
    return held.mean(), ((found["estimate"] - truth) ** 2).mean(), ((y - truth) ** 2).mean()


def standardised(rng: np.random.Generator) -> float:
    """Return the coverage of a standardised difference of two countries whose ages differ; the truth is 4 points."""
    frames = []
    for code, share, n in (("A", (0.5, 0.3, 0.2), 120), ("B", (0.2, 0.3, 0.5), 90)):
        age = rng.choice(3, n, p=share)
        frames.append(
            pd.DataFrame({"c": code, "age": age, "x": 45 + 8 * age + 4 * (code == "B") + rng.normal(0, 18, n)})
        )
    people = pd.concat(frames, ignore_index=True)
    parts = comparison.standardise(people["x"], people["c"], people[["age"]].astype(str)).parts
    own = [parts["B"], parts["A"]]
    found = contrast([p.values for p in own], [1, -1], weights=[p.weights for p in own], strata=[p.strata for p in own])
    return float(found.low <= 4 <= found.high)


def verdicts(rng: np.random.Generator, means: tuple[float, ...], times: int) -> list[str]:
    """Return the verdict on each country against the others, adjusted together; `times` as many answers."""
    groups = [scores(rng, mean, n * times) for mean, n in zip(means, SIZES, strict=True)]
    others, p = len(groups) - 1, ([], [])
    for at in range(len(groups)):
        own = [groups[at], *(groups[one] for one in range(len(groups)) if one != at)]
        c = [1.0, *[-1 / others] * others]
        p[0].append(contrast(own, c).p)
        p[1].append(comparison.equivalence(own, MARGIN, c).p)
    return [comparison.verdict(*pair) for pair in zip(*comparison.adjust(*p), strict=True)]


def main(runs: int) -> None:
    """Write the tables."""
    rng = np.random.default_rng(20261123)
    lines = [
        HEAD,
        "| true spread between countries (points) | runs | intervals of shrunken means that hold the truth (%) | root mean square error, shrunken | as answered |",
        "|---:|---:|---:|---:|---:|",
    ]
    for spread in (0.0, 1.0, 3.0, 8.0):
        held, own, plain = np.mean([shrunken(rng, spread) for _ in range(runs)], axis=0)
        lines.append(f"| {spread:g} | {runs} | {100 * held:.1f} | {own**0.5:.2f} | {plain**0.5:.2f} |")
    held = np.mean([standardised(rng) for _ in range(runs)])
    lines += [
        "",
        f"A difference standardised over three ages, 120 and 90 people: {100 * held:.1f} % of {runs} intervals hold the truth.",
        "",
    ]
    lines += [
        "| countries | answers | runs | a false statement somewhere (%) | verdicts: different (%) | equivalent (%) | undecided (%) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    cases = {
        "all alike": ((50.0,) * 5, 1),
        "all alike, twenty times the answers": ((50.0,) * 5, 20),
        "one 12 points higher": ((50.0, 50.0, 62.0, 50.0, 50.0), 1),
        "one exactly at the margin": ((50.0, 50.0, 55.0, 50.0, 50.0), 20),
    }
    for name, (means, times) in cases.items():
        apart = [mean - (sum(means) - mean) / 4 for mean in means]
        found = [verdicts(rng, means, times) for _ in range(runs // 2)]
        false = [
            any(
                (one.startswith("different") and gap == 0)
                or (one in ("equivalent", "different_but_small") and abs(gap) >= MARGIN)
                for one, gap in zip(row, apart, strict=True)
            )
            for row in found
        ]
        flat = pd.Series([one for row in found for one in row])
        shares = [
            flat.str.startswith("different").mean(),
            (flat == "equivalent").mean(),
            (flat == "undecided").mean(),
        ]
        numbers = " | ".join(f"{100 * one:.1f}" for one in (np.mean(false), *shares))
        lines.append(f"| {name} | {sum(SIZES) * times:,} | {runs // 2} | {numbers} |")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
