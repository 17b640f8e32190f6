"""Random intercepts of several levels, crossed or nested: the restricted likelihood, and how far each share may go."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, sparse, stats

from ...intervals import LEVEL

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

ROUGH = 1e-3
"""How close the other shares are searched for where only the height of the profile is wanted: it is flat at its lowest."""
FINE = 1e-6
"""How close the ends of an interval are searched for, as a share."""
DENSE = 5_000_000
"""Cells of a table of two levels up to which it is held in full: faster than a sparse one."""
LARGEST = 0.999
"""Largest share that is searched for."""


class Model:
    """The restricted likelihood of ratios of variances, as a function of sums that are taken once.

    Parameters
    ----------
    y : array of shape (n,)
        The outcome, complete.
    x : array of shape (n, p)
        A constant and the covariates; columns that follow from others are left out.
    places : sequence of arrays of int, each of shape (n,)
        The group of each person at each level, 0 to q - 1. Levels may be nested or crossed.

    Notes
    -----
    ``V = I + sum_j r_j Z_j Z_j'`` with ``r_j`` the variance of level j over that within. With ``M = I + R^1/2 Z'Z R^1/2``,
    ``log |V| = log |M|`` and ``W' V^-1 W = W'W - (R^1/2 Z'W)' M^-1 R^1/2 Z'W``; the block of the level with most groups is
    diagonal and goes out first, so that the rest is a matrix as large as the other levels have groups.

    References
    ----------
    Patterson, Thompson (1971), Biometrika 58:545-554; Harville (1977), JASA 72:320-338.
    """

    def __init__(self, y: Array, x: Array, places: Sequence[Ints]) -> None:
        left, size, _ = np.linalg.svd(x, full_matrices=False)
        basis = left[:, size > 1e-10 * size[0]]
        scaled = (y - y.mean()) / y.std()
        joint = np.column_stack([basis, scaled])
        self.freedom = len(y) - basis.shape[1]
        self.cross = joint.T @ joint
        self.levels = len(places)
        sizes = [int(place.max()) + 1 for place in places]
        self.first = int(np.argmax(sizes))
        member = [
            sparse.csr_array((np.ones(len(y)), (np.arange(len(y)), place)), shape=(len(y), size))
            for place, size in zip(places, sizes, strict=True)
        ]
        rest = [level for level in range(self.levels) if level != self.first]
        self.counts = np.bincount(places[self.first], minlength=sizes[self.first]).astype(float)
        self.sums = member[self.first].T @ joint
        self.others = np.concatenate([np.full(sizes[level], level) for level in rest]) if rest else np.empty(0, int)
        if rest:
            stacked = sparse.hstack([member[level] for level in rest], format="csr")
            between = (member[self.first].T @ stacked).tocsr()
            self.between = between.toarray() if between.shape[0] * between.shape[1] <= DENSE else between
            self.inner = (stacked.T @ stacked).toarray()
            self.rest = stacked.T @ joint

    def deviance(self, ratios: Array) -> float:
        """Return minus twice the restricted log-likelihood, but for a constant, profiled over all but the ratios."""
        first = ratios[self.first]
        diagonal = 1 + first * self.counts
        log_size = float(np.log(diagonal).sum())
        cross = self.cross - (self.sums * (first / diagonal)[:, None]).T @ self.sums
        if len(self.others):
            root = np.sqrt(ratios[self.others])
            if sparse.issparse(self.between):
                shrunk = sparse.csr_array(self.between.multiply((first / diagonal)[:, None]))
                met = (self.between.T @ shrunk).toarray()
            else:
                shrunk = self.between * (first / diagonal)[:, None]
                met = self.between.T @ shrunk
            middle = root[:, None] * (self.inner - met) * root
            middle[np.diag_indices_from(middle)] += 1
            half = linalg.cholesky(middle, lower=True)
            log_size += 2 * float(np.log(np.diag(half)).sum())
            away = root[:, None] * (self.rest - shrunk.T @ self.sums)
            solved = linalg.solve_triangular(half, away, lower=True)
            cross = cross - solved.T @ solved
        design, moment, square = cross[:-1, :-1], cross[:-1, -1], cross[-1, -1]
        left = square - moment @ np.linalg.solve(design, moment)
        return float(self.freedom * np.log(left / self.freedom) + log_size + np.linalg.slogdet(design)[1])

    def fit(self) -> Array:
        """Return the ratios of largest restricted likelihood."""
        return _minimum(lambda shares: self.deviance(_ratios(shares)), np.full(self.levels, 0.1 / self.levels))

    def interval(self, shares: Array, level: int | None) -> tuple[float, float]:
        """Return the profile-likelihood interval of the share of one level, or of the rest where none is named."""
        own = 1 - shares.sum() if level is None else shares[level]
        others = [at for at in range(self.levels) if at != level]
        best = self.deviance(_ratios(shares))

        def given(share: float) -> float:
            """Profile the deviance over the other shares, which have 1 - share to divide (with the rest, or among them)."""

            def spread(parts: Array) -> float:
                whole = np.zeros(self.levels)
                if level is not None:
                    whole[level] = share
                    whole[others] = parts * (1 - share)
                else:
                    whole[:-1] = parts * (1 - share)
                    whole[-1] = (1 - share) * (1 - parts.sum())
                return self.deviance(_ratios(np.minimum(whole, LARGEST)))

            free = len(others) if level is not None else self.levels - 1
            if free == 0:
                return spread(np.empty(0))
            taken = shares[others] / max(1 - own, 1e-9) if level is not None else shares[:-1] / max(1 - own, 1e-9)
            found = _minimum(spread, np.clip(taken, 1e-4, 0.9 / free), ROUGH)
            return spread(found)

        return _ends(given, float(own), best)


def _ends(given: Callable[[float], float], own: float, best: float) -> tuple[float, float]:
    """Return where a profile crosses its limit on both sides of its lowest point, or the ends of what is possible.

    The signed root of the height is almost a line in the share: its crossings are found in a few steps.
    """
    limit = float(np.sqrt(stats.chi2.ppf(LEVEL, 1)))

    def root(share: float) -> float:
        height = float(np.sqrt(max(given(share) - best, 0.0)))
        return height if share > own else -height

    low = 0.0 if own <= 0 or root(0.0) >= -limit else _crossing(root, -limit, 0.0, own)
    high = 1.0 if own >= LARGEST or root(LARGEST) <= limit else _crossing(root, limit, own, LARGEST)
    return low, high


def _crossing(root: Callable[[float], float], wanted: float, start: float, end: float) -> float:
    return float(optimize.brentq(lambda share: root(share) - wanted, start, end, xtol=FINE))


def _ratios(shares: Array) -> Array:
    """Turn shares of levels, whose sum is below one, into ratios to the variance within."""
    rest = max(1 - shares.sum(), 1 - LARGEST)
    return np.maximum(shares, 0) / rest


def _minimum(objective: Callable[[Array], float], start: Array, tolerance: float = 1e-9) -> Array:
    """Minimise over shares of nought or more whose sum is below one."""
    if len(start) == 1:
        found = optimize.minimize_scalar(
            lambda share: objective(np.array([share])),
            bounds=(0.0, LARGEST),
            method="bounded",
            options={"xatol": tolerance},
        )
        edge = objective(np.zeros(1))
        return np.zeros(1) if edge <= found.fun else np.array([float(found.x)])

    def inside(root: Array) -> Array:
        """Map any numbers to shares: squares over one plus their sum, so that nought can be reached."""
        squares = root**2
        return np.minimum(squares / (1 + squares.sum()), LARGEST)

    best = np.sqrt(start / max(1 - start.sum(), 1e-6))
    # the simplex alone is enough where only the height of the lowest point is wanted
    first = [("BFGS", {"gtol": 1e-5})] if tolerance < ROUGH else []
    for method, options in [*first, ("Nelder-Mead", {"xatol": tolerance, "fatol": tolerance, "maxiter": 400})]:
        found = optimize.minimize(lambda root: objective(inside(root)), best, method=method, options=options)
        best = found.x
    return inside(best)
