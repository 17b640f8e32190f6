"""Thresholds and polychoric correlations of several groups, and how they vary from sample to sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..bivariate import bivariate_normal
from .structure import Array

Codes = NDArray[np.intp]

BOUND = 0.999
"""Largest correlation: where the answers drive it further, it stays here."""
_LEAST = float(np.sqrt(np.finfo(float).eps))
"""Probability below which a cell counts as this likely, and says nothing about how estimates vary."""
_ITERATIONS, _CLOSE = 100, 1e-10


@dataclass(frozen=True)
class Ordered:
    """What the ordered answers of one group say about the normal variables behind them.

    ``values`` holds the thresholds, item by item, and the correlations below the diagonal, ``1-2, 1-3, ..., 2-3, ...``;
    ``gamma`` is n times their covariance matrix from sample to sample. ``is_at_bound`` says that the answers drive a
    correlation to 1 or -1.
    """

    n: int
    values: Array
    gamma: Array
    is_at_bound: bool

    @property
    def weights(self) -> Array:
        """The weight of each value in diagonally weighted least squares."""
        return np.asarray(1 / np.diag(self.gamma))


class Layout(NamedTuple):
    """Where things stand among the values: the item of each threshold, and the two items of each correlation."""

    item: Codes
    one: Codes
    two: Codes

    @property
    def thresholds(self) -> int:
        """Number of thresholds."""
        return len(self.item)


def layout(steps: Sequence[int]) -> Layout:
    """Return where things stand for items with these numbers of answers."""
    one, two = np.triu_indices(len(steps), 1)
    return Layout(np.repeat(np.arange(len(steps)), np.asarray(steps) - 1), one, two)


def ordered(answers: Sequence[Codes], steps: Sequence[int]) -> list[Ordered]:
    """Estimate thresholds and polychoric correlations in several groups.

    Parameters
    ----------
    answers : sequence of array, persons x items
        Place of each answer among its item's steps, from 0; one entry a group. Each step is used in each group.
    steps : sequence of int
        Number of steps of each item.

    Returns
    -------
    list of Ordered
        One entry a group.

    Notes
    -----
    Two steps: thresholds are normal quantiles of the cumulative shares, and each correlation maximises the likelihood of
    its pair's table given these. An empty cell stays empty, but a table of two by two with one empty cell is moved by half a
    person with its margins kept. All pairs of all groups are sought at once by Newton's steps inside a bracket. The
    covariances are those of estimates from stacked scores, with outer products of the scores for the information. This is what
    lavaan 0.6-14 does, to its limits (correlations within 0.999, probabilities of at least 1.5e-8).

    References
    ----------
    Muthen (1984), Psychometrika 49:115-132; Olsson (1979), Psychometrika 44:443-460.
    """
    at = layout(steps)
    width = max(steps)
    counts = np.array(
        [[np.bincount(codes[:, item], minlength=width) for item in range(len(steps))] for codes in answers]
    )
    cuts = _cuts(counts, steps)
    tables = np.array([_tables(codes, at, width) for codes in answers])
    groups, pairs = tables.shape[:2]
    rows, columns = (cuts[:, side].reshape(groups * pairs, -1) for side in (at.one, at.two))
    r = _correlations(_moved(tables.reshape(-1, width, width), rows, columns), rows, columns)
    r = r.reshape(groups, pairs)
    return [_group(*parts, at) for parts in zip(answers, cuts, tables, r, strict=True)]


def _cuts(counts: NDArray[np.int_], steps: Sequence[int]) -> Array:
    """Return the thresholds (groups, items, width + 1) with their infinite ends; steps that an item lacks are empty."""
    shares = np.cumsum(counts, axis=2) / counts.sum(axis=2, keepdims=True)
    shares[:, np.arange(counts.shape[2]) >= np.asarray(steps)[:, None] - 1] = 1.0
    below: Array = np.asarray(special.ndtri(shares))
    return np.concatenate([np.full((*below.shape[:2], 1), -np.inf), below], axis=2)


def _tables(codes: Codes, at: Layout, width: int) -> Array:
    """Return the table of every pair of items."""
    dummy = (codes[:, :, None] == np.arange(width)).astype(float).reshape(len(codes), -1)
    items = codes.shape[1]
    crossed = (dummy.T @ dummy).reshape(items, width, items, width)
    return crossed[at.one, :, at.two, :]


def _moved(tables: Array, rows: Array, columns: Array) -> Array:
    """Return the tables with those of two by two that have one empty cell moved by half a person, margins kept."""
    tables = tables.copy()
    small = np.isinf(rows[:, 2]) & np.isinf(columns[:, 2])
    corner = tables[:, :2, :2]
    one = small & ((corner == 0).sum(axis=(1, 2)) == 1)
    on_diagonal = (corner[:, 0, 0] == 0) | (corner[:, 1, 1] == 0)
    half = np.where(on_diagonal, 0.5, -0.5)[one, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    tables[one, :2, :2] += half
    return tables


class _Cells(NamedTuple):
    """Probabilities of the cells of many tables, and their slopes along the correlation."""

    probability: Array
    slope: Array
    bend: Array


def _cells(rows: Array, columns: Array, r: Array) -> _Cells:
    """Return the cells of normal variables cut at thresholds (tables, width + 1, with the infinite ends)."""
    tables, ends = rows.shape
    r = r[:, None, None]
    x, y = (np.clip(side, -40.0, 40.0) for side in (rows[:, 1:-1, None], columns[:, None, 1:-1]))
    rest = (1 - r) * (1 + r)
    density = np.exp(-(x * x - 2 * r * x * y + y * y) / (2 * rest)) / (2 * np.pi * np.sqrt(rest))
    bend = density * (r * rest + x * y * (1 + r * r) - r * (x * x + y * y)) / rest**2
    below = np.zeros((3, tables, ends, ends))
    below[0, :, 1:-1, 1:-1] = bivariate_normal(x, y, r)
    below[0, :, 1:, -1], below[0, :, -1, 1:] = special.ndtr(rows[:, 1:]), special.ndtr(columns[:, 1:])
    below[1, :, 1:-1, 1:-1], below[2, :, 1:-1, 1:-1] = density, bend
    probability, slope, bend = np.diff(np.diff(below, axis=2), axis=3)
    return _Cells(np.maximum(probability, _LEAST), slope, bend)


def _correlations(tables: Array, rows: Array, columns: Array) -> Array:
    """Return the correlation that makes each table likeliest, given its thresholds."""
    r, low, high = np.zeros(len(tables)), np.full(len(tables), -BOUND), np.full(len(tables), BOUND)
    for _ in range(_ITERATIONS):
        cells = _cells(rows, columns, r)
        ratio = cells.slope / cells.probability
        score = (tables * ratio).sum(axis=(1, 2))
        curve = np.abs((tables * (cells.bend / cells.probability - ratio**2)).sum(axis=(1, 2)))
        low, high = np.where(score > 0, r, low), np.where(score > 0, high, r)
        step = r + score / np.maximum(curve, _LEAST)
        moved = np.where((step > low) & (step < high), step, (low + high) / 2)
        is_close = np.abs(moved - r).max() < _CLOSE
        r = moved
        if is_close:
            break
    return r


def _group(codes: Codes, cuts: Array, tables: Array, r: Array, at: Layout) -> Ordered:
    scores = np.hstack([_threshold_scores(codes, cuts, at), np.empty((len(codes), len(r)))])
    cells = _cells(cuts[at.one], cuts[at.two], r)
    ratio = np.where(cells.probability > _LEAST, cells.slope / cells.probability, 0.0)
    pairs = np.arange(len(r))
    scores[:, at.thresholds :] = ratio[pairs, codes[:, at.one], codes[:, at.two]]
    # What the likelihood of a pair takes from its thresholds: rows first, then columns (the table turned round).
    pull = tables * ratio / cells.probability
    across = np.zeros((len(r), at.thresholds + 1))
    place = _places(at, cuts.shape[1] - 1, len(cuts))
    np.add.at(across, (pairs[:, None], place[at.one]), _pull(pull, cuts[at.one], cuts[at.two], r))
    np.add.at(across, (pairs[:, None], place[at.two]), _pull(pull.transpose(0, 2, 1), cuts[at.two], cuts[at.one], r))
    inner = scores.T @ scores
    count = at.thresholds
    bread = np.zeros_like(inner)
    own = at.item[:, None] == at.item
    bread[:count, :count] = np.linalg.inv(np.where(own, inner[:count, :count], 0.0))
    spread = np.diag(inner)[count:]
    bread[count:, :count] = -across[:, :-1] @ bread[:count, :count] / spread[:, None]
    bread[count:, count:] = np.diag(1 / spread)
    return Ordered(
        n=len(codes),
        values=np.concatenate([cuts[:, 1:-1][np.isfinite(cuts[:, 1:-1])], r]),
        gamma=np.asarray(len(codes) * bread @ inner @ bread.T),
        is_at_bound=bool((np.abs(r) > BOUND - 1e-6).any()),
    )


def _threshold_scores(codes: Codes, cuts: Array, at: Layout) -> Array:
    """Return the score of each person on each threshold, from the answers to that item alone."""
    nth = np.concatenate([np.arange(number) for number in np.bincount(at.item)])
    limit = cuts[at.item, nth + 1]
    shares = np.diff(special.ndtr(cuts), axis=1)
    given = codes[:, at.item]
    density = np.exp(-(limit**2) / 2) / np.sqrt(2 * np.pi)
    up, down = density / shares[at.item, nth], density / shares[at.item, nth + 1]
    return np.asarray(np.where(given == nth, up, 0.0) - np.where(given == nth + 1, down, 0.0))


def _places(at: Layout, width: int, items: int) -> Codes:
    """Return where each of the ``width - 1`` possible thresholds of each item stands; beyond all where it has none."""
    place = np.full((items, width - 1), at.thresholds)
    nth = np.concatenate([np.arange(number) for number in np.bincount(at.item)])
    place[at.item, nth] = np.arange(at.thresholds)
    return place


def _pull(pull: Array, rows: Array, columns: Array, r: Array) -> Array:
    """Return, for each pair and threshold of the rows, the product of both scores summed over persons."""
    limit = np.clip(rows[:, 1:-1, None], -40.0, 40.0)
    r = r[:, None, None]
    below = special.ndtr((columns[:, None, :] - r * limit) / np.sqrt((1 - r) * (1 + r)))
    density = np.exp(-(limit**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray((-np.diff(pull, axis=1) * density * np.diff(below, axis=2)).sum(axis=2))
