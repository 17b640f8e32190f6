"""Words about estimates of an outcome: p values, and why there is nothing to show."""

from __future__ import annotations

import pandas as pd

from ..persons import NOT_MEASURED
from ..text import Catalogue
from .factsheet import Sentence
from .risks import Sheet


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
