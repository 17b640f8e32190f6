"""Show the register of good practices: where, for whom, evidence, what a transfer would take."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape

from ... import qualitative
from ...text import Catalogue
from .. import factsheet
from ..factsheet import Sentence
from .page import Entries, Sheet, in_language


def practices(sheet: Sheet) -> Entries | Sentence:
    """Show the good practices of the page, those of one place together."""
    t, table = sheet.t, sheet.practices.table
    rows = table[table["country"].isin(sheet.of_page)]
    if rows.empty:
        return Sentence(t("No good practice of this country stands in our register yet."))
    note = t("A practice stands here because a source describes it, not because it is shown to work: see its evidence.")
    groups = []
    for (country, where), own in rows.groupby(["country", "where"], sort=False):
        place = in_language(where, sheet.practices.translations, t)
        if not sheet.facts.focus:
            place = t("{name}, {country}", name=place, country=sheet.facts.label("country", country))
        groups.append((place, tuple(_entry(row, sheet) for row in own.to_dict("records"))))
    return Entries(tuple(groups), note)


def _entry(row: Mapping[Hashable, str], sheet: Sheet) -> str:
    """Return one practice: what is done, then the rest as terms."""
    t, words = sheet.t, _evidence(sheet.t)
    said = {name: in_language(row[name], sheet.practices.translations, t) for name in qualitative.practices.TEXTS}
    level = words[row["evidence_level"]]
    terms = {
        t("For whom"): said["for_whom"],
        t("Evidence"): t("{level}: {evidence}", level=level, evidence=said["evidence"]) if said["evidence"] else level,
        t("Conditions of transfer"): said["conditions_of_transfer"] or t("not in our sources"),
        t("Source"): t(
            "{source} ({confidence})", source=said["source"], confidence=factsheet.word(row["confidence"], t)
        ),
    }
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in terms.items())
    return f"<li><p>{escape(said['what'])}</p><dl>{listed}</dl></li>"


def _evidence(t: Catalogue) -> dict[str, str]:
    words = (
        t("none in our sources"),
        t("own account of those who run it"),
        t("counted by those who run it"),
        t("people with and without it compared"),
        t("evaluated by others"),
    )
    return dict(zip(qualitative.EVIDENCE, words, strict=True))
