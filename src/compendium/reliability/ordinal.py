"""Ordered answers as cuts of normal variables: thresholds, polychoric correlations, ordinal alpha."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..bivariate import tables_of_cells
from ..errors import CompendiumError
from . import coefficients, items

Array = NDArray[np.float64]

EMPTY = ("keep", "half")
STEPS = 20
"""Most answer steps of an item that still counts as ordered categories."""
BOUND = 0.9999
"""Largest correlation: where the answers drive it further, it stays here."""
_TINY = 1e-14
"""Probability below which a cell counts as this likely: differences of probabilities carry rounding of that size."""
_ITERATIONS, _CLOSE = 100, 1e-10
_SMALLEST = 1e-6
"""Smallest eigenvalue after smoothing."""


@dataclass(frozen=True)
class Polychoric:
    """Polychoric correlations and all that was done to reach them.

    ``correlations`` is items x items; ``thresholds`` has per item its cuts in standard deviations of the variable
    behind it; ``n`` counts the persons of each pair; ``empty_cells`` the cells without anybody in the table of each
    pair; ``is_smoothed`` says that the correlations were not positive definite and were moved to be; ``notes`` are
    sentences to print beside the result, none when nothing had to be done.
    """

    correlations: pd.DataFrame
    thresholds: dict[str, Array]
    n: pd.DataFrame
    empty_cells: pd.DataFrame
    is_smoothed: bool
    missing: str
    notes: tuple[str, ...]


def polychoric(
    frame: pd.DataFrame, missing: str = "listwise", empty: str = "keep", weights: ArrayLike | None = None
) -> Polychoric:
    """Estimate the correlations of the normal variables behind ordered answers.

    Parameters
    ----------
    frame : pandas.DataFrame
        One numeric column an item with 2 to :data:`STEPS` different values, one row a person, missing where not
        answered. Only the order of the values counts.
    missing : {"listwise", "pairwise"}
        Persons with all items; or for each item's thresholds all who answered it, for each pair those with both.
    empty : {"keep", "half"}
        An empty cell of a pair's table stays 0 (maximum likelihood, as lavaan and psych have it when left to
        themselves), or counts as half a person; thresholds stay those of the items.
    weights : array-like of float, optional
        One weight of zero or more a person: shares and tables add up weights instead of persons.

    Returns
    -------
    Polychoric
        Correlations, thresholds, persons, empty cells, and notes on everything out of the ordinary.

    Raises
    ------
    CompendiumError
        An unknown rule, an item with more than :data:`STEPS` values, or what :func:`.items.usable` refuses.

    Notes
    -----
    Two steps: thresholds are the normal quantiles of each item's cumulative shares; given them, each correlation
    maximises the multinomial likelihood of its pair's table. A correlation that the likelihood drives to 1 or -1 (two
    items of two steps with an empty cell, always) stops at 0.9999 and has its note. Correlations that are not positive
    definite have their eigenvalues raised to 1e-6 and their diagonal brought back to 1; ``is_smoothed`` and a note
    say so.

    References
    ----------
    Olsson (1979), Psychometrika 44:443-460; Knol, ten Berge (1989), Psychometrika 54:53-61 (smoothing).
    """
    if empty not in EMPTY:
        raise CompendiumError(f"empty={empty!r} is not legal; legal are {', '.join(map(repr, EMPTY))}")
    values, weight = items.usable(frame, missing, weights)
    names, k = [str(name) for name in frame], frame.shape[1]
    codes = _codes(values, names)
    one, two = np.triu_indices(k, 1)
    tables, cuts, n = _tables(codes, weight)
    steps = codes.max(axis=0) + 1
    real = (np.arange(tables.shape[-1]) < steps[one, None])[:, :, None] & (
        np.arange(tables.shape[-1]) < steps[two, None]
    )[:, None]
    hollow = (tables[one, two] == 0) & real
    counted = np.where(hollow & (empty == "half"), 0.5, tables[one, two])
    r, holes, notes = np.eye(k), np.zeros((k, k), dtype=int), []
    r[one, two] = r[two, one] = _correlations(counted, cuts[one], cuts[two])
    holes[one, two] = holes[two, one] = hollow.sum(axis=(1, 2))
    for i, j in zip(one, two, strict=True):
        if abs(r[i, j]) == BOUND:
            notes.append(f"{names[i]}, {names[j]}: the answers drive the correlation to its bound, {r[i, j]:.4f}.")
    pairs = int((holes[one, two] > 0).sum())
    if pairs:
        done = "counted as half a person" if empty == "half" else "left empty"
        notes.append(f"{pairs} of {len(one)} pairs of items have cells without anybody; they were {done}.")
    smooth, lowest = _smoothed(r)
    is_smoothed = smooth is not r
    if is_smoothed:
        notes.append(
            f"The correlations were not positive definite (smallest eigenvalue {lowest:.4f}) and were smoothed; "
            f"the largest change is {np.abs(smooth - r).max():.4f}."
        )
    return Polychoric(
        correlations=pd.DataFrame(smooth, names, names),
        thresholds={name: cut[: step - 1] for name, cut, step in zip(names, cuts, steps, strict=True)},
        n=pd.DataFrame(n, names, names),
        empty_cells=pd.DataFrame(holes, names, names),
        is_smoothed=is_smoothed,
        missing=missing,
        notes=tuple(notes),
    )


def ordinal_alpha(
    frame: pd.DataFrame, missing: str = "listwise", empty: str = "keep", weights: ArrayLike | None = None
) -> float:
    """Return the alpha of the normal variables behind ordered answers.

    Parameters
    ----------
    frame, missing, empty, weights
        As for :func:`polychoric`; items turned so that high means the same in all.

    Returns
    -------
    float
        At most 1. It speaks of the variables behind the answers, not of the mean of the answers themselves, whose
        reliability is alpha or omega.

    Raises
    ------
    CompendiumError
        What :func:`polychoric` refuses, and two items: their alpha is a bound that nothing can check.

    Notes
    -----
    ``k r / (1 + (k - 1) r)`` of the mean polychoric correlation ``r``.

    References
    ----------
    Zumbo, Gadermann, Zeisser (2007), J. Mod. Appl. Stat. Methods 6:21-29; Chalmers (2018), Educ. Psychol. Meas.
    78:1056-1071 (what it does not mean).
    """
    if frame.shape[1] == 2:
        raise CompendiumError(f"{', '.join(map(str, frame))}: alpha needs three items or more; two get Spearman-Brown")
    return coefficients.alpha(polychoric(frame, missing, empty, weights).correlations.to_numpy())


def _codes(values: Array, names: list[str]) -> NDArray[np.int_]:
    """Return the place of each answer among its item's values (-1: none)."""
    codes = np.full(values.shape, -1)
    for item, column in enumerate(values.T):
        known = ~np.isnan(column)
        steps, place = np.unique(column[known], return_inverse=True)
        if len(steps) > STEPS:
            raise CompendiumError(
                f"item {names[item]!r} has {len(steps)} different values; legal is 2 to {STEPS} for ordered answers"
            )
        codes[known, item] = place
    return codes


def _tables(codes: NDArray[np.int_], weight: Array) -> tuple[Array, Array, NDArray[np.int_]]:
    """Return the table of each two items, each item's thresholds (infinite beyond its own), and persons by pair."""
    (persons, k), width = codes.shape, int(codes.max()) + 1
    dummy = (codes[:, :, None] == np.arange(width)).reshape(persons, -1).astype(float)
    crossed = (dummy.T @ (dummy * weight[:, None])).reshape(k, width, k, width).transpose(0, 2, 1, 3)
    counts = crossed[np.arange(k), np.arange(k)].diagonal(axis1=1, axis2=2)
    below = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
    below[np.arange(width - 1) >= codes.max(axis=0)[:, None]] = 1.0
    known = (codes >= 0).astype(int)
    return crossed, np.asarray(special.ndtri(below)), known.T @ known


def _correlations(tables: Array, rows: Array, columns: Array) -> Array:
    """Return the correlation that makes each table likeliest, given its thresholds.

    Newton's steps on all tables at once, halving the bracket in which the slope changes its sign wherever they leave it.
    """
    r, low, high = np.zeros(len(tables)), np.full(len(tables), -BOUND), np.full(len(tables), BOUND)
    for _ in range(_ITERATIONS):
        score, curve = _slopes(tables, rows, columns, r)
        low, high = np.where(score > 0, r, low), np.where(score > 0, high, r)
        step = r + score / np.maximum(np.abs(curve), _TINY)
        moved = np.where((step > low) & (step < high), step, (low + high) / 2)
        is_close = np.abs(moved - r).max() < _CLOSE
        r = moved
        if is_close:
            break
    # Where a cell is empty the likelihood can be flat up to the bound, and the search stops anywhere on it.
    bound = np.copysign(BOUND, r)
    near = np.flatnonzero(np.abs(r) > 0.9)
    for at in near:
        worth = [
            (
                tables[at] * np.log(np.maximum(tables_of_cells(rows[at : at + 1], columns[at : at + 1], one)[0], _TINY))
            ).sum()
            for one in (bound[at : at + 1], r[at : at + 1])
        ]
        if worth[0] >= worth[1] - 1e-6:
            r[at] = bound[at]
    return r


def _slopes(tables: Array, rows: Array, columns: Array, r: Array) -> tuple[Array, Array]:
    """Return the first and second derivative of each table's likelihood by its correlation."""
    x, y = np.clip(rows, -40, 40)[:, :, None], np.clip(columns, -40, 40)[:, None, :]
    at = r[:, None, None]
    rest = (1 - at) * (1 + at)
    density = np.exp(-(x * x - 2 * at * x * y + y * y) / (2 * rest)) / (2 * np.pi * np.sqrt(rest))
    bend = density * (at * rest + x * y * (1 + at * at) - at * (x * x + y * y)) / rest**2
    margin = ((0, 0), (1, 1), (1, 1))
    first, second = (np.diff(np.diff(np.pad(one, margin), axis=1), axis=2) for one in (density, bend))
    probability = np.maximum(tables_of_cells(rows, columns, r), _TINY)
    ratio = first / probability
    curve = second / probability - ratio**2
    return (tables * ratio).sum(axis=(1, 2)), (tables * curve).sum(axis=(1, 2))


def _smoothed(r: Array) -> tuple[Array, float]:
    """Return correlations that are positive definite (the same array where they are) and the smallest eigenvalue."""
    value, vector = np.linalg.eigh(r)
    if value[0] >= _SMALLEST:
        return r, float(value[0])
    moved = (vector * np.maximum(value, _SMALLEST)) @ vector.T
    spread = np.sqrt(np.diag(moved))
    return np.asarray(moved / np.outer(spread, spread)), float(value[0])
