"""How the probability of each answer moves with a trait: ordered answers by cumulative logits, others by their own logits."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from ..coding import Floats

_LEAST = 1e-12  # a probability never falls below this at any node, so that its logarithm exists


@dataclass(frozen=True)
class Graded:
    """An item with ordered answers (Samejima): one slope a dimension, one threshold between neighbouring answers.

    Attributes
    ----------
    size : int
        Number of answers.
    dimensions : int
        Number of dimensions of the trait.
    """

    size: int
    dimensions: int

    @property
    def n_parameters(self) -> int:
        """Slopes and thresholds."""
        return self.dimensions + self.size - 1

    def start(self, shares: Floats, places: Floats) -> Floats:
        """Give first values from the share of each answer and its mean place on each dimension."""
        above = np.clip(1 - shares.cumsum()[:-1], 1e-4, 1 - 1e-4)
        bounds = np.log(above / (1 - above))
        gaps = np.log(np.maximum(-np.diff(bounds), 1e-3))
        steps = np.arange(self.size) - (np.arange(self.size) * shares).sum()
        slopes = 1.5 * np.sign((steps * shares) @ places + 1e-12)
        return np.concatenate([slopes, bounds[:1], gaps])

    def widest(self, slope: float) -> Floats:
        """Return how far each parameter may lie from zero when no slope may exceed the one given."""
        return np.concatenate([np.full(self.dimensions, slope), np.full(self.size - 1, np.inf)])

    def probabilities(self, values: Floats, nodes: Floats) -> Floats:
        """Return the probability of each answer (rows) at each node (columns)."""
        above = expit(self._logits(values, nodes))
        edge = np.ones((1, nodes.shape[0]))
        return np.maximum(-np.diff(np.concatenate([edge, above, 0 * edge]), axis=0), _LEAST)

    def gradient(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        """Return the derivatives of the sum over answers and nodes of ``expected`` times the log-probability."""
        by_logit = self._by_logit(values, nodes, expected)
        by_bound = by_logit.sum(axis=1)
        below = by_bound[::-1].cumsum()[::-1]  # a gap moves its own threshold and all those beyond it
        gaps = -np.exp(values[self.dimensions + 1 :]) * below[1:]
        return np.concatenate([by_logit.sum(axis=0) @ nodes, [by_bound.sum()], gaps])

    def pull(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        """Return the derivatives of the same sum with respect to the places of the nodes."""
        return self._by_logit(values, nodes, expected).sum(axis=0)[:, None] * values[: self.dimensions]

    def slopes(self, values: Floats) -> Floats:
        """Return the slopes, answers x dimensions: the same from each answer to the next."""
        return np.arange(self.size)[:, None] * values[: self.dimensions]

    def _by_logit(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        slope = expit(self._logits(values, nodes))
        slope *= 1 - slope
        ratio = expected / self.probabilities(values, nodes)
        change: Floats = slope * (ratio[1:] - ratio[:-1])
        return change

    def _logits(self, values: Floats, nodes: Floats) -> Floats:
        bounds = values[self.dimensions] - np.concatenate([[0.0], np.exp(values[self.dimensions + 1 :]).cumsum()])
        logits: Floats = bounds[:, None] + nodes @ values[: self.dimensions]
        return logits


@dataclass(frozen=True)
class Nominal:
    """An item whose answers have no order (Bock): a slope a dimension and an intercept for each answer but the first."""

    size: int
    dimensions: int

    @property
    def n_parameters(self) -> int:
        """Slopes and intercepts of all answers but the first."""
        return (self.size - 1) * (self.dimensions + 1)

    def start(self, shares: Floats, places: Floats) -> Floats:
        """Give first values from the share of each answer and its mean place on each dimension."""
        logs = np.log(np.maximum(shares, 1e-4))
        slopes = places - places[0]
        return np.concatenate([slopes[1:], (logs - logs[0])[1:, None]], axis=1).ravel()

    def widest(self, slope: float) -> Floats:
        """Return how far each parameter may lie from zero when no slope may exceed the one given."""
        return np.tile(np.append(np.full(self.dimensions, slope), np.inf), self.size - 1)

    def probabilities(self, values: Floats, nodes: Floats) -> Floats:
        """Return the probability of each answer (rows) at each node (columns)."""
        table = values.reshape(self.size - 1, self.dimensions + 1)
        logits = table[:, :-1] @ nodes.T + table[:, -1:]
        return np.maximum(softmax(np.concatenate([np.zeros((1, len(nodes))), logits]), axis=0), _LEAST)

    def gradient(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        """Return the derivatives of the sum over answers and nodes of ``expected`` times the log-probability."""
        left = self._left(values, nodes, expected)
        return np.concatenate([left @ nodes, left.sum(axis=1, keepdims=True)], axis=1).ravel()

    def pull(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        """Return the derivatives of the same sum with respect to the places of the nodes."""
        return self._left(values, nodes, expected).T @ self.slopes(values)[1:]

    def slopes(self, values: Floats) -> Floats:
        """Return the slopes, answers x dimensions; those of the first answer are zero."""
        table = values.reshape(self.size - 1, self.dimensions + 1)
        return np.concatenate([np.zeros((1, self.dimensions)), table[:, :-1]])

    def _left(self, values: Floats, nodes: Floats, expected: Floats) -> Floats:
        return (expected - expected.sum(axis=0) * self.probabilities(values, nodes))[1:]


Curve = Graded | Nominal
