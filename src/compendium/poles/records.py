"""The declared list: who belongs to which pole, who can help on what, and who works with whom."""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from ..collection.entries import REFUSED, Form, kept, one_of, read_received, several_of, words
from ..study.competences import load_competences
from ..study.study import Study

MEMBERS, EDGES = "pole_members", "pole_edges"
YES, NO = "yes", "no"


@cache
def forms() -> Mapping[str, Form]:
    """Return what each file may hold: members by pseudonym, each in one pole; and who named whom."""
    return {
        MEMBERS: Form(
            {
                "member": words(),
                "pole": words(),
                "skills": several_of(list(load_competences())),
                "consent": one_of([YES, NO]),
            },
            ["member"],
        ),
        EDGES: Form({"member": words(), "works_with": words()}, ["member", "works_with"], _other),
    }


def read(study: Study, unit: str, wave: str) -> dict[str, pd.DataFrame]:
    """Read both files.

    Returns
    -------
    dict
        Name of a file -> its rows (:func:`compendium.collection.entries.read_entries`); ties with somebody who is not on the list are refused.

    Raises
    ------
    AnswersError
        A file cannot be read, or its columns are not legal.
    """
    found = read_received(study, unit, wave, forms())
    known, edges = set(kept(found[MEMBERS])["member"]), found[EDGES]
    for column in ("member", "works_with"):
        unknown = (edges[REFUSED] == "") & ~edges[column].isin(known)
        said = [f"{column} {one!r} is not in {MEMBERS}.csv; legal is a member there" for one in edges[column]]
        edges = edges.assign(**{REFUSED: edges[REFUSED].mask(unknown, pd.Series(said, edges.index, dtype="str"))})
    return {MEMBERS: found[MEMBERS], EDGES: edges}


def _other(row: Mapping[str, str]) -> str:
    return "member and works_with are the same; legal is another member" if row["member"] == row["works_with"] else ""
