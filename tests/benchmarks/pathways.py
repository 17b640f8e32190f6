"""Measure what the page of pathways promises: planted chances in its intervals, and no difference where support does nothing.

Run ``python tests/benchmarks/pathways.py`` (1,000 logs a line) or with the number of logs as argument; it writes
``docs/pathways.md``.
"""

import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium.pathways.curves import curves
from compendium.pathways.hazards import cause_specific
from compendium.pathways.spells import OPEN, spells
from compendium.pathways.supported import AT_LANDMARK, CHANGING, SHARES_AT_LANDMARK, supported
from compendium.pathways.synthetic import draw_log, planted
from compendium.study.pathway_rules import load_pathway_rules

RUNS = 1000
FIRST, UNTIL = date(2019, 1, 1), date(2026, 10, 31)
SIZES = {"small": 0.6, "as drawn for the study": None}
"""Receptions a month and territory; nothing: what the generator of the study plants."""
EVER = "ever had it (the naive table)"
TARGET = Path(__file__).parents[2] / "docs" / "pathways.md"
HEAD = """# What the page of pathways promises

Logs of nearly eight years drawn by the study's declared generator: each month each person meets at most one event, with a planted
chance; who has no exit is still there on the last day. Written by `python tests/benchmarks/pathways.py`; nothing here was typed.
Monte-Carlo error of a rate near 95 %: {error:.1f} points.

## Shares that reached an event or left, by month

*Held*: intervals (Aalen-Johansen, on the logarithm) that hold the planted share, in %. *Naive*: how far one minus Kaplan-Meier, which
takes those who left for still waiting, lies above the truth, in points.

| log | persons | share | month | truth, % | logs | mean, % | held, % | naive, points |
|---|---:|---|---:|---:|---:|---:|---:|---:|
"""
NULL = """
## Support that does nothing

Supports are given by chance to whoever is there, and change no chance of any event: the hazard ratio is one. *Said*: logs in which the
95 % interval leaves one out, in %; 5 is chance.

| log | how support enters | ratios | mean ratio | said, % |
|---|---|---:|---:|---:|
"""


def truth(start: str, event: str, months: int) -> float:
    """Return the planted share in % that met an event within some months of a start."""
    chances = planted()["chances_month"][start]
    total = sum(chances.values())
    return float(100 * chances[event] / total * (1 - (1 - total) ** months))


def ever(events: pd.DataFrame) -> list[tuple[float, float, float]]:
    """Return hazard ratios of an exit, and their ends, for who ever had a support against who never had: the naive table."""
    rules, found = load_pathway_rules(), []
    for wait in rules.shares:
        people = spells(events, wait.start, wait.target, UNTIL)
        for support in rules.supports:
            had = people["person"].isin(events.loc[events["event"] == support, "person"]).astype(int)
            left = people.loc[people["event"] == rules.last].groupby(had).size()
            if had.nunique() == 2 and len(left) == 2 and left.min() >= 10:
                row = cause_specific(
                    people["months"], people["event"], pd.DataFrame({"had": had}), event=rules.last, censored=OPEN
                ).iloc[0]
                found.append((row["hazard_ratio"], row["ci_low"], row["ci_high"]))
    return found


def measured(name: str, entries: float | None, runs: int) -> tuple[list[str], list[str]]:
    """Return the lines of both tables for logs of one size."""
    rules = {wait.id: wait for wait in load_pathway_rules().shares}
    shares: dict[tuple[str, str], list[Any]] = defaultdict(list)
    naive: dict[tuple[str, str], list[float]] = defaultdict(list)
    ratios: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    persons = []
    for seed in range(runs):
        log = draw_log(FIRST, UNTIL, 1000 + seed, entries_month=entries)
        events = log.assign(date=pd.to_datetime(log["date"]))
        persons.append(events["person"].nunique())
        for row in curves(events, UNTIL):
            if row.get("group_by") or row.get("estimate") is None or np.isnan(row["estimate"]):
                continue
            key = (row["indicator"], row["period"])
            if row["method"] == "cumulative incidence":
                shares[key].append((row["estimate"], row["ci_low"], row["ci_high"]))
            elif row["method"] == "naive curve":
                naive[key].append(row["estimate"])
        for row in supported(events, UNTIL):
            if not np.isnan(row.get("estimate", np.nan)):
                ratios[row["method"]].append((row["estimate"], row["ci_low"], row["ci_high"]))
        ratios[EVER] += ever(events)
        if seed % 50 == 49:
            print(name, seed + 1, flush=True)
    curve_lines = []
    for (indicator, month), found in shares.items():
        wait = rules[indicator.partition("__")[0]]
        true = truth(wait.start, "exit" if "__exit" in indicator else wait.target, int(float(month)))
        estimate, low, high = np.array(found).T
        held = 100 * ((low <= true) & (true <= high)).mean()
        over = f"{np.mean(naive[indicator, month]) - true:.1f}" if naive.get((indicator, month)) else ""
        curve_lines.append(
            f"| {name} | {np.mean(persons):.0f} | {indicator} | {month} | {true:.1f} | {len(found)} | {estimate.mean():.1f} "
            f"| {held:.1f} | {over} |"
        )
    null_lines = []
    for method in (CHANGING, AT_LANDMARK, SHARES_AT_LANDMARK, EVER):
        if ratios[method]:
            estimate, low, high = np.array(ratios[method]).T
            mean, said = np.exp(np.log(estimate).mean()), 100 * ((low > 1) | (high < 1)).mean()
            null_lines.append(f"| {name} | {method} | {len(estimate)} | {mean:.2f} | {said:.1f} |")
    return curve_lines, null_lines


def write(runs: int) -> None:
    """Draw logs of every size and write the tables."""
    curve_lines, null_lines = [], []
    for name, entries in SIZES.items():
        own_curves, own_null = measured(name, entries, runs)
        curve_lines += own_curves
        null_lines += own_null
    head = HEAD.format(error=100 * np.sqrt(0.95 * 0.05 / runs))
    TARGET.write_text(head + "\n".join(curve_lines) + "\n" + NULL + "\n".join(null_lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
