"""Where answers come from: the sidecar beside every file of answers, so that origin and licence travel with each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from ..study.study import Study

SIDECAR = "source.yml"
RESPONSES = "responses.csv"
CODEBOOK = "codebook.csv"
OPTIONS = ("separator", "encoding", "sheet", "decimal", "labels")
"""What a sidecar may declare about how the file is written; see :func:`.doors.read`."""


@dataclass(frozen=True)
class Source:
    """One file of answers and what is known about it.

    Attributes
    ----------
    file : Path
        The file.
    origin : str
        ``real``, ``real_other`` (a survey by others) or ``synthetic``.
    source : str
        One line for the reader: who asked whom, when.
    licence : str
        Licence of the answers.
    format : str
        One of :data:`.doors.FORMATS`; empty means: recognise it.
    options : Mapping of str to str
        What the sidecar declares of :data:`OPTIONS`.
    sha256 : str
        Of the file as it was received; empty where nobody wrote it down.
    dates : str
        Order of day and month in moments, ``dmy`` or ``mdy``; empty means: as the column shows.
    codebook : Path
        Codebook of the form that was fielded, by which answers of another version are told apart; it may be absent.
    crosswalk : Path or None
        Table that says which of their columns and labels are which questions and codes of ours.
    shared : bool
        The file holds several countries.
    pseudonymous : bool
        The respondent codes in the file show nobody and may be kept.
    """

    file: Path
    origin: str
    source: str
    licence: str
    codebook: Path
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    dates: str = ""
    crosswalk: Path | None = None
    shared: bool = False
    pseudonymous: bool = False


def source_of(study: Study, country: str, wave: str) -> Source:
    """Say where the answers of a country and wave are, and where they come from.

    A study may name one file for all its countries in its ``study.yml`` (``answers``); otherwise the folder
    ``raw/<country>/<wave>`` holds ``responses.csv`` and its sidecar ``source.yml``.

    Raises
    ------
    DefinitionError
        The sidecar is missing, breaks its schema, or belongs to another questionnaire.
    """
    if study.answers is not None:
        base, content, default, shared = study.folder, dict(study.answers), "", True
    else:
        base = paths.answers_folder(study.folder, country, wave)
        if not base.exists():
            raise DefinitionError(
                f"{paths.shown(base)}: there are no answers of {country} in the wave {wave}; legal are {RESPONSES} with "
                f"{SIDECAR}, or declared synthetic answers until they arrive, by: compendium new-country {country}"
            )
        content, default, shared = read_yaml(base / SIDECAR, "answers_source"), RESPONSES, False
    asked = study.questionnaire.id
    if content.get("questionnaire", asked) != asked:
        raise DefinitionError(
            f"{paths.shown(base / SIDECAR)}: questionnaire: {content['questionnaire']!r} is not legal; this study asks {asked!r}"
        )
    crosswalk = content.get("crosswalk")
    return Source(
        file=(base / content.get("file", default)).resolve(),
        origin=content["origin"],
        source=content["source"],
        licence=content["licence"],
        codebook=(base / content.get("codebook", CODEBOOK)).resolve(),
        format=content.get("format", ""),
        options={name: content[name] for name in OPTIONS if name in content},
        sha256=content.get("sha256", ""),
        dates=content.get("dates", ""),
        crosswalk=(base / crosswalk).resolve() if crosswalk else None,
        shared=shared,
        pseudonymous=bool(content.get("pseudonymous", False)),
    )
