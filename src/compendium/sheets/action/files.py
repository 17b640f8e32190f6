"""The risk-assessment table as files to fill in: a workbook and a text file, which hold what the page may show and no more."""

from __future__ import annotations

import pandas as pd

from ...action import BESIDE, ENTERED, work_unit
from ...cells import as_cells
from ...disclosure import rounded
from ...forms.risk_table import workbook
from ...study.risk_rules import load_risk_rules
from ...study.situations import load_situations
from ...wording import note
from ..base import Several, several
from ..download import Download
from .sheet import Sheet


def files(sheet: Sheet) -> Several | None:
    """Give both files: everybody first, then every work unit of which something is shown or was entered."""
    if not sheet.has_table:
        return None
    t, rules, rows = sheet.t, load_risk_rules(), listed(sheet)
    units = rows.drop_duplicates("work_unit")
    names = {work_unit(a, b): sheet.unit_name(a, b) for a, b in zip(units["group_by"], units["group"], strict=True)}
    names |= {code: sheet.situation(code) for code in load_situations()}
    unit = sheet.study.name(sheet.unit, t.language)
    title = t("Risk assessment: {unit}", unit=unit)
    content = workbook(rows, names, rules, title, note(rows[rows["comparable"] == "yes"], t, sheet.label), t)
    return several(
        Download(content, t("Risk-assessment table to fill in (XLSX): {unit}", unit=unit), "xlsx"),
        Download(_text(rows), t("Risk-assessment table to fill in (CSV): {unit}", unit=unit), "csv"),
    )


def listed(sheet: Sheet) -> pd.DataFrame:
    """Return the rows of the files, rounded, unit by unit, in each the most frequent situation first and withheld ones last."""
    units = sheet.table.groupby("work_unit", sort=False)
    kept = [rows for _, rows in units if rows["estimate"].notna().any() or (rows["entered_by"] != "").any()]
    return rounded(pd.concat([sheet.ordered(rows) for rows in kept], ignore_index=True))


def _text(rows: pd.DataFrame) -> bytes:
    """Return the table as text: codes, whole per cents, and the columns to fill in."""
    whole = {"share": "estimate", "low": "ci_low", "high": "ci_high", "n": "n", "rank": "frequency_rank"}
    frame = rows.assign(**{name: rows[source].astype("Int64") for name, source in whole.items()})
    frame = frame.rename(columns={"priority_low": "from", "priority_high": "to"})
    columns = [*ENTERED[:2], *(name for name in BESIDE if name in frame), *ENTERED[2:]]
    return as_cells(frame[columns]).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
