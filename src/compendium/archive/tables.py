"""The tables of an archive and their columns, described once: Data Package, DDI-Codebook and Croissant say the same of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pandas as pd

from ..notebook import ORIGIN_NAMES
from ..reading import read_parquet
from ..reference.answers import ANSWERS, TWIN
from ..reference.dictionary import load_dictionary
from ..study.questions import in_language
from ..study.study import Study
from ..text import SOURCE_LANGUAGE

NOTHING: Final = "nothing is known, nothing applies, or the number is withheld"
BLANK: Final = "not asked, not answered, or blanked so that nobody is recognised"
"""What an empty cell means, in tables and in answers."""
SHARED: Final = "Answers of persons that may be shared: declared questions, blanked until nobody is alone; see the report beside them."


@dataclass(frozen=True)
class Variable:
    """A column.

    Attributes
    ----------
    name, type, label : str
        Name; ``text``, ``number``, ``whole`` or ``yes_no``; meaning, in English.
    unit, refers : str
        Unit of a number; the table in which the value must stand. Empty for none.
    categories : mapping of str to str
        Code -> label; empty where a text is free.
    """

    name: str
    type: str
    label: str
    unit: str = ""
    refers: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of the archive.

    Attributes
    ----------
    name, about, path : str
        Name; what it is, in English; the CSV file, relative to the archive's folder.
    rows, bytes : int
        Its size.
    sha256 : str
        Of the file.
    variables : tuple of Variable
        Its columns, in their order.
    key : tuple of str
        The columns that name a row; empty where none do.
    missing : str
        What an empty cell means.
    """

    name: str
    about: str
    path: str
    rows: int
    bytes: int
    sha256: str
    variables: tuple[Variable, ...]
    key: tuple[str, ...]
    missing: str


def tables(study: Study, release: Path, base: PurePosixPath) -> list[Table]:
    """Describe the tables of a release of the reference database, and the answers beside them.

    Parameters
    ----------
    study : Study
        The study.
    release : Path
        Folder of the release.
    base : PurePosixPath
        Where that folder stands in the archive.

    Returns
    -------
    list of Table
        In the order of the dictionary, so that a table stands after those that it refers to; the answers last.
    """
    found = []
    for one in load_dictionary().tables.values():
        columns = tuple(
            Variable(column.name, column.type, column.meaning, column.unit, column.refers)
            for column in one.columns.values()
        )
        place = PurePosixPath("csv") / f"{one.id}.csv"
        rows = len(read_parquet(release / "parquet" / f"{one.id}.parquet"))
        about = in_language(one.about, SOURCE_LANGUAGE)
        found.append(_table(release, base, place, one.id, about, rows, columns, one.key, NOTHING))
    for name in (ANSWERS, TWIN):
        place = PurePosixPath("answers") / f"{name}.csv"
        if (release / place).is_file():
            frame = read_parquet(release / place.with_suffix(".parquet"))
            told: dict[str, Any] = json.loads((release / "answers" / f"{name}.report.json").read_text(encoding="utf-8"))
            about = told.get("notice", "") or SHARED
            found.append(
                _table(release, base, place, name, about, len(frame), tuple(variables(study, frame)), (), BLANK)
            )
    return found


def variables(study: Study, answers: pd.DataFrame) -> Iterator[Variable]:
    """Describe the columns of answers by the questionnaire: wording, and the label of every code."""
    asked = study.questionnaire
    places = {country.code: in_language(country.name, SOURCE_LANGUAGE) for country in study.countries}
    own = {
        "wave": Variable("wave", "text", "Wave of the survey", categories={wave: wave for wave in study.waves}),
        "origin": Variable("origin", "text", "Where the answers come from", categories=ORIGIN_NAMES),
        "country": Variable("country", "text", "Country", categories=places),
        "is_twin": Variable("is_twin", "yes_no", "Drawn by a generator: nobody stands behind the row"),
    }
    for name in answers:
        question, _, option = name.partition("__")
        if name in own:
            yield own[name]
        elif option:
            wording = asked.question_text(question, SOURCE_LANGUAGE)
            yield Variable(name, "yes_no", f"{wording} {asked.label(question, option, SOURCE_LANGUAGE)}")
        else:
            labels = {code: asked.label(name, code, SOURCE_LANGUAGE) for code in asked.codes(name)}
            yield Variable(name, "text", asked.question_text(name, SOURCE_LANGUAGE), categories=labels)


def _table(
    release: Path,
    base: PurePosixPath,
    place: PurePosixPath,
    name: str,
    about: str,
    rows: int,
    columns: tuple[Variable, ...],
    key: tuple[str, ...],
    missing: str,
) -> Table:
    content = (release / place).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Table(name, about, (base / place).as_posix(), rows, len(content), digest, columns, key, missing)
