"""A declared generator of an action research: what it plants is in ``definitions/field_synthetic.yml``, and the analysis must find it."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..collection.entries import write_synthetic
from ..paths import DEFINITIONS
from ..reading import read_yaml
from .records import (
    ACTION,
    ACTIVITIES,
    AFTER,
    BEFORE,
    DELIVERABLES,
    EVENTS,
    FEEDBACK,
    LANGUAGES,
    MEASURES,
    STRUCTURES,
    TITLE,
    forms,
)

SOURCE = "Declared synthetic files of an action research"
"""What drawn files say of where they come from."""
STEP = 5
"""Persons answer in steps of five points."""


def planted() -> dict[str, Any]:
    """Return what is planted."""
    return read_yaml(DEFINITIONS / "field_synthetic.yml", "field_synthetic")


def draw(seed: int) -> Mapping[str, pd.DataFrame]:
    """Draw the files of an action research, without faults.

    Parameters
    ----------
    seed : int
        The same one gives the same files.

    Returns
    -------
    mapping of str to pandas.DataFrame
        Name of a file -> its rows.
    """
    plan, rng = planted(), np.random.default_rng(seed)
    structures = [
        (f"{arm[0]}{at + 1:02d}", str(rng.choice(plan["kinds"])), arm, plan["chosen_by"][arm])
        for arm, number in plan["structures"].items()
        for at in range(number)
    ]
    files = {
        STRUCTURES: pd.DataFrame(structures, columns=list(forms()[STRUCTURES].columns)),
        ACTIVITIES: _activities(plan, [one[0] for one in structures if one[2] == ACTION], rng),
        MEASURES: pd.DataFrame([row for one in structures for row in _measures(plan, one[0], one[2], rng)]),
        DELIVERABLES: _dated(plan, plan["deliverables"], "due"),
        EVENTS: _dated(plan, plan["events"], "date"),
        FEEDBACK: pd.DataFrame(plan["feedback"]),
    }
    return {name: frame[list(forms()[name].columns)] for name, frame in files.items()}


def write(folder: Path, seed: int) -> None:
    """Write the files into a folder of answers, each with the sidecar that says where it comes from."""
    write_synthetic(folder, draw(seed), SOURCE, planted(), seed)


def _activities(plan: dict[str, Any], structures: list[str], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for structure in structures:
        for one in plan["activities"]:
            for time in range(one["times"]):
                on = _day(plan, one["from_day"] + 7 * time + int(rng.integers(0, 6)))
                rows.append(
                    {"structure": structure, "date": on, **{k: one[k] for k in ("activity", "theme", "role", "people")}}
                )
    return pd.DataFrame(rows)


def _measures(plan: dict[str, Any], structure: str, arm: str, rng: np.random.Generator) -> list[dict[str, Any]]:
    persons = {role: int(rng.integers(low, high + 1)) for role, (low, high) in plan["persons"].items()}
    rows = []
    for place, (outcome, one) in enumerate(plan["outcomes"].items()):
        begins = rng.normal(one["mean"], one["between"])
        moved = one["trend"] + (one["effect"] if arm == ACTION else 0) + rng.normal(0, one["change"])
        for time, level in ((BEFORE, begins), (AFTER, begins + moved)):
            for role, n in persons.items():
                lower = plan["directors_lower"] if place == 0 and role == "director" else 0
                scores = np.clip(STEP * np.rint(rng.normal(level - lower, one["within"], n) / STEP), 0, 100)
                rows.append(
                    {"structure": structure, "time": time, "outcome": outcome, "role": role, "n": n,
                     "mean": round(float(scores.mean()), 2), "sd": "" if n == 1 else round(float(scores.std(ddof=1)), 2)}
                )  # fmt: skip
    return rows


def _dated(plan: dict[str, Any], rows: list[dict[str, Any]], column: str) -> pd.DataFrame:
    key = "due_day" if column == "due" else "day"
    return pd.DataFrame(
        [
            {
                "reason": "",
                **{f"{TITLE}{language}": one.get("titles", {}).get(language, "") for language in LANGUAGES},
                **one,
                column: _day(plan, one[key]),
            }
            for one in rows
        ]
    )


def _day(plan: dict[str, Any], after: int) -> str:
    return (date.fromisoformat(plan["first_day"]) + timedelta(days=after)).isoformat()
