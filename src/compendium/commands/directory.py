"""``compendium directory``: who can help on what, for the members of a support body."""

from __future__ import annotations

from pathlib import Path

from compendium.cells import as_cells
from compendium.errors import CompendiumError
from compendium.needs.entered import EXPERTISE, entered, for_members, read_directory
from compendium.paths import processed
from compendium.study.competences import load_competences
from compendium.study.study import load_study
from compendium.text import load

SHOWN = ["competence", "person", "helps", "contact"]


def lines(folder: Path, country: str, out: Path, wave: str, language: str) -> list[str]:
    """Write the directory of a country and say what it holds.

    Raises
    ------
    CompendiumError
        Nobody entered one, or the file would lie among what is published.
    """
    study = load_study(folder)
    unit = study.country(country).code
    path = entered(study, unit, wave or study.waves[-1], EXPERTISE)
    if path is None:
        raise CompendiumError(
            f"{unit}: there is no {EXPERTISE}.csv beside the answers; legal is a country that has one"
        )
    if out.resolve().is_relative_to(processed(study.folder).resolve()):
        raise CompendiumError(
            f"{out}: pages are made from there; legal is a place outside {processed(study.folder).name}"
        )
    t, every = load(language or study.languages[0]), read_directory(path)
    shown = for_members(every)
    named = shown.assign(competence=[t.pick(load_competences()[id].name) for id in shown["competence"]])
    out.write_bytes(as_cells(named[SHOWN]).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
    return [
        f"{out}: {len(shown)} entries of {shown['person'].nunique()} persons who agreed that members see them.",
        f"{len(every) - len(shown)} entries are left out: without consent. Pass the file on to members alone.",
    ]
