"""Remove what the chain made earlier and would not make any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from compendium import paths
from compendium.pipeline.graph import Graph


def prune(graph: Graph) -> list[str]:
    """Remove the outputs of units, waves, languages and notebooks that the chain no longer has.

    Also what a run that was killed left half-written.

    Returns
    -------
    list of str
        What was removed, relative to the computed folder.

    Notes
    -----
    Everything under a unit's folder and every page of the site is the chain's; names of other folders of
    ``processed`` are not in capitals, so they cannot be taken for a unit.
    """
    computed = paths.processed(graph.study.folder)
    made = {output.file for step in graph.steps.values() for output in step.outputs}
    failed = {file.with_suffix(".failed.ipynb") for file in made if file.suffix == ".ipynb"}
    removed = []
    for file in _files_of_the_chain(computed):
        if file not in made and file not in failed:
            file.unlink()
            removed.append(file.relative_to(computed).as_posix())
    for folder in _unit_folders(computed):
        _remove_if_empty(folder)
    return removed


def _unit_folders(computed: Path) -> list[Path]:
    folders = [*computed.glob("*/"), *(computed / "site").glob("*/*/")]
    return [folder for folder in folders if folder.is_dir() and folder.name == folder.name.upper()]


def _files_of_the_chain(computed: Path) -> list[Path]:
    files = [file for folder in _unit_folders(computed) for file in folder.rglob("*") if file.is_file()]
    return sorted(file for file in files if "site" not in file.relative_to(computed).parts or file.suffix in (".html", ".part"))


def _remove_if_empty(folder: Path) -> None:
    if not any(file.is_file() for file in folder.rglob("*")):
        shutil.rmtree(folder)
