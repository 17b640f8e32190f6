"""Answers as the latent class model reads them: distinct patterns, their weights, and groups of items read as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from compendium.errors import AnswersError
from compendium.typology.coding import MISSING, Book, Floats, Whole, make_book

_WIDEST = 1024  # distinct patterns that a group of items may have: the table of its classes stays in the cache
_SHARE = 8  # and no more than one for so many patterns of all items, or else the group saves nothing

Weights: TypeAlias = Sequence[float] | Floats | pd.Series | None


class Group(NamedTuple):
    """Some of the items, read as one item whose answers are their distinct patterns.

    Attributes
    ----------
    categories : numpy.ndarray
        Positions of the categories that make each pattern of the group, patterns of the group x items.
    place : numpy.ndarray
        Pattern of the group within each pattern of all items.
    holds : scipy.sparse.csr_array
        Which categories (rows) make which patterns of the group (columns).
    """

    categories: Whole
    place: Whole
    holds: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Answers:
    """The distinct patterns of answers, and how many persons gave each.

    Attributes
    ----------
    book : Book
        Items and their categories; the last category of every item is the missing answer, met or not.
    patterns : numpy.ndarray
        Positions in the list of all categories, distinct patterns x items, in ascending order.
    weights : numpy.ndarray
        Weighted number of persons with each pattern; none for the pattern without an answer.
    place : numpy.ndarray
        Pattern of each respondent.
    persons : int
        Respondents with weight who answered anything.
    """

    book: Book
    patterns: Whole
    weights: Floats
    place: Whole
    persons: int

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Which of all categories are missing answers."""
        return np.array([category == MISSING for _, category in self.book.pairs], dtype=bool)

    @property
    def total(self) -> float:
        """Weighted number of persons who answered anything."""
        return float(self.weights.sum())

    @cached_property
    def shares(self) -> Floats:
        """Share of each category among those who answered its item; 1 for a missing answer."""
        count = len(self.missing)
        held = np.zeros(count)
        for column in self.patterns.T:
            held += np.bincount(column, weights=self.weights, minlength=count)
        held[self.missing] = 0
        asked = np.add.reduceat(held, self.book.starts)
        held /= np.repeat(asked, self.book.sizes)
        held[self.missing] = 1
        return held

    @cached_property
    def groups(self) -> list[Group]:
        """The items in as few groups as have few distinct patterns each."""
        limit = min(_WIDEST, max(len(self.patterns) // _SHARE, max(self.book.sizes)))
        groups: list[Group] = []
        first = 0
        while first < self.patterns.shape[1]:
            last, place, found = first, np.zeros(len(self.patterns), dtype=np.int64), 1
            while last < self.patterns.shape[1]:
                joint = place * self.book.sizes[last] + (self.patterns[:, last] - self.book.starts[last])
                values, joint_place = np.unique(joint, return_inverse=True)
                if len(values) > limit and last > first:
                    break
                last, place, found = last + 1, joint_place, len(values)
            categories = np.zeros((found, last - first), dtype=np.int64)
            categories[place] = self.patterns[:, first:last]
            groups.append(Group(categories, place, _incidence(categories, len(self.missing))))
            first = last
        return groups


def read_answers(data: pd.DataFrame, weights: Weights) -> Answers:
    """Read answers into distinct patterns.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent, one column an item.
    weights : sequence of float, optional
        Persons that each respondent stands for. Those of weight zero have a pattern and make no category: an answer that
        nobody else gave says nothing.

    Raises
    ------
    AnswersError
        No respondent or no item, an item with fewer than two categories, a quantity, or bad weights.
    """
    if not isinstance(data, pd.DataFrame):
        raise AnswersError(f"latent classes need a pandas DataFrame of answers; {type(data).__name__} given")
    if data.shape[1] == 0 or len(data) == 0:
        raise AnswersError(
            f"latent classes need answers; there are {len(data)} respondents and {data.shape[1]} variables"
        )
    weight = _weights(weights, len(data))
    data = data.rename(columns=str)
    book = _book(data[weight > 0])
    columns = book.columns(data, unseen_is_missing=True)
    codes = np.column_stack([column + start for column, start in zip(columns, book.starts, strict=True)])
    patterns, place = _distinct(codes, book)
    return _with_weights(Answers(book, patterns, np.empty(0), place, 0), weight)


def read_codes(book: Book, data: pd.DataFrame) -> Whole:
    """Return the position of each respondent's answers in the list of all categories."""
    return book.codes(data.rename(columns=str))


def _with_weights(answers: Answers, weight: Floats) -> Answers:
    """Count the persons of each pattern; who answered nothing is not counted."""
    silent: NDArray[np.bool_] = np.all(answers.missing[answers.patterns], axis=1)
    held = np.bincount(answers.place, weights=weight, minlength=len(answers.patterns)).astype(float)
    held[silent] = 0
    persons = int(((weight > 0) & ~silent[answers.place]).sum())
    return replace(answers, weights=held, persons=persons)


def _book(data: pd.DataFrame) -> Book:
    seen = make_book(data, list(data.columns))
    categories = []
    for variable, listed in zip(seen.variables, seen.categories, strict=True):
        answered = [category for category in listed if category != MISSING]
        if not answered:
            raise AnswersError(f"the variable {variable!r} was answered by nobody; leave it out")
        if len(answered) == 1:
            raise AnswersError(
                f"the variable {variable!r} has one answer only, {answered[0]!r}; an item needs two answers or more"
            )
        categories.append((*answered, MISSING))
    return Book(seen.variables, tuple(categories))


def _weights(weights: Weights, count: int) -> Floats:
    try:
        values = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        raise AnswersError("weights must be numbers, one for each respondent") from None
    if values.shape != (count,):
        raise AnswersError(f"{values.size} weights for {count} respondents; one each is expected")
    if not np.isfinite(values).all() or (values < 0).any() or not values.sum() > 0:
        raise AnswersError("weights must be finite, at least zero, and not all zero")
    return values


def _distinct(codes: Whole, book: Book) -> tuple[Whole, Whole]:
    """Return the distinct rows in ascending order, and which of them each row is."""
    key = np.zeros(len(codes), dtype=np.int64)
    room = 1
    for column, start, size in zip(codes.T, book.starts, book.sizes, strict=True):
        if room > 2**62 // size:  # the key is full: what was read so far is numbered anew
            values, key = np.unique(key, return_inverse=True)
            room = len(values)
        key = key * size + (column - start)
        room *= size
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return codes[first], place


def _incidence(categories: Whole, count: int) -> sparse.csr_array:
    patterns, items = categories.shape
    columns = np.repeat(np.arange(patterns), items)
    return sparse.csr_array((np.ones(columns.size), (categories.ravel(), columns)), shape=(count, patterns))
