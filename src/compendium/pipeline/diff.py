"""Which published numbers changed between two runs, and which inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import ChainError
from compendium.pipeline.manifest import STORE
from compendium.reading import read_parquet
from compendium.results import NUMBERS
from compendium.run_report import run_names

VALUES = (*NUMBERS, "suppressed")
"""Columns of a published frame that hold numbers; the others say what the number is of."""


@dataclass(frozen=True)
class Difference:
    """What differs between two runs.

    Attributes
    ----------
    inputs : dict of str to str
        ``changed``, ``added`` or ``removed`` by name of the input.
    numbers : pandas.DataFrame
        One row a published number that differs, with columns ``page``, what the number is of (those columns of
        the results that tell two rows apart), ``column``, ``before`` and ``after``.
    pages : dict of str to str
        ``added`` or ``removed`` by page.
    """

    inputs: dict[str, str] = field(default_factory=dict)
    numbers: pd.DataFrame = field(default_factory=pd.DataFrame)
    pages: dict[str, str] = field(default_factory=dict)


def read_manifest(study_folder: Path, run: str) -> dict[str, Any]:
    """Read the manifest of a run; ``last`` is the newest, ``previous`` the one before.

    Raises
    ------
    ChainError
        There is no such run.
    """
    folder = paths.runs(study_folder)
    names = [name for name in run_names(folder) if (folder / name / "manifest.json").is_file()]
    place = {"last": -1, "previous": -2}.get(run)
    if place is not None and len(names) >= -place:
        run = names[place]
    if run not in names:
        raise ChainError(
            f"there is no run {run!r} of this study; legal are {', '.join(names) or 'none yet'}, or last and previous"
        )
    content: dict[str, Any] = json.loads((folder / run / "manifest.json").read_text(encoding="utf-8"))
    return content


def last_manifest(study_folder: Path) -> dict[str, Any] | None:
    """Return the manifest of the newest run if that run was concluded, else None."""
    folder = paths.runs(study_folder)
    names = run_names(folder)
    is_concluded = bool(names) and (folder / names[-1] / "manifest.json").is_file()
    return read_manifest(study_folder, names[-1]) if is_concluded else None


def compare(study_folder: Path, before: str, after: str) -> Difference:
    """Compare two runs of a study.

    Parameters
    ----------
    study_folder : Path
        Folder of the study.
    before, after : str
        Names of runs, or ``previous`` and ``last``.

    Returns
    -------
    Difference
        What changed; numbers are compared exactly.
    """
    old, new = read_manifest(study_folder, before), read_manifest(study_folder, after)
    store = paths.runs(study_folder) / STORE
    shared = old["published"].keys() & new["published"].keys()
    changed = sorted(page for page in shared if old["published"][page] != new["published"][page])
    frames = [
        _numbers(page, *(read_parquet(store / f"{run['published'][page]}.parquet") for run in (old, new)))
        for page in changed
    ]
    numbers = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return Difference(
        _changes(old["inputs"], new["inputs"]), numbers, _changes(old["published"], new["published"], only_names=True)
    )


def _changes(old: Mapping[str, str], new: Mapping[str, str], *, only_names: bool = False) -> dict[str, str]:
    found = {}
    for name in sorted({*old, *new}):
        if name not in old:
            found[name] = "added"
        elif name not in new:
            found[name] = "removed"
        elif old[name] != new[name] and not only_names:
            found[name] = "changed"
    return found


def _numbers(page: str, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    values = [column for column in VALUES if column in old and column in new]
    keys = [column for column in old.columns if column in new.columns and column not in values]
    sides = []
    for frame in (old, new):
        named = frame[keys].astype("str").fillna("")
        # A number shown twice on a page is compared with its own twin.
        named["occurrence"] = named.groupby(keys, dropna=False).cumcount().astype("str")
        sides.append(pd.concat([named, frame[values]], axis=1))
    both = sides[0].merge(sides[1], on=[*keys, "occurrence"], how="outer", suffixes=("|before", "|after"))
    telling = [key for key in keys if (both[key] != both[key].iloc[0]).any()]
    rows = []
    for column in values:
        before, after = both[f"{column}|before"], both[f"{column}|after"]
        differs = ~((before == after) | (before.isna() & after.isna()))
        found = both.loc[differs, telling].assign(
            page=page, column=column, before=before[differs], after=after[differs]
        )
        rows.append(found[["page", *telling, "column", "before", "after"]].astype("object"))
    return pd.concat(rows, ignore_index=True)
