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
    None is named where its interval overlaps with that of the next: in another sample the two may change places.
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
            "Of the answers that may be shown; several were possible to some questions. None stands out where the interval of the commonest answer "
            "overlaps with that of the next: in another sample they may change places."
        ),
    )


def _most(sheet: Sheet, rows: pd.DataFrame, asked: str) -> str:
    t = sheet.t
    shown = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    if shown.empty or (len(shown) < len(rows) and shown["estimate"].iloc[0] < 100 - shown["estimate"].sum()):
        return NO_VALUE
    first = shown.iloc[0]
    if len(shown) > 1 and shown["ci_high"].iloc[1] >= first["ci_low"]:
        return t("none stands out")
    answer = sheet.study.questionnaire.label(asked, first["group"], t.language)
    share = t.number(first["estimate"], 0)
    n = t.number(first["n"], 0)
    return t("{answer}: {value} ({interval}), n = {n}", answer=answer, value=share, interval=interval(first, 0, t), n=n)
