"""Show legal statuses against social protection, their legal bases, policies in time, and actors."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..figures.base import Figure
from ..figures.cover import SIGNS, cover
from ..figures.timeline import timeline
from ..study.context import BRANCHES
from ..tables import Table
from ..text import Catalogue
from .factsheet import Sentence, Sheet, gap, word


def protection(sheet: Sheet) -> Figure | Sentence:
    """Draw the legal statuses against five branches of social protection."""
    t = sheet.t
    rows = _statuses(sheet)
    if rows.empty:
        return gap(sheet)
    rows = rows.assign(
        _name=[_title(row, sheet) for row in rows.to_dict("records")],
        _group=[sheet.label("country", code) for code in rows["country"]],
    )
    words = {"yes": t("yes"), "partial": t("partial"), "no": t("no"), "unknown": t("unknown")}
    columns = dict(_branches(t).items())
    group = None if sheet.focus else "_group"
    return cover(
        rows,
        name="_name",
        columns=columns,
        words=words,
        t=t,
        title=t("Which status is covered by which branch of social protection"),
        caption=t(
            "The cells are a first draft in every row unless the notes say otherwise: each partner is still to check "
            "its own country. 'To verify' marks rows whose legal basis was not checked against a source either."
        ),
        data=_cover(rows, columns, words, sheet),
        group=group,
        doubtful=list(rows["confidence"] == "to verify"),
    )


def legal_bases(sheet: Sheet) -> Table | Sentence:
    """List threshold, legal basis, notes and source of each legal status."""
    t = sheet.t
    rows = _statuses(sheet)
    if rows.empty:
        return gap(sheet)
    several = {} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}
    shown = pd.DataFrame(
        {
            **several,
            t("Status"): [_title(row, sheet) for row in rows.to_dict("records")],
            t("Threshold"): [sheet.say(text) if text != "none" else t("none") for text in rows["threshold"]],
            t("Legal basis"): [
                sheet.context.translations.get(t.language, {}).get(text, text) for text in rows["legal_basis"]
            ],
            t("Notes"): [sheet.say(text) for text in rows["notes"]],
            t("Source"): [_source(text, t) for text in rows["source"]],
            t("Confidence"): [word(code, t) for code in rows["confidence"]],
        }
    )
    return Table(
        shown,
        t("Legal statuses: threshold, legal basis and notes"),
        t,
        row_headers=1 if sheet.focus else 2,
        note=t("Laws are named in their own language."),
    )


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
            t("{name}, {country}", name=_title(row, sheet), country=sheet.label("country", row["country"]))
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
            t("Source"): [_source(text, t) for text in rows["source"]],
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


def _statuses(sheet: Sheet) -> pd.DataFrame:
    rows = sheet.context.statuses[sheet.context.statuses["country"].isin(sheet.of_page)]
    rank = {code: at for at, code in enumerate(sheet.places)}
    return rows.assign(_rank=rows["country"].map(rank)).sort_values("_rank", kind="stable")


def _title(row: Mapping[str, object], sheet: Sheet) -> str:
    return sheet.say(str(row["english_name"])) or str(row["local_name"])


def _branches(t: Catalogue) -> dict[str, str]:
    texts = (t("unemployment"), t("sickness"), t("pension"), t("work accident"), t("maternity"))
    return dict(zip(BRANCHES, texts, strict=True))


def _cover(rows: pd.DataFrame, columns: Mapping[str, str], words: Mapping[str, str], sheet: Sheet) -> pd.DataFrame:
    t = sheet.t
    lead = {} if sheet.focus else {t("Country"): list(rows["_group"])}
    cells = {text: [f"{SIGNS[code]} {words[code]}" for code in rows[branch]] for branch, text in columns.items()}
    confidence = {t("Confidence"): [word(code, t) for code in rows["confidence"]]}
    return pd.DataFrame(
        {**lead, t("Status"): list(rows["_name"]), t("Local name"): list(rows["local_name"]), **cells, **confidence}
    )


def _source(text: str, t: Catalogue) -> str:
    return t("to verify") if text == "to verify" else text


def _years(row: Mapping[str, object], t: Catalogue) -> str:
    first, last = row["year_from"], row["year_to"]
    if pd.isna(first):
        return t("not dated")
    return str(first) if pd.isna(last) else t("{low} to {high}", low=first, high=last)
