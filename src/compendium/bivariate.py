"""Two normal variables together: probabilities below two limits, and of the table that cuts of both make."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]


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
    return np.asarray(tables_of_cells(np.asarray(rows)[None], np.asarray(columns)[None], np.array([float(r)]))[0])


def tables_of_cells(rows: Array, columns: Array, r: Array) -> Array:
    """Return the cells of many tables, each cut at thresholds that may be infinite."""
    tables, width = rows.shape[0], rows.shape[1] + 2
    below = np.zeros((tables, width, columns.shape[1] + 2))
    below[:, 1:-1, 1:-1] = bivariate_normal(rows[:, :, None], columns[:, None, :], r[:, None, None])
    below[:, -1, 1:-1], below[:, 1:-1, -1], below[:, -1, -1] = special.ndtr(columns), special.ndtr(rows), 1.0
    return np.asarray(np.diff(np.diff(below, axis=1), axis=2))
