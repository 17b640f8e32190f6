"""The arithmetic of reliability: covariances, alpha and omega of an array of answers, and their intervals.

Everything takes persons x items and one weight a person, and returns plain numbers; :mod:`.reliability` decides what may
be computed and what it is called.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .factor_models import maximum_likelihood
from .intervals import LEVEL

Array = NDArray[np.float64]


def covariances(values: Array, weight: Array) -> Array:
    """Return covariances; each pair of items about the means of the persons who answered both."""
    known = ~np.isnan(values)
    if known.all():
        return np.atleast_2d(np.cov(values, rowvar=False, aweights=weight))
    frame = pd.DataFrame(values)
    if np.ptp(weight) == 0:
        return frame.cov().to_numpy()
    k = values.shape[1]
    found = np.empty((k, k))
    for i in range(k):
        for j in range(i + 1):
            both = known[:, i] & known[:, j]
            pair = np.cov(values[both][:, [i, j]], rowvar=False, aweights=weight[both])
            found[i, j] = found[j, i] = pair[0, 1]
    return found


def alpha(covariance: Array) -> float:
    """Return Cronbach's alpha; missing for one item."""
    k = len(covariance)
    if k < 2:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def mean_correlation(covariance: Array) -> float:
    """Return the mean correlation between items."""
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    return float(correlation[np.tril_indices(len(spread), -1)].mean())


def item_rest(covariance: Array) -> list[float]:
    """Correlate each item with the sum of the others, from the covariances."""
    own, rest = np.diag(covariance), covariance.sum(axis=0) - np.diag(covariance)
    others = covariance.sum() - 2 * rest - own
    with np.errstate(divide="ignore", invalid="ignore"):  # the others may cancel out: then there is no correlation
        return [float(value) for value in rest / np.sqrt(own * others)]


def feldt_interval(coefficient: float, k: int, n: int) -> tuple[float, float]:
    """Return Feldt's interval of an alpha of ``k`` items and ``n`` persons."""
    upper, lower = stats.f.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2], n - 1, (n - 1) * (k - 1))
    return 1 - (1 - coefficient) * float(lower), 1 - (1 - coefficient) * float(upper)


def alpha_influence(values: Array, weight: Array, covariance: Array) -> Array:
    """Return each person's influence on alpha; pairs of items that a person did not answer have none."""
    k, trace, total = len(covariance), np.trace(covariance), covariance.sum()
    slope = np.full((k, k), k / (k - 1) * trace / total**2) - np.eye(k) * k / (k - 1) / total
    deviation, answered, pairs = _centred(values, weight)
    per_pair = slope * weight.sum() / pairs
    drawn = np.einsum("ij,jk,ik->i", deviation, per_pair, deviation)
    return np.asarray(drawn - np.einsum("ij,jk,ik->i", answered, per_pair * covariance, answered))


def free_interval(coefficient: float, influence: Array, weight: Array) -> tuple[float, float]:
    """Return the distribution-free interval of a coefficient below 1, symmetric in ``log(1 - coefficient)``."""
    n = len(influence)
    share = weight / weight.sum()
    error = np.sqrt(n / (n - 1) * (share**2 * influence**2).sum())
    if not coefficient < 1:
        return float("nan"), float("nan")
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * error / (1 - coefficient))
    return 1 - (1 - coefficient) * float(np.exp(reach)), 1 - (1 - coefficient) * float(np.exp(-reach))


def omega(values: Array, weight: Array) -> tuple[float, float, float]:
    """Return omega of a one-factor model with its distribution-free interval; missing where the model fails."""
    k = values.shape[1]
    deviation = values - np.average(values, axis=0, weights=weight)
    covariance = (deviation * weight[:, None]).T @ deviation / weight.sum()
    if len(values) <= k or maximum_likelihood.is_singular(covariance):
        return float("nan"), float("nan"), float("nan")
    moments = maximum_likelihood.Moments(len(values), np.zeros(k), covariance)
    fit = maximum_likelihood.fit([moments], np.ones((k, 1), dtype=bool))
    if not fit.is_converged or fit.is_improper:
        return float("nan"), float("nan"), float("nan")
    loadings, residuals = fit.loadings[0][:, 0], fit.residuals[0]
    reach, noise = loadings.sum(), residuals.sum()
    found = reach**2 / (reach**2 + noise)
    # Influence on the estimates = inverse information times the person's score (sandwich), then the delta method.
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals))
    pulled = deviation @ inverse
    along = inverse @ loadings
    score_loading = pulled * (pulled @ loadings)[:, None] - along
    score_residual = 0.5 * (pulled**2 - np.diag(inverse))
    information = maximum_likelihood.one_factor_information(loadings, residuals)
    slope = np.concatenate([np.full(k, 2 * reach * noise), np.full(k, -(reach**2))]) / (reach**2 + noise) ** 2
    influence = np.hstack([score_loading, score_residual]) @ np.linalg.solve(information, slope)
    low, high = free_interval(found, influence, weight)
    return float(found), low, high


def _centred(values: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Return zero-filled deviations from the items' means, who answered what (1, 0), and the weight of each pair."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    answered = known.astype(float)
    centre = (weight @ filled) / (weight @ answered)
    return np.where(known, filled - centre, 0.0), answered, answered.T @ (answered * weight[:, None])
