"""Words that the parts of the page on statuses share."""

import pandas as pd

from ...study.analysis_plan import load_plan
from ...wording import NO_VALUE, withheld
from ..factsheet import Sentence
from ..risks import Sheet


def status(sheet: Sheet, code: str) -> str:
    """Return the name of a status."""
    return sheet.fallback(load_plan().treatment, code)


def measure(sheet: Sheet, code: str) -> str:
    """Return the name of a measure as it stands within a sentence."""
    return sheet.label("indicator", code).lower()


def cell(sheet: Sheet, row: pd.Series, digits: int = 0) -> str:
    """Return estimate and interval of a row, or why there is none."""
    hidden = withheld(row, sheet.t)
    if hidden:
        return hidden
    if pd.isna(row["estimate"]):
        return sheet.label("reason", row["reason"]) if row["reason"] else NO_VALUE
    number = sheet.t.number(row["estimate"], digits)
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return number
    interval = sheet.t.interval(row["ci_low"], row["ci_high"], digits)
    return sheet.t("{estimate} ({interval})", estimate=number, interval=interval)


def cell_of(sheet: Sheet, rows: pd.DataFrame, digits: int = 0) -> str:
    """Return the cell of the one row there is, or a dash."""
    return cell(sheet, rows.iloc[0], digits) if len(rows) else NO_VALUE


def nothing(sheet: Sheet) -> Sentence:
    """Say that statuses are not compared here."""
    return Sentence(
        sheet.t(
            "This study does not ask for the statuses of the analysis plan: nothing is compared, and nothing made up."
        )
    )


def has_statuses(sheet: Sheet) -> bool:
    """Tell whether anything was compared."""
    return bool((sheet.results["group_by"] == load_plan().treatment).any())


def seen(row: pd.Series) -> bool:
    """Tell whether a row has a number that may be shown."""
    return not row["suppressed"] and not pd.isna(row["estimate"])


def apart(sheet: Sheet, rows: list[pd.DataFrame]) -> dict[int, str]:
    """Return which lines of a table rest on a number that may not be compared, with the reason."""
    found = {}
    for at, own in enumerate(rows):
        refused = own[(own["comparable"] == "no") & own["estimate"].notna()]
        if len(refused):
            found[at] = sheet.label("reason", refused["reason"].iloc[0])
    return found
