"""Show the rights, duties and responsibilities of the four postures, each with where law speaks of it."""

from __future__ import annotations

import pandas as pd

from ..study.postures import LegalSource, load_postures, load_sources
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from .base import Several, several
from .factsheet import Folded, Sentence

NO_SOURCE = "no source on file: to verify"


def rights(study: Study, unit: str, t: Catalogue) -> Several | Sentence:
    """Show what each posture may claim, owes and answers for, with its legal source.

    Parameters
    ----------
    study : Study
        The study; its folder of country facts holds the sources.
    unit : str
        Country of the page, or the pooled unit: then one column a country says how far its sources go.
    t : Catalogue
        Language of the page.
    """
    sources = load_sources(study.folder)
    if not sources:
        return Sentence(t("This study holds no legal sources on the postures."))
    places = [unit] if not study.is_pooled(unit) else [unit, *(one.code for one in study.countries)]
    entries = [(posture, entry) for posture in load_postures().values() for entry in posture.entries]
    held = [sources.get((place, entry.id)) for _, entry in entries for place in places]
    said = Sentence(
        t(
            "Of {all} rights, duties and responsibilities looked for, {sourced} rest on a text that was read; {named} name a law "
            "that nobody has checked yet, and {none} have no source on file. This is a guide to the texts, not legal advice.",
            all=t.number(len(held)),
            sourced=t.number(sum(one is not None and one.confidence == "sourced" for one in held)),
            named=t.number(sum(one is not None and one.confidence != "sourced" for one in held)),
            none=t.number(sum(one is None for one in held)),
        )
    )
    kinds = {"right": t("right"), "duty": t("duty"), "responsibility": t("responsibility")}
    lead = {
        t("Posture"): [t.pick(posture.name) for posture, _ in entries],
        t("In our own words"): [t.pick(entry.text) for _, entry in entries],
        t("Kind"): [kinds[entry.kind] for _, entry in entries],
    }
    if study.is_pooled(unit):
        columns = {
            study.name(place, t.language): [_law(sources.get((place, entry.id)), t) for _, entry in entries]
            for place in places
        }
    else:
        own = [sources.get((unit, entry.id)) for _, entry in entries]
        columns = {
            t("Law"): [_law(one, t) for one in own],
            t("What it says"): [t.pick(one.says) if one and one.says else "" for one in own],
            t("Read in"): [one.read if one else "" for one in own],
        }
    table = Table(
        pd.DataFrame({**lead, **columns}),
        t("Rights, duties and responsibilities of the four postures"),
        t,
        row_headers=2,
        note=t("Laws are named in their own language."),
    )
    return several(said, Folded(t("All rights, duties and responsibilities with their legal sources"), table))


def _law(source: LegalSource | None, t: Catalogue) -> str:
    if source is None:
        return t(NO_SOURCE)
    return source.law if source.confidence == "sourced" else t("{law} [to verify]", law=source.law)
