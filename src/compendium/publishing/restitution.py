"""The page that one group sees of itself: handed to it, never among the pages of the site."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

from .. import paths, restitution
from ..notebook import ORIGIN_NAMES
from ..restitution import Group
from ..results import weakest_origin
from ..sheets import help_contacts
from ..sheets import restitution as sheet
from ..study.restitution_rules import load_restitution
from ..study.study import Study
from ..text import Catalogue
from .pages import write_by_itself


def write_page(study: Study, group: Group, t: Catalogue) -> Path:
    """Make the page of a group, unless it would show somebody.

    Parameters
    ----------
    study : Study
        The study.
    group : Group
        The group.
    t : Catalogue
        Language of the page.

    Returns
    -------
    Path
        The page, under ``processed/restitution``.

    Raises
    ------
    CompendiumError
        What :mod:`compendium.restitution` refuses, or a page that would not be readable by everyone.

    Notes
    -----
    The ledger is written first: a page is never there without its group being noted, however the program ends.
    """
    answers = restitution.asked(study, group)
    inside = restitution.members(answers, group, study)
    noted = restitution.note_group(study, group, answers, inside)
    rules, minimum = load_restitution(), study.disclosure.minimum_cell
    together = restitution.together(study, group, answers)
    persons = int(inside.sum())
    known = rules.size_class(persons, minimum, len(answers) - minimum)
    sizes = range(minimum, persons + 1) if noted.sees_numbers else known
    bands = restitution.banded(
        answers, inside, together, study.questionnaire, rules, range(minimum, sizes.stop), noted.secret
    )
    seen = sheet.Seen(
        study=study,
        rules=rules,
        t=t,
        country=group.country,
        persons=persons,
        sizes=sizes,
        bands=tuple(bands),
        numbers=restitution.beside_others(study, group, answers, inside, noted.parts) if noted.sees_numbers else None,
        of_all=len(answers),
    )
    target = paths.group_page(study.folder, group.country, group.wave, t.language, _slug(group))
    return _written(seen, group, weakest_origin(answers["origin"]), target)


def _written(seen: sheet.Seen, group: Group, origin: str, target: Path) -> Path:
    t, study = seen.t, seen.study
    families = {measure.family: measure for measure in restitution.families_of(study.questionnaire)}
    return write_by_itself(
        "restitution.html.j2",
        study,
        t,
        target,
        group.title,
        str(group.file),
        group=group.title,
        where=t("{country}, wave {wave}", country=study.name(group.country, t.language), wave=group.wave),
        origin=origin,
        notice=t(ORIGIN_NAMES[origin]) if origin != "real" else "",
        lead=sheet.lead(seen),
        may=seen.rules.may,
        may_not=seen.rules.may_not,
        shown=[part._repr_html_() for part in sheet.shown(seen)],
        reading=sheet.reading(seen),
        opening=seen.rules.opening,
        families=[
            {"name": t.pick(families[family].label), "questions": asked}
            for family, asked in seen.rules.questions.items()
            if family in families
        ],
        help=help_contacts.listed(study, group.country, t)._repr_html_(),
        facts=[
            (t("Asked for by"), group.asked_by),
            (t("Asked for on"), t.date(date.fromisoformat(group.asked_on))),
            (t("Study"), t.pick(study.title)),
            (t("Questionnaire"), f"{study.questionnaire.id} {study.questionnaire.version}"),
        ],
    )


def _slug(group: Group) -> str:
    plain = unicodedata.normalize("NFKD", f"{group.asked_on} {group.title}").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]
