"""Where the parameters of a factor model for several groups stand, and what they imply for the moments."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Array = NDArray[np.float64]


class Moments(NamedTuple):
    """Number of persons, means and covariances (divided by n, as maximum likelihood has it) of one group."""

    n: int
    mean: Array
    covariance: Array


class Parts(NamedTuple):
    """The matrices of one group."""

    loadings: Array
    factor_covariance: Array
    residuals: Array
    intercepts: Array
    factor_means: Array

    @property
    def covariance(self) -> Array:
        """The covariances of the items that these imply."""
        implied: Array = self.loadings @ self.factor_covariance @ self.loadings.T + np.diag(self.residuals)
        return implied

    @property
    def inverse(self) -> Array:
        """The inverse of these covariances.

        Raises
        ------
        scipy.linalg.LinAlgError
            They are not positive definite.
        """
        root = linalg.cho_factor(self.covariance, lower=True)
        return np.asarray(linalg.cho_solve(root, np.eye(len(self.residuals))))

    @property
    def means(self) -> Array:
        """The means of the items that these imply."""
        return self.intercepts + self.loadings @ self.factor_means


class Model:
    """Where each free parameter stands in the matrices of each group.

    Parameters are numbered; ``places`` holds for every matrix an integer array (groups first) with the number of the
    parameter that stands there, or -1 where the value is fixed. Equal parameters share a number. ``freed`` holds, for
    ``loadings`` and ``intercepts``, the items that are let off being equal.
    """

    def __init__(
        self,
        pattern: NDArray[np.bool_],
        groups: int,
        equal: frozenset[str],
        freed: Mapping[str, Collection[int]] = MappingProxyType({}),
    ) -> None:
        items, factors = pattern.shape
        self.pattern, self.equal, self.freed = pattern, equal, freed
        self.groups, self.items, self.factors, self.size = groups, items, factors, 0
        self.has_means = "intercepts" in equal
        each = np.ones((groups, items), bool)
        self.loading = self._number(
            np.broadcast_to(pattern, (groups, items, factors)), self._held("loadings")[:, None] & pattern
        )
        self.residual = self._number(each, self._held("residuals"))
        # Factor variances are 1 in the first group; elsewhere they are free once loadings are held equal.
        lower = np.broadcast_to(np.tril(np.ones((factors, factors), bool), -1), (groups, factors, factors))
        covariance = self._number(lower)
        self.factor_covariance = np.maximum(covariance, covariance.transpose(0, 2, 1))
        others = np.ones((groups, factors), bool)
        others[0] = False
        if "loadings" in equal:
            diagonal = np.arange(factors)
            self.factor_covariance[:, diagonal, diagonal] = self._number(others)
        self.intercept = self._number(each & self.has_means, self._held("intercepts"))
        self.factor_mean = self._number(others & self.has_means)

    def _held(self, matrix: str) -> NDArray[np.bool_]:
        """Return for each item whether its entry in a matrix is the same in all groups."""
        held = np.full(self.items, matrix in self.equal)
        held[list(self.freed.get(matrix, ()))] = False
        return held

    def _number(self, free: NDArray[np.bool_], held: NDArray[np.bool_] | None = None) -> NDArray[np.int_]:
        """Number the free places, groups first; places that are held equal have one number in all groups."""
        places = np.full(free.shape, -1)
        shared = np.zeros(free.shape[1:], bool) if held is None else held & free[0]
        own = free & ~shared
        places[:, shared] = self.size + np.arange(shared.sum())
        self.size += int(shared.sum())
        places[own] = self.size + np.arange(own.sum())
        self.size += int(own.sum())
        return places

    def parts(self, theta: Array, group: int) -> Parts:
        """Return loadings, factor covariances, residuals, intercepts and factor means of a group."""
        # The last entry answers for fixed places (-1): 0, or 1 on the diagonal of the factor covariances.
        padded = np.append(theta, 0.0)
        psi = padded[self.factor_covariance[group]]
        psi[(self.factor_covariance[group] < 0) & np.eye(self.factors, dtype=bool)] = 1.0
        return Parts(
            padded[self.loading[group]],
            psi,
            padded[self.residual[group]],
            padded[self.intercept[group]],
            padded[self.factor_mean[group]],
        )

    def collected(self, parts: Sequence[Parts]) -> Array:
        """Return the parameters that stand in given matrices, one entry a group: what :meth:`parts` takes apart."""
        theta = np.zeros(self.size + 1)
        for group, found in enumerate(parts):
            theta[self.loading[group]] = found.loadings
            theta[self.factor_covariance[group]] = found.factor_covariance
            theta[self.residual[group]] = found.residuals
            theta[self.intercept[group]] = found.intercepts
            theta[self.factor_mean[group]] = found.factor_means
        return theta[:-1]

    def derivatives(self, theta: Array, group: int) -> tuple[Array, Array]:
        """Return the derivative of the covariances (size, items, items) and of the means (size, items)."""
        loadings, psi, _, _, alpha = self.parts(theta, group)
        sigma = np.zeros((self.size + 1, self.items, self.items))
        mu = np.zeros((self.size + 1, self.items))
        weighted = loadings @ psi
        for item, factor in zip(*np.nonzero(self.loading[group] >= 0), strict=True):
            number = self.loading[group][item, factor]
            sigma[number, item, :] += weighted[:, factor]
            sigma[number, :, item] += weighted[:, factor]
            mu[number, item] += alpha[factor]
        for one, two in zip(*np.nonzero(self.factor_covariance[group] >= 0), strict=True):
            sigma[self.factor_covariance[group][one, two]] += np.outer(loadings[:, one], loadings[:, two])
        for item in range(self.items):
            sigma[self.residual[group][item], item, item] += 1.0
            mu[self.intercept[group][item], item] += 1.0
        for factor in range(self.factors):
            mu[self.factor_mean[group][factor]] += loadings[:, factor]
        return sigma[:-1], mu[:-1]


def start(model: Model, groups: Sequence[Moments]) -> Array:
    """Start from half of each item's variance explained, with signs from the first component of each factor's items."""
    sizes = [group.n for group in groups]
    pooled = np.average([group.covariance for group in groups], axis=0, weights=sizes)
    mean = np.average([group.mean for group in groups], axis=0, weights=sizes)
    theta = np.zeros(model.size + 1)
    for factor in range(model.factors):
        rows = np.flatnonzero(model.pattern[:, factor])
        value, vector = np.linalg.eigh(pooled[np.ix_(rows, rows)])
        first = vector[:, -1] * np.sign(vector[:, -1].sum() or 1.0)
        theta[model.loading[:, rows, factor]] = np.clip(first * np.sqrt(max(value[-1] - 0.5, 0.3)), -0.9, 0.9)
    for group, found in enumerate(groups):
        theta[model.residual[group]] = 0.5 * np.diag(found.covariance)
        diagonal = np.arange(model.factors)
        theta[model.factor_covariance[group][diagonal, diagonal]] = 1.0
        theta[model.intercept[group]] = mean
    return theta[:-1]
