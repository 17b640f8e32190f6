"""The wish and the reality of work, side by side."""

from __future__ import annotations

from ...figures import intervals
from ...figures.base import Figure
from ...tables import Table, estimates
from ..factsheet import Sentence
from .sheet import Sheet


def wishes(sheet: Sheet) -> Figure | Sentence:
    """Draw wish and reality side by side, by domain of work."""
    rows = sheet.results[
        sheet.results["indicator"].isin(["ideal", "reality"]) & (sheet.results["group_by"] == "domain")
    ]
    if rows.empty:
        return Sentence(sheet.t("This study does not ask for the wish and the reality of work."))
    title = sheet.t("What people wish for and what they have, mean in points of 100")
    label = sheet.label_of("domain")
    return intervals(rows, y="group", hue="indicator", t=sheet.t, title=title, label=label, sort=False, limits=(0, 100))


def gaps(sheet: Sheet) -> Table | Sentence:
    """Show reality minus wish by domain, the widest gap first."""
    rows = sheet.rows(indicator="gap", group_by="domain").sort_values("estimate", kind="stable")
    if rows.empty:
        return Sentence(sheet.t("This study does not ask for the wish and the reality of work."))
    caption = sheet.t("Reality minus wish by domain, in points of 100, among those who answered both")
    return estimates(rows, rows="group", caption=caption, t=sheet.t, label=sheet.label_of("domain"), digits=0)
