"""Run the graph: pytask knows what must run and why, an executor runs it side by side.

pytask's own loop runs one task after the other; :class:`_Loop` takes its place through the public hook
``pytask_execute_build`` and leaves everything else (graph, states, lock file, skipping) to pytask.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytask

from compendium.errors import ChainError
from compendium.pipeline.executor import TaskExecutor
from compendium.pipeline.nodes import Node, ProductNode

_UNUSED = ("database", "live", "capture", "logging", "warnings", "profile")
"""Plugins of pytask that we do without: the lock file replaces the database, our progress the rest."""

_OUTCOMES = {
    pytask.TaskOutcome.SKIP_UNCHANGED: "unchanged",
    pytask.TaskOutcome.SKIP_PREVIOUS_FAILED: "blocked",
    pytask.TaskOutcome.WOULD_BE_EXECUTED: "would run",
}


@dataclass(frozen=True)
class Step:
    """One task of the chain: a product of one unit, or a notebook of one unit in one language.

    Attributes
    ----------
    name : str
        Unique in the chain, such as ``PT/2026/answers`` or ``PT/2026/en/03_typology``.
    unit, wave, what : str
        Country (or pooled unit), wave, and name of the product or notebook.
    language : str
        Language of the page, empty for a product.
    work : callable
        Module-level function that makes the outputs in a process of its own.
    arguments : tuple
        Its arguments.
    inputs : tuple of Node
        Everything the outputs depend on.
    outputs : tuple of ProductNode
        The files it makes.
    """

    name: str
    unit: str
    wave: str
    what: str
    language: str
    work: Callable[..., dict[str, Any]]
    arguments: tuple[Any, ...]
    inputs: tuple[Node, ...]
    outputs: tuple[ProductNode, ...]


@dataclass
class Outcome:
    """What became of a step.

    Attributes
    ----------
    status : str
        ``made``, ``unchanged``, ``failed``, ``blocked`` (something it needs failed), ``stopped`` (the run was
        interrupted meanwhile) or, when only asked why, ``would run``.
    error : BaseException or None
        Why it failed.
    figures : dict
        ``took_s``, the seconds from its beginning to its outcome, and what the task measured itself.
    reasons : list of tuple of str
        Kind and name of each node that changed, when asked why.
    """

    status: str
    error: BaseException | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    reasons: list[tuple[str, str]] = field(default_factory=list)


def one_line(error: BaseException | None) -> str:
    """Return what an error says as one line, with its kind where it is none of ours."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


class Watcher(Protocol):
    """Someone who is told how the chain gets on."""

    def on_start(self, total: int) -> None:
        """Hear how many steps there are."""

    def on_begin(self, step: Step) -> None:
        """Hear of a step that begins."""

    def on_outcome(self, step: Step, outcome: Outcome) -> None:
        """Hear of a step that has its outcome."""


def run_graph(
    steps: Sequence[Step], folder: Path, watcher: Watcher, executor: TaskExecutor | None = None, workers: int = 1
) -> tuple[dict[str, Outcome], list[str] | None]:
    """Run the steps that need it, those that do not depend on each other side by side.

    Parameters
    ----------
    steps : sequence of Step
        The chain, in any order.
    folder : Path
        Folder in which the states are kept (``pytask.lock``).
    watcher : Watcher
        Told of each outcome.
    executor : TaskExecutor, optional
        What runs the tasks; without one, what would run is only explained.
    workers : int
        Steps that run at once, 1 or more.

    Returns
    -------
    outcomes : dict of str to Outcome
        By name of the step. A step is absent when the run was interrupted before its turn.
    interrupted : list of str or None
        The steps that ran when the run was interrupted; None when it was not.

    Raises
    ------
    ChainError
        The states cannot be read or written.
    """
    loop = _Loop(steps, watcher, executor, workers)
    session = _build(loop, folder, explain=executor is None)
    if session.exit_code == pytask.ExitCode.CONFIGURATION_FAILED and (folder / "pytask.lock").exists():
        (folder / "pytask.lock").replace(folder / "pytask.lock.unreadable")
        (folder / "pytask.lock.journal").unlink(missing_ok=True)
        print(
            "The record of earlier runs (pytask.lock) was unreadable and is set aside; everything runs anew.",
            file=sys.stderr,
        )
        session = _build(loop, folder, explain=executor is None)
    if loop.problem is not None:
        raise loop.problem
    if not loop.started:
        raise ChainError(f"the graph of the chain cannot be built: pytask stopped with {session.exit_code!r}")
    return loop.outcomes, loop.interrupted


def _build(loop: _Loop, folder: Path, explain: bool) -> pytask.Session:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pytask.toml"  # without it pytask takes the next .git upwards for its root
    config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    manager = pytask.get_plugin_manager()
    for plugin in _UNUSED:
        manager.unregister(name=f"_pytask.{plugin}")
    manager.register(loop)
    pytask.storage.store(manager)
    defaults: dict[str, Any] = {
        option.name: option.default for command in pytask.cli.commands.values() for option in command.params
    }
    options: dict[str, Any] = {
        "command": "build",
        "root": folder,
        "config": config,
        "paths": [folder],
        "explain": explain,
    }
    pytask.console.quiet = True
    return pytask.build(**{**defaults, **options, "tasks": loop.tasks(), "verbose": 0})


class _Loop:
    """Take the place of pytask's loop over the tasks."""

    def __init__(self, steps: Sequence[Step], watcher: Watcher, executor: TaskExecutor | None, workers: int) -> None:
        self._steps = {step.name: step for step in steps}
        self._executor = executor
        self._workers = workers
        self._watcher = watcher
        self._ready: list[pytask.PTask] = []
        products_first = sorted(self._steps.values(), key=lambda step: step.language != "")
        self._order = {step.name: place for place, step in enumerate(products_first)}
        self._futures: dict[Future[Any], tuple[pytask.PTask, float]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.interrupted: list[str] | None = None
        self.problem: ChainError | None = None
        self.started = False

    def tasks(self) -> list[pytask.PTask]:
        """Return the steps as pytask knows them."""
        return [
            _Task(
                name=step.name,
                function=step.work,
                depends_on={"inputs": list(step.inputs)},
                produces={"outputs": list(step.outputs)},
            )
            for step in self._steps.values()
        ]

    @pytask.hookimpl(tryfirst=True)
    def pytask_execute_build(self, session: pytask.Session) -> bool:
        """Run all tasks; the public hook that stands for pytask's own loop."""
        self.started = True
        self._watcher.on_start(len(self._steps))
        assert session.scheduler is not None
        try:
            while session.scheduler.is_active():
                for signature in session.scheduler.get_ready(len(self._steps)):
                    task = session.dag.nodes[signature]
                    assert isinstance(task, pytask.PTask)
                    self._set_up(session, task)
                self._begin()
                if self._futures:
                    # A time limit lets a signal that came between two calls be seen on every platform.
                    done, _ = wait(self._futures, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in done:
                        self._end(session, future)
        except KeyboardInterrupt:
            self._interrupt()
        except OSError as error:
            self.problem = ChainError(
                f"the record of what was computed cannot be written: {error.strerror}; what is on disk stays"
            )
            self._interrupt()
        return True

    def _set_up(self, session: pytask.Session, task: pytask.PTask) -> None:
        """Let pytask say whether a task must run."""
        if self._executor is None:
            report = session.hook.pytask_execute_task_protocol(session=session, task=task)  # explains, runs nothing
            self._conclude(session, report, {})
            return
        try:
            session.hook.pytask_execute_task_setup(session=session, task=task)
        except Exception:
            self._report(session, task, pytask.ExecutionReport.from_task_and_exception(task, sys.exc_info()), {})
        else:
            self._ready.append(task)

    def _begin(self) -> None:
        """Fill the free workers, with products first: other steps wait for them, for a page none does."""
        self._ready.sort(key=lambda task: self._order[task.name])
        while self._ready and len(self._futures) < self._workers:
            task = self._ready.pop(0)
            step = self._steps[task.name]
            assert self._executor is not None
            self._watcher.on_begin(step)
            future = self._executor.submit_as(step.name, step.work, *step.arguments)
            self._futures[future] = (task, time.monotonic())

    def _end(self, session: pytask.Session, future: Future[Any]) -> None:
        task, began = self._futures.pop(future)
        for output in self._steps[task.name].outputs:
            output.forget()
        figures: dict[str, Any] = {}
        try:
            figures = future.result()
            session.hook.pytask_execute_task_teardown(session=session, task=task)
            report = pytask.ExecutionReport.from_task(task)
        except Exception:
            report = pytask.ExecutionReport.from_task_and_exception(task, sys.exc_info())
        self._report(session, task, report, {"took_s": round(time.monotonic() - began, 3), **figures})

    def _report(
        self, session: pytask.Session, task: pytask.PTask, report: pytask.ExecutionReport, figures: dict[str, Any]
    ) -> None:
        session.hook.pytask_execute_task_process_report(session=session, report=report)
        self._conclude(session, report, figures)

    def _conclude(self, session: pytask.Session, report: pytask.ExecutionReport, figures: dict[str, Any]) -> None:
        task = report.task
        session.execution_reports.append(report)
        assert session.scheduler is not None
        session.scheduler.done(task.signature)
        status = _OUTCOMES.get(report.outcome, "made" if report.outcome == pytask.TaskOutcome.SUCCESS else "failed")
        error = report.exc_info[1] if status == "failed" and report.exc_info else None
        explanation = task.attributes.get("explanation")
        reasons = [(reason.reason, reason.node_name) for reason in explanation.reasons] if explanation else []
        outcome = Outcome(status, error, figures, reasons)
        self.outcomes[task.name] = outcome
        self._watcher.on_outcome(self._steps[task.name], outcome)

    def _interrupt(self) -> None:
        self.interrupted = [task.name for task, _ in self._futures.values()]
        if self._executor is not None:
            self._executor.kill_all()


class _Task(pytask.TaskWithoutPath):
    """A task whose code is one of its inputs: the state of the calling function's own source adds nothing."""

    def state(self) -> str:
        """Return a constant."""
        return "1"
