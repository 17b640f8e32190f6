"""The proportional-odds model of one ordered answer, fitted on a table of counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

ROUNDS = 100
"""Most steps of the search."""
CLOSE = 1e-10
"""Gain of the log-likelihood at which the search ends."""
_TINY = 1e-12


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    cuts, slopes : numpy.ndarray
        Rising borders between the answers, one fewer than answers, and one slope a column of the design:
        ``logit P(answer <= j) = cuts[j] - design @ slopes``.
    information : numpy.ndarray
        Expected information on cuts and slopes, in this order.
    log_likelihood : float
        Of the answers given the design.
    is_converged : bool
        Whether the last step gained less than :data:`CLOSE`.
    """

    cuts: Array
    slopes: Array
    information: Array
    log_likelihood: float
    is_converged: bool

    @property
    def covariance(self) -> Array:
        """Covariance of cuts and slopes, in this order."""
        return np.asarray(np.linalg.pinv(self.information, hermitian=True), dtype=float)

    def answers(self, design: Array) -> tuple[Array, Array]:
        """Return the probability of each answer at each row of a design, and its derivatives by cuts and slopes."""
        return _probabilities(np.concatenate([self.cuts, self.slopes]), design, len(self.cuts) + 1)


def fit(counts: Array, design: Array, within: Fit | None = None) -> Fit:
    """Fit the proportional-odds model by maximum likelihood.

    Parameters
    ----------
    counts : numpy.ndarray
        Rows x answers: how many persons with this row's design gave each answer, from the lowest; every answer is given
        by somebody.
    design : numpy.ndarray
        Rows x predictors, without a constant.
    within : Fit, optional
        A fit on the first columns of this design, where the search then begins.

    Returns
    -------
    Fit
        Estimates, their covariance and the log-likelihood.

    Notes
    -----
    ``P(answer <= j) = 1 / (1 + exp(-(cut_j - x'b)))``. Steps follow the analytic gradient and the expected information
    and are halved until they gain; the log-likelihood is concave (Pratt 1981), so there is one top. Persons with the
    same predictors are one row of counts, so the time does not grow with their number. Where a group separates from
    the others the slope runs off while the log-likelihood still comes to its limit, which is all that a likelihood-ratio
    test needs.

    References
    ----------
    McCullagh (1980), J. R. Stat. Soc. B 42:109-142; Pratt (1981), J. Am. Stat. Assoc. 76:103-106.
    """
    persons, steps = counts.sum(axis=1), counts.shape[1]
    if within is None:
        cuts, slopes = special.logit(np.cumsum(counts.sum(axis=0))[:-1] / counts.sum()), np.zeros(0)
    else:
        cuts, slopes = within.cuts, within.slopes
    place = np.concatenate([cuts, slopes, np.zeros(design.shape[1] - len(slopes))])
    chances, derivatives = _probabilities(place, design, steps)
    height, is_converged = _height(counts, chances), False
    for _ in range(ROUNDS):
        gradient = np.einsum("rj,rjq->q", counts / np.maximum(chances, _TINY), derivatives)
        move = np.linalg.lstsq(_information(persons, chances, derivatives), gradient, rcond=1e-12)[0]
        for _ in range(30):
            tried, tangents = _probabilities(place + move, design, steps)
            if (gain := _height(counts, tried) - height) >= -CLOSE:
                break
            move = move / 2
        place, chances, derivatives, height = place + move, tried, tangents, height + gain
        if gain < CLOSE:
            is_converged = True
            break
    information = _information(persons, chances, derivatives)
    return Fit(place[: steps - 1], place[steps - 1 :], information, height, is_converged)


def _probabilities(place: Array, design: Array, steps: int) -> tuple[Array, Array]:
    cuts, slopes = place[: steps - 1], place[steps - 1 :]
    rows = len(design)
    below = np.zeros((rows, steps + 1))
    below[:, 1:-1], below[:, -1] = special.expit(cuts - (design @ slopes)[:, None]), 1.0
    density = below * (1 - below)
    derivatives = np.zeros((rows, steps, len(place)))
    for j in range(steps - 1):
        derivatives[:, j, j] = density[:, j + 1]
        derivatives[:, j + 1, j] = -density[:, j + 1]
    derivatives[:, :, steps - 1 :] = -np.diff(density, axis=1)[:, :, None] * design[:, None, :]
    return np.diff(below, axis=1), derivatives


def _height(counts: Array, chances: Array) -> float:
    """Return the log-likelihood; minus infinity where cuts cross."""
    if (chances <= 0).any():
        chances = np.where((chances <= 0) & (counts == 0), 1.0, chances)
        if (chances <= 0).any():
            return -np.inf
    return float((counts * np.log(chances)).sum())


def _information(persons: Array, chances: Array, derivatives: Array) -> Array:
    scaled = derivatives * np.sqrt(persons[:, None] / np.maximum(chances, _TINY))[:, :, None]
    flat = scaled.reshape(-1, derivatives.shape[2])
    return np.asarray(flat.T @ flat)
