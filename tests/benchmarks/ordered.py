"""Time the ladder for ordered items against lavaan and semTools in R, in one run on the same answers.

Run ``python tests/benchmarks/ordered.py`` (or with the number of runs as argument). Five groups of 500 persons, 12 items of
four steps, as three factors of four and as one factor, once invariant and once with an item that differs, so that ours also
searches what gives way (lavaan has no such search: it fits the five full steps and tests them in either case). R's own
start, the reading of the file and the writing of semTools' model syntax are not counted. Without R only ours is timed, and
the table says so. ``OMP_NUM_THREADS=1`` as for ``invariance.py`` beside it.
"""

import sys

import numpy as np
import pandas as pd
from invariance import MODELS, NAMES, answers, of_lavaan, ours

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


def main(runs: int) -> None:
    """Print the median seconds of a ladder by model and answers."""
    rows = []
    for name, model in MODELS.items():
        for shift in (0.0, 1.0):
            frame = answers(model, shift)
            frame[NAMES] = np.digitize(frame[NAMES], BORDERS) + 1
            mine, chisq = ours(frame, model, "WLSMV", runs, "chisq_scaled")
            theirs, reference = of_lavaan(frame, model, LAVAAN, [str(runs)])
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
