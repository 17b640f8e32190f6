"""The risk-assessment table: frequency from the answers, severity and control from the working group, priority from both."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..disclosure import rounded
from ..errors import AnswersError
from ..paths import shown
from ..study.risk_rules import RiskRules, load_risk_rules
from ..study.situations import load_situations
from .entered import read_entered
from .order import places, told_apart

WHOLE: Final = "all"
"""Name of the work unit that everybody of the page belongs to."""
ENTERED: Final = (
    "work_unit", "situation", "severity", "control", "existing_measures", "planned_measures", "owner", "due", "entered_by",
    "entered_on",
)  # fmt: skip
"""Columns that the working group fills in; the first two say where."""
BESIDE: Final = ("unit_name", "situation_name", "share", "low", "high", "n", "rank", "from", "to")
"""Columns that a filled-in table may hold besides: what the template shows, never read back."""
JUDGED: Final = ("severity", "control")
_NO_PLACES: Final = pd.DataFrame({"place_low": [], "place_high": []}, dtype="Int64")


def work_unit(group_by: str, group: str) -> str:
    """Return the name of a work unit in files: ``all``, or question and code, such as ``discipline:music``."""
    return f"{group_by}:{group}" if group_by else WHOLE


def read_entries(path: Path, units: Collection[str], today: date | None = None) -> pd.DataFrame:
    """Read what the working group entered.

    Parameters
    ----------
    path : Path
        CSV (commas or semicolons) or XLSX with the columns of :data:`ENTERED`, such as the template of the page.
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
    table = read_entered(path)
    _check_columns(path, table.columns)
    rules, day = load_risk_rules(), today or date.today()
    legal: Mapping[str, Collection[str]] = {
        "work_unit": units,
        "situation": load_situations(),
        "severity": ["", *map(str, rules.severity)],
        "control": ["", *map(str, rules.control)],
    }
    table = table.loc[(table[list(ENTERED[2:])] != "").any(axis=1), list(ENTERED)]
    for line, row in table.iterrows():
        where = f"{shown(path)}, line {line}"
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
            f"{shown(path)}, line {pairs.idxmax()}: {row['situation']!r} of {row['work_unit']!r} stands twice; "
            "legal is one line for each"
        )
    return _typed(table.reset_index(drop=True))


def no_entries() -> pd.DataFrame:
    """Return what :func:`read_entries` returns of a group that has entered nothing."""
    return _typed(pd.DataFrame(columns=list(ENTERED), dtype=str))


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
    shown_as = rounded(results)
    for column, source in (("rank", "estimate"), ("low", "ci_low"), ("high", "ci_high")):
        # of whole per cents, as they are shown: nobody is to read 50 % beside the rank of less
        table[f"frequency_{column}"] = shown_as[source].map(known.frequency_rank, na_action="ignore").astype("Int64")
    without = table["estimate"].notna() & table["ci_low"].isna()
    table.loc[without, ["frequency_low", "frequency_high"]] = 1, len(known.frequency)
    units = table[table["estimate"].notna()].groupby("work_unit", sort=False)
    orders = [places(told_apart(own["estimate"], own["ci_low"], own["ci_high"]), own.index) for _, own in units]
    table = table.join(pd.concat([_NO_PLACES, *orders]))
    table = table.merge(entries, on=["work_unit", "situation"], how="left", validate="one_to_one")
    texts = [name for name in ENTERED[2:] if name not in JUDGED]
    table[texts] = table[texts].fillna("")
    severity, control = (_range(table[name], len(getattr(known, name))) for name in JUDGED)
    table["priority_low"] = table["frequency_low"] * severity[0] * control[0]
    table["priority_high"] = table["frequency_high"] * severity[1] * control[1]
    return table


def _range(entered: pd.Series, ranks: int) -> tuple[pd.Series, pd.Series]:
    return entered.fillna(1), entered.fillna(ranks)


def _check_columns(path: Path, columns: Collection[str]) -> None:
    absent = next((name for name in ENTERED if name not in columns), None)
    if absent is not None:
        raise AnswersError(f"{shown(path)}: the column {absent!r} is missing; legal are {', '.join(ENTERED)}")
    odd = next((name for name in columns if name not in (*ENTERED, *BESIDE)), None)
    if odd is not None:
        raise AnswersError(f"{shown(path)}: the column {odd!r} is unknown; legal are {', '.join((*ENTERED, *BESIDE))}")


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
