"""What a correspondence analysis is given: each thing that cannot be used is said in one sentence."""

import operator
from collections.abc import Collection, Mapping, Sequence, Set
from typing import TypeAlias

import numpy as np
import pandas as pd

from compendium.errors import AnswersError

from ..coding import MISSING, Book, Floats

MOST_CATEGORIES = 5_000
"""More categories than this are names or free texts, and their table of co-occurrence would not fit."""
METHODS = ("indicator", "burt")

Weights: TypeAlias = Sequence[float] | Floats | pd.Series


def named(data: pd.DataFrame) -> pd.DataFrame:
    """Return the answers with texts as names of columns.

    Raises
    ------
    AnswersError
        Not a frame, or two columns of one name.
    """
    if not isinstance(data, pd.DataFrame):
        raise AnswersError(f"answers must be a pandas.DataFrame, one row a respondent; {type(data).__name__} given")
    names = [str(name) for name in data.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnswersError(
            f"the variable {twice[0]!r} stands in the answers {names.count(twice[0])} times; one is expected"
        )
    return data.set_axis(names, axis=1)


def axes_wanted(n_components: int) -> int:
    """Return the number of axes to keep."""
    try:
        number = operator.index(n_components)
    except TypeError:
        number = 0
    if number < 1:
        raise AnswersError(f"n_components must be a whole number of axes, 1 or more; {n_components!r} given")
    return number


def is_burt(method: str) -> bool:
    """Tell whether the Burt table is analysed."""
    if method not in METHODS:
        raise AnswersError(f"the method {method!r} is not known; legal are {', '.join(METHODS)}")
    return method == "burt"


def names_of(supplementary: Collection[str] | None, data: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of supplementary variables, each once."""
    if isinstance(supplementary, str) or not isinstance(supplementary, Collection | None):
        raise AnswersError(f"supplementary must be a list of names of columns; {supplementary!r} given")
    names = tuple(dict.fromkeys(str(name) for name in (() if supplementary is None else supplementary)))
    if isinstance(supplementary, Set):  # a set has no order of its own
        names = tuple(sorted(names))
    absent = [name for name in names if name not in data.columns]
    if absent:
        raise AnswersError(
            f"the supplementary variable {absent[0]!r} is not in the answers; names of columns are expected, not positions"
        )
    return names


def weights_of(weights: Weights | None, index: pd.Index) -> Floats:
    """Return the weight of each respondent; a series is put in the order of the respondents by its own index.

    Raises
    ------
    AnswersError
        Not one number each, or not finite, or below zero, or all zero, or a series with another index than the answers.
    """
    if weights is None:
        return np.ones(len(index))
    if isinstance(weights, pd.Series) and len(weights) == len(index) and not weights.index.equals(index):
        if not (weights.index.is_unique and index.is_unique and index.isin(weights.index).all()):
            raise AnswersError("the weights have another index than the answers; give them the same, or an array")
        weights = weights.loc[index]
    try:
        values = (
            weights.to_numpy(dtype=float, na_value=np.nan)
            if isinstance(weights, pd.Series)
            else np.asarray(weights, dtype=float)
        )
    except (TypeError, ValueError):
        raise AnswersError("weights must be numbers, one for each respondent") from None
    if values.ndim != 1:
        raise AnswersError(f"weights must be one list of numbers; {values.ndim} dimensions given")
    if len(values) != len(index):
        raise AnswersError(f"{values.size} weights for {len(index)} respondents; one each is expected")
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        place = int(bad.argmax())
        raise AnswersError(
            f"the weight of row {index[place]!r} is {values[place]}; legal are finite numbers of at least zero"
        )
    if not values.any():
        raise AnswersError("all weights are zero, so nobody makes the axes")
    return values


def active_mask(book: Book, passive: Mapping[str, Collection[str]] | None, held: Floats) -> np.ndarray:
    """Mark the categories that make the axes: held by somebody of a weight above zero, no missing answer, not declared passive.

    Raises
    ------
    AnswersError
        A passive category does not occur, or a variable is left with nothing to tell respondents apart.
    """
    declared = _declared(book, passive)
    mask = np.array([pair not in declared and pair[1] != MISSING for pair in book.pairs], dtype=bool) & (held > 0)
    for variable, categories, start in zip(book.variables, book.categories, book.starts, strict=True):
        own = slice(int(start), int(start) + len(categories))
        if not mask[own].any() or np.count_nonzero(held[own]) < 2:
            answered = [category for category in categories if category != MISSING]
            said = "was answered by nobody" if not answered else "has one answer only"
            if len(answered) > 1 and declared.issuperset((variable, category) for category in answered):
                said = "has passive categories only"
            raise AnswersError(f"the variable {variable!r} {said}; an active variable needs two categories or more")
    return mask


def _declared(book: Book, passive: Mapping[str, Collection[str]] | None) -> set[tuple[str, str]]:
    if not isinstance(passive, Mapping | None):
        raise AnswersError(
            f"passive must map each variable to its passive categories, such as {{'q1': ['other']}}; {passive!r} given"
        )
    declared: set[tuple[str, str]] = set()
    for variable, categories in (passive or {}).items():
        if isinstance(categories, str) or not isinstance(categories, Collection):
            raise AnswersError(f"passive categories of {str(variable)!r} must be a list; {categories!r} given")
        if str(variable) not in book.variables:
            raise AnswersError(
                f"passive: {str(variable)!r} is no active variable; legal are {', '.join(map(repr, book.variables))}"
            )
        declared |= {(str(variable), str(category)) for category in categories}
    unknown = sorted(declared - set(book.pairs))
    if unknown:
        variable, category = unknown[0]
        raise AnswersError(f"passive category {category!r} of {variable!r} does not occur among the active answers")
    return declared


def refuse_names(book: Book) -> None:
    """Raise where a column holds so many categories that they must be names, numbers of persons or free texts."""
    if sum(book.sizes) > MOST_CATEGORIES:
        most = int(np.argmax(book.sizes))
        raise AnswersError(
            f"the variable {book.variables[most]!r} has {book.sizes[most]:,} categories; at most {MOST_CATEGORIES:,} in all "
            "variables can be analysed, so group them or leave it out"
        )


def is_quantity(column: pd.Series) -> bool:
    """Tell whether a supplementary column is a number to be correlated rather than a category."""
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
