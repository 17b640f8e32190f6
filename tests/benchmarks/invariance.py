"""Time the whole invariance ladder against lavaan in R, in one run on the same answers.

Run ``python tests/benchmarks/invariance.py`` (or with the number of runs as argument). Five groups of 500 persons, 12
items, as three factors of four and as one factor, once invariant and once with an intercept that differs, so that
ours also has to search what gives way (lavaan has no such search: it fits the four full steps and their indices in
either case). R's own start and the reading of the file are not counted. Without R only ours is timed, and the table
says so. On a busy machine set ``OMP_NUM_THREADS=1``, as the pipeline does for its workers: threads that wait for one
another cost more than these small matrices.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.invariance import invariance

GROUPS, PERSONS, ITEMS = 5, 500, 12
RUNS = 7
NAMES = [f"i{number}" for number in range(1, ITEMS + 1)]
MODELS = {
    "three factors": {f"f{number}": NAMES[4 * number : 4 * number + 4] for number in range(3)},
    "one factor": {"f": NAMES},
}
ESTIMATORS = ("ML", "MLR")
LAVAAN = """
suppressMessages(library(lavaan))
given <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(given[1]); model <- given[2]; estimator <- given[3]
steps <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))
for (run in seq_len(as.integer(given[4]))) {
  started <- proc.time()[["elapsed"]]
  fits <- lapply(steps, function(equal)
    cfa(model, answers, group = "group", std.lv = TRUE, estimator = estimator, group.equal = equal))
  found <- lapply(fits, fitMeasures)
  tests <- do.call(lavTestLRT, fits)
  cat(proc.time()[["elapsed"]] - started, found[[3]][["chisq"]], "\\n")
}
"""


def answers(model: dict[str, list[str]], shift: float, seed: int = 1) -> pd.DataFrame:
    """Return answers that the model made; the intercept of the first item differs by `shift` in two groups."""
    rng, parts = np.random.default_rng(seed), []
    for group in range(GROUPS):
        common = rng.normal(0.2 * group, 0.6, (PERSONS, 1))
        values = np.empty((PERSONS, ITEMS))
        for items in model.values():
            factor = common + rng.normal(0, 0.8, (PERSONS, 1))
            places = [NAMES.index(item) for item in items]
            values[:, places] = 0.8 * factor + rng.normal(0, 0.6, (PERSONS, len(places)))
        values[:, 0] += shift * (group > 2)
        parts.append(pd.DataFrame(values, columns=NAMES).assign(group=f"g{group}"))
    return pd.concat(parts, ignore_index=True)


def ours(
    frame: pd.DataFrame, model: dict[str, list[str]], estimator: str, runs: int, statistic: str = "chisq"
) -> tuple[list[float], float]:
    """Return the seconds of every run and a chi-square (plain or scaled) of the scalar step."""
    seconds, chisq = [], np.nan
    for _ in range(runs):
        started = time.perf_counter()
        found = invariance(frame, model, "group", estimator)
        seconds.append(time.perf_counter() - started)
        chisq = float(found.set_index("step").loc["scalar", statistic])
    return seconds, chisq


def of_lavaan(
    frame: pd.DataFrame, model: dict[str, list[str]], program: str, options: Sequence[str]
) -> tuple[Sequence[float], float]:
    """Return the same of a program of R, timed inside R; missing where R or a package is not there."""
    if shutil.which("Rscript") is None:
        return [np.nan], np.nan
    formula = "\n".join(f"{factor} =~ {' + '.join(items)}" for factor, items in model.items())
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "answers.csv", Path(folder) / "ladder.R"
        frame.to_csv(table, index=False)
        script.write_text(program)
        command = ["Rscript", str(script), str(table), formula, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"lavaan was not timed: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return [np.nan], np.nan
    found = np.array([line.split() for line in done.stdout.splitlines()], dtype=float)
    return found[:, 0].tolist(), float(found[-1, 1])


def main(runs: int) -> None:
    """Print the median seconds of a ladder by model, answers and estimator."""
    rows = []
    for name, model in MODELS.items():
        for shift in (0.0, 0.5):
            frame = answers(model, shift)
            for estimator in ESTIMATORS:
                mine, chisq = ours(frame, model, estimator, runs)
                theirs, reference = of_lavaan(frame, model, LAVAAN, [estimator, str(runs)])
                rows.append(
                    {
                        "model": name,
                        "answers": "one intercept differs" if shift else "invariant",
                        "estimator": estimator,
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
