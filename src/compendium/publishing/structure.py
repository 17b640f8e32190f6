"""The page that one structure sees of itself: handed to it, never among the pages of the site."""

from __future__ import annotations

import re
from pathlib import Path

from .. import paths
from ..errors import CompendiumError
from ..field import own_figures
from ..notebook import RECORD_NAMES
from ..provenance import origin_of_record
from ..sheets.field import structure as sheet
from ..study.study import Study
from ..text import Catalogue
from .pages import write_by_itself


def write_page(study: Study, unit: str, wave: str, structure: str, t: Catalogue) -> Path:
    """Make the page of a structure, unless it would show somebody.

    Returns
    -------
    Path
        The page, under ``processed/restitution``.

    Raises
    ------
    CompendiumError
        There is no such structure, nothing of it rests on enough persons, or its code cannot name a file.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", structure):
        raise CompendiumError(f"structure {structure!r} cannot name a file; legal are letters, digits, - and _")
    own = own_figures(study, unit, wave, structure)
    origin = origin_of_record(study, unit, wave, "structures")
    target = paths.group_page(study.folder, unit, wave, t.language, f"structure-{structure}")
    title = t("Structure {code}", code=structure)
    return write_by_itself(
        "structure.html.j2",
        study,
        t,
        target,
        title,
        f"structure {structure}",
        heading=title,
        where=t("{country}, wave {wave}", country=study.name(unit, t.language), wave=wave),
        origin=origin,
        notice=t(RECORD_NAMES[origin]),
        lead=sheet.lead(t),
        shown=[part._repr_html_() for part in sheet.shown(own, study.disclosure.minimum_cell, t)],
        reading=sheet.reading(t),
    )
