"""Random starts of the latent class model, and the best of what they reach."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from compendium.typology.coding import Floats

from .answers import Answers
from .em import Steps, climb

_SHORT_GAIN, _ROUGH, _FINE, _FINEST = 1e-4, 1e-8, 1e-10, 1e-13  # relative gains of a cycle at which a climb ends
_NEAR = 1e-5  # starts that came as near to the best, relative to it, climb on
_SAME = 1e-7  # and have reached the same value when they end as near as this
_DRAWS, _SHORT, _FEW = 3, 7, 4_000  # draws for one start, cycles that choose among them, patterns they are tried on
_BLEND = 0.01  # share of everybody's answers in a chosen start, so that no answer begins as impossible
_CYCLES, _LAST_CYCLES = 1_000, 3_000  # of all starts, and of the one that is returned


class Search(NamedTuple):
    """What the starts found.

    Attributes
    ----------
    theta : numpy.ndarray
        Parameters of the best solution, (1 + categories) x classes.
    log_likelihood : float
        Log-likelihood of the best solution.
    starts : numpy.ndarray
        Log-likelihood that each start reached.
    n_at_best : int
        How many starts reached the best value.
    is_converged : bool
        Whether the best solution's climb ended because nothing more was to be gained.
    """

    theta: Floats
    log_likelihood: float
    starts: Floats
    n_at_best: int
    is_converged: bool


def search(answers: Answers, n_classes: int, n_starts: int, seed: int) -> Search:
    """Climb from every start, and return the first that reached the best value, climbed to the end.

    Notes
    -----
    A start is the best of three random draws after seven cycles on at most 4,000 of the patterns. It climbs until a cycle
    gains less than 1e-8 of the log-likelihood. Those that then lie within 1e-5 of the best climb on to 1e-10, and have
    reached the same value when they end within 1e-7 of the best. The first of these, not the highest by the last digit,
    climbs to 1e-13: so the solution does not hang on how sums are rounded.
    """
    steps = Steps(answers)
    places, heights, _ = climb(steps, chosen_starts(answers, n_classes, n_starts, seed), _ROUGH, _CYCLES)
    near = np.flatnonzero(heights >= heights.max() - _NEAR * abs(heights.max()))
    fine = climb(steps, places[:, :, near], _FINE, _CYCLES)
    places[:, :, near], heights[near] = fine.theta, fine.log_likelihood
    at_best = np.flatnonzero(heights >= heights.max() - _SAME * abs(heights.max()))
    first = at_best[:1]
    end = climb(steps, places[:, :, first], _FINEST, _LAST_CYCLES)
    heights[first] = end.log_likelihood
    is_converged = bool(end.converged[0] or fine.converged[near == first[0]].all())
    return Search(end.theta[:, :, 0], float(end.log_likelihood[0]), heights, len(at_best), is_converged)


def chosen_starts(answers: Answers, n_classes: int, n_starts: int, seed: int) -> Floats:
    """Return the best of every few draws after a short climb, (1 + categories) x classes x starts."""
    drawn = draw_starts(answers, n_classes, n_starts * _DRAWS, seed)
    reached = climb(Steps(_some(answers, seed)), drawn, _SHORT_GAIN, _SHORT)
    heights = reached.log_likelihood.reshape(n_starts, _DRAWS)
    theta = reached.theta[:, :, heights.argmax(axis=1) + _DRAWS * np.arange(n_starts)]
    theta[1:] += _BLEND * (answers.shares[:, None, None] - theta[1:])
    return theta


def _some(answers: Answers, seed: int) -> Answers:
    """Keep some of the patterns, drawn by chance; no draw depends on the order of the respondents."""
    if len(answers.patterns) <= _FEW:
        return answers
    kept = np.sort(np.random.default_rng(seed).choice(len(answers.patterns), _FEW, replace=False))
    return replace(answers, patterns=answers.patterns[kept], weights=answers.weights[kept])


def draw_starts(answers: Answers, n_classes: int, n_starts: int, seed: int) -> Floats:
    """Draw starting parameters, (1 + categories) x classes x starts.

    The classes have equal shares; a category's probability is its share among all answers times an exponential draw. The
    first starts are the same whatever their number, and none depends on the order of the respondents.
    """
    rng = np.random.default_rng(seed)
    count = len(answers.missing)
    drawn = rng.exponential(size=(n_starts, n_classes, count)).transpose(2, 1, 0)
    table = answers.shares[:, None, None] * drawn
    table[answers.missing] = 0
    table /= np.repeat(np.add.reduceat(table, answers.book.starts, axis=0), answers.book.sizes, axis=0)
    table[answers.missing] = 1
    return np.concatenate([np.full((1, n_classes, n_starts), 1 / n_classes), table])
