"""Received files that are no answers, such as a log of pathways: which one counts, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .. import paths
from ..errors import AnswersError
from ..reading import read_yaml
from ..study.study import Study

KINDS = (".csv", ".xlsx", ".ods")
NO_LICENCE = "none stated"


@dataclass(frozen=True)
class Record:
    """One received file and what is known about it.

    Attributes
    ----------
    file : Path
        The file.
    origin : str
        ``real`` or ``synthetic``.
    source, licence : str
        One line for the reader; licence of the file.
    declared : Mapping of str to object
        What its sidecar says besides; nothing where there is none.
    """

    file: Path
    origin: str
    source: str
    licence: str
    declared: Mapping[str, Any]


def sidecar(folder: Path, name: str) -> Path:
    """Return the path of the file that says where a record comes from."""
    return folder / f"{name}.source.yml"


def received(study: Study, country: str, wave: str, name: str) -> Record | None:
    """Return the record of that name of a country and wave, or nothing where there is none.

    Raises
    ------
    AnswersError
        Two received files have the same name.

    Notes
    -----
    A file that no sidecar describes was put there by a person: it is real, and takes the place of a synthetic one. A
    sidecar describes the file it names, and only while that is the one whose ``sha256`` it holds.
    """
    folder = paths.answers_folder(study.folder, country, wave)
    there = [file for file in _tables(folder, name) if file.is_file()]
    if not there:
        return None
    told = read_yaml(sidecar(folder, name), "record_source") if sidecar(folder, name).is_file() else {}
    own = [file for file in there if _describes(told, file)]
    real = [file for file in there if file not in own or told["origin"] != "synthetic"]
    if len(real) > 1:
        raise AnswersError(
            f"{paths.shown(folder)}: {real[0].name} and {real[1].name} are both there; legal is one file of the name {name}"
        )
    chosen = (real or own)[0]
    if chosen in own:
        rest = {key: value for key, value in told.items() if key not in ("file", "origin", "source", "licence")}
        return Record(chosen, told["origin"], told["source"], told["licence"], rest)
    return Record(chosen, "real", f"{chosen.name}, received for {country}, wave {wave}", NO_LICENCE, {})


def _tables(folder: Path, name: str) -> list[Path]:
    return [folder / f"{name}{kind}" for kind in KINDS]


def _describes(told: Mapping[str, Any], file: Path) -> bool:
    if told.get("file") != file.name:
        return False
    return "sha256" not in told or told["sha256"] == sha256(file.read_bytes()).hexdigest()
