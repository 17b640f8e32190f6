"""Exposure condition by condition: the questions of which the families are made."""

from __future__ import annotations

from ...tables import estimates
from ...wording import Label
from ..base import Several, several
from ..factsheet import Folded, Sentence, folded
from .sheet import Sheet, nothing


def items(sheet: Sheet) -> Several | Sentence:
    """List the share exposed to each working condition, the most frequent first, a table a family behind a line that opens it."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    shown: list[Folded | Several | Sentence] = []
    for code in sheet.exposures:
        measure = questionnaire.measures[code]
        rows = sheet.rows(group_by="", method="share")
        rows = rows[rows["indicator"].isin(measure.items)]
        if len(rows):
            caption = t("{family}: share exposed to each condition", family=sheet.label("indicator", code))
            rows = rows.sort_values("estimate", ascending=False, kind="stable")
            shown.append(
                folded(estimates(rows, rows="indicator", caption=caption, t=t, label=_wording(sheet), digits=0), t)
            )
    return several(*shown) if shown else nothing(sheet)


def _wording(sheet: Sheet) -> Label:
    """Return a label function in which an indicator is a question; one asked the other way round says so."""
    questions = sheet.study.questionnaire.questions

    def label(column: str, code: str) -> str:
        if column != "indicator":
            return sheet.label(column, code)
        text = sheet.study.questionnaire.question_text(code, sheet.t.language)
        return sheet.t("(never or rarely) {text}", text=text) if questions[code].reversed else text

    return label
