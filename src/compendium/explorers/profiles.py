"""Explore profiles in the notebook: other questions, another number of axes or profiles, another country; plane, tree and portraits follow."""

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
from ..typology.rules import rules

AUTOMATIC = 0
MOST_PROFILES = 8
SHOWN = (pages.assigned, pages.sizes, pages.map_of_answers, pages.branches, pages.built, pages.portraits)


def explore(page: Page) -> widgets.Widget:
    """Return widgets that make the profiles anew from the questions chosen.

    What is shown passes the gate like every page; nothing chosen here is published.
    """
    t, study = page.t, page.study
    if not study.questionnaire.analysis.typology:
        return widgets.HTML(t("This study declares no questions that make profiles."))
    answers = page.microdata("answers", pooled=True)
    typologies = {one.population: one for one in study.questionnaire.analysis.typology}
    country = widgets.Dropdown(
        options=[(study.name(unit, page.language), unit) for unit in study.units],
        value=page.unit,
        description=t("Country"),
    )
    population = widgets.Dropdown(
        options=[(t.pick(one.label) if one.label else code, code) for code, one in typologies.items()],
        description=t("Population"),
    )
    active = widgets.SelectMultiple(rows=12, description=t("Questions"), layout=widgets.Layout(width="auto"))
    axes, number = (
        widgets.Dropdown(
            options=[(t("chosen by rule"), AUTOMATIC), *((str(k), k) for k in range(2, most + 1))],
            value=AUTOMATIC,
            description=name,
        )
        for name, most in ((t("Axes"), rules().most_axes), (t("Profiles"), MOST_PROFILES))
    )

    def offer(change: object = None) -> None:
        """Offer the questions of the population chosen."""
        declared = typologies[population.value]
        active.options = [(page.label("group_by", name), name) for name in _questions(declared)]
        active.value = declared.active

    def draw(country: str, population: str, active: tuple[str, ...], axes: int, number: int) -> None:
        declared = typologies[population]
        if not set(active) <= set(_questions(declared)):
            return  # the questions of the other population still stand in the list
        others = tuple(name for name in _questions(declared) if name not in active)
        chosen = replace(declared, active=active, supplementary=others, n_profiles=number or None, n_axes=axes or None)
        sheets = _made(page, country, chosen, answers)
        for show in SHOWN:
            display(show(sheets))

    offer()
    population.observe(offer, "value")
    choices = {"country": country, "population": population, "active": active, "axes": axes, "number": number}
    return widgets.VBox([*choices.values(), widgets.interactive_output(draw, choices)])


def _questions(declared: Typology) -> list[str]:
    return [name for name in (*declared.active, *declared.supplementary) if name != "country"]


def _made(page: Page, unit: str, chosen: Typology, answers: pd.DataFrame) -> pages.Sheets:
    """Run the typology with other choices than the declared ones, through the same functions and the same gate."""
    study = _with(page.study, chosen)
    assigned = typology.assign(study, study.pooled.code, page.wave, answers)
    own = answers if study.is_pooled(unit) else answers[answers["country"] == unit]
    products = [
        typology.landmarks(study, study.pooled.code, page.wave, assigned, answers),
        typology.profiles(study, unit, page.wave, assigned, NONE, own),
        typology.portraits(study, study.pooled.code, page.wave, assigned, answers),
    ]
    shown = [
        disclosure.protect(one, study.disclosure, disclosure.ledger(study.folder), study.pooled.code)
        for one in products
    ]
    return pages.open_sheets(study, unit, shown, page.t, page.label, given_names=False)


def _with(study: Study, chosen: Typology) -> Study:
    analysis = replace(study.questionnaire.analysis, typology=(chosen,))
    return replace(study, questionnaire=replace(study.questionnaire, analysis=analysis))
