"""What a run reports: for each page and product what became of it, as data and as a plain log.

The pages that show this (front page, run report) are made from :class:`RunReport` by ``publishing``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from compendium import paths
from compendium.errors import ChainError
from compendium.reading import write_atomically

STATUSES = {
    "made": "made in this run",
    "unchanged": "nothing it depends on changed",
    "failed": "stopped with an error",
    "blocked": "something it needs could not be made",
    "not asked": "left out by the choice of targets",
    "stopped": "the run was interrupted",
}
"""What can become of a page or product in a run."""


@dataclass(frozen=True)
class StepState:
    """What became of one notebook in one language for one unit, or of one product (language empty).

    Attributes
    ----------
    unit, wave, language, what : str
        Unit, wave, language of the page (empty for a product), name of the notebook or product.
    status : str
        A key of :data:`STATUSES`.
    shown : str
        What a reader finds: ``current``; ``kept``, an older complete version, to be marked with ``made_at``;
        ``absent``.
    made_at : str
        When the version that is shown was made: ISO 8601, UTC; empty when there is none.
    message : str
        Why it failed, or which step blocked it; one sentence, empty when all is well.
    cell : str
        The cell that stopped, empty when none did.
    failed_notebook : str
        Path of the failed notebook, relative to the repository or its bare name; empty when there is none.
    seconds : float or None
        Duration in this run.
    memory_mb : int or None
        Peak resident memory of its kernel, MB.
    """

    unit: str
    wave: str
    language: str
    what: str
    status: str
    shown: str
    made_at: str = ""
    message: str = ""
    cell: str = ""
    failed_notebook: str = ""
    seconds: float | None = None
    memory_mb: int | None = None

    @property
    def name(self) -> str:
        """Return the name of the step."""
        return "/".join(part for part in (self.unit, self.wave, self.language, self.what) if part)


@dataclass(frozen=True)
class RunReport:
    """The report of one run.

    Attributes
    ----------
    run : str
        Identifier, the UTC time of its start.
    study : str
        Identifier of the study.
    started, finished : str
        ISO 8601, UTC.
    outcome : str
        ``complete``, ``failed`` (something could not be made) or ``interrupted``.
    commit : str
        Commit of the program, empty when unknown.
    is_dirty : bool
        Whether the program had changes that were not committed.
    only : list of str
        Units the run was limited to; empty for all.
    running : list of str
        What ran when the run was interrupted.
    pages, products : list of StepState
        In the order of the chain.
    """

    run: str
    study: str
    started: str
    finished: str
    outcome: str
    commit: str
    is_dirty: bool
    only: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pages: list[StepState] = field(default_factory=list)
    products: list[StepState] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the number of pages by status."""
        return dict(Counter(page.status for page in self.pages))

    def failures(self) -> list[StepState]:
        """Return what failed itself, products first."""
        return [step for step in (*self.products, *self.pages) if step.status == "failed"]

    def log(self) -> str:
        """Return the report as plain text, one line a step."""
        lines = [
            f"run {self.run} of study {self.study}: {self.outcome}",
            f"started {self.started}, finished {self.finished}, commit {self.commit or 'unknown'}{' with changes' if self.is_dirty else ''}",
        ]
        if self.only:
            lines.append(f"limited to {', '.join(self.only)}")
        if self.running:
            lines.append(f"running when interrupted: {', '.join(self.running)}")
        lines += [_line(step) for step in (*self.products, *self.pages)]
        return "\n".join(lines) + "\n"


def _line(step: StepState) -> str:
    parts = [f"{step.name}: {step.status}, {step.shown}"]
    if step.shown == "kept":
        parts.append(f"of {step.made_at}")
    if step.seconds is not None:
        parts.append(f"{step.seconds:.1f} s")
    if step.memory_mb is not None:
        parts.append(f"{step.memory_mb} MB")
    return ", ".join(parts) + (f"; {step.message}" if step.message else "")


def write_report(folder: Path, report: RunReport) -> None:
    """Write a run's report as ``report.json`` and ``report.log``."""
    content = json.dumps(asdict(report), ensure_ascii=False, indent=1)
    write_atomically(folder / "report.json", (content + "\n").encode())
    write_atomically(folder / "report.log", report.log().encode())


def read_report(folder: Path) -> RunReport:
    """Read the report of a run from its folder.

    Raises
    ------
    ChainError
        There is no such run, or its report is not readable.
    """
    content = _read_json(folder / "report.json")
    steps = {kind: [StepState(**step) for step in content[kind]] for kind in ("pages", "products")}
    return RunReport(**{**content, **steps})


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ChainError(f"{paths.shown(path)}: there is no such run; {_known(path.parent.parent)}") from None
    except ValueError as error:
        raise ChainError(f"{paths.shown(path)}: not readable as JSON: {error}") from None
    return content


def _known(folder: Path) -> str:
    names = run_names(folder)
    return f"known runs are {', '.join(names)}" if names else "no run is recorded yet"


def run_names(folder: Path) -> list[str]:
    """Return the runs recorded in a folder, oldest first."""
    return sorted(path.parent.name for path in folder.glob("*/report.json"))


def next_run(folder: Path, started: str) -> str:
    """Return the name of the next run: its number, which orders runs even when the clock is set back, and its start."""
    numbers = [int(path.name.partition("_")[0]) for path in folder.glob("[0-9]*_*")]
    return f"{max(numbers, default=0) + 1:04}_{started[:19].replace(':', '').replace('-', '')}Z"


def last_report(study_folder: Path) -> RunReport | None:
    """Return the report of the newest run of a study, None when there is none."""
    folder = paths.runs(study_folder)
    names = run_names(folder)
    return read_report(folder / names[-1]) if names else None


def find(steps: Iterable[StepState], name: str) -> StepState | None:
    """Return the step of that name."""
    return next((step for step in steps if step.name == name), None)
