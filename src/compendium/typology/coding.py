"""Categorical answers as small whole numbers: each column is read once, and texts are made of its levels, not of its cells."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.errors import AnswersError

MISSING = "(missing)"

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Codes = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True)
class Book:
    """The variables of an analysis and the categories of each, in a fixed order.

    Attributes
    ----------
    variables : tuple of str
        Names of the variables.
    categories : tuple of tuple of str
        Categories of each variable; a missing answer is the category ``MISSING`` and stands last where it occurs.
    """

    variables: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]

    @property
    def sizes(self) -> list[int]:
        """Number of categories of each variable."""
        return [len(categories) for categories in self.categories]

    @property
    def starts(self) -> Whole:
        """Position of each variable's first category in the list of all categories."""
        return np.cumsum([0, *self.sizes])[:-1].astype(np.int64)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All (variable, category) pairs in order."""
        return [
            (variable, category)
            for variable, categories in zip(self.variables, self.categories, strict=True)
            for category in categories
        ]

    def codes(self, frame: pd.DataFrame) -> Whole:
        """Return the position of each respondent's category in the list of all categories, respondents x variables.

        Raises
        ------
        AnswersError
            A variable is absent, or holds a category that is not in the book.
        """
        codes = np.empty((len(frame), len(self.variables)), dtype=np.int64, order="F")
        for place, (column, start) in enumerate(zip(self.columns(frame), self.starts, strict=True)):
            if (column < 0).any():
                raise _unknown(self.variables[place], MISSING, self.categories[place])
            codes[:, place] = column + start
        return codes

    def columns(self, frame: pd.DataFrame, *, unseen_is_missing: bool = False) -> list[Codes]:
        """Return the position of each respondent's category among those of the variable, one array a variable.

        Parameters
        ----------
        frame : pandas.DataFrame
            Answers with all variables of the book.
        unseen_is_missing : bool
            Take a category that is not in the book for a missing answer instead of refusing it.

        Returns
        -------
        list of array
            A missing answer is -1 where the book knows none for the variable.

        Raises
        ------
        AnswersError
            A variable is absent, or holds a category that is not in the book.
        """
        columns = []
        for variable, categories in zip(self.variables, self.categories, strict=True):
            codes, texts = levels(column_of(frame, variable))
            place = {category: position for position, category in enumerate(categories)}
            absent = place.get(MISSING, -1)
            moved = np.array([place.get(text, -2) for text in texts] + [absent], dtype=_small(len(categories)))
            if (moved == -2).any():
                found = np.flatnonzero(moved == -2)
                seen = found[np.isin(found, codes)]  # a declared level that nobody holds is no harm
                if seen.size and not unseen_is_missing:
                    raise _unknown(variable, texts[seen[0]], categories)
                moved[found] = absent
            columns.append(moved[codes])
        return columns


def _unknown(variable: str, category: str, legal: Sequence[str]) -> AnswersError:
    return AnswersError(f"{variable}: the category {category!r} is not known; legal are {', '.join(map(repr, legal))}")


def column_of(frame: pd.DataFrame, variable: str) -> pd.Series:
    """Return one column.

    Raises
    ------
    AnswersError
        There is none of that name, or more than one.
    """
    if variable not in frame.columns:
        raise AnswersError(f"the variable {variable!r} is not in the answers")
    column = frame[variable]
    if isinstance(column, pd.DataFrame):
        raise AnswersError(f"the variable {variable!r} stands in the answers {column.shape[1]} times; one is expected")
    return column


def levels(column: pd.Series) -> tuple[Codes, list[str]]:
    """Return the level of each cell, -1 for a missing answer, and the levels as texts.

    Parameters
    ----------
    column : pandas.Series
        Text, boolean, whole numbers, a pandas categorical, or a mixture of these.

    Returns
    -------
    tuple of array and list of str
        Levels are those of a pandas categorical in their order (used or not), else those that occur, numbers by size and
        all others by the alphabet. Whole numbers keep their digits (``2.0`` is ``"2"``); the text ``MISSING`` is a missing answer.

    Raises
    ------
    AnswersError
        The column holds a measured quantity, which has to be cut into classes by somebody who knows what it measures,
        or something that is no answer, such as a list.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _merged(column.cat.codes.to_numpy(), [_text(value) for value in column.cat.categories])
    codes, values = _distinct(column)
    is_number = all(isinstance(value, Real) and not isinstance(value, bool) for value in values)
    measured = [value for value in values if isinstance(value, float | np.floating) and value % 1 != 0]
    if measured:
        raise AnswersError(f"{column.name}: holds quantities such as {measured[0]}; cut it into classes first")
    texts = [_text(value) for value in values]
    order = sorted(range(len(values)), key=values.__getitem__ if is_number else texts.__getitem__)
    rank = np.empty(len(order) + 1, dtype=_small(len(order)))
    rank[order], rank[-1] = np.arange(len(order)), -1
    return _merged(rank[codes], [texts[position] for position in order])


def _distinct(column: pd.Series) -> tuple[Codes, list[Any]]:
    """Return the distinct values in the order of their first cell, and the value of each cell, -1 for none."""
    try:
        codes, values = pd.factorize(column)
    except TypeError:  # a cell that has no hash
        strange = next(value for value in column if not isinstance(value, Hashable))
        raise AnswersError(
            f"{column.name}: {strange!r} is no answer; legal are texts, truths and whole numbers"
        ) from None
    if column.dtype == object and not all(isinstance(value, str) for value in values):
        # 1, 1.0 and True are one key to a hash table, but not one answer.
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind == "mixed-integer-float":
            return _distinct(column.astype(float))
        if kind.startswith("mixed"):
            given, cells = column.notna().to_numpy(), column.to_numpy(dtype=object, copy=True)
            cells[given] = [_text(value) for value in cells[given]]
            return _distinct(pd.Series(cells, dtype=object, name=column.name))
    return codes, list(values)


def _text(value: Any) -> str:
    """Return a level as a text; a whole number is written without a point, whatever type it came in."""
    is_whole = isinstance(value, float | np.floating) and value % 1 == 0
    return str(int(value)) if is_whole else str(value)


def _merged(codes: Codes, texts: list[str]) -> tuple[Codes, list[str]]:
    """Make levels of the same text one level, and the text ``MISSING`` a missing answer."""
    listed = {text: place for place, text in enumerate(dict.fromkeys(text for text in texts if text != MISSING))}
    if len(listed) == len(texts):
        return codes, texts
    moved = np.array([listed.get(text, -1) for text in texts] + [-1], dtype=_small(len(texts)))
    return moved[codes], list(listed)


def _small(count: int) -> type[np.signedinteger[Any]]:
    """Smallest whole numbers that count so many levels."""
    return np.int8 if count < 127 else np.int16 if count < 32_767 else np.int32


def encode(frame: pd.DataFrame, variables: Sequence[str]) -> tuple[Book, list[Codes]]:
    """List the categories that occur and return each respondent's, as :meth:`Book.columns` does, reading each cell once.

    Raises
    ------
    AnswersError
        A variable is absent, stands twice, or holds quantities.
    """
    categories, columns = [], []
    for variable in variables:
        codes, texts = levels(column_of(frame, variable))
        held = np.append(codes.min(initial=0) < 0, np.ones(len(texts), dtype=bool))
        if isinstance(frame[variable].dtype, pd.CategoricalDtype):  # which may declare what nobody answered
            held = np.bincount(codes + np.int64(1), minlength=len(texts) + 1) > 0
        kept = np.flatnonzero(held[1:])
        if held[0] or len(kept) < len(texts):
            moved = np.full(len(texts) + 1, -1, dtype=_small(len(texts)))
            moved[kept] = np.arange(len(kept))
            moved[-1] = len(kept)  # the last place is also that of -1: a missing answer is the last category
            codes = moved[codes]
        categories.append((*(texts[place] for place in kept), *([MISSING] if held[0] else [])))
        columns.append(codes)
    return Book(tuple(variables), tuple(categories)), columns


def make_book(frame: pd.DataFrame, variables: Sequence[str]) -> Book:
    """List the categories that occur, in the order of :func:`levels`, missing last.

    Raises
    ------
    AnswersError
        A variable is absent, stands twice, or holds quantities.
    """
    return encode(frame, variables)[0]
