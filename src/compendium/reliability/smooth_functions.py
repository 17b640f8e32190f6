"""Coefficients of reliability as smooth functions of means, so that samples drawn again are matrix products.

Every coefficient is ``1 - exp(u)`` with ``u`` a function of weighted means of a few numbers a person (*features*: answers, their
squares and products); the error of ``u`` follows from its gradient by these means.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Statistic(NamedTuple):
    """A coefficient below 1 as a function of means.

    ``features`` has one row a person; ``value`` takes means of the features, one row a draw, and returns
    ``log(1 - coefficient)`` and its gradient by the means, not finite where a draw gives no coefficient.
    """

    features: Array
    value: Callable[[Array], tuple[Array, Array]]


def alpha_statistic(values: Array) -> Statistic:
    """Return Cronbach's alpha as a function of means, of answers with or without gaps."""
    return alpha_of_pairs(values) if np.isnan(values).any() else _complete(values - values.mean(axis=0))


def spearman_brown_statistic(values: Array) -> Statistic:
    """Return the Spearman-Brown coefficient of two items without gaps as a function of means."""
    x, y = (values - values.mean(axis=0)).T

    def value(means: Array) -> tuple[Array, Array]:
        mean_x, mean_y, xx, yy, xy = means.T
        a, b, c = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
        r = c / np.sqrt(a * b)
        by_a, by_b, by_c = -r / (2 * a), -r / (2 * b), 1 / np.sqrt(a * b)
        slope = np.stack(
            [-2 * mean_x * by_a - mean_y * by_c, -2 * mean_y * by_b - mean_x * by_c, by_a, by_b, by_c], axis=1
        )
        # 1 - 2 r / (1 + r) = (1 - r) / (1 + r)
        return np.log((1 - r) / (1 + r)), slope * (-2 / (1 - r**2))[:, None]

    return Statistic(np.stack([x, y, x * x, y * y, x * y], axis=1), value)


def _complete(values: Array) -> Statistic:
    """Return alpha from the means of the items, of their squares together, and of the squared sum."""
    k = values.shape[1]
    features = np.column_stack([values, (values**2).sum(axis=1), values.sum(axis=1) ** 2])

    def value(means: Array) -> tuple[Array, Array]:
        items = means[:, :k]
        reach = items.sum(axis=1)
        own, total = means[:, k] - (items**2).sum(axis=1), means[:, k + 1] - reach**2
        rest = 1 - k / (k - 1) * (1 - own / total)
        by_own, by_total = k / (k - 1) / total, -k / (k - 1) * own / total**2
        slope = np.column_stack(
            [-2 * items * by_own[:, None] - 2 * (reach * by_total)[:, None], by_own[:, None], by_total[:, None]]
        )
        return np.log(rest), slope / rest[:, None]

    return Statistic(features, value)


class Pairs:
    """Covariances as functions of means: each pair of items rests on the persons who answered both.

    ``features`` holds the products of each pair and, where there are gaps, per pair who answered both and either answer
    of theirs; without gaps, each item once.
    """

    def __init__(self, values: Array) -> None:
        self.items = values.shape[1]
        self.one, self.two = np.triu_indices(self.items)
        known, filled = ~np.isnan(values), np.nan_to_num(values - np.nanmean(values, axis=0))
        first, second = filled[:, self.one], filled[:, self.two]
        both = (known[:, self.one] & known[:, self.two]).astype(float)
        self.has_gaps = not known.all()
        rest = [both, first * both, second * both] if self.has_gaps else [filled]
        self.features: Array = np.hstack([first * second, *rest])

    def _parts(self, means: Array) -> tuple[Array, Array | float, Array, Array]:
        """Return, per pair, the mean product, the share who answered both, and the means of either item among all."""
        if self.has_gaps:
            product, share, first, second = np.split(means, 4, axis=1)
            return product, share, first, second
        items = means[:, -self.items :]
        return means[:, : -self.items], 1.0, items[:, self.one], items[:, self.two]

    def matrices(self, means: Array) -> Array:
        """Return the covariances, one matrix a row of means."""
        product, share, first, second = self._parts(means)
        found = np.empty((len(means), self.items, self.items))
        found[:, self.one, self.two] = found[:, self.two, self.one] = product / share - first * second / share**2
        return found

    def gradient(self, means: Array, slope: Array) -> Array:
        """Turn a gradient by the covariances (one symmetric matrix a row) into one by the means."""
        product, share, first, second = self._parts(means)
        # Off the diagonal a covariance stands twice in its matrix.
        by_pair = slope[:, self.one, self.two] * np.where(self.one == self.two, 1.0, 2.0)
        if not self.has_gaps:
            by_item = -2 * (slope @ means[:, -self.items :, None])[:, :, 0]
            return np.hstack([by_pair, by_item])
        by_share = -product / share**2 + 2 * first * second / share**3
        return np.hstack([by_pair * part for part in (1 / share, by_share, -second / share**2, -first / share**2)])


def alpha_of_pairs(values: Array) -> Statistic:
    """Return alpha from covariances that each rest on the persons who answered both items of a pair."""
    pairs = Pairs(values)
    k = pairs.items

    def value(means: Array) -> tuple[Array, Array]:
        covariance = pairs.matrices(means)
        own, total = np.trace(covariance, axis1=1, axis2=2)[:, None, None], covariance.sum(axis=(1, 2))[:, None, None]
        rest = 1 - k / (k - 1) * (1 - own / total)
        slope = k / (k - 1) * (np.eye(k) / total - own / total**2) / rest
        return np.log(rest[:, 0, 0]), pairs.gradient(means, slope)

    return Statistic(pairs.features, value)
