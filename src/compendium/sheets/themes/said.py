"""Passages in people's own words: with consent, masked, without who says them, only where the theme's count is shown."""

from __future__ import annotations

from html import escape

from ...qualitative.themes import PERSONS
from ..factsheet import Sentence
from ..voices.page import Entries
from .page import Sheet, nothing

EACH = 2
"""Passages of a theme that are shown: examples, which prove nothing by their number."""


def quotations(sheet: Sheet) -> Entries | Sentence:
    """Show passages by theme, those in the language of the page first."""
    t = sheet.t
    if sheet.results.empty:
        return nothing(sheet)
    counts = sheet.of(method=PERSONS, group_by="")
    shown = counts[~counts["suppressed"] & (counts["estimate"] > 0)].sort_values(
        "estimate", ascending=False, kind="stable"
    )
    groups = []
    for theme in shown["indicator"]:
        own = sheet.passages[sheet.passages["theme"] == theme].drop_duplicates("passage")
        own = own.assign(_other=own["language"] != t.language).sort_values("_other", kind="stable").head(EACH)
        said = tuple(_item(row.passage, row.language, sheet) for row in own.itertuples(index=False))
        if said:
            groups.append((sheet.theme(theme), said))
    if not groups:
        return Sentence(t("No passage may be quoted: consent is missing, or too few people speak of a theme."))
    words = t(
        "Examples, as they were said, and not chosen for being typical. Whoever speaks agreed to be quoted without a name."
    )
    return Entries(tuple(groups), words)


def _item(passage: str, language: str, sheet: Sheet) -> str:
    own = f' lang="{escape(language)}"' if language != sheet.t.language else ""
    return f"<li><p{own}>{escape(sheet.t('“{passage}”', passage=passage))}</p></li>"
