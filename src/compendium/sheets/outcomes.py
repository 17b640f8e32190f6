"""Show how people are: means by group, adjusted differences between statuses, shares between organisations.

The second half of the page that :mod:`.risks` begins; where a study does not measure something, a sentence says so.
"""

from __future__ import annotations

import pandas as pd

from ..diagnosis.correlates import DIFFERENCE, STATUS
from ..figures import intervals
from ..figures.base import Figure
from ..persons import NOT_MEASURED
from ..tables import Table, estimates
from ..text import Catalogue
from .factsheet import Sentence
from .risks import Sheet


def by_group(sheet: Sheet, outcome: str, variable: str = STATUS) -> Table | Sentence:
    """Show the mean of a measure in each group of a variable, with interval and n."""
    outcome = sheet.outcome(outcome)
    rows = sheet.rows(indicator=outcome, group_by=variable, method="mean")
    if rows.empty:
        return absent(sheet, outcome)
    caption = sheet.t(
        "{measure}, mean in points of 100, by: {variable}",
        measure=sheet.label("indicator", outcome),
        variable=sheet.variable(variable),
    )
    return estimates(rows, rows="group", caption=caption, t=sheet.t, label=sheet.label_of(variable), digits=0)


def statuses(sheet: Sheet, outcome: str) -> Figure | Sentence:
    """Draw how far each status lies from the most frequent one, the person's situation being alike."""
    outcome = sheet.outcome(outcome)
    rows = sheet.rows(indicator=outcome, group_by=STATUS, method=DIFFERENCE)
    if rows.empty:
        return absent(sheet, outcome, group_by=STATUS)
    reference = sheet.fallback(STATUS, rows["reference_group"].iloc[0])
    title = sheet.t(
        "{measure} by status: difference in points from “{reference}”, the most frequent",
        measure=sheet.label("indicator", outcome),
        reference=reference,
    )
    return intervals(rows, y="group", t=sheet.t, title=title, label=sheet.label_of(STATUS), zero=True)


def p_value(p: float, t: Catalogue) -> str:
    """Write a p value with three decimals, the smallest as a bound."""
    if pd.isna(p):
        return ""
    return t("below {bound}", bound=t.number(0.001, 3)) if p < 0.001 else t.number(p, 3)


def absent(sheet: Sheet, outcome: str, **where: str) -> Sentence:
    """Say why there is nothing to show about an outcome."""
    t = sheet.t
    rows = sheet.rows(indicator=outcome, method=NOT_MEASURED, **where)
    if rows.empty:
        rows = sheet.rows(indicator=outcome, method=NOT_MEASURED)
    name = sheet.label("indicator", outcome)
    if rows.empty or outcome not in sheet.study.questionnaire.measures:
        return Sentence(t("This study does not measure it: there is nothing to show, and nothing is made up."))
    return Sentence(t("{measure}: not shown, {reason}.", measure=name, reason=t(rows["reason"].iloc[0])))
