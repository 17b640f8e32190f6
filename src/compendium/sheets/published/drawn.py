"""Draw figures that others published: over time, side by side, every indicator by subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from ... import facts
from ...figures.base import Figure
from ...figures.dots import dots
from ...figures.series import series
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence, Sheet, gap
from .standing import where_it_stands
from .words import topics

PANELS = 8
"""Indicators that one figure has room for."""


def through_time(sheet: Sheet, indicator: str, years: tuple[int, int] | None = None) -> Figure | Several | Sentence:
    """Draw one indicator over the years, a panel a country, every break in series cut.

    Parameters
    ----------
    sheet : Sheet
        The page.
    indicator : str
        Identifier of a published value.
    years : tuple of int, optional
        The first and the last year to draw; all when not given.

    Notes
    -----
    Where countries may not be compared each has a figure and an axis of its own, without Europe, and the reason stands
    above: nothing can be read across.
    """
    rows = facts.over_time(sheet.context, indicator, sheet.places)
    if years:
        rows = rows[rows["period"].astype(int).between(*years)]
    if not rows["country"].isin(sheet.places).any():
        return gap(sheet)
    apart = rows[rows["comparable"] == "no"]
    if apart.empty:
        return _in_time(sheet, indicator, rows, sheet.label("indicator", indicator))
    said = sheet.t("not comparable: {reason}", reason=sheet.label("reason", apart["reason"].iloc[0]))
    alone = []
    for place in sheet.places:
        own = rows[rows["country"] == place]
        if len(own):
            title = sheet.t(
                "{name}: {value}", name=sheet.label("country", place), value=sheet.label("indicator", indicator)
            )
            alone.append(_in_time(replace(sheet, places=(place,)), indicator, own, title))
    return several(Sentence(said), *alone)


def _in_time(sheet: Sheet, indicator: str, rows: pd.DataFrame, title: str) -> Figure:
    t = sheet.t
    unit = sheet.context.units[rows["unit"].iloc[0]]
    why_cut = facts.reasons_cut(sheet.context, indicator, sheet.places, t.language)
    flagged = facts.flagged_cuts(sheet.context, indicator, sheet.places)
    if flagged:
        why_cut.append(t("flagged by the office: {years}", years=", ".join(flagged)))
    return series(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows),
        broken=lambda place, earlier, later: sheet.context.broken(indicator, place, earlier, later),
        t=t,
        title=title,
        label=sheet.label,
        focus=sheet.focus,
        digits=unit["digits"],
        why_cut=why_cut,
        standing={place: said for place in sheet.places if (said := where_it_stands(sheet, indicator, place))},
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


def _panels(sheet: Sheet, indicators: Sequence[str], what: str, part: tuple[int, int] = (1, 1)) -> Figure | Sentence:
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return gap(sheet)
    years = sorted(set(rows["period"]))
    t = sheet.t
    title = t("{what}, {years}", what=what, years=t.join(years))
    if part[1] > 1:  # a title names one figure of the page, and the file of its numbers
        title = t("{title}, part {n} of {all}", title=title, n=t.number(part[0], 0), all=t.number(part[1], 0))
    return dots(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows)[::-1],
        t=t,
        title=title,
        label=sheet.label,
        focus=sheet.focus,
        ranks={
            (str(indicator), place): rank
            for indicator, own in rows.groupby("indicator", sort=False)
            for place, rank in facts.ranks(own, sheet.places).items()
        },
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
    for topic in (context.topics[code] for code in topics(sheet, shown)):
        members = [one for one in facts.members(context, topic.id) if one not in besides]
        known = [one for one in members if facts.is_compared(context, one, sheet.places)]
        if not known:
            continue
        in_time = [one for one in known if facts.years(context, one, sheet.places) > 1]
        once = facts.by_unit(context, [one for one in known if one not in in_time], PANELS)
        made: list[Shown] = [through_time(sheet, one) for one in in_time]
        made += [
            _panels(sheet, indicators, t.pick(topic.label), (at, len(once)))
            for at, indicators in enumerate(once, start=1)
        ]
        name = t("{topic}: {n} indicators", topic=t.pick(topic.label), n=t.number(len(known), 0))
        parts.append(Folded(name, several(Sentence(t("About: {scope}.", scope=t.pick(topic.scope))), *made)))
    return several(*parts) if parts else gap(sheet)


def _short_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave the variable out of a source, so that a caption names each survey once; tables keep it."""
    return rows.assign(source=rows["source"].str.replace(r", (?:variable|question) .*$", "", regex=True))
