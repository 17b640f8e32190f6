"""The risk-assessment table: frequency from the answers, severity and control from the working group, priority from both."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..reading import line_numbers, read_table
from ..study.risk_rules import RiskRules, load_risk_rules
from ..study.situations import load_situations

WHOLE: Final = "all"
"""Name of the work unit that everybody of the page belongs to."""
ENTERED: Final = (
    "work_unit", "situation", "severity", "control", "existing_measures", "planned_measures", "owner", "due", "entered_by",
    "entered_on",
)  # fmt: skip
"""Columns that the working group fills in, in the order of the file."""
JUDGED: Final = ("severity", "control")


def work_unit(group_by: str, group: str) -> str:
    """Return the name of a work unit in files: ``all``, or question and code, such as ``discipline:music``."""
    return f"{group_by}:{group}" if group_by else WHOLE


def read_entries(path: Path, units: Collection[str], today: date | None = None) -> pd.DataFrame:
    """Read what the working group entered.

    Parameters
    ----------
    path : Path
        CSV with the columns of :data:`ENTERED`; a file that is not there holds nothing.
    units : collection of str
        Names of the work units of the table.
    today : date, optional
        Day after which nothing can have been entered; the day of the run when left out.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`ENTERED`, one row a work unit and situation: ``severity`` and ``control`` are ranks or missing,
        everything else is text as it was entered. Rows without any entry are left out.

    Raises
    ------
    AnswersError
        A column is missing or unknown; an unknown work unit or situation; a pair twice; a rank that is none; a date that is
        none or lies ahead; an entry without who entered it, and when.
    """
    if not path.is_file():
        return _typed(pd.DataFrame(columns=list(ENTERED), dtype=str))
    table = read_table(path, separator=_separator(path))
    if table.columns.tolist() != list(ENTERED):
        odd = next((name for name in [*ENTERED, *table.columns] if (name in ENTERED) != (name in table)), "their order")
        raise AnswersError(
            f"{shown(path)}, line 1: the columns differ in {odd!r}; legal are {', '.join(ENTERED)}, in this order"
        )
    table = table.apply(lambda column: column.str.strip())
    rules, day = load_risk_rules(), today or date.today()
    legal: Mapping[str, Collection[str]] = {
        "work_unit": units,
        "situation": load_situations(),
        "severity": ["", *map(str, rules.severity)],
        "control": ["", *map(str, rules.control)],
    }
    lines = pd.Series(line_numbers(path), index=table.index)
    table = table[(table[list(ENTERED[2:])] != "").any(axis=1)]
    for at, row in table.iterrows():
        where = f"{shown(path)}, line {lines.loc[at]}"
        for name, codes in legal.items():
            if row[name] not in codes:
                raise AnswersError(
                    f"{where}: {name} is {row[name]!r}; legal are {', '.join(code for code in codes if code)}"
                )
        _check_day(where, "due", row["due"])
        _check_author(where, row, day)
    pairs = table.duplicated(["work_unit", "situation"])
    if pairs.any():
        row = table[pairs].iloc[0]
        raise AnswersError(
            f"{shown(path)}, line {lines.loc[pairs.idxmax()]}: {row['situation']!r} of {row['work_unit']!r} stands twice; "
            "legal is one line for each"
        )
    return _typed(table.reset_index(drop=True))


def risk_table(results: pd.DataFrame, entries: pd.DataFrame, rules: RiskRules | None = None) -> pd.DataFrame:
    """Put together the table of one unit.

    Parameters
    ----------
    results : pandas.DataFrame
        The product ``action`` after the disclosure gate.
    entries : pandas.DataFrame
        As :func:`read_entries` returns them.
    rules : RiskRules, optional
        Conventions of the table; the study's when left out.

    Returns
    -------
    pandas.DataFrame
        One row a work unit and situation, in the order of `results`, with the columns of the results and

        - ``work_unit``, ``situation``: names in files.
        - ``frequency_rank``: rank of the share; ``frequency_low``, ``frequency_high``: ranks at the ends of its interval.
        - ``place_low``, ``place_high``: places that the situation may hold in the work unit by frequency alone, 1 for the most
          frequent: nobody before it whose interval overlaps its own is passed over.
        - ``priority_low``, ``priority_high``: the smallest and the largest priority that what is not entered and the interval
          of the share leave possible.
        - the columns of :data:`ENTERED` from ``severity`` on.

        Where the share is withheld or was not asked, ranks, places and priorities are missing: from them the share could be
        worked out.

    Notes
    -----
    Priority is ``frequency rank x severity x control``, each counted from 1: a convention of risk assessment. Ranks are
    ordinal, so that the product orders and does not measure: 8 is not twice 4.
    """
    known = rules or load_risk_rules()
    table = results.assign(
        work_unit=[work_unit(*pair) for pair in zip(results["group_by"], results["group"], strict=True)],
        situation=results["indicator"],
    )
    for column, source in (("rank", "estimate"), ("low", "ci_low"), ("high", "ci_high")):
        at = table[source].where(table[source].notna(), table["estimate"])
        table[f"frequency_{column}"] = at.map(known.frequency_rank, na_action="ignore").astype("Int64")
    places = [_places(rows) for _, rows in table.groupby("work_unit", sort=False)]
    table = table.join(pd.concat(places)) if places else table.assign(place_low=pd.NA, place_high=pd.NA)
    table = table.merge(entries, on=["work_unit", "situation"], how="left", validate="one_to_one")
    texts = [name for name in ENTERED[2:] if name not in JUDGED]
    table[texts] = table[texts].fillna("")
    severity, control = (_range(table[name], len(getattr(known, name))) for name in JUDGED)
    table["priority_low"] = table["frequency_low"] * severity[0] * control[0]
    table["priority_high"] = table["frequency_high"] * severity[1] * control[1]
    return table


def _places(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the places that each situation may hold among those of its work unit whose share is shown."""
    low = rows["ci_low"].where(rows["ci_low"].notna(), rows["estimate"]).to_numpy(dtype=float)
    high = rows["ci_high"].where(rows["ci_high"].notna(), rows["estimate"]).to_numpy(dtype=float)
    is_shown = ~np.isnan(low)
    before = (low[None, :] > high[:, None]).sum(axis=1)
    after = (high[None, :] < low[:, None]).sum(axis=1)
    found = pd.DataFrame(
        {"place_low": before + 1, "place_high": is_shown.sum() - after}, index=rows.index, dtype="Int64"
    )
    return found.where(pd.Series(is_shown, index=rows.index))


def _range(entered: pd.Series, ranks: int) -> tuple[pd.Series, pd.Series]:
    return entered.fillna(1), entered.fillna(ranks)


def _separator(path: Path) -> str:
    """Return the separator of a file: spreadsheets of many countries write semicolons."""
    first = path.read_bytes().split(b"\n", 1)[0]
    return ";" if first.count(b";") > first.count(b",") else ","


def _check_author(where: str, row: "pd.Series[Any]", today: date) -> None:
    for name in ("entered_by", "entered_on"):
        if not row[name]:
            raise AnswersError(f"{where}: {name} is empty; legal is an entry with who made it, and when (YYYY-MM-DD)")
    if _check_day(where, "entered_on", row["entered_on"]) > today:
        raise AnswersError(f"{where}: entered_on is {row['entered_on']}, which lies ahead; legal is {today} or before")


def _check_day(where: str, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        raise AnswersError(f"{where}: {name} is {text!r}; legal is a day as YYYY-MM-DD, or nothing") from None


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: pd.to_numeric(table[name], errors="coerce").astype("Int64") for name in JUDGED})
