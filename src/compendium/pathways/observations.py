"""What is known of each person's time: until when, from when, what ended it, and by how much the person counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import CompendiumError

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
DECIMALS = 9
"""Times that agree to so many decimals are one time."""


@dataclass(frozen=True)
class Observed:
    """Checked observations of *n* persons, in the order they came.

    Attributes
    ----------
    duration : ndarray of float, (n,)
        Time at which the event came, or until which nothing had come.
    code : ndarray of int, (n,)
        0 where nothing had come (censored), else the place of the event in ``labels`` counted from 1.
    entry : ndarray of float, (n,)
        Time from which the person was under observation (left truncation); minus infinity where from the start.
    weight : ndarray of float, (n,)
        What the person counts, above 0.
    labels : tuple
        Events, in their order.
    """

    duration: Array
    code: Codes
    entry: Array
    weight: Array
    labels: tuple[Any, ...]

    def of(self, chosen: NDArray[np.bool_]) -> "Observed":
        """Return the observations of some persons; the events stay those of all."""
        return Observed(self.duration[chosen], self.code[chosen], self.entry[chosen], self.weight[chosen], self.labels)

    def at_risk(self, time: float) -> NDArray[np.bool_]:
        """Tell who is under observation just before a time: entered before it and not gone before it."""
        return np.asarray((self.entry < time) & (self.duration >= time))


def observe(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    *,
    censored: object,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Observed:
    """Check durations, events, entries and weights.

    Parameters
    ----------
    durations : array-like of float, (n,)
        Time to the event, or time of observation without one; 0 or more, any unit.
    events : array-like, (n,)
        What came; ``censored`` where nothing had come yet. A pandas categorical brings the order of events and those nobody met.
    censored : object
        The value of ``events`` that says that nothing had come.
    entry : array-like of float, (n,), optional
        Time from which each person was observed; below their duration.
    weights : array-like of float, (n,), optional
        What each person counts, above 0; 1 by default.

    Raises
    ------
    CompendiumError
        If lengths differ, or a value is missing, not a number, or impossible; the sentence names the row, counted from 1.
    """
    time = column("durations", durations)
    if not len(time):
        raise CompendiumError("durations: there are none; at least one person is needed")
    refuse("durations", time, time < 0, "0 or more")
    cause, labels = _events(events, censored)
    start = np.full(len(time), -np.inf) if entry is None else column("entry", entry)
    weight = np.ones(len(time)) if weights is None else column("weights", weights)
    for name, values in (("events", cause), ("entry", start), ("weights", weight)):
        if len(values) != len(time):
            raise CompendiumError(
                f"{name}: {len(values)} values for {len(time)} durations; legal is one for each person"
            )
    time, start = timed(time), timed(start)
    refuse("entry", start, start >= time, "below the duration of the same person")
    refuse("weights", weight, weight <= 0, "above 0")
    return Observed(time, cause, start, weight, labels)


def column(name: str, values: ArrayLike) -> Array:
    """Return numbers; a value that is missing or none is refused with its row."""
    found = pd.to_numeric(pd.Series(np.asarray(values).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    refuse(name, np.asarray(values).ravel(), ~np.isfinite(found), "a number")
    return np.asarray(found)


def refuse(name: str, values: NDArray[Any], wrong: NDArray[np.bool_], legal: str) -> None:
    """Raise for the first wrong value, with its row and how many there are."""
    if wrong.any():
        row = int(np.argmax(wrong))
        more = f" ({int(wrong.sum())} rows in all)" if wrong.sum() > 1 else ""
        raise CompendiumError(f"{name}, row {row + 1}{more}: {values[row]!s} is not legal; legal is {legal}")


def timed(values: Array) -> Array:
    """Return times without rounding noise, so that those meant to be the same are (days divided by a month's length)."""
    return np.round(values, DECIMALS)


def _events(events: Sequence[Any] | ArrayLike, censored: object) -> tuple[Codes, tuple[Any, ...]]:
    found = pd.Series(events).reset_index(drop=True)
    refuse(
        "events",
        found.to_numpy(dtype=object),
        found.isna().to_numpy(),
        f"an event, or {censored!r} where nothing had come yet",
    )
    if isinstance(found.dtype, pd.CategoricalDtype):
        known = list(found.cat.categories)
    else:
        known = sorted(found.unique().tolist(), key=lambda label: (str(type(label)), label))
    labels = tuple(label for label in known if label != censored)
    place = {label: number for number, label in enumerate(labels, start=1)} | {censored: 0}
    return found.astype(object).map(place).to_numpy(np.int64), labels
