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


Fault = tuple[int, str, str, str, str]


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
) -> Iterator[Fault]:
    """Hold each row by itself against what is legal."""
    example = date(2026, 1, 31).strftime(date_format)
    place, leaves = table["territory"], table["event"] == rules.last
    strange = (place == "") | (~place.isin(list(territories)) if territories is not None else False)
    somewhere = ", ".join(territories) if territories is not None else "any name"
    days = f"is no day; legal is a day such as {example}"
    checks = [
        ("no person", "person", table["person"] == "", "names nobody"),
        ("no date", "date", events["date"].isna(), days),
        ("future date", "date", events["date"] > pd.Timestamp(today), f"lies after {today.isoformat()}"),
        (
            "unknown event",
            "event",
            ~table["event"].isin(list(rules.events)),
            f"is no event; legal are {', '.join(rules.events)}",
        ),
        ("unknown territory", "territory", strange, f"is no known territory; legal is {somewhere}"),
        (
            "unknown reason",
            "reason",
            leaves & ~table["reason"].isin(list(rules.exits)),
            f"is no reason to leave; legal are {', '.join(rules.exits)}",
        ),
        ("duplicated row", "event", table.duplicated(keep="first"), "stands above already, in the same row"),
    ]
    for rule, column, wrong, says in checks:
        for row, one in table[wrong].iterrows():
            yield int(str(row)), one["person"], rule, one[column], f"{column} {one[column]!r} {says}"


def _sequences(events: pd.DataFrame, rules: PathwayRules, exits_recorded: bool) -> Iterator[Fault]:
    """Hold each person's events against their legal order; a row that repeats another is told of once, as that."""
    legal = events["date"].notna() & events["event"].isin(list(rules.events)) & (events["person"] != "")
    usable = events[legal & ~events.duplicated()]
    first = usable.groupby(["person", "event"])["date"].min().unstack().reindex(columns=list(rules.events))
    first = first.apply(pd.to_datetime)  # of an event that nobody met, no day is known, but a day it would be
    place = usable.groupby(["person", "event"]).cumcount()
    ended = usable["person"].map(first[rules.last])
    for name, rule in rules.events.items():
        own = usable["event"] == name
        if rule.at_most is not None:
            for one in usable[own & (place >= rule.at_most)].itertuples():
                yield (
                    one.Index,
                    one.person,
                    "too often",
                    name,
                    f"{name} comes once more; legal is {rule.at_most} at most",
                )
        if rule.after:
            before = usable["person"].map(first[list(rule.after)].min(axis=1))
            for one in usable[own & ~(usable["date"] >= before)].itertuples():
                says = f"{name} on {one.date.date()} without {' or '.join(rule.after)} before it"
                yield one.Index, one.person, "out of order", name, says
    for one in usable[(usable["date"] > ended) & (usable["event"] != rules.last)].itertuples():
        yield (
            one.Index,
            one.person,
            "after the exit",
            one.event,
            f"{one.event} on {one.date.date()} comes after the exit",
        )
    if not exits_recorded:
        flagged = usable.loc[usable["event"].isin([rules.last, rules.seen]), "person"]
        says = f"neither {rules.last} nor {rules.seen}: nobody can know whether this person has left"
        for one in usable[~usable["person"].isin(flagged)].drop_duplicates("person").itertuples():
            yield one.Index, one.person, "no exit flag", "", says
