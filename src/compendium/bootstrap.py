"""Intervals of Cronbach's alpha by name: bootstraps that keep their coverage on skewed answers, and two in closed form."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from . import coefficients, item_statistics
from .errors import CompendiumError
from .intervals import LEVEL

Array = NDArray[np.float64]

METHODS = ("bootstrap", "percentile", "bca", "free", "feldt")
DRAWS = 1_000
_CELLS = 2_000_000
"""Most counts (draws x persons) held in memory at once."""


class Interval(NamedTuple):
    """A coefficient with its interval, the number of persons, and how it was made.

    ``draws`` counts the bootstrap samples that gave a coefficient (0 without a bootstrap): a sample in which the items
    cancel out gives none, and is missing from the number.
    """

    estimate: float
    low: float
    high: float
    n: int
    method: str
    draws: int


def alpha_interval(
    frame: pd.DataFrame, method: str = "bootstrap", missing: str = "listwise", draws: int = DRAWS, seed: int = 1
) -> Interval:
    """Estimate Cronbach's alpha with a 95 % interval of a named method.

    Parameters
    ----------
    frame : pandas.DataFrame
        Three numeric items or more, turned so that high means the same in all; one row a person.
    method : {"bootstrap", "percentile", "bca", "free", "feldt"}
        ``bootstrap`` studentises ``log(1 - alpha)`` by its distribution-free error; ``percentile`` takes quantiles of
        resampled alphas, ``bca`` corrects them for bias and acceleration; ``free`` is distribution-free in closed form;
        ``feldt`` supposes normal answers.
    missing : {"listwise", "pairwise"}
        As for :func:`.item_statistics.usable`. ``bootstrap`` and ``feldt`` exist for complete answers only.
    draws : int
        Bootstrap samples, 200 or more.
    seed : int
        Starts the random numbers: the same seed gives the same interval.

    Returns
    -------
    Interval
        ``estimate low high n method draws``.

    Raises
    ------
    CompendiumError
        Two items, an unknown method, a method that does not exist pairwise, too few draws, or what
        :func:`.item_statistics.usable` refuses.

    Notes
    -----
    Persons are drawn with replacement; every draw's covariances are sums of products weighted by how often a person was
    drawn, so all draws are one matrix product. Studentised: with ``u = log(1 - alpha)`` and its error ``e`` (from each
    person's influence), the quantiles of ``(u* - u) / e*`` give ``u - q e``. The acceleration of ``bca`` comes from
    the same influence, ``sum(l^3) / (6 sum(l^2)^1.5)``.

    References
    ----------
    Efron, Tibshirani (1993), An Introduction to the Bootstrap, ch. 12-14; Feldt (1965), Psychometrika 30:357-370;
    Maydeu-Olivares, Coffman, Hartmann (2007), Psychol. Methods 12:157-176.
    """
    if method not in METHODS:
        raise CompendiumError(f"method={method!r} is not legal; legal are {', '.join(map(repr, METHODS))}")
    if frame.shape[1] == 2:
        raise CompendiumError(f"{', '.join(map(str, frame))}: alpha needs three items or more; two get Spearman-Brown")
    if draws < 200:
        raise CompendiumError(f"draws={draws}: the ends of an interval need more; legal is 200 or more")
    if missing == "pairwise" and method in ("bootstrap", "feldt"):
        raise CompendiumError(
            f"method={method!r} is for complete answers; with missing='pairwise' legal are 'percentile', 'bca', 'free'"
        )
    values = item_statistics.usable(frame, missing)
    n, even = len(values), np.ones(len(values))
    covariance = coefficients.covariances(values, even)
    alpha, influence = coefficients.alpha(covariance), coefficients.alpha_influence(values, even, covariance)
    if method == "feldt":
        return Interval(alpha, *coefficients.feldt_interval(alpha, values.shape[1], n), n, method, 0)
    if method == "free":
        return Interval(alpha, *coefficients.free_interval(alpha, influence, even), n, method, 0)
    if not alpha < 1:  # copies of one item: every draw is 1 as well
        return Interval(alpha, float("nan"), float("nan"), n, method, 0)
    drawn, errors = _draws(values, draws, seed, with_errors=method == "bootstrap")
    tails = np.array([0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    if method == "bootstrap":
        error = float(np.sqrt((influence**2).sum()) / n) / (1 - alpha)
        low, high = _studentised(alpha, error, drawn, errors, tails)
    else:
        if method == "bca":
            tails = _corrected(tails, float((drawn < alpha).mean()), influence)
        low, high = np.quantile(drawn, tails)
    return Interval(alpha, float(low), float(high), n, method, len(drawn))


def _studentised(alpha: float, error: float, drawn: Array, errors: Array, tails: Array) -> tuple[float, float]:
    """Return the ends from the quantiles of ``(u* - u) / e*`` with ``u = log(1 - alpha)``."""
    distance = np.log((1 - drawn) / (1 - alpha)) / (errors / (1 - drawn))
    first, last = np.quantile(distance, tails)
    return 1 - (1 - alpha) * float(np.exp(-first * error)), 1 - (1 - alpha) * float(np.exp(-last * error))


def _corrected(tails: Array, below: float, influence: Array) -> Array:
    """Return the tails of the bias-corrected and accelerated interval."""
    # All draws on one side would send the correction to infinity; no quantile lies beyond the draws anyway.
    bias = stats.norm.ppf(np.clip(below, 1e-3, 1 - 1e-3))
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    shifted = bias + stats.norm.ppf(tails)
    return np.asarray(stats.norm.cdf(bias + shifted / (1 - acceleration * shifted)))


def _draws(values: Array, draws: int, seed: int, with_errors: bool) -> tuple[Array, Array]:
    """Return the alphas of bootstrap samples and, for complete answers where asked, their distribution-free errors."""
    rng, n = np.random.default_rng(seed), len(values)
    known = ~np.isnan(values)
    centred = np.where(known, values - np.nanmean(values, axis=0), 0.0)
    one, two = np.triu_indices(values.shape[1])
    both = (known[:, one] & known[:, two]).astype(float)
    sums = np.hstack([both, centred[:, one] * both, centred[:, two] * both, centred[:, one] * centred[:, two]])
    alphas, errors = [], []
    for size in _portions(draws, n):
        rows = np.arange(size)[:, None] * n
        counts = np.bincount((rng.integers(n, size=(size, n)) + rows).ravel(), minlength=size * n)
        counts = counts.reshape(size, n).astype(float)
        pairs, first, second, products = np.split(counts @ sums, 4, axis=1)
        with np.errstate(
            divide="ignore", invalid="ignore"
        ):  # a sample without a pair, or without spread: left out below
            covariance = (products - first * second / pairs) / (pairs - 1)
            trace = covariance[:, one == two].sum(axis=1)
            total = 2 * covariance.sum(axis=1) - trace
            k = values.shape[1]
            found = k / (k - 1) * (1 - trace / total)
        usable = np.isfinite(found) & (found < 1)
        alphas.append(found[usable])
        if with_errors:
            means = (first[:, one == two] / n)[usable]
            errors.append(_errors(centred, counts[usable], means, trace[usable], total[usable]))
    return np.concatenate(alphas), np.concatenate(errors) if errors else np.empty(0)


def _errors(values: Array, counts: Array, means: Array, trace: Array, total: Array) -> Array:
    """Return the distribution-free error of each draw's alpha from the influence of the persons drawn."""
    n, k = values.shape
    distance = (values.sum(axis=1) - means.sum(axis=1)[:, None]) ** 2
    own = (values**2).sum(axis=1) - 2 * means @ values.T + (means**2).sum(axis=1)[:, None]
    influence = k / (k - 1) * ((trace / total**2)[:, None] * distance - own / total[:, None])
    centre = (counts * influence).sum(axis=1, keepdims=True) / n
    return np.asarray(np.sqrt((counts * (influence - centre) ** 2).sum(axis=1)) / n)


def _portions(draws: int, n: int) -> list[int]:
    """Split the draws so that no portion holds too many counts."""
    size = max(1, _CELLS // n)
    return [min(size, draws - start) for start in range(0, draws, size)]
