"""Find the facts that a checked statement points to, in the country facts of the study."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ..study.context import BRANCHES, Context

SEPARATOR: Final = ";"
"""Stands between the facts of one statement."""


@dataclass(frozen=True)
class Fact:
    """A row of the country facts.

    `kind` is indicator, status, policy or actor, `row` its cells by column; `branch` the branch of social protection that is
    meant of a status, empty for the status as such.
    """

    kind: str
    id: str
    row: dict[str, Any]
    branch: str = ""


def names_of(cell: str) -> list[str]:
    """Return the identifiers of the facts that a cell names."""
    return [name.strip() for name in cell.split(SEPARATOR) if name.strip()]


def find(context: Context, name: str, country: str) -> Fact | None:
    """Return the fact of that identifier about a country, or about a group of countries, or nothing.

    Parameters
    ----------
    context : Context
        The country facts.
    name : str
        An indicator, a ``status_id``, ``policy_id`` or ``actor_id``; a status may be followed by a branch of social protection, as in
        ``some_status.sickness``: then that cell is the fact, and not that the status exists.
    country : str
        Whose statement it is; a fact about another country says nothing about this one.

    Notes
    -----
    Of an indicator the latest value stands, of the country before that of a group of countries.
    """
    tables = (
        ("indicator", context.facts, "indicator"),
        ("status", context.statuses, "status_id"),
        ("policy", context.policies, "policy_id"),
        ("actor", context.actors, "actor_id"),
    )
    own_name, _, branch = name.partition(".")
    for kind, table, column in tables:
        if column not in table:  # a study may hold no such table
            continue
        rows = _legal(table[table[column] == own_name], context, country)
        if len(rows) and (not branch or (kind == "status" and branch in BRANCHES)):
            own = rows[rows["country"] == country]
            kept = own if len(own) else rows
            kept = kept.sort_values("period", kind="stable") if kind == "indicator" else kept
            return Fact(kind, name, {str(key): value for key, value in kept.iloc[-1].items()}, branch)
    return None


def _legal(rows: pd.DataFrame, context: Context, country: str) -> pd.DataFrame:
    groups = [code for code, place in context.places.items() if place.kind != "country"]
    return rows[rows["country"].isin([country, *groups])]
