"""Show legal statuses against the branches of social protection, and what stands behind each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...figures.base import Figure
from ...figures.cover import SIGNS, cover
from ...tables import Table
from ...wording import NO_VALUE
from ..factsheet import Sentence, Sheet, gap
from .words import branches, confidence, covers, remarks, source, statuses_of, title


def protection(sheet: Sheet) -> Figure | Sentence:
    """Draw the legal statuses against five branches of social protection."""
    t = sheet.t
    rows = statuses_of(sheet)
    if rows.empty:
        return gap(sheet)
    rows = rows.assign(
        _name=[title(row, sheet) for row in rows.to_dict("records")],
        _group=[sheet.label("country", code) for code in rows["country"]],
    )
    words, columns = covers(t), branches(t)
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
            "its own country. Names carry in brackets what else is to verify: the whole row, its legal basis included, or "
            "a part of it that its notes name."
        ),
        data=_cover(rows, columns, words, sheet),
        group=group,
        remarks=remarks(rows, t),
    )


def legal_bases(sheet: Sheet) -> Table | Sentence:
    """List threshold, legal basis, notes and source of each legal status."""
    t = sheet.t
    rows = statuses_of(sheet)
    if rows.empty:
        return gap(sheet)
    several = {} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}
    shown = pd.DataFrame(
        {
            **several,
            t("Status"): [title(row, sheet) for row in rows.to_dict("records")],
            t("Kind"): [t.pick(sheet.context.status_kinds.get(code, {"en": NO_VALUE})) for code in rows["kind"]],
            t("Threshold"): [sheet.say(text) if text != "none" else t("none") for text in rows["threshold"]],
            t("Legal basis"): [
                sheet.context.translations.get(t.language, {}).get(text, text) for text in rows["legal_basis"]
            ],
            t("Notes"): [sheet.say(text) for text in rows["notes"]],
            t("Confidence"): [confidence(row, t) for row in rows.to_dict("records")],
            t("Source"): [source(text, t) for text in rows["source"]],
        }
    )
    return Table(
        shown,
        t("Legal statuses: threshold, legal basis and notes"),
        t,
        row_headers=1 if sheet.focus else 2,
        note=t("Laws are named in their own language."),
    )


def _cover(rows: pd.DataFrame, columns: Mapping[str, str], words: Mapping[str, str], sheet: Sheet) -> pd.DataFrame:
    t = sheet.t
    lead = {} if sheet.focus else {t("Country"): list(rows["_group"])}
    cells = {text: [f"{SIGNS[code]} {words[code]}" for code in rows[branch]] for branch, text in columns.items()}
    sure = {t("Confidence"): [confidence(row, t) for row in rows.to_dict("records")]}
    return pd.DataFrame(
        {**lead, t("Status"): list(rows["_name"]), t("Local name"): list(rows["local_name"]), **cells, **sure}
    )
