"""``compendium restitution``: the page of one group, for a workshop or a cooperative."""

from __future__ import annotations

from pathlib import Path

from compendium import paths, text
from compendium.errors import CompendiumError
from compendium.pipeline.lock import study_lock
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
    asked = read_group(group.resolve(), study)
    legal = study.languages_of(asked.country) + tuple(study.languages)
    chosen = language or asked.language or study.languages[0]
    if chosen not in legal:
        raise CompendiumError(f"language {chosen!r} has no pages; legal are {', '.join(dict.fromkeys(legal))}")
    with study_lock(paths.restitutions(study.folder)):
        page = write_page(study, asked, text.load(chosen))
    return [
        page.resolve().as_uri(),
        "Hand it to the group and to nobody else. Its members are noted, as hashes: a group that differs from it by a few gets no page.",
    ]
