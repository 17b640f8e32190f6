"""What an action research did, and what changed: the product ``field``, pooled over structures."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from .. import results
from ..collection import entries
from ..collection.entries import kept
from ..disclosure.dominance import DOMINATED
from ..intervals import holm
from ..persons import Row
from ..study.field_rules import FieldRules, load_field_rules
from ..study.study import Study
from . import effects
from .records import (
    ACTION,
    ACTIVITIES,
    AFTER,
    BEFORE,
    COMPARISON,
    MEASURES,
    STRUCTURES,
    forms,
    read,
)

PART = "risks"
POINTS = "points of 100"
STRUCTURES_COUNT, OCCASIONS, REACHED = "count of structures", "count of occasions", "structures reached"
PEOPLE = "count of people"
MEAN, CHANGE, DID = "mean of structures", "mean change of structures", "difference in differences"
DETECTABLE = "smallest detectable difference"
PARTED = "structures"
"""Indicator of how structures are parted: by arm, and by how they came into it."""
EACH = "structures_each"
CHANGES = "mean over structures of after less before, each structure of the same weight"
AGAINST = "mean change with action less mean change of comparison structures"
FOUND = "true difference that an interval leaves nought out of in {power:.0%} of such studies, at the spread seen here"
KEYS = ["arm", "outcome", "structure", "time"]


def field(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Estimate what an action research did and what changed.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; ``population`` is the arm of the structures. Methods :data:`STRUCTURES_COUNT`,
        :data:`OCCASIONS`, :data:`REACHED`, :data:`PEOPLE` (by role, taken part at all), :data:`MEAN` (by ``period`` and, with action,
        by role), :data:`CHANGE`, :data:`DID` (``p_adjusted``: permutation, by Holm's steps over outcomes) and :data:`DETECTABLE`. Empty
        without any files. No structure has a row of its own.
    """
    there = entries.files(study, unit, wave, forms())
    if not there:
        return results.make([])
    record = next(iter(there.values()))
    files, rules = {name: kept(frame) for name, frame in read(study, unit, wave).items()}, load_field_rules()
    measured = combined(files[MEASURES], files[STRUCTURES])
    left = Left(study.disclosure.minimum_cell, rules.least_structures_left)
    rows = [
        *_parted(files[STRUCTURES]),
        *_done(files[ACTIVITIES], files[STRUCTURES]),
        *_means(measured, left),
        *_by_role(files[MEASURES], files[STRUCTURES], left),
        *_changes(measured, left, rules, study.seed),
    ]
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=record.origin,
        source=record.source,
    )


class Left:
    """Tells whether a figure may be published beside what each structure knows of itself."""

    def __init__(self, persons: int, structures: int) -> None:
        self.persons, self.structures = persons, structures

    def too_little(self, n: pd.Series) -> bool:
        """Tell whether, without any one structure, too few persons or structures are left; `n` holds persons by structure."""
        return len(n) - 1 < self.structures or bool((n.sum() - n < self.persons).any())


def combined(measures: pd.DataFrame, structures: pd.DataFrame) -> pd.DataFrame:
    """Put the roles of each structure together.

    Returns
    -------
    pandas.DataFrame
        ``arm outcome structure time n mean``: the mean of the persons of a structure, all roles.
    """
    own = measures.merge(structures[["structure", "arm"]], on="structure", validate="many_to_one")
    own = own.assign(total=own["n"] * own["mean"])
    grouped = own.groupby(KEYS, sort=False)[["n", "total"]].sum().reset_index()
    return grouped.assign(mean=grouped["total"] / grouped["n"]).drop(columns="total")


def changes(measured: pd.DataFrame) -> pd.DataFrame:
    """Return the change of each structure measured both before and after: ``arm outcome structure change n_before n_after``."""
    wide = measured.pivot(index=KEYS[:3], columns="time", values=["n", "mean"])
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["n", "mean"], [BEFORE, AFTER]])).dropna()
    found = pd.DataFrame(
        {
            "change": wide["mean", AFTER] - wide["mean", BEFORE],
            "n_before": wide["n", BEFORE],
            "n_after": wide["n", AFTER],
        }
    )
    return found.reset_index()


def _parted(structures: pd.DataFrame) -> Iterator[Row]:
    for column in ("arm", "chosen_by"):
        for (arm, group), own in structures.groupby(["arm", column], sort=False):
            yield {
                "indicator": PARTED, "population": arm, "group_by": column, "group": group, "estimate": float(len(own)),
                "unit": "structures", "method": STRUCTURES_COUNT,
            }  # fmt: skip


def _done(activities: pd.DataFrame, structures: pd.DataFrame) -> Iterator[Row]:
    own = activities.merge(structures[["structure", "arm"]], on="structure", validate="many_to_one")
    for (arm, activity), rows in own.groupby(["arm", "activity"], sort=False):
        common: Row = {"indicator": activity, "population": arm}
        reached = float(rows["structure"].nunique())
        occasions = rows.drop_duplicates(["structure", "date", "theme"])
        yield {**common, "estimate": reached, "unit": "structures", "method": REACHED}
        yield {**common, "estimate": float(len(occasions)), "unit": "occasions", "method": OCCASIONS}
        for theme, part in occasions[occasions["theme"] != ""].groupby("theme", sort=False):
            yield {**common, "group_by": "theme", "group": theme, "estimate": float(len(part)),
                   "unit": "occasions", "method": OCCASIONS}  # fmt: skip
        for role, people in rows.groupby("role", sort=False)["people"].sum().items():
            yield {**common, "group_by": "role", "group": role, "estimate": float(people), "n": float(people),
                   "unit": "respondents", "method": PEOPLE}  # fmt: skip


def _means(measured: pd.DataFrame, left: Left) -> Iterator[Row]:
    for (arm, outcome, time), own in measured.groupby(["arm", "outcome", "time"], sort=False):
        yield _mean_row(own, left) | {"indicator": outcome, "population": arm, "period": time}


def _by_role(measures: pd.DataFrame, structures: pd.DataFrame, left: Left) -> Iterator[Row]:
    own = measures.merge(structures[["structure", "arm"]], on="structure", validate="many_to_one")
    own = own[own["arm"] == ACTION]
    for (outcome, role, time), rows in own.groupby(["outcome", "role", "time"], sort=False):
        yield _mean_row(rows, left) | {
            "indicator": outcome, "population": ACTION, "group_by": "role", "group": role, "period": time,
        }  # fmt: skip


def _mean_row(own: pd.DataFrame, left: Left) -> Row:
    found = effects.mean_of(own["mean"])
    return {
        "method": MEAN, "unit": POINTS, "estimand": "mean over structures, each of the same weight",
        "n": float(own["n"].sum()), "n_effective": float(len(own)),
        **_bounded(found), **_caveat(left.too_little(own["n"])),
    }  # fmt: skip


def _changes(measured: pd.DataFrame, left: Left, rules: FieldRules, seed: int) -> Iterator[Row]:
    found = changes(measured)
    compared: list[Row] = []
    for outcome, own in found.groupby("outcome", sort=False):
        arms = {arm: own[own["arm"] == arm] for arm in (ACTION, COMPARISON)}
        bare = {
            arm: left.too_little(rows["n_before"]) or left.too_little(rows["n_after"]) for arm, rows in arms.items()
        }
        for arm, rows in arms.items():
            if len(rows):
                yield {
                    "indicator": outcome, "population": arm, "method": CHANGE, "unit": POINTS, "estimand": CHANGES,
                    "n": _persons(rows), "n_effective": float(len(rows)),
                    **_interval(effects.mean_of(rows["change"])), **_caveat(bare[arm]),
                }  # fmt: skip
        if min(map(len, arms.values())) >= 2:
            compared.append(_did(outcome, arms, any(bare.values()), seed))
            yield from _power(outcome, arms, any(bare.values()), rules)
    adjusted = list(holm([row["p_adjusted"] for row in compared])) if compared else []
    for row, p in zip(compared, adjusted, strict=True):
        yield {**row, "p_adjusted": float(p)}


def _did(outcome: str, arms: dict[str, pd.DataFrame], is_bare: bool, seed: int) -> Row:
    action, comparison = (arms[arm]["change"].to_numpy() for arm in (ACTION, COMPARISON))
    return {
        "indicator": outcome, "method": DID, "unit": POINTS, "estimand": AGAINST, "reference_group": COMPARISON,
        "n": min(_persons(rows) for rows in arms.values()), "n_effective": float(len(action) + len(comparison)),
        "p_adjusted": effects.permutation_p(action, comparison, seed),
        **_interval(effects.difference_in_differences(action, comparison)), **_caveat(is_bare),
    }  # fmt: skip


def _power(outcome: str, arms: dict[str, pd.DataFrame], is_bare: bool, rules: FieldRules) -> Iterator[Row]:
    action, comparison = (arms[arm]["change"].to_numpy() for arm in (ACTION, COMPARISON))
    spread, freedom = effects.spread_of_changes(action, comparison)
    if not spread > 0:
        return
    ends = effects.spread_interval(spread, freedom)
    sizes: Sequence[tuple[str, int, int]] = [
        ("", len(action), len(comparison)),
        *((str(each), each, each) for each in rules.structures_each),
    ]
    for group, first, second in sizes:
        one, low, high = (effects.detectable(own, first, second, rules.power) for own in (spread, *ends))
        yield {
            "indicator": outcome, "method": DETECTABLE, "unit": POINTS, "estimand": FOUND.format(power=rules.power),
            "group_by": EACH if group else "", "group": group, "estimate": one, "ci_low": low, "ci_high": high,
            "n": min(_persons(rows) for rows in arms.values()), "n_effective": float(first + second),
            **_caveat(is_bare),
        }  # fmt: skip


def _persons(rows: pd.DataFrame) -> float:
    """Return the persons behind changes: those of the time at which fewer answered."""
    return float(min(rows["n_before"].sum(), rows["n_after"].sum()))


def _caveat(is_bare: bool) -> Row:
    return {"caveat": DOMINATED if is_bare else ""}


def _interval(found: effects.Effect) -> Row:
    return {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}


def _bounded(found: effects.Effect) -> Row:
    """Return a mean with its interval cut at the ends of the scale."""
    row = _interval(found)
    return row | {"ci_low": np.clip(row["ci_low"], 0, 100), "ci_high": np.clip(row["ci_high"], 0, 100)}
