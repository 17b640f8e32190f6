"""Time multiple correspondence analysis against libraries kept by others, in one run, and weigh it at a million rows.

Every library runs in a process of its own, ``prince`` in an environment of its own, FactoMineR where there is R::

    python -m venv prince && prince/bin/pip install prince
    python tests/benchmarks/mca.py --peer prince=prince/bin/python [--sizes 300 2000 20000 200000]

Fifteen questions of four answers each, drawn from one leaning and noise. Timed is the best of three calls, or of as many as
fill a second, on a frame that is there already: our call gives all tables of categories, variables and respondents; of
``prince`` only ``fit`` is counted, which gives none of them yet (its eigenvalues are approximate); FactoMineR's ``MCA`` gives
them all, without graphs, on factors. ``apart`` is the largest difference of the first five eigenvalues from ours. Memory is
the peak of the whole process that makes the answers and analyses them. Printed are Markdown tables. Compare times of one run
only, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 20261123
QUESTIONS, ANSWERS, AXES, ROUNDS = 15, 4, 5, 3
SIZES = (300, 2_000, 20_000, 200_000)
KINDS = ("text", "category", "numbers")
OURS, FACTOMINER = "compendium", "FactoMineR"
MEMORY_ROWS = 1_000_000
R = """
suppressMessages(library(FactoMineR))
given <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(given[1], colClasses = "factor")
seconds <- numeric()
while (length(seconds) < as.integer(given[2]) || sum(seconds) < 1) {
  started <- proc.time()[["elapsed"]]
  found <- MCA(answers, ncp = 5, graph = FALSE)
  seconds <- c(seconds, proc.time()[["elapsed"]] - started)
}
cat(jsonlite::toJSON(list(seconds = min(seconds), eigenvalues = found$eig[1:5, 1],
  version = as.character(packageVersion("FactoMineR"))), auto_unbox = TRUE, digits = NA))
"""


def main() -> None:
    """Draw answers of each size, analyse them with every library, print one table; then one line on memory."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options.add_argument("--one", nargs=3, metavar=("NAME", "ROWS", "KIND"), help=argparse.SUPPRESS)
    options.add_argument("--memory", metavar="KIND", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(timed(chosen.one[0], int(chosen.one[1]), chosen.one[2])))
        return
    if chosen.memory:
        print(json.dumps(weighed(chosen.memory)))
        return
    pythons = dict(peer.split("=", 1) for peer in chosen.peer)
    print("| rows | answers as | library | seconds | times ours | apart |")
    print("|---:|---|---|---:|---:|---:|", flush=True)
    for rows in chosen.sizes:
        for kind in KINDS:
            ours = asked([sys.executable, __file__, "--one", OURS, str(rows), kind])
            shown(rows, kind, OURS, ours, ours)
            for name, python in pythons.items():
                shown(rows, kind, name, asked([python, __file__, "--one", name, str(rows), kind]), ours)
            if kind == "category" and shutil.which("Rscript"):
                shown(rows, kind, FACTOMINER, of_factominer(rows), ours)
    print(
        f"\n| {MEMORY_ROWS:,} rows, answers as | MB with the answers | MB at the peak | seconds |\n|---|---:|---:|---:|"
    )
    for kind in KINDS:
        told = asked([sys.executable, __file__, "--memory", kind])
        print(f"| {kind} | {told['before']:,.0f} | {told['peak']:,.0f} | {told['seconds']:.2f} |", flush=True)


def shown(rows: int, kind: str, name: str, told: dict[str, Any], ours: dict[str, Any]) -> None:
    apart = np.abs(np.subtract(told["eigenvalues"], ours["eigenvalues"])).max()
    print(
        f"| {rows:,} | {kind} | {name} {told['version']} | {told['seconds']:.4f} | {told['seconds'] / ours['seconds']:.1f} "
        f"| {apart:.0e} |",
        flush=True,
    )


def asked(command: list[str]) -> dict[str, Any]:
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1])


def answers(rows: int, kind: str) -> pd.DataFrame:
    """Draw answers as texts, as pandas categoricals or as whole numbers."""
    rng = np.random.default_rng(SEED)
    leaning = rng.normal(size=rows)
    names = np.array([f"answer {code}" for code in range(ANSWERS)], dtype=object)
    columns: dict[str, Any] = {}
    for question in range(QUESTIONS):
        weight = 0.3 + 0.04 * question
        code = np.clip(np.floor(weight * leaning + rng.normal(size=rows) + ANSWERS / 2), 0, ANSWERS - 1).astype(int)
        if kind == "numbers":
            columns[f"q{question}"] = code
        else:
            columns[f"q{question}"] = names[code] if kind == "text" else pd.Categorical.from_codes(code, names)
    return pd.DataFrame(columns)


def timed(name: str, rows: int, kind: str) -> dict[str, Any]:
    frame = answers(rows, kind)
    call, version, eigenvalues = LIBRARIES[name](frame)
    times: list[float] = []
    while len(times) < ROUNDS or sum(times) < 1:
        start = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - start)
    return {"seconds": min(times), "version": version, "eigenvalues": [float(one) for one in eigenvalues(found)[:AXES]]}


Prepared = tuple[Callable[[], Any], str, Callable[[Any], Any]]


def ours(frame: pd.DataFrame) -> Prepared:
    import compendium
    from compendium.typology import fit_mca

    return lambda: fit_mca(frame, AXES), compendium.__version__, lambda found: found.eigenvalues["eigenvalue"]


def prince(frame: pd.DataFrame) -> Prepared:
    import prince as library

    return lambda: library.MCA(n_components=AXES).fit(frame), library.__version__, lambda found: found.eigenvalues_


LIBRARIES = {OURS: ours, "prince": prince}


def of_factominer(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        answers(rows, "text").to_csv(Path(folder) / "answers.csv", index=False)
        (Path(folder) / "mca.R").write_text(R, encoding="utf-8")
        return asked(["Rscript", f"{folder}/mca.R", f"{folder}/answers.csv", str(ROUNDS)])


def weighed(kind: str) -> dict[str, float]:
    """Return megabytes at most in use before and after the analysis of a million rows, imports and answers included."""
    from compendium.typology import fit_mca

    frame = answers(MEMORY_ROWS, kind)
    before, start = peak(), time.perf_counter()
    fit_mca(frame, AXES)
    return {"before": before, "seconds": time.perf_counter() - start, "peak": peak()}


def peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
