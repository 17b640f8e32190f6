"""Categorical answers as small whole numbers, so that tables of co-occurrence cost one pass over the rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.errors import AnswersError

MISSING = "(missing)"

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


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
        columns = []
        for variable, categories, start in zip(self.variables, self.categories, self.starts, strict=True):
            if variable not in frame.columns:
                raise AnswersError(f"the variable {variable!r} is not in the answers")
            texts = as_texts(frame[variable])
            found = pd.Index(categories).get_indexer(pd.Index(texts))
            if (found < 0).any():
                unknown = texts[int(np.argmax(found < 0))]
                legal = ", ".join(map(repr, categories))
                raise AnswersError(f"{variable}: the category {unknown!r} is not known; legal are {legal}")
            columns.append(found + start)
        return np.column_stack(columns).astype(np.int64) if columns else np.empty((len(frame), 0), dtype=np.int64)


def as_texts(column: pd.Series) -> NDArray[np.object_]:
    """Return a categorical column as an array of texts; a missing answer becomes the category ``MISSING``.

    Whole numbers keep their digits (``2.0`` is ``"2"``); a measured quantity is refused, since it has to be cut into
    classes by somebody who knows what it measures.
    """
    values = column.astype(object).to_numpy()
    absent = column.isna().to_numpy()
    if pd.api.types.is_float_dtype(column.dtype):
        present = column.to_numpy(dtype=float, na_value=np.nan)[~absent]
        if (present != np.floor(present)).any():
            raise AnswersError(
                f"{column.name}: holds quantities such as {present[present % 1 != 0][0]}; cut it into classes first"
            )
        values = values.copy()
        values[~absent] = present.astype(np.int64)
    texts = np.array([str(value) for value in values], dtype=object)
    texts[absent] = MISSING
    return texts


def make_book(frame: pd.DataFrame, variables: Sequence[str]) -> Book:
    """List the categories that occur, in the order of a pandas categorical or else sorted, missing last.

    Raises
    ------
    AnswersError
        A variable is absent or holds quantities.
    """
    categories = []
    for variable in variables:
        if variable not in frame.columns:
            raise AnswersError(f"the variable {variable!r} is not in the answers")
        column = frame[variable]
        present = set(as_texts(column))
        declared = (
            [str(value) for value in column.cat.categories]
            if isinstance(column.dtype, pd.CategoricalDtype)
            else sorted(present)
        )
        listed = [text for text in declared if text in present and text != MISSING]
        categories.append((*listed, *([MISSING] if MISSING in present else [])))
    return Book(tuple(variables), tuple(categories))


def passive_mask(book: Book, passive: Mapping[str, Collection[str]] | None) -> NDArray[np.bool_]:
    """Mark the categories that do not take part in the making of the axes: missing answers and those declared passive."""
    declared = {(variable, category) for variable, categories in (passive or {}).items() for category in categories}
    unknown = sorted(declared - set(book.pairs))
    if unknown:
        variable, category = unknown[0]
        raise AnswersError(f"passive category {category!r} of {variable!r} does not occur among the active answers")
    return np.array([pair in declared or pair[1] == MISSING for pair in book.pairs], dtype=bool)


def burt_table(codes: Whole, book: Book, weights: Floats) -> Floats:
    """Return the Burt table: weighted number of respondents who hold each pair of categories, categories x categories."""
    total = sum(book.sizes)
    table = np.zeros((total, total))
    spans = [slice(int(start), int(start) + size) for start, size in zip(book.starts, book.sizes, strict=True)]
    for row, rows in enumerate(spans):
        for column, columns in enumerate(spans[: row + 1]):
            height, width = rows.stop - rows.start, columns.stop - columns.start
            joint = (codes[:, row] - rows.start) * width + (codes[:, column] - columns.start)
            block = np.bincount(joint, weights=weights, minlength=height * width).reshape(height, width)
            table[rows, columns] = block
            table[columns, rows] = block.T
    return table
