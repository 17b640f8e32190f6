"""Confirmatory factor models for one or several groups by maximum likelihood, with mean structure.

One engine serves two rooms: omega in :mod:`compendium.reliability` (one factor, one group) and the invariance ladder in
:mod:`compendium.invariance`. It is written for moments (n, means, covariances), so its cost does not grow with n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

Array = NDArray[np.float64]

_GRADIENT = 1e-7
"""The largest slope, per standard deviation of an item, at which a fit counts as converged."""
_ITERATIONS = 500
_SINGULAR = 1e-8
"""Smallest eigenvalue of the correlations at which a model is still fitted."""


class Moments(NamedTuple):
    """Number of persons, means and covariances (divided by n, as maximum likelihood has it) of one group."""

    n: int
    mean: Array
    covariance: Array


@dataclass(frozen=True)
class Fit:
    """A fitted model: how well it fits, and its estimates.

    ``loadings residuals intercepts`` have one row a group and ``factor_covariances factor_means`` one entry a group.
    ``is_improper`` says that a residual variance is negative or a factor covariance matrix is not positive definite.
    """

    chisq: float
    df: int
    cfi: float
    tli: float
    rmsea: float
    srmr: float
    n: int
    is_converged: bool
    is_improper: bool
    iterations: int
    loadings: Array
    residuals: Array
    intercepts: Array
    factor_covariances: Array
    factor_means: Array


def moments(values: Array) -> Moments:
    """Return the moments of complete answers (persons x items)."""
    return Moments(len(values), values.mean(axis=0), np.atleast_2d(np.cov(values, rowvar=False, bias=True)))


def is_singular(covariance: Array) -> bool:
    """Tell whether an item is a sum of others (or a copy), so that no factor model can be fitted."""
    spread = np.sqrt(np.diag(covariance))
    return bool(np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < _SINGULAR)


class _Model:
    """Where each free parameter stands in the matrices of each group.

    Parameters are numbered; ``places`` holds for every matrix an integer array (groups first) with the number of the
    parameter that stands there, or -1 where the value is fixed. Equal parameters share a number.
    """

    def __init__(self, pattern: NDArray[np.bool_], groups: int, equal: frozenset[str]) -> None:
        items, factors = pattern.shape
        self.groups, self.items, self.factors, self.size = groups, items, factors, 0
        self.has_means = "intercepts" in equal
        self.loading = self._number(np.broadcast_to(pattern, (groups, items, factors)), "loadings" in equal)
        self.residual = self._number(np.ones((groups, items), bool), "residuals" in equal)
        # Factor variances are 1 in the first group; elsewhere they are free once loadings are held equal.
        lower = np.broadcast_to(np.tril(np.ones((factors, factors), bool), -1), (groups, factors, factors))
        covariance = self._number(lower, False)
        self.factor_covariance = np.maximum(covariance, covariance.transpose(0, 2, 1))
        if "loadings" in equal:
            free = np.ones((groups, factors), bool)
            free[0] = False
            diagonal = np.arange(factors)
            self.factor_covariance[:, diagonal, diagonal] = self._number(free, False)
        self.intercept = np.full((groups, items), -1)
        self.factor_mean = np.full((groups, factors), -1)
        if self.has_means:
            self.intercept = self._number(np.ones((groups, items), bool), True)
            free = np.ones((groups, factors), bool)
            free[0] = False
            self.factor_mean = self._number(free, False)

    def _number(self, free: NDArray[np.bool_], equal: bool) -> NDArray[np.int_]:
        places = np.full(free.shape, -1)
        if equal:
            places[0][free[0]] = self.size + np.arange(free[0].sum())
            places[:] = places[0]
            self.size += int(free[0].sum())
        else:
            places[free] = self.size + np.arange(free.sum())
            self.size += int(free.sum())
        return places

    def parts(self, theta: Array, group: int) -> tuple[Array, Array, Array, Array, Array]:
        """Return loadings, factor covariances, residuals, intercepts and factor means of a group."""
        # The last entry answers for fixed places (-1): 0, or 1 on the diagonal of the factor covariances.
        padded = np.append(theta, 0.0)
        psi = padded[self.factor_covariance[group]]
        psi[(self.factor_covariance[group] < 0) & np.eye(self.factors, dtype=bool)] = 1.0
        return (
            padded[self.loading[group]],
            psi,
            padded[self.residual[group]],
            padded[self.intercept[group]],
            padded[self.factor_mean[group]],
        )

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


def fit(groups: Sequence[Moments], pattern: NDArray[np.bool_], equal: frozenset[str] = frozenset()) -> Fit:
    """Fit a factor model to one or several groups by maximum likelihood.

    Parameters
    ----------
    groups : sequence of Moments
        One entry a group, same items in the same order.
    pattern : array of bool, items x factors
        Which item loads on which factor; factors correlate freely, residuals do not.
    equal : frozenset of str
        What is held equal across groups: ``loadings``, ``intercepts``, ``residuals``. With equal intercepts the factor
        means are free in all groups but the first; without them the means are reproduced exactly.

    Returns
    -------
    Fit
        Chi-square, degrees of freedom, fit indices and estimates.

    Notes
    -----
    Items are divided by their pooled within-group standard deviation, which changes no fit index and keeps the search
    well scaled. Fisher scoring with analytic gradients and step halving from standardised starts; where it does not
    converge, a quasi-Newton search from the same place goes on. Chi-square is n times the discrepancy (normal
    likelihood). RMSEA carries the factor ``sqrt(groups)``; SRMR is Bentler's, with means, averaged over groups by size.

    References
    ----------
    Joreskog (1971), Psychometrika 36:409-426; Steiger (1998), Struct. Equ. Modeling 5:411-419; Hu, Bentler (1999),
    Struct. Equ. Modeling 6:1-55.
    """
    pooled = np.average([group.covariance for group in groups], axis=0, weights=[group.n for group in groups])
    scale = np.sqrt(np.diag(pooled))
    scaled = [Moments(g.n, g.mean / scale, g.covariance / np.outer(scale, scale)) for g in groups]
    model = _Model(pattern, len(groups), equal)
    theta, iterations, is_converged = _search(model, scaled, _start(model, scaled, pattern))
    return _summary(model, scaled, scale, theta, iterations, is_converged)


def _start(model: _Model, groups: Sequence[Moments], pattern: NDArray[np.bool_]) -> Array:
    """Start from half of each item's variance explained, with signs from the first component of each factor's items."""
    sizes = [group.n for group in groups]
    pooled = np.average([group.covariance for group in groups], axis=0, weights=sizes)
    mean = np.average([group.mean for group in groups], axis=0, weights=sizes)
    theta = np.zeros(model.size + 1)
    for factor in range(model.factors):
        rows = np.flatnonzero(pattern[:, factor])
        value, vector = np.linalg.eigh(pooled[np.ix_(rows, rows)])
        first = vector[:, -1] * np.sign(vector[:, -1].sum() or 1.0)
        theta[model.loading[:, rows, factor]] = np.clip(first * np.sqrt(max(value[-1] - 0.5, 0.3)), -0.9, 0.9)
    for group, found in enumerate(groups):
        theta[model.residual[group]] = 0.5 * np.diag(found.covariance)
        diagonal = np.arange(model.factors)
        theta[model.factor_covariance[group][diagonal, diagonal]] = 1.0
        theta[model.intercept[group]] = mean
    return theta[:-1]


def _discrepancy(
    model: _Model, groups: Sequence[Moments], theta: Array
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


def _information(model: _Model, groups: Sequence[Moments], theta: Array, inverses: Sequence[Array]) -> Array:
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


def one_factor_information(loadings: Array, residuals: Array) -> Array:
    """Return the expected information per person of a one-factor model: loadings first, then residual variances."""
    k = len(loadings)
    model = _Model(np.ones((k, 1), dtype=bool), 1, frozenset())
    theta = np.concatenate([loadings, residuals])
    inverse: Array = np.asarray(np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals)), dtype=float)
    return _information(model, [Moments(1, np.zeros(k), np.eye(k))], theta, [inverse])


def _search(model: _Model, groups: Sequence[Moments], theta: Array) -> tuple[Array, int, bool]:
    """Minimise the discrepancy; return the estimates, the number of steps and whether the slope came to rest."""
    value, gradient, kept = _discrepancy(model, groups, theta)
    for step in range(_ITERATIONS):
        if np.abs(gradient).max() < _GRADIENT:
            return theta, step, True
        matrix = 2 * _information(model, groups, theta, [inverse for inverse, _ in kept])
        direction = -_solved(matrix, gradient)
        length = 1.0
        while length > 1e-6:
            trial = theta + length * direction
            new_value, new_gradient, new_kept = _discrepancy(model, groups, trial)
            if new_value <= value + 1e-4 * length * float(gradient @ direction) + 1e-15:
                break
            length /= 2
        else:
            break
        theta, value, gradient, kept = trial, new_value, new_gradient, new_kept
    found = optimize.minimize(
        lambda x: _discrepancy(model, groups, x)[:2],
        theta,
        jac=True,
        method="BFGS",
        options={"gtol": 1e-8, "maxiter": 2000},
    )
    return found.x, _ITERATIONS + int(found.nit), bool(np.abs(found.jac).max() < 1e-5)


def _solved(matrix: Array, vector: Array) -> Array:
    """Solve a symmetric system; by least squares where the information is not positive definite."""
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(matrix), vector))
    except linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, vector, rcond=1e-12)[0])


def _summary(
    model: _Model, groups: Sequence[Moments], scale: Array, theta: Array, iterations: int, is_converged: bool
) -> Fit:
    total = sum(group.n for group in groups)
    value, _, _ = _discrepancy(model, groups, theta)
    parts = [model.parts(theta, number) for number in range(model.groups)]
    k = model.items
    df = model.groups * k * (k + 1) // 2 + (model.groups * k if model.has_means else 0) - model.size
    chisq = max(total * value, 0.0)
    base = sum(g.n * (np.log(np.diag(g.covariance)).sum() - np.linalg.slogdet(g.covariance)[1]) for g in groups)
    base_df = model.groups * k * (k - 1) // 2
    excess, base_excess = max(chisq - df, 0.0), max(base - base_df, chisq - df, 0.0)
    return Fit(
        chisq=chisq,
        df=df,
        cfi=1.0 if base_excess == 0 else 1 - excess / base_excess,
        tli=1.0 if df == 0 else (base / base_df - chisq / df) / (base / base_df - 1),
        rmsea=0.0 if df == 0 else float(np.sqrt(excess / (df * total) * model.groups)),
        srmr=sum(g.n / total * _srmr(g, part, model) for g, part in zip(groups, parts, strict=True)),
        n=total,
        is_converged=is_converged,
        is_improper=any((part[2] < 0).any() or np.linalg.eigvalsh(part[1])[0] <= 0 for part in parts),
        iterations=iterations,
        loadings=np.array([part[0] * scale[:, None] for part in parts]),
        residuals=np.array([part[2] * scale**2 for part in parts]),
        intercepts=np.array(
            [part[3] * scale if model.has_means else g.mean * scale for g, part in zip(groups, parts, strict=True)]
        ),
        factor_covariances=np.array([part[1] for part in parts]),
        factor_means=np.array([part[4] for part in parts]),
    )


def _srmr(group: Moments, part: tuple[Array, Array, Array, Array, Array], model: _Model) -> float:
    """Return Bentler's SRMR of a group; means count where there is more than one group, reproduced exactly or not."""
    loadings, psi, residual, nu, alpha = part
    spread = np.sqrt(np.diag(group.covariance))
    left = (group.covariance - loadings @ psi @ loadings.T - np.diag(residual)) / np.outer(spread, spread)
    squares = left[np.tril_indices(len(spread))] ** 2
    means = ((group.mean - nu - loadings @ alpha) / spread) ** 2 if model.has_means else np.zeros(1)
    count = len(squares) + (len(spread) if model.groups > 1 else 0)
    return float(np.sqrt((squares.sum() + means.sum()) / count))
