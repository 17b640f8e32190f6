"""What to begin with, and what can be done: recommendations with the numbers they rest on, and the library of levers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...action import foremost, levers_for, matched
from ...action.recommendations import PRIORITY
from ...study.levers import Lever, load_levers
from ...tables import Table
from ...text import Catalogue
from ...wording import note
from ..base import Several, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet
from .words import effort_words, evidence_words, level_words, who_words


def order(sheet: Sheet) -> Sentence:
    """Say by what the recommendations are ordered, which situations may come first, and whether that tells much."""
    t = sheet.t
    basis, rows = foremost(sheet.table)
    if rows.empty:
        return Sentence(
            t("Without numbers no situation can be said to come first: a group chooses from all levers below.")
        )
    names = sheet.situations(rows["situation"])
    if basis == PRIORITY:
        said = t("By the priority that the working group entered, these may come first: {names}.", names=names)
    else:
        said = t(
            "The working group has not judged every situation yet, so they are ordered by frequency alone. These may come "
            "first: {names}.",
            names=names,
        )
    shown = int(sheet.whole["estimate"].notna().sum())
    if 2 * len(rows) > shown:
        said += " " + t(
            "That is {n} of {all}: these answers hardly tell which come first, and the group has to choose by how grave they are.",
            n=len(rows),
            all=shown,
        )
    return Sentence(said)


def recommendations(sheet: Sheet) -> Table | None:
    """List the levers for the foremost situations in the order in which they are recommended, with the numbers they rest on."""
    _, rows = foremost(sheet.table)
    if rows.empty:
        return None
    t = sheet.t
    met = {
        row.situation: t("{situation}: {share}", situation=sheet.situation(row.situation), share=sheet.share(row))
        for row in rows.itertuples(index=False)
    }
    listed = [
        {
            t("Prevention"): level_words(t)[lever.level],
            t("Recommendation"): t.pick(lever.name),
            t("Rests on (share of persons, 95% interval)"): (
                t("all {n} situations named above", n=len(own))
                if len(own) == len(met) > 1
                else "; ".join(met[name] for name in own)
            ),
            t("Who acts"): who_words(t)[lever.who],
            t("Effort"): effort_words(t)[lever.effort],
            t("What is known"): evidence_words(t)[lever.evidence.level],
        }
        for lever, own in matched(list(rows["situation"]))
    ]
    said = t(
        "Order: at the source first, then by evidence, then by effort, then by how many of these situations a lever serves. "
        "Neighbours that are alike in all of it stand in no order."
    )
    caption = t("Recommendations, in order")
    own = sheet.of(rows)
    return Table(
        pd.DataFrame(listed), caption, t, row_headers=2, note=f"{said} {note(own, t, sheet.label)}", results=own
    )


def by_situation(sheet: Sheet) -> Several | None:
    """Show the levers for each of the foremost situations in full."""
    _, rows = foremost(sheet.table)
    if rows.empty:
        return None
    t = sheet.t
    parts = []
    for row in rows.itertuples(index=False):
        caption = t(
            "{situation}: met by {share}, n = {n}",
            situation=sheet.situation(row.situation),
            share=sheet.share(row),
            n=t.number(row.n),
        )
        parts.append(Folded(caption, _levers(levers_for(row.situation), caption, t)))
    return several(*parts)


def library(sheet: Sheet) -> Folded:
    """List all levers, with the situations that each is for."""
    t = sheet.t
    caption = t("All levers: what can be done, by whom, and what is known of it")
    levers = list(load_levers().values())
    shown = _levers(levers, caption, t)
    served = [sheet.situations(lever.situations) for lever in levers]
    return Folded(caption, Table(shown.frame.assign(**{t("For"): served}), caption, t))


def sources(sheet: Sheet) -> Folded:
    """List what the evidence of the levers rests on, and what nobody has read."""
    t = sheet.t
    levers = list(load_levers().values())
    known = {source.id: source for lever in levers for source in lever.evidence.sources}
    rows = [
        {
            t("Source"): source.title,
            t("Read"): source.read or t("by nobody for this study: to verify"),
            t("Levers"): t.join([t.pick(one.name) for one in levers if source in one.evidence.sources]),
        }
        for source in known.values()
    ]
    caption = t("Sources of the levers")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t))


def _levers(levers: Sequence[Lever], caption: str, t: Catalogue) -> Table:
    rows = [
        {
            t("Lever"): t.pick(lever.name),
            t("What is done"): t(
                "{does} On Monday: {first} Take care: {caution}",
                does=t.pick(lever.does),
                first=t.pick(lever.first_step),
                caution=t.pick(lever.caution),
            ),
            t("Prevention, who acts, effort"): "; ".join(
                [level_words(t)[lever.level], who_words(t)[lever.who], effort_words(t)[lever.effort]]
            ),
            t("What is known"): t(
                "{kind}: {says} Source: {sources}.",
                kind=evidence_words(t)[lever.evidence.level],
                says=t.pick(lever.evidence.says),
                sources="; ".join(source.title for source in lever.evidence.sources),
            ),
        }
        for lever in levers
    ]
    return Table(pd.DataFrame(rows), caption, t)
