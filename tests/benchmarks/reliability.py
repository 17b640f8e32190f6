"""Time the reliability of 40 scales in 30 countries against R (psych and lavaan), in one run.

Run ``python tests/benchmarks/reliability.py``. Every scale has 5 to 8 items of five steps and every country 150 to 300 persons:
1,200 calls. Both sides get the same answers in memory and are timed inside their process after a first call; starting up and
reading files is not timed. One call of ours is ``reliability(items)``: alpha with Feldt's and the printed bootstrap interval, omega with
its bootstrap interval, ordinal alpha, item-rest correlations, alpha if dropped. One call of theirs is ``psych::alpha`` (alpha, Feldt's
interval, item statistics) and a one-factor ``lavaan::cfa`` for omega, without a bootstrap and without polychoric correlations. On top,
how long our bootstraps alone take, and how far both sides are apart.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.reliability import bootstrap, coefficients, omega, reliability
from compendium.reliability.smooth_functions import alpha_statistic

SCALES, COUNTRIES = 40, 30
PSYCH = """
suppressMessages({library(psych); library(lavaan); library(jsonlite)})
answers <- read.csv(commandArgs(TRUE)[1]); scales <- fromJSON(commandArgs(TRUE)[2])
cut <- lapply(scales, function(items) split(answers[items], answers$country))
one <- function(x) {
  started <- proc.time()[["elapsed"]]
  alpha <- suppressWarnings(psych::alpha(x, warnings = FALSE))
  between <- proc.time()[["elapsed"]]
  fit <- cfa(paste("factor =~", paste(names(x), collapse = " + ")), x, std.lv = TRUE)
  found <- lavInspect(fit, "est")
  omega <- sum(found$lambda)^2 / (sum(found$lambda)^2 + sum(found$theta[row(found$theta) == col(found$theta)]))
  c(alpha$total$raw_alpha, omega, between - started, proc.time()[["elapsed"]] - between)
}
invisible(one(cut[[1]][[1]]))
found <- do.call(rbind, lapply(cut, function(countries) do.call(rbind, lapply(countries, one))))
write(toJSON(list(alpha = found[, 1], omega = found[, 2], seconds_psych = sum(found[, 3]), seconds_lavaan = sum(found[, 4])),
  digits = 12), commandArgs(TRUE)[3])
"""


def drawn(scales: int, countries: int) -> tuple[pd.DataFrame, list[list[str]]]:
    """Draw answers of some countries to some scales; return them and the items of each scale."""
    rng, parts = np.random.default_rng(1), []
    names = [[f"s{scale}_{item}" for item in range(5 + scale % 4)] for scale in range(scales)]
    for country in range(countries):
        n = int(rng.integers(150, 301))
        columns = {"country": np.full(n, f"c{country:02}")}
        for items in names:
            loadings = rng.uniform(0.5, 0.8, len(items))
            noise = rng.normal(size=(n, len(items))) * np.sqrt(1 - loadings**2)
            answers = np.digitize(rng.normal(size=(n, 1)) * loadings + noise, [-1.2, -0.4, 0.5, 1.4]) + 1
            columns |= dict(zip(items, answers.T, strict=True))
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True), names


def ours(calls: list[pd.DataFrame]) -> tuple[pd.DataFrame, float]:
    """Return our rows and the seconds they took."""
    reliability(calls[0])
    start = time.perf_counter()
    rows = [reliability(items) for items in calls]
    seconds = time.perf_counter() - start
    return pd.concat(rows, ignore_index=True), seconds


def bootstraps(calls: list[pd.DataFrame]) -> float:
    """Return the seconds that drawing takes, for alpha and for omega."""
    seconds = 0.0
    for items in calls:
        values, even = items.to_numpy(dtype=float), np.ones(len(items))
        covariance = coefficients.covariances(values, even)
        estimates = omega.fitted(covariance, len(values))
        start = time.perf_counter()
        bootstrap.studentised(coefficients.alpha(covariance), alpha_statistic(values), even)
        if estimates is not None:
            bootstrap.studentised(0.8, omega.statistic(values, even, *estimates), even)
        seconds += time.perf_counter() - start
    return seconds


def theirs(answers: pd.DataFrame, scales: list[list[str]]) -> dict[str, list[float]]:
    """Return what R found and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        table, items, found, script = (Path(folder) / name for name in ("a.csv", "s.json", "f.json", "r.R"))
        answers.to_csv(table, index=False)
        items.write_text(json.dumps(scales), encoding="utf-8")
        script.write_text(PSYCH, encoding="utf-8")
        subprocess.run(["Rscript", script, table, items, found], check=True, stdout=subprocess.DEVNULL)
        return dict(json.loads(found.read_text(encoding="utf-8")))


def main(scales: int, countries: int) -> None:
    """Print one line a side."""
    answers, names = drawn(scales, countries)
    calls = [part[items] for items in names for _, part in answers.groupby("country")]
    rows, seconds = ours(calls)
    drawing = bootstraps(calls)
    print(f"{len(calls)} calls: ours {seconds:.1f} s, of which drawing {drawing:.1f} s")
    if not shutil.which("Rscript"):
        return
    peer = theirs(answers, names)
    of_psych, of_lavaan = peer["seconds_psych"][0], peer["seconds_lavaan"][0]
    print(
        f"psych::alpha {of_psych:.1f} s, lavaan::cfa {of_lavaan:.1f} s: ours is {(of_psych + of_lavaan) / seconds:.1f} times as fast"
    )
    for name in ("alpha", "omega"):
        apart = np.nanmax(np.abs(rows[name].to_numpy(dtype=float) - np.array(peer[name], dtype=float)))
        print(f"{name}: largest difference {apart:.1e}, missing here {int(rows[name].isna().sum())}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3])) if len(sys.argv) > 2 else main(SCALES, COUNTRIES)
