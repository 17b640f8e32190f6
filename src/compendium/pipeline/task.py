"""Carry one call into another process and its outcome back.

A call is a folder: ``call`` (what to run, pickled) and, once it has run, ``outcome``. The folder is private
to the user and removed by the executor. An outcome that is not there means that the process died.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


class WorkerDied(RuntimeError):
    """The process of one task ended without an outcome; other tasks are not touched.

    Attributes
    ----------
    label
        Name of the task.
    exitcode
        Exit code of its process; negative numbers are signals.
    """

    def __init__(self, label: str, exitcode: int) -> None:
        super().__init__(label, exitcode)
        self.label = label
        self.exitcode = exitcode

    def __str__(self) -> str:
        code = self.exitcode
        how = f"was stopped by {_signal_name(-code)}" if code < 0 else f"ended with exit code {code}"
        return f"The process of task {self.label} {how} before the task had an outcome."


class TaskError(RuntimeError):
    """Stand for an exception of a task that cannot itself be sent between processes."""


class TaskTraceback(Exception):
    """The traceback of a task as text, the ``__cause__`` of the exception that came back."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


def name_of(fn: Callable[..., Any]) -> str:
    """Return ``module:qualified name`` of a function that another process can import.

    Raises
    ------
    ValueError
        If the function is not found under that name: it is nested, a lambda, or of the main program.
    """
    module, name = getattr(fn, "__module__", None), getattr(fn, "__qualname__", None)
    found: Any = sys.modules.get(module or "")
    for part in (name or "").split("."):
        found = getattr(found, part, None)
    if module == "__main__" or found is not fn:
        raise ValueError(f"A task must be a function that can be imported from a module, not {fn!r}.")
    return f"{module}:{name}"


def write_call(folder: Path, call: bytes) -> None:
    """Leave a pickled ``(name, args, kwargs)`` for :func:`run` to find."""
    (folder / "call").write_bytes(call)


def read_outcome(folder: Path) -> bytes | None:
    """Return what :func:`run` left, None if it left nothing."""
    try:
        return (folder / "outcome").read_bytes()
    except FileNotFoundError:
        return None


def opened(outcome: bytes | None, label: str, exitcode: int) -> Any:
    """Return what the call returned or raise what it raised.

    Raises
    ------
    WorkerDied
        If there is no outcome.
    """
    if outcome is None:
        raise WorkerDied(label, exitcode)
    is_result, value, text = pickle.loads(outcome)
    if is_result:
        return value
    raise value from TaskTraceback(text)


def run() -> None:
    """Run the call of the folder given as the only argument; the entry point of a task's process."""
    folder = Path(sys.argv[1])
    try:
        name, args, kwargs = pickle.loads((folder / "call").read_bytes())
        outcome = pickle.dumps((True, _resolve(name)(*args, **kwargs), ""))
    except Exception as problem:
        outcome = _pickle_problem(problem)
    (folder / "outcome.part").write_bytes(outcome)
    (folder / "outcome.part").rename(folder / "outcome")


def _resolve(name: str) -> Callable[..., Any]:
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    function: Callable[..., Any] = found
    return function


def _pickle_problem(problem: Exception) -> bytes:
    text = "".join(traceback.format_exception(problem)).rstrip()
    try:
        outcome = pickle.dumps((False, problem, text))
        pickle.loads(outcome)  # some exceptions can be written but not read again
    except Exception:
        outcome = pickle.dumps((False, TaskError(f"{type(problem).__name__}: {problem}"), text))
    return outcome


def run_cold() -> None:
    """Do as :func:`run`, in an interpreter of its own that ends with its owner."""
    threading.Thread(target=_end_with_owner, daemon=True).start()
    run()


def _end_with_owner() -> None:
    """End this process and its group when standard input, which the owner holds open, ends."""
    os.read(0, 1)
    if sys.platform != "win32":
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
