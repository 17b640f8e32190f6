"""Means of groups as if their people were alike, by overlap weights or by standardisation, with each person's influence."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .propensity import fit_propensity, overlap

Array = NDArray[np.float64]


class Regression(NamedTuple):
    """Weighted least squares whose coefficients ``b`` give the adjusted mean of group k as ``combinations[k] @ b``."""

    design: Array
    weights: Array
    coefficients: Array
    residuals: Array
    combinations: Array


class Adjusted(NamedTuple):
    """Adjusted means of K groups.

    Attributes
    ----------
    means : array of shape (K,)
        Adjusted means.
    influence : array of shape (n, K)
        What each person moves them by.
    composition : array of shape (n, K)
        The part of it that is due to who the persons are, and not to their outcomes.
    weights : array of shape (n,)
        Weights applied.
    target : array of shape (n,)
        Weighs the persons of all groups to the population that the means are about.
    regression : Regression or None
        What gives the means, where one does.
    """

    means: Array
    influence: Array
    composition: Array
    weights: Array
    target: Array
    regression: Regression | None


def by_overlap(outcome: Array, group: NDArray[np.intp], design: Array, weights: Array) -> Adjusted:
    """Return means with generalised overlap weights.

    Parameters
    ----------
    outcome : array of shape (n,)
        Complete.
    group : array of int, shape (n,)
        0 to K - 1.
    design : array of shape (n, p)
        A constant and the covariates.
    weights : array of shape (n,)
        Weights of zero or more.

    Returns
    -------
    Adjusted

    Notes
    -----
    The means are about the persons who could, by their covariates, have been in any of the groups. The influence of a
    person carries the estimation of the propensities (stacked estimating equations):
    ``psi_k = 1(z = k) w (y - m_k) + D_k I^-1 s``, over the sum of the weights of the group, with ``D_k`` the derivative of
    the first term by the coefficients, ``I`` their information and ``s`` the person's score.

    The weights of two groups make all covariates exactly alike, so that the difference of their means is the coefficient of the
    group in a regression on group and covariates with these weights, which rest on groups and covariates alone: it is given
    as that regression.

    References
    ----------
    Li, Li (2019), Ann. Appl. Stat. 13:2389-2415; Stefanski, Boos (2002), Am. Stat. 56:29-38.
    """
    fit = fit_propensity(group, design, weights)
    own, slopes = overlap(fit, group)
    applied = weights * own
    member = np.eye(int(group.max()) + 1)[group]
    sums = applied @ member
    means = (applied * outcome) @ member / sums
    terms = applied[:, None] * member * (outcome[:, None] - means)
    gradient = np.einsum("ik,im,ip->kmp", terms, slopes, fit.design).reshape(len(means), -1)
    influence = (terms + fit.scores @ np.linalg.solve(fit.information, gradient.T)) / sums
    tilt = weights * own * np.take_along_axis(fit.probabilities, group[:, None], axis=1)[:, 0]
    is_pair = len(means) == 2
    levels = np.eye(len(means), len(means) + design.shape[1] - 1)
    fitted = _regression(outcome, np.column_stack([member, design[:, 1:]]), applied, levels) if is_pair else None
    return Adjusted(means, influence, np.zeros_like(influence), applied, tilt, fitted)


def by_standardisation(outcome: Array, group: NDArray[np.intp], design: Array, weights: Array) -> Adjusted:
    """Return means of predictions for all persons, from a regression of the outcome in each group.

    The parameters are those of :func:`by_overlap`.

    Notes
    -----
    ``m_k = mean_i x_i' b_k`` with ``b_k`` by least squares in group k; where a group has too few persons for a regression of
    its own, all share the slopes and only their levels differ. The means are about all the persons compared, also those
    whom no one in a group resembles: there the regression extrapolates. The influence of a person carries both the
    regression and who the persons are.

    References
    ----------
    Robins (1986), Math. Model. 7:1393-1512; Lin (2013), Ann. Appl. Stat. 7:295-318.
    """
    member = np.eye(int(group.max()) + 1)[group]
    rank = int(np.linalg.matrix_rank(design))
    groups, total = member.shape[1], weights.sum()
    centre = weights @ design / total
    if (member.sum(axis=0) < OWN_SLOPES * rank).any():
        x = np.column_stack([member, design[:, 1:]])
        combinations = np.column_stack([np.eye(groups), np.tile(centre[1:], (groups, 1))])
        fitted = _regression(outcome, x, weights, combinations)
        predicted = (
            np.tile((design[:, 1:] @ fitted.coefficients[groups:])[:, None], groups) + fitted.coefficients[:groups]
        )
    else:
        x = (member[:, :, None] * design[:, None, :]).reshape(len(design), -1)
        fitted = _regression(outcome, x, weights, np.kron(np.eye(groups), centre))
        predicted = design @ fitted.coefficients.reshape(groups, -1).T
    means = fitted.combinations @ fitted.coefficients
    composition = weights[:, None] * (predicted - means) / total
    return Adjusted(means, composition + _moves(fitted), composition, weights, weights, fitted)


OWN_SLOPES = 4
"""Persons a coefficient from which a group has a regression of its own."""


def _regression(outcome: Array, x: Array, weights: Array, combinations: Array) -> Regression:
    weighted = x * weights[:, None]
    coefficients = np.linalg.pinv(weighted.T @ x, hermitian=True) @ (weighted.T @ outcome)
    return Regression(x, weights, coefficients, outcome - x @ coefficients, combinations)


def _moves(fitted: Regression) -> Array:
    """Return what the outcome of each person moves the means by."""
    weighted = fitted.design * fitted.weights[:, None]
    bread = np.linalg.pinv(weighted.T @ fitted.design, hermitian=True)
    return np.asarray((fitted.residuals[:, None] * weighted) @ bread @ fitted.combinations.T)
