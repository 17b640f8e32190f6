"""Show how income is made up and how work is organised, by country and by status; answers and facts in parts of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from .. import economy
from ..figures.base import Figure
from ..figures.dots import dots
from ..figures.matrix import matrix
from ..study.questions import Question
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label
from .base import Shown, UnitSheet, several
from .factsheet import Folded, Sentence, folded
from .factsheet import Sheet as Facts
from .law.words import source, title

AID: Final = ("aid",)


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``economy`` on the page of one country, or of all together."""

    @property
    def status(self) -> str:
        """Return the question whose groups are shown, empty where the questionnaire has none."""
        return next(iter(self.study.questionnaire.groups), "")

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: parts and options by their label, statuses by theirs."""
        questionnaire, language = self.study.questionnaire, self.t.language
        if column == "indicator" and "__" in code:
            question, option = code.split("__", 1)
            return questionnaire.label(question, option, language)
        if column == "group" and self.status and code in questionnaire.codes(self.status):
            return questionnaire.label(self.status, code, language)
        if column in ("method", "estimand"):
            return self.t(code)
        if column == "unit":
            return {"pct": self.t("per cent"), "months": self.t("months")}.get(code) or self.fallback(column, code)
        return self.fallback(column, code)

    def rows(self, question: Question, method: str, group_by: str = "") -> pd.DataFrame:
        """Return the rows of the options of a question."""
        names = [f"{question.id}__{code}" for code in question.codes]
        found = self.results
        return found[found["indicator"].isin(names) & (found["method"] == method) & (found["group_by"] == group_by)]


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the product ``economy`` after the gate."""
    return Sheet(study, unit, results, t, fallback)


def income(sheet: Sheet) -> Shown:
    """Draw the mean share of each source of income by country, then how many people have any of it and by status."""
    return _of_questions(sheet, economy.divided(sheet.study.questionnaire), economy.MEAN_SHARE)


def models(sheet: Sheet) -> Shown:
    """Draw how work is organised, what people live on and what covers them, by country and by status."""
    return _of_questions(sheet, economy.beside(sheet.study.questionnaire, "multiple"), "share")


def _of_questions(sheet: Sheet, questions: Sequence[Question], method: str) -> Shown:
    parts = [part for question in questions for part in _of_question(sheet, question, method)]
    return several(*parts) if parts else nothing(sheet)


def _of_question(sheet: Sheet, question: Question, method: str) -> list[Shown]:
    t = sheet.t
    rows = sheet.rows(question, method)
    if rows.empty or rows["estimate"].isna().all():
        return []
    asked = sheet.study.questionnaire.question_text(question.id, t.language)
    text = t("{question} Mean share, in per cent", question=asked) if method == economy.MEAN_SHARE else asked
    parts: list[Shown] = [_by_country(sheet, rows, text)]
    if method == economy.MEAN_SHARE:
        some = _by_country(
            sheet, sheet.rows(question, "share"), t("{question} Persons who have any of it", question=asked)
        )
        parts.append(folded(some, t))
    groups = sheet.rows(question, method, sheet.status) if sheet.status else rows.iloc[:0]
    groups = groups[groups["country"] == sheet.unit]
    if not groups.empty and groups["estimate"].notna().any():
        heading = t("{question} By status", question=asked)
        drawn = matrix(groups, rows="group", columns="indicator", t=t, title=heading, label=sheet.label)
        table = estimates(groups, rows="group", columns="indicator", caption=heading, t=t, label=sheet.label, digits=0)
        parts += [folded(drawn, t), folded(table, t)]
    return parts


def _by_country(sheet: Sheet, rows: pd.DataFrame, heading: str) -> Figure:
    pooled = sheet.study.pooled.code
    order = rows[rows["country"] == pooled].sort_values("estimate", ascending=False, kind="stable")["indicator"]
    rank = {code: at for at, code in enumerate(order)}
    ordered = (
        rows.assign(_at=rows["indicator"].map(rank), period="").sort_values("_at", kind="stable").drop(columns="_at")
    )
    return dots(
        ordered,
        places=[*(country.code for country in sheet.study.countries), pooled],
        references=[pooled],
        absent=sheet.t("no answers"),
        t=sheet.t,
        title=heading,
        label=sheet.label,
        focus=sheet.focus,
        digits=0,
    )


def numbers(sheet: Sheet) -> Shown:
    """Draw the numbers that stand beside the sources of income, such as the share of the largest client, by country."""
    parts: list[Shown] = []
    for question in economy.beside(sheet.study.questionnaire, "number"):
        rows = sheet.results[(sheet.results["indicator"] == question.id) & (sheet.results["group_by"] == "")]
        if not rows.empty and rows["estimate"].notna().any():
            parts.append(
                _by_country(sheet, rows, sheet.study.questionnaire.question_text(question.id, sheet.t.language))
            )
    return several(*parts) if parts else nothing(sheet)


def nothing(sheet: Sheet) -> Sentence:
    """Say that the study does not ask about it."""
    return Sentence(sheet.t("This study does not ask how income is made up, or nobody answered it."))


def aid(facts: Facts) -> Folded | Sentence:
    """List the aid and reliefs that the sources hold for the countries of the page, those of the Union beside them."""
    t, context = facts.t, facts.context
    unions = [code for code, place in context.places.items() if place.kind == "union"]
    rows = context.policies
    rows = rows[rows["kind"].isin(AID) & rows["country"].isin([*facts.of_page, *unions])]
    if rows.empty:
        return Sentence(t("On this subject there are no facts in our sources."))
    frame = pd.DataFrame(
        {
            t("Country"): [facts.label("country", code) for code in rows["country"]],
            t("Name"): [title(row, facts) for row in rows.to_dict("records")],
            t("What it does"): [facts.say(text) for text in rows["description_in_own_words"]],
            t("Source"): [source(text, t) for text in rows["source"]],
            t("Confidence"): [t("to verify") if code == "to verify" else t("sourced") for code in rows["confidence"]],
        }
    )
    found = folded(Table(frame, t("Aid and reliefs that our sources hold"), t, row_headers=2), t)
    assert isinstance(found, Folded)
    return found
