"""What the uncertainty of the classes themselves adds to estimates that were made with them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compendium.errors import AnswersError

from ..coding import Floats
from .model import LatentClasses

_EDGE = 1e-6
_FLAT = 1e-9


@dataclass(frozen=True, eq=False)
class FirstStep:
    """Scores and information of a fitted latent class model, by pattern of answers.

    The parameters are logits: of the shares against the first class, and of the answers to each item in each class; a
    probability within 1e-6 of nought is at its boundary and taken as fixed.

    Attributes
    ----------
    fit : LatentClasses
        The fitted model.
    posteriors : numpy.ndarray
        Probability of each class for each pattern.
    """

    fit: LatentClasses
    posteriors: Floats

    @cached_property
    def directions(self) -> list[Floats]:
        """For each class, patterns x its free answers: whether the answer was given less its probability."""
        answers, theta = self.fit.answers, self.fit.theta
        blocks = []
        for one in range(theta.shape[1]):
            columns = []
            for item, (start, size) in enumerate(zip(answers.book.starts, answers.book.sizes, strict=True)):
                given = answers.patterns[:, item]
                free = start + np.flatnonzero(theta[1 + start : start + size, one] > _EDGE)
                asked = given != start + size - 1
                columns += [asked * ((given == place) - theta[1 + place, one]) for place in free[1:]]
            blocks.append(np.column_stack(columns) if columns else np.zeros((len(answers.patterns), 0)))
        return blocks

    def slope(self, by_posterior: Floats) -> Floats:
        """Turn derivatives of sums by each pattern's posteriors into derivatives by the parameters.

        Parameters
        ----------
        by_posterior : numpy.ndarray
            Sums x patterns x classes.

        Returns
        -------
        numpy.ndarray
            Sums x parameters.
        """
        mean = np.einsum("bpk,pk->bp", by_posterior, self.posteriors)
        pull = (by_posterior - mean[:, :, None]) * self.posteriors
        shares = pull.sum(axis=1)[:, 1:]
        return np.hstack([shares, *[pull[:, :, one] @ block for one, block in enumerate(self.directions)]])

    @cached_property
    def scores(self) -> Floats:
        """Score of each pattern, patterns x parameters."""
        shares = self.posteriors[:, 1:] - self.fit.theta[0, 1:]
        return np.hstack([shares, *[self.posteriors[:, [one]] * block for one, block in enumerate(self.directions)]])

    @cached_property
    def influence(self) -> Floats:
        """What one person of each pattern moves the parameters by, patterns x parameters.

        Raises
        ------
        AnswersError
            The information is singular: the classes are not identified.
        """
        information = self._information()
        scale = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
        scaled = information / np.outer(scale, scale)
        if len(scaled) and np.linalg.eigvalsh(scaled)[0] < _FLAT:
            raise AnswersError(
                f"the {self.fit.n_classes} classes are not identified by these answers, so that nothing estimated by"
                " class has a standard error; fit fewer classes"
            )
        return np.asarray(np.linalg.solve(scaled, (self.scores / scale).T).T / scale)

    def _information(self) -> Floats:
        """Return the observed information: what complete data would tell less what is missing (Louis 1982)."""
        weights, posteriors, theta = self.fit.answers.weights, self.posteriors, self.fit.theta
        count, classes = posteriors.shape
        shares = theta[0, 1:]
        units = np.zeros((classes, classes - 1))
        units[1:] = np.eye(classes - 1)
        bases = [np.tile(units[one] - shares, (count, 1)) for one in range(classes)]
        sizes = [block.shape[1] for block in self.directions]
        complete = np.zeros((classes - 1 + sum(sizes),) * 2)
        complete[: classes - 1, : classes - 1] = weights.sum() * (np.diag(shares) - np.outer(shares, shares))
        second = np.zeros_like(complete)
        at = classes - 1
        for one, block in enumerate(self.directions):
            held = weights * posteriors[:, one]
            span = slice(at, at + sizes[one])
            complete[span, span] = self._curvature(one, held)
            whole = np.zeros((count, len(complete)))
            whole[:, : classes - 1] = bases[one]
            whole[:, span] = block
            second += (whole * held[:, None]).T @ whole
            at += sizes[one]
        return complete - second + (self.scores * weights[:, None]).T @ self.scores

    def _curvature(self, one: int, held: Floats) -> Floats:
        answers, theta = self.fit.answers, self.fit.theta
        blocks = []
        for item, (start, size) in enumerate(zip(answers.book.starts, answers.book.sizes, strict=True)):
            free = start + np.flatnonzero(theta[1 + start : start + size, one] > _EDGE)
            share = theta[1 + free[1:], one]
            asked = held[answers.patterns[:, item] != start + size - 1].sum()
            blocks.append(asked * (np.diag(share) - np.outer(share, share)))
        return _diagonal(blocks)


def _diagonal(blocks: list[Floats]) -> Floats:
    whole = np.zeros((sum(len(block) for block in blocks),) * 2)
    at = 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return whole
