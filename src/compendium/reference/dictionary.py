"""The dictionary of the reference database as data: ``definitions/reference.yml``; tables are given its shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd

from .. import paths
from ..errors import CompendiumError, DefinitionError
from ..reading import read_yaml
from ..study.questions import Text

TYPES: Final = {"text": "str", "number": "float64", "whole": "Int64", "yes_no": "bool"}
"""Type of the dictionary -> type of the frame."""
DICTIONARY: Final = "dictionary"


@dataclass(frozen=True)
class Column:
    """One column: its type, meaning, unit, legal values, and the table in which its value must stand (empty for none)."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    legal: str = ""
    refers: str = ""


@dataclass(frozen=True)
class Table:
    """One table; `key` are the columns that name a row."""

    id: str
    about: Text
    source: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class View:
    """A question, the SQL that answers it, and an example of its use with the place for a country."""

    id: str
    question: Text
    example: str
    sql: str


@dataclass(frozen=True)
class Dictionary:
    """All tables, those that others refer to first, and all views."""

    version: str
    tables: Mapping[str, Table]
    views: Mapping[str, View]


@cache
def load_dictionary() -> Dictionary:
    """Read ``definitions/reference.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, names a table twice, a key that is no column, or a table that does not come before.
    """
    file = paths.DEFINITIONS / "reference.yml"
    content = read_yaml(file, "reference")
    tables: dict[str, Table] = {}
    for one in content["tables"]:
        place = f"{file.name}, {one['id']}"
        if one["id"] in tables:
            raise DefinitionError(f"{place}: this table stands twice; each name must be its own")
        columns = {name: Column(name, **said) for name, said in one["columns"].items()}
        unknown = [name for name in one["key"] if name not in columns]
        if unknown:
            raise DefinitionError(f"{place}: the key {unknown[0]!r} is no column; legal are {', '.join(columns)}")
        for column in columns.values():
            if column.refers and (column.refers not in tables or len(tables[column.refers].key) > 1):
                raise DefinitionError(
                    f"{place}.{column.name}: refers to {column.refers!r}; legal is a table before it with one key"
                )
        tables[one["id"]] = Table(one["id"], one["about"], one["source"], tuple(one["key"]), columns)
    views = {one["id"]: View(**one) for one in content["views"]}
    return Dictionary(content["version"], tables, views)


def as_rows(dictionary: Dictionary) -> pd.DataFrame:
    """Return the dictionary as the table of that name."""
    return pd.DataFrame(
        [
            {
                "table_name": table.id,
                "column_name": column.name,
                "type": column.type,
                "is_key": column.name in table.key,
                "refers_to": column.refers,
                "meaning": column.meaning,
                "unit": column.unit,
                "legal": column.legal,
                "source": table.source,
            }
            for table in dictionary.tables.values()
            for column in table.columns.values()
        ]
    )


def shaped(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns and types of a table; nothing said is missing.

    Raises
    ------
    CompendiumError
        A column is missing or not in the dictionary, a key is empty, or names two rows.
    """
    if frame.empty:
        frame = pd.DataFrame(columns=list(table.columns))
    wrong = sorted(set(frame) ^ set(table.columns))
    if wrong:
        raise CompendiumError(
            f"reference.yml, {table.id}: {wrong[0]!r} stands only in {'the table' if wrong[0] in frame else 'the dictionary'}"
        )
    typed = frame[list(table.columns)].astype({name: TYPES[one.type] for name, one in table.columns.items()})
    texts = [name for name, one in table.columns.items() if one.type == "text"]
    typed[texts] = typed[texts].replace("", pd.NA)
    keys = typed[list(table.key)]
    if keys.isna().any(axis=None) or keys.duplicated().any():
        bad = keys[keys.isna().any(axis=1) | keys.duplicated()].iloc[0]
        about = ", ".join(f"{name} {value}" for name, value in bad.items())
        raise CompendiumError(f"{table.id}: {about}: the key is empty or names two rows; each row needs its own")
    return typed.reset_index(drop=True)


def hold_references(dictionary: Dictionary, frames: Mapping[str, pd.DataFrame]) -> None:
    """Hold every value that refers to another table against it.

    Raises
    ------
    CompendiumError
        One does not stand there.
    """
    for table in dictionary.tables.values():
        for column in table.columns.values():
            if not column.refers:
                continue
            known = set(frames[column.refers][dictionary.tables[column.refers].key[0]])
            lost = sorted(set(frames[table.id][column.name].dropna()) - known)
            if lost:
                raise CompendiumError(
                    f"{table.id}.{column.name}: {lost[0]!r} does not stand in {column.refers} ({len(lost)} such values)"
                )
