"""A declared generator of event logs: what it plants is in ``definitions/pathways_synthetic.yml``, and the analysis must find it again."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ..paths import DEFINITIONS
from ..reading import read_yaml
from .log import COLUMNS
from .spells import DAYS_A_MONTH

Event = tuple[str, date, str, str, str, str, str]


def planted() -> dict[str, Any]:
    """Return what is planted: entries, chances a month of each event, exits by reason, first appointment, appointments."""
    return read_yaml(DEFINITIONS / "pathways_synthetic.yml", "pathways_synthetic")


def draw_log(first: date, until: date, seed: int, *, entries_month: float | None = None) -> pd.DataFrame:
    """Draw an event log without faults.

    Parameters
    ----------
    first, until : datetime.date
        Day of the first reception at the earliest, and day to which the log is complete.
    seed : int
        Seed; the same one gives the same log.
    entries_month : float, optional
        Receptions a month and territory, on the average; what is planted where left out.

    Returns
    -------
    pandas.DataFrame
        Columns of a log, days as ``YYYY-MM-DD``, by person and day. Each month each person meets at most one of the events that their
        state allows, with the chance planted for it, whatever the territory, the officer or the appointments: **support has no effect here**.
    """
    plan, rng = planted(), np.random.default_rng(seed)
    rate = plan["entries_month"] if entries_month is None else entries_month
    days = (until - first).days
    rows: list[Event] = []
    for territory, name in enumerate(plan["territories"]):
        for number in range(rng.poisson(rate * days / DAYS_A_MONTH)):
            person, officer = f"{name}-{number + 1:04d}", f"officer {territory + 1}"
            begins = first + timedelta(days=int(rng.integers(0, days + 1)))
            own = sorted(dict.fromkeys(_pathway(plan, begins, until, rng)), key=lambda one: one[0])
            pole = str(rng.choice(plan["poles"]))
            rows += [(person, day, event, name, pole, officer, reason) for day, event, reason in own]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.assign(date=[day.isoformat() for day in frame["date"]])


def _pathway(
    plan: dict[str, Any], begins: date, until: date, rng: np.random.Generator
) -> Iterator[tuple[date, str, str]]:
    """Draw one person's pathway: a state a month, appointments beside it."""
    yield begins, "reception", ""
    yield from ((day, "appointment", "") for day in [_first(plan, begins, rng)] if day <= until)
    oriented = begins + timedelta(days=int(rng.integers(5, 40)))
    if oriented > until:
        yield until, "still_there", ""
        return
    yield oriented, "orientation", ""
    state, since, month = "orientation", oriented, 0
    keen = rng.gamma(plan["appointments"]["shape"], plan["appointments"]["mean_month"] / plan["appointments"]["shape"])
    while True:
        month += 1
        # Months are counted from the last step and rounded down, so that the event of a month is never measured as later.
        day = since + timedelta(days=int(month * DAYS_A_MONTH))
        if day > until:
            yield until, "still_there", ""
            return
        if rng.random() < min(1.0, keen):
            yield day - timedelta(days=int(rng.integers(1, 15))), "appointment", ""
        chances = plan["chances_month"][state]
        event = _one_of(chances, rng)
        if event == "exit":
            yield day, event, _one_of(plan["exits"], rng)
            return
        if event:
            yield day, event, ""
            state, since, month = event, day, 0


def _one_of(chances: dict[str, float], rng: np.random.Generator) -> str:
    """Draw one name by its chance; nothing with the chance that is left."""
    drawn, names = rng.random(), list(chances)
    place = int(np.searchsorted(np.cumsum(list(chances.values())), drawn, side="right"))
    return names[place] if place < len(names) else ""


def _first(plan: dict[str, Any], begins: date, rng: np.random.Generator) -> date:
    """Return the day of the first appointment: within the days promised for the share planted, later for the others."""
    promise = plan["first_appointment"]
    kept = rng.random() < promise["share"]
    within = int(promise["days"])
    return begins + timedelta(
        days=int(rng.integers(1, within + 1) if kept else rng.integers(within + 1, 2 * within + 1))
    )
