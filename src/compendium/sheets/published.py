"""Show figures that others published: over time, side by side, where a country stands, what holds for one country only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .. import facts
from ..figures.base import Figure
from ..figures.dots import dots
from ..figures.series import series
from ..tables import Table
from ..text import Catalogue
from ..wording import NO_VALUE, remark
from .base import Several, Shown, several
from .factsheet import Folded, Sentence, Sheet, gap, word

PANELS = 8
"""Indicators that one figure has room for."""


def through_time(sheet: Sheet, indicator: str) -> Figure | Sentence:
    """Draw one indicator over the years, a panel a country, every break in series cut.

    Parameters
    ----------
    sheet : Sheet
        The page.
    indicator : str
        Identifier of a published value.
    """
    t = sheet.t
    rows = facts.over_time(sheet.context, indicator, sheet.places)
    if rows.empty or not rows["country"].isin(sheet.places).any():
        return gap(sheet)
    unit = sheet.context.units[rows["unit"].iloc[0]]
    return series(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows),
        broken=lambda place, earlier, later: sheet.context.broken(indicator, place, earlier, later),
        t=t,
        title=sheet.label("indicator", indicator),
        label=sheet.label,
        focus=sheet.focus,
        digits=unit["digits"],
        why_cut=facts.reasons_cut(sheet.context, indicator, sheet.places, t.language),
    )


def beside(sheet: Sheet, indicators: Sequence[str], title: str) -> Figure | Sentence:
    """Draw the countries beside one another on some indicators, each at the latest year that half of them have.

    Parameters
    ----------
    sheet : Sheet
        The page.
    indicators : sequence of str
        Identifiers of one unit.
    title : str
        English sentence that says what the panels share; translated here.
    """
    return _panels(sheet, indicators, sheet.t(title))


def _panels(sheet: Sheet, indicators: Sequence[str], what: str) -> Figure | Sentence:
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return gap(sheet)
    years = sorted(set(rows["period"]))
    t = sheet.t
    return dots(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows)[::-1],
        t=t,
        title=t("{what}, {years}", what=what, years=t.join(years)),
        label=sheet.label,
        focus=sheet.focus,
    )


def every(sheet: Sheet, shown: str, besides: Sequence[str] = ()) -> Several | Sentence:
    """Draw every indicator on which the countries may be compared, a folded part a topic.

    Parameters
    ----------
    sheet : Sheet
        The page.
    shown : {"culture", "health"}
        Which topics, as the study's file places them.
    besides : sequence of str
        Indicators that the page draws elsewhere.

    Notes
    -----
    An indicator of several years is drawn over time, a panel a country; those of one year stand side by side, a panel an
    indicator, indicators of different units never in one figure.
    """
    t, context = sheet.t, sheet.context
    parts: list[Shown] = []
    for topic in (context.topics[code] for code in _topics(sheet, shown)):
        members = [one for one in facts.members(context, topic.id) if one not in besides]
        known = [one for one in members if facts.is_compared(context, one, sheet.places)]
        if not known:
            continue
        in_time = [one for one in known if facts.years(context, one, sheet.places) > 1]
        once = facts.by_unit(context, [one for one in known if one not in in_time], PANELS)
        made: list[Shown] = [through_time(sheet, one) for one in in_time]
        made += [_panels(sheet, indicators, t.pick(topic.label)) for indicators in once]
        name = t("{topic}: {n} indicators", topic=t.pick(topic.label), n=t.number(len(known), 0))
        parts.append(Folded(name, several(Sentence(t("About: {scope}.", scope=t.pick(topic.scope))), *made)))
    return several(*parts) if parts else gap(sheet)


def standing(sheet: Sheet, shown: str) -> Table | Sentence:
    """List where the country of the page stands: latest value, year, Europe that year, distance, rank, source.

    Parameters
    ----------
    sheet : Sheet
        The page.
    shown : {"culture", "health"}
        Which topics, as the study's file places them.

    Notes
    -----
    On the page of all countries the list has the countries side by side instead.
    """
    t, indicators = sheet.t, _indicators(sheet, shown)
    if not sheet.focus:
        return _all_countries(sheet, indicators)
    name = sheet.label("country", sheet.focus)
    caption = t("{country} against Europe and the other countries of the study: latest published values", country=name)
    return _against_europe(sheet, indicators, caption)


def far_from_europe(sheet: Sheet, side: str) -> Table | Sentence:
    """List the indicators on which the country of the page is farthest from Europe, on one side.

    Parameters
    ----------
    sheet : Sheet
        The page of one country.
    side : {"above", "below"}
        Which side.
    """
    t, context = sheet.t, sheet.context
    assert sheet.focus is not None, "a portrait is of one country"
    chosen = [
        one
        for shown in ("culture", "health")  # work in culture first: questions on health are many more
        for one in facts.stands_out(context, sheet.focus, _indicators(sheet, shown))[0 if side == "above" else 1]
    ]
    if not chosen:
        return gap(sheet)
    captions = {
        "above": t("Higher than in Europe: where the distance is largest"),
        "below": t("Lower than in Europe: where the distance is largest"),
    }
    return _against_europe(sheet, chosen, captions[side])


def _against_europe(sheet: Sheet, indicators: Sequence[str], caption: str) -> Table | Sentence:
    t, context = sheet.t, sheet.context
    assert sheet.focus is not None
    found = facts.standing(context, sheet.focus, indicators, sheet.places)
    if found.empty:
        return gap(sheet)
    rows = []
    for _, group in found.groupby("indicator", sort=False):
        own = group[group["group"] == "value"].iloc[0]
        by = {row.group: row for row in group.itertuples(index=False)}
        rows.append(
            {
                t("Indicator"): _with_unit(own, sheet),
                **_place(by, own["period"], context.units[own["unit"]]["digits"], sheet),
                t("Confidence"): _confidence(own, sheet),
                t("Source"): own["source"],
            }
        )
    return Table(
        pd.DataFrame(rows),
        caption,
        t,
        note=t(
            "Distance and rank compare values of the same year only; published values carry no interval in our "
            "sources, so a small distance proves nothing."
        ),
        results=found,
    )


def _place(by: Mapping[str, Any], year: str, digits: int, sheet: Sheet) -> dict[str, str]:
    """Return the cells that say where a country stands on one indicator, a dash where nothing can be said."""
    t = sheet.t
    value = t("{value} ({year})", value=t.number(by["value"].estimate, digits), year=year)
    europe = distance = rank = NO_VALUE
    if "europe" in by:
        name = sheet.label("country", by["europe"].reference_group)
        europe = t("{value} ({name})", value=t.number(by["europe"].estimate, digits), name=name)
        distance = _signed(by["difference"].estimate, digits, t)
    if "rank" in by:
        rank = t("{rank} of {n}", rank=t.number(by["rank"].estimate), n=t.number(by["ranked"].estimate))
    return {t("Value"): value, t("Europe that year"): europe, t("Distance"): distance, t("Rank from the highest"): rank}


def _with_unit(row: pd.Series, sheet: Sheet) -> str:
    return sheet.t(
        "{name}, {unit}", name=sheet.label("indicator", row["indicator"]), unit=sheet.label("unit", row["unit"])
    )


def _all_countries(sheet: Sheet, indicators: Sequence[str]) -> Table | Sentence:
    t = sheet.t
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return gap(sheet)
    shown = []
    for _, group in rows.groupby("indicator", sort=False):
        digits = sheet.context.units[group["unit"].iloc[0]]["digits"]
        values = dict(zip(group["country"], group["estimate"], strict=True))
        europe = next((code for code in values if code not in sheet.places), None)
        shown.append(
            {
                t("Indicator"): _with_unit(group.iloc[0], sheet),
                t("Year"): group["period"].iloc[0],
                **{
                    sheet.label("country", code): t.number(values[code], digits) if code in values else t("no figure")
                    for code in sheet.places
                },
                t("Europe"): t(
                    "{value} ({name})", value=t.number(values[europe], digits), name=sheet.label("country", europe)
                )
                if europe
                else NO_VALUE,
                t("Confidence"): _confidence(group.iloc[0], sheet),
                t("Source"): group["source"].iloc[0],
            }
        )
    return Table(
        pd.DataFrame(shown),
        t("Published values side by side, each at the latest year that half of the countries have"),
        t,
        note=t(
            "Values of one year only; published values carry no interval in our sources, so a small distance proves nothing."
        ),
    )


def own_figures(sheet: Sheet, shown: str = "own", about: Sequence[str] = ()) -> Table | Sentence:
    """List the figures that hold for one country only, with the reason why they may not be compared.

    Parameters
    ----------
    sheet : Sheet
        The page.
    shown : {"own", "apart"}
        National figures, or surveys that are no official statistics.
    about : sequence of str
        Topics instead, whatever their place.
    """
    t, context = sheet.t, sheet.context
    frames = [facts.portrait(context, place, about or _topics(sheet, shown)) for place in sheet.of_page]
    if not any(len(frame) for frame in frames):
        return gap(sheet)
    rows = pd.concat(frames, ignore_index=True)
    several = {} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}
    frame = pd.DataFrame(
        {
            **several,
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [
                t.number(row.estimate, context.units[row.unit]["digits"])
                if context.units[row.unit]["kind"] != "year"
                else f"{row.estimate:.0f}"
                for row in rows.itertuples()
            ],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Why not compared"): [sheet.label("reason", code) if code else "" for code in rows["reason"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [_confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    whose = sheet.label("country", sheet.focus) if sheet.focus else t("each country")
    return Table(
        frame,
        t("Figures that hold for {country} only", country=whose),
        t,
        row_headers=2,
        note=t("Never set these beside those of another country: each has its own scope."),
    )


def of_europe(sheet: Sheet) -> Table | Sentence:
    """List the latest values that the sources give for Europe or a group of countries, but for no country of the study."""
    t, context = sheet.t, sheet.context
    if sheet.focus:
        return Sentence(
            t("Figures that exist for groups of countries only stand on the page of all countries together.")
        )
    groups = context.facts["country"].map(lambda code: context.places[code].kind != "country").astype(bool)
    of_countries = set(context.facts.loc[context.facts["country"].isin(sheet.places), "indicator"])
    rows = context.facts[groups & ~context.facts["indicator"].isin(of_countries)]
    if rows.empty:
        return gap(sheet)
    rows = rows.sort_values("period", kind="stable").groupby(["indicator", "country"], sort=False).tail(1).sort_index()
    frame = pd.DataFrame(
        {
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [t.number(row.estimate, context.units[row.unit]["digits"]) for row in rows.itertuples()],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Where"): [sheet.label("country", code) for code in rows["country"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [_confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    return Table(frame, t("Figures that our sources give for groups of countries only"), t, row_headers=2)


def gaps(sheet: Sheet) -> Table | Sentence:
    """List what the sources do not hold, for all countries and for those of the page."""
    t = sheet.t
    rows = [gap for gap in sheet.context.gaps if not gap.places or gap.places & set(sheet.of_page)]
    if not rows:
        return gap(sheet)
    frame = pd.DataFrame(
        {
            t("Not in our sources"): [t.pick(gap.what) for gap in rows],
            t("Subject"): [sheet.label("part", gap.topic) for gap in rows],
            t("Country"): [
                t.join([sheet.label("country", code) for code in sorted(gap.places)]) if gap.places else t("all")
                for gap in rows
            ],
        }
    )
    return Table(frame, t("What is missing"), t, note=t("Gaps are shown, never filled."))


def _topics(sheet: Sheet, shown: str) -> list[str]:
    """Return the topics that the study's file puts in one place of the page."""
    return [topic.id for topic in sheet.context.topics.values() if topic.shown == shown]


def _indicators(sheet: Sheet, shown: str) -> list[str]:
    return [one for topic in _topics(sheet, shown) for one in facts.members(sheet.context, topic)]


def _short_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave the variable out of a source, so that a caption names each survey once; tables keep it."""
    return rows.assign(source=rows["source"].str.replace(r", (?:variable|question) .*$", "", regex=True))


def _confidence(row: pd.Series, sheet: Sheet) -> str:
    said = remark(row, sheet.t, sheet.label)
    return said or word(row["confidence"], sheet.t)


def _signed(number: float, digits: int, t: Catalogue) -> str:
    text = t.number(abs(number), digits)
    return text if round(number, digits) == 0 else f"{'+' if number > 0 else '−'}{text}"
