"""Intervals for means and shares of persons, weighted and stratified where asked."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .shape import LEVEL, Mean
from .shares import share
from .student import Moments, quantile, reach


class Answers(NamedTuple):
    """Known values with their weights, and the strata and units (organisations, or persons) that they come from."""

    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    unit: NDArray[np.intp]
    stratum_of_unit: NDArray[np.intp]

    @property
    def has_spread(self) -> bool:
        """Whether some stratum holds two units or more, so that a variance can be estimated."""
        return len(self.stratum_of_unit) > len(np.unique(self.stratum_of_unit))


def mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = LEVEL,
) -> Mean:
    """Estimate a mean with a t interval corrected for skewness, weighted and stratified where asked.

    Parameters
    ----------
    values : array-like of float
        The values in their own unit; missing values (and their weights) are left out.
    weights : array-like of float, optional
        Weights of zero or more, in any unit.
    strata : array-like, optional
        Groups whose shares in the estimate are fixed by the weights (countries in an equal-weight mean); differences
        between them then add nothing to the variance.
    clusters : array-like, optional
        Organisations through which people answered, within strata; a missing one is a person alone.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Mean
        ``estimate low high n n_effective``; the interval is missing with fewer than two values, or organisations.

    Notes
    -----
    Linearised variance: with ``z_i = w_i (x_i - m) / sum(w)``, summed within clusters, the sum over strata of
    ``n_h / (n_h - 1)`` times the squared deviations of ``z`` from its stratum mean. Degrees of freedom by Satterthwaite
    over the strata, in each of them Kish's effective number (of clusters, by the sums of their weights) less one:
    ``V^2 / sum(V_h^2 / (k_h - 1))``. The ends of Student's interval are moved by
    what the skewness of the ``z`` does to them (Hall); where the values are symmetric and the weights alike it is the
    classical t interval. ``n_effective`` is Kish's ``sum(w)^2 / sum(w^2)``, of persons.

    Student's interval itself covers 84 to 93 % where answers are skewed or sit on their floor.

    References
    ----------
    Kish (1965), Survey Sampling; Binder (1983), Int. Stat. Rev. 51:279-292; Satterthwaite (1946), Biometrics Bull.
    2:110-114; Hall (1992), J. R. Stat. Soc. B 54:221-228.
    """
    found = read_answers(values, weights, strata, clusters)
    x, w, n = found.values, found.weights, len(found.values)
    if n == 0 or w.sum() <= 0:
        return Mean(np.nan, np.nan, np.nan, n, 0.0)
    estimate = float(np.average(x, weights=w))
    if not found.has_spread:
        return Mean(estimate, np.nan, np.nan, n, effective_n(w))
    moments = linearised(found, estimate)
    down, up = reach(moments, quantile(moments.freedom, level))
    return Mean(estimate, estimate - down, estimate + up, n, effective_n(w))


def share_of(
    flags: ArrayLike,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = LEVEL,
) -> Mean:
    """Estimate the share of true values among those known, weighted and stratified where asked.

    Parameters
    ----------
    flags : array-like of bool or float
        True (1) where the person has the feature, missing where it is not known.
    weights, strata, clusters, level
        As for :func:`mean`.

    Returns
    -------
    Mean
        ``estimate low high n n_effective``, from 0 to 1.

    Notes
    -----
    Without weights and clusters the Wilson interval of :func:`share`. With them the Wilson interval at ``p (1 - p) / variance``
    cases, the number of unweighted answers that would be as precise (Kish's number when nobody or everybody has the
    feature), never more than there are answers; corrected by the squared ratio of the t quantiles with ``n - 1`` and
    with the degrees of freedom of :func:`mean`.

    References
    ----------
    Kott, Andersson, Nerman (2001), J. Off. Stat. 17:511-522; Korn, Graubard (1998), Surv. Methodol. 24:193-201.
    """
    known = read_answers(flags, weights, strata, clusters)
    w, n = known.weights, len(known.values)
    if n == 0 or w.sum() <= 0:
        return Mean(np.nan, np.nan, np.nan, n, 0.0)
    p = float(np.average(known.values, weights=w))
    size = effective_n(w)
    if (weights is not None or clusters is not None) and known.has_spread and 0 < p < 1:
        moments = linearised(known, p)
        if moments.variance > 0:
            # The variance is itself uncertain, more so than that of n answers alike where a few units dominate.
            doubt = quantile(n - 1, level) / quantile(moments.freedom, level)
            size = min(p * (1 - p) / moments.variance, float(n)) * doubt**2
    found = share(p * size, size, level)
    return Mean(p, found.low, found.high, n, size)


def equal_weights(groups: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Weigh answers so that every group counts the same and the weights sum to the number of answers.

    Parameters
    ----------
    groups : array-like
        Code of the group of each answer.
    weights : array-like of float, optional
        Weights of the answers within their group; alike when not given.
    """
    place, names = pd.factorize(np.asarray(groups))
    own = np.ones(len(place)) if weights is None else np.asarray(weights, dtype=float)
    return np.asarray(own * len(place) / (len(names) * np.bincount(place, own)[place]), dtype=float)


def effective_n(weights: ArrayLike) -> float:
    """Return Kish's effective number of answers, ``sum(w)^2 / sum(w^2)``."""
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / (w**2).sum()) if w.sum() > 0 else 0.0


def read_answers(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> Answers:
    """Read the answers whose value is known."""
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    if np.isnan(w).any() or (w < 0).any():
        raise ValueError("a weight is missing or negative; legal are numbers of 0 or more")
    known = ~np.isnan(x)
    count = int(known.sum())
    h = np.zeros(count, dtype=np.intp) if strata is None else pd.factorize(np.asarray(strata)[known])[0]
    if clusters is None:
        return Answers(x[known], w[known], np.arange(count), h)
    named = clusters if isinstance(clusters, np.ndarray) else np.asarray(clusters, dtype=object)
    code = pd.factorize(named[known])[0]
    code = np.where(code < 0, np.arange(count) + count, code)  # who named none stands alone
    unit, pairs = pd.factorize(h * (2 * count) + code)
    return Answers(x[known], w[known], unit, (pairs // (2 * count)).astype(np.intp))


def linearised(answers: Answers, centre: float) -> Moments:
    """Return the moments of the error of a weighted mean, linearised and summed over the strata."""
    x, w, unit, place = answers
    z = np.bincount(unit, w * (x - centre)) / w.sum()
    mass = np.bincount(unit, w) / w.sum()
    sizes = np.bincount(place)
    # A stratum of one says nothing about its own spread: it adds its squared value, the cautious choice.
    deviation = np.where(sizes[place] == 1, z, z - (np.bincount(place, z) / sizes)[place])
    scale = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0)
    parts = scale * np.bincount(place, deviation**2)
    variance = float(parts.sum())
    if variance == 0:
        return Moments(0.0, 0.0, 0.0, float(len(z) - len(sizes)))
    # The third moment of two units is nought whatever they are, and is left there.
    cubed = np.where(sizes > 2, scale * sizes / np.maximum(sizes - 2, 1), 0.0) * np.bincount(place, deviation**3)
    falls = scale * np.bincount(place, deviation * mass)
    squares = np.bincount(place, mass**2)
    kish = np.divide(np.bincount(place, mass) ** 2, squares, out=np.ones(len(sizes)), where=squares > 0)
    freedom = variance**2 / float((parts**2 / np.maximum(kish - 1, 1)).sum())
    return Moments(variance, float(cubed.sum()), float(falls.sum()) / variance, freedom)
