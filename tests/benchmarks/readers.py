"""Measure the readers against pandas and pyreadstat alone: rows per second and peak memory, each in a fresh process.

Run by hand, on a machine that does nothing else::

    python tests/benchmarks/readers.py [--rows 1000000] [--columns 30] [--sheet-rows 20000] [--labelled-rows 100000]

Ours also finds out the dialect or sheet, counts the rows a second way, takes the file's sha256 and keeps every label;
pandas reads every cell as text (``dtype="str"``), the kindest comparison. Peak memory is that of the process, libraries
included, and of its children.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SEED = 20260501
DIFFERENT = 2000
"""Rows drawn at random; longer files repeat them with another respondent."""


def main() -> None:
    """Write the files, time every reader in a process of its own, print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--columns", type=int, default=30)
    options.add_argument("--sheet-rows", type=int, default=20_000)
    options.add_argument("--labelled-rows", type=int, default=100_000)
    options.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(timed(*chosen.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), chosen)
        print(f"{'file':<34}{'reader':<24}{'seconds':>9}{'rows/s':>12}{'peak MB':>9}")
        for name, (file, readers) in files.items():
            for reader in readers:
                seconds, rows, peak = measured(reader, file)
                print(f"{name:<34}{reader:<24}{seconds:>9.2f}{rows / seconds:>12,.0f}{peak:>9,.0f}", flush=True)


def written(folder: Path, chosen: argparse.Namespace) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Write the same kind of answers as delimited text, workbook and labelled file."""
    luck = random.Random(SEED)
    texts = ["", "music;crafts", 'said "no", then yes', "one\ntwo", "été"]
    base = [
        [*(str(luck.randint(1, 5)) for _ in range(chosen.columns - 3)), f"{luck.random() * 60:.1f}", luck.choice(texts)]
        for _ in range(DIFFERENT)
    ]
    names = ["respondent", *(f"q{number}" for number in range(1, chosen.columns - 2)), "hours", "words"]

    def rows(count: int) -> list[list[str]]:
        return [[f"r{number:07d}", *base[number % DIFFERENT]] for number in range(count)]

    delimited = folder / "answers.csv"
    with delimited.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for start in range(0, chosen.rows, 50_000):
            writer.writerows(
                [f"r{n:07d}", *base[n % DIFFERENT]] for n in range(start, min(start + 50_000, chosen.rows))
            )
    import openpyxl
    import pandas as pd
    import pyreadstat

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    sheet.append(names)
    for row in rows(chosen.sheet_rows):
        sheet.append([row[0], *map(int, row[1:-2]), float(row[-2]), row[-1]])
    book.save(folder / "answers.xlsx")
    frame = pd.DataFrame(rows(chosen.labelled_rows), columns=names)
    frame[names[1:-1]] = frame[names[1:-1]].astype(float)
    labels = {name: {float(code): f"label {code}" for code in range(1, 6)} for name in names[1:-2]}
    pyreadstat.write_sav(frame, str(folder / "answers.sav"), variable_value_labels=labels)
    size = delimited.stat().st_size / 1e6
    return {
        f"csv {chosen.rows:,} x {chosen.columns}, {size:.0f} MB": (
            delimited,
            ("ours", "ours, exact", "pandas.read_csv"),
        ),
        f"xlsx {chosen.sheet_rows:,} x {chosen.columns}": (folder / "answers.xlsx", ("ours", "pandas.read_excel")),
        f"sav {chosen.labelled_rows:,} x {chosen.columns}": (folder / "answers.sav", ("ours", "pyreadstat")),
    }


def measured(reader: str, file: Path) -> tuple[float, int, float]:
    """Return seconds, rows and peak memory in MB of a reader in a fresh process."""
    command = [sys.executable, __file__, "--one", reader, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, rows, peak = json.loads(done.stdout)
    return seconds, rows, peak


def timed(reader: str, file: str) -> tuple[float, int, float]:
    """Read a file once, after the imports and what a reader loads once for all files."""
    work = READERS[reader]()
    start = time.perf_counter()
    rows = work(Path(file))
    seconds = time.perf_counter() - start
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return seconds, rows, max(own, children)


def _ours() -> Callable[[Path], int]:
    from compendium.collection import doors
    from compendium.collection.received import words

    words()

    return lambda file: len(doors.read(file).table)


def _exact() -> Callable[[Path], int]:
    from compendium.collection import delimited

    return lambda file: len(delimited.read(file, large=sys.maxsize).table)


def _pandas_csv() -> Callable[[Path], int]:
    import pandas as pd

    return lambda file: len(pd.read_csv(file, dtype="str", keep_default_na=False))


def _pandas_excel() -> Callable[[Path], int]:
    import pandas as pd

    return lambda file: len(pd.read_excel(file, dtype="str"))


def _pyreadstat() -> Callable[[Path], int]:
    import pyreadstat

    return lambda file: len(pyreadstat.read_sav(str(file), user_missing=True)[0])


READERS: dict[str, Callable[[], Callable[[Path], int]]] = {
    "ours": _ours,
    "ours, exact": _exact,
    "pandas.read_csv": _pandas_csv,
    "pandas.read_excel": _pandas_excel,
    "pyreadstat": _pyreadstat,
}

if __name__ == "__main__":
    main()
