"""Measure how often data of known making get the right verdict: profiles, a continuum, or no structure.

Run ``python tests/benchmarks/verdicts.py`` (20 runs a line, half an hour on two cores) or with the number of runs as
argument; a second argument names the file, which is written anew after each line (default docs/verdicts.md).
"""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import multimode

import pandas as pd
from planted import PLANTS, dependent, factors, independent

from compendium.typology import fit_latent_trait, judge
from compendium.typology.latent_trait import model
from compendium.typology.trust import CONTINUUM, NO_STRUCTURE, PROFILES, Verdict

RUNS, SIZES = 20, (600, 2000)
NODES = {1: (21, 41, 81, 161), 2: (15, 21, 41, 61)}
OUT = Path(__file__).parents[2] / "docs" / "verdicts.md"

Row = dict[str, object]
Nulls = tuple[str, str, Callable[[int, int], pd.DataFrame]]
NULLS: list[Nulls] = [
    ("independent, 8 items of 2 to 5 answers", NO_STRUCTURE, independent),
    ("one factor, 8 items of 4 steps", CONTINUUM, lambda n, seed: factors(n, seed, 8, 4)),
    ("one factor, 6 items of 3 steps", CONTINUUM, lambda n, seed: factors(n, seed, 6, 3)),
    ("one factor, 10 items of 5 steps", CONTINUUM, lambda n, seed: factors(n, seed, 10, 5)),
    ("one factor, 8 items of 4 steps, skewed", CONTINUUM, lambda n, seed: factors(n, seed, 8, 4, skew=0.8)),
    ("one factor, 10 items of yes or no", CONTINUUM, lambda n, seed: factors(n, seed, 10, 2).astype(str)),
    ("one factor, 8 items of 4 steps, read without order", CONTINUUM, lambda n, seed: factors(n, seed, 8, 4).astype(str)),
    ("one factor far from normal (exponential)", CONTINUUM, lambda n, seed: factors(n, seed, 8, 4, is_normal=False)),
    ("two factors, 10 items of 4 steps", CONTINUUM, lambda n, seed: factors(n, seed, 10, 4, 2)),
    ("three factors, 12 items of 4 steps", CONTINUUM, lambda n, seed: factors(n, seed, 12, 4, 3)),
]  # fmt: skip


def verdict_row(name: str, n: int, expected: str, found: list[Verdict]) -> Row:
    """Count the verdicts and the numbers of classes found."""
    verdicts = [one.verdict for one in found]
    counts = {kind.replace("_", " "): verdicts.count(kind) for kind in (PROFILES, CONTINUUM, NO_STRUCTURE)}
    margins = pd.Series([margin(one.models) for one in found])
    return {
        "data": name,
        "n": n,
        **counts,
        "right": f"{verdicts.count(expected)} of {len(found)}",
        "classes": "/".join(map(str, multimode(1 if one.verdict == NO_STRUCTURE else one.n_classes for one in found))),
        "margin": f"{margins.median():.0f} ({margins.min():.0f} to {margins.max():.0f})",
    }


def margin(models: pd.DataFrame) -> float:
    """Return by how many points of BIC the best class model (one class included) beats the best trait model."""
    best = models.groupby("kind")["bic"].min()
    return float(best["trait"] - best["classes"])


def node_rows() -> list[Row]:
    """Return how the maximum of the likelihood changes with the number of nodes, against the finest."""
    before, rows = dict(model.NODES), []
    for dimensions, data in ((1, factors(2000, 1, 8, 4)), (2, factors(2000, 1, 10, 4, 2))):
        heights = {}
        for nodes in NODES[dimensions]:
            model.NODES[dimensions] = nodes
            heights[nodes] = fit_latent_trait(data, dimensions).log_likelihood
        model.NODES.update(before)
        finest = heights[NODES[dimensions][-1]]
        rows += [
            {
                "dimensions": dimensions,
                "nodes": nodes,
                "log-likelihood": f"{height:.6f}",
                "less the finest": f"{height - finest:.1e}",
            }
            for nodes, height in heights.items()
        ]
    return rows


def page(runs: int, verdicts: list[Row], nodes: list[Row]) -> str:
    """Lay the tables out."""
    parts = [
        "# Profiles, a continuum or nothing: what the verdict says of data whose making is known",
        f"Written by `tests/benchmarks/verdicts.py`, {runs} runs a line, seeds 0 to {runs - 1}. *classes*: commonest number of "
        "classes of the best class model (1: no structure). *margin*: points of BIC by which the best class model, or independence, beats the best "
        "continuous one (median, smallest and largest). Factors have loadings of 0.6 and 0.75; planted classes are those of "
        "recovery.md.",
        pd.DataFrame(verdicts).to_markdown(index=False),
        "## Nodes of the trait",
        "Maximum of the likelihood of one sample (n = 2,000) by nodes a dimension; 41 in one dimension and 21 in two are used.",
        pd.DataFrame(nodes).to_markdown(index=False, disable_numparse=True),
    ]
    return "\n\n".join(parts) + "\n"


def line(place: int, n: int, runs: int) -> Row:
    """Judge the data of one line, continuous or independent ones first, planted ones next."""
    if place < len(NULLS):
        name, expected, drawn = NULLS[place]
        return verdict_row(name, n, expected, [judge(drawn(n, seed)) for seed in range(runs)])
    name, make, is_dependent = PLANTS[place - len(NULLS)]
    found = []
    for seed in range(runs):
        data, _ = make(seed).draw(n, seed + 1000)
        found.append(judge(dependent(data, seed) if is_dependent else data))
    return verdict_row(name, n, PROFILES, found)


def main(runs: int, out: Path) -> None:
    """Fill the page line by line, as many at a time as there are processors."""
    lines = [(place, n, runs) for n in SIZES for place in range(len(NULLS) + len(PLANTS))]
    nodes, verdicts = node_rows(), []
    with ProcessPoolExecutor() as pool:
        for row in pool.map(line, *zip(*lines, strict=True)):
            verdicts.append(row)
            out.write_text(page(runs, verdicts, nodes), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS, Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
