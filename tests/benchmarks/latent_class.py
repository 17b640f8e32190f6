"""Measure latent classes from many starts against StepMix, in one run.

StepMix lives in an environment of its own, so that it is not needed here. Run by hand, on a machine that does nothing
else::

    python -m venv stepmix && stepmix/bin/pip install stepmix
    python tests/benchmarks/latent_class.py --peer stepmix=stepmix/bin/python [--starts 20] [--sizes 2000 100000]

Both climb from the same number of random starts; StepMix is told to stop a start when a step gains less than 1e-8 of the
log-likelihood, which is where the first round of ours stops, before it goes on. Ten questions of four answers repeat some of
their patterns, fifteen hardly any. Timed is one call on a frame of whole numbers (ours) or a table of them (StepMix). ``log-likelihood``
is that of the best start, computed by each library.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20261123
CLASSES, ANSWERS, ITEMS = 4, 4, (10, 15)
TOLERANCE = 1e-8
STEPS = 2_000
OURS = "compendium"


def main() -> None:
    """Draw the answers, fit them with every library in a process of its own, print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[2_000, 100_000])
    options.add_argument("--starts", type=int, default=20)
    options.add_argument("--missing", type=float, default=0.0, help="share of answers that are missing, 0 to 1")
    options.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options.add_argument("--one", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        timed(chosen.one[0], Path(chosen.one[1]), chosen.starts)
        return
    pythons = {OURS: sys.executable, **dict(peer.split("=", 1) for peer in chosen.peer)}
    print(f"{CLASSES} classes, {ANSWERS} answers a question, {chosen.starts} starts, {chosen.missing:.0%} missing")
    print("| rows | questions | distinct | library | seconds | times ours | log-likelihood | less than ours |")
    print("|---:|---:|---:|---|---:|---:|---:|---:|")
    for rows in chosen.sizes:
        for items in ITEMS:
            with tempfile.TemporaryDirectory() as folder:
                distinct = written(Path(folder), rows, items, chosen.missing)
                told = [run(name, python, folder, chosen.starts) for name, python in pythons.items()]
            for one in told:
                ratio = one["seconds"] / told[0]["seconds"]
                behind = told[0]["log_likelihood"] - one["log_likelihood"]
                print(
                    f"| {rows:,} | {items} | {distinct:,} | {one['library']} | {one['seconds']:.2f} | {ratio:.1f} "
                    f"| {one['log_likelihood']:.6f} | {behind:.1e} |",
                    flush=True,
                )


def written(folder: Path, rows: int, items: int, missing: float) -> int:
    """Draw the answers of persons of some classes, save them, and return how many patterns are distinct."""
    rng = np.random.default_rng([SEED, rows, items])
    odds = np.exp(rng.normal(size=(items, CLASSES, ANSWERS)))
    chances = (odds / odds.sum(axis=2, keepdims=True)).cumsum(axis=2)
    member = rng.integers(CLASSES, size=rows)
    answers = np.column_stack([(rng.random(rows)[:, None] > own[member, :-1]).sum(axis=1) for own in chances])
    table = np.where(rng.random(answers.shape) < missing, np.nan, answers)
    np.save(folder / "answers.npy", table if missing else answers)
    return len(np.unique(np.nan_to_num(table, nan=-1), axis=0))


def run(name: str, python: str, folder: str, starts: int) -> dict[str, Any]:
    command = [python, __file__, "--one", name, folder, "--starts", str(starts)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def timed(name: str, folder: Path, starts: int) -> None:
    """Fit with one library and tell how long it took and what it reached."""
    call, version = LIBRARIES[name](np.load(folder / "answers.npy"), starts)
    start = time.perf_counter()
    log_likelihood = call()
    seconds = time.perf_counter() - start
    print(json.dumps({"library": f"{name} {version}", "seconds": seconds, "log_likelihood": log_likelihood}))


Prepared = tuple[Callable[[], float], str]


def ours(answers: np.ndarray, starts: int) -> Prepared:
    import pandas as pd

    import compendium
    from compendium.typology import fit_latent_classes

    frame = pd.DataFrame(answers, columns=[f"q{place}" for place in range(answers.shape[1])])
    return lambda: fit_latent_classes(frame, CLASSES, n_starts=starts).log_likelihood, compendium.__version__


def stepmix(answers: np.ndarray, starts: int) -> Prepared:
    from importlib.metadata import version

    from stepmix.stepmix import StepMix

    warnings.simplefilter("ignore")
    model = StepMix(
        CLASSES,
        measurement="categorical_nan" if np.isnan(answers).any() else "categorical",
        n_init=starts,
        rel_tol=TOLERANCE,
        abs_tol=0.0,
        max_iter=STEPS,
        random_state=0,
        progress_bar=0,
    )
    return lambda: float(model.fit(answers).score(answers) * len(answers)), version("stepmix")


LIBRARIES = {OURS: ours, "stepmix": stepmix}

if __name__ == "__main__":
    main()
