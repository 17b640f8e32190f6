"""``compendium pathways``: hold a log of pathways against what can have happened, and put it in its place."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
import yaml

from compendium import paths
from compendium.collection import records
from compendium.errors import AnswersError
from compendium.pathways.log import Checked, check_log
from compendium.pathways.received import DIAGNOSTICS, LOG
from compendium.reading import check as hold
from compendium.reading import write_atomically
from compendium.study.study import Study, load_study

app = typer.Typer(
    help="Logs of pathways: what is wrong with one, row by row, and its place in the study.", no_args_is_help=True
)

_File = Annotated[Path, typer.Argument(help="Log as CSV or spreadsheet: person, date, event, territory, and where known pole, officer, reason.")]  # fmt: skip
_Country = Annotated[str, typer.Option(help="Country of the log, such as FR.")]
_Exits = Annotated[
    bool, typer.Option("--exits-recorded", help="Every exit is in the log: who has none is still there.")
]
_Days = Annotated[str, typer.Option(help="How days are written, such as %d/%m/%Y.")]
_Study = Annotated[Path | None, typer.Option(help="Folder of the study; the repository's own by default.")]


@app.command()
def check(
    file: _File, country: _Country, exits_recorded: _Exits = False, dates: _Days = "%Y-%m-%d", study: _Study = None
) -> None:
    """List every row of a log that cannot be, with what is legal. Nothing is changed.

    For example: compendium pathways check log.xlsx --country FR
    """
    found = _checked(_study(study), file, country, exits_recorded, dates)
    if _list(found):
        raise typer.Exit(1)


@app.command()
def add(
    file: _File,
    country: _Country,
    exits_recorded: _Exits = False,
    dates: _Days = "%Y-%m-%d",
    source: Annotated[str, typer.Option(help="One line for readers: whose log this is.", show_default=False)] = "",
    until: Annotated[str, typer.Option(help="Day to which the log is complete; its last day by default.", show_default=False)] = "",
    study: _Study = None,
) -> None:  # fmt: skip
    """Check a log and copy it, unchanged, to its place, with a note of where it comes from; a synthetic one gives way.

    For example: compendium pathways add log.xlsx --country FR --exits-recorded
    """
    known = _study(study)
    wave = known.waves[-1]
    found = _checked(known, file, country, exits_recorded, dates)
    _list(found)
    folder = paths.answers_folder(known.folder, country, wave)
    there = records.received(known, country, wave, LOG)
    if there is not None and there.origin != "synthetic":
        raise AnswersError(
            f"{paths.shown(there.file)}: there is a log already, and nothing received is overwritten; move it away first"
        )
    content = file.read_bytes()
    place = folder / f"{LOG}{file.suffix.lower()}"
    said = {
        "origin": "real",
        "source": source or f"Log of pathways from {country}, file {file.name}",
        "licence": records.NO_LICENCE,
        "file": place.name,
        "sha256": sha256(content).hexdigest(),
        "exits_recorded": exits_recorded,
        "date_format": dates,
        **({"until": until} if until else {}),
    }
    hold(said, "record_source", paths.shown(place))
    for name in (LOG, DIAGNOSTICS):  # drawn diagnostics are those of drawn persons
        own = records.received(known, country, wave, name)
        if own is not None and own.origin == "synthetic":
            own.file.unlink()
            records.sidecar(folder, name).unlink(missing_ok=True)
    write_atomically(place, content)
    write_atomically(
        records.sidecar(folder, LOG), yaml.safe_dump(said, allow_unicode=True, sort_keys=False).encode("utf-8")
    )
    print(f"{paths.shown(place)}: {len(found.events)} rows are in their place. Next: make reproduce")


def _study(folder: Path | None) -> Study:
    return load_study(paths.DEFAULT_STUDY if folder is None else folder.resolve())


def _checked(study: Study, file: Path, country: str, exits_recorded: bool, dates: str) -> Checked:
    code = study.country(country).code
    if file.suffix.lower() not in records.KINDS:
        raise AnswersError(f"{paths.shown(file)}: {file.suffix!r} is not legal; legal are {', '.join(records.KINDS)}")
    return check_log(file, territories=study.territories.get(code), exits_recorded=exits_recorded, date_format=dates)


def _list(found: Checked) -> bool:
    """Print what is wrong, and say whether anything is."""
    for one in found.faults.itertuples(index=False):
        print(f"row {one.row}: {one.rule}: {one.says}")
    persons = found.events.loc[found.events["person"] != "", "person"].nunique()
    aside = found.faults.loc[found.faults["person"] != "", "person"].nunique()
    print(
        f"{len(found.events)} rows of {persons} persons; {len(found.faults)} faults, which set {aside} persons aside."
    )
    return bool(len(found.faults))
