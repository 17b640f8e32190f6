"""Faults from outside: after each, one more run gives exactly what an undisturbed one gives.

A run, a kernel and a disk that fail, and two runs at once, are in ``test_pipeline``; a lost cluster is in ``test_cluster``.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import minichain
import pytest
from rich.console import Console

from compendium import paths
from compendium.pipeline import graph, run
from compendium.pipeline.executor import ForkServerExecutor, TaskExecutor, open_executor
from compendium.pipeline.forkclient import can_fork
from compendium.pipeline.nodes import FilesNode
from compendium.run_report import last_report

HERE = Path(__file__).parent
LONG = (
    "import pathlib, time\nmark = pathlib.Path({mark!r})\nif not mark.exists():\n    mark.touch()\n    time.sleep(120)"
)
"""Waits in the middle of a notebook, the first time that one is run."""


@pytest.fixture(autouse=True, scope="module")
def _executor() -> Iterator[None]:
    """Give one executor to the undisturbed runs: most of a miniature run is the fork server's start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        with open_executor(2) as opened:
            Runs.executor = opened
            yield


class Runs:
    """Where :func:`reproduce` finds the executor."""

    executor: TaskExecutor


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Give the folder of a miniature study whose notebook of a country waits in its middle once, where a mark is missing."""
    folder = tmp_path / "study"
    minichain.write_study(folder)
    minichain.answer(folder, "AA", 1, 2)
    minichain.answer(folder, "BB", 3, 4)
    middle = LONG.format(mark=str(tmp_path / "mark"))
    cells = minichain.reads("01_first", "collected", middle=middle)
    minichain.write_notebook(tmp_path / "notebooks/01_first.ipynb", cells, ["country"], ["collected"])
    pool = minichain.reads("02_pool", "pooled", unit='"EU"')
    minichain.write_notebook(tmp_path / "notebooks/02_pool.ipynb", pool, ["pooled"], ["pooled"])
    return folder


def reproduce(study: Path, **options: Any) -> run.Result:
    """Run a study quietly."""
    options = {"executors": lambda workers: nullcontext(Runs.executor), **options}
    return run.reproduce(study, rooms=minichain.rooms(study), console=Console(file=io.StringIO()), **options)


def computed(study: Path) -> dict[str, bytes]:
    """Return all tables, pages and executed notebooks."""
    folder = paths.processed(study)
    files = [file for place in ("[AE-Z]*/**/*", "site/*/*/**/*.html") for file in folder.glob(place) if file.is_file()]
    assert files
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def made(study: Path) -> set[str]:
    report = last_report(study)
    assert report is not None
    return {state.name for state in (*report.products, *report.pages) if state.status == "made"}


def undisturbed(study: Path) -> dict[str, bytes]:
    """Return what a run gives that begins with nothing and meets no fault."""
    (study.parent / "mark").touch()
    shutil.rmtree(paths.processed(study), ignore_errors=True)
    assert reproduce(study).exit_code == 0
    return computed(study)


@pytest.mark.skipif(not can_fork(), reason="there is no fork server on this platform")
def test_a_fork_server_that_is_killed_in_the_middle(study: Path) -> None:
    @contextmanager
    def watched(workers: int | None) -> Iterator[TaskExecutor]:
        executor = ForkServerExecutor(workers or 2)
        thread = threading.Thread(target=kill_server, args=(executor,), daemon=True)
        thread.start()
        try:
            yield executor
        finally:
            executor.shutdown()
            thread.join()

    def kill_server(executor: ForkServerExecutor) -> None:
        end = time.monotonic() + 90
        while not (study.parent / "mark").exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert executor.server_pid is not None
        os.kill(executor.server_pid, signal.SIGKILL)

    disturbed = reproduce(study, executors=watched)
    assert disturbed.exit_code == 1
    assert disturbed.report is not None
    assert [state.unit for state in disturbed.report.failures()]
    assert reproduce(study).exit_code == 0
    found = computed(study)
    assert found == undisturbed(study)


def test_a_clock_that_was_set_back_hides_no_change_and_makes_none(study: Path) -> None:
    undisturbed(study)
    past = time.mktime((2001, 1, 1, 0, 0, 0, 0, 0, 0))
    for file in [*study.parent.rglob("*.ipynb"), *study.rglob("*")]:
        os.utime(file, (past, past))
    assert reproduce(study).report is None  # nothing to do
    minichain.answer(study, "AA", 5, 6)
    answers = paths.answers_folder(study, "AA", "2026") / "responses.csv"
    os.utime(answers, (past, past))  # older than all that is made of it
    assert reproduce(study).exit_code == 0
    assert {"AA/2026/collected", "EU/2026/pooled"} <= made(study)
    assert "BB/2026/collected" not in made(study)
    found = computed(study)
    assert found == undisturbed(study)


def test_an_upgraded_lock_file_makes_everything_anew(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_bytes((paths.REPOSITORY / "uv.lock").read_bytes())

    def node(*, name: str, files: dict[str, Path]) -> FilesNode:
        return FilesNode(name=name, files={"uv.lock": lock} if name == "lock file" else files)

    monkeypatch.setattr(graph, "FilesNode", node)
    before = undisturbed(study)
    assert reproduce(study).report is None
    lock.write_bytes(lock.read_bytes() + b"\n# a package moved on\n")
    assert reproduce(study).exit_code == 0
    report = last_report(study)
    assert report is not None
    assert {state.status for state in (*report.products, *report.pages)} == {"made"}
    assert computed(study) == before


def test_a_place_that_cannot_be_written_fails_alone(study: Path) -> None:
    """A folder in the place of the file that is written: what a read-only place is, also for an administrator."""
    undisturbed(study)
    minichain.answer(study, "AA", 5, 6)
    minichain.answer(study, "BB", 7, 8)
    place = paths.unit_folder(study, "BB", "2026") / ".collected.parquet.part"
    place.mkdir()
    result = reproduce(study)
    assert result.exit_code == 1
    assert result.report is not None
    assert {state.unit for state in result.report.failures()} == {"BB"}
    assert {"AA/2026/collected", "AA/2026/en/01_first"} <= made(study)
    place.rmdir()
    assert reproduce(study).exit_code == 0
    found = computed(study)
    assert found == undisturbed(study)
