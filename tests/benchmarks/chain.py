"""Measure the chain against the ``papermill`` and ``jupyter nbconvert`` commands on the same notebooks.

Run by hand, on a machine that does nothing else::

    python tests/benchmarks/chain.py [--study data] [--workers N] [--every K]

Both sides run with compiled bytecode. Overhead is wall time x workers minus the time of the work itself: the cells,
and for the chain the makers of its products as well, which the notebooks of the commands find made.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat

from compendium import paths
from compendium.pipeline.diff import read_manifest
from compendium.pipeline.executor import workers_by_default
from compendium.pipeline.graph import Graph, Rooms
from compendium.pipeline.notebooks import Assignment
from compendium.run_report import last_report
from compendium.study.study import load_study

MARK = "COMPENDIUM_BENCHMARK"
SAMPLE = 0.5  # seconds between two looks at the memory


def environment(mark: str = "") -> dict[str, str]:
    """Return the environment of both sides: bytecode is written, and processes can be told apart."""
    without = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**without, MARK: mark}


def memory_mb(mark: str) -> float:
    """Return the memory of all processes that carry a mark, MB; a shared page counts once."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def reproduce(study: Path, workers: int, *, measure: bool = False) -> tuple[float, float]:
    """Run the command on a study; return its wall time in seconds and, when measured, the peak memory in MB."""
    mark, peak, done = uuid.uuid4().hex, 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(SAMPLE):
            peak = max(peak, memory_mb(mark))

    watcher = threading.Thread(target=watch)
    command = [sys.executable, "-m", "compendium", "reproduce", "--study", str(study), "--workers", str(workers)]
    began = time.monotonic()
    if measure:
        watcher.start()
    result = subprocess.run(command, env=environment(mark), capture_output=True, text=True, check=False)
    wall = time.monotonic() - began
    done.set()
    if result.returncode:
        print(result.stdout[-2000:], result.stderr[-2000:], sep="\n", file=sys.stderr)
    return wall, peak


def by_commands(task: Assignment, folder: Path) -> float:
    """Run one notebook and make its page by the two commands; return the time of its cells in seconds.

    The cells for researchers are left out on both sides. A run that the commands lose (two kernels that took the same
    port, for instance) is said and done again.
    """
    folder.mkdir(parents=True)
    notebook = nbformat.read(task.notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "explore" not in cell.metadata.get("tags", [])]
    source, output = folder / f"stored_{task.notebook.name}", folder / task.notebook.name
    nbformat.write(notebook, source)
    parameters = [
        part for name, value in task.parameters.items() for part in ("-p" if name == "seed" else "-r", name, str(value))
    ]
    bin_folder = Path(sys.executable).parent
    for command in (
        [bin_folder / "papermill", source, output, *parameters, "--cwd", paths.NOTEBOOKS, "--no-progress-bar"],
        [bin_folder / "jupyter", "nbconvert", "--to", "html", output],
    ):
        words = [str(part) for part in command]
        done = subprocess.run(words, env=environment(), capture_output=True, text=True)
        if done.returncode:
            print(
                f"lost and done again: {words[0]} {task.notebook.name}: {done.stderr.strip()[-200:]}", file=sys.stderr
            )
            subprocess.run(words, env=environment(), capture_output=True, check=True)
    cells = nbformat.read(output, as_version=4).cells
    return sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in cells)


def commands(tasks: list[Assignment], workers: int, folder: Path) -> tuple[float, float]:
    """Run the two commands on notebooks, side by side; return wall time and time of the cells in seconds."""
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        cells = sum(pool.map(by_commands, tasks, (folder / str(place) for place in range(len(tasks)))))
    return time.monotonic() - began, cells


def row(what: str, value: str, target: str = "", met: bool | None = None) -> None:
    """Print a row of the table."""
    print(f"| {what:<62} | {value:>16} | {target:<22} | {'' if met is None else 'yes' if met else 'NO':<3} |")


def change_answers(study: Path, country: str, wave: str) -> None:
    """Take the last tenth of a country's answers away."""
    file = paths.answers_folder(study, country, wave) / "responses.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: -(len(lines) // 10)]), encoding="utf-8")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, default=paths.DEFAULT_STUDY)
    parser.add_argument("--workers", type=int, default=workers_by_default())
    parser.add_argument("--every", type=int, default=1, help="run the commands on every K-th notebook only")
    chosen = parser.parse_args()
    cores = workers_by_default()
    with tempfile.TemporaryDirectory() as temporary:
        study = Path(temporary) / "study"
        shutil.copytree(chosen.study, study, ignore=shutil.ignore_patterns("processed"))
        measure(study, chosen.workers, cores, chosen.every, Path(temporary))


def measure(study: Path, workers: int, cores: int, every: int, temporary: Path) -> None:
    """Measure one study and print the table."""
    loaded = load_study(study)
    pages = Graph(loaded, Rooms()).pages()
    reproduce(study, workers)  # writes bytecode and warms the disk for both sides
    shutil.rmtree(paths.processed(study))
    wall, memory = reproduce(study, workers, measure=True)
    tasks: list[dict[str, Any]] = read_manifest(study, "last")["tasks"]
    cells = sum(task.get("cells_s", 0.0) for task in tasks)
    products = sum(task["run_s"] for task in tasks if "run_s" in task and "cells_s" not in task)
    ours = (wall * workers - cells - products) / len(pages)
    idle, _ = reproduce(study, workers)
    assignments = [step.arguments[0] for step in pages][::every]
    command_wall, command_cells = commands(assignments, workers, temporary / "commands")
    theirs = (command_wall * workers - command_cells) / len(assignments)
    country = loaded.countries[0].code
    change_answers(study, country, loaded.waves[0])
    changed_wall, _ = reproduce(study, workers)
    report = last_report(study)
    assert report is not None
    made = [state.name for state in (*report.products, *report.pages) if state.status == "made"]

    allowed = 1.3 * (cells + products) / cores + 20
    print(f"\n{cores} cores, {workers} workers, {len(pages)} pages, {len(tasks)} tasks\n")
    row("whole run, wall", f"{wall:.1f} s", f"<= {allowed:.1f} s", wall <= allowed)
    row("time of the cells / of the products' makers", f"{cells:.1f} / {products:.1f} s")
    row("overhead a notebook and page", f"{ours:.2f} s", "<= 1.0 s", ours <= 1.0)
    row("the same with the products' makers counted as overhead", f"{ours + products / len(pages):.2f} s")
    row(f"overhead of the two commands ({len(assignments)} notebooks)", f"{theirs:.2f} s")
    row("overhead as a share of the commands' overhead", f"{ours / theirs:.0%}", "<= 25%", ours <= theirs / 4)
    row("commands, wall a notebook against ours", f"{command_wall / len(assignments) / (wall / len(pages)):.1f} times")
    row("nothing changed", f"{idle:.2f} s, {idle / wall:.1%}", "< 5%", idle < 0.05 * wall)
    row(f"answers of {country} changed", f"{changed_wall:.1f} s, {len(made)} tasks")
    row("peak memory of all processes together (PSS)", f"{memory:.0f} MB")
    print(f"\nWith the answers of {country} changed ran: {', '.join(made)}")
    print(json.dumps({"wall": wall, "cells": cells, "products": products, "idle": idle, "commands": command_wall}))


if __name__ == "__main__":
    main()
