"""Confirmatory factor models for one or several groups by maximum likelihood, with mean structure.

One engine serves two rooms: omega in :mod:`compendium.reliability` (one factor, one group) and the invariance ladder in
:mod:`compendium.invariance`. It is written for moments (n, means, covariances), so its cost does not grow with n.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .indices import Fit, Solution, summary
from .information import expected_information
from .search import search
from .structure import Array, Model, Moments, sample, start

__all__ = ["Fit", "Moments", "fit", "is_singular", "moments", "one_factor_information"]

_SINGULAR = 1e-8
"""Smallest eigenvalue of the correlations at which a model is still fitted."""


def moments(values: Array) -> Moments:
    """Return the moments of complete answers (persons x items)."""
    return Moments(len(values), values.mean(axis=0), np.atleast_2d(np.cov(values, rowvar=False, bias=True)))


def is_singular(covariance: Array) -> bool:
    """Tell whether an item is a sum of others (or a copy), so that no factor model can be fitted."""
    spread = np.sqrt(np.diag(covariance))
    return bool(np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < _SINGULAR)


def one_factor_information(loadings: Array, residuals: Array) -> Array:
    """Return the expected information per person of a one-factor model: loadings first, then residual variances."""
    k = len(loadings)
    model = Model(np.ones((k, 1), dtype=bool), 1, frozenset())
    theta = np.concatenate([loadings, residuals])
    inverse: Array = np.asarray(np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals)), dtype=float)
    return expected_information(model, sample([Moments(1, np.zeros(k), np.eye(k))]), theta, inverse[None])


def fit(
    groups: Sequence[Moments],
    pattern: NDArray[np.bool_],
    equal: frozenset[str] = frozenset(),
    freed: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> Fit:
    """Fit a factor model to one or several groups by maximum likelihood.

    Parameters
    ----------
    groups : sequence of Moments
        One entry a group, same items in the same order.
    pattern : array of bool, items x factors
        Which item loads on which factor; factors correlate freely, residuals do not.
    equal : frozenset of str
        What is held equal across groups: ``loadings``, ``intercepts``, ``residuals``. With equal intercepts the factor
        means are free in all groups but the first; without them the means are reproduced exactly.
    freed : mapping of str to collection of int
        Rows of `pattern` that are let off being equal in all groups, for ``loadings`` and ``intercepts``.

    Returns
    -------
    Fit
        Chi-square, degrees of freedom, fit indices and estimates.

    Notes
    -----
    Items are divided by their pooled within-group standard deviation, which changes no fit index and keeps the search
    well scaled. Fisher scoring with analytic gradients and step halving from standardised starts; where it does not
    converge, Newton steps with the observed information go on from the same place. Chi-square is n times the
    discrepancy (normal likelihood). RMSEA carries the factor ``sqrt(groups)``; SRMR is Bentler's, with means,
    averaged over groups by size.

    References
    ----------
    Joreskog (1971), Psychometrika 36:409-426; Steiger (1998), Struct. Equ. Modeling 5:411-419; Hu, Bentler (1999),
    Struct. Equ. Modeling 6:1-55.
    """
    pooled = np.average([group.covariance for group in groups], axis=0, weights=[group.n for group in groups])
    scale = np.sqrt(np.diag(pooled))
    scaled = [Moments(g.n, g.mean / scale, g.covariance / np.outer(scale, scale)) for g in groups]
    model, found = Model(pattern, len(groups), equal, freed), sample(scaled)
    theta, iterations, is_converged = search(model, found, start(model, found))
    return summary(Solution(model, found, scale, theta, iterations, is_converged))
