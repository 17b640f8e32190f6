"""What if: a simulation of entries, limits, officers and incubator places, month by month, with the uncertainty of the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..persons import Row
from ..study.pathway_rules import Scenario, load_pathway_rules
from .spells import DAYS_A_MONTH
from .use import CONTRACT, open_files, whole_years

Floats = NDArray[np.float64]
METHOD = "simulation"
DIFFICULTY = "project_incubator"
QUANTITIES = {
    "capacity_entries": "entries a year",
    "capacity_waiting": "persons, simulated",
    "capacity_load": "files per officer",
    "capacity_monthly": "%",
    "capacity_incubator": "persons, simulated",
}
"""What a simulation tells, and its unit: entries in the last year per territory, who waits for a contract at the end, files per officer,
how many of a hundred could be seen monthly, who waits for the project incubator."""
LEAST = 10
"""Events of a kind in the log, below which nothing is simulated."""


@dataclass(frozen=True)
class Today:
    """What the log tells of how things are.

    Attributes
    ----------
    territories, officers, under_contract : int
        Numbers on the last day.
    entries, exits, difficulty : int
        New contracts in whole years; exits of persons under contract, and first turns to the project incubator.
    years, months, months_before : float
        Years of the entries; person-months under contract; those before a first turn to the incubator.
    """

    territories: int
    officers: int
    under_contract: int
    entries: int
    years: float
    exits: int
    months: float
    difficulty: int
    months_before: float


def today(events: pd.DataFrame, until: date) -> Today | None:
    """Read from a log what a simulation starts from; nothing where it holds too little."""
    years, rules = whole_years(events, until), load_pathway_rules()
    first = events.groupby(["person", "event"])["date"].min().unstack()
    first = first.reindex(columns=[CONTRACT, rules.last, DIFFICULTY]).apply(pd.to_datetime)
    begun = first[first[CONTRACT] <= pd.Timestamp(until)]
    left = begun[rules.last].fillna(pd.Timestamp(until))
    turned = begun[DIFFICULTY].where(begun[DIFFICULTY] > begun[CONTRACT])
    there = open_files(events, until)
    found = Today(
        territories=events["territory"].nunique(),
        officers=there.loc[there["officer"] != "", "officer"].nunique(),
        under_contract=int(begun[rules.last].isna().sum()),
        entries=int(begun[CONTRACT].dt.year.isin(years).sum()),
        years=float(len(years)),
        exits=int(begun[rules.last].notna().sum()),
        months=float((left - begun[CONTRACT]).dt.days.sum() / DAYS_A_MONTH),
        difficulty=int(turned.notna().sum()),
        months_before=float((turned.fillna(left) - begun[CONTRACT]).dt.days.sum() / DAYS_A_MONTH),
    )
    enough = min(found.entries, found.exits, found.under_contract) >= LEAST
    return found if enough and found.officers >= 3 and found.years and found.months else None


def simulate(now: Today, scenario: Scenario, seed: int) -> dict[str, Floats]:
    """Simulate one scenario.

    Parameters
    ----------
    now : Today
        What the log tells.
    scenario : Scenario
        What is changed.
    seed : int
        Seed; the same one draws the same chances for every scenario, so that they differ by what they change.

    Returns
    -------
    dict of str to array of float, (runs,)
        Each of :data:`QUANTITIES` at the end of the time simulated.

    Notes
    -----
    In each run rates are drawn from ``Gamma(events + 1/2, time)``, the distribution that the counts leave them with. Each month Poisson many
    ask for a contract; they enter while the year's entries stay under the limit times the territories, else they wait for the next year.
    Each person under contract leaves, or turns to the project incubator, with the month's chance; a session takes as many as it has places.
    """
    rules, rng = load_pathway_rules().capacity, np.random.default_rng(seed)
    runs, months = rules.runs, 12 * rules.years
    asking = rng.gamma(now.entries + 0.5, 1 / now.years, runs) * scenario.demand / 12
    leaving = np.minimum(rng.gamma(now.exits + 0.5, 1 / now.months, runs), 1)
    troubled = np.minimum(rng.gamma(now.difficulty + 0.5, 1 / max(now.months_before, 1), runs), 1)
    stock = np.full(runs, float(now.under_contract))
    waiting, entered, seeking = np.zeros(runs), np.zeros(runs), np.zeros(runs)
    officers = max(now.officers + scenario.officers_more, 1)
    for month in range(months):
        if month % 12 == 0:
            entered = np.zeros(runs)
        waiting = waiting + rng.poisson(asking)
        let_in = np.minimum(waiting, np.maximum(scenario.limit * now.territories - entered, 0))
        waiting, entered, stock = waiting - let_in, entered + let_in, stock + let_in
        stock = stock - rng.binomial(stock.astype(int), leaving)
        seeking = seeking + rng.binomial(stock.astype(int), troubled)
        if scenario.sessions_year and month % max(12 // scenario.sessions_year, 1) == 0:
            seeking = np.maximum(seeking - scenario.places, 0)
    can_see = officers * rules.appointments_officer_month
    return {
        "capacity_entries": entered / now.territories,
        "capacity_waiting": waiting,
        "capacity_load": stock / officers,
        "capacity_monthly": 100 * np.minimum(can_see / np.maximum(stock, 1), 1),
        "capacity_incubator": seeking,
    }


def capacity(events: pd.DataFrame, until: date, seed: int) -> Iterator[Row]:
    """Simulate every scenario of ``definitions/pathways.yml``.

    Yields
    ------
    dict
        ``group`` is the scenario; ``estimate`` the median of the runs, ``ci_low ci_high`` the range of 95 of 100 runs; ``n`` persons under contract.
    """
    now = today(events, until)
    if now is None:
        reason = "the log holds too little to simulate from"
        yield from ({"indicator": name, "method": METHOD, "unit": unit, "comparable": "no", "reason": reason}
                    for name, unit in QUANTITIES.items())  # fmt: skip
        return
    for scenario in load_pathway_rules().capacity.scenarios:
        for name, values in simulate(now, scenario, seed).items():
            low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
            yield {
                "indicator": name,
                "group_by": "scenario",
                "group": scenario.id,
                "method": METHOD,
                "unit": QUANTITIES[name],
                "estimate": middle,
                "ci_low": low,
                "ci_high": high,
                "n": float(now.under_contract),
            }
