"""Show the indicators of support: one table with definitions, entries against their limit, and territories."""

from __future__ import annotations

import pandas as pd

from ...figures.intervals import intervals
from ...pathways.curves import INCIDENCE
from ...study.pathway_rules import load_pathway_rules
from ...tables import Table, estimates
from ...wording import NO_VALUE, interval, note, remark, value, withheld
from ..base import Shown, several
from ..factsheet import Folded, Sentence
from .page import Sheet

DIGITS = {"%": 0, "months": 0}


def indicators(sheet: Sheet) -> Shown | None:
    """Show every indicator of everybody: value, interval, n, or why it is not known."""
    if sheet.absent:
        return sheet.absent
    t, rules = sheet.t, load_pathway_rules()
    own = sheet.results[sheet.results["indicator"].isin(list(rules.indicators)) & (sheet.results["group_by"] == "")]
    own = own[~((own["indicator"] == "entries") & own["period"].str.isdigit())]
    frame = pd.DataFrame([_row(sheet, row) for row in own.itertuples(index=False)])
    frame = frame.loc[:, (frame != "").any()]
    caption = t("Indicators of support")
    said = t("The load has no interval: it is a count of open files on one day, not an estimate.")
    return Table(frame, caption, t, note=f"{said} {note(own, t, sheet.label)}", results=own)


def _row(sheet: Sheet, row: object) -> dict[str, str]:
    t, unit = sheet.t, row.unit  # type: ignore[attr-defined]
    digits = DIGITS.get(unit, 1)
    missing = withheld(row, t) or ("" if pd.notna(row.estimate) else sheet.label("reason", row.reason))  # type: ignore[attr-defined]
    name = sheet.label("indicator", row.indicator)  # type: ignore[attr-defined]
    if row.method == INCIDENCE:  # type: ignore[attr-defined]
        name = t("{name}: had left so by month {n}", name=name, n=row.period)  # type: ignore[attr-defined]
    return {
        t("Indicator"): name,
        t("Value"): missing or value(row.estimate, digits, t),  # type: ignore[attr-defined]
        t("Unit"): sheet.label("unit", unit),
        t("95% interval"): NO_VALUE if missing else interval(row, digits, t),
        t("n"): value(row.n, 0, t),  # type: ignore[attr-defined]
        t("Remark"): remark(row, t, sheet.label),
    }


def definitions(sheet: Sheet) -> Table:
    """Say how each indicator is counted."""
    t = sheet.t
    found = load_pathway_rules().indicators.values()
    frame = pd.DataFrame(
        {
            t("Indicator"): [t.pick(one.name) for one in found],
            t("How it is counted"): [t.pick(one.what) for one in found],
        }
    )
    return Table(frame, t("How the indicators are counted"), t)


def entries(sheet: Sheet) -> Shown | None:
    """Draw entries per territory year by year against the limit, which holds for their average."""
    if sheet.absent:
        return None
    t, limit = sheet.t, load_pathway_rules().entries_limit
    own = sheet.rows(indicator="entries", group_by="")
    years = own[own["period"].str.isdigit()]
    if years["estimate"].isna().all():
        return Sentence(t("No whole year of entries can be shown yet."))
    figure = intervals(
        years,
        y="period",
        t=t,
        title=t("New contracts a year, on the average over territories"),
        label=sheet.label,
        sort=False,
        limits=(0, float(max(years["ci_high"].max(), limit) + 2)),
        digits=1,
        thresholds={limit: t("limit: {n}", n=t.number(limit, 0))},
    )
    return several(
        figure, Sentence(t("The limit holds for the average over territories: one territory may lie above it."))
    )


def territories(sheet: Sheet) -> Shown | None:
    """Show, folded away, the indicators of each territory."""
    if sheet.absent:
        return None
    t, rules = sheet.t, load_pathway_rules()
    parts = []
    for name, one in rules.indicators.items():
        rows = sheet.rows(indicator=name, group_by="territory")
        if rows["estimate"].notna().any():
            caption = t("By territory: {name}", name=t.pick(one.name))
            digits = DIGITS.get(rows["unit"].iloc[0], 1)
            parts.append(
                Folded(caption, estimates(rows, rows="group", caption=caption, t=t, label=sheet.label, digits=digits))
            )
    return several(*parts) if parts else Sentence(t("By territory every number is withheld or not known yet."))
