"""Coded material: documents, who marked which passage with which theme, and the rules that every cell keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import yaml

from .. import paths
from ..errors import AnswersError
from ..reading import line_numbers, read_table, read_yaml, write_atomically
from ..study.study import Study
from ..study.voices import Codebook, load_codebook
from ..study.voices_sources import CONSENTS, load_sources

DOCUMENTS, SEGMENTS, SOUGHT, SIDECAR = "documents.csv", "segments.csv", "sought.csv", "segments.source.yml"
OF_DOCUMENT: Final = ("document", "kind", "source", "group", "language", "day", "consent", "coders", "text")
OF_SEGMENT: Final = ("document", "start", "end", "coder", "theme", "code")
OF_SOUGHT: Final = ("group", "sought")
BETWEEN: Final = ";"
"""Stands between the coders of a document."""
NO_LICENCE: Final = "none stated"


@dataclass(frozen=True)
class Material:
    """What was read and how it was coded.

    Attributes
    ----------
    documents : pandas.DataFrame
        Columns :data:`OF_DOCUMENT`, all text. ``source`` is the pseudonym of a person, or of a document that speaks for itself; a person
        whose answers are in the survey keeps that respondent's code. ``coders`` are those who read it, the first one counts.
    segments : pandas.DataFrame
        Columns :data:`OF_SEGMENT`, a row a coding; ``start`` and ``end`` are whole numbers, the first character of the text and the one
        after the last, counted in Unicode characters from 0. ``code`` may be empty: the theme alone.
    """

    documents: pd.DataFrame
    segments: pd.DataFrame


@dataclass(frozen=True)
class Received:
    """The coded material of one country and wave, who was sought, and where it comes from; empty where nothing came in."""

    material: Material
    sought: pd.DataFrame
    origin: str = "real"
    source: str = ""


def load_material(study: Study, country: str, wave: str) -> Received:
    """Load the coded material of a country: ``documents.csv``, ``segments.csv`` and ``sought.csv`` beside its answers.

    Raises
    ------
    AnswersError
        A column, document, kind, group, theme, code, coder, day, consent or position is not legal, or nothing says where the files come
        from: file, line, value and what is legal.
    """
    folder = paths.answers_folder(study.folder, country, wave)
    if not (folder / DOCUMENTS).is_file():
        empty = Material(pd.DataFrame(columns=list(OF_DOCUMENT), dtype="str"), _numbers([]))
        return Received(empty, pd.DataFrame(columns=list(OF_SOUGHT), dtype="str"))
    if not (folder / SIDECAR).is_file():
        raise AnswersError(
            f"{paths.shown(folder / SIDECAR)} is not there; legal is a file that says origin, source and licence of {DOCUMENTS}"
        )
    said = read_yaml(folder / SIDECAR, "record_source")
    material = Material(_documents(folder / DOCUMENTS), read_table(folder / SEGMENTS))
    material = checked(material, load_codebook(), folder)
    return Received(material, _sought(folder / SOUGHT), said["origin"], said["source"])


def receive(study: Study, country: str, wave: str, material: Material, source: str) -> Path:
    """Write real coded material to its place, with the sidecar that says where it comes from; return the folder.

    Raises
    ------
    AnswersError
        Real material is there already, or a cell is not legal.

    Notes
    -----
    Synthetic material gives way, who was sought with it: both were drawn together.
    """
    folder = paths.answers_folder(study.folder, country, wave)
    known = load_material(study, country, wave)
    if len(known.material.documents) and known.origin != "synthetic":
        raise AnswersError(
            f"{paths.shown(folder / DOCUMENTS)} holds real material, which is never overwritten; move it away first"
        )
    _check_documents(material.documents, folder / DOCUMENTS, range(2, len(material.documents) + 2))
    said = {"origin": "real", "source": source, "licence": NO_LICENCE, "file": SEGMENTS}
    for name, table in ((DOCUMENTS, material.documents), (SEGMENTS, material.segments)):
        write_atomically(folder / name, table.to_csv(index=False, lineterminator="\n").encode())
    write_atomically(folder / SIDECAR, yaml.safe_dump(said, sort_keys=False).encode())
    if known.origin == "synthetic":
        (folder / SOUGHT).unlink(missing_ok=True)
    return folder


def checked(material: Material, codebook: Codebook, folder: Path | None = None) -> Material:
    """Hold codings against documents and codebook; return them with positions as whole numbers.

    Parameters
    ----------
    folder : Path, optional
        Where the files lie, to name the line of a fault.
    """
    documents = material.documents.set_index("document")
    sizes = documents["text"].str.len().to_dict()
    readers = {name: set(coders.split(BETWEEN)) for name, coders in documents["coders"].items()}
    path = Path(SEGMENTS) if folder is None else folder / SEGMENTS
    _columns(material.segments, OF_SEGMENT, path)
    lines = range(2, len(material.segments) + 2) if folder is None else line_numbers(path)
    rows, seen = [], set()
    for line, row in zip(lines, material.segments.to_dict("records"), strict=True):
        cells = {str(name): str(value).strip() for name, value in row.items()}
        fault = _of_segment(cells, sizes, readers, codebook)
        key = tuple(cells.values())
        if not fault and key in seen:
            fault = "the same coding stands twice; legal is once"
        if fault:
            raise _error(path, line, fault)
        seen.add(key)
        rows.append({**cells, "start": int(cells["start"]), "end": int(cells["end"])})
    return Material(material.documents, _numbers(rows))


def _of_segment(
    row: Mapping[str, str], sizes: Mapping[object, int], readers: Mapping[object, set[str]], codebook: Codebook
) -> str:
    name = row["document"]
    if name not in sizes:
        return f"document {name!r} is unknown; legal are those of {DOCUMENTS}"
    for place in ("start", "end"):
        if not row[place].isascii() or not row[place].isdigit():
            return f"{place} {row[place]!r} is no whole number; legal is a position from 0"
    if not int(row["start"]) < int(row["end"]) <= sizes[name]:
        return f"{row['start']} to {row['end']} is no passage of {name}; legal is a start before its end, from 0 to {sizes[name]}"
    if row["coder"] not in readers[name]:
        return f"coder {row['coder']!r} is not named with {name}; legal are {', '.join(sorted(readers[name]))}"
    if row["theme"] not in codebook.themes:
        return f"theme {row['theme']!r} is unknown; legal are {', '.join(codebook.themes)}"
    codes = codebook.themes[row["theme"]].codes
    if row["code"] and row["code"] not in codes:
        return f"code {row['code']!r} is unknown in theme {row['theme']}; legal are {', '.join(codes)}, or none"
    return ""


def _documents(path: Path) -> pd.DataFrame:
    table = read_table(path)
    _columns(table, OF_DOCUMENT, path)
    _check_documents(table, path, line_numbers(path))
    return table


def _check_documents(table: pd.DataFrame, path: Path, lines: Iterable[int]) -> None:
    legal = load_sources()
    seen: set[str] = set()
    for line, row in zip(lines, table.to_dict("records"), strict=True):
        for column, own in (("kind", tuple(legal.kinds)), ("group", ("", *legal.groups)), ("consent", CONSENTS)):
            if row[column] not in own:
                shown = ", ".join(one or "nothing" for one in own)
                raise _error(path, line, f"{column} {row[column]!r} is unknown; legal are {shown}")
        empty = next((name for name in ("document", "source", "language", "coders", "text") if not row[name]), None)
        if empty:
            raise _error(path, line, f"{empty} is empty; legal is a value")
        if row["document"] in seen:
            raise _error(path, line, f"document {row['document']!r} stands twice; each may stand once")
        seen.add(row["document"])
        if row["day"] and pd.isna(pd.to_datetime(row["day"], format="%Y-%m-%d", errors="coerce")):
            raise _error(path, line, f"day {row['day']!r} is no day; legal is one such as 2026-10-31, or nothing")
        if any("\0" in cell for cell in row.values()):
            raise _error(path, line, f"document {row['document']!r} holds a null byte, which is no text; take it out")


def _sought(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=list(OF_SOUGHT), dtype="str")
    table = read_table(path)
    _columns(table, OF_SOUGHT, path)
    groups = load_sources().groups
    for line, row in zip(line_numbers(path), table.to_dict("records"), strict=True):
        if row["group"] not in groups:
            raise _error(path, line, f"group {row['group']!r} is unknown; legal are {', '.join(groups)}")
        if not row["sought"].isascii() or not row["sought"].isdigit():
            raise _error(path, line, f"sought {row['sought']!r} is no whole number; legal is a number of persons")
    return table


def _numbers(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(OF_SEGMENT)).astype(
        {name: "int64" if name in ("start", "end") else "str" for name in OF_SEGMENT}
    )


def _columns(table: pd.DataFrame, legal: tuple[str, ...], path: Path) -> None:
    if tuple(table.columns) != legal:
        raise _error(path, 1, f"the columns are {', '.join(table.columns)}; legal are {', '.join(legal)}")


def _error(path: Path, line: int, sentence: str) -> AnswersError:
    return AnswersError(f"{paths.shown(path) if path.is_absolute() else path}, line {line}: {sentence}")
