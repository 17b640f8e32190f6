"""The chain on a Dask cluster: a scheduler and two workers as processes of their own, and what they may lose."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import minichain
import pytest
from rich.console import Console

from compendium import paths
from compendium.errors import ChainError
from compendium.pipeline import cluster as cluster_module
from compendium.pipeline import run
from compendium.pipeline.cluster import carry_here, fingerprint, open_cluster

pytest.importorskip("distributed", reason="the cluster's library is not installed")
HERE = Path(__file__).parent
LOOPBACK = ["--host", "127.0.0.1"]
ONCE = "import pathlib, time\nmark = pathlib.Path({mark!r}) / country\nfirst = not mark.exists()\nmark.touch()\ntime.sleep(4 if first else 0)"
"""Waits in the middle of a notebook the first time that it is run for a country, and says that it does."""


class Cluster:
    """A scheduler and its workers, each a process that a test may kill."""

    def __init__(self, folder: Path) -> None:
        found = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", *LOOPBACK, "--port", "0", "--no-dashboard", "--scheduler-file", str(found)
        )
        self.file = found
        self.workers = [self.worker() for _ in range(2)]

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker of one thread, that nobody starts again when it dies."""
        given = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(self.file)]
        return self._start("worker", *LOOPBACK, *given)

    @property
    def address(self) -> str:
        """Address of the scheduler, once it and two workers are there."""
        from distributed import Client

        for _ in range(300):
            if self.file.exists() and self.file.read_text():
                break
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), timeout=30, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            return str(client.scheduler.address)

    def close(self) -> None:
        """End everything."""
        for process in [self.scheduler, *self.workers]:
            process.kill()
            process.wait()


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tasks and workers import the miniature chain."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Give a cluster that a test may ruin."""
    found = Cluster(tmp_path)
    yield found
    found.close()


def study_in(folder: Path, middle: str = "print(len(frame))") -> Path:
    """Write a study of two countries; each country's notebook does `middle` before it publishes."""
    study = folder / "study"
    minichain.write_study(study)
    minichain.answer(study, "AA", 1, 2)
    minichain.answer(study, "BB", 3, 4)
    cells = minichain.reads("01_first", "collected", middle=middle)
    pool = minichain.reads("02_pool", "pooled", unit='"EU"')
    minichain.write_notebook(folder / "notebooks/01_first.ipynb", cells, ["country"], ["collected"])
    minichain.write_notebook(folder / "notebooks/02_pool.ipynb", pool, ["country", "pooled"], ["pooled"])
    return study


def reproduce(study: Path, **options: Any) -> run.Result:
    """Run a study quietly."""
    return run.reproduce(study, rooms=minichain.rooms(study), console=Console(file=io.StringIO()), **options)


def computed(study: Path) -> dict[str, bytes]:
    """Return all tables, pages and executed notebooks."""
    folder = paths.processed(study)
    files = [file for place in ("[AE-Z]*/**/*", "site/*/*/**/*.html") for file in folder.glob(place) if file.is_file()]
    assert files
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def as_here(study: Path) -> dict[str, bytes]:
    """Return what a run on this machine computes of the same study in the same place."""
    shutil.rmtree(paths.processed(study))
    assert reproduce(study, workers=2).exit_code == 0
    return computed(study)


def once_in_the_middle(marks: Path, act: Callable[[], object]) -> threading.Thread:
    """Do something while notebooks are in their middle."""

    def wait() -> None:
        end = time.monotonic() + 90
        while not any(marks.iterdir()) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)
        act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Give the folder in which notebooks say that they are in their middle."""
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def test_a_cluster_makes_what_this_machine_makes_also_where_a_worker_is_killed_in_the_middle(
    cluster: Cluster, tmp_path: Path, marks: Path
) -> None:
    study = study_in(tmp_path, ONCE.format(mark=str(marks)))
    address = cluster.address
    thread = once_in_the_middle(marks, cluster.workers[0].kill)
    result = reproduce(study, cluster=address)
    thread.join()
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert result.exit_code == 0
    assert result.report is not None
    assert {state.status for state in (*result.report.products, *result.report.pages)} == {"made"}
    found = computed(study)
    assert found == as_here(study)


def test_a_cluster_that_is_lost_is_one_sentence_and_the_next_run_goes_on(
    cluster: Cluster, tmp_path: Path, marks: Path
) -> None:
    study = study_in(tmp_path, ONCE.format(mark=str(marks)))
    address = cluster.address
    thread = once_in_the_middle(marks, cluster.scheduler.kill)
    with pytest.raises(ChainError, match="the connection to the cluster was lost; what was done stays"):
        reproduce(study, cluster=address)
    thread.join()
    result = reproduce(study, workers=2)
    assert result.exit_code == 0
    assert result.report is not None
    kept = {state.name for state in result.report.products if state.status == "unchanged"}
    assert {"AA/2026/collected", "BB/2026/collected"} <= kept
    found = computed(study)
    assert found == as_here(study)


def test_nobody_at_the_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 1)
    with (
        pytest.raises(ChainError, match="no scheduler of a Dask cluster answers there"),
        open_cluster(None, address="tcp://127.0.0.1:9"),
    ):
        pass
    with (
        pytest.raises(ChainError, match="legal is an address such as tcp://host:8786"),
        open_cluster(None, address="smoke://signals"),
    ):
        pass


def test_a_worker_of_another_version_or_without_the_shared_folder_refuses(tmp_path: Path) -> None:
    with pytest.raises(ChainError, match="another version of the compendium"):
        carry_here(b"", {}, str(tmp_path), "other")
    with pytest.raises(ChainError, match=r"does not see .*gone; legal is the same path on a disk that all share"):
        carry_here(b"", {}, str(tmp_path / "gone"), fingerprint())
