"""Show who acts: bodies that prevent risks at work, on a map and in a list that says the same, and actors met in the sources."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..figures.base import Figure
from ..figures.map import europe
from ..tables import Table
from .factsheet import Sentence, Sheet, gap, word

COOPERATIVE = "cooperative"


@dataclass(frozen=True)
class Bodies:
    """The bodies of a page with their numbers: the cooperative world first, each group by country and name."""

    frame: pd.DataFrame

    @property
    def placed(self) -> pd.DataFrame:
        """Return those whose place is known."""
        return self.frame[self.frame["latitude"].notna()]


def bodies(sheet: Sheet) -> Bodies:
    """Return the bodies of a page: of all countries together everyone, of one country its own and those of the Union."""
    context = sheet.context
    rows = context.actors
    if rows.empty:
        return Bodies(rows)
    unions = [code for code, place in context.places.items() if place.kind == "union"]
    order = [*([sheet.focus] if sheet.focus else sheet.places), *context.places]
    if sheet.focus:
        rows = rows[rows["country"].isin([sheet.focus, *unions])]
    groups = {code: kind.group != COOPERATIVE for code, kind in context.actor_kinds.items()}
    rank = {code: at for at, code in reversed(list(enumerate(order)))}
    rows = rows.assign(
        _group=rows["kind"].map(groups), _kind=[sheet.t.pick(context.actor_kinds[kind].label) for kind in rows["kind"]],
        _country=rows["country"].map(rank), _order=rows["kind"].map({code: at for at, code in enumerate(context.actor_kinds)}),
    ).sort_values(["_group", "_country", "_order", "name"], kind="stable", ignore_index=True)  # fmt: skip
    return Bodies(rows.assign(number=range(1, len(rows) + 1)))


def on_map(sheet: Sheet) -> Figure | Sentence:
    """Draw the bodies whose place is known; a number is that of the list."""
    t, found = sheet.t, bodies(sheet)
    if found.frame.empty:
        return gap(sheet)
    placed = found.placed
    if sheet.focus:
        placed = placed[placed["country"] == sheet.focus]
    if placed.empty:
        return Sentence(t("Of no body in our sources is the place known: the list below has them all."))
    missing = len(found.frame) - len(placed)
    kinds = [sheet.t.pick(kind.label) for kind in sheet.context.actor_kinds.values()]
    world = int((~placed["_group"].astype(bool)).sum())
    said = t(
        "{n} bodies are drawn, {world} of them of the cooperative world: {names}.",
        n=len(placed), world=world,
        names=t.join([t("{number} {name}, {place}", **row) for row in placed[["number", "name", "place"]].to_dict("records")]),
    )  # fmt: skip
    title = t("Bodies that prevent risks at work, in the cooperative world and around it")
    return europe(
        placed,
        kind="_kind",
        number="number",
        kinds=kinds,
        places=sheet.places,
        t=t,
        title=title,
        alt=f"{title}. {said}",
        caption=t(
            "Each mark is a body, its number that of the list; it stands in the middle of its town, or beside it, joined by a line, where "
            "several share one. Darker: the countries of the study. Not drawn, for want of a place or outside this map: {n}. "
            "Who is not here is not in our sources. Outlines: Natural Earth, public domain.",
            n=missing,
        ),
        data=_table(sheet, placed),
        focus=sheet.focus,
    )


def listed(sheet: Sheet) -> Table | Sentence:
    """List the bodies with kind, place, what they do and source; those of the map carry the same number."""
    t, found = sheet.t, bodies(sheet)
    if found.frame.empty:
        return gap(sheet)
    return Table(
        _table(sheet, found.frame),
        t("Bodies that prevent risks at work: who, where, what they do"),
        t,
        row_headers=2,
        note=t(
            "A first list from documents and pages that were read, and no census. A place 'to verify' is general knowledge: no "
            "source read so far states it."
        ),
    )


def met(sheet: Sheet) -> Table | Sentence:
    """List the main actors that the sources name in each country of the page."""
    t = sheet.t
    kinds = [kind.id for kind in sheet.context.kinds.values() if kind.group == "actors"]
    policies = sheet.context.policies
    rows = policies[policies["kind"].isin(kinds) & policies["country"].isin(sheet.of_page)]
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


def _table(sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    t = sheet.t
    groups = {False: t("Of the cooperative world"), True: t("Around it")}
    return pd.DataFrame(
        {
            t("Group"): [groups[bool(one)] for one in rows["_group"]],
            t("Name"): [t("{number} {name}", **row) for row in rows[["number", "name"]].to_dict("records")],
            t("Kind"): list(rows["_kind"]),
            t("Country"): [sheet.label("country", code) for code in rows["country"]],
            t("Place"): [_place(sheet, row.place, row.place_confidence) for row in rows.itertuples(index=False)],
            t("What they do"): [sheet.say(text) for text in rows["what_they_do"]],
            t("Source"): [t("to verify") if text == "to verify" else text for text in rows["source"]],
            t("Confidence"): [word(code, t) for code in rows["confidence"]],
        }
    )


def _place(sheet: Sheet, place: str, confidence: str) -> str:
    if place == NOT_KNOWN:
        return sheet.t(NOT_KNOWN)
    return sheet.t("{place} (to verify)", place=place) if confidence == "to verify" else place


NOT_KNOWN = "not in our sources"
"""What ``actors.csv`` says of a place that no source states."""
