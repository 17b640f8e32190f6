"""One level of groups: the likeliest share of variance by REML, and its interval, exact where all effects are normal."""

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from ...intervals import LEVEL

Array = NDArray[np.float64]

LARGEST = 1 - 1e-12
"""Largest share that is looked at."""
GRID = np.concatenate([[0.0], np.geomspace(1e-6, 0.5, 40), 1 - np.geomspace(0.5, 1e-6, 40)[1:], [LARGEST]])
"""Shares between which the slope of the deviance turns at most once."""


class OneLevel:
    """A random intercept of the groups of one level, balanced or not.

    Parameters
    ----------
    y : array of shape (n,)
        The outcome.
    x : array of shape (n, p)
        A constant and the covariates; columns may depend on one another.
    place : array of int, shape (n,)
        The group of each person, from 0.

    Attributes
    ----------
    share : float
        Likeliest share of the variance that lies between groups, by REML; from 0 to 1.
    ratio : float
        The ratio of variances that belongs to it.

    Notes
    -----
    With M what takes the covariates out, the sums of the groups ``Z'My`` have independent parts ``t_i`` of variance ``s2 (1 +
    r d_i)`` with ``d_i`` the positive eigenvalues of ``Z'MZ``, beside the sum of squares SSE within groups. REML is the lowest
    ``f log(sum t_i^2 / (1 + r d_i) + SSE) + sum log(1 + r d_i)``. ``H(r) = (sum t_i^2 / (1 + r d_i) / k) / (SSE / f_w)`` has an F
    distribution with k and f_w degrees of freedom at the true ratio r and falls with r: the interval holds the r at which H
    is between the quantiles. In the balanced case it is Searle's interval.

    References
    ----------
    Wald (1940), Ann. Math. Stat. 11:96-99; Seely, El-Bassiouni (1983), Ann. Stat. 11:197-201; Patterson, Thompson (1971),
    Biometrika 58:545-554.
    """

    def __init__(self, y: Array, x: Array, place: NDArray[np.intp]) -> None:
        left, size, _ = np.linalg.svd(x, full_matrices=False)
        basis = left[:, size > 1e-10 * size[0]]
        self.place, self.sizes = place, np.bincount(place).astype(float)
        residual = y - basis @ (basis.T @ y)
        residual = residual / residual.std()
        taken = np.column_stack([np.bincount(place, column) for column in basis.T])
        sums = np.bincount(place, residual)
        eigen, vectors = np.linalg.eigh(np.diag(self.sizes) - taken @ taken.T)
        kept = eigen > 1e-9 * eigen.max()
        self._eigen, self._vectors = eigen[kept], vectors[:, kept]
        self._sums = self._vectors.T @ sums
        self._parts = self._sums**2 / self._eigen
        self._basis, self._taken, self._residual = basis, taken, residual
        self._freedom = len(y) - basis.shape[1] - len(self._parts)
        self._within = max(float(residual @ residual - self._parts.sum()), 1e-12 * len(y))
        self.share = self._likeliest()
        self.ratio = self.share / (1 - self.share)

    def interval(self, spread: tuple[float, float] = (1.0, 1.0)) -> tuple[float, float]:
        """Return the interval of the share, between 0 and 1.

        Parameters
        ----------
        spread : tuple of float
            How many times as uncertain as under normal effects the variances of groups and of persons are
            (:func:`.shape.spreads`): it divides the degrees of freedom. Without it the interval is exact under normal effects.
        """
        tail, groups, persons = (1 - LEVEL) / 2, len(self._parts) / spread[0], self._freedom / spread[1]
        high, low = special.fdtri(groups, persons, [1 - tail, tail])
        return self._where(float(high)), self._where(float(low))

    def residuals(self) -> tuple[Array, Array]:
        """Return what is left of each person once covariates and predicted effects of groups are taken out, and these effects."""
        effects = self._vectors @ (self.ratio / (1 + self.ratio * self._eigen) * self._sums)
        return self._residual - effects[self.place] + self._basis @ (self._taken.T @ effects), effects

    def _likeliest(self) -> float:
        # the deviance may have two hollows: its slope is looked at over the whole range first
        slopes = self._slopes(GRID)
        turns = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
        found = [
            float(optimize.brentq(lambda share: float(self._slopes(share)), GRID[at], GRID[at + 1], xtol=1e-13))
            for at in turns
        ]
        found += [0.0] if slopes[0] >= 0 else []
        found += [LARGEST] if slopes[-1] < 0 else []
        return min(found, key=self._deviance)

    def _slopes(self, shares: float | Array) -> Array:
        """Return the slope of the deviance by the ratio of variances at each share."""
        left = 1 - np.asarray(shares)
        steep = self._eigen / (left[..., None] + (1 - left[..., None]) * self._eigen)  # d / (1 + r d), over 1 - share
        drawn = self._parts / self._eigen * steep
        squares = left * drawn.sum(axis=-1) + self._within
        fall = left**2 * (drawn * steep).sum(axis=-1) / squares
        return np.asarray(left * steep.sum(axis=-1) - (self._freedom + len(self._parts)) * fall)

    def _deviance(self, share: float) -> float:
        grown = 1 + share / (1 - share) * self._eigen
        return float(
            (self._freedom + len(grown)) * np.log((self._parts / grown).sum() + self._within) + np.log(grown).sum()
        )

    def _where(self, quantile: float) -> float:
        scale = len(self._parts) * self._within / self._freedom

        def beyond(share: float) -> float:
            return float((self._parts / (1 + share / (1 - share) * self._eigen)).sum() / scale) - quantile

        if beyond(0.0) <= 0:
            return 0.0
        return 1.0 if beyond(LARGEST) >= 0 else float(optimize.brentq(beyond, 0.0, LARGEST, xtol=1e-10))
