"""How the chi-square of a model for ordered answers varies: its mean and variance, from the covariances of the values."""

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from .ordered_statistics import Ordered
from .ordered_structure import OrderedModel
from .structure import Array


def adjusted(chisq: float, df: float, trace: float, trace_of_square: float) -> float:
    """Return a chi-square scaled and shifted to have the mean and the variance of its degrees of freedom.

    Missing where rounding leaves no variance, as it does where a correlation stands at its bound.

    References
    ----------
    Asparouhov, Muthen (2010), Simple second order chi-square correction, Mplus technical appendix.
    """
    if df == 0:
        return chisq
    if trace_of_square <= 0:
        return np.nan
    scale = np.sqrt(df / trace_of_square)
    return float(chisq * scale + df - scale * trace)


def information(model: OrderedModel, slopes: Sequence[Array], groups: Sequence[Ordered]) -> Array:
    """Return what the weights tell about the parameters, per person."""
    persons = sum(group.n for group in groups)
    found = np.zeros((model.size, model.size))
    for group, slope, own in zip(groups, slopes, model.own, strict=True):
        found[np.ix_(own, own)] += group.n / persons * (slope.T * group.weights) @ slope
    return found


def score_spread(model: OrderedModel, slopes: Sequence[Array], groups: Sequence[Ordered], cubed: bool = False) -> Array:
    """Return the covariances of the weighted slopes; ``cubed`` takes the weighted covariances twice."""
    persons = sum(group.n for group in groups)
    found = np.zeros((model.size, model.size))
    for group, slope, own in zip(groups, slopes, model.own, strict=True):
        weighted = group.weights[:, None] * slope
        turned = group.gamma @ weighted
        if cubed:
            turned = group.gamma @ (group.weights[:, None] * turned)
        found[np.ix_(own, own)] += group.n / persons * weighted.T @ turned
    return found


def inverted(matrix: Array) -> Array:
    """Return the inverse, taken in units of the diagonal: a loading that ran away has next to no information in its own."""
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    unit = matrix * np.outer(scale, scale)
    try:
        inverse = linalg.cho_solve(linalg.cho_factor(unit), np.eye(len(unit)))
    except linalg.LinAlgError:
        inverse = np.linalg.pinv(unit, rcond=1e-12, hermitian=True)
    return np.asarray(inverse * np.outer(scale, scale))


def square(group: Ordered, part: slice) -> float:
    """Return the trace of the square of weights times covariances."""
    product = group.weights[part, None] * group.gamma[part, part]
    return float((product * product.T).sum())
