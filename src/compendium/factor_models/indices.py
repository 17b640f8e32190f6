"""How well a fitted factor model reproduces the moments."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from .search import discrepancy
from .structure import Array, Model, Parts, Sample


@dataclass(frozen=True)
class Solution:
    """Where a search ended: the model, its estimates, and the moments of items divided by ``scale``."""

    model: Model
    found: Sample
    scale: Array
    theta: Array
    iterations: int
    is_converged: bool

    @property
    def parts(self) -> Parts:
        """The matrices of the model, for items divided by ``scale``."""
        return self.model.parts(self.theta)


@dataclass(frozen=True)
class Fit:
    """A fitted model: how well it fits, and its estimates.

    ``loadings residuals intercepts`` have one row a group and ``factor_covariances factor_means`` one entry a group.
    ``baseline_chisq baseline_df`` are those of items that do not correlate. ``is_improper`` says that a residual
    variance is negative or a factor covariance matrix is not positive definite.
    """

    chisq: float
    df: int
    p: float
    baseline_chisq: float
    baseline_df: int
    cfi: float
    tli: float
    rmsea: float
    srmr: float
    n: int
    is_converged: bool
    is_improper: bool
    iterations: int
    loadings: Array
    residuals: Array
    intercepts: Array
    factor_covariances: Array
    factor_means: Array
    solution: Solution


def cfi(excess: float, base_excess: float) -> float:
    """Return the comparative fit index of two chi-squares less their (scaled) degrees of freedom."""
    excess = max(excess, 0.0)
    base_excess = max(base_excess, excess)
    return 1.0 if base_excess == 0 else 1 - excess / base_excess


def rmsea(excess: float, df: float, n: int, groups: int) -> float:
    """Return the root mean square error of approximation, with Steiger's factor for several groups."""
    return 0.0 if df == 0 else float(np.sqrt(max(excess, 0.0) / (df * n) * groups))


def summary(solution: Solution) -> Fit:
    """Return the fit of a solution and its estimates in the items' own units."""
    model, found, scale, parts = solution.model, solution.found, solution.scale, solution.parts
    value, _, _ = discrepancy(model, found, solution.theta)
    n, k = found.n, model.items
    df = model.groups * k * (k + 1) // 2 + (model.groups * k if model.has_means else 0) - model.size
    chisq = max(n * value, 0.0)
    variances = np.diagonal(found.covariance, axis1=1, axis2=2)
    base = float(n * found.share @ (np.log(variances).sum(axis=1) - found.log_determinant))
    base_df = model.groups * k * (k - 1) // 2
    return Fit(
        chisq=chisq,
        df=df,
        p=float(stats.chi2.sf(chisq, df)) if df else np.nan,
        baseline_chisq=base,
        baseline_df=base_df,
        cfi=cfi(chisq - df, base - base_df),
        tli=1.0 if df == 0 else (base / base_df - chisq / df) / (base / base_df - 1),
        rmsea=rmsea(chisq - df, df, n, model.groups),
        srmr=_srmr(solution),
        n=n,
        is_converged=solution.is_converged,
        is_improper=bool((parts.residuals < 0).any() or np.linalg.eigvalsh(parts.factor_covariances).min() <= 0),
        iterations=solution.iterations,
        loadings=parts.loadings * scale[:, None],
        residuals=parts.residuals * scale**2,
        intercepts=(parts.intercepts if model.has_means else found.mean) * scale,
        factor_covariances=parts.factor_covariances,
        factor_means=parts.factor_means,
        solution=solution,
    )


def _srmr(solution: Solution) -> float:
    """Return Bentler's SRMR, averaged over groups; means count with several groups, reproduced exactly or not."""
    model, found, parts = solution.model, solution.found, solution.parts
    spread = np.sqrt(np.diagonal(found.covariance, axis1=1, axis2=2))
    left = (found.covariance - parts.covariance) / (spread[:, :, None] * spread[:, None, :])
    rows, columns = np.tril_indices(model.items)
    squares = (left[:, rows, columns] ** 2).sum(axis=1)
    if model.has_means:
        squares += (((found.mean - parts.means) / spread) ** 2).sum(axis=1)
    count = len(rows) + (model.items if model.groups > 1 else 0)
    return float(found.share @ np.sqrt(squares / count))
