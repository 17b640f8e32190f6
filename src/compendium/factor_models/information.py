"""What answers tell about the parameters of a factor model: expected and observed information, per person."""

from collections.abc import Sequence

import numpy as np

from .structure import Array, Model, Moments, Parts


def expected_information(model: Model, groups: Sequence[Moments], theta: Array, inverses: Sequence[Array]) -> Array:
    """Return the expected information per person."""
    total = sum(group.n for group in groups)
    found = np.zeros((model.size, model.size))
    for number, (group, inverse) in enumerate(zip(groups, inverses, strict=True)):
        sigma, mu = model.derivatives(theta, number)
        # Only the parameters that stand in this group: elsewhere everything is nought.
        own = np.flatnonzero(sigma.any(axis=(1, 2)) | mu.any(axis=1))
        turned = (sigma[own].reshape(-1, model.items) @ inverse).reshape(-1, model.items, model.items)
        across = turned.transpose(0, 2, 1).reshape(len(own), -1)
        share = 0.5 * turned.reshape(len(own), -1) @ across.T + mu[own] @ inverse @ mu[own].T
        found[np.ix_(own, own)] += group.n / total * share
    return found


def observed_information(model: Model, groups: Sequence[Moments], theta: Array) -> Array:
    """Return half the second derivatives of the discrepancy: the observed information per person."""
    persons = sum(group.n for group in groups)
    total = np.zeros((model.size, model.size))
    for number, group in enumerate(groups):
        parts = model.parts(theta, number)
        sigma, mu = model.derivatives(theta, number)
        within = parts.inverse
        away = group.mean - parts.means if model.has_means else np.zeros(model.items)
        moment = within @ (group.covariance + np.outer(away, away))
        pulled = within @ away
        turned = within @ sigma
        left = (2 * moment - np.eye(model.items)) @ turned
        crossed = mu @ within @ (sigma @ pulled).T
        matrix = left.reshape(model.size, -1) @ turned.transpose(0, 2, 1).reshape(model.size, -1).T
        matrix += 2 * (crossed + crossed.T + mu @ within @ mu.T)
        slope: Array = np.asarray(within - moment @ within, dtype=float)
        matrix += _curvature(model, number, parts, slope, pulled)
        total += group.n / persons * matrix / 2
    return total


def _curvature(model: Model, number: int, parts: Parts, slope: Array, pulled: Array) -> Array:
    """Return what the second derivatives of the covariances and means themselves add, given the slopes along these."""
    found = np.zeros((model.size, model.size))
    item, factor = np.nonzero(model.loading[number] >= 0)
    loading = model.loading[number][item, factor]
    found[np.ix_(loading, loading)] += 2 * slope[np.ix_(item, item)] * parts.factor_covariance[np.ix_(factor, factor)]
    one, two = np.nonzero(model.factor_covariance[number] >= 0)
    covariance = model.factor_covariance[number][one, two]
    along = (slope @ parts.loadings)[item]
    mixed = along[:, two] * (factor[:, None] == one) + along[:, one] * (factor[:, None] == two)
    np.add.at(found, (loading[:, None], covariance[None, :]), mixed)
    np.add.at(found, (covariance[:, None], loading[None, :]), mixed.T)
    mean = model.factor_mean[number][factor]
    free = mean >= 0
    found[loading[free], mean[free]] -= 2 * pulled[item[free]]
    found[mean[free], loading[free]] -= 2 * pulled[item[free]]
    return found
