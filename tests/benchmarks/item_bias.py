"""Measure how often an unbiased item is rejected, with the total score and with the rest score as the match.

Run ``python tests/benchmarks/item_bias.py`` (2,000 runs a line), or with the number of runs as argument, to write
``docs/item_bias.md``. Five graded items of five steps, two groups, nothing biased: every rejection is false.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from compendium.item_bias import item_bias
from compendium.item_bias.proportional_odds import fit

Array = NDArray[np.float64]

SLOPES = {"equal": np.full(5, 1.5), "unequal": np.array([0.8, 1.2, 1.5, 1.8, 2.2])}
IMPACT = (0.0, 0.5, 1.0)
"""Difference between the groups in what is measured, in standard deviations."""
SIZES = (200, 1_000)
RUNS = 2_000
LEVEL = 0.05
TABLE = Path(__file__).parents[2] / "docs" / "item_bias.md"
HEAD = """# How often an unbiased item is called biased

Two groups of about half of *n* persons each, five items of five steps, nothing biased; {runs} runs a line. *total* and
*rest*: rejections at 5 % in per cent of the items, with the score of all items as the match (what `item_bias()` does) and with
the score of the others. *family*: runs in which one item or more is rejected after Holm. *called biased*: runs in which an item is
rejected after Holm and its size is not negligible. *error*: largest Monte-Carlo error of these, in points. Written by
`python tests/benchmarks/item_bias.py`; nothing here was typed.

The rest score matches groups that differ in what is measured (*impact*) badly and rejects far too often. The total score comes
near its level where the groups differ by half a standard deviation or less and the items tell about as much as one another;
with groups further apart, or unequal items, it rejects too often as well. That is why a question is called biased only with a size
that counts, besides.

"""


def drawn(rng: np.random.Generator, n: int, impact: float, slopes: Array) -> tuple[pd.DataFrame, pd.Series]:
    """Draw graded answers of two groups without bias."""
    group = rng.integers(0, 2, n)
    trait = rng.normal(size=n) + impact * group
    behind = slopes * trait[:, None] + rng.logistic(size=(n, 5)) + np.linspace(-0.8, 0.8, 5)
    items = pd.DataFrame(np.digitize(behind, [-2.0, -0.7, 0.7, 2.0]), columns=list("abcde")).astype(float)
    return items, pd.Series(np.where(group == 1, "second", "first"))


def by_rest(items: pd.DataFrame, groups: pd.Series) -> list[float]:
    """Return the p value of each item's joint test with the score of the others as the match."""
    member = (groups == "second").to_numpy(dtype=float)
    found = []
    for item in items:
        score = items.drop(columns=item).mean(axis=1).to_numpy()
        score = (score - score.mean()) / score.std()
        counts = pd.get_dummies(items[item]).to_numpy(dtype=float)
        less = fit(counts, score[:, None])
        more = fit(counts, np.column_stack([score, member, score * member]), less)
        found.append(float(stats.chi2.sf(2 * (more.log_likelihood - less.log_likelihood), 2)))
    return found


def line(kind: str, impact: float, n: int, runs: int) -> dict[str, object]:
    """Measure one line of the table."""
    rng = np.random.default_rng([n, int(10 * impact), list(SLOPES).index(kind)])
    total, rest, family, called = np.empty((runs, 5)), np.empty((runs, 5)), np.empty(runs), np.empty(runs)
    for run in range(runs):
        items, groups = drawn(rng, n, impact, SLOPES[kind])
        found = item_bias(items, groups, least=50)
        total[run], rest[run] = found["p_joint"] < LEVEL, np.array(by_rest(items, groups)) < LEVEL
        family[run], called[run] = (found["p_adjusted"] < LEVEL).any(), found["is_biased"].any()
    rates = {"total": total.mean(axis=1), "rest": rest.mean(axis=1), "family": family, "called biased": called}
    error = max(float(rate.std()) for rate in rates.values()) / np.sqrt(runs)
    numbers = {name: f"{100 * rate.mean():.1f}" for name, rate in rates.items()}
    return {"items": kind, "impact": impact, "n": n, **numbers, "error": f"{100 * error:.1f}"}


def main(runs: int) -> None:
    """Measure all lines, show each as it is done, and write the table."""
    lines = []
    for kind, impact, n in product(SLOPES, IMPACT, SIZES):
        lines.append(line(kind, impact, n, runs))
        print(lines[-1], flush=True)
    table = pd.DataFrame(lines)
    rows = [list(table), ["---"] * len(table.columns), *table.astype(str).to_numpy().tolist()]
    body = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    TABLE.write_text(HEAD.format(runs=f"{runs:,}") + body, encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
