"""The event log of pathways: read from a spreadsheet, and held row by row against what can have happened."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..collection import doors
from ..errors import AnswersError
from ..paths import shown
from ..study.pathway_rules import PathwayRules, load_pathway_rules

COLUMNS = ("person", "date", "event", "territory", "pole", "officer", "reason")
NEEDED = ("person", "date", "event", "territory")
FAULTS = ("row", "person", "rule", "value", "says")
SHOWN = 3
"""Faults that a refusal names; the report has all."""


class Checked(NamedTuple):
    """A log as it was read, and what is wrong with it.

    Attributes
    ----------
    events : pandas.DataFrame
        ``person date event territory pole officer reason``, index: row of the file (the header is row 1); dates are days, missing where unreadable.
    faults : pandas.DataFrame
        ``row person rule value says``, by row; empty for a log that can be used.
    """

    events: pd.DataFrame
    faults: pd.DataFrame


def check_log(
    path: Path,
    *,
    territories: Collection[str] | None = None,
    exits_recorded: bool = False,
    date_format: str = "%Y-%m-%d",
    today: date | None = None,
) -> Checked:
    """Read an event log and report every row that cannot be.

    Parameters
    ----------
    path : Path
        CSV or spreadsheet with the columns ``person date event territory`` and, where known, ``pole officer reason``.
    territories : collection of str, optional
        Legal territories; any that is named where left out.
    exits_recorded : bool
        Whether whoever sends the log vouches that every exit is in it. If not, a person needs an exit, or to have been seen
        still there: else nobody can know whether they left.
    date_format : str
        How days are written.
    today : date, optional
        Day after which nothing can have happened; the day of the run when left out.

    Raises
    ------
    AnswersError
        The file cannot be read as a table, or lacks a column or has one that is unknown.
    """
    table = doors.read(path).table.apply(lambda cells: cells.str.strip())
    if missing := [name for name in NEEDED if name not in table]:
        raise AnswersError(f"{shown(path)}: no column {missing[0]!r}; columns are {', '.join(COLUMNS)}")
    if unknown := [name for name in table if name not in COLUMNS]:
        raise AnswersError(f"{shown(path)}: column {unknown[0]!r} is not known; legal are {', '.join(COLUMNS)}")
    table = table.reindex(columns=list(COLUMNS), fill_value="")
    table.index = pd.RangeIndex(2, len(table) + 2, name="row")
    days = [_day(cell, date_format) for cell in table["date"]]
    events = table.assign(date=pd.to_datetime(pd.Series(days, index=table.index)))
    rules = load_pathway_rules()
    found = [*_cells(table, events, rules, territories, today or date.today(), date_format)]
    found += _sequences(events, rules, exits_recorded)
    faults = pd.DataFrame(found, columns=list(FAULTS)).sort_values(["row", "rule"], ignore_index=True)
    return Checked(events, faults)


def read_log(path: Path, **declared: object) -> pd.DataFrame:
    """Return the events of a log that can be used; the parameters are those of :func:`check_log`.

    Raises
    ------
    AnswersError
        Something in it cannot be; the sentence counts the faults and names the first.
    """
    checked = check_log(path, **declared)  # type: ignore[arg-type]
    if len(checked.faults):
        first = "; ".join(f"row {one.row}: {one.says}" for one in checked.faults.head(SHOWN).itertuples())
        raise AnswersError(f"{shown(path)}: {len(checked.faults)} faults in the log, the first are: {first}")
    return checked.events


def _day(cell: str, date_format: str) -> datetime | None:
    for written in (date_format, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):  # spreadsheets hand days over in the last two
        try:
            return datetime.strptime(cell, written)
        except ValueError:
            continue
    return None


def _cells(
    table: pd.DataFrame,
    events: pd.DataFrame,
    rules: PathwayRules,
    territories: Collection[str] | None,
    today: date,
    date_format: str,
) -> Iterator[tuple[int, str, str, str, str]]:
    """Hold each row by itself against what is legal."""
    again = table.duplicated(keep="first")
    for row, cells in table.iterrows():
        place = int(str(row)), cells["person"]
        if not cells["person"]:
            yield *place, "no person", "", "nobody is named"
        day = events.loc[row, "date"]
        if pd.isna(day):
            example = date(2026, 1, 31).strftime(date_format)
            yield *place, "no date", cells["date"], f"{cells['date']!r} is no day; legal is a day such as {example}"
        elif day.date() > today:
            yield *place, "future date", cells["date"], f"{cells['date']} lies after {today.isoformat()}"
        if cells["event"] not in rules.events:
            says = f"{cells['event']!r} is no event; legal are {', '.join(rules.events)}"
            yield *place, "unknown event", cells["event"], says
        if not cells["territory"] or (territories is not None and cells["territory"] not in territories):
            legal = f"legal are {', '.join(territories)}" if territories is not None else "legal is any name"
            yield (
                *place,
                "unknown territory",
                cells["territory"],
                f"territory {cells['territory']!r} is not known; {legal}",
            )
        if cells["event"] == rules.last and cells["reason"] not in rules.exits:
            says = f"an exit for {cells['reason']!r}; legal are {', '.join(rules.exits)}"
            yield *place, "unknown reason", cells["reason"], says
        if again[row]:
            yield *place, "duplicated row", "", "the same row stands above"


def _sequences(
    events: pd.DataFrame, rules: PathwayRules, exits_recorded: bool
) -> Iterator[tuple[int, str, str, str, str]]:
    """Hold each person's events against their legal order; a row that repeats another is told of once, as that."""
    usable = events[events["date"].notna() & events["event"].isin(list(rules.events)) & ~events.duplicated()]
    for person, own in usable[usable["person"] != ""].groupby("person", sort=False):
        name = str(person)
        ended = own.loc[own["event"] == rules.last, "date"].min()
        for event, rows in own.groupby("event", sort=False):
            rule = rules.events[str(event)]
            for row in rows.index[rule.at_most :] if rule.at_most is not None else ():
                yield (
                    int(row),
                    name,
                    "too often",
                    rule.id,
                    f"{rule.id} comes {len(rows)} times; legal is {rule.at_most} at most",
                )
            before = own.loc[own["event"].isin(rule.after), "date"].min()
            for row, day in rows["date"].items():
                if rule.after and not day >= before:
                    says = f"{rule.id} on {day.date()} without {' or '.join(rule.after)} before it"
                    yield int(str(row)), name, "out of order", rule.id, says
                if day > ended and rule.id != rules.last:
                    yield (
                        int(str(row)),
                        name,
                        "after the exit",
                        rule.id,
                        f"{rule.id} on {day.date()} after the exit on {ended.date()}",
                    )
        if not exits_recorded and not own["event"].isin([rules.last, rules.seen]).any():
            says = f"neither {rules.last} nor {rules.seen}: nobody can know whether this person has left"
            yield int(own.index[0]), name, "no exit flag", "", says
