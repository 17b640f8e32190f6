"""``compendium collect``: look at a file of answers, draft its crosswalk, take it in, or fetch it from a platform."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from compendium.collection.arrivals import Arrival
    from compendium.collection.received import Received
    from compendium.study.study import Study

app = typer.Typer(
    no_args_is_help=True,
    help="Take answers in: from a spreadsheet, a statistics program, a web form or a survey platform.\n\n"
    "The usual way: [bold]check[/bold] says what a file holds and what would stop it. Where its columns are not ours, "
    "[bold]draft[/bold] writes a table that says which of their columns and labels are which questions and codes of ours, "
    "and you correct it. [bold]add[/bold] tries everything once more and copies the file, unchanged, to its place. "
    "Contact details never enter.",
    rich_markup_mode="rich",
)

_WRITTEN = "How the file is written (recognised where you say nothing)"
_NAMED = 12
_SHORT = 40

_File = Annotated[Path, typer.Argument(help="The file of answers, as it was received.", show_default=False)]
_Country = Annotated[str, typer.Option(help="Country of the answers, by its code in the study.", show_default=False)]
_Wave = Annotated[str, typer.Option(help="Wave of the survey; the study's last one by default.", show_default=False)]
_Folder = Annotated[
    Path | None, typer.Option(help="Folder of the study; the repository's own by default.", show_default=False)
]
_Crosswalk = Annotated[
    Path | None,
    typer.Option(help="Table from their columns and labels to ours, where they differ.", show_default=False),
]
_Format = Annotated[
    str,
    typer.Option(
        help="csv, excel, spss, stata, sas, webform, limesurvey or kobo.", rich_help_panel=_WRITTEN, show_default=False
    ),
]
_Separator = Annotated[
    str, typer.Option(help="Sign between cells, such as ';'.", rich_help_panel=_WRITTEN, show_default=False)
]
_Encoding = Annotated[str, typer.Option(help="Such as utf-8 or cp1252.", rich_help_panel=_WRITTEN, show_default=False)]
_Sheet = Annotated[
    str, typer.Option(help="Sheet of a workbook that has several.", rich_help_panel=_WRITTEN, show_default=False)
]
_Decimal = Annotated[
    str, typer.Option(help="Sign before decimals: '.' or ','.", rich_help_panel=_WRITTEN, show_default=False)
]
_Labels = Annotated[
    str,
    typer.Option(
        help="Name of the file beside it that says what its codes mean: an XLSForm, a LimeSurvey structure, a SAS catalogue.",
        rich_help_panel=_WRITTEN,
        show_default=False,
    ),
]
_Dates = Annotated[
    str,
    typer.Option(help="dmy or mdy: what stands first in 05/06/2026.", rich_help_panel=_WRITTEN, show_default=False),
]


@app.command()
def check(
    file: _File,
    country: _Country,
    wave: _Wave = "",
    study: _Folder = None,
    crosswalk: _Crosswalk = None,
    format: _Format = "",
    separator: _Separator = "",
    encoding: _Encoding = "",
    sheet: _Sheet = "",
    decimal: _Decimal = "",
    labels: _Labels = "",
    dates: _Dates = "",
) -> None:
    """Read a file, say what was found and what would stop it; nothing is written."""
    from compendium.collection.arrivals import compare, try_out
    from compendium.errors import CompendiumError

    known = _study(study)
    arrival = _arrival(
        known, file, country, wave, crosswalk, format, dates, separator, encoding, sheet, decimal, labels
    )
    received = arrival.received(known.form(country, arrival.wave))
    _tell(received)
    if crosswalk is None:
        found = compare(known, arrival, received)
        asked = len(found.known) + len(found.absent)
        print(f"\n{len(found.known)} of the {asked} questions asked in {country} in wave {arrival.wave} have a column.")
        _list("Without a column", found.absent)
        _list("Columns that are no question of ours", found.strange)
        _list("Contact details", found.contacts)
    try:
        reading = try_out(known, arrival)
    except CompendiumError as error:
        print(f"\nThis would stop it: {error}")
        raise typer.Exit(1) from None
    _list("Rows of the crosswalk that nothing used", reading.usage.unused)
    _list("Columns that the crosswalk does not name", reading.usage.unnamed)
    print(f"\nNothing stops it: {len(reading.answers)} answers can be added.")


@app.command(
    help="Write a draft of the crosswalk, from their columns and labels to our questions and codes.\n\n"
    "Open it in a spreadsheet program. A row whose note begins with 'to decide' is unsure: write its question and code, and "
    "delete the note. An empty question leaves the column aside, an empty code says that the label is no answer. The columns wording, meaning and note are "
    "for you to read; save it as CSV or as a workbook."
)
def draft(
    file: _File,
    country: _Country,
    wave: _Wave = "",
    study: _Folder = None,
    into: Annotated[Path, typer.Option(help="Where the draft is written; never over another file.")] = Path(
        "crosswalk.csv"
    ),
    format: _Format = "",
    separator: _Separator = "",
    encoding: _Encoding = "",
    sheet: _Sheet = "",
    decimal: _Decimal = "",
    labels: _Labels = "",
) -> None:
    """Write a draft of the crosswalk."""
    from compendium.collection.crosswalk import UNDECIDED
    from compendium.collection.draft import draft as made
    from compendium.errors import AnswersError
    from compendium.paths import shown
    from compendium.reading import write_atomically

    known = _study(study)
    arrival = _arrival(known, file, country, wave, None, format, "", separator, encoding, sheet, decimal, labels)
    if into.exists():
        raise AnswersError(f"{shown(into.resolve())}: the file exists already; name another one (--into)")
    form = known.form(country, arrival.wave)
    received = arrival.received()
    table = made(received, form)
    # With a byte-order mark, so that spreadsheet programs read the letters rightly.
    write_atomically(into, table.to_csv(index=False).encode("utf-8-sig"))
    open_ = int(table["note"].str.startswith(UNDECIDED).sum())
    fed = table.loc[table["question"] != "", "their_column"].nunique()
    print(
        f"{into}: {fed} of {received.table.shape[1]} columns have a question of ours; {open_} rows are to be decided."
    )
    _list("Questions without a column", table.attrs["absent"])


@app.command()
def add(
    file: _File,
    country: _Country,
    wave: _Wave = "",
    study: _Folder = None,
    crosswalk: _Crosswalk = None,
    codebook: Annotated[
        Path | None,
        typer.Option(help="Codebook of the form that was fielded; codebook.csv beside the file is taken by itself."),
    ] = None,
    origin: Annotated[str, typer.Option(help="real, or real_other for a survey by others.")] = "real",
    source: Annotated[str, typer.Option(help="One line for readers: who asked whom, when.", show_default=False)] = "",
    licence: Annotated[
        str, typer.Option(help="Licence of the answers; none stated by default.", show_default=False)
    ] = "",
    pseudonymous: Annotated[
        bool, typer.Option("--pseudonymous", help="The respondent codes show nobody and may be kept.")
    ] = False,
    format: _Format = "",
    separator: _Separator = "",
    encoding: _Encoding = "",
    sheet: _Sheet = "",
    decimal: _Decimal = "",
    labels: _Labels = "",
    dates: _Dates = "",
) -> None:
    """Check a file and copy it, unchanged, to its place in the study, with a note of where it comes from.

    Nothing received is ever overwritten; synthetic answers, which nobody gave, give way.
    """
    from dataclasses import replace

    from compendium.collection import arrivals
    from compendium.paths import shown

    known = _study(study)
    arrival = _arrival(
        known, file, country, wave, crosswalk, format, dates, separator, encoding, sheet, decimal, labels
    )
    arrival = replace(arrival, codebook=codebook.resolve() if codebook else None, pseudonymous=pseudonymous)
    line = source or f"Answers from {country}, wave {arrival.wave}, file {file.name}"
    folder, reading = arrivals.add(known, arrival, origin=origin, source=line, licence=licence or arrivals.NO_LICENCE)
    _list("Columns that the crosswalk does not name", reading.usage.unnamed)
    print(f"{shown(folder)}: {len(reading.answers)} answers are in their place. Next: make reproduce")


@app.command()
def limesurvey(
    url: Annotated[
        str, typer.Argument(help="Address of RemoteControl, such as https://survey.example.org/admin/remotecontrol.")
    ],
    survey: Annotated[int, typer.Argument(help="Number of the survey.")],
    user: Annotated[str, typer.Option(help="Your name on that server; the password is asked for.", show_default=False)],
    into: Annotated[Path, typer.Option(help="Folder for what is fetched.")] = Path(),
) -> None:
    """Fetch the answers of a survey from a LimeSurvey server.

    The password is asked for, or taken from the environment variable LIMESURVEY_PASSWORD; it is never an argument.
    """
    from compendium.collection import limesurvey_api

    _fetched(limesurvey_api.download(url, survey, user, into)[0])


@app.command()
def kobo(
    url: Annotated[
        str,
        typer.Argument(
            help="Address of the server, such as https://kf.kobotoolbox.org; of a project on ODK Central, such as "
            "https://central.example.org/projects/7."
        ),
    ],
    asset: Annotated[str, typer.Argument(help="Identifier of the form, from its address.")],
    into: Annotated[Path, typer.Option(help="Folder for what is fetched.")] = Path(),
) -> None:
    """Fetch the answers of a form from a KoboToolbox or ODK Central server, and prove that all of them came.

    The token is asked for, or taken from the environment variable KOBO_TOKEN; it is never an argument.

    For ODK Central it may be e-mail:password.

    What is fetched also says who submitted and from which device: keep it where nobody else reads.
    """
    from compendium.collection import kobo_api

    _fetched(kobo_api.download(url, asset, into))


def _study(folder: Path | None) -> Study:
    from compendium import paths
    from compendium.study.study import load_study

    return load_study(paths.DEFAULT_STUDY if folder is None else folder.resolve())


def _arrival(
    study: Study,
    file: Path,
    country: str,
    wave: str,
    crosswalk: Path | None,
    format: str,
    dates: str,
    *written: str,
) -> Arrival:
    from compendium.collection.arrivals import Arrival
    from compendium.errors import CompendiumError

    legal = [unit.code for unit in study.countries]
    if country not in legal:
        raise CompendiumError(f"the country {country!r} is not in the study {study.id}; legal are {', '.join(legal)}")
    if wave and wave not in study.waves:
        raise CompendiumError(f"the wave {wave!r} is not in the study {study.id}; legal are {', '.join(study.waves)}")
    if dates not in ("", "dmy", "mdy"):
        raise CompendiumError(f"the order of dates {dates!r} is not legal; legal are dmy and mdy")
    separator, encoding, sheet, decimal, labels = written
    if decimal not in ("", ".", ","):
        raise CompendiumError(f"the sign before decimals {decimal!r} is not legal; legal are . and ,")
    if labels and Path(labels).name != labels:
        raise CompendiumError(f"labels: {labels!r} is not legal; legal is the name of a file beside {file.name}")
    options = {"separator": separator, "encoding": encoding, "sheet": sheet, "decimal": decimal, "labels": labels}
    return Arrival(
        file=file.resolve(),
        country=country,
        wave=wave or study.waves[-1],
        format=format,
        options={name: value for name, value in options.items() if value},
        dates=dates,
        crosswalk=crosswalk.resolve() if crosswalk else None,
    )


def _tell(received: Received) -> None:
    """Print the record of a file, one line an entry."""
    width = max(len(key) for key in received.record)
    for key, value in received.record.items():
        print(f"{key.ljust(width)}  {value}")
    if received.meanings:
        print(f"{'value labels'.ljust(width)}  in {len(received.meanings)} columns")
    if received.user_missing:
        print(f"{'declared missing'.ljust(width)}  codes in {len(received.user_missing)} columns")


def _list(what: str, names: tuple[str, ...] | list[str]) -> None:
    """Print names in one line, or one a line where they are whole questions; many are counted."""
    if not names:
        return
    short = [" ".join(name.split()) for name in names]
    lines = any(len(name) > _SHORT for name in short)
    first = short[: _NAMED // 2 if lines else _NAMED]
    more = f"{len(short) - len(first)} more" if len(short) > len(first) else ""
    if lines:
        print(f"{what} ({len(short)}):")
        for name in [*(textwrap.shorten(name, 90, placeholder=" ...") for name in first), *([more] if more else [])]:
            print(f"  {name}")
    else:
        print(f"{what} ({len(short)}): {', '.join([*first, *([more] if more else [])])}.")


def _fetched(file: Path) -> None:
    print(f"{file}: fetched. Next: compendium collect check {file} --country CODE")
