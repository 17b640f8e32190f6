"""Ordered answers as cuts of normal variables: thresholds, polychoric correlations, ordinal alpha."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from . import coefficients, item_statistics
from .errors import CompendiumError

Array = NDArray[np.float64]

EMPTY = ("keep", "half")
STEPS = 20
"""Most answer steps of an item that still counts as ordered categories."""
_BOUND = 0.9999
_TINY = 1e-14
"""Probability below which a cell counts as this likely: differences of probabilities carry rounding of that size."""
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


def bivariate_normal(x: ArrayLike, y: ArrayLike, r: ArrayLike) -> Array:
    """Return the probability that two standard normal variables lie below ``x`` and ``y``.

    Parameters
    ----------
    x, y : array-like of float
        Limits, infinity allowed; broadcast against each other.
    r : array-like of float
        Correlation, strictly between -1 and 1.

    Returns
    -------
    numpy.ndarray
        Probabilities from 0 to 1.

    Notes
    -----
    ``(P(x) + P(y)) / 2 - T(x, a) - T(y, b) - d`` with Owen's T, ``a = (y / x - r) / sqrt(1 - r^2)``, ``b`` likewise, and
    ``d`` = 1/2 where the limits differ in sign. Exact to rounding for every correlation, where quadrature over the
    correlation loses digits near 1.

    References
    ----------
    Owen (1956), Ann. Math. Stat. 27:1075-1090.
    """
    # Limits of 40 standard deviations are infinite to the last digit and spare the 0 / 0 and inf / inf.
    x, y, r = np.broadcast_arrays(np.clip(x, -40, 40), np.clip(y, -40, 40), np.asarray(r, dtype=float))
    x, y = np.where(x == 0, 1e-300, x), np.where(y == 0, 1e-300, y)
    root = np.sqrt((1 - r) * (1 + r))
    with np.errstate(over="ignore"):
        first, second = special.owens_t(x, (y / x - r) / root), special.owens_t(y, (x / y - r) / root)
    apart = np.where(np.signbit(x) != np.signbit(y), 0.5, 0.0)
    return np.clip((special.ndtr(x) + special.ndtr(y)) / 2 - first - second - apart, 0.0, 1.0)


def cells(rows: Array, columns: Array, r: float) -> Array:
    """Return the probabilities of a table that two normal variables make when cut at thresholds.

    Parameters
    ----------
    rows, columns : numpy.ndarray
        Rising thresholds in standard deviations, without the infinite ends.
    r : float
        Correlation of the two variables, strictly between -1 and 1.

    Returns
    -------
    numpy.ndarray
        One probability a cell, ``len(rows) + 1`` by ``len(columns) + 1``; they sum to 1.
    """
    below = np.zeros((len(rows) + 2, len(columns) + 2))
    below[1:-1, 1:-1] = bivariate_normal(rows[:, None], columns[None, :], r)
    below[-1, 1:-1], below[1:-1, -1], below[-1, -1] = special.ndtr(columns), special.ndtr(rows), 1.0
    return np.asarray(np.diff(np.diff(below, axis=0), axis=1))


def polychoric(frame: pd.DataFrame, missing: str = "listwise", empty: str = "keep") -> Polychoric:
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

    Returns
    -------
    Polychoric
        Correlations, thresholds, persons, empty cells, and notes on everything out of the ordinary.

    Raises
    ------
    CompendiumError
        An unknown rule, an item with more than :data:`STEPS` values, or what :func:`.item_statistics.usable` refuses.

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
    values, _ = item_statistics.usable(frame, missing)
    names, k = [str(name) for name in frame], frame.shape[1]
    codes, cuts = _steps(values, names)
    r, n, holes, notes = np.eye(k), np.diag((codes >= 0).sum(axis=0)), np.zeros((k, k), dtype=int), []
    for i, j in combinations(range(k), 2):
        both = (codes[:, i] >= 0) & (codes[:, j] >= 0)
        table = np.zeros((len(cuts[i]) + 1, len(cuts[j]) + 1))
        np.add.at(table, (codes[both, i], codes[both, j]), 1.0)
        n[i, j] = n[j, i] = both.sum()
        holes[i, j] = holes[j, i] = (table == 0).sum()
        r[i, j] = r[j, i] = _correlation(
            np.where(table == 0, 0.5, table) if empty == "half" else table, cuts[i], cuts[j]
        )
        if abs(r[i, j]) == _BOUND:
            notes.append(f"{names[i]}, {names[j]}: the answers drive the correlation to its bound, {r[i, j]:.4f}.")
    pairs = int((holes[np.triu_indices(k, 1)] > 0).sum())
    if pairs:
        done = "counted as half a person" if empty == "half" else "left empty"
        notes.append(f"{pairs} of {k * (k - 1) // 2} pairs of items have cells without anybody; they were {done}.")
    smooth, lowest = _smoothed(r)
    is_smoothed = smooth is not r
    if is_smoothed:
        notes.append(
            f"The correlations were not positive definite (smallest eigenvalue {lowest:.4f}) and were smoothed; "
            f"the largest change is {np.abs(smooth - r).max():.4f}."
        )
    return Polychoric(
        correlations=pd.DataFrame(smooth, names, names),
        thresholds=dict(zip(names, cuts, strict=True)),
        n=pd.DataFrame(n, names, names),
        empty_cells=pd.DataFrame(holes, names, names),
        is_smoothed=is_smoothed,
        missing=missing,
        notes=tuple(notes),
    )


def ordinal_alpha(frame: pd.DataFrame, missing: str = "listwise", empty: str = "keep") -> float:
    """Return the alpha of the normal variables behind ordered answers.

    Parameters
    ----------
    frame, missing, empty
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
    return coefficients.alpha(polychoric(frame, missing, empty).correlations.to_numpy())


def _steps(values: Array, names: list[str]) -> tuple[NDArray[np.int_], list[Array]]:
    """Return the place of each answer among its item's values (-1: none) and each item's thresholds."""
    codes, cuts = np.full(values.shape, -1), []
    for item, column in enumerate(values.T):
        known = ~np.isnan(column)
        steps, place, counts = np.unique(column[known], return_inverse=True, return_counts=True)
        if len(steps) > STEPS:
            raise CompendiumError(
                f"item {names[item]!r} has {len(steps)} different values; legal is 2 to {STEPS} for ordered answers"
            )
        codes[known, item] = place
        cuts.append(np.asarray(special.ndtri(np.cumsum(counts)[:-1] / counts.sum())))
    return codes, cuts


def _correlation(table: Array, rows: Array, columns: Array) -> float:
    """Return the correlation that makes a table likeliest, given the thresholds."""

    def surprise(r: float) -> float:
        return -float((table * np.log(np.maximum(cells(rows, columns, r), _TINY))).sum())

    found = optimize.minimize_scalar(surprise, bounds=(-_BOUND, _BOUND), method="bounded", options={"xatol": 1e-8})
    # Where a cell is empty the likelihood can be flat up to the bound, and the search stops anywhere on it.
    bound = float(np.copysign(_BOUND, found.x))
    return bound if surprise(bound) <= found.fun + 1e-6 else float(found.x)


def _smoothed(r: Array) -> tuple[Array, float]:
    """Return correlations that are positive definite (the same array where they are) and the smallest eigenvalue."""
    value, vector = np.linalg.eigh(r)
    if value[0] >= _SMALLEST:
        return r, float(value[0])
    moved = (vector * np.maximum(value, _SMALLEST)) @ vector.T
    spread = np.sqrt(np.diag(moved))
    return np.asarray(moved / np.outer(spread, spread)), float(value[0])
