"""What a run was made of, and the numbers it published: enough to say later what changed between two runs."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compendium import provenance
from compendium.pipeline.engine import Outcome, Step
from compendium.pipeline.nodes import ProductNode, hash_file
from compendium.reading import write_atomically
from compendium.run_report import RunReport, StepState

STORE = "published"
"""Folder beside the runs with the published frames, each once under the hash of its content."""


def inputs_of(steps: Iterable[Step]) -> dict[str, str]:
    """Return the hash of each file, module and value that the steps depend on, without what the chain makes itself."""
    nodes = {node.name: node for step in steps for node in step.inputs if not isinstance(node, ProductNode)}
    return {name: value for node in nodes.values() for name, value in node.parts().items()}


def write_manifest(
    folder: Path,
    report: RunReport,
    steps: Mapping[str, Step],
    outcomes: Mapping[str, Outcome],
    settings: Mapping[str, Any],
    site: str,
) -> None:
    """Write the manifest of a run as ``manifest.json``, the last thing a run does.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    report : RunReport
        Its report.
    steps, outcomes : mapping
        The chain, and what became of it.
    settings : mapping
        How it was run (workers, kernels, targets).
    site : str
        State of the site, see ``run``.
    """
    published = {
        state.name: _store(folder.parent, steps[state.name]) for state in report.pages if state.shown != "absent"
    }
    content = {
        "run": report.run,
        "study": report.study,
        "outcome": report.outcome,
        "started": report.started,
        "finished": report.finished,
        "commit": report.commit,
        "is_dirty": report.is_dirty,
        "platform": platform.platform(),
        "versions": {"python": platform.python_version(), **provenance.versions()},
        "settings": dict(settings),
        "site": site,
        "inputs": inputs_of(steps.values()),
        "parameters": {step.name: step.arguments[0].parameters for step in steps.values() if step.language},
        "tasks": [_task(state, outcomes) for state in (*report.products, *report.pages)],
        "published": published,
    }
    write_atomically(folder / "manifest.json", (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def _task(state: StepState, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    figures = outcomes[state.name].figures if state.name in outcomes else {}
    return {"name": state.name, "status": state.status, **figures}


def _store(runs: Path, step: Step) -> str:
    frame = step.arguments[0].published
    digest = hash_file(frame)
    kept = runs / STORE / f"{digest}.parquet"
    if not kept.exists():
        write_atomically(kept, frame.read_bytes())
    return digest
