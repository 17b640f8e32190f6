"""``compendium questionnaire``: the form as files, what it holds, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from compendium import forms
from compendium.errors import CompendiumError
from compendium.forms.duration import by_module, populations
from compendium.forms.outline import open_form
from compendium.paths import DEFAULT_STUDY, shown, study_file
from compendium.reading import read_yaml
from compendium.study.codebook import form_version
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.questions import Module, Text
from compendium.study.study import Study, load_study
from compendium.study.texts import every_text, faults

app = typer.Typer(
    help="The questionnaire: as files for LimeSurvey, KoboToolbox / ODK or paper; its size; what is wrong with it.",
    no_args_is_help=True,
)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]
_Wave = Annotated[str, typer.Option(help="Wave of the survey; the last one by default.")]


@app.command()
def export(
    country: Annotated[str, typer.Option(help="Country whose form it is, such as PL.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="limesurvey (to be imported there), xlsform (for KoboToolbox and ODK), html or docx (to be printed), "
            "or codebook.",
        ),
    ],
    language: Annotated[
        str, typer.Option(help="Languages, such as pl,en; by default those of the country, then English.")
    ] = "",
    wave: _Wave = "",
    into: Annotated[
        Path | None, typer.Option(help="Folder to write to; by default processed/<country>/<wave>/forms of the study.")
    ] = None,
    study: _Study = None,
) -> None:
    """Write the form of a country as files, with a codebook beside it.

    For example: compendium questionnaire export --country PL --format limesurvey
    """
    loaded, wanted = _opened(study, wave)
    open_form(loaded, country, wanted)
    folder = forms.default_folder(loaded, country, wanted) if into is None else into
    languages = [one.strip() for one in language.split(",") if one.strip()]
    for path in forms.export(loaded, country, wanted, format_, folder, languages):
        print(path if into is not None else shown(path))


@app.command()
def count(
    country: Annotated[str, typer.Option(help="Country whose form it is; everything written by default.")] = "",
    wave: _Wave = "",
    study: _Study = None,
) -> None:
    """Count questions, texts, translations and minutes, module by module."""
    loaded, wanted = _opened(study, wave)
    form = open_form(loaded, country, wanted) if country else loaded.questionnaire
    console = Console(highlight=False)
    console.print(_sizes(form if country else _written(loaded)))
    console.print(_minutes(form))


@app.command()
def check(study: _Study = None) -> None:
    """Name every text that is missing, untranslated or unfit, and every form that cannot be given to people."""
    loaded = load_study(DEFAULT_STUDY if study is None else study.resolve())
    written = _written(loaded)
    found = faults(written)
    for country in loaded.countries:
        for wave in loaded.waves:
            try:
                form = open_form(loaded, country.code, wave)
            except CompendiumError as error:
                found.append(str(error))
            else:
                print(f"{country.code} {wave}: {len(form.questions)} questions, {form_version(form)}")
    for fault in found:
        print(fault)
    n_texts = sum(1 for _ in every_text(written))
    print(f"{n_texts} texts in {len(written.languages)} languages; {len(found)} faults.")
    raise typer.Exit(1 if found else 0)


def _opened(study: Path | None, wave: str) -> tuple[Study, str]:
    loaded = load_study(DEFAULT_STUDY if study is None else study.resolve())
    return loaded, wave or loaded.waves[-1]


def _written(study: Study) -> Questionnaire:
    """Return the whole questionnaire, with the modules that are asked nowhere in this study."""
    path = study_file(study.folder)
    return load_questionnaire(read_yaml(path)["questionnaire"], shown(path))


def _sizes(form: Questionnaire) -> Table:
    """How much there is to read and to answer; the last lines count what belongs to no module."""
    table = _table(f"Questions and texts of {form.id} {form.version}", ["Module (* optional)"], ["Questions", "Texts"])
    for language in form.languages:
        table.add_column(language, justify="right")
    for module in form.modules.values():
        part = form.of([module.id])
        inside = [
            text
            for place, text in every_text(part)
            if not place.startswith(("scale ", "family ", "measure ", "bands ", "pair ", "competence ", "cleaning."))
        ]
        table.add_row(_starred(module), str(len(part.questions)), *_counted(form, inside))
    everything = [text for _, text in every_text(form)]
    table.add_section()
    table.add_row("all, with scales", str(len(form.questions)), *_counted(form, everything))
    return table


def _starred(module: Module) -> str:
    return f"{module.id} *" if module.optional else module.id


def _counted(form: Questionnaire, texts: list[Text]) -> list[str]:
    return [str(len(texts)), *(str(sum(bool(text.get(language)) for text in texts)) for language in form.languages)]


def _minutes(form: Questionnaire) -> Table:
    """The longest way through the form, for each population: module by module, then all core modules by language."""
    groups = populations(form)
    found = {(group, language): by_module(form, group, language) for group in groups for language in form.languages}
    first = form.languages[0]
    table = _table("Minutes at most", ["Module (* optional)", "Language"], [group or "everybody" for group in groups])
    for module in form.modules.values():
        table.add_row(_starred(module), first, *(f"{found[group, first][module.id]:.1f}" for group in groups))
    table.add_section()
    core = [module.id for module in form.modules.values() if not module.optional]
    for language in form.languages:
        totals = (sum(found[group, language][name] for name in core) for group in groups)
        table.add_row("core modules", language, *(f"{total:.1f}" for total in totals))
    return table


def _table(title: str, words: list[str], numbers: list[str]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in words:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table
