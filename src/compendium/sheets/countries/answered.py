"""The answers of the countries as they stand: measures, single questions, competences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ...comparison import COMPETENCE
from ...figures import intervals
from ...figures.base import Figure
from ...figures.dots import dots
from ...tables import Table, estimates
from ...wording import Label
from ..factsheet import Sentence
from .page import Sheet

MOST_PANELS: Final = 10


def measures(sheet: Sheet, method: str = "mean", only: Sequence[str] = ()) -> Figure | Sentence:
    """Draw every measure for each country, the countries pooled as the upright line.

    Parameters
    ----------
    sheet : Sheet
        The page.
    method : {"mean", "share"}
        Mean score, or share of people exposed.
    only : sequence of str
        Measures to draw; all when empty.
    """
    t, known = sheet.t, sheet.study.questionnaire.measures
    wanted = [measure for measure in known if not only or measure in only]
    rows = sheet.results[(sheet.results["method"] == method) & sheet.results["indicator"].isin(wanted)]
    if rows.empty or rows["estimate"].isna().all():
        return Sentence(t("No scale of this study gives such a comparison."))
    titles = {"mean": t("Mean scores by country, 0 to 100"), "share": t("Share of people exposed, by country")}
    return _dots(sheet, rows, "indicator", titles[method])


def question(sheet: Sheet, question_id: str | None = None) -> Figure | Sentence:
    """Draw the share of each answer to one question for each country; the first grouping question when none is named."""
    t, answered = sheet.t, set(sheet.results["indicator"])
    question_id = question_id or next((name for name in sheet.study.questionnaire.groups if name in answered), "")
    rows = sheet.rows(indicator=question_id, method="share")
    if rows.empty:
        return Sentence(t("This study does not ask that question, or nobody answered it."))
    # The rarest answers say least and would make the figure long; the data behind it is of the ones drawn. One answer of
    # several follows the form, which may run from little to much.
    order = rows[rows["country"] == sheet.pooled].sort_values("estimate", ascending=False, kind="stable")["group"]
    kept = list(order[:MOST_PANELS]) or list(rows["group"].drop_duplicates())[:MOST_PANELS]
    if sheet.study.questionnaire.questions[question_id].type == "single":
        kept = [code for code in sheet.study.questionnaire.codes(question_id) if code in kept]
    rows = rows[rows["group"].isin(kept)].assign(
        _at=lambda one: one["group"].map({code: at for at, code in enumerate(kept)})
    )
    label: Label = lambda column, code: (  # noqa: E731
        sheet.study.questionnaire.label(question_id, code, t.language)
        if column == "group"
        else sheet.label(column, code)
    )
    title = sheet.study.questionnaire.question_text(question_id, t.language)
    return _dots(sheet, rows.sort_values("_at", kind="stable").drop(columns="_at"), "group", title, label)


def _dots(sheet: Sheet, rows: pd.DataFrame, panel: str, title: str, label: Label | None = None) -> Figure:
    return dots(
        rows.assign(period=""),
        places=[*sheet.places, sheet.pooled],
        references=[sheet.pooled],
        absent=sheet.t("no answers"),
        t=sheet.t,
        title=title,
        label=label or sheet.label,
        panel=panel,
        focus=sheet.focus,
        digits=0,
    )


def competence_gaps(sheet: Sheet, unit: str | None = None) -> Figure | Sentence:
    """Draw how far the importance given to each competence exceeds the mastery that people report."""
    t = sheet.t
    rows = sheet.rows(indicator="competence_gap", group_by=COMPETENCE, country=unit or sheet.unit)
    if rows.empty:
        return Sentence(t("This study does not ask about competences."))
    return intervals(
        rows.sort_values("estimate", ascending=False, kind="stable"),
        y="group",
        t=t,
        title=t("Competences: importance less mastery, in points of 100"),
        label=sheet.label,
    )


def competences(sheet: Sheet) -> Table | Sentence:
    """List importance, mastery and their difference for each competence, for the unit of the page."""
    t = sheet.t
    rows = sheet.rows(group_by=COMPETENCE, country=sheet.unit)
    if rows.empty:
        return Sentence(t("This study does not ask about competences."))
    words = {
        "competence_importance": t("Importance"),
        "competence_mastery": t("Mastery"),
        "competence_gap": t("Importance less mastery"),
    }
    label: Label = lambda column, code: words.get(code, code) if column == "indicator" else sheet.label(column, code)  # noqa: E731
    gaps = rows[rows["indicator"] == "competence_gap"].sort_values("estimate", ascending=False, kind="stable")["group"]
    rank = {code: at for at, code in enumerate(gaps)}
    rows = rows.assign(_at=rows["group"].map(rank)).sort_values("_at", kind="stable").drop(columns="_at")
    return estimates(
        rows,
        rows="group",
        columns="indicator",
        caption=t("Competences: importance, mastery and their difference, in points of 100"),
        t=t,
        label=label,
        digits=0,
    )
