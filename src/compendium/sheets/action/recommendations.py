"""What to begin with, and what can be done: recommendations with the numbers they rest on, and the library of levers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...action import foremost, levers_for
from ...action.recommendations import PRIORITY
from ...study.levers import Lever, load_levers
from ...study.situations import load_situations
from ...tables import Table
from ...text import Catalogue
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet, nothing


def order(sheet: Sheet) -> Sentence:
    """Say by what the recommendations are ordered, and which situations come first."""
    basis, rows = foremost(sheet.table)
    if rows.empty:
        return nothing(sheet)
    t = sheet.t
    names = t.join([sheet.situation(code) for code in rows["situation"]])
    if basis == PRIORITY:
        return Sentence(
            t("By the priority that the working group entered, these may come first: {names}.", names=names)
        )
    return Sentence(
        t(
            "The working group has not judged every situation yet, so they are ordered by frequency alone. These may come "
            "first: {names}.",
            names=names,
        )
    )


def recommendations(sheet: Sheet) -> Several | Sentence:
    """Show the levers for each of the foremost situations, under the number that each rests on."""
    _, rows = foremost(sheet.table)
    if rows.empty:
        return nothing(sheet)
    t = sheet.t
    parts: list[Shown] = []
    for row in rows.itertuples(index=False):
        caption = t(
            "{situation}: met by {share} (95% interval {interval}, n = {n})",
            situation=sheet.situation(row.situation),
            share=t.percent(row.estimate),
            interval=t.interval(row.ci_low, row.ci_high),
            n=t.number(row.n),
        )
        own = sheet.table[sheet.table.index == sheet.table.index[sheet.table["situation"].eq(row.situation)][0]]
        listed = _levers(levers_for(row.situation), caption, t, results=own[sheet.results.columns])
        parts.append(Folded(caption, listed))
    return several(*parts)


def library(sheet: Sheet) -> Folded:
    """List all levers, with the situations that each is for."""
    t = sheet.t
    caption = t("All levers: what can be done, by whom, and what is known of it")
    return Folded(caption, _levers(list(load_levers().values()), caption, t, with_situations=True))


def sources(sheet: Sheet) -> Folded:
    """List what the evidence of the levers rests on, and what nobody has read."""
    t = sheet.t
    known = {source.id: source for lever in load_levers().values() for source in lever.evidence.sources}
    rows = [
        {
            t("Source"): source.title,
            t("Read"): source.read or t("by nobody for this study: to verify"),
            t("Levers"): t.number(sum(source in lever.evidence.sources for lever in load_levers().values())),
        }
        for source in known.values()
    ]
    caption = t("Sources of the levers")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t))


def _levers(
    levers: Sequence[Lever],
    caption: str,
    t: Catalogue,
    *,
    results: pd.DataFrame | None = None,
    with_situations: bool = False,
) -> Table:
    rows = []
    for lever in levers:
        row = {
            t("Lever"): t.pick(lever.name),
            t("What is done"): t.pick(lever.does),
            t("Prevention"): level_words(t)[lever.level],
            t("Who acts, effort"): f"{who_words(t)[lever.who]}; {effort_words(t)[lever.effort]}",
            t("What is known"): f"{evidence_words(t)[lever.evidence.level]}: {t.pick(lever.evidence.says)}",
            t("On Monday"): t.pick(lever.first_step),
            t("Take care"): t.pick(lever.caution),
        }
        if with_situations:
            situations = load_situations()
            row[t("For")] = t.join([t.pick(situations[code].name) for code in lever.situations])
        rows.append(row)
    return Table(pd.DataFrame(rows), caption, t, results=results)


def level_words(t: Catalogue) -> dict[str, str]:
    """Return the words for levels of prevention."""
    return {
        "primary": t("at the source (primary)"),
        "secondary": t("noticing and coping early (secondary)"),
        "tertiary": t("help when harm is there (tertiary)"),
    }


def who_words(t: Catalogue) -> dict[str, str]:
    """Return the words for who acts."""
    return {
        "group": t("the trade community"),
        "support_team": t("the support team"),
        "cooperative": t("the cooperative"),
        "funders": t("clients and funders"),
        "network": t("a federation or union"),
        "public": t("public authorities"),
    }


def effort_words(t: Catalogue) -> dict[str, str]:
    """Return the words for efforts."""
    return {
        "low": t("some hours"),
        "medium": t("days, or some hundred euros"),
        "high": t("a budget, months or a negotiation"),
    }


def evidence_words(t: Catalogue) -> dict[str, str]:
    """Return the words for kinds of evidence."""
    return {
        "review": t("Reviews of studies"),
        "trial": t("A trial"),
        "law": t("Law"),
        "practice": t("Practice, not measured"),
        "idea": t("Reasoned, not tried"),
    }
