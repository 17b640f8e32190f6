"""Measure whether multiple imputation repairs what complete cases get wrong, and where it does not.

Run ``python tests/benchmarks/imputation.py`` (2,000 runs a line) or with the number of runs as argument. Truth is planted:
strain is 0.5 load + 1.0 for those who work alone, four in ten, so its mean is 0.4. Answers about strain are missing by
load and status (``random``: at random given what was answered) or by strain itself (``exhaustion``), which no imputation
that rests on the answers alone can repair.
"""

import sys
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.imputation import impute, pool, shifted

TRUTH = {"mean": 0.4, "share": 0.4, "load": 0.5, "alone": 1.0}
SIZES = (150, 400)
RUNS = 2_000


def planted(rng: np.random.Generator, n: int, why: str = "random") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a whole frame, and the same with gaps in numbers, categories and ordered steps."""
    alone, load = rng.random(n) < TRUTH["share"], rng.normal(size=n)
    strain = TRUTH["load"] * load + TRUTH["alone"] * alone + rng.normal(size=n)
    steps = np.digitize(strain + rng.normal(size=n), [-1, 0, 1])
    whole = pd.DataFrame(
        {
            "load": load,
            "status": pd.Series(np.where(alone, "alone", rng.choice(["employed", "several"], n)), dtype="str"),
            "strain": strain,
            "steps": pd.Categorical.from_codes(steps, list("1234"), ordered=True),
        }
    )
    pull = 1.2 * load + 0.8 * alone if why == "random" else 1.2 * strain - 0.5
    frame = whole.copy()
    # Nobody leaves both out: what the one gap depends on is then always answered, which is what "at random" means.
    first = rng.random(n) < 0.7
    frame.loc[first & (rng.random(n) < 1 / (1 + np.exp(-pull))), "strain"] = np.nan
    frame.loc[~first & (rng.random(n) < 1 / (1 + np.exp(0.5 - 0.8 * load))), "status"] = np.nan
    frame.loc[rng.random(n) < 0.1, "steps"] = np.nan
    return whole, frame


def analyse(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return estimates and variances of the mean of strain, the share alone, and the slopes of load and being alone."""
    alone, strain = (frame["status"] == "alone").to_numpy(dtype=float), frame["strain"].to_numpy()
    design = np.column_stack([np.ones(len(frame)), frame["load"], alone])
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ strain
    left = strain - design @ slopes
    variances = left @ left / (len(frame) - 3) * np.diag(inverse)
    plain = [values.var(ddof=1) / len(frame) for values in (strain, alone)]
    return np.array([strain.mean(), alone.mean(), *slopes[1:]]), np.array([*plain, *variances[1:]])


def pooled(filled: list[pd.DataFrame]) -> pd.DataFrame:
    """Pool what :func:`analyse` finds in each filled frame; one row an entry of :data:`TRUTH`."""
    found = [analyse(one) for one in filled]
    return pool([q for q, _ in found], [u for _, u in found], len(filled[0]) - 3).set_index(pd.Index(TRUTH))


def complete(frame: pd.DataFrame) -> pd.DataFrame:
    """Estimate the same from the persons without any gap, with plain intervals."""
    q, u = analyse(frame.dropna())
    reach = 1.96 * np.sqrt(u)
    return pd.DataFrame({"estimate": q, "ci_low": q - reach, "ci_high": q + reach}, index=pd.Index(TRUTH))


def difference(n: int = 200_000) -> float:
    """Return how much higher strain is where it is missing by exhaustion, persons alike in everything else."""
    whole, frame = planted(np.random.default_rng(0), n, "exhaustion")
    dummies = pd.get_dummies(whole[["status", "steps"]], drop_first=True, dtype=float)
    design = np.column_stack([np.ones(n), whole["load"], dummies, frame["strain"].isna()])
    return float(np.linalg.lstsq(design, whole["strain"], rcond=None)[0][-1])


def lines(why: str, n: int, runs: int) -> pd.DataFrame:
    """Return bias and coverage of every way to deal with the gaps, with their Monte-Carlo errors."""
    shift = difference()
    found: dict[str, list[Mapping[str, pd.Series]]] = {}
    for run in range(runs):
        rng = np.random.default_rng([run, n])
        _, frame = planted(rng, n, why)
        filled = impute(frame, run)
        ways = {"complete cases": complete(frame), "multiple imputation": pooled(filled)}
        if why == "exhaustion":
            ways["the same, shifted"] = pooled(shifted(filled, frame, "strain", shift))
        for way, table in ways.items():
            held = (table["ci_low"] <= pd.Series(TRUTH)) & (table["ci_high"] >= pd.Series(TRUTH))
            found.setdefault(way, []).append({"error": table["estimate"] - pd.Series(TRUTH), "held": held})
    rows = []
    for way, each in found.items():
        errors = pd.DataFrame([one["error"] for one in each])
        share = pd.DataFrame([one["held"] for one in each]).mean()
        rows.append(
            pd.DataFrame(
                {
                    "missing": why,
                    "n": n,
                    "way": way,
                    "estimand": list(TRUTH),
                    "bias": errors.mean(),
                    "bias_error": errors.std() / np.sqrt(runs),
                    "covered_pct": 100 * share,
                    "error_pct": 100 * np.sqrt(share * (1 - share) / runs),
                    "runs": runs,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def main(runs: int) -> None:
    """Print the table of all reasons of missing answers and sizes."""
    for why in ("random", "exhaustion"):
        for n in SIZES:
            print(lines(why, n, runs).round(3).to_string(index=False), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
