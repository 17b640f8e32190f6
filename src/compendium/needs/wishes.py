"""Wanted training in people's own words, sorted into competences by a dictionary that a person can edit."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..collection import entries
from ..errors import DefinitionError
from ..reading import read_yaml
from ..study.competences import load_competences

COLUMNS: Final = ["person", "language", "wish"]
UNSORTED: Final = "unsorted"
Words = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Competence -> language -> beginnings of words, without case and accents."""


@cache
def load_words() -> Words:
    """Read the dictionary ``definitions/training_words.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, or names a competence that is not in the list.
    """
    path = paths.DEFINITIONS / "training_words.yml"
    words = read_yaml(path, "training_words")["words"]
    unknown = next((name for name in words if name not in load_competences()), None)
    if unknown:
        raise DefinitionError(
            f"{paths.shown(path)}: competence {unknown!r} is unknown; legal are {', '.join(load_competences())}"
        )
    return {name: {code: tuple(map(_plain, own)) for code, own in by.items()} for name, by in words.items()}


def sort_wishes(wishes: pd.DataFrame, words: Words | None = None) -> pd.DataFrame:
    """Sort wishes into competences.

    Parameters
    ----------
    wishes : pandas.DataFrame
        ``person language wish``: one row a wish.
    words : mapping, optional
        The dictionary; that of the definitions where left out.

    Returns
    -------
    pandas.DataFrame
        ``person competence``: a wish that names several competences stands once for each, one that names none is :data:`UNSORTED`;
        each person names a competence once.

    Notes
    -----
    An entry of the dictionary of the wish's language fits where it stands in the wish from the beginning of a word on, without case and
    accents. Nothing is guessed: what no entry fits stays unsorted until a person adds one.
    """
    words = load_words() if words is None else words
    rows = [
        (row.person, name)
        for row in wishes.itertuples(index=False)
        for name in _named(str(row.wish), str(row.language), words) or [UNSORTED]
    ]
    return pd.DataFrame(rows, columns=["person", "competence"], dtype="str").drop_duplicates(ignore_index=True)


def read_wishes(path: Path) -> pd.DataFrame:
    """Read what persons wrote.

    Raises
    ------
    AnswersError
        A column is missing or unknown, a cell is empty, or the dictionary has no words in a language: one sentence with the line.
    """
    languages = sorted({code for by in load_words().values() for code in by})
    columns = {"person": entries.words(), "language": entries.one_of(languages), "wish": entries.words()}
    return entries.read_whole(path, entries.Form(columns))


def _named(wish: str, language: str, words: Words) -> list[str]:
    said = " " + _plain(wish)
    return [name for name, by in words.items() if any(f" {one}" in said for one in by.get(language, ()))]


def _plain(text: str) -> str:
    """Return words without case, accents and punctuation, one blank between them."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(_runs(bare))


def _runs(text: str) -> Iterable[str]:
    return re.findall(r"[^\W_]+", text)
