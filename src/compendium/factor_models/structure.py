"""Where the parameters of a factor model for several groups stand, and what they imply for the moments."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Moments(NamedTuple):
    """Number of persons, means and covariances (divided by n, as maximum likelihood has it) of one group."""

    n: int
    mean: Array
    covariance: Array


class Sample(NamedTuple):
    """The moments of all groups, groups first, and what share of the ``n`` persons each group is."""

    n: int
    share: Array
    mean: Array
    covariance: Array
    log_determinant: Array


class Parts(NamedTuple):
    """The matrices of the model, groups first."""

    loadings: Array
    factor_covariances: Array
    residuals: Array
    intercepts: Array
    factor_means: Array

    @property
    def covariance(self) -> Array:
        """The covariances of the items that these imply."""
        noise = self.residuals[:, :, None] * np.eye(self.residuals.shape[1])
        implied: Array = self.loadings @ self.factor_covariances @ self.loadings.swapaxes(1, 2) + noise
        return implied

    @property
    def means(self) -> Array:
        """The means of the items that these imply."""
        return self.intercepts + (self.loadings @ self.factor_means[:, :, None])[:, :, 0]


def sample(groups: Sequence[Moments]) -> Sample:
    """Stack the moments of groups."""
    sizes, covariance = np.array([group.n for group in groups]), np.array([group.covariance for group in groups])
    log_determinant = np.linalg.slogdet(covariance)[1]
    mean = np.array([group.mean for group in groups])
    return Sample(int(sizes.sum()), sizes / sizes.sum(), mean, covariance, log_determinant)


class Model:
    """Where each free parameter stands in the matrices of each group.

    Parameters are numbered; ``places`` holds for every matrix an integer array (groups first) with the number of the
    parameter that stands there, or -1 where the value is fixed. Equal parameters share a number. ``freed`` holds, for
    ``loadings`` and ``intercepts``, the items that are let off being equal. ``numbers`` lists the same places flat, a
    row for each group: loadings (of ``item`` on ``factor``), factor covariances (of ``one`` with ``two``), residual
    variances, and with means intercepts and factor means.
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
        self.item, self.factor = np.nonzero(pattern)
        self.one, self.two = np.tril_indices(factors)
        numbers = [
            self.loading[:, self.item, self.factor],
            self.factor_covariance[:, self.one, self.two],
            self.residual,
        ]
        self.numbers = np.hstack([*numbers, *([self.intercept, self.factor_mean] if self.has_means else [])])

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

    def parts(self, theta: Array) -> Parts:
        """Return the matrices that parameters make."""
        # The last entry answers for fixed places (-1): 0, or 1 on the diagonal of the factor covariances.
        padded = np.append(theta, 0.0)
        psi = padded[self.factor_covariance]
        psi[(self.factor_covariance < 0) & np.eye(self.factors, dtype=bool)] = 1.0
        return Parts(padded[self.loading], psi, padded[self.residual], padded[self.intercept], padded[self.factor_mean])

    def collected(self, parts: Parts) -> Array:
        """Return the parameters that stand in matrices: what :meth:`parts` takes apart."""
        theta = np.zeros(self.size + 1)
        theta[self.loading] = parts.loadings
        theta[self.factor_covariance] = parts.factor_covariances
        theta[self.residual] = parts.residuals
        theta[self.intercept] = parts.intercepts
        theta[self.factor_mean] = parts.factor_means
        return theta[:-1]

    def derivatives(self, parts: Parts) -> tuple[Array, Array]:
        """Return the derivatives of covariances and means by what stands in each of :attr:`numbers`' places.

        Groups first, then places, then items (twice for the covariances).
        """
        groups, places = self.numbers.shape
        sigma, mu = np.zeros((groups, places, self.items, self.items)), np.zeros((groups, places, self.items))
        loading, covariance = np.arange(len(self.item)), len(self.item) + np.arange(len(self.one))
        residual = len(self.item) + len(self.one) + np.arange(self.items)
        along = (parts.loadings @ parts.factor_covariances).swapaxes(1, 2)[:, self.factor]
        sigma[:, loading, self.item, :] += along
        sigma[:, loading, :, self.item] += along.swapaxes(0, 1)
        first, second = (parts.loadings.swapaxes(1, 2)[:, factor] for factor in (self.one, self.two))
        product = first[:, :, :, None] * second[:, :, None, :]
        sigma[:, covariance] = product + product.swapaxes(2, 3) * (self.one != self.two)[:, None, None]
        sigma[:, residual, range(self.items), range(self.items)] = 1.0
        if self.has_means:
            mu[:, loading, self.item] = parts.factor_means[:, self.factor]
            mu[:, residual + self.items, range(self.items)] = 1.0
            mu[:, -self.factors :] = parts.loadings.swapaxes(1, 2)
        return sigma, mu

    def gathered(self, blocks: Array) -> Array:
        """Add up matrices between :attr:`numbers`' places, groups first, into one between parameters."""
        found = np.zeros((self.size + 1, self.size + 1))
        np.add.at(found, (self.numbers[:, :, None], self.numbers[:, None, :]), blocks)
        return found[:-1, :-1]


def start(model: Model, found: Sample) -> Array:
    """Start from half of each item's variance explained, with signs from the first component of each factor's items."""
    pooled = np.average(found.covariance, axis=0, weights=found.share)
    theta = np.zeros(model.size + 1)
    for factor in range(model.factors):
        rows = np.flatnonzero(model.pattern[:, factor])
        value, vector = np.linalg.eigh(pooled[np.ix_(rows, rows)])
        first = vector[:, -1] * np.sign(vector[:, -1].sum() or 1.0)
        theta[model.loading[:, rows, factor]] = np.clip(first * np.sqrt(max(value[-1] - 0.5, 0.3)), -0.9, 0.9)
    diagonal = np.arange(model.factors)
    theta[model.residual] = 0.5 * np.diagonal(found.covariance, axis1=1, axis2=2)
    theta[model.factor_covariance[:, diagonal, diagonal]] = 1.0
    theta[model.intercept] = np.average(found.mean, axis=0, weights=found.share)
    return theta[:-1]
