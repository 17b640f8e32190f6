"""Run a study from its answers to its pages: the one command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from compendium import paths, provenance
from compendium.errors import ChainError
from compendium.pipeline.cluster import open_cluster
from compendium.pipeline.code import closure
from compendium.pipeline.diff import last_manifest
from compendium.pipeline.engine import Outcome, Step, one_line, run_graph
from compendium.pipeline.executor import TaskExecutor, open_executor
from compendium.pipeline.graph import Graph, Rooms
from compendium.pipeline.interrupt import signals_interrupt
from compendium.pipeline.lock import study_lock
from compendium.pipeline.manifest import write_manifest
from compendium.pipeline.nodes import FilesNode, FolderNode, hash_parts
from compendium.pipeline.progress import Progress
from compendium.pipeline.prune import prune
from compendium.pipeline.settle import settle, withdraw
from compendium.pipeline.work import make_site
from compendium.run_report import RunReport, StepState, next_run, write_report
from compendium.study.study import load_study

Executors = Callable[[int | None], AbstractContextManager[TaskExecutor]]

INTERRUPTED = 130
"""Exit code of a run that Ctrl-C or SIGTERM ended."""

_PROBE = 1 << 20  # bytes that must still fit on the disk for a failure to be the study's own


@dataclass(frozen=True)
class Result:
    """What a run leaves its caller.

    Attributes
    ----------
    exit_code : int
        0 when every step that was asked for has its outputs, 130 when interrupted, else 1.
    report : RunReport or None
        The report; None when there was nothing to do.
    """

    exit_code: int
    report: RunReport | None


def reproduce(
    folder: Path,
    *,
    only: Sequence[str] = (),
    workers: int | None = None,
    cold: bool = False,
    cluster: str = "",
    rooms: Rooms | None = None,
    console: Console | None = None,
    executors: Executors | None = None,
) -> Result:
    """Bring everything computed of a study up to date and say what became of it.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    only : sequence of str
        Units whose pages are wanted; empty for all. What they are compared with is computed as well.
    workers : int, optional
        Tasks that run at once, 1 or more; by default one per core, or one per thread of the cluster.
    cold : bool
        Start each process anew instead of forking it.
    cluster : str
        Address of the scheduler of a Dask cluster that runs the tasks; by default processes of this machine do.
    rooms : Rooms, optional
        What the chain is made of.
    console : Console, optional
        Where to tell it.
    executors : callable, optional
        Opens what runs the tasks, given how many run at once (or None); by default what `cluster` and `cold` say.

    Returns
    -------
    Result
        Exit code and report.

    Raises
    ------
    CompendiumError
        The study is not as it should be, another run holds it, or the disk is full.
    """
    console = console or Console(soft_wrap=True)
    with signals_interrupt():
        try:
            study = load_study(folder)
            with study_lock(paths.processed(folder)):
                graph = Graph(study, rooms or Rooms())
                own = partial(open_cluster, address=cluster) if cluster else partial(open_executor, cold=cold)
                settings = {"kernels": "cold" if cold else "forked", **({"cluster": cluster} if cluster else {})}
                return _Run(graph, _units(graph, only), workers, console, executors or own, settings).go()
        except KeyboardInterrupt:
            console.print("Interrupted while no step was running. What was done stays.")
            return Result(INTERRUPTED, None)
        except OSError as error:
            where = paths.shown(Path(error.filename)) if error.filename else paths.shown(folder)
            raise ChainError(f"{where}: {error.strerror}; what was computed before stays") from error


def explain(
    folder: Path, *, only: Sequence[str] = (), rooms: Rooms | None = None
) -> tuple[dict[str, Step], dict[str, Outcome]]:
    """Return the steps of a study, and what a run would do and why, by name of the step, without doing it."""
    graph = Graph(load_study(folder), rooms or Rooms())
    with study_lock(paths.processed(folder)):
        outcomes, _ = run_graph(_asked(graph, _units(graph, only)), paths.processed(folder), _Silent())
    return graph.steps, outcomes


def _units(graph: Graph, only: Sequence[str]) -> tuple[str, ...]:
    for unit in only:
        if unit not in graph.study.units:
            raise ChainError(f"the study has no country {unit!r}; legal are {', '.join(graph.study.units)}")
    return tuple(only)


def _asked(graph: Graph, only: Sequence[str]) -> list[Step]:
    if not only:
        return list(graph.steps.values())
    return graph.with_ancestors(step.name for step in graph.pages() if step.unit in only)


class _Silent:
    def on_start(self, total: int) -> None: ...

    def on_begin(self, step: Step) -> None: ...

    def on_outcome(self, step: Step, outcome: Outcome) -> None: ...


class _Run:
    def __init__(
        self,
        graph: Graph,
        only: Sequence[str],
        workers: int | None,
        console: Console,
        executors: Executors,
        settings: Mapping[str, str],
    ) -> None:
        self._graph = graph
        self._folder = graph.study.folder
        self._computed = paths.processed(self._folder)
        self._only = only
        self._workers = workers
        self._console = console
        self._executors = executors
        self._settings = settings
        self._started = _now()

    def go(self) -> Result:
        removed = prune(self._graph)
        if removed:
            self._console.print(
                f"Removed {len(removed)} files of countries, waves, languages or notebooks that are no longer in the study."
            )
        asked = _asked(self._graph, self._only)
        with self._executors(self._workers) as executor:
            with Progress(self._console) as progress:
                outcomes, interrupted = run_graph(asked, self._computed, progress, executor, executor.max_workers)
            if interrupted is None and self._is_idle(outcomes, removed):
                return self._nothing_to_do(outcomes)
            return self._conclude(executor, asked, outcomes, interrupted)

    def _is_idle(self, outcomes: dict[str, Outcome], removed: list[str]) -> bool:
        statuses = {outcome.status for outcome in outcomes.values()}
        manifest = last_manifest(self._folder)
        return (
            not removed
            and statuses <= {"unchanged"}
            and manifest is not None
            and manifest["site"] == self._site_state()
        )

    def _nothing_to_do(self, outcomes: dict[str, Outcome]) -> Result:
        self._console.print(f"Nothing changed: {len(outcomes)} steps are up to date.")
        self._console.print(self._address(), soft_wrap=True)
        return Result(0, None)

    def _conclude(
        self, executor: TaskExecutor, asked: Sequence[Step], outcomes: dict[str, Outcome], interrupted: list[str] | None
    ) -> Result:
        if any(outcome.status == "failed" for outcome in outcomes.values()):
            executor.check()
            self._check_disk()
        states = self._settle(asked, outcomes, interrupted is not None)
        report = self._report(states, interrupted)
        run_folder = paths.runs(self._folder) / report.run
        if interrupted is None:
            withdraw(self._graph, states)
        write_report(run_folder, report)
        if interrupted is not None:
            running = ", ".join(interrupted) or "nothing"
            self._console.print(f"Interrupted; was running: {running}. What was done stays.", highlight=False)
            return Result(INTERRUPTED, report)
        self._make_site(executor, run_folder)
        settings = {"workers": executor.max_workers, **self._settings, "only": list(self._only)}
        write_manifest(run_folder, report, self._graph.steps, outcomes, settings, self._site_state())
        self._tell(report, run_folder)
        return Result(0 if report.outcome == "complete" else 1, report)

    def _settle(self, asked: Sequence[Step], outcomes: dict[str, Outcome], was_interrupted: bool) -> list[StepState]:
        names = {step.name for step in asked}
        everything = dict(outcomes)
        if len(names) < len(self._graph.steps) and not was_interrupted:
            others, _ = run_graph(list(self._graph.steps.values()), self._computed, _Silent())
            everything = {**others, **outcomes}
        return settle(self._graph, everything, names)

    def _report(self, states: list[StepState], interrupted: list[str] | None) -> RunReport:
        is_complete = all(state.status in ("made", "unchanged", "not asked") for state in states)
        program = provenance.commit()
        return RunReport(
            run=next_run(paths.runs(self._folder), self._started),
            study=self._graph.study.id,
            started=self._started,
            finished=_now(),
            outcome="interrupted" if interrupted is not None else "complete" if is_complete else "failed",
            commit=program.hash,
            is_dirty=program.is_dirty,
            only=list(self._only),
            running=interrupted or [],
            pages=[state for state in states if state.language],
            products=[state for state in states if not state.language],
        )

    def _make_site(self, executor: TaskExecutor, run_folder: Path) -> None:
        try:
            executor.submit_as("site", make_site, self._graph.rooms.site, self._folder, run_folder).result()
        except Exception as error:
            raise ChainError(f"the front page could not be made: {one_line(error)}") from error

    def _site_state(self) -> str:
        """Return a hash of the pages about the whole study and of what they are made of, apart from the run report."""
        site = paths.site(self._folder)
        made = [
            file for kind in ("html", "pdf", "jsonl") for file in (*site.glob(f"*.{kind}"), *site.glob(f"*/*.{kind}"))
        ]
        nodes = (
            FilesNode(name="code", files=closure([self._graph.rooms.site.partition(":")[0]])),
            FilesNode(name="study files", files={path.name: path for path in self._folder.glob("*.yml")}),
            FilesNode(name="site", files={path.relative_to(site).as_posix(): path for path in made}),
            FolderNode(name="templates", folder=paths.TEMPLATES),
            FolderNode(name="locale", folder=paths.LOCALE),
        )
        return hash_parts({name: value for node in nodes for name, value in node.parts().items()})

    def _check_disk(self) -> None:
        """Stop when the failures are the disk's: nothing is withdrawn for want of space."""
        probe = self._computed / ".probe"
        try:
            probe.write_bytes(bytes(_PROBE))
        except OSError as error:
            raise ChainError(
                f"{paths.shown(self._computed)}: cannot be written: {error.strerror}; what was computed before stays, run again when there is room"
            ) from None
        finally:
            probe.unlink(missing_ok=True)

    def _tell(self, report: RunReport, run_folder: Path) -> None:
        say = self._console.print
        counts = ", ".join(f"{count} {status}" for status, count in report.counts().items())
        say(f"{len(report.pages)} pages: {counts}.", highlight=False)
        for state in report.failures():
            say(f"Failed: {state.name}: {state.message}", style="red", highlight=False, markup=False, soft_wrap=True)
        kept = [state.name for state in report.pages if state.shown == "kept"]
        if kept:
            say(
                f"An earlier version is shown, marked with its date: {', '.join(kept)}", highlight=False, soft_wrap=True
            )
        say(f"Run report: {paths.shown(run_folder)}/report.log", highlight=False, soft_wrap=True)
        say(self._address(), highlight=False, soft_wrap=True)

    def _address(self) -> str:
        return (paths.site(self._folder) / "index.html").as_uri()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
