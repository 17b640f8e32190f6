"""``compendium plan``: what the sample that a study wants could show, before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from compendium import planning
from compendium.errors import DefinitionError
from compendium.paths import shown, study_file
from compendium.study.study import Study, load_study


def show(folder: Path, console: Console) -> None:
    """Print half-widths, what can be tested, the smallest differences and what would be blanked.

    Raises
    ------
    DefinitionError
        The study names no targets.
    """
    study = load_study(folder)
    if not study.targets:
        raise DefinitionError(
            f"{shown(study_file(folder))}: targets: the key is missing; legal is how many answers are wanted, by country"
        )
    results = planning.plan(
        study, planning.targets(study), planning.PLANNED, wave=study.waves[-1], **planning.OF_THE_PLAN
    )
    assumed = planning.assumptions()
    console.print(
        f"What the targets of the study {study.id} would show, cell by cell.\n"
        f"± share, ± score: half the width of the {assumed.confidence_level:.0%} interval, of a share of {assumed.share:.0%} "
        f"(percentage points) and of a mean score (points on 0-100, standard deviation {assumed.score_sd:g}).\n"
        f"Contrast: smallest difference of a mean score from the country's other persons that is seen with a power of "
        f"{assumed.power:.0%}, all cells of one question tested together.\n"
        f"Invariance: whether a measure can be tested in this group, which needs {assumed.invariance_group} persons.\n"
        f"Shown: cells under {study.disclosure.minimum_cell} persons are blanked.\n"
        "These assumptions, their references and how sure they are stand in definitions/planning.yml.\n",
        highlight=False,
    )
    for country, rows in results.groupby("country", sort=False):
        console.print(_cells(study, str(country), rows))
    console.print(_between(study, results))
    console.print(_crossed(study, results))


def _cells(study: Study, country: str, rows: pd.DataFrame) -> Table:
    table = _table(study.name(country, "en"))
    table.add_column("Who")
    for heading in ("Wanted", "± share", "± score", "Contrast"):
        table.add_column(heading, justify="right")
    table.add_column("Invariance")
    table.add_column("Shown")
    within = rows[(rows["group_by"] != "country") & (rows["indicator"] != planning.CROSS)]
    for (variable, code), found in within.groupby(["group_by", "group"], sort=False):
        row = {one.indicator: one for one in found.itertuples()}
        numbers = [
            f"{row[name].estimate:.1f}" if name in row else ""
            for name in (planning.SHARE_WIDTH, planning.SCORE_WIDTH, planning.CONTRAST)
        ]
        testable = row.get(planning.TESTABLE)
        table.add_row(
            f"{variable}: {study.questionnaire.label(variable, code, 'en')}" if variable else "all",
            f"{row[planning.CELL].estimate:.0f}",
            *numbers,
            "yes" if testable is not None and testable.comparable == "yes" else "no",
            row[planning.CELL].comparable,
        )
    return table


def _table(title: str) -> Table:
    return Table(title=f"\n{title}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)


def _between(study: Study, results: pd.DataFrame) -> Table:
    table = _table("Smallest difference of a mean score between two countries, points on 0-100")
    for heading in ("Country", "Country", "Points"):
        table.add_column(heading)
    for row in results[results["group_by"] == "country"].itertuples():
        table.add_row(study.name(row.country, "en"), study.name(row.group, "en"), f"{row.estimate:.1f}")
    return table


def _crossed(study: Study, results: pd.DataFrame) -> Table:
    minimum = study.disclosure.minimum_cell
    table = _table(f"Tables of two questions: cells expected under {minimum} persons, which would be blanked")
    for heading in ("Country", "Table", "Blanked", "Worth making"):
        table.add_column(heading)
    for row in results[results["indicator"] == planning.CROSS].itertuples():
        crossed = " by ".join(row.group_by.split("+"))
        said = "yes" if row.comparable == "yes" else f"no: {row.reason}"
        table.add_row(study.name(row.country, "en"), crossed, f"{row.estimate:.0f} {row.unit}", said)
    return table
