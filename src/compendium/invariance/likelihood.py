"""The ladder by maximum likelihood: one fit a step, and the test of each step against the one before."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..factor_models import maximum_likelihood
from ..factor_models.maximum_likelihood import Fit, Moments
from .rule import Fitted

STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({"loadings"}),
    "scalar": frozenset({"loadings", "intercepts"}),
    "strict": frozenset({"loadings", "intercepts", "residuals"}),
}


def plain(complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> dict[str, Fitted]:
    """Fit every step by normal-theory maximum likelihood."""
    names = list(dict.fromkeys(item for factor in model.values() for item in factor))
    groups = [maximum_likelihood.moments(part[names].to_numpy(dtype=float)) for _, part in complete.groupby(group)]
    pattern = np.array([[name in factor for factor in model.values()] for name in names])
    return _steps(groups, pattern)


def _steps(groups: Sequence[Moments], pattern: NDArray[np.bool_]) -> dict[str, Fitted]:
    found, earlier = dict[str, Fitted](), None
    for step, equal in STEPS.items():
        fit = maximum_likelihood.fit(groups, pattern, equal)
        found[step] = _fitted(fit, earlier)
        earlier = fit
    return found


def _fitted(fit: Fit, earlier: Fit | None) -> Fitted:
    difference = (np.nan, np.nan) if earlier is None else (fit.chisq - earlier.chisq, fit.df - earlier.df)
    return Fitted(
        **{name: getattr(fit, name) for name in ["n", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr"]},
        is_converged=fit.is_converged,
        is_improper=fit.is_improper,
        chisq_diff=difference[0],
        df_diff=difference[1],
        p_diff=float(stats.chi2.sf(*difference)),
    )
