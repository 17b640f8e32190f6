"""Show what organisations offer, ask, fund and prevent, by kind and sphere; never beside persons."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .. import organisations
from ..figures.intervals import intervals
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label, interval, value
from .base import Shown, UnitSheet, several
from .factsheet import Folded, Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``organisations`` on the page of one country, or of all together."""

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: options and groups by their label."""
        questionnaire, language = self.study.questionnaire, self.t.language
        if column == "indicator" and "__" in code:
            question, option = code.split("__", 1)
            return questionnaire.label(question, option, language)
        if column == "indicator" and code in questionnaire.questions:
            return questionnaire.question_text(code, language)
        for name in [one.id for one in organisations.asked(questionnaire)] if column == "group" else ():
            if code in questionnaire.codes(name):
                return questionnaire.label(name, code, language)
        return self.fallback(column, code)


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the product ``organisations`` after the gate."""
    return Sheet(study, unit, results, t, fallback)


def said(sheet: Sheet) -> Sentence:
    """Say of how many organisations the page speaks, and that they are no sample of all."""
    numbers = sheet.results["n"].dropna()
    if sheet.results.empty:
        return Sentence(sheet.t("Nobody answered for an organisation in this study."))
    if numbers.empty:
        return Sentence(sheet.t("Too few answered for an organisation: every number of this page is withheld."))
    return Sentence(
        sheet.t(
            "At most {n} organisations answered a question. They answered because they wished to: few, and no sample of all "
            "organisations. Intervals are wide, and smaller groups are withheld.",
            n=sheet.t.number(float(numbers.max())),
        )
    )


def answers(sheet: Sheet, *questions: str) -> Shown:
    """Show the answers to some questions, of all organisations, then by kind and sphere where enough answered."""
    parts = [part for name in questions for part in _question(sheet, name)]
    return (
        several(*parts)
        if parts
        else Sentence(sheet.t("This study does not ask organisations about it, or nobody answered."))
    )


def _question(sheet: Sheet, name: str) -> list[Shown]:
    questionnaire, found = sheet.study.questionnaire, sheet.results
    if name not in questionnaire.questions:
        return []
    columns = [name, *(f"{name}__{code}" for code in questionnaire.codes(name))]
    rows = found[found["indicator"].isin(columns)]
    if rows.empty:
        return []
    text = questionnaire.question_text(name, sheet.t.language)
    if rows["suppressed"].all():
        return [Sentence(f"{text} {sheet.t('Too few organisations answered: withheld.')}")]
    single = rows[rows["group_by"] == name]
    first = rows[rows["group_by"] == ""] if single.empty else single.assign(indicator=name + "__" + single["group"])
    parts: list[Shown] = [_whole(sheet, first.assign(group="", group_by=""), text)]
    if not single.empty:
        return parts
    for variable in organisations.grouping(questionnaire):
        own = rows[rows["group_by"] == variable]
        if own["estimate"].notna().any():
            by = questionnaire.question_text(variable, sheet.t.language)
            heading = sheet.t("By answer to: {question}", question=by)
            parts.append(Folded(heading, _table(sheet, own, f"{text} {by}")))
    return parts


def _whole(sheet: Sheet, rows: pd.DataFrame, text: str) -> Shown:
    """Draw the answers of all organisations, from the most named on; say a single number in words."""
    if len(rows) > 1:
        limits = (0.0, 100.0) if rows["unit"].eq("%").all() else None
        return intervals(rows, y="indicator", t=sheet.t, title=text, label=sheet.label, limits=limits)
    row = next(rows.itertuples())
    number = sheet.t(
        "Mean: {value} (interval {interval}; {n} organisations).",
        value=value(row.estimate, 0, sheet.t),
        interval=interval(row, 0, sheet.t),
        n=value(row.n, 0, sheet.t),
    )
    return Sentence(f"{text} {number}")


def _table(sheet: Sheet, rows: pd.DataFrame, caption: str) -> Table:
    return estimates(rows, rows="indicator", columns="group", caption=caption, t=sheet.t, label=sheet.label, digits=0)
