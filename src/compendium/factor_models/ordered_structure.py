"""Where the parameters of a factor model for ordered answers stand, and what they imply for thresholds and correlations."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .ordered_statistics import Layout, Ordered, layout
from .structure import Array


class OrderedParts(NamedTuple):
    """The matrices of one group, for the variables behind the answers."""

    loadings: Array
    factor_covariance: Array
    residuals: Array
    intercepts: Array
    factor_means: Array

    @property
    def covariance(self) -> Array:
        """The covariances of the variables behind the answers."""
        return np.asarray(self.loadings @ self.factor_covariance @ self.loadings.T + np.diag(self.residuals))

    @property
    def means(self) -> Array:
        """The means of the variables behind the answers."""
        return np.asarray(self.intercepts + self.loadings @ self.factor_means)


class OrderedModel:
    """A factor model for ordered items in several groups, after Wu and Estabrook (2016).

    All entries of a group's matrices stand in one row: thresholds, loadings, intercepts, residual variances, factor means,
    and the lower half of the factor covariances. ``place`` (groups x entries) holds the number of the free parameter that
    stands there, or -1 where the value is ``fixed``. Equal parameters share a number. ``own`` lists those that stand in each group.

    Parameters
    ----------
    steps : sequence of int
        Number of steps of each item.
    pattern : array of bool, items x factors
        Which item loads on which factor.
    groups : int
        Number of groups.
    equal : frozenset of str
        What is equal in all groups: ``thresholds loadings intercepts residuals``, or the first few of these.
    freed : collection of (str, int)
        What is let off being equal after all: one of these words and the number of an item.

    Notes
    -----
    In the first group intercepts and factor means are 0, residual and factor variances 1 (theta parameterisation). In the
    others: intercepts are free once thresholds are equal, until intercepts are; residual variances are free once thresholds
    are equal (for an item of two steps, which has a single threshold, only once intercepts are equal too) until residuals are;
    factor variances are free once loadings are equal, and factor means once intercepts are. For an item that was let off, what
    is said of equal thresholds and intercepts goes by its own. So does semTools'
    ``measEq.syntax(ID.fac="std.lv", ID.cat="Wu.Estabrook.2016", parameterization="theta")``.

    References
    ----------
    Wu, Estabrook (2016), Psychometrika 81:1014-1045.
    """

    def __init__(
        self,
        steps: Sequence[int],
        pattern: NDArray[np.bool_],
        groups: int,
        equal: frozenset[str],
        freed: Collection[tuple[str, int]] = (),
    ) -> None:
        self.pattern, self.groups = pattern, groups
        self.items, self.factors = pattern.shape
        self.at: Layout = layout(steps)
        self._item, self._factor = np.nonzero(pattern)
        self._left, self._right = np.tril_indices(self.factors)
        sizes = [self.at.thresholds, len(self._item), self.items, self.items, self.factors, len(self._left)]
        ends = np.cumsum([0, *sizes])
        self.tau, self.loading, self.nu, self.residual, self.alpha, self.psi = (
            slice(int(start), int(end)) for start, end in pairwise(ends)
        )
        self.fixed = np.zeros(ends[-1])
        self.fixed[self.residual] = 1.0
        self.fixed[self.psi] = self._left == self._right
        self.size, self.place = self._numbered(equal, freed, np.asarray(steps))
        self.own = [place[place >= 0] for place in self.place]

    def _numbered(
        self, equal: frozenset[str], freed: Collection[tuple[str, int]], steps: NDArray[np.int_]
    ) -> tuple[int, NDArray[np.intp]]:
        """Return the number of free parameters and where they stand."""

        def held(matrix: str) -> NDArray[np.bool_]:
            return np.array([matrix in equal and (matrix, item) not in freed for item in range(self.items)])

        entries = len(self.fixed)
        # Free in all groups but the first.
        others = np.zeros(entries, dtype=bool)
        others[self.nu] = held("thresholds") & ~held("intercepts")
        has_scale = (steps > 2) | held("intercepts")
        others[self.residual] = held("thresholds") & has_scale & ~held("residuals")
        others[self.alpha] = "intercepts" in equal
        others[self.psi] = (self._left == self._right) & ("loadings" in equal)
        free = np.zeros((self.groups, entries), dtype=bool)
        free[1:] = others
        free[:, self.tau] = free[:, self.loading] = True
        free[:, self.psi] |= self._left != self._right
        shared = np.zeros(entries, dtype=bool)
        shared[self.tau], shared[self.loading] = held("thresholds")[self.at.item], held("loadings")[self._item]
        place = np.full(free.shape, -1, dtype=np.intp)
        place[:, shared] = np.arange(shared.sum())
        own = free & ~shared
        place[own] = shared.sum() + np.arange(own.sum())
        return int(place.max()) + 1, place

    def entries(self, theta: Array, group: int) -> Array:
        """Return all entries of a group, free and fixed."""
        place = self.place[group]
        return np.where(place >= 0, theta[place], self.fixed)

    def parts(self, theta: Array, group: int) -> OrderedParts:
        """Return the matrices of a group."""
        entries = self.entries(theta, group)
        loadings, psi = np.zeros(self.pattern.shape), np.zeros((self.factors, self.factors))
        loadings[self._item, self._factor] = entries[self.loading]
        psi[self._left, self._right] = psi[self._right, self._left] = entries[self.psi]
        return OrderedParts(loadings, psi, entries[self.residual], entries[self.nu], entries[self.alpha])

    def implied(self, theta: Array, group: int) -> Array:
        """Return thresholds and correlations of a group, as :class:`.Ordered` holds them; NaN where a variance is negative."""
        parts = self.parts(theta, group)
        covariance = parts.covariance
        with np.errstate(invalid="ignore"):
            spread = np.sqrt(np.diag(covariance))
        at = self.at
        thresholds = (self.entries(theta, group)[self.tau] - parts.means[at.item]) / spread[at.item]
        return np.concatenate([thresholds, covariance[at.one, at.two] / (spread[at.one] * spread[at.two])])

    def slopes(self, theta: Array, group: int) -> Array:
        """Return the derivatives of :meth:`implied` along the parameters that stand in the group (values x ``own``)."""
        parts, at = self.parts(theta, group), self.at
        sigma, mu = self._moment_slopes(parts)
        variance = np.diag(parts.covariance)
        spread = np.sqrt(variance)
        relative = np.diagonal(sigma, axis1=1, axis2=2) / (2 * variance)
        values = self.implied(theta, group)
        thresholds = -mu[:, at.item] / spread[at.item] - values[: at.thresholds] * relative[:, at.item]
        thresholds[self.tau] += np.diag(1 / spread[at.item])
        correlations = sigma[:, at.one, at.two] / (spread[at.one] * spread[at.two])
        correlations -= values[at.thresholds :] * (relative[:, at.one] + relative[:, at.two])
        return np.hstack([thresholds, correlations])[self.place[group] >= 0].T

    def _moment_slopes(self, parts: OrderedParts) -> tuple[Array, Array]:
        """Return the derivatives of the covariances and means of the variables behind the answers, entries first."""
        sigma = np.zeros((len(self.fixed), self.items, self.items))
        mu = np.zeros((len(self.fixed), self.items))
        loading, each = np.arange(*self.loading.indices(len(self.fixed))), np.arange(self.items)
        turned = (parts.loadings @ parts.factor_covariance)[:, self._factor].T
        sigma[loading, self._item, :] += turned
        sigma[loading, :, self._item] += turned
        mu[loading, self._item] = parts.factor_means[self._factor]
        mu[self.nu] = np.eye(self.items)
        sigma[self.residual.start + each, each, each] = 1.0
        mu[self.alpha] = parts.loadings.T
        left, right = parts.loadings[:, self._left].T, parts.loadings[:, self._right].T
        crossed = left[:, :, None] * right[:, None, :]
        twice = (self._left != self._right)[:, None, None]
        sigma[self.psi] = crossed + twice * crossed.transpose(0, 2, 1)
        return sigma, mu

    def start(self, groups: Sequence[Ordered]) -> Array:
        """Start from the first component of each factor's correlations, the same in all groups, and from the thresholds found."""
        at, k = self.at, self.items
        r = np.eye(k)
        pooled = np.average([group.values for group in groups], axis=0, weights=[group.n for group in groups])
        r[at.one, at.two] = r[at.two, at.one] = pooled[at.thresholds :]
        found = np.zeros(self.pattern.shape)
        for factor, rows in enumerate(self.pattern.T):
            value, vector = np.linalg.eigh(r[np.ix_(rows, rows)])
            first = vector[:, -1] * np.sign(vector[:, -1].sum() or 1.0)
            found[rows, factor] = np.clip(first * np.sqrt(max(value[-1] - 0.5, 0.3)), -0.85, 0.85)
        loading = found[self._item, self._factor]
        scale = np.ones(k)
        np.add.at(scale, self._item, loading**2 / (1 - loading**2))
        total, count = np.zeros(self.size + 1), np.zeros(self.size + 1)
        for group, place in zip(groups, self.place, strict=True):
            entries = self.fixed.copy()
            entries[self.tau] = group.values[: at.thresholds] * np.sqrt(scale)[at.item]
            entries[self.loading] = loading / np.sqrt(1 - loading**2)
            np.add.at(total, place, entries)
            np.add.at(count, place, 1)
        return total[:-1] / count[:-1]
