"""Load the coded statements of a study, one file a country, and hold every cell against codebook and country facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..collection import excel
from ..errors import AnswersError
from ..reading import line_numbers, read_table, read_yaml
from ..study.context import Context
from ..study.study import Study
from ..study.voices import CHECKED, Codebook, load_codebook
from .evidence import Fact, find, names_of
from .identifying import suspicion

COLUMNS: Final = (
    "statement_id",
    "country",
    "language",
    "source",
    "role",
    "theme",
    "code",
    "statement",
    "checked",
    "fact",
    "note",
)
NEEDED: Final = ("statement_id", "language", "source", "role", "theme", "code", "statement", "checked")
NEED_A_FACT: Final = ("supported", "contradicted")


@dataclass(frozen=True)
class Voices:
    """The coded statements of a study.

    Attributes
    ----------
    codebook : Codebook
        Subjects, themes and codes.
    statements : pandas.DataFrame
        Columns :data:`COLUMNS`, in the order of the files.
    facts : Mapping of str to tuple of Fact
        Statement -> the facts that support or contradict it.
    received : tuple of str
        Countries whose form has come in, in the order of the study.
    translations : Mapping of str to mapping
        Language -> text of the files -> its translation.
    """

    codebook: Codebook
    statements: pd.DataFrame
    facts: Mapping[str, tuple[Fact, ...]]
    received: tuple[str, ...]
    translations: Mapping[str, Mapping[str, str]]


def load_voices(study: Study, context: Context) -> Voices:
    """Load the coded statements of all countries of a study.

    Parameters
    ----------
    study : Study
        The study; statements of a country lie in ``raw/<country>/statements.csv``, or ``.xlsx`` as the form
        came back, their translations beside them.
    context : Context
        The country facts that statements are held against.

    Returns
    -------
    Voices
        Without statements where no form has come in.

    Raises
    ------
    AnswersError
        Unknown theme, code, language or verdict; a verdict without its fact, a fact that is not there or that nothing
        asks for; a statement of another country, an identifier that stands twice, an empty cell, or what may name a
        person: file, line, value and what is legal.
    DefinitionError
        Translations that are not readable, or that no text asks for.
    """
    codebook = load_codebook()
    tables, received = [], []
    translations: dict[str, dict[str, str]] = {}
    facts: dict[str, tuple[Fact, ...]] = {}
    for country in study.countries:
        path = _received(study.folder, country.code)
        if path is None:
            continue
        table = read_statements(path, country.code, codebook, context, facts)
        for language, texts in _translations(path, table).items():
            translations.setdefault(language, {}).update(texts)
        tables.append(table)
        received.append(country.code)
    statements = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS), dtype="str")
    return Voices(codebook, statements, facts, tuple(received), translations)


def read_statements(
    path: Path, country: str, codebook: Codebook, context: Context, facts: dict[str, tuple[Fact, ...]]
) -> pd.DataFrame:
    """Read the statements of one country; add the facts they name to `facts`. See :func:`load_voices` for errors."""
    table, lines = _rows(path)
    if tuple(table.columns) != COLUMNS:
        raise _error(path, 1, f"the columns are {', '.join(table.columns)}; legal are {', '.join(COLUMNS)}")
    if table.empty:
        raise _error(path, 1, "there is no statement; legal is one row or more, or no file until the form is filled in")
    table = table.apply(lambda column: column.str.strip())
    for line, row in zip(lines, table.to_dict("records"), strict=True):
        cells = {str(name): str(value) for name, value in row.items()}
        fault = (
            _of_identity(cells, country, facts)
            or _of_codes(cells, codebook)
            or _of_persons(cells, country)
            or _of_facts(cells, country, context)
        )
        if fault:
            raise _error(path, line, fault)
        found = (find(context, name, country) for name in names_of(cells["fact"]))
        facts[cells["statement_id"]] = tuple(fact for fact in found if fact is not None)
    return table


def _received(folder: Path, country: str) -> Path | None:
    """Return the file in which the statements of a country came, or nothing; two of them would be two truths."""
    table = paths.statements(folder, country)
    found = [path for path in (table, table.with_suffix(".xlsx")) if path.is_file()]
    if len(found) > 1:
        raise _error(table, None, f"{found[1].name} lies beside it; legal is one of the two")
    return found[0] if found else None


def _rows(path: Path) -> tuple[pd.DataFrame, Sequence[int]]:
    """Read a table, or the workbook of the form as it came back, with the line or row of each statement."""
    if path.suffix == ".xlsx":
        table = excel.read(path, sheet="statements").table
        return table, range(2, len(table) + 2)
    return read_table(path), line_numbers(path)


def _of_identity(row: Mapping[str, str], country: str, seen: Mapping[str, object]) -> str:
    empty = next((name for name in NEEDED if not row[name]), None)
    if empty:
        return f"{empty} is empty; legal is a value in each of {', '.join(NEEDED)}"
    if row["country"] != country:
        return f"country {row['country']!r} stands in the file of {country}; legal is {country}"
    if not re.fullmatch(rf"{country}-\d{{3,}}", row["statement_id"]):
        return f"statement_id {row['statement_id']!r} is not legal; legal is a number such as {country}-001"
    if row["statement_id"] in seen:
        return f"statement_id {row['statement_id']!r} stands twice; each may stand once"
    return ""


def _of_codes(row: Mapping[str, str], codebook: Codebook) -> str:
    if not re.fullmatch("[a-z]{2}", row["language"]):
        return f"language {row['language']!r} is not legal; legal is a code of two letters such as en"
    if row["theme"] not in codebook.themes:
        return f"theme {row['theme']!r} is unknown; legal are {', '.join(codebook.themes)}"
    codes = codebook.themes[row["theme"]].codes
    if row["code"] not in codes:
        return f"code {row['code']!r} is unknown in theme {row['theme']}; legal are {', '.join(codes)}"
    if row["checked"] not in CHECKED:
        return f"checked {row['checked']!r} is unknown; legal are {', '.join(CHECKED)}"
    return ""


def _of_persons(row: Mapping[str, str], country: str) -> str:
    for name in ("statement", "role", "source", "note"):
        found = suspicion(
            row[name], country, language=row["language"], is_role=name == "role", may_link=name == "source"
        )
        if found:
            return f"{name} holds {found}; legal are words of our own that name no person, and a role for who speaks"
    return ""


def _of_facts(row: Mapping[str, str], country: str, context: Context) -> str:
    named, checked = names_of(row["fact"]), row["checked"]
    if checked in NEED_A_FACT and not named:
        return f"the statement is {checked} and names no fact; legal is an indicator, status_id, policy_id or actor_id of raw/context"
    if checked not in NEED_A_FACT and named:
        return (
            f"the statement is {checked} and names the fact {named[0]!r}; legal is none, or {' or '.join(NEED_A_FACT)}"
        )
    for name in named:
        if find(context, name, country) is None:
            return (
                f"fact {name!r} is not in raw/context for {country}; "
                "legal is an indicator, policy_id, actor_id, status_id or status_id.branch about this country or a group of countries"
            )
    return ""


def _translations(path: Path, table: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Read ``statements.<language>.yml`` beside a file; a text that nothing says any more would hide a stale one."""
    said = {text for name in ("statement", "note", "source") for text in table[name]}
    found = {}
    for beside in sorted(path.parent.glob(f"{path.stem}.*.yml")):
        texts = read_yaml(beside, "context_translations")["texts"]
        stale = next((text for text in texts if text not in said), None)
        if stale is not None:
            raise _error(beside, None, f"{stale[:60]!r} stands nowhere in {path.name}; legal are its texts, unchanged")
        found[beside.name.split(".")[1]] = dict(texts)
    return found


def _error(path: Path, line: int | None, sentence: str) -> AnswersError:
    place = f", line {line}" if line is not None else ""
    return AnswersError(f"{paths.shown(path)}{place}: {sentence}")
