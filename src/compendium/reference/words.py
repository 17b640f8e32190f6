"""The dictionary of a release as a page: what each table and column means, what may be asked, what changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .. import text
from ..publishing.pages import write_by_itself
from ..study.study import Study
from ..tables import Table as Shown
from ..text import Catalogue
from .dictionary import Dictionary, load_dictionary

FILE = "dictionary.html"


def write_words(folder: Path, study: Study, frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> None:
    """Write the page of a release, in English, the language of its columns."""
    t = text.load(text.SOURCE_LANGUAGE)
    release = frames["release"].iloc[0]
    heading = t("Reference database, release {version}", version=release["version"])
    write_by_itself(
        "reference.html.j2",
        study,
        t,
        folder / FILE,
        heading,
        "publish database",
        heading=heading,
        origin=release["origin"],
        notice=t(release["notice"]),
        lead=t(
            "Everything that the pages publish and the study is defined by, as tables: one DuckDB and one SQLite file, and each "
            "table as Parquet and CSV. Where nothing is known a cell is empty, never a guess; a withheld number has no value, "
            "no interval and no n."
        ),
        sections=list(_sections(load_dictionary(), frames, changes, t)),
    )


def _sections(
    dictionary: Dictionary, frames: Mapping[str, pd.DataFrame], changes: pd.DataFrame, t: Catalogue
) -> Iterator[dict[str, Any]]:
    country = frames["places"].loc[frames["places"]["kind"] == "study_country", "place"].iloc[0]
    asked = pd.DataFrame(
        {
            t("Question"): [t.pick(view.question) for view in dictionary.views.values()],
            t("One line of SQL"): [view.example.format(country=country) for view in dictionary.views.values()],
        }
    )
    yield {
        "id": "questions",
        "title": t("Questions, each in one line"),
        "sentences": [],
        "tables": [_html(Shown(asked, t("Questions and the views that answer them"), t))],
    }
    previous = frames["release"]["previous"].iloc[0]
    yield {"id": "changes", "title": t("What changed"), **_changed(changes, previous, t)}
    sizes = pd.DataFrame(
        {
            t("Table"): list(dictionary.tables),
            t("What it holds"): [t.pick(table.about) for table in dictionary.tables.values()],
            t("Rows"): [len(frames[name]) for name in dictionary.tables],
            t("Comes from"): [table.source for table in dictionary.tables.values()],
        }
    )
    yield {"id": "tables", "title": t("Tables"), "sentences": [], "tables": [_html(Shown(sizes, t("Tables"), t))]}
    for table in dictionary.tables.values():
        columns = table.columns.values()
        shown = pd.DataFrame(
            {
                t("Column"): [one.name for one in columns],
                t("Meaning"): [one.meaning for one in columns],
                t("Type"): [one.type for one in columns],
                t("Unit"): [one.unit for one in columns],
                t("Legal values"): [one.legal for one in columns],
                t("Stands in"): [one.refers for one in columns],
            }
        )
        key = t("A row is named by {columns}.", columns=t.join(list(table.key)))
        yield {
            "id": f"table-{table.id}",
            "title": table.id,
            "sentences": [t.pick(table.about), key],
            "tables": [_html(Shown(shown, t("Columns of {table}", table=table.id), t))],
        }


def _changed(changes: pd.DataFrame, previous: Any, t: Catalogue) -> dict[str, Any]:
    if pd.isna(previous):
        return {"sentences": [t("There is no release before this one.")], "tables": []}
    if changes.empty:
        return {"sentences": [t("Nothing differs from release {version}.", version=previous)], "tables": []}
    rows = changes.drop_duplicates(["table_name", "key", "change"])
    counts = rows.groupby(["table_name", "change"]).size().reset_index(name="rows")
    shown = counts.rename(columns={"table_name": t("Table"), "change": t("Change"), "rows": t("Rows")})
    caption = t("Rows that differ from release {version}", version=previous)
    return {
        "sentences": [t("Every row that differs, and every cell that changed, stands in the file changes.csv.")],
        "tables": [_html(Shown(shown, caption, t, row_headers=2))],
    }


def _html(table: Shown) -> str:
    return table._repr_html_()
