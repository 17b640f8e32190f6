"""The arithmetic of reliability: covariances and alpha of an array of answers, and intervals in closed form.

Everything takes persons x items (gaps where not answered) and one weight a person, and returns plain numbers;
:mod:`.scale` decides what may be computed and what it is called. What a person adds to a coefficient (their
*influence*) always comes by way of the covariances, so that gaps and weights are treated once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..intervals import LEVEL

Array = NDArray[np.float64]


def covariances(values: Array, weight: Array) -> Array:
    """Return covariances; each pair of items about the means of the persons who answered both."""
    pairs = _pairs(values, weight)
    squares = pairs.known.T @ (pairs.known * (weight**2)[:, None])
    # Without weights this divides by the persons less one.
    return np.asarray(pairs.covariance / (1 - squares / pairs.total**2))


def covariance_influence(values: Array, weight: Array) -> Array:
    """Return each person's influence on each covariance (persons x items x items); nought where there is a gap."""
    pairs = _pairs(values, weight)
    apart = pairs.filled[:, :, None] - pairs.known[:, :, None] * pairs.means
    found = apart * apart.transpose(0, 2, 1) - pairs.covariance
    found *= pairs.known[:, :, None] * pairs.known[:, None, :]
    return np.asarray(found * (weight.sum() / pairs.total))


def alpha(covariance: Array) -> float:
    """Return Cronbach's alpha; missing for one item."""
    k = len(covariance)
    if k < 2:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def alpha_slope(covariance: Array) -> Array:
    """Return how alpha changes with each covariance."""
    k, own, total = len(covariance), np.trace(covariance), covariance.sum()
    return np.asarray(k / (k - 1) * (own / total**2 - np.eye(k) / total))


def alpha_influence(values: Array, weight: Array) -> Array:
    """Return each person's influence on alpha."""
    slope = alpha_slope(covariances(values, weight))
    return np.asarray(np.einsum("ijk,jk->i", covariance_influence(values, weight), slope))


def alpha_if_dropped(covariance: Array) -> Array:
    """Return alpha of the other items, for each item; missing for two items, where one would be left."""
    k, own = len(covariance) - 1, np.diag(covariance)
    if k < 2:
        return np.full(k + 1, np.nan)
    total = covariance.sum() - 2 * covariance.sum(axis=0) + own
    return np.asarray(k / (k - 1) * (1 - (own.sum() - own) / total))


def mean_correlation(covariance: Array) -> float:
    """Return the mean correlation between items."""
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    return float(correlation[np.tril_indices(len(spread), -1)].mean())


def item_rest(covariance: Array) -> Array:
    """Correlate each item with the sum of the others, from the covariances."""
    own, rest = np.diag(covariance), covariance.sum(axis=0) - np.diag(covariance)
    others = covariance.sum() - 2 * rest - own
    with np.errstate(divide="ignore", invalid="ignore"):  # the others may cancel out: then there is no correlation
        return np.asarray(rest / np.sqrt(own * others))


def largest_skewness(values: Array, weight: Array) -> float:
    """Return the largest absolute skewness of an item."""
    pairs = _pairs(values, weight)
    apart = (pairs.filled - np.diag(pairs.means)) * pairs.known
    third = weight @ apart**3 / np.diag(pairs.total)
    return float(np.abs(third / np.diag(pairs.covariance) ** 1.5).max())


def feldt_interval(coefficient: float, k: int, n: int) -> tuple[float, float]:
    """Return Feldt's interval of an alpha of ``k`` items and ``n`` persons."""
    upper, lower = stats.f.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2], n - 1, (n - 1) * (k - 1))
    return 1 - (1 - coefficient) * float(lower), 1 - (1 - coefficient) * float(upper)


def free_interval(coefficient: float, influence: Array, weight: Array) -> tuple[float, float]:
    """Return the distribution-free interval of a coefficient below 1, symmetric in ``log(1 - coefficient)``."""
    if not coefficient < 1:
        return float("nan"), float("nan")
    reach = _reach(influence, weight) / (1 - coefficient)
    return 1 - (1 - coefficient) * float(np.exp(reach)), 1 - (1 - coefficient) * float(np.exp(-reach))


def correlation_interval(r: float, influence: Array, weight: Array) -> tuple[float, float]:
    """Return the distribution-free interval of a correlation, symmetric in Fisher's z.

    Skewed answers in steps are far from the normal ones on which Fisher's own error rests.
    """
    if not abs(r) < 1:
        return float("nan"), float("nan")
    reach = _reach(influence, weight) / (1 - r**2)
    return float(np.tanh(np.arctanh(r) - reach)), float(np.tanh(np.arctanh(r) + reach))


def _reach(influence: Array, weight: Array) -> float:
    n, share = len(influence), weight / weight.sum()
    error = np.sqrt(n / (n - 1) * (share**2 * influence**2).sum())
    return float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * error)


class _Pairs(NamedTuple):
    """Sums over the persons who answered both items of a pair.

    ``known`` is 1 where a person answered an item, ``filled`` the answers with gaps as nought, ``total`` the weight of
    each pair, ``means`` the mean of the row's item within the pair, ``covariance`` divided by ``total``.
    """

    known: Array
    filled: Array
    total: Array
    means: Array
    covariance: Array


def _pairs(values: Array, weight: Array) -> _Pairs:
    gaps = np.isnan(values)
    known = (~gaps).astype(float)
    # Near the means nothing cancels out.
    filled = np.where(gaps, 0.0, values - np.nanmean(values, axis=0))
    weighted = filled * weight[:, None]
    total = known.T @ (known * weight[:, None])
    means = weighted.T @ known / total
    return _Pairs(known, filled, total, means, filled.T @ weighted / total - means * means.T)
