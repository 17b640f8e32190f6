"""Sums over respondents from joint codes of several variables: few passes over the rows, whatever the number of variables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ..coding import Codes, Floats, Whole

CELLS = 256
"""Cells of a joint table of variables: the table of two such groups still fits the processor's cache."""
PATTERNS = 4_096
"""So many possible answer patterns may make one table, where they are also few for the rows."""
FEW = 0.2
"""Patterns are few where they are at most this share of the rows."""
MEMBERS = 12
"""Variables that are coded jointly; as many of two answers make ``PATTERNS``."""
ROWS = 65_536
"""Rows taken at a time."""


@dataclass(frozen=True)
class Group:
    """Variables that are coded jointly.

    Attributes
    ----------
    members : list of int
        Places of the variables.
    spans : list of slice
        Where the categories of each stand among the categories of all variables.
    """

    members: list[int]
    spans: list[slice]

    @cached_property
    def sizes(self) -> list[int]:
        """Number of categories of each variable."""
        return [span.stop - span.start for span in self.spans]

    @cached_property
    def cells(self) -> int:
        """Number of joint codes."""
        return int(np.prod(self.sizes))

    def codes(self, columns: Sequence[Codes]) -> Whole:
        """Return the joint code of each respondent."""
        joint = columns[self.members[0]].astype(np.int64)
        for member, size in zip(self.members[1:], self.sizes[1:], strict=True):
            joint *= size
            joint += columns[member]
        return joint

    def held(self, cell_values: Floats) -> list[Floats]:
        """Sum values of cells (first dimension) over each variable's categories."""
        table = cell_values.reshape(*self.sizes, *cell_values.shape[1:])
        axes = range(len(self.sizes))
        return [table.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]

    def spread(self, values: Floats) -> Floats:
        """Add up values of categories (all variables x columns) to values of cells."""
        table = np.zeros((*self.sizes, values.shape[1]))
        for axis, span in enumerate(self.spans):
            shape = [1] * len(self.sizes) + [values.shape[1]]
            shape[axis] = span.stop - span.start
            table += values[span].reshape(shape)
        return table.reshape(self.cells, values.shape[1])


def groups_of(sizes: Sequence[int], rows: int) -> list[Group]:
    """Put neighbouring variables into groups of at most ``CELLS`` joint codes, or all into one where patterns are few."""
    bounds = [int(bound) for bound in np.cumsum([0, *sizes])]
    spans = [slice(first, last) for first, last in pairwise(bounds)]
    limit = PATTERNS if np.prod(sizes, dtype=float) <= min(PATTERNS, FEW * rows) else CELLS
    grouped: list[list[int]] = []
    cells = limit + 1
    for place, size in enumerate(sizes):
        cells *= size
        if cells > limit or len(grouped[-1]) == MEMBERS:
            grouped.append([])
            cells = size
        grouped[-1].append(place)
    return [Group(members, [spans[member] for member in members]) for members in grouped]


@dataclass(frozen=True)
class Counts:
    """Weighted co-occurrences.

    Attributes
    ----------
    burt : array
        Weight of respondents who hold each pair of categories of the active variables, categories x categories.
    crossed : array
        The same for categories of the supplementary variables (rows) and active ones (columns).
    held : array
        Weight of respondents who hold each supplementary category.
    persons, other_persons : array
        Number of respondents of a weight above zero who hold each category of the active and supplementary variables.
    """

    burt: Floats
    crossed: Floats
    held: Floats
    persons: Whole
    other_persons: Whole


def counted(
    active: Sequence[Codes], sizes: Sequence[int], others: Sequence[Codes], other_sizes: Sequence[int], weights: Floats
) -> Counts:
    """Count co-occurrences of categories in one pass over the rows.

    Parameters
    ----------
    active, others : list of array
        Codes of the active and the supplementary variables, one array a variable.
    sizes, other_sizes : list of int
        Number of categories of each.
    weights : array of float
        Weight of each respondent.

    Notes
    -----
    Variables are coded jointly in groups of at most ``CELLS`` cells. The table of two groups holds the table of every two of their
    variables, so fifteen variables of four categories need six counts over the rows instead of 105.
    """
    own = groups_of(sizes, len(weights))
    extra = groups_of(other_sizes, len(weights))
    codes = [group.codes(active) for group in own]
    extra_codes = [group.codes(others) for group in extra]
    used = weights > 0
    if not used.all():
        codes, extra_codes, weights = [c[used] for c in codes], [c[used] for c in extra_codes], weights[used]
    # Equal weights are counted as whole numbers, and then no order of the rows can change the last digit.
    unit, weighing = (float(weights[0]), None) if (weights == weights[0]).all() else (1.0, weights)

    burt, crossed = np.zeros((sum(sizes), sum(sizes))), np.zeros((sum(other_sizes), sum(sizes)))
    for place, group in enumerate(own):
        _within(group, unit * _cells(group, codes[place], weighing), burt)
        for earlier, other in zip(codes[:place], own[:place], strict=True):
            _between(group, other, unit * _joint(group, other, codes[place], earlier, weighing), burt)
    for group, own_codes in zip(extra, extra_codes, strict=True):
        for other, other_codes in zip(own, codes, strict=True):
            _between(group, other, unit * _joint(group, other, own_codes, other_codes, weighing), crossed)
    return Counts(
        burt=np.tril(burt) + np.tril(burt, -1).T,
        crossed=crossed,
        held=unit * _single(extra, extra_codes, weighing),
        persons=_single(own, codes, None).astype(np.int64),
        other_persons=_single(extra, extra_codes, None).astype(np.int64),
    )


def _single(groups: Sequence[Group], codes: Sequence[Whole], weights: Floats | None) -> Floats:
    """Count the categories of all variables."""
    sums = [held for group, own in zip(groups, codes, strict=True) for held in group.held(_cells(group, own, weights))]
    return np.concatenate(sums) if sums else np.empty(0)


def _cells(group: Group, codes: Whole, weights: Floats | None) -> Floats:
    return np.bincount(codes, weights=weights, minlength=group.cells).astype(float)


def _joint(rows: Group, columns: Group, row_codes: Whole, column_codes: Whole, weights: Floats | None) -> Floats:
    """Count two groups jointly, so many rows at a time that what lies between stays in the cache."""
    width = columns.cells
    size = rows.cells * width
    table = np.zeros(size)
    step = max(ROWS, size)
    for first in range(0, len(row_codes), step):
        part = slice(first, first + step)
        joint = row_codes[part] * width
        joint += column_codes[part]
        table += np.bincount(joint, weights=None if weights is None else weights[part], minlength=size)
    return table.reshape(rows.cells, width)


def _within(group: Group, cells: Floats, table: Floats) -> None:
    """Fill the blocks below the diagonal that lie within one group."""
    count = len(group.sizes)
    values = cells.reshape(group.sizes)
    for later in range(count):
        for earlier in range(later + 1):
            block = values.sum(axis=tuple(axis for axis in range(count) if axis not in (earlier, later)))
            table[group.spans[later], group.spans[earlier]] = np.diag(block) if earlier == later else block.T


def _between(rows: Group, columns: Group, cells: Floats, table: Floats) -> None:
    """Fill the blocks of all pairs of variables from two groups."""
    for span, sums in zip(rows.spans, rows.held(cells), strict=True):
        for other, block in zip(columns.spans, columns.held(np.ascontiguousarray(sums.T)), strict=True):
            table[span, other] = block.T


def gathered(columns: Sequence[Codes], sizes: Sequence[int], values: Floats, start: Floats) -> Floats:
    """Add up, for each respondent, the values of the categories held.

    Parameters
    ----------
    columns : list of array
        Codes of the variables.
    sizes : list of int
        Number of categories of each.
    values : array, categories x columns
        Values of the categories of all variables in order.
    start : array
        What to begin with in each column.

    Returns
    -------
    array, respondents x columns
        Stored column by column, as pandas keeps it.
    """
    count = len(columns[0])
    sums = np.empty((values.shape[1], count))
    sums[:] = start[:, None]
    for group in groups_of(sizes, count):
        codes = group.codes(columns)
        table = np.ascontiguousarray(group.spread(values).T)
        for first in range(0, count, ROWS):
            part = slice(first, first + ROWS)
            for axis, cells in enumerate(table):
                sums[axis, part] += cells[codes[part]]
    return sums.T
