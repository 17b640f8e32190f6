"""Tell how the chain gets on: a live view on a terminal, one line an event elsewhere."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from compendium.pipeline.engine import Outcome, Step, one_line

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
        self._counts: Counter[str] = Counter()
        self._running: list[str] = []
        self._live = Live(console=console, get_renderable=self._view, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def on_start(self, total: int) -> None:
        """Remember how many steps there are."""
        self._total = total

    def on_begin(self, step: Step) -> None:
        """Note what runs."""
        self._running.append(step.name)

    def on_outcome(self, step: Step, outcome: Outcome) -> None:
        """Say what became of a step; steps that did not change are only counted."""
        self._counts[outcome.status] += 1
        if step.name in self._running:
            self._running.remove(step.name)
        if outcome.status in ("unchanged", "would run"):
            return
        done = self._counts.total()
        line = f"[{done}/{self._total}] {_WORDS.get(outcome.status, outcome.status)} {step.name}"
        if "took_s" in outcome.figures:
            line += f" in {outcome.figures['took_s']:.1f} s"
        if outcome.status == "failed":
            line += f": {one_line(outcome.error)}"
        if self._running and not self._console.is_terminal:
            line += f"  (running: {', '.join(self._running)}; left: {self._total - done})"
        style = "red" if outcome.status == "failed" else None
        self._console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)

    def _view(self) -> Group:
        done = self._counts.total()
        bar = Table.grid(padding=(0, 1))
        counts = ", ".join(f"{count} {status}" for status, count in self._counts.items())
        bar.add_row(ProgressBar(self._total or 1, done, width=40), f"{done} done ({counts}), {self._total - done} left")
        return Group(
            bar, Text("running: " + (", ".join(self._running) or "nothing yet"), overflow="ellipsis", no_wrap=True)
        )
