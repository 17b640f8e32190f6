"""Bootstrap likelihood-ratio test of a number of classes against one class fewer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.errors import AnswersError

from ..coding import Floats
from .answers import Weights
from .model import LatentClasses, fit_latent_classes

_MOST_REFITS = 3
_SLACK = 1e-7


@dataclass(frozen=True, eq=False)
class LikelihoodRatio:
    """A bootstrap likelihood-ratio test.

    Attributes
    ----------
    statistic : float
        Twice the gain in log-likelihood of the last class.
    p : float
        (1 + draws that gain as much) / (1 + draws).
    n_draws : int
        Draws made; fewer than asked for where the test stopped early.
    draws : numpy.ndarray
        Statistic of each draw.
    n_refitted : int
        Draws whose larger model first came out below the smaller one (too few starts) and was fitted again with more.
    n_failed : int
        Draws in which it stayed below; they count as gaining nothing, so that the test rejects somewhat too often.
    is_solution : bool
        Whether both models of the answers themselves are solutions; where not, the test says little.
    """

    statistic: float
    p: float
    n_draws: int
    draws: Floats
    n_refitted: int
    n_failed: int
    is_solution: bool


def bootstrap_likelihood_ratio(
    data: pd.DataFrame,
    n_classes: int,
    n_draws: int = 99,
    n_starts: int = 20,
    seed: int = 0,
    weights: Weights = None,
    stop: float | None = None,
) -> LikelihoodRatio:
    """Test a number of classes against one class fewer.

    Parameters
    ----------
    data, n_starts, seed, weights
        As for :func:`fit_latent_classes`.
    n_classes : int
        Number of classes of the larger model, two or more.
    n_draws : int
        Draws from the smaller model, one or more.
    stop : float, optional
        Level of the test: stop as soon as so many draws gain as much as the answers do that p cannot come to this level
        any more. Whether p comes to the level is then the same as with all draws; p itself is that of the draws made.

    Returns
    -------
    LikelihoodRatio
        Statistic, p, and how the draws went.

    Raises
    ------
    AnswersError
        As :func:`fit_latent_classes`; fewer than two classes, no draw, or a level outside 0 and 1.

    Notes
    -----
    Each draw has as many persons as the answers, with the answers of the smaller model where the person answered and none
    where the person did not, and the person's weight. Both models are fitted to it from the same number of starts as to
    the answers. Weights make the test approximate: it takes them as numbers of persons.

    References
    ----------
    McLachlan 1987, On bootstrapping the likelihood ratio test statistic for the number of components in a normal mixture,
    *Applied Statistics* 36; Nylund, Asparouhov and Muthén 2007, *Structural Equation Modeling* 14; Davison and Hinkley
    1997, *Bootstrap Methods and their Application*, 4.
    """
    if isinstance(n_classes, bool) or not isinstance(n_classes, int | np.integer) or n_classes < 2:
        raise AnswersError(
            f"n_classes is {n_classes!r}; a test against one class fewer needs a whole number of two or more"
        )
    if isinstance(n_draws, bool) or not isinstance(n_draws, int | np.integer) or n_draws < 1:
        raise AnswersError(f"n_draws is {n_draws!r}; a whole number of one or more is expected")
    if stop is not None and not 0 < stop < 1:
        raise AnswersError(f"stop is {stop!r}; a level between 0 and 1 is expected")
    weight = np.ones(len(data)) if weights is None else np.asarray(weights, dtype=float)
    smaller = fit_latent_classes(data, n_classes - 1, n_starts, seed, weight)
    larger, _ = _larger(data, smaller, n_starts, seed, weight)
    statistic = _gain(smaller, larger)
    absent = smaller.answers.missing[smaller.answers.patterns[smaller.answers.place]]
    drawn, refitted, failed, reached = [], 0, 0, 0
    for draw in range(n_draws):
        own = int(np.random.default_rng([seed, draw]).integers(2**31))
        answers = smaller.draw(len(data), own).mask(absent)
        answers = answers.loc[:, [len(answers[name][weight > 0].dropna().unique()) > 1 for name in answers]]
        if answers.empty:
            drawn.append(0.0)
            continue
        small = fit_latent_classes(answers, n_classes - 1, n_starts, own, weight)
        large, refits = _larger(answers, small, n_starts, own, weight)
        drawn.append(max(_gain(small, large), 0.0))
        refitted += refits > 0
        failed += _is_below(small, large)
        reached += drawn[-1] >= statistic - _SLACK
        if stop is not None and 1 + reached > stop * (1 + n_draws):
            break
    return LikelihoodRatio(
        statistic=statistic,
        p=(1 + reached) / (1 + len(drawn)),
        n_draws=len(drawn),
        draws=np.array(drawn),
        n_refitted=refitted,
        n_failed=failed,
        is_solution=smaller.is_solution and larger.is_solution,
    )


def _larger(
    data: pd.DataFrame, smaller: LatentClasses, n_starts: int, seed: int, weight: Floats
) -> tuple[LatentClasses, int]:
    """Fit one class more; again with twice as many starts, a few times, while it comes out below the smaller model."""
    larger = fit_latent_classes(data, smaller.n_classes + 1, n_starts, seed, weight)
    refits = 0
    while _is_below(smaller, larger) and refits < _MOST_REFITS:
        refits += 1
        larger = fit_latent_classes(data, smaller.n_classes + 1, n_starts * 2**refits, seed + refits, weight)
    return larger, refits


def _gain(smaller: LatentClasses, larger: LatentClasses) -> float:
    return 2 * (larger.log_likelihood - smaller.log_likelihood)


def _is_below(smaller: LatentClasses, larger: LatentClasses) -> bool:
    return larger.log_likelihood < smaller.log_likelihood - _SLACK * abs(smaller.log_likelihood)
