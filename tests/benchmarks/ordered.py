"""Time the ladder for ordered items against lavaan and semTools in R, in one run on the same answers.

Run ``python tests/benchmarks/ordered.py`` (or with the number of runs as argument). Five groups of 500 persons, 12 items of
four steps, as three factors of four and as one factor, once invariant and once with an item that differs, so that ours also
searches what gives way (lavaan has no such search: it fits the five full steps and tests them in either case). R's own
start, the reading of the file and the writing of semTools' model syntax are not counted. Without R only ours is timed, and
the table says so. ``OMP_NUM_THREADS=1`` as for ``invariance.py`` beside it.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from invariance import MODELS, NAMES, answers

from compendium.invariance import invariance

RUNS = 3
BORDERS = (-0.9, 0.1, 1.0)
LAVAAN = """
suppressMessages({library(lavaan); library(semTools)})
given <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(given[1]); model <- given[2]
items <- setdiff(names(answers), "group")
held <- c("thresholds", "loadings", "intercepts", "residuals")
syntax <- lapply(0:4, function(count) as.character(measEq.syntax(configural.model = model, data = answers,
  ordered = items, parameterization = "theta", ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "group",
  group.equal = if (count) held[seq_len(count)] else "")))
for (run in seq_len(as.integer(given[3]))) {
  started <- proc.time()[["elapsed"]]
  fits <- lapply(syntax, cfa, data = answers, group = "group", ordered = items, estimator = "WLSMV",
    parameterization = "theta")
  found <- lapply(fits, fitMeasures)
  tests <- do.call(lavTestLRT, fits)
  cat(proc.time()[["elapsed"]] - started, found[[4]][["chisq.scaled"]], "\\n")
}
"""


def ours(frame: pd.DataFrame, model: dict[str, list[str]], runs: int) -> tuple[list[float], float]:
    """Return the seconds of every run and the scaled chi-square of the scalar step."""
    seconds, chisq = [], np.nan
    for _ in range(runs):
        started = time.perf_counter()
        found = invariance(frame, model, "group", "WLSMV")
        seconds.append(time.perf_counter() - started)
        chisq = float(found.set_index("step").loc["scalar", "chisq_scaled"])
    return seconds, chisq


def of_lavaan(frame: pd.DataFrame, model: dict[str, list[str]], runs: int) -> tuple[list[float], float]:
    """Return the same of lavaan, timed inside R; missing where R, lavaan or semTools is not there."""
    if shutil.which("Rscript") is None:
        return [np.nan], np.nan
    formula = "\n".join(f"{factor} =~ {' + '.join(items)}" for factor, items in model.items())
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "answers.csv", Path(folder) / "ladder.R"
        frame.to_csv(table, index=False)
        script.write_text(LAVAAN)
        command = ["Rscript", str(script), str(table), formula, str(runs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"lavaan was not timed: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return [np.nan], np.nan
    found = np.array([line.split() for line in done.stdout.splitlines()], dtype=float)
    return found[:, 0].tolist(), float(found[-1, 1])


def main(runs: int) -> None:
    """Print the median seconds of a ladder by model and answers."""
    rows = []
    for name, model in MODELS.items():
        for shift in (0.0, 1.0):
            frame = answers(model, shift)
            frame[NAMES] = np.digitize(frame[NAMES], BORDERS) + 1
            (mine, chisq), (theirs, reference) = ours(frame, model, runs), of_lavaan(frame, model, runs)
            rows.append(
                {
                    "model": name,
                    "answers": "one item differs" if shift else "invariant",
                    "ours_seconds": np.median(mine),
                    "lavaan_seconds": np.median(theirs),
                    "times_as_fast": np.median(theirs) / np.median(mine),
                    "chisq_difference": abs(chisq - reference),
                    "runs": runs,
                }
            )
    print(pd.DataFrame(rows).round(4).to_string(index=False, na_rep="no R"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
