"""Load the register of good practices: where, for whom, what, with which evidence, and what a transfer would take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from .. import paths
from ..errors import AnswersError
from ..reading import line_numbers, read_table, read_yaml
from ..study.context import CONFIDENCES, Context
from ..study.study import Study
from .identifying import suspicion

COLUMNS: Final = (
    "practice_id",
    "country",
    "where",
    "for_whom",
    "what",
    "evidence_level",
    "evidence",
    "conditions_of_transfer",
    "source",
    "confidence",
)
NO_EVIDENCE: Final = "none"
EVIDENCE: Final = (NO_EVIDENCE, "own_account", "counted", "compared", "evaluated")
"""How it is known that a practice helps: our sources say nothing; those who run it say so; they count what happens; people
with and without it are compared; somebody else evaluated it."""
TEXTS: Final = ("where", "for_whom", "what", "evidence", "conditions_of_transfer", "source")
"""Columns that hold words, which have a translation."""
_NEEDED: Final = ("practice_id", "where", "for_whom", "what", "source")


@dataclass(frozen=True)
class Practices:
    """The register.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns :data:`COLUMNS`; ``evidence`` is empty where ``evidence_level`` is ``none``; empty
        ``conditions_of_transfer`` means that our sources do not say them.
    translations : Mapping of str to mapping
        Language -> text of the table -> its translation.
    """

    table: pd.DataFrame
    translations: Mapping[str, Mapping[str, str]]


def load_practices(study: Study, context: Context) -> Practices:
    """Load the good practices of a study from ``practices.csv`` of its country facts; none where there is no such file.

    Raises
    ------
    AnswersError
        Unknown country, level of evidence or confidence; a level without evidence or evidence without a level; an empty
        cell, an identifier that stands twice, or what may name a person: file, line, value and what is legal.
    DefinitionError
        Translations that are not readable.
    """
    path = paths.context(study.folder) / "practices.csv"
    if not path.is_file():
        return Practices(pd.DataFrame(columns=list(COLUMNS), dtype="str"), {})
    table = read_table(path)
    where = paths.shown(path)
    if tuple(table.columns) != COLUMNS:
        raise AnswersError(
            f"{where}, line 1: the columns are {', '.join(table.columns)}; legal are {', '.join(COLUMNS)}"
        )
    if table.empty:
        raise AnswersError(f"{where}: a header and no row; legal is one practice or more, or no such file")
    table = table.apply(lambda column: column.str.strip())
    seen: set[str] = set()
    for line, row in zip(line_numbers(path), table.to_dict("records"), strict=True):
        fault = _fault({str(name): str(value) for name, value in row.items()}, context, seen)
        if fault:
            raise AnswersError(f"{where}, line {line}: {fault}")
        seen.add(str(row["practice_id"]))
    said = {text for name in TEXTS for text in table[name]}
    translations: dict[str, Mapping[str, str]] = {}
    for beside in sorted(path.parent.glob("practices.*.yml")):
        texts = read_yaml(beside, "context_translations")["texts"]
        stale = next((text for text in texts if text not in said), None)
        if stale is not None:
            raise AnswersError(
                f"{paths.shown(beside)}: {stale[:60]!r} stands nowhere in {path.name}; legal are its texts"
            )
        translations[beside.name.split(".")[1]] = texts
    return Practices(table, translations)


def _fault(row: Mapping[str, str], context: Context, seen: set[str]) -> str:
    empty = next((name for name in _NEEDED if not row[name]), None)
    if empty:
        return f"{empty} is empty; legal is a value in each of {', '.join(_NEEDED)}"
    if row["practice_id"] in seen:
        return f"practice_id {row['practice_id']!r} stands twice; each may stand once"
    if row["country"] not in context.places:
        return f"country {row['country']!r} is unknown; legal are {', '.join(context.places)}"
    if row["evidence_level"] not in EVIDENCE:
        return f"evidence_level {row['evidence_level']!r} is unknown; legal are {', '.join(EVIDENCE)}"
    if (row["evidence_level"] == NO_EVIDENCE) != (not row["evidence"]):
        return (
            f"evidence_level {row['evidence_level']!r} and evidence {row['evidence'][:40]!r} do not fit; "
            f"legal is {NO_EVIDENCE!r} without evidence, or another level with it"
        )
    if row["confidence"] not in CONFIDENCES:
        return f"confidence {row['confidence']!r} is unknown; legal are {', '.join(CONFIDENCES)}"
    for name in TEXTS[:-1]:  # a source may be an address
        found = suspicion(row[name], row["country"])
        if found:
            return f"{name} holds {found}; legal are words of our own that name no person"
    return ""
