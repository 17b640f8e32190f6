"""The command line: a thin door."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from compendium.errors import CompendiumError

_ROOMS = {
    "collect": "compendium.commands.collect",
    "pathways": "compendium.commands.pathways",
    "questionnaire": "compendium.commands.questionnaire",
    "voices": "compendium.commands.voices",
    "field": "compendium.commands.field",
    "publish": "compendium.commands.publish",
    "archive": "compendium.commands.archive",
}
"""Commands with commands of their own, imported only where they are asked for: they bring pandas along."""


class _Door(typer.core.TyperGroup):
    """Say what a user can put right in one sentence; anything else keeps its traceback, for us."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *_ROOMS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in _ROOMS:
            room = typer.main.get_group(import_module(_ROOMS[cmd_name]).app)
            room.name = cmd_name
            return room
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except CompendiumError as error:
            print(f"compendium: {' '.join(str(error).split())}", file=sys.stderr)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Door,
    help="Run a study from its answers to its pages.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]
_Only = Annotated[str, typer.Option(help="Countries whose pages are wanted, such as PT,DE; all by default.")]


def _folder(study: Path | None) -> Path:
    from compendium import paths

    return paths.DEFAULT_STUDY if study is None else study.resolve()


def _units(only: str) -> list[str]:
    return [unit.strip() for unit in only.split(",") if unit.strip()]


@app.command()
def reproduce(
    study: _Study = None,
    only: _Only = "",
    workers: Annotated[int | None, typer.Option(min=1, help="Tasks at once; one per core by default.")] = None,
    cold: Annotated[bool, typer.Option(help="Start every process anew instead of forking it.")] = False,
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786; by default this machine runs everything.")] = "",
) -> None:  # fmt: skip
    """Bring every page of the study up to date and print the address of the front page."""
    from compendium.pipeline import run

    raise typer.Exit(run.reproduce(_folder(study), only=_units(only), workers=workers, cold=cold, cluster=cluster).exit_code)


@app.command()
def plan(study: _Study = None) -> None:
    """Say what the targets of the study would show, before anybody is asked: half-widths, contrasts, blanked cells."""
    from compendium.commands.plan import show

    show(_folder(study), Console(highlight=False))


@app.command()
def facts(study: _Study = None) -> None:
    """Read the country facts, and say what fresh official tables replace, add and revise."""
    from compendium.commands.facts import lines

    for line in lines(_folder(study)):
        print(line)


@app.command()
def release(
    name: Annotated[str, typer.Argument(help="Name of the release, such as 2026-11-23.")], study: _Study = None
) -> None:
    """Note the numbers that leave the house: the next release then gives nobody away by what changed."""
    from compendium.commands.release import lines

    for line in lines(_folder(study), name):
        print(line)


@app.command()
def restitution(
    group: Annotated[Path, typer.Option(help="File that describes the group (YAML); the README shows one.")],
    language: Annotated[str, typer.Option(help="Language of the page; by default that of the file, or the study's first.")] = "",
    study: _Study = None,
) -> None:
    """Make the page that a workshop or one cooperative sees of itself, unless it would show somebody."""
    from compendium.commands.restitution import lines

    for line in lines(_folder(study), group, language):
        print(line)


@app.command()
def directory(
    country: Annotated[str, typer.Argument(help="Country whose support body it is, such as FR.")],
    out: Annotated[Path, typer.Option(help="The file to write (.csv): for members alone.")],
    wave: Annotated[str, typer.Option(help="The wave; the last by default.")] = "",
    language: Annotated[str, typer.Option(help="Language of the competences; by default the study's first.")] = "",
    study: _Study = None,
) -> None:
    """Write who can help on what, of those who agreed that members see it; no page ever shows them."""
    from compendium.commands.directory import lines

    for line in lines(_folder(study), country, out, wave, language):
        print(line)


@app.command()
def audit(study: _Study = None) -> None:
    """Say whether the pages are as they were examined, and how much was withheld by which rule."""
    from compendium.commands.audit import show

    show(_folder(study), Console(highlight=False))


@app.command()
def microdata(
    out: Annotated[Path, typer.Option(help="The file to write: .csv or .parquet.")],
    wave: Annotated[str, typer.Option(help="The wave; the last by default.")] = "",
    study: _Study = None,
) -> None:
    """Write the answers that may be shared, and what the file shows of persons, in words; refuse where it shows one."""
    from compendium.commands.microdata import lines

    for line in lines(_folder(study), out, wave):
        print(line)


@app.command()
def why(study: _Study = None, only: _Only = "") -> None:
    """Say which steps would run, and which part of what they depend on changed."""
    from compendium.pipeline.run import explain
    from compendium.pipeline.why import why as lines_of

    folder = _folder(study)
    steps, outcomes = explain(folder, only=_units(only))
    lines = lines_of(folder, steps, outcomes)
    for line in lines:
        print(line)
    print(f"{len(lines)} of {len(outcomes)} steps would run.")


@app.command()
def diff(run1: str = typer.Argument("previous"), run2: str = typer.Argument("last"), study: _Study = None) -> None:
    """Say which published numbers, and which inputs, differ between two runs (by default the last two)."""
    from compendium.pipeline.diff import compare

    found = compare(_folder(study), run1, run2)
    for kind, names in (("input", found.inputs), ("page", found.pages)):
        for name, change in names.items():
            print(f"{kind} {change}: {name}")
    if not found.numbers.empty:
        print(found.numbers.fillna("").to_string(index=False, max_colwidth=40))
    print(f"{len(found.numbers)} published numbers changed, {len(found.inputs)} inputs, {len(found.pages)} pages.")


@app.command()
def new_country(code: str, study: _Study = None) -> None:
    """Make a complete, valid folder for another country of the study."""
    from compendium.new_country import new_country as make

    print(make(_folder(study), code))


@app.command()
def tidy(
    check: Annotated[bool, typer.Option("--check", help="Only name the notebooks that are not tidy.")] = False,
) -> None:
    """Store the notebooks in their normal form: no outputs, no metadata of a machine."""
    from compendium import paths
    from compendium.pipeline import normal_form

    changed = normal_form.untidy(paths.NOTEBOOKS) if check else normal_form.tidy(paths.NOTEBOOKS)
    for path in changed:
        print(f"{paths.shown(path)}: {'not in its normal form; run: compendium tidy' if check else 'tidied'}")
    raise typer.Exit(1 if check and changed else 0)


@app.command()
def lab() -> None:
    """Open JupyterLab on the notebooks, on this machine only; saving strips outputs."""
    from compendium import paths
    from compendium.pipeline import jupyter_config

    command = [sys.executable, "-m", "jupyterlab", f"--config={jupyter_config.__file__}", "--ip=127.0.0.1"]
    raise typer.Exit(
        subprocess.call(
            [*command, f"--ServerApp.root_dir={paths.REPOSITORY}", "--LabApp.default_url=/lab/tree/notebooks"]
        )
    )


@app.command()
def clean(study: _Study = None) -> None:
    """Delete everything computed; what was received stays."""
    from compendium import paths
    from compendium.pipeline.lock import study_lock

    computed = paths.processed(_folder(study))
    if computed.is_dir():
        with study_lock(computed):
            shutil.rmtree(computed)
    print(f"{paths.shown(computed)} is deleted.")


@app.command()
def messages(language: str, study: _Study = None) -> None:
    """List the messages of notebooks and modules that have no translation."""
    from compendium.pipeline.messages import untranslated

    found = untranslated(language)
    for place, message in found:
        Console(soft_wrap=True).print(f"{place}: {message!r}", markup=False, highlight=False)
    print(f"{len(found)} messages have no translation into {language!r}.")


if __name__ == "__main__":
    app()
