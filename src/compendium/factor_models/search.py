"""The search for the estimates of largest likelihood."""

from collections.abc import Sequence

import numpy as np
from scipy import linalg, optimize

from .structure import Array, Model, Moments

_GRADIENT = 1e-7
"""The largest slope, per standard deviation of an item, at which a fit counts as converged."""
_ITERATIONS = 500


def discrepancy(
    model: Model, groups: Sequence[Moments], theta: Array
) -> tuple[float, Array, list[tuple[Array, Array]]]:
    """Return the discrepancy, its gradient, and per group the inverse covariance and the distance of the means."""
    total = sum(group.n for group in groups)
    value, gradient, kept = 0.0, np.zeros(model.size + 1), []
    for number, found in enumerate(groups):
        loadings, psi, residual, nu, alpha = model.parts(theta, number)
        sigma = loadings @ psi @ loadings.T + np.diag(residual)
        try:
            root = linalg.cholesky(sigma, lower=True)
        except linalg.LinAlgError:
            return np.inf, gradient[:-1], []
        inverse = linalg.cho_solve((root, True), np.eye(model.items))
        distance = found.mean - nu - loadings @ alpha if model.has_means else np.zeros(model.items)
        moment = found.covariance + np.outer(distance, distance)
        share = found.n / total
        _, log_observed = np.linalg.slogdet(found.covariance)
        value += share * (2 * np.log(np.diag(root)).sum() - log_observed + (inverse * moment).sum() - model.items)
        slope = inverse - inverse @ moment @ inverse
        pulled = inverse @ distance
        np.add.at(gradient, model.loading[number], share * 2 * (slope @ loadings @ psi - np.outer(pulled, alpha)))
        np.add.at(gradient, model.factor_covariance[number], share * (loadings.T @ slope @ loadings))
        np.add.at(gradient, model.residual[number], share * np.diag(slope))
        np.add.at(gradient, model.intercept[number], -share * 2 * pulled)
        np.add.at(gradient, model.factor_mean[number], -share * 2 * loadings.T @ pulled)
        kept.append((inverse, distance))
    return value, gradient[:-1], kept


def information(model: Model, groups: Sequence[Moments], theta: Array, inverses: Sequence[Array]) -> Array:
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


def search(model: Model, groups: Sequence[Moments], theta: Array) -> tuple[Array, int, bool]:
    """Minimise the discrepancy; return the estimates, the number of steps and whether the slope came to rest."""
    value, gradient, kept = discrepancy(model, groups, theta)
    for step in range(_ITERATIONS):
        if np.abs(gradient).max() < _GRADIENT:
            return theta, step, True
        matrix = 2 * information(model, groups, theta, [inverse for inverse, _ in kept])
        direction = -solved(matrix, gradient)
        length = 1.0
        while length > 1e-6:
            trial = theta + length * direction
            new_value, new_gradient, new_kept = discrepancy(model, groups, trial)
            if new_value <= value + 1e-4 * length * float(gradient @ direction) + 1e-15:
                break
            length /= 2
        else:
            break
        theta, value, gradient, kept = trial, new_value, new_gradient, new_kept
    found = optimize.minimize(
        lambda x: discrepancy(model, groups, x)[:2],
        theta,
        jac=True,
        method="BFGS",
        options={"gtol": 1e-8, "maxiter": 2000},
    )
    return found.x, _ITERATIONS + int(found.nit), bool(np.abs(found.jac).max() < 1e-5)


def solved(matrix: Array, vector: Array) -> Array:
    """Solve a symmetric system; by least squares where the information is not positive definite."""
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(matrix), vector))
    except linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, vector, rcond=1e-12)[0])
