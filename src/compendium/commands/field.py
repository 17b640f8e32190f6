"""``compendium field``: what came in of an action research, and the page of one structure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium import field, paths, text
from compendium.collection.entries import LINE, REFUSED
from compendium.pipeline.lock import study_lock
from compendium.publishing.structure import write_page
from compendium.study.study import load_study

app = typer.Typer(
    help="Action research: a check of the files, and what one structure may see of itself.", no_args_is_help=True
)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]
_Country = Annotated[str, typer.Argument(help="Country whose files they are.")]


@app.command()
def check(
    country: _Country, wave: Annotated[str, typer.Option(help="The last by default.")] = "", study: _Study = None
) -> None:
    """Say how many rows each file holds, and which are refused, with what is legal."""
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    unit, chosen = loaded.country(country).code, wave or loaded.waves[-1]
    for name, rows in field.read(loaded, unit, chosen).items():
        bad = rows[rows[REFUSED] != ""]
        print(f"{name}.csv: {len(rows) - len(bad)} rows, {len(bad)} refused")
        for row in bad[[LINE, REFUSED]].itertuples(index=False):
            print(f"  line {row.line}: {row.refused}")


@app.command()
def structure(
    country: _Country,
    code: Annotated[str, typer.Argument(help="Code of the structure in structures.csv.")],
    language: Annotated[str, typer.Option(help="Language of the page; the study's first by default.")] = "",
    wave: Annotated[str, typer.Option(help="The last by default.")] = "",
    study: _Study = None,
) -> None:
    """Make the page that one structure sees of itself, outside the site: for it and for nobody else."""
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    unit, chosen = loaded.country(country).code, wave or loaded.waves[-1]
    with study_lock(paths.restitutions(loaded.folder)):
        page = write_page(loaded, unit, chosen, code, text.load(language or loaded.languages[0]))
    print(page.resolve().as_uri())
    print("Hand it to the structure and to nobody else.")
