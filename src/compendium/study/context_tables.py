"""Read the tables of the country facts row by row, and hold every cell against what is legal; see :mod:`.context`."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .. import paths
from ..errors import AnswersError, DefinitionError
from ..reading import line_numbers, read_table
from .context import BRANCHES, CONFIDENCES, COVERAGE, EXPLICIT, NAMES_PSYCHOSOCIAL, UNKNOWN, Kind, Place

COLUMNS = {
    "indicators": ["country", "indicator", "label", "unit", "year", "value", "source", "where", "confidence"],
    "legal_statuses": [
        "country",
        "status_id",
        "local_name",
        "english_name",
        "legal_basis",
        "unemployment",
        "sickness",
        "pension",
        "work_accident",
        "maternity",
        "threshold",
        "notes",
        "source",
        "confidence",
    ],
    "actors": [
        "actor_id",
        "country",
        "name",
        "kind",
        "place",
        "place_confidence",
        "latitude",
        "longitude",
        "what_they_do",
        "source",
        "confidence",
    ],
    "policies": [
        "country",
        "policy_id",
        "kind",
        "local_name",
        "english_name",
        "year_from",
        "year_to",
        "description_in_own_words",
        "source",
        "confidence",
    ],
}
OPTIONAL = {"legal_statuses": ["kind", "in_force"], "policies": ["names_psychosocial", "article"]}
"""Columns that a table may leave out; every cell is then empty, which means that nobody has said so."""

YEAR = re.compile(r"(?:19|20)\d\d")


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows."""
    return pd.DataFrame(columns=[*COLUMNS[name], *OPTIONAL.get(name, [])], dtype="str")


def fail(path: Path, line: int | None, sentence: str) -> DefinitionError:
    """Return the error of a file, at a line where there is one."""
    place = f", line {line}" if line is not None else ""
    return DefinitionError(f"{paths.shown(path)}{place}: {sentence}")


def read_rows(home: Path, name: str, places: Mapping[str, Place]) -> pd.DataFrame:
    """Read one table with the line of each row, and hold columns, country, confidence and source against the schema."""
    path = home / f"{name}.csv"
    try:
        frame = read_table(path)
    except AnswersError as error:  # the reader is one for answers and facts; these are facts
        raise DefinitionError(str(error)) from None
    optional = [column for column in OPTIONAL.get(name, []) if column in frame]
    if list(frame.columns) != [*COLUMNS[name], *optional]:
        legal = ", ".join([*COLUMNS[name], *(f"{column} (may be left out)" for column in OPTIONAL.get(name, []))])
        raise fail(path, 1, f"the columns are {', '.join(frame.columns)}; legal are {legal}")
    frame = frame.reindex(columns=[*COLUMNS[name], *OPTIONAL.get(name, [])], fill_value="")
    frame["line"] = line_numbers(path)
    for row in frame.itertuples(index=False):
        if row.country not in places:
            raise fail(path, row.line, f"country {row.country!r} is unknown; legal are {', '.join(places)}")
        if row.confidence not in CONFIDENCES:
            raise fail(path, row.line, f"confidence {row.confidence!r} is unknown; legal are {', '.join(CONFIDENCES)}")
        if not row.source.strip():
            raise fail(path, row.line, "the row has no source; say where it was read, or 'to verify'")
    return frame


def read_statuses(home: Path, places: Mapping[str, Place], kinds: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Read the legal statuses; an empty cell of a branch, or a question mark, is the code ``unknown``."""
    frame = read_rows(home, "legal_statuses", places)
    path = home / "legal_statuses.csv"
    unique(frame, "status_id", path)
    frame[list(BRANCHES)] = frame[list(BRANCHES)].replace({"": UNKNOWN, "?": UNKNOWN})
    for row in frame.to_dict("records"):
        if row["kind"] and row["kind"] not in kinds:
            raise fail(
                path,
                row["line"],
                f"kind {row['kind']!r} is unknown; legal are the status_kinds of kinds.yml: {', '.join(kinds)}",
            )
        if row["in_force"] not in ("", "no"):
            raise fail(
                path, row["line"], f"in_force {row['in_force']!r} is unknown; legal are no, or nothing for what is law"
            )
        for branch in BRANCHES:
            if row[branch] not in COVERAGE:
                raise fail(path, row["line"], f"{branch} {row[branch]!r} is unknown; legal are {', '.join(COVERAGE)}")
    return frame.drop(columns="line")


def read_policies(home: Path, places: Mapping[str, Place], kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """Read laws, agreements, programmes and actors; years are ``Int64``, missing where not known."""
    frame = read_rows(home, "policies", places)
    path = home / "policies.csv"
    unique(frame, "policy_id", path)
    for row in frame.itertuples(index=False):
        if row.kind not in kinds:
            raise fail(
                path, row.line, f"kind {row.kind!r} is unknown; legal are those of kinds.yml: {', '.join(kinds)}"
            )
        if row.names_psychosocial not in ("", *NAMES_PSYCHOSOCIAL):
            legal = ", ".join(NAMES_PSYCHOSOCIAL)
            raise fail(
                path,
                row.line,
                f"names_psychosocial {row.names_psychosocial!r} is unknown; legal are {legal}, or nothing for what is no law",
            )
        if row.names_psychosocial and not kinds[row.kind].instrument:
            binding = ", ".join(kind.id for kind in kinds.values() if kind.instrument)
            raise fail(
                path,
                row.line,
                f"names_psychosocial is {row.names_psychosocial!r} for the kind {row.kind!r}, which is no law or agreement; "
                f"legal is an empty cell, or a code for the kinds {binding}",
            )
        if row.names_psychosocial == EXPLICIT and not row.article:
            raise fail(
                path,
                row.line,
                "names_psychosocial is 'explicit' without an article; legal is the article, or 'to verify'",
            )
        if row.article and not row.names_psychosocial:
            raise fail(
                path, row.line, f"article {row.article!r} stands without names_psychosocial; legal is both or none"
            )
        for year in (row.year_from, row.year_to):
            if year and not YEAR.fullmatch(year):
                raise fail(path, row.line, f"year {year!r} is not legal; legal is a year such as 2022, or nothing")
        if row.year_from and row.year_to and row.year_to < row.year_from:
            raise fail(path, row.line, f"year_to {row.year_to} lies before year_from {row.year_from}")
    years = {name: pd.to_numeric(frame[name], errors="coerce").astype("Int64") for name in ("year_from", "year_to")}
    return frame.drop(columns="line").assign(**years)


def unique(frame: pd.DataFrame, column: str, path: Path) -> None:
    """Refuse a table in which an identifier stands twice."""
    double = frame[frame.duplicated(column)]
    if len(double):
        row = double.iloc[0]
        raise fail(path, int(row["line"]), f"{column} {row[column]!r} stands twice; each may stand once")
