"""After the steps have run: say what a reader finds of each, and take away what must not be found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from compendium.pipeline.engine import Outcome, Step, one_line
from compendium.pipeline.graph import Graph
from compendium.pipeline.notebooks import NotebookFailed
from compendium.run_report import StepState


def settle(graph: Graph, outcomes: Mapping[str, Outcome], asked: set[str]) -> list[StepState]:
    """Return the state of each step of a chain that has run.

    Parameters
    ----------
    graph : Graph
        The chain.
    outcomes : mapping of str to Outcome
        What became of the steps, by name; of those not asked for, whether they would run.
    asked : set of str
        Names of the steps the run was asked for.

    Returns
    -------
    list of StepState
        In the order of the chain.

    Notes
    -----
    A page is *withdrawn* (absent) when its own notebook failed, or a product of its own unit. When only what
    another unit should have given could not be made (Europe, when a country fails), the last complete version is
    *kept* and marked with its date: it is never made from a mixture.
    """
    return [_state(graph, step, outcomes, step.name in asked) for step in graph.steps.values()]


def _state(graph: Graph, step: Step, outcomes: Mapping[str, Outcome], is_asked: bool) -> StepState:
    outcome = outcomes.get(step.name, Outcome("stopped"))
    status = outcome.status if is_asked else "not asked"
    is_whole = all(output.file.is_file() for output in step.outputs)
    culprits = _culprits(graph, step, outcomes) if status == "blocked" else []
    message = ""
    if status == "failed":
        message = one_line(outcome.error)
    elif culprits:
        message = f"needs {', '.join(culprit.name for culprit in culprits)}, which could not be made"
    withdrawn = status == "failed" or any(culprit.unit == step.unit for culprit in culprits)
    shown = "current" if outcome.status in ("made", "unchanged") else "kept"
    shown = "absent" if withdrawn or not is_whole else shown
    error = outcome.error
    return StepState(
        unit=step.unit,
        wave=step.wave,
        language=step.language,
        what=step.what,
        status=status,
        shown=shown,
        made_at="" if shown == "absent" else _made_at(step.outputs[0].file),
        message=message,
        cell=error.cell if isinstance(error, NotebookFailed) else "",
        failed_notebook=error.kept if isinstance(error, NotebookFailed) else "",
        seconds=_seconds(outcome),
        memory_mb=outcome.figures.get("memory_mb"),
    )


def _culprits(graph: Graph, step: Step, outcomes: Mapping[str, Outcome]) -> list[Step]:
    ancestors = graph.with_ancestors([step.name])
    return [other for other in ancestors if other.name in outcomes and outcomes[other.name].status == "failed"]


def _seconds(outcome: Outcome) -> float | None:
    figures = outcome.figures
    return round(figures["run_s"] + figures.get("export_s", 0.0), 3) if "run_s" in figures else None


def _made_at(file: Path) -> str:
    # The executed notebook (or product) is written once, when it is made; its page may be marked later.
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def withdraw(graph: Graph, states: list[StepState]) -> list[str]:
    """Delete the outputs of pages that must not be found; return the names of the steps."""
    gone = []
    for state in states:
        if state.language and state.shown == "absent":
            files = [output.file for output in graph.steps[state.name].outputs if output.file.is_file()]
            for file in files:
                file.unlink()
            if files:
                gone.append(state.name)
    return gone
