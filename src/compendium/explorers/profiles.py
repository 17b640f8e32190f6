"""Explore profiles in the notebook: other questions, another number of profiles, another country; sizes and plane follow."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets as widgets
import pandas as pd
from IPython.display import display

from .. import disclosure, typology
from ..notebook import Page
from ..sheets import profiles as pages
from ..study.questionnaire import Typology
from ..study.study import Study
from ..typology.classification import NONE

AUTOMATIC = 0
MOST_PROFILES = 8


def explore(page: Page) -> widgets.Widget:
    """Return widgets that make the profiles anew from the questions chosen.

    What is shown passes the gate like every page; nothing chosen here is published.
    """
    t, study = page.t, page.study
    if not study.questionnaire.analysis.typology:
        return widgets.HTML(t("This study declares no questions that make profiles."))
    declared, answers = study.questionnaire.analysis.typology[0], page.microdata("answers", pooled=True)
    questions = [name for name in (*declared.active, *declared.supplementary) if name != "country"]
    country = widgets.Dropdown(
        options=[(study.name(unit, page.language), unit) for unit in study.units],
        value=page.unit,
        description=t("Country"),
    )
    active = widgets.SelectMultiple(
        options=[(page.label("group_by", name), name) for name in questions],
        value=declared.active,
        rows=min(len(questions), 12),
        description=t("Questions"),
        layout=widgets.Layout(width="auto"),
    )
    number = widgets.Dropdown(
        options=[(t("chosen by rule"), AUTOMATIC), *((str(k), k) for k in range(2, MOST_PROFILES + 1))],
        value=AUTOMATIC,
        description=t("Profiles"),
    )

    def draw(country: str, active: tuple[str, ...], number: int) -> None:
        others = tuple(name for name in questions if name not in active)
        chosen = replace(declared, active=active, supplementary=others, n_profiles=number or None)
        sheet = _made(page, country, chosen, answers)
        display(
            pages.assigned(sheet), pages.sizes(sheet), pages.map_of_answers(sheet), pages.built(sheet)
        )

    shown = widgets.interactive_output(draw, {"country": country, "active": active, "number": number})
    return widgets.VBox([country, active, number, shown])


def _made(page: Page, unit: str, chosen: Typology, answers: pd.DataFrame) -> pages.Sheets:
    """Run the typology with other choices than the declared ones, through the same functions and the same gate."""
    study = _with(page.study, chosen)
    assigned = typology.assign(study, study.pooled.code, page.wave, answers)
    own = answers if study.is_pooled(unit) else answers[answers["country"] == unit]
    products = [
        typology.landmarks(study, study.pooled.code, page.wave, assigned, answers),
        typology.profiles(study, unit, page.wave, assigned, NONE, own),
    ]
    shown = [disclosure.protect(one, study.disclosure) for one in products]
    return pages.open_sheets(study, unit, shown, page.t, page.label, given_names=False)


def _with(study: Study, chosen: Typology) -> Study:
    analysis = replace(study.questionnaire.analysis, typology=(chosen,))
    return replace(study, questionnaire=replace(study.questionnaire, analysis=analysis))
