"""Indicators of support, counted from a log: appointments, length of contracts, exits, entries, load; never of one officer."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from ..intervals import LEVEL, share
from ..persons import Row
from ..study.pathway_rules import PathwayRules, load_pathway_rules
from .curves import INCIDENCE
from .incidence import cumulative_incidence
from .spells import DAYS_A_MONTH, OPEN, spells

SHARE, RATE, PART, MEDIAN = "share", "count with its Poisson interval", "part of a total", "median by Kaplan-Meier"
CONTRACT, APPOINTMENT, ANNUAL, STARTUP, ECONOMIC = (
    "employee_contract",
    "appointment",
    "annual_appointment",
    "startup_contract",
    "economic_failure",
)
NOT_LOGGED = "the log holds no event of this kind"
NO_YEAR = "the log holds no whole year"
WINDOW = 12
"""Months before the end of the log in which appointments are counted."""
DRAWS = 1000


def use(events: pd.DataFrame, until: date, seed: int) -> Iterator[Row]:
    """Count every indicator of ``definitions/pathways.yml`` from a log that can be used.

    Parameters
    ----------
    events : pandas.DataFrame
        Events of persons.
    until : datetime.date
        Day to which the log is complete.
    seed : int
        Of the bootstrap of the top tenth's part.

    Yields
    ------
    dict
        Rows of results; what the log does not hold has a reason.
    """
    yield from _first(events, until)
    yield from _length(events, until)
    yield from _failure(events, until)
    yield from _entries(events, until)
    yield from _load(events, until)
    yield from _appointments(events, until, seed)
    yield from _annual(events, until)


def poisson(count: int, exposure: float) -> tuple[float, float, float]:
    """Return a rate with its exact interval (Garwood 1936): ``count / exposure``, low, high."""
    beyond = (1 - LEVEL) / 2
    low = stats.chi2.ppf(beyond, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(1 - beyond, 2 * count + 2) / 2
    return count / exposure, low / exposure, high / exposure


def whole_years(events: pd.DataFrame, until: date) -> list[int]:
    """Return the calendar years that a log covers from their first month to their last day."""
    first = events["date"].min()
    start = first.year if first.month == 1 else first.year + 1
    end = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    return list(range(start, end + 1))


def _said(indicator: str, **known: object) -> Row:
    return {"indicator": indicator, **known}


def _not_known(indicator: str, reason: str, **known: object) -> Row:
    return _said(indicator, comparable="no", reason=reason, **known)


def _share(indicator: str, met: pd.Series, group_by: str = "", group: str = "") -> Row:
    found = share(int(met.sum()), len(met))
    numbers = {"estimate": 100 * found.estimate, "ci_low": 100 * found.low, "ci_high": 100 * found.high}
    return _said(indicator, group_by=group_by, group=group, unit="%", method=SHARE, n=float(len(met)), **numbers)


def _shares(indicator: str, met: pd.Series, territory: pd.Series) -> Iterator[Row]:
    """Yield a share of everybody and of each territory."""
    if met.empty:
        yield _not_known(indicator, "nobody was followed for so long", unit="%", method=SHARE)
        return
    yield _share(indicator, met)
    for code, own in met.groupby(territory.reindex(met.index)):
        yield _share(indicator, own, "territory", str(code))


def _of_person(events: pd.DataFrame) -> pd.Series:
    """Return the territory in which each person was received."""
    return events.sort_values("date", kind="stable").drop_duplicates("person").set_index("person")["territory"]


def _firsts(events: pd.DataFrame) -> pd.DataFrame:
    """Return the first day of each event, a row a person and a column an event; missing where it never came."""
    names = list(load_pathway_rules().events)
    first = events.groupby(["person", "event"])["date"].min().unstack().reindex(columns=names)
    return first.apply(pd.to_datetime)


def _first(events: pd.DataFrame, until: date) -> Iterator[Row]:
    name, rules, first = "first_appointment", load_pathway_rules(), _firsts(events)
    if first[APPOINTMENT].isna().all():
        yield _not_known(name, NOT_LOGGED, unit="%", method=SHARE)
        return
    days = rules.first_appointment_days
    known = first[first["reception"] <= pd.Timestamp(until) - pd.Timedelta(days=days)]
    met = (known[APPOINTMENT] - known["reception"]).dt.days <= days
    yield from _shares(name, met, _of_person(events))


def _length(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Estimate the median length of the start-up contract, any end counting."""
    name = "startup_length"
    people = spells(events, STARTUP, CONTRACT, until)
    if people.empty:
        yield _not_known(name, NOT_LOGGED, unit="months", method=MEDIAN)
        return
    ended = people["event"].where(people["event"] == OPEN, "ended")
    curve = cumulative_incidence(people["months"], ended, censored=OPEN)
    middle, low, high = (_reaches(curve, column) for column in ("estimate", "ci_high", "ci_low"))
    n = float(len(people))
    if np.isnan(middle):
        yield _not_known(name, "half of them have not ended yet", unit="months", method=MEDIAN, n=n)
        return
    # A middle is the length of one person's contract: whole months do not tell whose.
    yield _said(
        name,
        unit="months",
        method=MEDIAN,
        n=n,
        estimate=round(middle),
        ci_low=np.floor(low),
        ci_high=np.nan if np.isnan(high) else np.ceil(high),
        caveat="no upper end of the interval yet" if np.isnan(high) else "",
    )


def _reaches(curve: pd.DataFrame, column: str) -> float:
    past = curve.loc[curve[column] >= 0.5, "time"]
    return float(past.iloc[0]) if len(past) else np.nan


def _failure(events: pd.DataFrame, until: date) -> Iterator[Row]:
    name, rules = "economic_failure", load_pathway_rules()
    yield from _failed_by(events, until, rules)
    years, contracts = whole_years(events, until), [STARTUP, CONTRACT]
    if not years:
        yield _not_known(name, NO_YEAR, unit="exits a year", method=RATE)
        return
    under = events.loc[events["event"].isin(contracts), "person"].unique()
    left = (events["event"] == rules.last) & (events["reason"] == ECONOMIC) & events["person"].isin(under)
    count = int((left & events["date"].dt.year.isin(years)).sum())
    yield _said(name, unit="exits a year", method=RATE, n=float(count), period=_span(years), **_rate(count, len(years)))


def _failed_by(events: pd.DataFrame, until: date, rules: PathwayRules) -> Iterator[Row]:
    """Estimate who had left for this reason by so many months after their contract, other exits apart."""
    people = spells(events, CONTRACT, "membership", until, by_reason=True)
    if people.empty:
        return
    # Members can fail as others can: membership ends nothing here.
    plain = events[events["event"] != "membership"]
    people = spells(plain, CONTRACT, "membership", until, by_reason=True)
    failed = f"{rules.last}: {ECONOMIC}"
    month = rules.curve_months[-1]
    if failed not in set(people["event"]):
        return
    found = cumulative_incidence(people["months"], people["event"], censored=OPEN, times=[month])
    row = found[found["event"] == failed].iloc[0]
    old = (pd.Timestamp(until) - people["begins"]).dt.days / DAYS_A_MONTH >= month
    if old.sum() < rules.followed_at_least or np.isnan(row["estimate"]):
        return
    numbers = {name: 100 * row[name] for name in ("estimate", "ci_low", "ci_high")}
    n = float(len(people))
    yield _said("economic_failure", unit="%", method=INCIDENCE, period=f"{month:g}", n=n, **numbers)


def _rate(count: int, exposure: float) -> Row:
    found = poisson(count, exposure)
    return {"estimate": found[0], "ci_low": found[1], "ci_high": found[2]}


def _span(years: list[int]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])


def _entries(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Count new contracts a year on the average over territories, year by year, and of each territory over all whole years."""
    name, years = "entries", whole_years(events, until)
    if not years:
        yield _not_known(name, NO_YEAR, unit="entries a year", method=RATE)
        return
    territories = sorted(events["territory"].unique())
    begun = events[(events["event"] == CONTRACT) & events["date"].dt.year.isin(years)]
    said = {"unit": "entries a year", "method": RATE}
    for year in years:
        count = int((begun["date"].dt.year == year).sum())
        yield _said(name, period=str(year), n=float(count), **said, **_rate(count, len(territories)))
    whole = len(years) * len(territories)
    yield _said(name, period=_span(years), n=float(len(begun)), **said, **_rate(len(begun), whole))
    for code in territories:
        own = int((begun["territory"] == code).sum())
        at = {"group_by": "territory", "group": code, "period": _span(years)}
        yield _said(name, n=float(own), **at, **said, **_rate(own, len(years)))


def open_files(events: pd.DataFrame, until: date) -> pd.DataFrame:
    """Return ``officer territory`` of each person who had not left by the end of the log, as their last event says."""
    known = events[events["date"] <= pd.Timestamp(until)].sort_values("date", kind="stable")
    gone = known.loc[known["event"] == load_pathway_rules().last, "person"]
    return known[~known["person"].isin(gone)].drop_duplicates("person", keep="last").set_index("person")


def _load(events: pd.DataFrame, until: date) -> Iterator[Row]:
    name, there = "load", open_files(events, until)
    said = {"unit": "files per officer", "method": "count", "period": until.isoformat()}
    named = there[there["officer"] != ""]
    if named["officer"].nunique() < 3:
        yield _not_known(name, "fewer than three officers: it would tell of one of them", **said)
        return
    yield _said(name, estimate=len(named) / named["officer"].nunique(), n=float(len(named)), **said)


def _followed(events: pd.DataFrame, until: date, since: str) -> pd.Index:
    """Return the persons who met an event before the last twelve months and had not left by their end."""
    first = _firsts(events)
    start = pd.Timestamp(until) - pd.DateOffset(months=WINDOW)
    there = (first[since] <= start) & first[load_pathway_rules().last].isna()
    return first.index[there]


def _recent(events: pd.DataFrame, until: date, event: str, persons: pd.Index) -> pd.Series:
    """Count an event of each person in the last twelve months."""
    end = pd.Timestamp(until)
    inside = (
        (events["event"] == event) & (events["date"] > end - pd.DateOffset(months=WINDOW)) & (events["date"] <= end)
    )
    return events[inside].groupby("person").size().reindex(persons, fill_value=0)


def _appointments(events: pd.DataFrame, until: date, seed: int) -> Iterator[Row]:
    names = ("appointments_none", "appointments_monthly", "appointments_top_tenth")
    if not (events["event"] == APPOINTMENT).any():
        yield from (_not_known(name, NOT_LOGGED, unit="%", method=SHARE) for name in names)
        return
    counts = _recent(events, until, APPOINTMENT, _followed(events, until, "reception"))
    territory = _of_person(events)
    yield from _shares(names[0], counts == 0, territory)
    yield from _shares(names[1], counts >= WINDOW, territory)
    if len(counts) < 100 or not counts.sum():
        yield _not_known(names[2], "a tenth would be fewer than ten persons", unit="%", method=PART)
        return
    drawn = np.random.default_rng(seed).integers(0, len(counts), (DRAWS, len(counts)))
    values = counts.to_numpy()
    low, high = np.quantile([_top(values[own]) for own in drawn], [0.025, 0.975])
    found = {"estimate": 100 * _top(values), "ci_low": 100 * low, "ci_high": 100 * high}
    yield _said(names[2], unit="%", method=PART, n=float(len(counts)), **found)


def _top(counts: np.ndarray) -> float:
    """Return the part of all that the tenth with the most has; who stands across the line counts in part."""
    ordered = np.sort(counts)[::-1]
    tenth = len(counts) / 10
    whole = int(tenth)
    over = ordered[whole] * (tenth - whole) if whole < len(ordered) else 0.0
    return float((ordered[:whole].sum() + over) / counts.sum()) if counts.sum() else np.nan


def _annual(events: pd.DataFrame, until: date) -> Iterator[Row]:
    if not (events["event"] == ANNUAL).any():
        yield _not_known(ANNUAL, NOT_LOGGED, unit="%", method=SHARE)
        return
    met = _recent(events, until, ANNUAL, _followed(events, until, CONTRACT)) > 0
    yield from _shares(ANNUAL, met, _of_person(events))
