"""What answers tell about the parameters of a factor model: expected and observed information, per person."""

import numpy as np

from .structure import Array, Model, Parts, Sample


def expected_information(model: Model, found: Sample, theta: Array, inverse: Array) -> Array:
    """Return the expected information per person, given the inverse of the implied covariances of each group."""
    sigma, mu = model.derivatives(model.parts(theta))
    turned = sigma @ inverse[:, None]
    blocks = _products(turned, turned) / 2 + mu @ inverse @ mu.swapaxes(1, 2)
    return model.gathered(found.share[:, None, None] * blocks)


def observed_information(model: Model, found: Sample, theta: Array, inverse: Array) -> Array:
    """Return half the second derivatives of the discrepancy: the observed information per person."""
    parts = model.parts(theta)
    sigma, mu = model.derivatives(parts)
    away = found.mean - parts.means if model.has_means else np.zeros_like(found.mean)
    moment = inverse @ (found.covariance + away[:, :, None] * away[:, None, :])
    pulled = (inverse @ away[:, :, None])[:, :, 0]
    turned = inverse[:, None] @ sigma
    blocks = _products((2 * moment - np.eye(model.items))[:, None] @ turned, turned)
    crossed = mu @ inverse @ (sigma @ pulled[:, None, :, None])[:, :, :, 0].swapaxes(1, 2)
    blocks += 2 * (crossed + crossed.swapaxes(1, 2) + mu @ inverse @ mu.swapaxes(1, 2))
    slope: Array = np.asarray(inverse - moment @ inverse, dtype=float)
    _add_curvature(blocks, model, parts, slope, pulled)
    return model.gathered(found.share[:, None, None] * blocks / 2)


def _products(left: Array, right: Array) -> Array:
    """Return the traces of the products of all matrices of one list with all of another, group by group."""
    groups, places = left.shape[:2]
    product: Array = left.reshape(groups, places, -1) @ right.swapaxes(2, 3).reshape(groups, places, -1).swapaxes(1, 2)
    return product


def _add_curvature(blocks: Array, model: Model, parts: Parts, slope: Array, pulled: Array) -> None:
    """Add what the second derivatives of the covariances and means themselves give, from the slopes along these."""
    item, factor, one, two = model.item, model.factor, model.one, model.two
    loading, covariance = slice(0, len(item)), slice(len(item), len(item) + len(one))
    pairs = 2 * slope[:, item[:, None], item] * parts.factor_covariances[:, factor[:, None], factor]
    blocks[:, loading, loading] += pairs
    along = (slope @ parts.loadings)[:, item]
    mixed = along[:, :, two] * (factor[:, None] == one) + along[:, :, one] * (factor[:, None] == two)
    mixed *= np.where(one == two, 1, 2)
    blocks[:, loading, covariance] += mixed
    blocks[:, covariance, loading] += mixed.swapaxes(1, 2)
    if model.has_means:
        mean = blocks.shape[1] - model.factors + factor
        blocks[:, np.arange(len(item)), mean] -= 2 * pulled[:, item]
        blocks[:, mean, np.arange(len(item))] -= 2 * pulled[:, item]
