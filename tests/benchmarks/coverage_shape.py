"""What one line of the tables of coverage is, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from compendium import intervals

RUNS = 2_000
KEPT = (93.5, 96.5)
"""Coverage in per cent that a 95 % interval has to keep."""
LEVEL_KEPT = (4.0, 6.0)
"""Rejections in per cent that a test of nothing at 5 % has to keep."""
FAMILY_KEPT = 5.5
"""Most families of tests, in per cent, with a false rejection; most false ones among those rejected."""
ALPHA = 1 - intervals.LEVEL


@dataclass(frozen=True)
class Line:
    """An interval, and answers that it is tried on.

    Attributes
    ----------
    answers : str
        The answers, in plain words.
    n : str
        Number of answers; of each group where there are several.
    truth : float
        The value that the interval should hold.
    draw : callable
        Draws answers and returns what the public function makes of them: ``(low, high)``.
    breaks : str
        Why the interval breaks where it does, and whether the page warns, switches or cannot know.
    times : int
        Multiple of the runs; cheap lines take more.
    """

    answers: str
    n: str
    truth: float
    draw: Callable[[Generator], tuple[float, float]]
    breaks: str = ""
    times: int = 1

    def measure(self, runs: int, rng: Generator) -> dict[str, object]:
        """Return the row of the table."""
        runs *= self.times
        low, high = np.array([self.draw(rng) for _ in range(runs)], dtype=float).T
        below, above = high < self.truth - 1e-9, low > self.truth + 1e-9
        covered = 100 * float(1 - np.mean(below | above))
        return {
            "Answers": self.answers,
            "n": self.n,
            "True value": f"{self.truth:.4g}",
            "Covered, % (error)": f"{covered:.1f} ({_error(covered, runs):.1f})",
            "Interval too low / too high, %": f"{100 * below.mean():.1f} / {100 * above.mean():.1f}",
            "Mean width": f"{np.nanmean(high - low):.3g}",
            "Verdict": _verdict(KEPT[0] <= round(covered, 1) <= KEPT[1], self.breaks),
        }


@dataclass(frozen=True)
class Joint:
    """Several intervals at once: all of them have to hold their truth; holding it too often is no fault.

    ``draw`` returns whether all hold, and their mean width.
    """

    answers: str
    n: str
    draw: Callable[[Generator], tuple[bool, float]]
    breaks: str = ""

    def measure(self, runs: int, rng: Generator) -> dict[str, object]:
        """Return the row of the table."""
        held, width = np.array([self.draw(rng) for _ in range(runs)], dtype=float).T
        covered = 100 * float(held.mean())
        return {
            "Answers": self.answers,
            "n": self.n,
            "All covered, % (error)": f"{covered:.1f} ({_error(covered, runs):.1f})",
            "Mean number of ranks in an interval": f"{1 + width.mean():.2f}",
            "Verdict": _verdict(round(covered, 1) >= KEPT[0], self.breaks),
        }


@dataclass(frozen=True)
class NullTest:
    """A test where there is nothing to find; ``draw`` returns its p value."""

    answers: str
    n: str
    draw: Callable[[Generator], float]
    breaks: str = ""

    def measure(self, runs: int, rng: Generator) -> dict[str, object]:
        """Return the row of the table."""
        runs *= 2
        rejected = 100 * float(np.mean([self.draw(rng) < ALPHA for _ in range(runs)]))
        return {
            "Test and answers": self.answers,
            "n": self.n,
            "Rejected at 5 %, % (error)": f"{rejected:.1f} ({_error(rejected, runs):.1f})",
            "Verdict": _verdict(LEVEL_KEPT[0] <= round(rejected, 1) <= LEVEL_KEPT[1], self.breaks),
        }


@dataclass(frozen=True)
class Family:
    """Many tests at once; ``draw`` returns their p values and which of them have nothing to find."""

    answers: str
    n: str
    draw: Callable[[Generator], tuple[NDArray[np.float64], NDArray[np.bool_]]]
    breaks: str = ""

    def measure(self, runs: int, rng: Generator) -> dict[str, object]:
        """Return the row of the table."""
        any_false, share_false, found = np.array([self._one(rng) for _ in range(runs)]).T * 100
        wise, discovery = float(any_false.mean()), float(share_false.mean())
        error = float(share_false.std() / np.sqrt(runs))
        return {
            "Tests": self.answers,
            "n": self.n,
            "A false rejection after Holm, % (error)": f"{wise:.1f} ({_error(wise, runs):.1f})",
            "False among rejected after Benjamini-Hochberg, % (error)": f"{discovery:.1f} ({error:.1f})",
            "Real differences found, Holm, %": "none to find" if np.isnan(found).all() else f"{np.nanmean(found):.0f}",
            "Verdict": _verdict(round(max(wise, discovery), 1) <= FAMILY_KEPT, self.breaks),
        }

    def _one(self, rng: Generator) -> tuple[float, float, float]:
        p, nothing = self.draw(rng)
        holm, discovered = intervals.holm(p) < ALPHA, intervals.benjamini_hochberg(p) < ALPHA
        power = float(holm[~nothing].mean()) if (~nothing).any() else np.nan
        return float(holm[nothing].any()), float(discovered[nothing].sum() / max(discovered.sum(), 1)), power


@dataclass(frozen=True)
class Section:
    """A table under a heading, with the words before it."""

    title: str
    words: str
    lines: tuple[Line | Joint | NullTest | Family, ...]

    def measure(self, runs: int) -> pd.DataFrame:
        """Return the table of all lines."""
        return pd.DataFrame([line.measure(runs, _random(self.title, line.answers, line.n)) for line in self.lines])


def _random(*names: str) -> Generator:
    """Seed by the words of the line, so that a new line changes no other."""
    return np.random.default_rng(crc32(" ".join(names).encode()))


def _error(percent: float, runs: int) -> float:
    return float(np.sqrt(percent * (100 - percent) / runs))


def _verdict(keeps: bool, breaks: str) -> str:
    """Say whether a line keeps what it should, by the number as it is printed."""
    if keeps:
        return "holds"
    return f"breaks: {breaks}" if breaks else "BREAKS, unexplained"
