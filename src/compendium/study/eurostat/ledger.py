"""Hold what official files say against the study's own values: what is new, the same, another, gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..context import EFFECTS
from .declaration import EXTEND
from .extract import refuse
from .selection import Taken

EXTRACT = "extract"
"""Column that says which extract a value is of; empty for the study's own."""
_WIDE = 10
"""From this ratio of a new to an old value on, a wrong unit is likelier than a revision."""

Key = tuple[str, str, str]
"""Country, indicator, year."""


@dataclass(frozen=True)
class Ledger:
    """What files change.

    Attributes
    ----------
    gone : set of Key
        The study's values that no longer stand.
    kept : list of mapping
        Rows of files that stand.
    revisions : list of mapping
        One row a value of the study that a file contradicts.
    counts : Mapping of str to mapping
        File -> added, confirmed and each of :data:`~compendium.study.context.EFFECTS` -> how many values.
    """

    gone: set[Key]
    kept: list[Mapping[str, str]]
    revisions: list[Mapping[str, Any]]
    counts: Mapping[str, dict[str, int]]


def compare(own: pd.DataFrame, taken: Sequence[Taken]) -> Ledger:
    """Hold every value of the files against the study's own.

    Raises
    ------
    DefinitionError
        Two files give one cell different values, or a value is so far from the study's own that its unit must be wrong.
    """
    counts = {one.path.name: dict.fromkeys(("added", "confirmed", *EFFECTS), 0) for one in taken}
    ledger = Ledger(set(), [], [], counts)
    held = {(row.country, row.indicator, row.year): row for row in own.itertuples(index=False)}
    fresh = _together(taken)
    for key, row, one in fresh:
        effect = _effect(ledger, held.get(key), row, one)
        counts[one.path.name][effect] += 1
        if effect == "added" or one.dataset.effect != EXTEND:
            ledger.kept.append(row)
            ledger.gone.add(key)
    spoken = {key for key, _, _ in fresh}
    for one in taken:
        for before in _withdrawn(one, own, spoken | ledger.gone):
            ledger.gone.add((before.country, before.indicator, before.year))
            counts[one.path.name]["withdrawn"] += 1
            ledger.revisions.append(_revision(before, "", "withdrawn", one.source, one))
    return ledger


def _effect(ledger: Ledger, before: Any, row: Mapping[str, str], one: Taken) -> str:
    """Say what a value of a file is to the study, and note a contradiction."""
    if before is None:
        return "added"
    _check_size(one, row, before.value)
    if float(before.value) == float(row["value"]):
        return "confirmed"
    effect = "kept" if one.dataset.effect == EXTEND else "revised"
    ledger.revisions.append(_revision(before, row["value"], effect, row["source"], one))
    return effect


def _together(taken: Sequence[Taken]) -> list[tuple[Key, dict[str, str], Taken]]:
    """Return every value once with its file, and refuse what two files say differently."""
    seen: dict[Key, tuple[dict[str, str], Taken]] = {}
    for one in taken:
        for row in one.rows.to_dict("records"):
            key = (row["country"], row["indicator"], row["year"])
            first, before = seen.setdefault(key, ({**row, EXTRACT: one.extract}, one))
            if before is not one and (float(first["value"]), first["flags"]) != (float(row["value"]), row["flags"]):
                raise refuse(
                    one.path,
                    row["place"],
                    f"{', '.join(key)} is {_said(row)} here and {_said(first)} in {before.path.name}, {first['place']}; "
                    "legal is one value: keep the newer file only",
                )
    return [(key, row, one) for key, (row, one) in seen.items()]


def _said(row: Mapping[str, str]) -> str:
    return f"{row['value']} {row['flags']}".strip()


def _check_size(one: Taken, row: Mapping[str, str], before: str) -> None:
    old, new = abs(float(before)), abs(float(row["value"]))
    if old and new and not 1 / _WIDE < new / old < _WIDE:
        raise refuse(
            one.path,
            row["place"],
            f"{row['country']}, {row['indicator']}, {row['year']} is {row['value']} here and {before} in indicators.csv, both in "
            f"{row['unit']!r}: no revision is that large; legal is the same unit, so correct where or factor in eurostat.yml",
        )


def _withdrawn(one: Taken, own: pd.DataFrame, spoken: set[Key]) -> Iterator[Any]:
    """Return the study's values that a replacing file speaks of and gives no value for."""
    if one.dataset.effect == EXTEND:
        return
    for row in own.itertuples(index=False):
        inside = (row.indicator, row.country) in one.series and int(row.year) in one.years
        if inside and (row.country, row.indicator, row.year) not in spoken:
            yield row


def _revision(before: Any, new: str, effect: str, source: str, one: Taken) -> dict[str, Any]:
    return {
        "country": before.country,
        "indicator": before.indicator,
        "period": before.year,
        "old": float(before.value),
        "new": float(new) if new else float("nan"),
        "unit": before.unit,
        "effect": effect,
        "old_source": before.source,
        "new_source": source,
        "file": one.path.name,
    }
