"""``compendium archive``: one file with everything that may be passed on, its check, and the files to cite by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium import paths
from compendium.archive import check_archive, load_metadata, make_archive
from compendium.archive.citation import write_citations
from compendium.archive.wheels import fetch_wheels
from compendium.pipeline.lock import study_lock
from compendium.study.study import load_study

app = typer.Typer(help="Make one file of everything that may be passed on, or check one.", invoke_without_command=True)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]


@app.callback()
def make(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The file to write (.zip); by default in processed/archive.")] = None,
    with_wheels: Annotated[
        bool, typer.Option("--with-wheels", help="Add the packages for this platform, to install without network.")
    ] = False,
    study: _Study = None,
) -> None:
    """Make one file of everything that may be passed on, or check one."""
    if context.invoked_subcommand:
        return
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    with study_lock(paths.processed(loaded.folder)):
        wheels = fetch_wheels(paths.archives(loaded.folder) / "wheels") if with_wheels else None
        made = make_archive(loaded, out, wheels)
    checked = check_archive(made.file)
    for path, why in made.left_out.items():
        print(f"left out: {path} ({why})")
    print(f"{made.files} files, {made.file.stat().st_size / 1e6:.1f} MB; {checked.descriptions} descriptions agree.")
    print(made.file)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The archive.")]) -> None:
    """Hold an archive against its own sums, and its descriptions against one another."""
    found = check_archive(file)
    print(f"{file.name}: {found.files} files are as listed, {found.descriptions} descriptions agree.")


@app.command()
def metadata(study: _Study = None) -> None:
    """Write CITATION.cff, .zenodo.json and codemeta.json of the repository anew."""
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    for path in write_citations(load_metadata(loaded)):
        print(paths.shown(path))
