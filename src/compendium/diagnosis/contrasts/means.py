"""Means of groups as if their people were alike, by overlap weights or by standardisation, with each person's influence."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .propensity import fit_propensity, overlap

Array = NDArray[np.float64]


class Adjusted(NamedTuple):
    """Adjusted means of K groups; ``influence`` (n, K) is what each person moves them by, ``weights`` (n,) those applied.

    ``target`` (n,) weighs the persons of all groups to the population that the means are about; ``leverage`` (n,) is how far
    each person draws its own prediction, from 0 to below 1.
    """

    means: Array
    influence: Array
    weights: Array
    target: Array
    leverage: Array


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

    References
    ----------
    Li, Li (2019), Ann. Appl. Stat. 13:2389-2415; Stefanski, Boos (2002), Am. Stat. 56:29-38.
    """
    fit = fit_propensity(group, design, weights)
    own, slopes = overlap(fit, group)
    applied = weights * own
    member = np.eye(int(group.max()) + 1, dtype=bool)[group]
    sums = applied @ member
    means = (applied * outcome) @ member / sums
    terms = applied[:, None] * member * (outcome[:, None] - means)
    gradient = np.einsum("ik,im,ip->kmp", terms, slopes, fit.design).reshape(len(means), -1)
    influence = (terms + fit.scores @ np.linalg.solve(fit.information, gradient.T)) / sums
    tilt = weights * own * np.take_along_axis(fit.probabilities, group[:, None], axis=1)[:, 0]
    return Adjusted(means, influence, applied, tilt, np.zeros(len(outcome)))


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
    if (member.sum(axis=0) < OWN_SLOPES * rank).any():
        return _predicted(outcome, np.column_stack([member, design[:, 1:]]), member, design, weights)
    means, influence, leverage = zip(
        *(_group_prediction(outcome, one > 0, design, weights) for one in member.T), strict=True
    )
    return Adjusted(np.array(means), np.column_stack(influence), weights, weights, np.sum(leverage, axis=0))


OWN_SLOPES = 4
"""Persons a coefficient from which a group has a regression of its own."""


def _group_prediction(
    outcome: Array, inside: NDArray[np.bool_], x: Array, weights: Array
) -> tuple[float, Array, Array]:
    part = weights * inside
    bread: Array = np.asarray(np.linalg.pinv((x * part[:, None]).T @ x), dtype=np.float64)
    beta = bread @ ((x * part[:, None]).T @ outcome)
    total = weights.sum()
    predicted = x @ beta
    average = float(weights @ predicted / total)
    moves = (x @ bread @ (weights @ x / total)) * part * (outcome - predicted)
    return average, weights * (predicted - average) / total + moves, _leverage(x, bread, part)


def _leverage(x: Array, bread: Array, weights: Array) -> Array:
    """Return the diagonal of the hat matrix; who is predicted by nobody else has all but 1."""
    return np.asarray(np.minimum(weights * np.einsum("ij,jk,ik->i", x, bread, x), MOST_LEVERAGE))


MOST_LEVERAGE = 0.99


def _predicted(outcome: Array, joint: Array, member: Array, design: Array, weights: Array) -> Adjusted:
    bread: Array = np.asarray(np.linalg.pinv((joint * weights[:, None]).T @ joint), dtype=np.float64)
    beta = bread @ ((joint * weights[:, None]).T @ outcome)
    residual, total = outcome - joint @ beta, weights.sum()
    slopes = beta[member.shape[1] :]
    common = design[:, 1:] @ slopes
    centre = float(weights @ common / total)
    means = beta[: member.shape[1]] + centre
    average = np.concatenate([np.zeros(member.shape[1]), weights @ design[:, 1:] / total])
    at = np.tile(average, (member.shape[1], 1)) + np.eye(member.shape[1], joint.shape[1])
    moves = (joint @ bread @ at.T) * (weights * residual)[:, None]
    who = (weights * (common - centre) / total)[:, None]
    return Adjusted(means, who + moves, weights, weights, _leverage(joint, bread, weights))
