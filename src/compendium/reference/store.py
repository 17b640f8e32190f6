"""Write the tables: Parquet and CSV, a DuckDB and an SQLite file with keys and views, and what datasette says of them."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ..cells import as_cells
from ..errors import CompendiumError
from ..paths import shown
from ..reading import write_atomically, write_parquet
from ..text import SOURCE_LANGUAGE
from .dictionary import Table, load_dictionary

CHANGES = "changes"
DUCKDB, SQLITE, DATASETTE = "reference.duckdb", "reference.sqlite", "datasette.json"
_SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "whole": "BIGINT", "yes_no": "BOOLEAN"}


def write_store(folder: Path, frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> None:
    """Write a release in every form.

    Parameters
    ----------
    folder : Path
        The release.
    frames : mapping of str to pandas.DataFrame
        Tables in the shape of the dictionary.
    changes : pandas.DataFrame
        What differs from the release before.

    Notes
    -----
    CSV is UTF-8 with a byte-order mark, and cells that a spreadsheet could run are put right (:mod:`compendium.cells`); Parquet,
    DuckDB and SQLite hold the texts as they are.
    """
    for name, frame in {**frames, CHANGES: changes}.items():
        write_parquet(folder / "parquet" / f"{name}.parquet", frame)
        content = as_cells(frame).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
        write_atomically(folder / "csv" / f"{name}.csv", content)
    _write_duckdb(folder / DUCKDB, frames, changes)
    _write_sqlite(folder / SQLITE, frames, changes)
    write_atomically(folder / DATASETTE, (json.dumps(_datasette(frames), ensure_ascii=False, indent=1) + "\n").encode())


def create(table: Table) -> str:
    """Return the SQL that makes a table, with its keys; legal in DuckDB and in SQLite."""
    columns = [f'"{one.name}" {_SQL_TYPES[one.type]}' for one in table.columns.values()]
    tables = load_dictionary().tables
    keys = [
        f'FOREIGN KEY ("{one.name}") REFERENCES "{one.refers}" ("{tables[one.refers].key[0]}")'
        for one in table.columns.values()
        if one.refers
    ]
    names = ", ".join(f'"{name}"' for name in table.key)
    return f'CREATE TABLE "{table.id}" ({", ".join([*columns, f"PRIMARY KEY ({names})", *keys])})'


def _write_duckdb(path: Path, frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> None:
    beside = _fresh(path)
    with duckdb.connect(str(beside)) as base:
        for name, table in load_dictionary().tables.items():
            base.execute(create(table))
            base.register("given", frames[name])
            base.execute(f'INSERT INTO "{name}" SELECT * FROM given')
            base.unregister("given")
        base.register("given", changes)
        base.execute(f'CREATE TABLE "{CHANGES}" AS SELECT * FROM given')
        base.unregister("given")
        _views(base)
    _settle(beside, path)


def _write_sqlite(path: Path, frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> None:
    beside = _fresh(path)
    base = sqlite3.connect(beside)
    try:
        base.execute("PRAGMA foreign_keys = ON")
        for name, table in load_dictionary().tables.items():
            base.execute(create(table))
            _insert(base, name, frames[name])
        base.execute(f'CREATE TABLE "{CHANGES}" ({", ".join(f"{name} VARCHAR" for name in changes)})')
        _insert(base, CHANGES, changes)
        _views(base)
        base.commit()
    finally:
        base.close()
    _settle(beside, path)


def _insert(base: sqlite3.Connection, name: str, frame: pd.DataFrame) -> None:
    cells = frame.astype(object).where(frame.notna(), None)
    places = ", ".join("?" * frame.shape[1])
    base.executemany(f'INSERT INTO "{name}" VALUES ({places})', cells.itertuples(index=False, name=None))


def _views(base: Any) -> None:
    for view in load_dictionary().views.values():
        base.execute(f'CREATE VIEW "{view.id}" AS {view.sql}')


def _fresh(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    return beside


def _settle(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as error:
        raise CompendiumError(f"{shown(path)}: cannot be written: {error.strerror}") from error


def _datasette(frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what datasette says beside the tables: title, notice, the meaning of every column, the questions."""
    dictionary, release = load_dictionary(), frames["release"].iloc[0]
    country = frames["places"].loc[frames["places"]["kind"] == "study_country", "place"].iloc[0]
    return {
        "title": f"{release['title']}, {release['version']}",
        "description": release["notice"],
        "license": release["licence"],
        "databases": {
            "reference": {
                "tables": {
                    table.id: {
                        "description": table.about[SOURCE_LANGUAGE],
                        "source": table.source,
                        "columns": {one.name: one.meaning for one in table.columns.values()},
                    }
                    for table in dictionary.tables.values()
                },
                "queries": {
                    view.id + "_example": {
                        "title": view.question[SOURCE_LANGUAGE],
                        "sql": view.example.format(country=country),
                    }
                    for view in dictionary.views.values()
                },
            }
        },
    }
