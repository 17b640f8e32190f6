"""Explore what organisations answered in the notebook: choose a country and a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from ..organisations import asked
from ..sheets import organisations
from ..sheets.base import Shown
from .views import choose, protected

if TYPE_CHECKING:
    from ..notebook import Page


def explore(page: Page) -> widgets.Widget:
    """Return widgets for country and question; only what passed the gate is shown.

    Parameters
    ----------
    page : Page
        The page of notebook 05_organisations; its country is chosen at first.
    """
    t, questionnaire = page.t, page.study.questionnaire
    about = [(questionnaire.question_text(one.id, t.language), one.id) for one in asked(questionnaire)]
    if not about:
        return widgets.HTML(t("This study does not ask organisations: there is nothing to explore."))

    def answers(unit: str, question: str) -> Shown:
        results = protected(page, "organisations", unit)
        return organisations.answers(organisations.open_sheet(page.study, unit, results, t, page.label), question)

    return choose(page, {t("Answers"): answers}, about, t("Question"))
