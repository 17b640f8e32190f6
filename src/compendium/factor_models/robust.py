"""Maximum likelihood for answers that are not normal: chi-squares and fit indices corrected for kurtosis (MLR)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .indices import Fit, Solution, cfi, rmsea
from .information import observed_information
from .search import discrepancy
from .structure import Array


@dataclass(frozen=True)
class Robust:
    """A fit by maximum likelihood, with what the answers themselves say about the spread of its chi-square.

    ``trace`` and ``baseline_trace`` are what the chi-squares of the model and of uncorrelated items would be on
    average if the models were true; for normal answers they are the degrees of freedom. Missing where the observed
    information cannot be inverted or the trace does not come out positive.

    Notes
    -----
    Scaling after Yuan and Bentler in the variant of Mplus, as lavaan's ``estimator="MLR"`` has it: fourth moments about
    the sample's means and covariances, less those of the model's scores under the observed information. The *scaled*
    indices put the scaled chi-square into the usual formulas; the *robust* ones estimate what the usual ones would be
    in the population. A model without degrees of freedom fits by construction.

    References
    ----------
    Yuan, Bentler (2000), Sociol. Methodol. 30:165-200; Brosseau-Liard, Savalei (2014), Multivar. Behav. Res.
    49:460-470; Brosseau-Liard, Savalei, Li (2012), Multivar. Behav. Res. 47:904-930; Satorra, Bentler (2001),
    Psychometrika 66:507-514.
    """

    fit: Fit
    trace: float
    baseline_trace: float

    @cached_property
    def factor(self) -> float:
        """By how much the chi-square is too large; 1 for normal answers."""
        return self.trace / self.fit.df if self.fit.df else 1.0

    @property
    def chisq_scaled(self) -> float:
        return self.fit.chisq / self.factor

    @property
    def cfi_scaled(self) -> float:
        baseline_factor = self.baseline_trace / self.fit.baseline_df
        return self._cfi(
            self.chisq_scaled - self.fit.df, self.fit.baseline_chisq / baseline_factor - self.fit.baseline_df
        )

    @property
    def rmsea_scaled(self) -> float:
        return self._rmsea(self.fit.chisq - self.trace, self.trace)

    @property
    def cfi_robust(self) -> float:
        return self._cfi(self.fit.chisq - self.trace, self.fit.baseline_chisq - self.baseline_trace)

    @property
    def rmsea_robust(self) -> float:
        return self._rmsea(self.fit.chisq - self.trace, self.fit.df)

    def _cfi(self, excess: float, base_excess: float) -> float:
        return cfi(excess, base_excess) if np.isfinite(excess + base_excess) else np.nan

    def _rmsea(self, excess: float, df: float) -> float:
        groups = self.fit.solution.model.groups
        return rmsea(excess, df, self.fit.n, groups) if np.isfinite(excess) else np.nan

    def difference(self, wider: "Robust") -> tuple[float, int]:
        """Return the scaled chi-square and the degrees of freedom of the test against a model with fewer equalities.

        Satorra and Bentler's difference of 2001; missing where its scaling factor is not positive.
        """
        df = self.fit.df - wider.fit.df
        factor = (self.trace - wider.trace) / df if df > 0 else np.nan
        return ((self.fit.chisq - wider.fit.chisq) / factor if factor > 0 else np.nan), df


def robust(fit: Fit, answers: Sequence[Array]) -> Robust:
    """Return a fit together with the corrections that its answers ask for.

    Parameters
    ----------
    fit : Fit
        A model fitted to the moments of `answers`.
    answers : sequence of array, persons x items
        Complete answers, one entry a group, in the order of the fit.
    """
    solution, found = fit.solution, fit.solution.found
    scaled = [values / solution.scale for values in answers]
    kurtosis, independent = np.sum(
        [_of_moments(*group) for group in zip(scaled, found.mean, found.covariance, strict=True)], axis=0
    )
    trace = 0.0 if fit.df == 0 else _positive(kurtosis - _of_scores(solution, scaled))
    return Robust(fit, trace, _positive(kurtosis - independent))


def _positive(trace: float) -> float:
    return float(trace) if trace > 0 else np.nan


def _of_moments(values: Array, mean: Array, covariance: Array) -> tuple[float, float]:
    """Return the traces of the saturated model and of the one in which no items correlate.

    The first needs no more than each person's distance from the centre.
    """
    away, k = values - mean, len(mean)
    squared = (np.linalg.solve(covariance, away.T) * away.T).sum(axis=0)
    apart = ((away**2 / np.diag(covariance) - 1) ** 2).mean(axis=0)
    return float((squared**2).mean() + k) / 2, float(apart.sum() / 2 + k)


def _of_scores(solution: Solution, answers: Sequence[Array]) -> float:
    """Return the trace of the model: squared scores of the persons under the observed information."""
    model, found, parts = solution.model, solution.found, solution.parts
    _, _, within = discrepancy(model, found, solution.theta)
    spread = np.zeros((model.size + 1, model.size + 1))
    try:
        spread[:-1, :-1] = np.linalg.inv(observed_information(model, found, solution.theta, within))
    except np.linalg.LinAlgError:
        return np.nan
    sigma, mu = model.derivatives(parts)
    flat, centre = sigma.reshape(*mu.shape[:2], -1), parts.means if model.has_means else found.mean
    trace = 0.0
    for group, values in enumerate(answers):
        turned = (values - centre[group]) @ within[group]
        pairs = (turned[:, :, None] * turned[:, None, :]).reshape(len(values), -1)
        scores = (pairs @ flat[group].T - flat[group] @ within[group].ravel()) / 2 + turned @ mu[group].T
        own = spread[np.ix_(model.numbers[group], model.numbers[group])]
        trace += float(((scores @ own) * scores).sum()) / found.n
    # Means without restriction: their information stands apart from that of all else.
    return trace if model.has_means else trace + float((within * found.covariance).sum())
