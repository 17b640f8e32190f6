"""The search for the estimates of largest likelihood."""

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from .information import expected_information, observed_information
from .structure import Array, Model, Moments

_GRADIENT = 1e-7
"""The largest slope, per standard deviation of an item, at which a fit counts as converged."""
_STALLED = 1e-5
"""The same, where rounding lets no step go further down."""
_SCORING, _STEPS = 40, 150
"""Steps of scoring, and of both kinds together, at most."""
_FLAT = 1e-6
"""Least curvature that a step counts with."""


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


def search(model: Model, groups: Sequence[Moments], theta: Array) -> tuple[Array, int, bool]:
    """Minimise the discrepancy; return the estimates, the number of steps and whether the slope came to rest.

    Scoring (expected information) first, which is quick and hard to lead astray; where it creeps, as it does when a
    variance wants to be negative, Newton's steps with the observed information, turned downhill where that curves upwards.
    """
    at, creeps = _At(model, groups, theta), False
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

    def __init__(self, model: Model, groups: Sequence[Moments], theta: Array) -> None:
        self.model, self.groups, self.theta = model, groups, theta
        self.value, self.gradient, self.kept = discrepancy(model, groups, theta)
        self.slope = float(np.abs(self.gradient).max())

    def scoring(self) -> Array:
        inverses = [inverse for inverse, _ in self.kept]
        return -solved(2 * expected_information(self.model, self.groups, self.theta, inverses), self.gradient)

    def newton(self) -> Array:
        curves, axes = np.linalg.eigh(2 * observed_information(self.model, self.groups, self.theta))
        step: Array = -axes @ (axes.T @ self.gradient / np.maximum(np.abs(curves), _FLAT))
        return step

    def lower(self, direction: Array) -> "_At | None":
        """Go in a direction as far as it goes down enough."""
        length, expected = 1.0, float(self.gradient @ direction)
        while length > 1e-6:
            trial = _At(self.model, self.groups, self.theta + length * direction)
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
