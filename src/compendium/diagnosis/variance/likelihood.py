"""The restricted likelihood of a model with a random intercept at each of several levels, crossed or nested."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

SMALLEST = 1e-9
"""Ratio of a level's variance to that of the residual that stands for nought."""
DENSE = 0.05
"""Share of filled cells from which a cross-table is held in full: ordinary products are faster then."""


class Evaluation(NamedTuple):
    """Minus twice the restricted log-likelihood, but for a constant, and its gradient by the ratios of variances.

    ``beta`` belongs to the columns of :attr:`Likelihood.x`, ``effects`` (predicted, of each group) to the levels.
    """

    deviance: float
    gradient: Array
    beta: Array
    effects: tuple[Array, ...]


class Likelihood:
    """Restricted likelihood of random intercepts, profiled over everything but the ratios of variances.

    Parameters
    ----------
    y : array of shape (n,)
        Outcome.
    x : array of shape (n, p)
        Design of what is held alike, a constant included; columns may depend on one another.
    places : sequence of arrays of int
        Group of each person at each level, from 0.

    Notes
    -----
    With ``V = I + sum ratio_k Z_k Z_k'`` all that is needed of the n persons are the counts of the groups and of the pairs
    of groups, and the sums of outcome and design in each group: these are taken once. The level with the most groups is
    eliminated first (its block is diagonal); what is left is a matrix as wide as the other levels have groups together.
    So the cost of one evaluation does not grow with the number of persons.

    References
    ----------
    Patterson, Thompson (1971), Biometrika 58:545-554; Bates et al. (2015), J. Stat. Softw. 67(1).
    """

    def __init__(self, y: Array, x: Array, places: Sequence[Ints]) -> None:
        # The columns of the design are made independent first, so that its determinant is never nought.
        basis, weight, _ = np.linalg.svd(x, full_matrices=False)
        self.x = basis[:, weight > 1e-10 * weight[0]]
        self.y = y - self.x @ (self.x.T @ y)
        self.y = self.y / self.y.std()
        self.freedom = len(y) - self.x.shape[1]
        self.places = list(places)
        self.sizes = np.array([place.max() + 1 for place in places])
        self._first = int(np.argmax(self.sizes))
        self._rest = [k for k in range(len(places)) if k != self._first]
        self._offsets = np.concatenate([[0], np.cumsum(self.sizes[self._rest])])
        both = np.column_stack([self.y, self.x])
        self._gram = both.T @ both
        self._sums = [np.column_stack([np.bincount(place, column) for column in both.T]) for place in places]
        self._counts = np.bincount(places[self._first]).astype(float)
        joined = [places[k] + self._offsets[at] for at, k in enumerate(self._rest)]
        self._among = self._table(joined, joined, int(self._offsets[-1]), int(self._offsets[-1])).toarray()
        cross = self._table(joined, [places[self._first]], int(self._offsets[-1]), len(self._counts))
        self._cross = cross.toarray() if cross.nnz >= DENSE * np.prod(cross.shape) else cross

    @staticmethod
    def _table(rows: list[Ints], columns: list[Ints], height: int, width: int) -> sparse.csr_matrix:
        """Count how many persons are in each pair of groups."""
        table = sparse.csr_matrix((height, width))
        for row in rows:
            for column in columns:
                table = table + sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(height, width))
        return table

    def at(self, ratios: Array) -> Evaluation:
        """Evaluate at ratios of the variance of each level to that of the residual, in the order of the levels, nought or more."""
        scale = np.sqrt(np.maximum(ratios, SMALLEST))
        first, rest = scale[self._first], np.repeat(scale[self._rest], self.sizes[self._rest])
        diagonal = 1 + first**2 * self._counts
        # The system is [[diagonal, side'], [side, low]]; its Schur complement is `left`.
        inner = self._through(first**2 / diagonal)
        left = np.eye(len(rest)) + rest[:, None] * (self._among - inner) * rest
        factor = np.linalg.cholesky(left)
        log_determinant = np.log(diagonal).sum() + 2 * np.log(factor.diagonal()).sum()

        b_first = first * self._sums[self._first]
        b_rest = np.vstack([scale[k] * self._sums[k] for k in self._rest]) if self._rest else b_first[:0]
        carried = b_rest - rest[:, None] * (self._cross @ ((first / diagonal)[:, None] * b_first))
        inverse = self._inverse(factor)
        u_rest = inverse @ carried
        u_first = (b_first - first * (self._cross.T @ (rest[:, None] * u_rest))) / diagonal[:, None]
        gram = self._gram - b_first.T @ u_first - b_rest.T @ u_rest

        upper = np.linalg.cholesky(gram[1:, 1:])
        beta = linalg.cho_solve((upper, True), gram[1:, 0])
        squares = float(gram[0, 0] - gram[0, 1:] @ beta)
        deviance = self.freedom * np.log(squares / self.freedom) + log_determinant + 2 * np.log(upper.diagonal()).sum()

        # Traces of Z_k' V^-1 Z_k: what is missing in the diagonal of the inverse from one.
        again = self._through(first**2 / diagonal**2)
        kept = inverse * (rest[:, None] * rest)
        traces = np.empty(len(scale))
        traces[self._first] = (1 - 1 / diagonal).sum() - (kept * again).sum()
        for at, k in enumerate(self._rest):
            span = slice(self._offsets[at], self._offsets[at + 1])
            traces[k] = (1 - inverse.diagonal()[span]).sum()
        gradient, effects = np.empty(len(scale)), []
        for k in range(len(scale)):
            at = self._rest.index(k) if k != self._first else 0
            own = u_first if k == self._first else u_rest[self._offsets[at] : self._offsets[at + 1]]
            u = own / scale[k]  # Z_k' V^-1 of outcome and design
            left_over = u[:, 0] - u[:, 1:] @ beta
            effects.append(scale[k] ** 2 * left_over)
            spread = linalg.solve_triangular(upper, u[:, 1:].T, lower=True)
            gradient[k] = (
                traces[k] / scale[k] ** 2 - self.freedom * (left_over @ left_over) / squares - (spread**2).sum()
            )
        return Evaluation(float(deviance), gradient, beta, tuple(effects))

    def residuals(self, ratios: Array) -> tuple[Array, tuple[Array, ...]]:
        """Return what is left of each person once design and predicted effects of groups are taken out, and these effects."""
        found = self.at(ratios)
        groups = sum(effect[place] for effect, place in zip(found.effects, self.places, strict=True))
        return self.y - self.x @ found.beta - groups, found.effects

    def _through(self, weight: Array) -> Array:
        """Return what joins the groups of the other levels through those of the first, each with its weight."""
        if sparse.issparse(self._cross):
            return np.asarray((self._cross @ sparse.diags(weight) @ self._cross.T).toarray())
        return np.asarray((self._cross * weight) @ self._cross.T)

    @staticmethod
    def _inverse(factor: Array) -> Array:
        if not len(factor):
            return factor
        lower = linalg.lapack.dpotri(factor, lower=1)[0]
        return np.asarray(np.tril(lower) + np.tril(lower, -1).T)
