"""A file of answers arrives: it is tried as the study would read it, and only then copied, unchanged, to its place."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .. import paths
from ..errors import AnswersError
from ..paths import shown
from ..reading import check, read_yaml, write_atomically
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from .contacts import kind_of
from .dialects import opened
from .doors import read
from .provenance import CODEBOOK, RESPONSES, SIDECAR, Source
from .received import Received, fold
from .tables import ABOUT, COUNTRY, Reading, read_answers
from .versions import VERSION

NO_LICENCE = "none stated; not to be passed on"


@dataclass(frozen=True)
class Arrival:
    """A file that somebody wants to hand in, and what is known about it.

    Attributes
    ----------
    file : Path
        The file, wherever it lies.
    country, wave : str
        Whose answers they are.
    format : str
        One of :data:`.doors.FORMATS`; empty means: recognise it.
    options : Mapping of str to str
        What is known about how it is written (:data:`.provenance.OPTIONS`).
    dates : str
        Order of day and month, ``dmy`` or ``mdy``; empty means: as the column shows.
    crosswalk, codebook : Path or None
        From their columns and labels to ours; the codebook of the form that was fielded.
    pseudonymous : bool
        The respondent codes show nobody and may be kept.
    """

    file: Path
    country: str
    wave: str
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    crosswalk: Path | None = None
    codebook: Path | None = None
    pseudonymous: bool = False

    def received(self, form: Questionnaire | None = None) -> Received:
        """Read the file as it came; with the form that was asked, where no crosswalk stands between."""
        return read(self.file, self.format, form if self.crosswalk is None else None, **self.options)


@dataclass(frozen=True)
class Found:
    """How the columns of a file stand to a form.

    Attributes
    ----------
    known : tuple of str
        Questions that have a column under our names.
    absent : tuple of str
        Questions that have none.
    strange, contacts : tuple of str
        Columns that are no question of ours; columns of contact details, each with what it holds.
    """

    known: tuple[str, ...]
    absent: tuple[str, ...]
    strange: tuple[str, ...]
    contacts: tuple[str, ...]


def compare(study: Study, arrival: Arrival, received: Received) -> Found:
    """Hold the columns of a file against the form that is asked in a country and wave, without a crosswalk."""
    form = study.form(arrival.country, arrival.wave)
    columns = set(fold(received.table, study.questionnaire, arrival.file).columns)
    known = [name for name in form.questions if name in columns]
    kinds = {name: kind_of(name, received, () if name in form.questions else (name,)) for name in received.table}
    return Found(
        known=tuple(known),
        absent=tuple(name for name in form.questions if name not in columns),
        strange=tuple(sorted(columns - {*study.questionnaire.questions, *ABOUT, COUNTRY, VERSION})),
        contacts=tuple(f"{name} ({kind})" for name, kind in kinds.items() if kind and name != ABOUT[0]),
    )


def try_out(study: Study, arrival: Arrival) -> Reading:
    """Read a file exactly as the study will once it is in its place; nothing is written.

    Raises
    ------
    AnswersError
        See :func:`.tables.read_answers`.
    """
    source = Source(
        file=arrival.file,
        origin="",
        source="",
        licence="",
        codebook=arrival.codebook or arrival.file.with_name(CODEBOOK),
        format=arrival.format,
        options=arrival.options,
        dates=arrival.dates,
        crosswalk=arrival.crosswalk,
        shared=study.answers is not None,
        pseudonymous=arrival.pseudonymous,
    )
    return read_answers(study, source, arrival.country, arrival.wave)


def add(study: Study, arrival: Arrival, *, origin: str, source: str, licence: str = NO_LICENCE) -> tuple[Path, Reading]:
    """Try a file, then copy it unchanged to ``raw/<country>/<wave>`` with its sidecar.

    Parameters
    ----------
    study : Study
        The study.
    arrival : Arrival
        The file.
    origin : str
        ``real`` or ``real_other`` (a survey by others).
    source, licence : str
        One line for the reader; the licence of the answers.

    Returns
    -------
    folder : Path
        Where the file stands now.
    reading : Reading
        What was read of it.

    Raises
    ------
    AnswersError
        The file cannot be read, the study takes its answers from one file for all countries, or there are answers in
        that place already: nothing received is ever overwritten. Declared synthetic answers were not received: they
        give way.
    """
    if study.answers is not None:
        raise AnswersError(
            f"{shown(paths.study_file(study.folder))}: the study names one file for all its countries (answers); "
            "change that file instead of adding one"
        )
    folder = paths.answers_folder(study.folder, arrival.country, arrival.wave)
    standing_in = synthetic_files(folder)
    if there := sorted(path.name for path in of_answers(folder) if path not in standing_in):
        raise AnswersError(
            f"{shown(folder)}: there is {there[0]!r} already, and nothing received is overwritten; move the folder away first"
        )
    reading = try_out(study, arrival)
    sidecar = _sidecar(arrival, reading, origin=origin, source=source, licence=licence)
    check(sidecar, "answers_source", shown(folder / SIDECAR))
    for path in standing_in:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    # The sidecar comes last: without it the folder is no answers yet.
    for original, name in _copies(arrival, sidecar, reading.record).items():
        content = original.read_bytes()
        write_atomically(folder / name, content)
        assert hashlib.sha256((folder / name).read_bytes()).digest() == hashlib.sha256(content).digest()
    text = yaml.safe_dump(sidecar, allow_unicode=True, sort_keys=False, width=1000)
    write_atomically(folder / SIDECAR, text.encode("utf-8"))
    return folder, reading


def of_answers(folder: Path) -> list[Path]:
    """Return what a folder holds of answers; records that lie beside them, such as a log of pathways, are none."""
    names = {one.partition(".")[0] for one in (SIDECAR, RESPONSES, CODEBOOK, "crosswalk", "truth")}
    return [path for path in folder.iterdir() if path.name.partition(".")[0] in names] if folder.is_dir() else []


def synthetic_files(folder: Path) -> list[Path]:
    """Return what a folder of declared synthetic answers holds; nothing where the answers are not synthetic."""
    sidecar = folder / SIDECAR
    if not sidecar.is_file() or read_yaml(sidecar, "answers_source")["origin"] != "synthetic":
        return []
    return [path for name in (SIDECAR, RESPONSES, "truth") if (path := folder / name).exists()]


def _sidecar(arrival: Arrival, reading: Reading, *, origin: str, source: str, licence: str) -> dict[str, Any]:
    record = reading.record
    sidecar: dict[str, Any] = {
        "origin": origin,
        "source": source,
        "licence": licence,
        "file": f"responses{arrival.file.suffix.lower()}",
        "format": record["format"],
        **arrival.options,
        "dates": arrival.dates,
        "crosswalk": f"crosswalk{arrival.crosswalk.suffix.lower()}" if arrival.crosswalk else "",
        "codebook": CODEBOOK if _codebook(arrival) else "",
        "pseudonymous": arrival.pseudonymous,
        "received_as": arrival.file.name,
        "received_on": date.today().isoformat(),
        "sha256": record["sha256"],
    }
    return {key: value for key, value in sidecar.items() if value not in ("", False)}


def _copies(arrival: Arrival, sidecar: Mapping[str, Any], record: Mapping[str, str]) -> dict[Path, str]:
    """Return which file becomes which beside the sidecar."""
    copies = {arrival.file: str(sidecar["file"])}
    if arrival.crosswalk is not None:
        copies[arrival.crosswalk] = str(sidecar["crosswalk"])
    if codebook := _codebook(arrival):
        copies[codebook] = CODEBOOK
    if labels := arrival.options.get("labels"):
        copies[arrival.file.with_name(labels)] = labels
    if data := record.get("data"):
        copies[arrival.file.with_name(data)] = data
    for original in copies:
        opened(original)
    return copies


def _codebook(arrival: Arrival) -> Path | None:
    beside = arrival.codebook or arrival.file.with_name(CODEBOOK)
    return beside if arrival.codebook is not None or beside.is_file() else None
