"""Run tasks side by side, one process per task.

:func:`open_executor` chooses: children of the fork server where the platform forks, new interpreters
elsewhere. Both have the same interface (``concurrent.futures.Executor`` and a little more) and the same
promises: a task that is killed fails alone, and no process outlives the owner, however the owner ends.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compendium.pipeline.forkclient import (
    ADDRESS,
    SETTINGS,
    ForkedProcess,
    ForkServer,
    ForkServerError,
    can_fork,
)
from compendium.pipeline.privatefolder import PrivateFolder
from compendium.pipeline.task import (
    TaskTraceback,
    WorkerDied,
    name_of,
    opened,
    read_outcome,
    write_call,
)

__all__ = [
    "ColdExecutor",
    "ForkServerExecutor",
    "TaskExecutor",
    "TaskTraceback",
    "WorkerDied",
    "open_executor",
]

_Process = ForkedProcess | subprocess.Popen[bytes]
_COLD_TASK = "from compendium.pipeline.task import run_cold; run_cold()"


class TaskExecutor(Executor):
    """Run each submitted call in a process of its own, at most `max_workers` at a time; where, its kinds say.

    A task starts in the folder and with the environment its submitter has at that moment, plus
    :data:`~compendium.pipeline.forkclient.SETTINGS`.

    Parameters
    ----------
    max_workers
        Number of tasks that run at once, 1 or more.
    """

    def __init__(self, max_workers: int) -> None:
        self.max_workers = max_workers
        self._threads = ThreadPoolExecutor(max_workers, thread_name_prefix="task")
        self._lock = threading.Lock()
        self._running: dict[object, str] = {}
        self._futures: set[Future[Any]] = set()
        self._stopped = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn(*args, **kwargs)`` in a new process, under the function's own name.

        See :meth:`submit_as`.
        """
        return self.submit_as(name_of(fn), fn, *args, **kwargs)

    def submit_as(self, label: str, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn(*args, **kwargs)`` in a new process, under a name for messages and :meth:`running`.

        Parameters
        ----------
        label
            Name of the task.
        fn
            A function that can be imported; it is imported anew in the process of the task.
        *args, **kwargs
            Picklable arguments; so must be the result.

        Returns
        -------
        Future
            Gives the result; raises what the function raised, with the traceback as text in ``__cause__``, or
            :class:`WorkerDied` if its process ended without an outcome.

        Raises
        ------
        ValueError
            If `fn` cannot be imported by name.
        RuntimeError
            If the executor was shut down.
        """
        call = pickle.dumps((name_of(fn), args, kwargs))
        environment = {**os.environ, **SETTINGS}
        future = self._threads.submit(self._run, label, call, environment, Path.cwd())
        with self._lock:
            self._futures.add(future)
        future.add_done_callback(self._forget)
        return future

    def running(self) -> list[str]:
        """Return the names of the tasks that run now, in the order they started."""
        with self._lock:
            return list(self._running.values())

    def kill_all(self) -> None:
        """Cancel what waits and kill what runs; nothing can be submitted afterwards.

        The futures of running tasks raise :class:`WorkerDied`.
        """
        self._stopped = True
        with self._lock:
            waiting = [future for future in self._futures if not future.done()]
        self._threads.shutdown(wait=False, cancel_futures=True)
        for future in waiting:
            if future.cancelled():  # the pool cancels without telling concurrent.futures.wait
                future.set_running_or_notify_cancel()
        self._stop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks.

        Parameters
        ----------
        wait
            Return only when no task runs any more.
        cancel_futures
            Cancel waiting tasks and kill running ones, instead of letting them finish.
        """
        if cancel_futures:
            self.kill_all()
        self._threads.shutdown(wait=wait)
        if wait:
            self._stop()

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._futures.discard(future)

    def _run(self, label: str, call: bytes, environment: dict[str, str], cwd: Path) -> Any:
        key = object()
        with self._lock:
            self._running[key] = label
        try:
            outcome, exitcode = self.carry(call, environment, cwd)
        except (ForkServerError, OSError) as problem:
            if self._stopped:
                raise WorkerDied(label, -signal.SIGTERM) from problem
            raise
        finally:
            with self._lock:
                del self._running[key]
        return opened(outcome, label, exitcode)

    @abstractmethod
    def carry(self, call: bytes, environment: dict[str, str], cwd: Path) -> tuple[bytes | None, int]:
        """Run a pickled call in a process of its own and wait for it.

        Returns
        -------
        outcome : bytes or None
            What :func:`~compendium.pipeline.task.opened` opens; None if the process died before it had one.
        exitcode : int
            Of the process; negative numbers are signals.
        """

    def check(self) -> None:
        """Raise a :class:`~compendium.errors.ChainError` where tasks failed for want of those who run them.

        Processes of this machine are always to be had.
        """

    @abstractmethod
    def _stop(self) -> None:
        """End what still runs and remove what is private; a second call does nothing."""


class ProcessExecutor(TaskExecutor):
    """Run tasks in processes of this machine."""

    def carry(self, call: bytes, environment: dict[str, str], cwd: Path) -> tuple[bytes | None, int]:
        """Run a pickled call in a process of its own; as :meth:`TaskExecutor.carry`."""
        folder = Path(tempfile.mkdtemp(prefix="task-", dir=self._open_folder()))
        try:
            write_call(folder, call)
            process = self._launch(folder, environment, cwd)
            if self._stopped:  # kill_all came too early to know of this one
                process.kill()
            exitcode = process.wait()
            return read_outcome(folder), exitcode
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @abstractmethod
    def _open_folder(self) -> Path:
        """Return the private folder for the calls."""

    @abstractmethod
    def _launch(self, folder: Path, environment: dict[str, str], cwd: Path) -> _Process:
        """Start the process that runs the call of `folder`."""


class ForkServerExecutor(ProcessExecutor):
    """Run each task in a child of a fork server, which starts with the first task.

    A task finds the server's address in its environment, so kernels that it opens are forked as well.
    """

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self._server = ForkServer()

    @property
    def server_pid(self) -> int | None:
        """Process number of the fork server, None while there is none."""
        return self._server.pid

    def _open_folder(self) -> Path:
        self._server.start()
        return self._server.folder

    def _launch(self, folder: Path, environment: dict[str, str], cwd: Path) -> _Process:
        address = self._server.start()
        environment = environment | {ADDRESS: address}
        return ForkedProcess(address, "compendium.pipeline.task:run", ["task", str(folder)], environment, cwd)

    def _stop(self) -> None:
        self._server.close()


class ColdExecutor(ProcessExecutor):
    """Run each task in a new interpreter, for platforms without fork."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self._folder: PrivateFolder | None = None
        self._processes: set[subprocess.Popen[bytes]] = set()

    def _open_folder(self) -> Path:
        with self._lock:
            self._folder = self._folder or PrivateFolder()
            return self._folder.path

    def _launch(self, folder: Path, environment: dict[str, str], cwd: Path) -> _Process:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _COLD_TASK, str(folder)],
            stdin=subprocess.PIPE,  # its end tells the task that we are gone
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
        with self._lock:
            self._processes = {other for other in self._processes if other.poll() is None} | {process}
        return process

    def _stop(self) -> None:
        with self._lock:
            processes, self._processes = self._processes, set()
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
            process.kill()
            process.wait()
        if self._folder is not None:
            self._folder.remove()


def open_process_executor(max_workers: int, *, cold: bool = False) -> ProcessExecutor:
    """Return what runs tasks in processes of this machine; whoever asks for it shuts it down."""
    return ForkServerExecutor(max_workers) if can_fork() and not cold else ColdExecutor(max_workers)


def workers_by_default() -> int:
    """Return one worker per usable core: these notebooks compute more than they wait, and a second one only slows both."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def until_done(executor: TaskExecutor) -> Iterator[TaskExecutor]:
    """Wait for what was submitted when the block is left normally; kill it when it is left by an exception."""
    try:
        yield executor
    except BaseException:
        executor.kill_all()
        raise
    finally:
        executor.shutdown()


@contextmanager
def open_executor(max_workers: int | None = None, *, cold: bool = False) -> Iterator[TaskExecutor]:
    """Open an executor and leave no process behind.

    Parameters
    ----------
    max_workers
        Number of tasks that run at once; by default one per usable core.
    cold
        Start new interpreters also where the platform forks.

    Yields
    ------
    TaskExecutor
        Children of a fork server on Linux, new interpreters elsewhere. Leaving the block normally waits for
        what was submitted; leaving it by an exception (Ctrl-C as well) kills it.
    """
    with until_done(open_process_executor(max_workers or workers_by_default(), cold=cold)) as executor:
        yield executor
