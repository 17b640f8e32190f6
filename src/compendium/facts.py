"""Select published values for a reader: over time, at the latest common year, and where one country stands.

Published values and answers never share a frame of results here: what leaves this module has the origin ``context``.
"""

import re
from collections.abc import Sequence

import pandas as pd

from . import results
from .study.context import Context

STANDING = ("value", "europe", "difference", "rank", "ranked")
POINTS = "percentage points"
FEWEST = 4
"""Countries with a value of the same year without which a distance cannot be called large or small."""
FAR = 0.5
"""Standard deviations between countries from which a distance stands out; our own choice, and said beside the table."""


def members(context: Context, topic: str) -> list[str]:
    """Return the indicators of a topic in the order of the table, or nothing when the study holds none."""
    rows = context.facts[context.facts["part"] == topic]
    return list(rows["indicator"].drop_duplicates())


def is_compared(context: Context, indicator: str, places: Sequence[str]) -> bool:
    """Tell whether countries may be compared on an indicator, and two of the places or more have a value of it."""
    rows = context.of_indicator(indicator)
    rows = rows[rows["country"].isin(list(places))]
    return len(set(rows["country"])) > 1 and bool((rows["comparable"] != "no").all())


def years(context: Context, indicator: str, places: Sequence[str]) -> int:
    """Return the number of years in which one of the places or more has a value of an indicator."""
    rows = context.of_indicator(indicator)
    return int(rows.loc[rows["country"].isin(list(places)), "period"].nunique())


def by_unit(context: Context, indicators: Sequence[str], most: int) -> list[list[str]]:
    """Split indicators into lists of one unit, each of `most` at the most, in their order."""
    lists: dict[str, list[list[str]]] = {}
    for indicator in indicators:
        own = lists.setdefault(context.of_indicator(indicator)["unit"].iloc[0], [[]])
        if len(own[-1]) == most:
            own.append([])
        own[-1].append(indicator)
    return [one for own in lists.values() for one in own]


def over_time(context: Context, indicator: str, places: Sequence[str]) -> pd.DataFrame:
    """Return one indicator over time for some places, with the Europe of each year beside them.

    Parameters
    ----------
    context : Context
        The country facts.
    indicator : str
        Its identifier; one that the study does not hold gives no rows.
    places : sequence of str
        Codes of countries.

    Returns
    -------
    pandas.DataFrame
        Results, origin ``context``; ``country`` is a place or the group of countries that stands for Europe that year.
    """
    # A selection of rows that were validated when they were loaded: nothing to validate again.
    rows = context.of_indicator(indicator)
    europe = rows["country"] == rows["period"].map(lambda year: context.reference(int(year)))
    kept = rows[rows["country"].isin(list(places)) | europe]
    return kept.sort_values(["country", "period"], kind="stable").reset_index(drop=True)


def references(context: Context, frame: pd.DataFrame) -> list[str]:
    """Return the codes of the groups of countries in a frame, the earlier first."""
    found = set(frame["country"])
    return [one.place for one in sorted(context.references, key=lambda one: one.until) if one.place in found]


def side_by_side(context: Context, indicators: Sequence[str], places: Sequence[str]) -> pd.DataFrame:
    """Return each indicator at the latest year in which at least half of the places have a value.

    Parameters
    ----------
    context : Context
        The country facts.
    indicators : sequence of str
        Identifiers; those of which no year has enough places are left out.
    places : sequence of str
        Codes of countries.

    Returns
    -------
    pandas.DataFrame
        Results with one ``period`` an indicator; Europe of that year beside the places. A place without a value has no
        row: the figure keeps its place and says so.

    Notes
    -----
    Values of one year only, never "each country's latest": a reform of the statistics lies between some of them.
    """
    kept = []
    for indicator in indicators:
        rows = over_time(context, indicator, places)
        counted = rows[rows["country"].isin(list(places))].groupby("period")["country"].nunique()
        enough = counted[counted * 2 >= len(places)]
        if len(enough):
            kept.append(rows[rows["period"] == max(enough.index)])
    return results.concat(kept)


def ranks(rows: pd.DataFrame, places: Sequence[str]) -> dict[str, int]:
    """Return the rank of each place from the highest.

    Parameters
    ----------
    rows : pandas.DataFrame
        Values of one indicator in one year.
    places : sequence of str
        The countries that are ranked.

    Returns
    -------
    dict
        Place -> rank, 1 for the highest, equal values alike; none where they may not be compared, or fewer than three
        have a value: a rank of two says nothing.
    """
    known = rows[rows["country"].isin(list(places))]
    if len(known) < 3 or (known["comparable"] == "no").any():
        return {}
    return dict(zip(known["country"], known["estimate"].rank(ascending=False, method="min").astype(int), strict=True))


def standing(context: Context, place: str, indicators: Sequence[str], places: Sequence[str]) -> pd.DataFrame:
    """Say where one country stands on each indicator: its latest value, Europe that year, the distance and the rank.

    Parameters
    ----------
    context : Context
        The country facts.
    place : str
        Code of the country.
    indicators : sequence of str
        Identifiers; those without a value of `place` are left out.
    places : sequence of str
        The countries that it is ranked among.

    Returns
    -------
    pandas.DataFrame
        Results; ``group_by`` is ``standing`` and ``group`` one of :data:`STANDING`: the value, the value of Europe in
        the same year, the difference of the two (percentage points where the unit is a share), the rank from the
        highest among the places with a value that year, and how many those are.

    Notes
    -----
    Distance and rank need the same year, hence the same extract of the statistics, and a topic whose countries may be
    compared. Published values carry no interval in our sources, so a small distance proves nothing.
    """
    rows: list[dict[str, object]] = []
    for indicator in indicators:
        series = over_time(context, indicator, [*places, place])
        own = series[series["country"] == place]
        if own.empty:
            continue
        latest = own.sort_values("period").iloc[-1]
        kept = {
            key: latest[key]
            for key in (
                "part",
                "indicator",
                "period",
                "unit",
                "method",
                "source",
                "confidence",
                "flag",
                "caveat",
                "comparable",
                "reason",
            )
        }
        common = {**kept, "country": place, "group_by": "standing"}
        rows.append({**common, "group": "value", "estimate": latest["estimate"]})
        if latest["comparable"] == "no":
            continue
        same_year = series[series["period"] == latest["period"]]
        europe = same_year[same_year["country"] == context.reference(int(latest["period"]))]
        if len(europe):
            one = europe.iloc[0]
            share = context.units[latest["unit"]]["kind"] == "share"
            doubt = "to verify" if "to verify" in (one["confidence"], latest["confidence"]) else "sourced"
            rows.append(
                {
                    **common,
                    "group": "europe",
                    "estimate": one["estimate"],
                    "reference_group": one["country"],
                    "confidence": one["confidence"],
                }
            )
            rows.append(
                {
                    **common,
                    "group": "difference",
                    "estimate": latest["estimate"] - one["estimate"],
                    "confidence": doubt,
                    "unit": POINTS if share else latest["unit"],
                    "reference_group": one["country"],
                    "estimand": "difference",
                }
            )
        ranked = ranks(same_year, [*places, place])
        if ranked:
            rows.append({**common, "group": "rank", "estimate": float(ranked[place]), "unit": "rank"})
            rows.append({**common, "group": "ranked", "estimate": float(len(ranked)), "unit": "countries"})
    return results.make(rows, origin="context")


def stands_out(context: Context, place: str, indicators: Sequence[str], most: int = 3) -> tuple[list[str], list[str]]:
    """Choose the indicators on which a country is farthest from Europe, above and below.

    Parameters
    ----------
    context : Context
        The country facts.
    place : str
        Code of the country.
    indicators : sequence of str
        Identifiers to choose from; those on which countries may not be compared are left out.
    most : int
        Indicators to choose on each side.

    Returns
    -------
    above, below : lists of str
        The farthest first.

    Notes
    -----
    Far is measured in standard deviations of all countries that have a value of the same year as the country's latest, four
    at least: what is far on an indicator where countries hardly differ stands out more than the same distance where they
    differ much; under :data:`FAR` nothing does. Of one question asked of several groups of establishments only the first counts. Nothing is tested:
    published values carry no interval here.
    """
    far: dict[str, float] = {}
    stems: set[str] = set()
    for indicator in indicators:
        rows = context.of_indicator(indicator)
        own = rows[rows["country"] == place].sort_values("period")
        stem = indicator.split("__")[0]
        if own.empty or stem in stems or own["comparable"].iloc[-1] == "no" or "derived" in own["flag"].iloc[-1]:
            continue  # what is worked out from another value says nothing more
        same = rows[rows["period"] == own["period"].iloc[-1]].set_index("country")["estimate"]
        europe = context.reference(int(own["period"].iloc[-1]))
        countries = same[[code for code in same.index if context.places[code].kind == "country"]]
        if europe not in same.index or len(countries) < FEWEST or countries.std() == 0:
            continue
        stems.add(stem)
        far[indicator] = float((same[place] - same[europe]) / countries.std())
    order = sorted((one for one in far if abs(far[one]) >= FAR), key=lambda one: (-abs(far[one]), one))
    return [one for one in order if far[one] > 0][:most], [one for one in order if far[one] < 0][:most]


def portrait(context: Context, place: str, topics: Sequence[str]) -> pd.DataFrame:
    """Return the latest value of every indicator of some topics for one place, the newest period of each.

    An indicator whose label changed from one value to the next counts as two.

    Returns
    -------
    pandas.DataFrame
        Results, in the order of the topics; values of different scope, so for a table of their own country only.
    """
    rows = context.facts[(context.facts["country"] == place) & context.facts["part"].isin(list(topics))]
    latest = rows.sort_values("period", kind="stable").groupby(["indicator", "estimand"], sort=False).tail(1)
    order = {topic: at for at, topic in enumerate(topics)}
    ordered = latest.assign(_at=latest["part"].map(order)).sort_values(["_at", "indicator"], kind="stable")
    return ordered.drop(columns="_at").reset_index(drop=True)


def reasons_cut(context: Context, indicator: str, places: Sequence[str], language: str) -> list[str]:
    """Say in the reader's language why the series of an indicator breaks, each reason with its two years."""
    said = []
    for cut in context.breaks:
        here = {place for place in places if not cut.places or place in cut.places}
        held = {place for place in here if (indicator, place) not in cut.lifted}
        if held and any(re.fullmatch(pattern, indicator) for pattern in cut.patterns):
            where = ", ".join(sorted(held)) if cut.places or held != here else ""
            text = cut.reason.get(language) or next(iter(cut.reason.values()))
            said.append(f"{cut.between[0]}/{cut.between[1]}{f' ({where})' if where else ''} {text}")
    return said


def flagged_cuts(context: Context, indicator: str, places: Sequence[str]) -> list[str]:
    """Return the breaks that the office itself flags at a value, as ``<place> <year>``, besides those declared."""
    rows = context.of_indicator(indicator)
    rows = rows[rows["country"].isin(list(places)) & rows["flag"].str.contains("break")]
    declared = [cut for cut in context.breaks if any(re.fullmatch(pattern, indicator) for pattern in cut.patterns)]
    return [
        f"{row.country} {row.period}"
        for row in rows.sort_values(["country", "period"]).itertuples(index=False)
        if not any(
            cut.between[1] == int(row.period) and (not cut.places or row.country in cut.places) for cut in declared
        )
    ]
