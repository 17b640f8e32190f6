"""Say where a country stands in published figures: against Europe and the others, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ... import facts
from ...tables import Table
from ...text import Catalogue
from ...wording import NO_VALUE
from ..factsheet import Sentence, Sheet, gap, word
from .words import confidence, indicators_of


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
    t, indicators = sheet.t, indicators_of(sheet, shown)
    if not sheet.focus:
        return _all_countries(sheet, indicators, shown)
    name = sheet.label("country", sheet.focus)
    caption = t(
        "{country} against Europe and the other countries of the study: latest published values ({subject})",
        country=name,
        subject=t("culture") if shown == "culture" else t("health at work"),
    )
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
        for one in facts.stands_out(context, sheet.focus, indicators_of(sheet, shown))[0 if side == "above" else 1]
    ]
    if not chosen:
        return Sentence(t("On no indicator of our sources does this country stand out on this side."))
    captions = {
        "above": t("Higher than in Europe: where the distance is largest"),
        "below": t("Lower than in Europe: where the distance is largest"),
    }
    order = {topic: at for at, topic in enumerate(context.topics)}
    subject = {one: context.of_indicator(one)["part"].iloc[0] for one in chosen}
    chosen.sort(key=lambda one: order[subject[one]])  # stable: the farthest stays first within its subject
    how = t(
        "Chosen are the farthest in culture and in health at work, in standard deviations between the countries with a value of that year: "
        "{far} or more, of {fewest} countries at least.",
        far=t.number(facts.FAR, 1),
        fewest=t.number(facts.FEWEST, 0),
    )
    return _against_europe(sheet, chosen, captions[side], by_subject=True, how=how)


def where_it_stands(sheet: Sheet, indicator: str, place: str) -> str:
    """Say in a few words which rank the latest value of a country has and how far it is from Europe that year."""
    t, context = sheet.t, sheet.context
    found = facts.standing(context, place, [indicator], sheet.places)
    by = {row.group: row for row in found.itertuples(index=False)}
    said = []
    if "rank" in by:
        said.append(t("rank {rank} of {n}", rank=t.number(by["rank"].estimate), n=t.number(by["ranked"].estimate)))
    if "difference" in by:
        digits = context.units[by["value"].unit]["digits"]
        said.append(t("{distance} from Europe", distance=_signed(by["difference"].estimate, digits, t)))
    return "; ".join(said)


def _against_europe(
    sheet: Sheet, indicators: Sequence[str], caption: str, by_subject: bool = False, how: str = ""
) -> Table | Sentence:
    t, context = sheet.t, sheet.context
    assert sheet.focus is not None
    found = facts.standing(context, sheet.focus, indicators, sheet.places)
    if found.empty:
        return gap(sheet)
    said = t(
        "Distance and rank compare values of the same year only; published values carry no interval in our "
        "sources, so a small distance proves nothing."
    )
    rows = []
    for _, group in found.groupby("indicator", sort=False):
        own = group[group["group"] == "value"].iloc[0]
        by = {row.group: row for row in group.itertuples(index=False)}
        rows.append(
            {
                **({t("Subject"): sheet.label("part", own["part"])} if by_subject else {}),
                t("Indicator"): _with_unit(own, sheet),
                **_place(by, own["period"], context.units[own["unit"]]["digits"], sheet),
                **_told_by(own, sheet, by_subject),
            }
        )
    return Table(
        pd.DataFrame(rows),
        caption,
        t,
        row_headers=2 if by_subject else 1,
        note=how or said,
        results=found,
    )


def _told_by(own: pd.Series, sheet: Sheet, in_one: bool) -> dict[str, str]:
    """Return who says so and how sure that is, in two cells, or in one where there is little room."""
    t, sure = sheet.t, confidence(own, sheet)
    if not in_one:
        return {t("Confidence"): sure, t("Source"): own["source"]}
    said = own["source"] if sure == word("sourced", t) else t("{source} ({remark})", source=own["source"], remark=sure)
    return {t("Source"): said}


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


def _all_countries(sheet: Sheet, indicators: Sequence[str], about: str) -> Table | Sentence:
    t = sheet.t
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return gap(sheet)
    shown = []
    for _, group in rows.groupby("indicator", sort=False):
        digits = sheet.context.units[group["unit"].iloc[0]]["digits"]
        values = dict(zip(group["country"], group["estimate"], strict=True))
        ranks = facts.ranks(group, sheet.places)
        europe = next((code for code in values if code not in sheet.places), None)
        shown.append(
            {
                t("Indicator"): _with_unit(group.iloc[0], sheet),
                t("Year"): group["period"].iloc[0],
                **{sheet.label("country", code): _ranked(values, ranks, code, digits, t) for code in sheet.places},
                t("Europe"): t(
                    "{value} ({name})", value=t.number(values[europe], digits), name=sheet.label("country", europe)
                )
                if europe
                else NO_VALUE,
                t("Confidence"): confidence(group.iloc[0], sheet),
                t("Source"): group["source"].iloc[0],
            }
        )
    return Table(
        pd.DataFrame(shown),
        t(
            "{subject}: published values side by side, each at the latest year that half of the countries have",
            subject=t("Culture") if about == "culture" else t("Health at work"),
        ),
        t,
        note=t(
            "Values of one year only, in brackets the rank from the highest; published values carry no interval in our "
            "sources, so a small distance proves nothing."
        ),
        results=rows,
    )


def _ranked(values: Mapping[str, float], ranks: Mapping[str, int], code: str, digits: int, t: Catalogue) -> str:
    if code not in values:
        return t("no figure")
    shown = t.number(values[code], digits)
    return f"{shown} ({ranks[code]})" if code in ranks else shown


def _signed(number: float, digits: int, t: Catalogue) -> str:
    text = t.number(abs(number), digits)
    return text if round(number, digits) == 0 else f"{'+' if number > 0 else '−'}{text}"
