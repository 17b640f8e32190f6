"""``compendium voices``: the country questionnaire as files, and what has come in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium import paths, qualitative
from compendium.forms import default_folder
from compendium.forms import voices as forms
from compendium.study.context_file import load
from compendium.study.study import load_study

app = typer.Typer(
    help="The qualitative country questionnaire: its form ready to fill in, and a check of what came back.",
    no_args_is_help=True,
)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]


@app.command()
def form(
    country: Annotated[str, typer.Argument(help="Country whose form it is, such as PL.")],
    into: Annotated[
        Path | None, typer.Option(help="Folder to write to; by default processed/<country>/<wave>/forms of the study.")
    ] = None,
    language: Annotated[str, typer.Option(help="Languages, such as pl,en; by default those of the country.")] = "",
    study: _Study = None,
) -> None:
    """Write the form of a country: a document to answer in and a workbook to enter statements and practices in.

    For example: compendium voices form PL --into forms
    """
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    languages = [one.strip() for one in language.split(",") if one.strip()]
    folder = default_folder(loaded, country, loaded.waves[-1]) if into is None else into
    for path in forms.write(loaded, country, folder, languages):
        print(path if into is not None else paths.shown(path))


@app.command()
def check(study: _Study = None) -> None:
    """Hold all statements and good practices against codebook and country facts, and say what has come in."""
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    context = load(loaded.folder)
    voices = qualitative.load_voices(loaded, context)
    practices = qualitative.load_practices(loaded, context).table
    for country in loaded.countries:
        rows = voices.statements[voices.statements["country"] == country.code]
        counted = ", ".join(f"{number} {code}" for code, number in rows["checked"].value_counts().items())
        came = f"{len(rows)} statements ({counted})" if len(rows) else "the form is not filled in yet"
        print(f"{country.code}: {came}; {(practices['country'] == country.code).sum()} good practices")
