"""How far coders agree, theme by theme, where they part, and what the codebook tells them."""

from __future__ import annotations

import pandas as pd

from ...qualitative.agreement import ALPHA, COHEN, FLEISS
from ...qualitative.double import NOT_MARKED, TOGETHER
from ...qualitative.themes import AGAINST, AGREEMENT, OF_THEME, OTHERS
from ...tables import Table
from ...wording import interval, is_withheld, value
from ..factsheet import Folded, Sentence
from .page import Sheet


def agreement(sheet: Sheet) -> Table | Sentence:
    """Show alpha and kappas over all themes, with their intervals."""
    t = sheet.t
    found = sheet.of(indicator=AGREEMENT)
    if found.empty:
        return Sentence(t("No document was coded by two persons, so it is not known how far coders agree."))
    words = {ALPHA: t("Krippendorff's alpha"), FLEISS: t("Fleiss' kappa"), COHEN: t("Cohen's kappa")}
    rows = [
        {
            t("Measure"): words[row.method],
            t("Coders"): row.group or t("all"),
            **_numbers(row, sheet),
        }
        for row in found.itertuples(index=False)
    ]
    said = t(
        "1 is full agreement, 0 what chance alone gives. A passage is what at least one coder marked; that another left it unmarked counts as "
        "disagreement. Intervals are for other passages by the same coders, from drawing passages again."
    )
    return Table(
        pd.DataFrame(rows), t("How far coders agree on the theme of a passage"), t, digits=2, note=said, results=found
    )


def by_theme(sheet: Sheet) -> Folded | None:
    """Show alpha of each theme, the lowest first: where the codebook should be read again."""
    t, found = sheet.t, sheet.of(method=OF_THEME)
    if found.empty:
        return None
    found = found.sort_values("estimate", kind="stable")
    rows = [{t("Theme"): sheet.theme(row.indicator), **_numbers(row, sheet)} for row in found.itertuples(index=False)]
    caption = t("Agreement on each theme, the lowest first")
    return Folded(
        caption,
        Table(
            pd.DataFrame(rows), caption, t, note=t("Krippendorff's alpha: the theme was given, or not."), results=found
        ),
    )


def disagreements(sheet: Sheet) -> Folded | None:
    """Show which themes two coders gave the same passage, the most frequent first."""
    t, found = sheet.t, sheet.of(group_by=AGAINST)
    if found.empty:
        return None
    rows = [
        {
            t("One coder"): _code(row.indicator, sheet),
            t("The other"): "" if row.group == OTHERS else _code(row.group, sheet),
            t("Pairs of codings"): value(row.estimate, 0, t),
        }
        for row in found.itertuples(index=False)
    ]
    caption = t("Which themes stand against each other")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t, row_headers=1))


def codebook(sheet: Sheet) -> Folded:
    """Show what each theme means, when to use it and when another fits better."""
    t = sheet.t
    rows = [
        {
            t("Theme"): t.pick(theme.label),
            t("Meaning"): t.pick(theme.description),
            t("Use it for"): t.pick(theme.use),
            t("Not for"): t.pick(theme.avoid),
        }
        for theme in sheet.codebook.themes.values()
    ]
    caption = t("The codebook")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t))


def _numbers(row: object, sheet: Sheet) -> dict[str, str]:
    t = sheet.t
    number = t("withheld") if is_withheld(row) else value(row.estimate, 2, t)  # type: ignore[attr-defined]
    reason = row.reason  # type: ignore[attr-defined]
    return {
        t("Agreement"): t("{number} ({reason})", number=number, reason=t(reason)) if reason else number,
        t("95% interval"): interval(row, 2, t),
        t("Passages"): value(row.n, 0, t),  # type: ignore[attr-defined]
    }


def _code(code: str, sheet: Sheet) -> str:
    if code == OTHERS:
        return sheet.t("other pairs")
    parts = [sheet.t("not marked") if one == NOT_MARKED else sheet.theme(one) for one in code.split(TOGETHER)]
    return TOGETHER.join(parts)
