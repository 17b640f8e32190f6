"""Expectation and maximisation for many starts side by side, accelerated, never going down."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from compendium.typology.coding import Floats

from .answers import Answers

_CELLS = 4096 * 80  # numbers in the working table of one block of patterns
_SHRINK = 0.1  # an extrapolation takes a probability no lower than this share of where plain iteration took it
_SMALLEST = 1e-300
_GROUPS = 10  # groups of items after which products are scaled


class Reached(NamedTuple):
    """Where the starts have come to.

    Attributes
    ----------
    theta : numpy.ndarray
        First row: shares of the classes; then the probability of each category in each class. (1 + categories) x classes
        x starts.
    log_likelihood : numpy.ndarray
        One a start.
    converged : numpy.ndarray
        Whether the gain had become too small to matter, one a start.
    """

    theta: Floats
    log_likelihood: Floats
    converged: NDArray[np.bool_]


class Steps:
    """Steps of expectation and maximisation over the distinct patterns of some answers.

    Each group of items is read as one item, so that the probability of a pattern is a product of as many numbers as there
    are groups, looked up instead of computed; what classes hold is added up by group first and by category last.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._blocks: dict[int, list[tuple[slice, list[sparse.csr_array]]]] = {}

    def step(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return the parameters after one step and the log-likelihood before it, for each start."""
        answers, (_, classes, starts) = self._answers, theta.shape
        factors = self._factors(theta)
        held = [np.zeros_like(factor) for factor in factors]
        log_likelihood = np.zeros(starts)
        for rows, adders in self._portions(classes * starts):
            cells, scale = self._joint(factors, rows, classes)
            total = cells[:, 0].copy()
            for one in range(1, classes):
                total += cells[:, one]
            np.maximum(total, _SMALLEST, out=total)
            weights = answers.weights[rows]
            log_likelihood += weights @ (np.log(total) + scale)
            np.divide(weights[:, None], total, out=total)
            cells *= total[:, None]
            for sums, adder in zip(held, adders, strict=True):
                sums += adder @ cells.reshape(len(cells), -1)
        after = np.empty_like(theta)
        after[0] = held[0].sum(axis=0).reshape(classes, starts) / answers.total
        counts = sum(group.holds @ sums for group, sums in zip(answers.groups, held, strict=True))
        after[1:] = self._shares(counts.reshape(-1, classes, starts), theta[1:])
        return after, log_likelihood

    def proper(self, theta: Floats) -> Floats:
        """Return the parameters scaled so that the classes, and the answers to each item in each class, sum to one."""
        scaled = np.empty_like(theta)
        scaled[0] = theta[0] / theta[0].sum(axis=0)
        scaled[1:] = self._shares(theta[1:].copy(), theta[1:])
        return scaled

    def _joint(self, factors: list[Floats], rows: slice, classes: int) -> tuple[Floats, Floats | float]:
        """Return the scaled probability of each pattern with each class of each start, and the log of the scale.

        Hundreds of items have products beyond the smallest number: after every few groups the likeliest class becomes 1.
        """
        groups = self._answers.groups
        joint = factors[0].take(groups[0].place[rows], axis=0)
        cells = joint.reshape(len(joint), classes, -1)
        scale: Floats | float = 0.0
        for number in range(1, len(groups)):
            joint *= factors[number].take(groups[number].place[rows], axis=0)
            if number % _GROUPS == 0:
                largest = np.maximum(cells.max(axis=1), _SMALLEST)
                cells /= largest[:, None]
                scale = scale + np.log(largest)
        return cells, scale

    def _factors(self, theta: Floats) -> list[Floats]:
        """Return the probability of each pattern of each group in each class of each start; shares are in the first."""
        table = theta.reshape(len(theta), -1)
        factors: list[Floats] = []
        for group in self._answers.groups:
            factor = table[0] if not factors else np.ones_like(table[0])
            for column in group.categories.T:
                factor = factor * table[1:].take(column, axis=0)
            factors.append(factor)
        return factors

    def _shares(self, counts: Floats, before: Floats) -> Floats:
        """Turn counts into shares of those who answered; a class that holds nobody keeps what it had."""
        book = self._answers.book
        counts[self._answers.missing] = 0
        asked = np.repeat(np.add.reduceat(counts, book.starts, axis=0), book.sizes, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = np.where(asked > 0, counts / asked, before)
        shares[self._answers.missing] = 1
        return shares

    def _portions(self, width: int) -> list[tuple[slice, list[sparse.csr_array]]]:
        """Cut the patterns into blocks of some rows, each with the matrices that add its rows up by group."""
        count = len(self._answers.patterns)
        size = max(1024, 1 << int(np.log2(max(_CELLS // width, 1))))
        if size not in self._blocks:
            self._blocks[size] = [
                (
                    slice(first, first + size),
                    [
                        self._adder(group.place[first : first + size], len(group.categories))
                        for group in self._answers.groups
                    ],
                )
                for first in range(0, count, size)
            ]
        return self._blocks[size]

    @staticmethod
    def _adder(place: NDArray[np.int64], patterns: int) -> sparse.csr_array:
        return sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))), shape=(patterns, len(place)))


def climb(steps: Steps, theta: Floats, tolerance: float, most: int) -> Reached:
    """Climb from each start until a cycle of three steps gains less than a share of the log-likelihood.

    Parameters
    ----------
    steps : Steps
        The answers.
    theta : numpy.ndarray
        Where to start, (1 + categories) x classes x starts.
    tolerance : float
        Relative gain of two cycles in a row at which a start has converged.
    most : int
        Cycles at most.

    Notes
    -----
    SQUAREM (third scheme): after two steps r = t1 - t0 and v = (t2 - t1) - r, the point t0 + 2 a r + a^2 v with
    a = |r| / |v| is kept when its log-likelihood is not below that of t1, and t2 is taken otherwise; one more step follows.
    The log-likelihood never falls from one cycle to the next. All starts are climbed side by side; those that have
    converged leave.

    References
    ----------
    Varadhan and Roland 2008, Simple and globally convergent methods for accelerating the convergence of any EM algorithm,
    *Scandinavian Journal of Statistics* 35.
    """
    starts = theta.shape[2]
    found = Reached(theta.copy(), np.full(starts, -np.inf), np.zeros(starts, dtype=bool))
    running = np.arange(starts)
    calm = np.zeros(starts, dtype=int)
    for _ in range(most):
        once, height = steps.step(theta)
        gain = height - found.log_likelihood[running]
        found.log_likelihood[running] = height
        found.theta[:, :, running] = theta
        calm = np.where(gain <= tolerance * np.abs(height), calm + 1, 0)
        found.converged[running] = calm >= 2
        left = calm < 2
        if not left.any():
            break
        running, calm, theta, once = running[left], calm[left], theta[:, :, left], once[:, :, left]
        twice, lower = steps.step(once)
        far = steps.proper(_extrapolated(theta, once, twice))
        after, height = steps.step(far)
        theta = np.where(height >= lower, after, twice)
    return found


def _extrapolated(start: Floats, once: Floats, twice: Floats) -> Floats:
    r = once - start
    v = twice - once - r
    length = np.sqrt((r**2).sum(axis=(0, 1)))
    bend = np.sqrt((v**2).sum(axis=(0, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.where(bend > 0, np.maximum(length / bend, 1.0), 1.0)
    return np.maximum(start + 2 * a * r + a**2 * v, _SHRINK * twice)
