"""``compendium publish``: what leaves the house besides the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium import __version__, paths
from compendium.pipeline.lock import study_lock
from compendium.reference import build
from compendium.study.study import load_study

app = typer.Typer(help="Publish what the pages show in other forms.", no_args_is_help=True)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]


@app.callback()
def _group() -> None:
    """Publish what the pages show in other forms."""


@app.command()
def database(
    release: Annotated[
        str, typer.Argument(help="Name of the release; by default the version of the compendium.")
    ] = __version__,
    previous: Annotated[
        Path | None, typer.Option(help="Folder of the release to compare with; by default the last other one.")
    ] = None,
    study: _Study = None,
) -> None:
    """Make the reference database: DuckDB, SQLite, Parquet, CSV, dictionary, what changed, and a JSON for the next outputs."""
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    with study_lock(paths.processed(loaded.folder)):
        made = build(loaded, release, previous)
    for name, frame in made.tables.items():
        print(f"{name}: {len(frame)} rows")
    if made.previous:
        rows = made.changes.drop_duplicates(["table_name", "key", "change"])["change"].value_counts().sort_index()
        told = ", ".join(f"{count} {change}" for change, count in rows.items()) or "nothing differs"
        print(f"Compared with {made.previous}: {told}.")
    else:
        print("There is no release before this one.")
    print(made.folder)
