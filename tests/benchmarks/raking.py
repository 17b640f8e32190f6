"""Measure raking of a million rows to five margins against libraries kept by others, in one run.

Each library lives in an environment of its own, so that none is needed here, and is asked for the same tolerance. Run by
hand, on a machine that does nothing else::

    python -m venv balance && balance/bin/pip install balance
    python -m venv svy && svy/bin/pip install svy
    python -m venv weightipy && weightipy/bin/pip install weightipy
    python tests/benchmarks/raking.py --peer balance=balance/bin/python --peer svy=svy/bin/python \\
        --peer weightipy=weightipy/bin/python [--rows 1000000] [--codes text]

``balance`` (Meta), ``svy`` (the successor of ``samplics``, with its loops in Rust) and ``weightipy`` were alive in 2026;
``samplics`` is archived, ``ipfn`` had its last release in 2021. Timed is the call on a frame that the library reads
without conversion, the best of three; what is read, built or saved around it is not. ``apart`` is the largest relative
difference of a weight from ours, both scaled to a mean of 1; ``gap`` the largest relative distance from a margin.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20261123
SIZES = {"sex": 2, "age": 6, "region": 12, "field": 9, "status": 5}
TOLERANCE = 1e-9
ROUNDS = 3
OURS = "compendium"

Codes = dict[str, np.ndarray]
Shares = dict[str, dict[Any, float]]


def main() -> None:
    """Draw the rows, rake them with every library in a process of its own, print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--codes", choices=("text", "numbers"), default="text")
    options.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options.add_argument("--one", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        timed(chosen.one[0], Path(chosen.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), chosen.rows, chosen.codes)
        print(f"{chosen.rows:,} rows, margins of {', '.join(map(str, SIZES.values()))} codes ({chosen.codes})")
        print(f"{'library':<24}{'seconds':>9}{'ours x':>8}{'apart':>10}{'gap':>10}")
        pythons = {OURS: sys.executable, **dict(peer.split("=", 1) for peer in chosen.peer)}
        first: tuple[float, np.ndarray] | None = None
        for name, python in pythons.items():
            run = subprocess.run([python, __file__, "--one", name, folder], capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(f"{name} failed:\n{run.stderr}")
            told = json.loads((Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
            weights = np.load(Path(folder) / f"{name}.npy")
            first = first or (told["seconds"], weights)
            apart = float(np.abs(weights / first[1] - 1).max())
            print(
                f"{name + ' ' + told['version']:<24}{told['seconds']:>9.2f}{told['seconds'] / first[0]:>8.1f}"
                f"{apart:>10.1e}{gap(weights, Path(folder)):>10.1e}",
                flush=True,
            )


def written(folder: Path, rows: int, codes: str) -> None:
    """Draw correlated codes and margins that lie off their distribution, and save both."""
    rng = np.random.default_rng(SEED)
    common = rng.normal(size=rows)
    drawn, shares = {}, {}
    for name, size in SIZES.items():
        place = np.argsort(np.argsort(common + rng.normal(0, 2, rows))) * size // rows
        names = [f"{name} {code}" for code in range(size)] if codes == "text" else list(range(size))
        drawn[name] = np.array(names)[place]
        known = rng.dirichlet(np.full(size, 8.0))
        shares[name] = dict(zip(names, known.tolist(), strict=True))
    np.savez(folder / "rows.npz", **drawn)
    (folder / "shares.json").write_text(json.dumps([[n, list(s.items())] for n, s in shares.items()]), encoding="utf-8")


def read(folder: Path) -> tuple[Codes, Shares]:
    shares = json.loads((folder / "shares.json").read_text(encoding="utf-8"))
    with np.load(folder / "rows.npz") as rows:
        return {name: rows[name] for name in rows}, {name: dict(pairs) for name, pairs in shares}


def gap(weights: np.ndarray, folder: Path) -> float:
    codes, shares = read(folder)
    worst = 0.0
    for name, known in shares.items():
        values, place = np.unique(codes[name], return_inverse=True)
        found = np.bincount(place, weights) / weights.sum()
        wanted = np.array([known[value.item()] for value in values])
        worst = max(worst, float(np.abs(found / wanted - 1).max()))
    return worst


def timed(name: str, folder: Path) -> None:
    """Rake with one library and save its weights, scaled to a mean of 1, and the best of its times."""
    codes, shares = read(folder)
    call, version = LIBRARIES[name](codes, shares)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        weights = call()
        times.append(time.perf_counter() - start)
    found = np.asarray(weights, dtype=float)
    np.save(folder / f"{name}.npy", found / found.mean())
    (folder / f"{name}.json").write_text(json.dumps({"seconds": min(times), "version": version}), encoding="utf-8")


Prepared = tuple[Callable[[], Any], str]


def ours(codes: Codes, shares: Shares) -> Prepared:
    import pandas as pd

    import compendium
    from compendium.weighting import Margin, rake

    frame = pd.DataFrame(codes)
    margins = {name: Margin(known, "drawn", "benchmark") for name, known in shares.items()}
    return lambda: rake(frame, margins, tolerance=TOLERANCE), compendium.__version__


def balance(codes: Codes, shares: Shares) -> Prepared:
    import balance as library
    import pandas as pd
    from balance.weighting_methods.rake import rake

    frame = pd.DataFrame(codes)
    ones = pd.Series(1.0, index=frame.index)
    # A frame that crosses the margins as if they were independent has exactly these margins.
    crossed = pd.MultiIndex.from_product(list(shares.values()), names=list(shares)).to_frame(index=False)
    weight = pd.Series(1.0, index=crossed.index)
    for name, known in shares.items():
        weight = weight * crossed[name].map(known).astype(float)
    return lambda: rake(
        frame,
        ones,
        crossed,
        weight * len(frame),
        list(shares),
        transformations=None,
        convergence_rate=TOLERANCE,
        rate_tolerance=0,
    )["weight"].loc[frame.index], library.__version__


def svy(codes: Codes, shares: Shares) -> Prepared:
    import polars
    import svy as library

    frame = polars.DataFrame({**codes, "base": np.ones(len(next(iter(codes.values()))))})
    sample = library.Sample(frame, library.Design(wgt="base"))
    return lambda: sample.weighting.rake(shares=shares, tol=TOLERANCE, max_iter=1000).data[
        "rk_wgt"
    ], library.__version__


def weightipy(codes: Codes, shares: Shares) -> Prepared:
    import pandas as pd
    import weightipy as library

    frame = pd.DataFrame(codes)
    percent = {name: {code: 100 * share for code, share in known.items()} for name, known in shares.items()}

    def call() -> Any:
        scheme = library.scheme_from_dict(percent, rim_params={"convcrit": TOLERANCE})
        return library.weight_dataframe(frame, scheme)["weights"]

    return call, library.__version__


LIBRARIES = {OURS: ours, "balance": balance, "svy": svy, "weightipy": weightipy}

if __name__ == "__main__":
    main()
