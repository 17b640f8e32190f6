"""Show one module of the questionnaire side by side: the commonest answer in each country, then each question drawn."""

from __future__ import annotations

import pandas as pd

from ...tables import Table
from ...wording import NO_VALUE, interval
from ..base import Shown, several
from ..factsheet import Sentence, folded
from .answered import question
from .page import Sheet


def section(sheet: Sheet, module: str) -> Shown:
    """Show the closed questions of a module, in the order of the form.

    Parameters
    ----------
    sheet : Sheet
        The page.
    module : str
        Identifier of a module, such as ``"digital"``.

    Returns
    -------
    Shown
        A table of the commonest answer to each question in each country, the first question drawn, the others folded; a
        sentence where the study does not ask this module, or nobody answered it.
    """
    answered = set(sheet.rows(method="share")["indicator"])
    asked = [
        one.id for one in sheet.study.questionnaire.questions.values() if one.module == module and one.id in answered
    ]
    if not asked:
        return Sentence(sheet.t("This study does not ask about this, or nobody answered."))
    first, *others = (question(sheet, one) for one in asked)
    return several(commonest(sheet, asked), first, *(folded(one, sheet.t) for one in others))


def commonest(sheet: Sheet, questions: list[str]) -> Table:
    """List the answer that most people gave to each question, by country, with its share and interval.

    Notes
    -----
    Where the share of an answer is withheld, the commonest of those shown is named only if no withheld one can be commoner.
    Two answers whose intervals overlap may change places in another sample: the note says so.
    """
    t, questionnaire = sheet.t, sheet.study.questionnaire
    places = [*sheet.places, sheet.pooled]
    rows = []
    for one in questions:
        row = {t("Question"): questionnaire.question_text(one, t.language)}
        for place in places:
            row[sheet.label("country", place)] = _most(
                sheet, sheet.rows(indicator=one, method="share", country=place), one
            )
        rows.append(row)
    return Table(
        pd.DataFrame(rows),
        t("The commonest answer to each question, in per cent with its interval"),
        t,
        note=t(
            "Several answers were possible to some questions. An answer whose interval overlaps with that of the next may "
            "change places with it in another sample."
        ),
    )


def _most(sheet: Sheet, rows: pd.DataFrame, asked: str) -> str:
    t = sheet.t
    shown = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    if shown.empty or (len(shown) < len(rows) and shown["estimate"].iloc[0] < 100 - shown["estimate"].sum()):
        return NO_VALUE
    first = shown.iloc[0]
    answer = sheet.study.questionnaire.label(asked, first["group"], t.language)
    return t(
        "{answer}: {value} ({interval})",
        answer=answer,
        value=t.number(first["estimate"], 0),
        interval=interval(first, 0, t),
    )
