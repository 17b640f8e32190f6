"""Hold results against those of established packages, and write down how far apart the two ever were.

Run ``python tests/agreement.py`` to run every such comparison (tests that have "agree" in their name) and to write ``docs/agreement.md`` anew.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "agreement.md"
RECORD = "COMPENDIUM_AGREEMENT"
"""Environment variable that names the file to which comparisons are added; none are written down without it."""
HEAD = """# Agreement with other packages

Every row stands on tests of this repository, which fail when a difference grows beyond what the algorithm allows. The data
are the packages' own published examples, and small tables of ours whose script and values lie in `tests/reference`. Written
by `python tests/agreement.py`; nothing here was typed.

"""


def agrees(
    function: str, package: str, found: ArrayLike, expected: ArrayLike, *, abs: float = 0.0, rel: float = 0.0
) -> None:
    """Assert that values are those of another package, and note the largest difference.

    Parameters
    ----------
    function : str
        What is compared, as the table names it: module, function and quantity.
    package : str
        The other package with its version.
    found, expected : array-like of float
        Our values and theirs, in the same order.
    abs, rel : float
        Largest difference allowed, absolute or relative to theirs.
    """
    ours, theirs = (np.atleast_1d(np.asarray(values, dtype=float)) for values in (found, expected))
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).all()
    distance = np.abs(ours - theirs)
    if os.environ.get(RECORD):
        with Path(os.environ[RECORD]).open("a", encoding="utf-8") as file:
            entry = {"function": function, "package": package, "values": int(ours.size), "distance": distance.max()}
            scale = np.abs(theirs).ravel()[np.argmax(distance)]
            file.write(json.dumps(entry | {"at": float(scale)}) + "\n")
    assert ours == pytest.approx(theirs, abs=abs, rel=rel)


def write() -> int:
    """Run the comparisons and write the table; return the exit code of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "comparisons.jsonl"
        record.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-k", "agree", str(ROOT / "tests")]
        code = subprocess.run(command, env={**os.environ, RECORD: str(record)}, check=False).returncode
        entries = pd.DataFrame([json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()])
    if code == 0:
        TABLE.write_text(HEAD + _table(entries), encoding="utf-8")
    return code


def _table(entries: pd.DataFrame) -> str:
    lines = [
        "| what | compared with | values | largest absolute difference | their value there |",
        "|---|---|---:|---:|---:|",
    ]
    for (function, package), own in entries.groupby(["function", "package"]):
        worst = own.loc[own["distance"].idxmax()]
        lines.append(
            f"| {function} | {package} | {own['values'].sum():,} | {worst['distance']:.1e} | {worst['at']:.4g} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(write())
