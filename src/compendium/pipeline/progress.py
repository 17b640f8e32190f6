"""Tell how the chain gets on: a live view on a terminal, one line an event elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from compendium.pipeline.engine import Outcome, Step

_WORDS = {"made": "made", "failed": "FAILED", "blocked": "not made", "would run": "would run"}


class Progress:
    """Show what runs, what is done and what is left.

    Parameters
    ----------
    console : Console
        Where to show it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = 0
        self._began: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._running: list[str] = []
        self._live = Live(console=console, get_renderable=self._view, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    def on_start(self, total: int) -> None:
        """Remember how many steps there are."""
        self._total = total

    def on_submit(self, step: Step, running: Sequence[str]) -> None:
        """Note what runs."""
        self._running = list(running)
        self._began[step.name] = time.monotonic()

    def on_outcome(self, step: Step, outcome: Outcome, running: Sequence[str]) -> None:
        """Say what became of a step; steps that did not change are only counted."""
        self._counts[outcome.status] += 1
        self._running = [name for name in running if name != step.name]
        if outcome.status in ("unchanged", "would run"):
            return
        done = self._counts.total()
        line = f"[{done}/{self._total}] {_WORDS.get(outcome.status, outcome.status)} {step.name}"
        if "run_s" in outcome.figures:
            line += f" in {outcome.figures['run_s'] + outcome.figures.get('export_s', 0):.1f} s"
        if outcome.status == "failed":
            line += f": {outcome.error}"
        if self._running and not self._console.is_terminal:
            line += f"  (running: {', '.join(self._running)}; left: {self._total - done})"
        self._console.print(line, style="red" if outcome.status == "failed" else None, highlight=False, markup=False, soft_wrap=True)

    def _view(self) -> Group:
        done = self._counts.total()
        bar = Table.grid(padding=(0, 1))
        counts = ", ".join(f"{count} {status}" for status, count in self._counts.items())
        bar.add_row(ProgressBar(self._total or 1, done, width=40), f"{done} done ({counts}), {self._total - done} left")
        return Group(bar, Text("running: " + (", ".join(self._running) or "nothing yet"), overflow="ellipsis", no_wrap=True))
