"""``compendium voices``: the country questionnaire as files, coded material to and from programs for coding, and what has come in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compendium import paths, qualitative
from compendium.errors import AnswersError
from compendium.forms import default_folder
from compendium.forms import voices as forms
from compendium.qualitative import exchange
from compendium.qualitative.material import load_material, receive
from compendium.reading import write_atomically
from compendium.study.context_file import load
from compendium.study.study import load_study
from compendium.study.voices import load_codebook

app = typer.Typer(
    help="The qualitative country questionnaire: its form ready to fill in, and a check of what came back. Coded interviews, notes and "
    "answers: to a program for coding (NVivo, ATLAS.ti, MAXQDA, QualCoder) and back.",
    no_args_is_help=True,
)

_Country = Annotated[str, typer.Option(help="Country of the material, by its code in the study.", show_default=False)]
_Wave = Annotated[str, typer.Option(help="Wave of the survey; the study's last one by default.", show_default=False)]
_Language = Annotated[str, typer.Option(help="Language of the names of themes and codes.")]
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
    for country in loaded.countries:
        found = load_material(loaded, country.code, loaded.waves[-1])
        if len(found.material.documents):
            documents, segments = len(found.material.documents), len(found.material.segments)
            print(f"{country.code}: {documents} documents with {segments} codings ({found.origin})")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The project to write, such as voices.qdpx.", show_default=False)],
    country: _Country,
    wave: _Wave = "",
    language: _Language = "en",
    study: _Study = None,
) -> None:
    """Write the coded material of a country as a REFI-QDA project, to be opened in a program for coding.

    For example: compendium voices export voices.qdpx --country FR. It holds whole texts: keep it where nobody else reads.
    """
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    code = loaded.country(country).code
    material = load_material(loaded, code, wave or loaded.waves[-1]).material
    if material.documents.empty:
        raise AnswersError(
            f"{code}: nothing has been coded there yet; legal is a country with documents.csv beside its answers"
        )
    content = exchange.write_project(
        material, load_codebook(), f"{loaded.id} {code} {wave or loaded.waves[-1]}", language
    )
    write_atomically(file, content)
    print(f"{file}: {len(material.documents)} documents, {len(material.segments)} codings; who was sought stays here")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The project as the program exported it, .qdpx.", show_default=False)],
    country: _Country,
    wave: _Wave = "",
    language: Annotated[str, typer.Option(help="Language of texts that do not say theirs.")] = "en",
    source: Annotated[
        str, typer.Option(help="One line for readers: who spoke with whom, when.", show_default=False)
    ] = "",
    study: _Study = None,
) -> None:
    """Take coded material in from a REFI-QDA project, and list what is not carried over.

    Nothing received is ever overwritten; synthetic material, which nobody said, gives way.
    """
    loaded = load_study(paths.DEFAULT_STUDY if study is None else study.resolve())
    code = loaded.country(country).code
    found = exchange.read_project(file, load_codebook(), code, language)
    line = source or f"Coded material from {code}, wave {wave or loaded.waves[-1]}, file {file.name}"
    folder = receive(loaded, code, wave or loaded.waves[-1], found.material, line)
    documents, segments = len(found.material.documents), len(found.material.segments)
    print(
        f"{paths.shown(folder)}: {documents} documents with {segments} codings are in their place. Next: make reproduce"
    )
    if found.left_out:
        print("Not carried over, or changed on the way:")
        print("\n".join(f"  {one}" for one in found.left_out))


@app.command()
def codebook(
    file: Annotated[Path, typer.Argument(help="The codebook, .qdc.", show_default=False)],
    language: _Language = "en",
    compare: Annotated[
        bool, typer.Option("--compare", help="Read the file instead, and say which of its codes are ours.")
    ] = False,
) -> None:
    """Write the codebook for a program for coding (REFI-QDA, .qdc), or hold one against it.

    For example: compendium voices codebook themes.qdc --language fr
    """
    if not compare:
        write_atomically(file, exchange.write_codebook(load_codebook(), language))
        print(f"{file}: {len(load_codebook().themes)} themes with their codes")
        return
    found = exchange.read_codebook(file, load_codebook())
    for names, _, ours in found:
        print(f"{' / '.join(names)}: {'.'.join(filter(None, ours)) if ours else 'not in our codebook'}")
