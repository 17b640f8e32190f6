"""Read the bodies that prevent risks at work, and where they are, from ``raw/context/actors.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..reading import read_yaml
from .context import CONFIDENCES, Place
from .context_tables import empty, fail, read_rows, unique

NAME = "actors"
LATITUDES, LONGITUDES = (33.0, 72.5), (-26.0, 46.0)
"""What the outlines hold, in degrees: a place elsewhere could not be drawn."""


@dataclass(frozen=True)
class ActorKind:
    """A kind of body; `group` is ``cooperative`` (the cooperative world) or ``neighbour`` (bodies around it)."""

    id: str
    group: str
    label: Mapping[str, str]


def read_actors(home: Path, places: Mapping[str, Place]) -> tuple[pd.DataFrame, dict[str, ActorKind]]:
    """Read bodies and their kinds.

    Parameters
    ----------
    home : Path
        The folder ``raw/context`` of a study.
    places : mapping of str to Place
        Countries and groups of countries that a fact may be about.

    Returns
    -------
    pandas.DataFrame
        ``actor_id country name kind place place_confidence latitude longitude what_they_do source confidence``; degrees are
        numbers, missing where no place is known. Empty when the study has no such file.
    dict of str to ActorKind
        In the order of ``actors.yml``.

    Raises
    ------
    DefinitionError
        An unknown country, kind or confidence, a body without name, place or task, one that stands twice, or coordinates that
        are no place of Europe: file, line, value and what is legal.
    """
    path = home / f"{NAME}.csv"
    if not path.is_file():
        return empty(NAME), {}
    kinds = {one["id"]: ActorKind(**one) for one in read_yaml(home / f"{NAME}.yml", "context_actors")["kinds"]}
    frame = read_rows(home, NAME, places)
    unique(frame, "actor_id", path)
    for row in frame.to_dict("records"):
        line = row["line"]
        for column in ("actor_id", "name", "place", "what_they_do"):
            if not row[column].strip():
                raise fail(path, line, f"{column} is empty; say what is known, or 'not in our sources' for a place")
        if row["kind"] not in kinds:
            raise fail(
                path, line, f"kind {row['kind']!r} is unknown; legal are those of actors.yml: {', '.join(kinds)}"
            )
        if row["place_confidence"] not in CONFIDENCES:
            legal = ", ".join(CONFIDENCES)
            raise fail(path, line, f"place_confidence {row['place_confidence']!r} is unknown; legal are {legal}")
        if bool(row["latitude"]) != bool(row["longitude"]):
            raise fail(path, line, "latitude and longitude stand together or not at all")
        for column, (low, high) in (("latitude", LATITUDES), ("longitude", LONGITUDES)):
            if row[column] and not _lies(row[column], low, high):
                raise fail(
                    path, line, f"{column} {row[column]!r} is not legal; legal are degrees from {low:g} to {high:g}"
                )
    degrees = {name: pd.to_numeric(frame[name], errors="coerce") for name in ("latitude", "longitude")}
    return frame.drop(columns="line").assign(**degrees), kinds


def _lies(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False
