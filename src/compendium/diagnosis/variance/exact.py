"""The interval of the share of variance between the groups of one level, exact where all effects are normal."""

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from ...intervals import LEVEL

Array = NDArray[np.float64]


def exact_interval(
    y: Array, x: Array, place: NDArray[np.intp], spread: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float]:
    """Return the interval of the share of variance between the groups of one level, exact under normal effects.

    Parameters
    ----------
    y : array of shape (n,)
        The outcome.
    x : array of shape (n, p)
        A constant and the covariates.
    place : array of int, shape (n,)
        The group of each person.
    spread : tuple of float
        How many times as uncertain as under normal effects the variances of groups and of persons are
        (:func:`.shape.spreads`).

    Returns
    -------
    low, high : float
        Between 0 and 1.

    Notes
    -----
    After the covariates are taken out, the sums of the groups have independent parts ``t_i`` of variance ``s2 (1 + r d_i)``
    with ``d_i`` the positive eigenvalues of ``Z'(I - P)Z``. ``H(r) = (sum_i t_i^2 / (1 + r d_i) / k) / (SSE / f)`` has an F
    distribution with k and f degrees of freedom at the true ratio r of variances and falls with r: the interval holds
    the r at which H is between the quantiles. In the balanced case it is Searle's interval. A `spread` divides the degrees
    of freedom, no longer exactly.

    References
    ----------
    Wald (1940), Ann. Math. Stat. 11:96-99; Seely, El-Bassiouni (1983), Ann. Stat. 11:197-201.
    """
    left, size, _ = np.linalg.svd(x, full_matrices=False)
    basis = left[:, size > 1e-10 * size[0]]
    member = np.eye(int(place.max()) + 1)[place]
    free = member - basis @ (basis.T @ member)
    residual = y - basis @ (basis.T @ y)
    eigen, vectors = np.linalg.eigh(free.T @ free)
    kept = eigen > 1e-9 * eigen.max()
    eigen = eigen[kept]
    parts = (vectors[:, kept].T @ (free.T @ residual)) ** 2 / eigen
    k = int(kept.sum())
    freedom = len(y) - basis.shape[1] - k
    within = float(residual @ residual - parts.sum()) / freedom

    def statistic(share: float) -> float:
        return float((parts / (1 + share / (1 - share) * eigen)).sum() / k / within)

    def where(quantile: float) -> float:
        if statistic(0.0) <= quantile:
            return 0.0
        end = 1 - 1e-12
        if statistic(end) >= quantile:
            return 1.0
        return float(optimize.brentq(lambda share: statistic(share) - quantile, 0.0, end, xtol=1e-10))

    tail, parts_of = (1 - LEVEL) / 2, (k / spread[0], freedom / spread[1])
    return where(float(stats.f.ppf(1 - tail, *parts_of))), where(float(stats.f.ppf(tail, *parts_of)))
