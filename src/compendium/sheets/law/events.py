"""Show what law and policy brought when, since when laws name psychosocial risk, and who acts."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from ...figures.base import Figure
from ...figures.timeline import timeline
from ...tables import Table
from ...text import Catalogue
from ..factsheet import Sentence, Sheet, gap, word
from .words import source, title

_NUMBER = re.compile(r"\d+")


def policies(sheet: Sheet, group: str) -> Figure | Sentence:
    """Draw the policies of one group of kinds in time, those of the Union beside those of the country.

    Parameters
    ----------
    sheet : Sheet
        The page.
    group : {"risk", "culture"}
        Which timeline: health at work, or work in culture.
    """
    t, context = sheet.t, sheet.context
    kinds = [kind.id for kind in context.kinds.values() if kind.group == group]
    union = [code for code, place in context.places.items() if place.kind == "union"]
    rows = context.policies[
        context.policies["kind"].isin(kinds) & context.policies["country"].isin([*sheet.of_page, *union])
    ]
    if rows.empty or rows["year_from"].isna().all():
        return gap(sheet)
    rank = {kind: at for at, kind in enumerate(kinds)}
    rows = rows.assign(
        _rank=rows["kind"].map(rank),
        _kind=[t.pick(context.kinds[code].label) for code in rows["kind"]],
        _name=[
            t("{name}, {country}", name=title(row, sheet), country=sheet.label("country", row["country"]))
            for row in rows.to_dict("records")
        ],
        _doubt=rows["confidence"] == "to verify",
    ).sort_values(["_rank", "year_from"], kind="stable")
    data = pd.DataFrame(
        {
            t("Kind"): list(rows["_kind"]),
            t("Name"): list(rows["_name"]),
            t("Local name"): list(rows["local_name"]),
            t("Years"): [_years(row, t) for row in rows.to_dict("records")],
            t("What it does"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Source"): [source(text, t) for text in rows["source"]],
            t("Confidence"): [word(code, t) for code in rows["confidence"]],
        }
    )
    titles = {
        "risk": t("Health at work and psychosocial risk: what came when"),
        "culture": t("Work in culture: laws, aid and schemes in time"),
    }
    return timeline(
        rows,
        name="_name",
        kind="_kind",
        t=t,
        title=titles[group],
        caption=t(
            "Dot: first year; line: up to the last year where one is known; hollow dot: to verify. What is not drawn "
            "is not in our sources: it may exist all the same."
        ),
        data=data,
        doubtful="_doubt",
    )


def law_in_words(row: Mapping[str, object], sheet: Sheet) -> str:
    """Return the name of a law in its own language, with the article in question where the name does not hold it."""
    name, article = str(row["local_name"]), str(row["article"])
    is_said = set(_NUMBER.findall(article)) <= set(_NUMBER.findall(name))
    return name if not article or is_said else sheet.t("{law}, {article}", law=name, article=sheet.say(article))


def named_since(sheet: Sheet) -> Table | Sentence:
    """List the laws on health at work with whether they name psychosocial risk, those that do by name first."""
    t, context = sheet.t, sheet.context
    words = {
        "explicit": t("by name"),
        "implied": t("only implied"),
        "no": t("not named, as far as our source tells"),
    }
    unions = [code for code, place in context.places.items() if place.kind == "union"]
    places = [*sheet.of_page, *unions]
    rows = context.policies[context.policies["country"].isin(places) & (context.policies["names_psychosocial"] != "")]
    if rows.empty:
        return gap(sheet)
    rank, order = {place: at for at, place in enumerate(places)}, list(words)
    rows = rows.assign(
        _place=rows["country"].map(rank), _names=[order.index(names) for names in rows["names_psychosocial"]]
    ).sort_values(["_place", "_names", "year_from"], kind="stable")
    frame = pd.DataFrame(
        {
            t("Country"): [sheet.label("country", code) for code in rows["country"]],
            t("Law and article"): [law_in_words(row, sheet) for row in rows.to_dict("records")],
            t("Since"): [_years(row, t) for row in rows.to_dict("records")],
            t("Names psychosocial risk"): [words[names] for names in rows["names_psychosocial"]],
            t("What it does"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Source"): [source(text, t) for text in rows["source"]],
            t("Confidence"): [word(code, t) for code in rows["confidence"]],
        }
    )
    return Table(
        frame,
        t("Laws on health at work, and whether they name psychosocial risk"),
        t,
        row_headers=2,
        note=t(
            "Coded by us from the description alone; a law of the Union binds people through the laws of its members."
        ),
    )


def actors(sheet: Sheet) -> Table | Sentence:
    """List the main actors of each country of the page."""
    t = sheet.t
    kinds = [kind.id for kind in sheet.context.kinds.values() if kind.group == "actors"]
    rows = sheet.context.policies[
        sheet.context.policies["kind"].isin(kinds) & sheet.context.policies["country"].isin(sheet.of_page)
    ]
    if rows.empty:
        return gap(sheet)
    shown = pd.DataFrame(
        {
            t("Country"): [sheet.label("country", code) for code in rows["country"]],
            t("Bodies"): list(rows["local_name"]),
            t("What they are"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Confidence"): [word(code, t) for code in rows["confidence"]],
        }
    )
    return Table(shown, t("Actors met in the sources"), t)


def _years(row: Mapping[str, object], t: Catalogue) -> str:
    first, last = row["year_from"], row["year_to"]
    if pd.isna(first):
        return t("not dated")
    return str(first) if pd.isna(last) else t("{low} to {high}", low=first, high=last)
