"""A declared generator of event logs: what it plants is in ``definitions/pathways_synthetic.yml``, and the analysis must find it again."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from ..collection.records import sidecar
from ..paths import DEFINITIONS, answers_folder
from ..reading import read_yaml, write_atomically
from ..study.pathway_rules import load_pathway_rules
from ..study.study import Study
from .log import COLUMNS
from .orientation import UNDECIDED, orientate
from .received import DIAGNOSTICS, LOG
from .spells import DAYS_A_MONTH

Event = tuple[str, date, str, str, str, str, str]
Step = tuple[date, str, str]
CONTRACTS = ("startup_contract", "employee_contract")
YEAR = 12
SOURCE = "Declared generator of pathways"
"""What drawn records say of where they come from."""


def planted() -> dict[str, Any]:
    """Return what is planted: entries, diagnostics, chances a month of each event, supports, exits by reason, appointments."""
    return read_yaml(DEFINITIONS / "pathways_synthetic.yml", "pathways_synthetic")


def draw_log(
    first: date, until: date, seed: int, *, entries_month: float | None = None, territories: Sequence[str] = ()
) -> pd.DataFrame:
    """Draw an event log without faults; parameters and columns are those of :func:`draw`."""
    return draw(first, until, seed, entries_month=entries_month, territories=territories)[0]


def draw(
    first: date, until: date, seed: int, *, entries_month: float | None = None, territories: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw an event log without faults, and the entry diagnostics of its persons.

    Parameters
    ----------
    first, until : datetime.date
        Day of the first reception at the earliest, and day to which the log is complete.
    seed : int
        Seed; the same one gives the same log.
    entries_month : float, optional
        Receptions a month and territory, on the average; what is planted where left out.
    territories : sequence of str
        Their codes; what is planted where left out.

    Returns
    -------
    log : pandas.DataFrame
        Columns of a log, days as ``YYYY-MM-DD``, by person and day. Each month each person meets at most one of the events that their
        state allows, with the chance planted for it, whatever the territory, the officer, the appointments or the incubators:
        **support has no effect here**. The reason of an orientation is the officer's decision.
    diagnostics : pandas.DataFrame
        ``person`` and the answers that the decision table reads, missing where a person gave none.
    """
    plan, rng = planted(), np.random.default_rng(seed)
    rate = plan["entries_month"] if entries_month is None else entries_month
    days = (until - first).days
    rows: list[Event] = []
    answers = []
    for territory, name in enumerate(territories or plan["territories"]):
        number = int(rng.poisson(rate * days / DAYS_A_MONTH))
        asked = _diagnostics(plan["diagnostic"], number, rng)
        for place, officer_said in enumerate(_officer(plan["diagnostic"], asked, rng)):
            person, officer = f"{name}-{place + 1:04d}", f"officer {territory + 1}"
            begins = first + timedelta(days=int(rng.integers(0, days + 1)))
            steps = _pathway(plan, begins, until, officer_said, rng)
            own = sorted(dict.fromkeys(steps), key=lambda one: one[0])
            pole = str(rng.choice(plan["poles"]))
            rows += [(person, day, event, name, pole, officer, reason) for day, event, reason in own]
        answers.append(asked.assign(person=[f"{name}-{place + 1:04d}" for place in range(number)]))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    diagnostics = pd.concat(answers, ignore_index=True)[["person", *load_pathway_rules().answers]]
    return frame.assign(date=[day.isoformat() for day in frame["date"]]), diagnostics


def write(study: Study, country: str, wave: str) -> list[Path]:
    """Write the synthetic log of a country's pathways, its entry diagnostics, and where both come from.

    Returns
    -------
    list of Path
        The files; none where the study names no territories of the country. The study's seed, the country and the wave fix every byte.
    """
    territories = study.territories.get(country, {})
    if not territories:
        return []
    plan = planted()
    own = int.from_bytes(hashlib.sha256(f"{study.seed}/{country}/{wave}".encode()).digest()[:8], "big")
    first, until = (date.fromisoformat(plan[end]) for end in ("first", "until"))
    folder = answers_folder(study.folder, country, wave)
    written = []
    for name, table in zip((LOG, DIAGNOSTICS), draw(first, until, own, territories=list(territories)), strict=True):
        file, content = folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode("utf-8")
        source = {
            "origin": "synthetic",
            "source": SOURCE,
            "licence": plan["licence"],
            "file": file.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "generator": plan["generator"],
            "generator_version": plan["version"],
            "seed": study.seed,
            "until": plan["until"],
        }
        write_atomically(file, content)
        write_atomically(sidecar(folder, name), yaml.safe_dump(source, sort_keys=False).encode("utf-8"))
        written += [file, sidecar(folder, name)]
    return written


def _diagnostics(plan: dict[str, Any], number: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the answers that the decision table reads; each is missing with the chance planted."""
    hours = np.round(rng.uniform(0, plan["hours_month_top"], number))
    frame = pd.DataFrame(
        {
            "wish": np.where(rng.random(number) < plan["information"], "information", "project"),
            "stage": np.where(rng.random(number) < plan["idea"], "idea", "ready"),
            "legal_frame": np.where(rng.random(number) < plan["other_needed"], "other_needed", "fits"),
            "hours_month": hours,
            "invoiced_eur_month": np.round(hours * plan["eur_hour"] * rng.uniform(0.5, 1.5, number)),
        }
    ).astype(object)
    return frame.mask(rng.random(frame.shape) < plan["missing"])


def _officer(plan: dict[str, Any], asked: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Draw where each person is orientated: by the rule as often as is planted, else to one of the two contracts."""
    by_rule = orientate(asked)
    other = rng.choice(list(CONTRACTS), len(asked))
    goes = (rng.random(len(asked)) < plan["officer_agrees"]) & (by_rule != UNDECIDED)
    return list(np.where(goes, by_rule, other))


def _pathway(plan: dict[str, Any], begins: date, until: date, outcome: str, rng: np.random.Generator) -> Iterator[Step]:
    """Draw one person's pathway: a state a month, appointments and supports beside it."""
    yield begins, "reception", ""
    met = _first(plan, begins, rng)
    oriented = max(met, begins + timedelta(days=int(rng.integers(5, 40))))
    if met <= until:
        yield met, "appointment", ""
    if oriented > until:
        yield until, "still_there", ""
        return
    yield oriented, "orientation", outcome
    if outcome not in CONTRACTS:
        yield oriented, "exit", "orientated_elsewhere"
        return
    state, since, month = "orientation", oriented, 0
    keen = rng.gamma(plan["appointments"]["shape"], plan["appointments"]["mean_month"] / plan["appointments"]["shape"])
    waiting, worked = dict(plan["supports"]), 0
    while True:
        month += 1
        # Months are counted from the last step and rounded down, so that the event of a month is never measured as later.
        day = since + timedelta(days=int(month * DAYS_A_MONTH))
        if day > until:
            yield until, "still_there", ""
            return
        if rng.random() < min(1.0, keen):
            yield day - timedelta(days=int(rng.integers(1, 15))), "appointment", ""
        if state != "orientation":
            for support in [name for name, chance in waiting.items() if rng.random() < chance]:
                yield day - timedelta(days=int(rng.integers(1, 15))), support, ""
                del waiting[support]
        event = _one_of(plan["chances_month"][state], rng)
        if event == "exit":
            yield day, event, _one_of(plan["exits"], rng)
            return
        if state in ("employee_contract", "membership"):
            worked += 1
            if worked % YEAR == 0 and rng.random() < plan["annual_appointment"]:
                yield day, "annual_appointment", ""
        if event:
            state, since, month = outcome if event == "contract" else event, day, 0
            yield day, state, ""
        elif state == "startup_contract" and month == YEAR and rng.random() < plan["startup_renewal"]:
            yield day, "startup_renewal", ""


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
