"""McDonald's omega: the share of a sum's variance that one factor makes, and how it varies when persons are drawn again."""

import numpy as np
from numpy.typing import NDArray

from ..factor_models import maximum_likelihood
from . import bootstrap, coefficients
from .smooth_functions import Pairs, Statistic

Array = NDArray[np.float64]

_STEPS = 8
"""Most steps from the estimates of the whole sample to those of a draw, which lie near."""
_CLOSE = 0.03
"""Largest step of a scaled estimate after which the search for a draw ends: what is left is far below its error."""
_FAR = 0.5
"""Largest step that is taken at once; a draw that would still go on so far at the end has no estimate."""
_LEAST = 0.01
"""Smallest residual variance of a scaled item in a draw: less would be an item without any error."""
_RIDGE = 1e-9


def omega(
    values: Array, weight: Array, draws: int = bootstrap.DRAWS, seed: int = bootstrap.SEED
) -> tuple[float, float, float]:
    """Estimate omega of a one-factor model with its studentised bootstrap interval.

    Parameters
    ----------
    values : numpy.ndarray
        Persons x items, three items or more; with gaps, covariances rest on those who answered both items of a pair.
    weight : numpy.ndarray
        One weight of zero or more a person, 1 on average.
    draws, seed : int
        Number of bootstrap samples, and where their random numbers start.

    Returns
    -------
    tuple of float
        Estimate, lower and upper end; all missing where the model does not converge or gives a negative residual variance.

    Notes
    -----
    ``(sum of loadings)^2 / ((sum of loadings)^2 + sum of residual variances)`` by maximum likelihood. Every draw is fitted
    anew from the estimates of the whole sample by Fisher scoring; residual variances stay positive. The error of each
    draw follows from the gradient of omega by the covariances, through the inverse of the expected information.

    References
    ----------
    McDonald (1999), Test Theory; Joreskog (1967), Psychometrika 32:443-482; Efron, Tibshirani (1993), ch. 12.
    """
    estimates = fitted(coefficients.covariances(values, weight), len(values))
    if estimates is None:
        return float("nan"), float("nan"), float("nan")
    loadings, residuals = estimates
    found = _share(loadings, residuals)
    return found, *bootstrap.studentised(found, statistic(values, weight, loadings, residuals), weight, draws, seed)


def of_covariance(covariance: Array, n: int) -> float:
    """Return omega of the items with these covariances among ``n`` persons; missing where the model fails."""
    estimates = fitted(covariance, n)
    return float("nan") if estimates is None else _share(*estimates)


def _share(loadings: Array, residuals: Array) -> float:
    return float(loadings.sum() ** 2 / (loadings.sum() ** 2 + residuals.sum()))


def statistic(values: Array, weight: Array, loadings: Array, residuals: Array) -> Statistic:
    """Return omega as a function of means, fitted from the estimates of the whole sample."""
    scale = np.sqrt(np.diag(coefficients.covariances(values, weight)))
    pairs = Pairs(values / scale)

    def value(means: Array) -> tuple[Array, Array]:
        covariance = pairs.matrices(means)
        theta = _scored(covariance, loadings / scale, residuals / scale**2)
        u, slope = _reliability(theta, scale)
        return u, pairs.gradient(means, slope)

    return Statistic(pairs.features, value)


def fitted(covariance: Array, n: int) -> tuple[Array, Array] | None:
    """Return loadings and residual variances; none where the model fails."""
    k = len(covariance)
    if n <= k or maximum_likelihood.is_singular(covariance):
        return None
    fit = maximum_likelihood.fit([maximum_likelihood.Moments(n, np.zeros(k), covariance)], np.ones((k, 1), dtype=bool))
    if not fit.is_converged or fit.is_improper:
        return None
    return fit.loadings[0][:, 0], fit.residuals[0]


def _scored(covariance: Array, loadings: Array, residuals: Array) -> Array:
    """Fit one factor to many covariance matrices; return loadings, then residual variances, one row a matrix."""
    k, diagonal = len(loadings), np.arange(len(loadings))
    start = np.concatenate([loadings, np.maximum(residuals, _LEAST)])
    theta, size = np.tile(start, (len(covariance), 1)), np.full(len(covariance), np.inf)
    for number in range(_STEPS):
        going = np.flatnonzero(size > _CLOSE)  # a draw without covariances has no size after its first step
        if not len(going):
            break
        own = theta[going]
        # All start from the same estimates, so that the first step has one information for all.
        inverse, information = _information(own if number else start[None])
        apart = covariance[going] - own[:, :k, None] * own[:, None, :k]
        apart[:, diagonal, diagonal] -= own[:, k:]
        pulled = inverse @ apart @ inverse
        score = np.hstack([(pulled @ own[:, :k, None])[:, :, 0], pulled[:, diagonal, diagonal] / 2])
        if number:
            step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        else:
            step = np.linalg.solve(information[0], score.T).T
        size[going] = np.abs(step).max(axis=1)
        own += step * np.minimum(1, _FAR / np.maximum(size[going], _LEAST))[:, None]
        own[:, k:] = np.maximum(own[:, k:], _LEAST)
        theta[going] = own
    theta[~(size <= _FAR)] = np.nan
    return theta


def _information(theta: Array) -> tuple[Array, Array]:
    """Return the inverses of the covariances that the estimates imply, and the expected information per person."""
    k = theta.shape[1] // 2
    ratio = theta[:, :k] / theta[:, k:]
    along = (theta[:, :k] * ratio).sum(axis=1)
    inverse = -ratio[:, :, None] * ratio[:, None, :] / (1 + along)[:, None, None]
    inverse[:, np.arange(k), np.arange(k)] += 1 / theta[:, k:]
    pulled = ratio / (1 + along)[:, None]
    information = np.empty((len(theta), 2 * k, 2 * k))
    information[:, :k, :k] = pulled[:, :, None] * pulled[:, None, :] + (along / (1 + along))[:, None, None] * inverse
    information[:, :k, k:] = inverse * pulled[:, None, :]
    information[:, k:, :k] = information[:, :k, k:].transpose(0, 2, 1)
    information[:, k:, k:] = inverse**2 / 2
    # Loadings of nought would leave their own residual variances alone to tell, and the system without a solution.
    information[:, np.arange(2 * k), np.arange(2 * k)] += _RIDGE
    return inverse, information


def _reliability(theta: Array, scale: Array) -> tuple[Array, Array]:
    """Return ``log(1 - omega)`` of items with these scales, and its gradient by the covariances of the scaled items."""
    k = len(scale)
    reach, noise = theta[:, :k] @ scale, theta[:, k:] @ scale**2
    whole = reach**2 + noise
    by_loading = (-2 * reach / whole)[:, None] * scale
    by_residual = (1 / noise - 1 / whole)[:, None] * scale**2
    inverse, information = _information(theta)
    along = np.linalg.solve(information, np.hstack([by_loading, by_residual])[:, :, None])[:, :, 0]
    middle = along[:, :k, None] * theta[:, None, :k]
    middle = middle + middle.transpose(0, 2, 1)
    middle[:, np.arange(k), np.arange(k)] += along[:, k:]
    return np.log(noise / whole), inverse @ middle @ inverse / 2
