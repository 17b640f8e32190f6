"""The list of competences: how many, where each was found, when sources stopped adding new ones, and what it is mapped to."""

from __future__ import annotations

import pandas as pd

from ...needs import evidence
from ...study.competences import ESCO, load_competences
from ...tables import Table
from ..base import Several, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet


def summary(sheet: Sheet) -> Several | Sentence:
    """Say how many competences are known, how many beyond the questionnaire, and how many sources the last new one lies back."""
    t = sheet.t
    if sheet.evidence.empty:
        return Sentence(t("No source that names competences has been read here: there is no list."))
    new, known = evidence.share_new(sheet.evidence)
    kinds = set(sheet.evidence["kind"])
    parts = [
        t(
            "{n} competences are named in the sources read so far; {new} of them ({share}) stand in no question of this study.",
            n=known, new=new, share=t.percent(100 * new / known),
        )
    ]  # fmt: skip
    if "open_answer" not in kinds:
        parts.append(t("No open answer has been read for this list: none has come in."))
    if not kinds - {"rating"}:
        parts.append(t("Nothing but the questionnaire has been read here: such a list finds what it asked for."))
    return several(Sentence(" ".join(parts)))


def saturation(sheet: Sheet) -> Table | None:
    """Show how many new competences each source added to those before it."""
    if sheet.evidence.empty:
        return None
    t, found = sheet.t, evidence.saturation(sheet.evidence)
    kinds = kind_words(sheet)
    rows = [
        {
            t("Source, in the order read"): sheet.source(row.source),
            t("Kind"): kinds[row.kind],
            t("Competences named"): row.named,
            t("New ones"): row.new,
            t("Known after it"): row.known,
        }
        for row in found.itertuples(index=False)
    ]
    since = int((found["new"].to_numpy()[::-1] > 0).argmax())
    said = t(
        "Sources since the last one that added something: {n}. A list is full when several sources in a row, of different kinds, add "
        "nothing; in another order each would add another number. Counts of sources, not of persons.",
        n=since,
    )
    return Table(pd.DataFrame(rows), t("New competences, source by source"), t, note=said)


def listed(sheet: Sheet) -> Table | None:
    """List all competences with the sources that name each."""
    if sheet.evidence.empty:
        return None
    t, found = sheet.t, sheet.evidence
    rated = set(found.loc[found["kind"] == "rating", "competence"])
    rows = [
        {
            t("Competence"): sheet.name(id),
            t("Rated in the questionnaire"): t("yes") if id in rated else t("no"),
            t("Named by"): "; ".join(map(sheet.source, own["source"].drop_duplicates())),
        }
        for id, own in ((id, found[found["competence"] == id]) for id in load_competences())
        if len(own)
    ]
    return Table(pd.DataFrame(rows), t("A first list of competences of a cultural entrepreneur"), t)


def mapped(sheet: Sheet) -> Folded:
    """Show to which entries of EntreComp and ESCO each competence belongs."""
    t = sheet.t
    rows = [
        {
            t("Competence"): sheet.name(one.id),
            t("EntreComp"): "; ".join(
                f"{t.pick(entry.name)} ({entry.code}, {t.pick(entry.area)})" for entry in one.entrecomp
            ),
            t("ESCO"): "; ".join(f"{label} ({id})" for id, label in one.esco.items()) or t("none found yet: to verify"),
        }
        for one in load_competences().values()
    ]
    caption = t("The competences in two European frameworks")
    said = t(
        "EntreComp: European Commission 2016. ESCO: European Commission, preferred labels in English; the address of a concept is {address} "
        "and its identifier. The identifiers were read in a copy, not at the source. That an entry fits is a judgement of this project.",
        address=ESCO,
    )
    return Folded(caption, Table(pd.DataFrame(rows), caption, t, note=said))


def kind_words(sheet: Sheet) -> dict[str, str]:
    """Return the words for kinds of sources."""
    t = sheet.t
    return {
        "rating": t("ratings"),
        "open_answer": t("open answers"),
        "interview": t("interviews and talks"),
        "document": t("document"),
        "partner_list": t("list of a partner"),
    }
