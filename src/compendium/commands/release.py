"""``compendium release``: note what leaves the house, so that the next release gives nobody away by its difference."""

from __future__ import annotations

from pathlib import Path

from compendium import paths, results
from compendium.disclosure import hold_files, write_release
from compendium.errors import DisclosureError
from compendium.reading import read_parquet
from compendium.study.study import load_study


def lines(folder: Path, name: str) -> list[str]:
    """Hold everything that the pages of a study publish against the rules once more, and keep its numbers under a name.

    Raises
    ------
    DisclosureError
        There are no pages, the pages together would show a person, or a release of that name is already there.
    """
    study = load_study(folder)
    files = sorted(paths.processed(folder).glob("*/*/*/*.published.parquet"))
    if not files:
        raise DisclosureError(
            f"{paths.shown(paths.processed(folder))}: no page is there to release; make reproduce makes them"
        )
    held = hold_files(files, study.disclosure)
    path = write_release(folder, name, results.concat(read_parquet(file) for file in files))
    return [
        f"{paths.shown(path)}: {held} numbers of {len(files)} pages are noted as released.",
        "From now on a number whose difference from these would show a few persons is withheld.",
    ]
