"""Families at once: how many weigh on a person, and which two weigh on the same persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...diagnosis.exposure import BOTH, BY_CHANCE, FAMILIES_AT_ONCE
from ...figures import intervals
from ...figures.base import Figure
from ...tables import Table
from ...wording import Label, note
from ..factsheet import Sentence
from .sheet import Sheet, nothing


def accumulated(sheet: Sheet) -> Figure | Sentence:
    """Draw how many families persons are exposed to at once."""
    rows = sheet.rows(indicator=FAMILIES_AT_ONCE, group_by=FAMILIES_AT_ONCE, method="share")
    if rows.empty:
        return nothing(sheet)
    title = sheet.t("How many families of risk at once")
    widest = rows["ci_high"].max()
    return intervals(
        rows,
        y="group",
        t=sheet.t,
        title=title,
        label=_number_of_families(sheet),
        sort=False,
        limits=(0, 100 if pd.isna(widest) else float(np.ceil(widest / 10) * 10)),
    )


def _number_of_families(sheet: Sheet) -> Label:
    def label(column: str, code: str) -> str:
        if column != "group":
            return sheet.label(column, code)
        if code == "0":
            return sheet.t("No family")
        if code.endswith("_or_more"):
            return sheet.t("{n} families or more", n=code.removesuffix("_or_more"))
        return sheet.t("One family") if code == "1" else sheet.t("{n} families", n=code)

    return label


def pairs(sheet: Sheet) -> Table | Sentence:
    """Show which two families weigh on the same persons, the most frequent pair first, beside what chance would give."""
    t = sheet.t
    rows = sheet.rows(indicator=BOTH)
    if rows.empty:
        return nothing(sheet)
    both = rows[(rows["method"] == "share") & ~rows["suppressed"]].sort_values(
        "estimate", ascending=False, kind="stable"
    )
    if both.empty:
        return Sentence(
            t("No two families can be shown together: too few persons are exposed to both, or to one alone.")
        )
    chance = rows[rows["method"] == BY_CHANCE].set_index(["group_by", "group"])["estimate"]
    frame = pd.DataFrame(
        {
            t("Families"): [_pair(sheet, row) for row in both.itertuples()],
            t("Exposed to both"): [t.percent(row.estimate) for row in both.itertuples()],
            t("95% interval"): [t.interval(row.ci_low, row.ci_high) for row in both.itertuples()],
            t("Were the two unrelated"): [
                t.percent(chance.get((row.group_by, row.group), np.nan)) for row in both.itertuples()
            ],
            t("n"): [t.number(row.n, 0) for row in both.itertuples()],
        }
    )
    hidden = int((rows["method"] == "share").sum()) - len(both)
    said = [t("Persons whose answers settle both families. The last share is a product: it has no interval.")]
    if hidden:
        said.append(t("Pairs withheld to protect the people who answered: {n}.", n=t.number(hidden, 0)))
    caption = t("Families of risk that weigh on the same persons")
    return Table(frame, caption, t, note=" ".join([*said, note(both, t, sheet.label)]), results=both)


def _pair(sheet: Sheet, row: Any) -> str:
    one, other = row.group_by.removeprefix("pair_"), row.group
    return sheet.t(
        "{one} and {other}",
        one=sheet.label("indicator", f"exposure_{one}"),
        other=sheet.label("indicator", f"exposure_{other}"),
    )
