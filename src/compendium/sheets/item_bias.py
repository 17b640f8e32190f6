"""Show where groups with the same score answer a question differently, and between which groups that was tested."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ..invariance.axes import LANGUAGE
from ..item_bias import LARGE, MODERATE
from ..measurement import names
from ..planning import assumptions
from ..tables import Table
from ..wording import note
from .factsheet import Sentence
from .measurement import Sheet, number
from .outcomes import p_value


def tested(sheet: Sheet) -> Table | Sentence:
    """Say between which groups the questions were tested for bias, and how many were found to be biased."""
    t, rows = sheet.t, sheet.rows(method=names.BIAS)
    known = rows[rows["estimate"].notna()]
    if known.empty:
        least = t.number(assumptions().invariance_group)
        return Sentence(
            t("No question was tested for bias here: no two groups have {n} complete answers each.", n=least)
        )
    shown = []
    for axis, family in known.groupby("group_by", sort=False):
        largest = family.loc[family["estimate"].idxmax()]
        shown.append(
            {
                t("Between groups by"): sheet.axis(str(axis)),
                t("Questions tested"): t.number(len(family)),
                t("Biased"): t.number(int((family["caveat"] == names.BIASED).sum())),
                t("Largest difference"): f"{sheet.label('flag', largest['flag'])}, {number(largest, t, 3)}",
                t("Smallest p, adjusted for several tests"): p_value(family["p_adjusted"].min(), t),
            }
        )
    said = [*_borders(sheet), *_untested(sheet, rows)]
    caption = t("Do groups answer a question differently although their score is the same?")
    return Table(pd.DataFrame(shown), caption, t, note=" ".join([*said, note(known.assign(method=""), t, sheet.label)]))


def biased(sheet: Sheet) -> Table | Sentence | None:
    """List the questions that groups with the same score answer differently, and who answers higher."""
    t, rows = sheet.t, sheet.rows(method=names.BIAS, caveat=names.BIASED)
    if sheet.rows(method=names.BIAS)["estimate"].isna().all():
        return None
    if rows.empty:
        return Sentence(
            t("No tested question was found to be biased. A test that finds nothing does not prove that there is nothing.")
        )
    shown = []
    for row in rows.itertuples(index=False):
        shifts = sheet.rows(
            method=names.SHIFT, indicator=row.indicator, group_by=row.group_by, reference_group=row.reference_group
        )
        shifts = shifts.sort_values("estimate")
        shown.append(
            {
                t("Measure"): sheet.label("indicator", row.reference_group),
                t("Question"): sheet.label("indicator", row.indicator),
                t("Between groups by"): sheet.axis(row.group_by),
                t("Size"): sheet.label("flag", row.flag),
                t("Highest at the same score"): _shift(sheet, shifts.iloc[-1]),
                t("Lowest at the same score"): _shift(sheet, shifts.iloc[0]),
            }
        )
    said = [
        t("Points of 100 above or below all groups together at the same score, with 95% intervals. Which group answers "
          "“rightly” cannot be told: a question is biased against the other questions of its measure."),
        t("A bias in one question shows in the others with the opposite sign, weaker."),
    ]  # fmt: skip
    return Table(
        pd.DataFrame(shown),
        t("Questions that groups answer differently at the same score"),
        t,
        row_headers=2,
        note=" ".join(said),
    )


def _borders(sheet: Sheet) -> Iterator[str]:
    t = sheet.t
    yield t(
        "Ordered logistic regression of each answer on the score, the group and both. Difference: change of Nagelkerke's R2; "
        "moderate from {moderate}, large from {large} (Jodoin and Gierl 2001, to verify). Biased: p below 0.05 after Holm, "
        "over all questions tested between these groups, and not negligible.",
        moderate=t.number(MODERATE, 3),
        large=t.number(LARGE, 3),
    )
    yield t("A group takes part with {n} complete answers or more.", n=t.number(assumptions().invariance_group))
    if any(measure.kind == "index" for measure in sheet.measures):
        yield t(
            "In an index a difference is no fault of the question: groups reach the same sum by different circumstances."
        )


def _untested(sheet: Sheet, rows: pd.DataFrame) -> Iterator[str]:
    """Say between which groups nothing, or not everything, was tested, and why."""
    t, known = sheet.t, set(rows.loc[rows["estimate"].notna(), "group_by"])
    for same in rows[rows["reason"] == names.SAME_GROUPS].itertuples(index=False):
        yield t(
            "By {axis}: the same groups as by {other}, so the two cannot be told apart.",
            axis=sheet.axis(same.group_by).lower(),
            other=sheet.axis(same.reference_group).lower(),
        )
    small = rows[(rows["reason"] == names.NO_GROUPS) & ~rows["group_by"].isin(known)]
    if len(small):
        yield t(
            "Not tested, as no two groups have {n} complete answers: {axes}.",
            n=t.number(assumptions().invariance_group),
            axes=t.join([sheet.axis(axis) for axis in small["group_by"].drop_duplicates()]),
        )


def _shift(sheet: Sheet, row: pd.Series) -> str:
    name = row["group"] if row["group_by"] == LANGUAGE else sheet.fallback(row["group_by"], row["group"])
    return sheet.t("{name}: {value}", name=name, value=number(row, sheet.t, 0))
