"""``compendium facts``: whether the country facts can be read, and what fresh official tables brought."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compendium.paths import context, shown
from compendium.study.context import Context, Extracted
from compendium.study.context_file import load
from compendium.study.study import load_study


def lines(folder: Path) -> list[str]:
    """Load the country facts of a study and say in plain lines what was read.

    Raises
    ------
    DefinitionError
        What the study and the facts themselves raise: one sentence with file and place.
    """
    study = load_study(folder)
    known = load(folder)
    if known.is_empty:
        return [f"{shown(context(folder))}: there are no country facts."]
    indicators = known.facts["indicator"].nunique()
    return [
        f"{shown(context(folder))}: {len(known.facts)} values of {indicators} indicators, "
        f"{len(known.statuses)} legal statuses, {len(known.policies)} policies and actors.",
        *(
            f"{study.name(country.code, 'en')} ({country.code}): nothing in our sources, and its pages say so."
            for country in study.countries
            if not known.has(country.code)
        ),
        *(line for one in known.extracts for line in _of_file(one)),
        *_revised(known),
        *([] if known.extracts else ["No fresh official table; they go into the folder eurostat beside eurostat.yml."]),
    ]


def _of_file(one: Extracted) -> list[str]:
    day = one.updated or "day unknown: say it in eurostat.yml, extracted"
    said = [
        f"{one.file} (dataset {one.dataset}, {day}): {one.values} values taken: {one.added} new, {one.confirmed} as before, "
        f"{one.revised} revised, {one.kept} contradicted but kept; {one.withdrawn} of ours withdrawn; "
        f"{one.without} cells without a value."
    ]
    if one.elsewhere:
        places = ", ".join(f"{geo} ({n})" for geo, n in one.elsewhere.items())
        said.append(f"{one.file}: left aside, for their places are not in places.yml: {places}.")
    return said


def _revised(known: Context) -> list[str]:
    return [
        f"  {row.effect}: {row.country}, {row.indicator}, {row.period}: {row.old:g} -> "
        f"{'no value' if pd.isna(row.new) else f'{row.new:g} {row.unit}'} ({row.file})"
        for row in known.revisions.itertuples(index=False)
    ]
