"""Run tasks on an existing Dask cluster, found by its address.

A worker of the cluster runs each task as this machine would: in a process of its own, forked from a server that the worker
owns, with the same threads and seeds, so that the same tables come out. The graph stays here; a task carries the names
of the files it reads and writes, never the files. Every machine therefore needs the environment (the same code, checked for
every task) and the repository under the same path, on a disk that all share (checked as well).

Dask runs the task of a worker that was lost again elsewhere. Nothing is doubled by that: what a task makes appears whole or
not at all, under one name, and is the same bytes from whichever worker it came.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from compendium import paths
from compendium.errors import ChainError
from compendium.pipeline.executor import ProcessExecutor, TaskExecutor, open_process_executor, until_done
from compendium.pipeline.forkclient import ADDRESS, SETTINGS

if TYPE_CHECKING:
    from distributed import Client

OURS = "COMPENDIUM_"
"""Beginning of the environment variables that a task takes along; ``SOURCE_DATE_EPOCH`` goes too."""
PATIENCE = 10
"""Seconds in which the scheduler must answer."""


class ClusterExecutor(TaskExecutor):
    """Hand each call to a worker of a cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    max_workers : int
        Number of tasks handed out at once.
    """

    def __init__(self, client: Client, max_workers: int) -> None:
        super().__init__(max_workers)
        self._client = client
        self._address = str(client.scheduler.address) if client.scheduler else ""
        self._lost = False

    def carry(self, call: bytes, environment: dict[str, str], cwd: Path) -> tuple[bytes | None, int]:
        """Have a worker run a pickled call; as :meth:`TaskExecutor.carry`, where None means that workers died of it, as many as the scheduler allows."""
        from distributed import KilledWorker

        own = {name: value for name, value in environment.items() if name.startswith(OURS) or name in _TAKEN_ALONG}
        own.pop(ADDRESS, None)  # a fork server of this machine
        try:
            future = self._client.submit(
                carry_here, call, own, str(cwd), fingerprint(), pure=False, key=f"compendium-{uuid4()}"
            )
            found: tuple[bytes | None, int] = future.result()
        except KilledWorker:
            return None, -signal.SIGKILL
        except Exception as problem:
            if self._stopped:
                return None, -signal.SIGTERM
            if self._client.status == "running" and not isinstance(problem, CancelledError):
                raise  # the worker says so
            self._lost = True
            raise ChainError(self._sentence()) from problem
        return found

    def check(self) -> None:
        """Raise where the connection was lost: steps that failed for that reason are not to be blamed."""
        if self._lost:
            raise ChainError(self._sentence())

    def _sentence(self) -> str:
        return f"{self._address}: the connection to the cluster was lost; what was done stays, run again"

    def _stop(self) -> None:
        self._client.close(timeout=PATIENCE)


_TAKEN_ALONG = {*SETTINGS, "SOURCE_DATE_EPOCH"}


@contextmanager
def open_cluster(max_workers: int | None, *, address: str) -> Iterator[TaskExecutor]:
    """Connect to the scheduler of a cluster.

    Parameters
    ----------
    max_workers : int or None
        Number of tasks handed out at once; by default as many as the cluster has threads when the run begins.
    address : str
        Of the scheduler, such as ``tcp://host:8786``.

    Yields
    ------
    TaskExecutor
        Leaving the block by an exception cancels what waits; what a worker has begun it ends, to nobody's harm: the same bytes.

    Raises
    ------
    ChainError
        Dask is not installed, nobody answers, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ChainError(
            "a cluster needs the package distributed, here and on every worker: uv sync --group cluster"
        ) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ChainError(
            f"{address}: no scheduler of a Dask cluster answers there ({problem}); legal is an address such as tcp://host:8786"
        ) from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise ChainError(f"{address}: the cluster has no workers; start one or more with: dask worker {address}")
    with until_done(ClusterExecutor(client, max_workers or threads)) as executor:
        yield executor


@cache
def fingerprint() -> str:
    """Return a digest of the compendium's own code and of the versions it is locked to, as this process has them."""
    found = sha256()
    for file in [*sorted(paths.PACKAGE.rglob("*.py")), paths.REPOSITORY / "uv.lock"]:
        found.update(file.relative_to(paths.REPOSITORY).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


def carry_here(call: bytes, environment: Mapping[str, str], cwd: str, expected: str) -> tuple[bytes | None, int]:
    """Run a pickled call in a process of this worker's machine; what the cluster is asked to do.

    Raises
    ------
    ChainError
        The worker has other code, or does not see the folder of the run.
    """
    where = os.uname().nodename if hasattr(os, "uname") else "a worker"
    if fingerprint() != expected:
        raise ChainError(
            f"{where}: the worker has another version of the compendium than this run; bring it to the same commit and start it anew"
        )
    if not Path(cwd).is_dir():
        raise ChainError(f"{where}: the worker does not see {cwd}; legal is the same path on a disk that all share")
    with _ONE:
        processes = _processes()
    return processes.carry(call, {**os.environ, **environment}, Path(cwd))


_ONE = threading.Lock()


@cache
def _processes() -> ProcessExecutor:
    """Return what runs processes in this worker; its server ends with the worker, however that ends."""
    return open_process_executor(os.cpu_count() or 1)
