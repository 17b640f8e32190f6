"""The search for the estimates of largest likelihood."""

import numpy as np
from scipy import linalg

from .information import expected_information, observed_information
from .structure import Array, Model, Sample

_GRADIENT = 1e-7
"""The largest slope, per standard deviation of an item, at which a fit counts as converged."""
_STALLED = 1e-5
"""The same, where rounding lets no step go further down."""
_SCORING, _STEPS = 40, 150
"""Steps of scoring, and of both kinds together, at most."""
_FLAT = 1e-6
"""Least curvature that a step counts with."""


def discrepancy(model: Model, found: Sample, theta: Array) -> tuple[float, Array, Array]:
    """Return the discrepancy (infinite where no covariances are implied), its gradient, and the inverse covariances."""
    parts, gradient = model.parts(theta), np.zeros(model.size + 1)
    loadings, psi, alpha = parts.loadings, parts.factor_covariances, parts.factor_means
    try:
        root = np.linalg.cholesky(parts.covariance)
    except np.linalg.LinAlgError:
        return np.inf, gradient[:-1], np.empty(0)
    # By the root, whose diagonal is positive: the covariances themselves may count as singular when these do not.
    half = np.linalg.inv(root)
    inverse = half.swapaxes(1, 2) @ half
    away = found.mean - parts.means if model.has_means else np.zeros_like(found.mean)
    moment = found.covariance + away[:, :, None] * away[:, None, :]
    log_implied = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    each = log_implied - found.log_determinant + (inverse * moment).sum(axis=(1, 2)) - model.items
    slope = found.share[:, None, None] * (inverse - inverse @ moment @ inverse)
    pulled = found.share[:, None] * (inverse @ away[:, :, None])[:, :, 0]
    np.add.at(gradient, model.loading, 2 * (slope @ loadings @ psi - pulled[:, :, None] * alpha[:, None, :]))
    np.add.at(gradient, model.factor_covariance, loadings.swapaxes(1, 2) @ slope @ loadings)
    np.add.at(gradient, model.residual, np.diagonal(slope, axis1=1, axis2=2))
    np.add.at(gradient, model.intercept, -2 * pulled)
    np.add.at(gradient, model.factor_mean, -2 * (pulled[:, None, :] @ loadings)[:, 0])
    return float(found.share @ each), gradient[:-1], inverse


def search(model: Model, found: Sample, theta: Array) -> tuple[Array, int, bool]:
    """Minimise the discrepancy; return the estimates, the number of steps and whether the slope came to rest.

    Scoring (expected information) first, which is quick and hard to lead astray; where it creeps, as it does when a
    variance wants to be negative, Newton's steps with the observed information, turned downhill where that curves
    upwards.
    """
    at, creeps = _At(model, found, theta), False
    for step in range(_STEPS):
        if at.slope < _GRADIENT:
            return at.theta, step, True
        creeps = creeps or step >= _SCORING
        lower = at.lower(at.newton() if creeps else at.scoring())
        if lower is None and creeps:
            break
        at, creeps = lower or at, creeps or lower is None
    return at.theta, step, at.slope < _STALLED


class _At:
    """A place of the search."""

    def __init__(self, model: Model, found: Sample, theta: Array) -> None:
        self.model, self.found, self.theta = model, found, theta
        self.value, self.gradient, self.inverse = discrepancy(model, found, theta)
        self.slope = float(np.abs(self.gradient).max())

    def scoring(self) -> Array:
        return -solved(2 * expected_information(self.model, self.found, self.theta, self.inverse), self.gradient)

    def newton(self) -> Array:
        curves, axes = np.linalg.eigh(2 * observed_information(self.model, self.found, self.theta, self.inverse))
        step: Array = -axes @ (axes.T @ self.gradient / np.maximum(np.abs(curves), _FLAT))
        return step

    def lower(self, direction: Array) -> "_At | None":
        """Go in a direction as far as it goes down enough."""
        length, expected = 1.0, float(self.gradient @ direction)
        while length > 1e-6:
            trial = _At(self.model, self.found, self.theta + length * direction)
            if trial.value <= self.value + 1e-4 * length * expected + 1e-15:
                return trial
            length /= 2
        return None


def solved(matrix: Array, vector: Array) -> Array:
    """Solve a symmetric system; by least squares where the information is not positive definite."""
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(matrix), vector))
    except linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, vector, rcond=1e-12)[0])
