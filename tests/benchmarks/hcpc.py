"""Time the tree of profiles with its consolidation against FactoMineR, in one run, and compare what both find.

Run by hand where there is R with FactoMineR, on a machine that does nothing else; FactoMineR's default at 20,000 rows takes
minutes and two gigabytes::

    python tests/benchmarks/hcpc.py [--sizes 2000 10000 20000]

Answers of four planted classes to ten questions of four answers; five axes, four groups asked for. Timed is one call of
``fit_hcpc``, and of ``HCPC(nb.clust = 4, graph = FALSE)`` with its default and with ``kk = 100``, each on its own correspondence
analysis, which is not timed; both end with consolidation, paragons and description. *between*: inertia between the groups,
on our axes, in per cent of that of our tree over all points; *agreement*: adjusted Rand index with the groups of that tree.
Ours *over cells* is what is done beyond 10,000 different points, here at every size. Printed is a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from compendium.typology import MCA, division, fit_hcpc, fit_mca
from compendium.typology.consolidation import between

SEED = 20261123
SIZES = (2_000, 10_000, 20_000)
QUESTIONS, ANSWERS, GROUPS, AXES = 10, 4, 4, 5
R = """
suppressMessages(library(FactoMineR))
given <- commandArgs(trailingOnly = TRUE)
mca <- MCA(read.csv(given[1], colClasses = "factor"), ncp = 5, graph = FALSE)
started <- proc.time()[["elapsed"]]
kk <- if (given[2] == "Inf") Inf else as.integer(given[2])
found <- HCPC(mca, nb.clust = 4, kk = kk, graph = FALSE)
seconds <- proc.time()[["elapsed"]] - started
clust <- found$data.clust[order(as.integer(rownames(found$data.clust))), "clust"]
cat(jsonlite::toJSON(list(seconds = seconds, labels = as.integer(clust),
  version = as.character(packageVersion("FactoMineR"))), auto_unbox = TRUE))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    chosen = options.parse_args()
    print("| rows | made by | seconds | times ours | between, % | agreement |")
    print("|---:|---|---:|---:|---:|---:|", flush=True)
    for rows in chosen.sizes:
        data = drawn(rows)
        mca = fit_mca(data, AXES)
        _, exact = ours(mca, most_exact=rows)
        default, _ = ours(mca, most_exact=division.MOST_EXACT)
        runs = [
            ("ours, tree over all points", *ours(mca, most_exact=rows)),
            ("ours, over cells", *ours(mca, most_exact=1)),
        ]
        if shutil.which("Rscript"):
            runs += [
                (f"FactoMineR {version}, {name}", seconds, labels) for name, version, seconds, labels in theirs(data)
            ]
        for name, seconds, labels in runs:
            share = 100 * inertia(mca, labels) / inertia(mca, exact)
            agreement = adjusted_rand_score(exact, labels)
            print(
                f"| {rows:,} | {name} | {seconds:.2f} | {seconds / default:.1f} | {share:.2f} | {agreement:.3f} |",
                flush=True,
            )


def drawn(rows: int) -> pd.DataFrame:
    """Draw the answers of planted classes."""
    rng = np.random.default_rng(SEED)
    odds = np.exp(1.1 * rng.normal(size=(QUESTIONS, GROUPS, ANSWERS)))
    chances = (odds / odds.sum(axis=2, keepdims=True)).cumsum(axis=2)
    belongs = rng.choice(GROUPS, rows, p=[0.35, 0.28, 0.22, 0.15])
    columns = {
        f"q{question}": (rng.random(rows)[:, None] > chances[question, belongs]).sum(axis=1).clip(max=ANSWERS - 1)
        for question in range(QUESTIONS)
    }
    return pd.DataFrame(columns).astype(str).radd("answer ")


def ours(mca: MCA, most_exact: int) -> tuple[float, np.ndarray]:
    """Return the seconds of the best of three calls, and the groups."""
    kept, division.MOST_EXACT = division.MOST_EXACT, most_exact
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = fit_hcpc(mca, GROUPS)
        times.append(time.perf_counter() - start)
    division.MOST_EXACT = kept
    return min(times), found.labels.str[1:].to_numpy(dtype=int)


def theirs(data: pd.DataFrame) -> list[tuple[str, str, float, np.ndarray]]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        data.to_csv(Path(folder) / "answers.csv", index=False)
        (Path(folder) / "hcpc.R").write_text(R, encoding="utf-8")
        for name, kk in (("kk = 100", "100"), ("default", "Inf")):
            command = ["Rscript", f"{folder}/hcpc.R", f"{folder}/answers.csv", kk]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                print(f"FactoMineR, {name}: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            told = json.loads(run.stdout.splitlines()[-1])
            found.append((name, told["version"], told["seconds"], np.array(told["labels"])))
    return found


def inertia(mca: MCA, labels: np.ndarray) -> float:
    group = np.unique(labels, return_inverse=True)[1].ravel()
    return between(mca.individuals.to_numpy(), mca.weights, group)


if __name__ == "__main__":
    main()
