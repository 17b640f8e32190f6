"""``compendium restitution``: the page of one group, for a workshop or a cooperative."""

from __future__ import annotations

from pathlib import Path

from compendium import paths, text
from compendium.errors import CompendiumError
from compendium.publishing.restitution import write_page
from compendium.restitution import read_group
from compendium.study.study import load_study


def lines(folder: Path, group: Path, language: str) -> list[str]:
    """Make the page of a group and say where it is.

    Raises
    ------
    CompendiumError
        The language has no pages, or the group must not have one.
    """
    study = load_study(folder)
    chosen = language or study.languages[0]
    if chosen not in study.languages:
        raise CompendiumError(f"language {chosen!r} has no pages; legal are {', '.join(study.languages)}")
    page = write_page(study, read_group(group), chosen, paths.shown(group.resolve()), text.load(chosen))
    return [
        page.resolve().as_uri(),
        "Hand it to the group and to nobody else. Its members are noted: no other group that shares a person with it gets a page.",
    ]
