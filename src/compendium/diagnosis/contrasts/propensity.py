"""Who could have been in which group: a multinomial model of the group, and the overlap weights that follow from it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Array = NDArray[np.float64]

RIDGE = 1e-9
"""Penalty on standardised coefficients, per person: nought beside the data, and keeps a separated model finite."""
STEPS = 100


class Propensity(NamedTuple):
    """Probability of each group for each person, and what its estimation adds to the error of what rests on it.

    ``probabilities`` has shape (n, K); ``design`` (n, p) is the one of the model, on one spread; ``scores`` (n, (K - 1) p) is
    each person's part of the gradient, and ``information`` the negative Hessian, both for the coefficients of the groups
    after the first, group by group.
    """

    probabilities: Array
    design: Array
    scores: Array
    information: Array


def fit_propensity(group: NDArray[np.intp], design: Array, weights: Array) -> Propensity:
    """Fit a multinomial logistic model of the group by Newton's method.

    Parameters
    ----------
    group : array of int, shape (n,)
        0 to K - 1; the first is the base of the model.
    design : array of float, shape (n, p)
        A constant and the covariates.
    weights : array of float, shape (n,)
        Weights of zero or more.

    Returns
    -------
    Propensity

    Notes
    -----
    Covariates are put on one spread first; the penalty of :data:`RIDGE` times the sum of the squared coefficients times n
    is far below what any coefficient of interest needs, and stops a category that only one group has from running away.
    """
    spread = design.std(axis=0)
    x = np.where(
        spread > 0, (design - np.where(spread > 0, design.mean(axis=0), 0.0)) / np.where(spread > 0, spread, 1), 1.0
    )
    n, p = x.shape
    groups = int(group.max()) + 1
    member = np.eye(groups)[group]
    penalty = RIDGE * weights.sum() * np.eye((groups - 1) * p)
    beta = np.zeros((groups - 1) * p)

    def linear(beta: Array) -> Array:
        return np.column_stack([np.zeros(n), x @ beta.reshape(groups - 1, p).T])

    def objective(beta: Array) -> float:
        eta = linear(beta)
        own = np.take_along_axis(eta, group[:, None], axis=1)[:, 0]
        return float(weights @ (own - logsumexp(eta, axis=1)) - 0.5 * beta @ penalty @ beta)

    value = objective(beta)
    for _ in range(STEPS):
        eta = linear(beta)
        chances = np.exp(eta - logsumexp(eta, axis=1)[:, None])
        scores = _scores(member - chances, x, weights)
        information = _information(chances, x, weights)
        step = np.linalg.solve(information + penalty, scores.sum(axis=0) - penalty @ beta)
        size = 1.0
        while (new := objective(beta + size * step)) < value and size > 1e-8:
            size /= 2
        beta = beta + size * step
        gain, value = new - value, new
        if gain < 1e-12 * max(1.0, abs(value)):
            break
    eta = linear(beta)
    chances = np.exp(eta - logsumexp(eta, axis=1)[:, None])
    return Propensity(chances, x, _scores(member - chances, x, weights), _information(chances, x, weights) + penalty)


def overlap(fit: Propensity, group: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the overlap weight of each person, and how its logarithm moves with each linear predictor.

    Returns
    -------
    weights : array of shape (n,)
        ``h / e_z`` with ``h = 1 / sum_k 1 / e_k``: large for who could as well have been in any group, near nought for
        who is almost sure of one.
    slopes : array of shape (n, K - 1)
        ``d log w / d eta_m = h / e_m - 1(z = m)`` for the groups after the first.

    References
    ----------
    Li, Li (2019), Ann. Appl. Stat. 13:2389-2415, section 3.
    """
    chances = np.maximum(fit.probabilities, 1e-12)
    tilt = 1 / (1 / chances).sum(axis=1)
    slopes = tilt[:, None] / chances - np.eye(chances.shape[1])[group]
    return tilt / np.take_along_axis(chances, group[:, None], axis=1)[:, 0], slopes[:, 1:]


def _scores(residuals: Array, x: Array, weights: Array) -> Array:
    return (weights[:, None, None] * residuals[:, 1:, None] * x[:, None, :]).reshape(len(x), -1)


def _information(chances: Array, x: Array, weights: Array) -> Array:
    groups, p = chances.shape[1], x.shape[1]
    blocks = np.empty(((groups - 1) * p, (groups - 1) * p))
    for first in range(1, groups):
        for second in range(first, groups):
            own = chances[:, first] * ((first == second) - chances[:, second])
            block = (x * (weights * own)[:, None]).T @ x
            a, b = slice((first - 1) * p, first * p), slice((second - 1) * p, second * p)
            blocks[a, b] = block
            blocks[b, a] = block.T
    return blocks
