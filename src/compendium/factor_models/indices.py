"""How well a fitted factor model reproduces the moments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .search import discrepancy
from .structure import Array, Model, Moments, Parts


@dataclass(frozen=True)
class Solution:
    """Where a search ended: the model, its estimates, and the moments of items divided by ``scale``."""

    model: Model
    groups: Sequence[Moments]
    scale: Array
    theta: Array
    iterations: int
    is_converged: bool

    @property
    def parts(self) -> list[Parts]:
        """The matrices of every group, for items divided by ``scale``."""
        return [self.model.parts(self.theta, number) for number in range(self.model.groups)]


@dataclass(frozen=True)
class Fit:
    """A fitted model: how well it fits, and its estimates.

    ``loadings residuals intercepts`` have one row a group and ``factor_covariances factor_means`` one entry a group.
    ``baseline_chisq baseline_df`` are those of items that do not correlate. ``is_improper`` says that a residual variance
    is negative or a factor covariance matrix is not positive definite.
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
    model, groups, scale, parts = solution.model, solution.groups, solution.scale, solution.parts
    n = sum(group.n for group in groups)
    value, _, _ = discrepancy(model, groups, solution.theta)
    k = model.items
    df = model.groups * k * (k + 1) // 2 + (model.groups * k if model.has_means else 0) - model.size
    chisq = max(n * value, 0.0)
    base = sum(g.n * (np.log(np.diag(g.covariance)).sum() - np.linalg.slogdet(g.covariance)[1]) for g in groups)
    base_df = model.groups * k * (k - 1) // 2
    return Fit(
        chisq=chisq,
        df=df,
        p=float(stats.chi2.sf(chisq, df)) if df else np.nan,
        baseline_chisq=float(base),
        baseline_df=base_df,
        cfi=cfi(chisq - df, base - base_df),
        tli=1.0 if df == 0 else (base / base_df - chisq / df) / (base / base_df - 1),
        rmsea=rmsea(chisq - df, df, n, model.groups),
        srmr=sum(g.n / n * _srmr(g, part, model) for g, part in zip(groups, parts, strict=True)),
        n=n,
        is_converged=solution.is_converged,
        is_improper=any(_is_improper(part) for part in parts),
        iterations=solution.iterations,
        loadings=np.array([part.loadings * scale[:, None] for part in parts]),
        residuals=np.array([part.residuals * scale**2 for part in parts]),
        intercepts=np.array(
            [(part.intercepts if model.has_means else g.mean) * scale for g, part in zip(groups, parts, strict=True)]
        ),
        factor_covariances=np.array([part.factor_covariance for part in parts]),
        factor_means=np.array([part.factor_means for part in parts]),
        solution=solution,
    )


def _is_improper(part: Parts) -> bool:
    return bool((part.residuals < 0).any() or np.linalg.eigvalsh(part.factor_covariance)[0] <= 0)


def _srmr(group: Moments, part: Parts, model: Model) -> float:
    """Return Bentler's SRMR of a group; means count where there is more than one group, reproduced exactly or not."""
    spread = np.sqrt(np.diag(group.covariance))
    left = (group.covariance - part.covariance) / np.outer(spread, spread)
    squares = left[np.tril_indices(len(spread))] ** 2
    means = ((group.mean - part.means) / spread) ** 2 if model.has_means else np.zeros(1)
    count = len(squares) + (len(spread) if model.groups > 1 else 0)
    return float(np.sqrt((squares.sum() + means.sum()) / count))
