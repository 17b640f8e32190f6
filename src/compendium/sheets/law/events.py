"""Show what law and policy brought when, since when laws name psychosocial risk, and who acts."""

from __future__ import annotations

import pandas as pd

from ...figures.base import Figure
from ...figures.timeline import timeline
from ...tables import Table
from ..factsheet import Sentence, Sheet, gap
from .words import confidence, is_doubtful, law_in_words, source, title, year_in_words


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
        _doubt=[is_doubtful(row) for row in rows.to_dict("records")],
    ).sort_values(["_rank", "year_from"], kind="stable")
    data = pd.DataFrame(
        {
            t("Kind"): list(rows["_kind"]),
            t("Name"): list(rows["_name"]),
            t("Local name"): list(rows["local_name"]),
            t("Years"): [year_in_words(row, t) for row in rows.to_dict("records")],
            t("What it does"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Confidence"): [confidence(row, t) for row in rows.to_dict("records")],
            t("Source"): [source(text, t) for text in rows["source"]],
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
            "Dot: first year; line: up to the last year where one is known; hollow dot: to verify, all or a part. What is not drawn "
            "is not in our sources: it may exist all the same."
        ),
        data=data,
        doubtful="_doubt",
    )


def named_since(sheet: Sheet) -> Table | Sentence:
    """List laws and agreements on health at work with whether they name psychosocial risk, those that do by name first."""
    t, context = sheet.t, sheet.context
    words = {
        "explicit": t("by name"),
        "implied": t("only implied"),
        "no": t("not named, as far as our source tells"),
        "": t("not coded yet"),
    }
    unions = [code for code, place in context.places.items() if place.kind == "union"]
    places = [*sheet.of_page, *unions]
    binding = {kind.id: kind.instrument for kind in context.kinds.values() if kind.instrument and kind.group == "risk"}
    rows = context.policies[context.policies["country"].isin(places) & context.policies["kind"].isin(binding)]
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
            t("Since"): [year_in_words(row, t) for row in rows.to_dict("records")],
            t("Names psychosocial risk"): [
                t("an agreement; {names}", names=words[names]) if binding[kind] == "agreement" else words[names]
                for kind, names in zip(rows["kind"], rows["names_psychosocial"], strict=True)
            ],
            t("What it does"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Confidence"): [confidence(row, t) for row in rows.to_dict("records")],
            t("Source"): [source(text, t) for text in rows["source"]],
        }
    )
    return Table(
        frame,
        t("Laws and agreements, and whether they name psychosocial risk"),
        t,
        row_headers=2,
        set_apart={
            at: t("binds people only through the laws of its members")
            if binding[kind] == "law"
            else t("of the Union, no country's own agreement")
            for at, (code, kind) in enumerate(zip(rows["country"], rows["kind"], strict=True))
            if code in unions
        },
        note=t(
            "Coded by us from the description alone. Only laws say since when; agreements and the Union stand apart."
        ),
    )
