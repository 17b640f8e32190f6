"""The page that one group sees of itself: handed to it, never among the pages of the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .. import paths, products
from ..diagnosis.exposure import family_measure
from ..downloads import file_name
from ..errors import CompendiumError
from ..figures import intervals
from ..notebook import ORIGIN_NAMES
from ..reading import write_atomically
from ..restitution import HERE, OTHERS, Banded, Group, banded, beside_others, load_restitution, members, note_group
from ..restitution.group import shows_numbers
from ..results import weakest_origin
from ..sheets import help_contacts
from ..sheets.base import Shown
from ..sheets.factsheet import Folded, Sentence
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from .checks import faults
from .pages import front_page, render

FILLED, EMPTY = "■", "□"


def write_page(study: Study, group: Group, language: str, where: str, t: Catalogue) -> Path:
    """Make the page of a group, unless it would show somebody.

    Parameters
    ----------
    study : Study
        The study.
    group : Group
        The group.
    language : str
        Language of the page.
    where : str
        Name of the file of the group, for messages.
    t : Catalogue
        Messages in that language.

    Returns
    -------
    Path
        The page, under ``processed/restitution``.

    Raises
    ------
    CompendiumError
        The study has no such wave, or measures no family of risk; or what :func:`~compendium.restitution.members` and
        :func:`~compendium.restitution.note_group` raise.
    """
    if group.wave not in study.waves:
        raise CompendiumError(f"{where}: wave {group.wave!r} is not in the study; legal are {', '.join(study.waves)}")
    everybody = _asked(study, group.wave)
    inside = members(everybody, group, study.questionnaire, study.disclosure.minimum_cell, where)
    countries = everybody.loc[inside, "country"].unique()
    unit = countries[0] if len(countries) == 1 else study.pooled.code
    beside = everybody if study.is_pooled(unit) else everybody[everybody["country"] == unit]
    inside = inside[beside.index]
    if (~inside).sum() < study.disclosure.minimum_cell:
        least = study.disclosure.minimum_cell
        raise CompendiumError(
            f"{where}: beside the group there are fewer than {least} persons of its country; no page is made"
        )
    note_group(study, group, beside[inside])
    html = _html(study, unit, group, beside, inside, t)
    found = faults(html)
    if found:
        raise CompendiumError(f"{where}: the page {'; '.join(found)}")
    target = paths.processed(study.folder) / "restitution" / language / file_name(group.title).replace(".csv", ".html")
    write_atomically(target, html.encode())
    return target


def _asked(study: Study, wave: str) -> pd.DataFrame:
    """Return the clean answers of all who were asked about working conditions."""
    measures = [family_measure(study.questionnaire, family) for family in study.questionnaire.families]
    items = [item for measure in measures if measure is not None for item in measure.items]
    if not items:
        raise CompendiumError(f"{study.id}: this study measures no family of risk, so a group has nothing to see")
    answers = products.read(study, "answers", study.pooled.code, wave)
    return answers[answers[[item for item in items if item in answers]].notna().any(axis=1)].reset_index(drop=True)


def _html(study: Study, unit: str, group: Group, beside: pd.DataFrame, inside: pd.Series, t: Catalogue) -> str:
    rules, persons = load_restitution(), int(inside.sum())
    if shows_numbers(persons):
        lead = t(
            "{n} persons of this group answered. Numbers stand beside those of everybody else who answered: the group is left out "
            "there. They describe the group, nobody in it.",
            n=t.number(persons),
        )
        shown = [*_numbers(study, unit, group, beside, inside, t)]
    else:
        lead = t(
            "Fewer than {n} persons of this group answered. So it is told by family only, and in three bands: no average, no highest and "
            "no lowest, no number by which a person could be found.",
            n=t.number(rules.least_for_numbers),
        )
        found = list(banded(beside, inside, study.questionnaire, study.disclosure.minimum_cell))
        shown = [_bands(study, found, t), Sentence(_legend(t))]
    origin = weakest_origin(beside["origin"])
    names = study.questionnaire.families
    return render(
        "restitution.html.j2",
        t,
        at=paths.site(study.folder),
        home=front_page(study, study.languages[0]),
        study_title=t.pick(study.title),
        title=f"{group.title} – {t.pick(study.title)}",
        languages=[],
        group=group.title,
        where=t("{country}, wave {wave}", country=study.name(unit, t.language), wave=group.wave),
        origin=origin,
        notice=t(ORIGIN_NAMES[origin]) if origin != "real" else "",
        lead=lead,
        may=rules.may,
        may_not=rules.may_not,
        shown=[part._repr_html_() for part in shown],
        families=[
            {"name": t.pick(names[family].label), "questions": asked}
            for family, asked in rules.questions.items()
            if family in names
        ],
        help=help_contacts.listed(study, unit, t)._repr_html_(),
        facts=[
            (t("Asked for by"), group.asked_by),
            (t("Asked for on"), group.asked_on),
            (t("Study"), t.pick(study.title)),
            (t("Questionnaire"), f"{study.questionnaire.id} {study.questionnaire.version}"),
        ],
    )


def _bands(study: Study, found: list[Banded], t: Catalogue) -> Table:
    bands = load_restitution().bands
    rows = []
    for one in found:
        at = bands.index(one.band) if one.band else -1
        rows.append(
            {
                t("Family"): t.pick(study.questionnaire.families[one.family].label),
                t("In this group"): f"{FILLED * (at + 1)}{EMPTY * (len(bands) - at - 1)} {t.pick(one.band.name)}"
                if one.band
                else t("too few answered"),
                t("Elsewhere"): t("not shown")
                if one.others is None
                else t("about {share}", share=t.percent(one.others)),
            }
        )
    return Table(pd.DataFrame(rows), t("Persons exposed to each family of risk"), t)


def _legend(t: Catalogue) -> str:
    few, some, most = load_restitution().bands
    return t(
        "{few}: less than a third of those who answered; {some}: up to two thirds; {most}: more. «Elsewhere» is rounded so that "
        "nobody can work the group out from it.",
        few=t.pick(few.name),
        some=t.pick(some.name),
        most=t.pick(most.name),
    )


def _numbers(
    study: Study, unit: str, group: Group, beside: pd.DataFrame, inside: pd.Series, t: Catalogue
) -> Iterator[Shown]:
    found = beside_others(study, unit, group.wave, beside, inside)
    sides = found[found["group"] != ""]

    def label(column: str, code: str) -> str:
        if code in (HERE, OTHERS):
            return t("this group") if code == HERE else t("everybody else")
        if code in study.questionnaire.measures:
            return t.pick(study.questionnaire.measures[code].label)
        if code in study.questionnaire.questions:
            return study.questionnaire.question_text(code, t.language)
        return t(code)

    families = [family_measure(study.questionnaire, family) for family in study.questionnaire.families]
    measures = [one for one in families if one is not None]
    rows = sides[sides["indicator"].isin([one.id for one in measures])]
    if rows.empty or rows["suppressed"].all():
        yield Sentence(t("Every number of this group is withheld to protect its persons."))
        return
    title = t("Share of persons exposed, by family of risk")
    yield intervals(rows, y="indicator", hue="group", t=t, title=title, label=label, sort=False, limits=(0, 100))
    for measure in measures:
        own = sides[sides["indicator"].isin(measure.items)]
        if len(own):
            caption = t("{family}: share exposed to each condition", family=t.pick(measure.label))
            yield Folded(
                caption,
                estimates(own, rows="indicator", columns="group", caption=caption, t=t, label=label, digits=0),
            )
