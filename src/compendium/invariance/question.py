"""One question to maximum likelihood: which items stand for what, in which groups, by which estimator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..factor_models.maximum_likelihood import Fit, fit, moments
from ..factor_models.robust import Robust, robust
from ..factor_models.structure import Array
from .rule import Fitted

STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({"loadings"}),
    "scalar": frozenset({"loadings", "intercepts"}),
    "strict": frozenset({"loadings", "intercepts", "residuals"}),
}


@dataclass(frozen=True)
class Freed:
    """Items (by their place) whose loading, or whose intercept, is let off being equal in all groups."""

    loadings: frozenset[int] = frozenset()
    intercepts: frozenset[int] = frozenset()

    @property
    def items(self) -> frozenset[int]:
        return self.loadings | self.intercepts

    def by_matrix(self) -> dict[str, frozenset[int]]:
        return {"loadings": self.loadings, "intercepts": self.intercepts}


@dataclass(frozen=True)
class Step:
    """A fitted step of one question."""

    fit: Fit
    robust: Robust | None
    freed: Freed = field(default_factory=Freed)


class Question:
    """A factor model and the complete answers of several groups.

    Parameters
    ----------
    complete : pandas.DataFrame
        Answers without gaps.
    model : mapping of str to sequence of str
        Factor -> its items.
    group : str
        Column of the group.
    estimator : {"ML", "MLR"}
        With or without corrections for answers that are not normal.
    """

    def __init__(self, complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str, estimator: str) -> None:
        self.estimator = estimator
        self.names = list(dict.fromkeys(item for factor in model.values() for item in factor))
        self.pattern: NDArray[np.bool_] = np.array(
            [[name in factor for factor in model.values()] for name in self.names]
        )
        self._answers: list[Array] = [
            part[self.names].to_numpy(dtype=float) for _, part in complete.groupby(group, observed=True)
        ]
        self._moments = [moments(values) for values in self._answers]

    def fit(self, step: str, freed: Freed = Freed()) -> Step:
        """Fit one of :data:`STEPS`, with some items let off."""
        found = fit(self._moments, self.pattern, STEPS[step], freed.by_matrix())
        return Step(found, robust(found, self._answers) if self.estimator == "MLR" else None, freed)

    def fitted(self, step: Step, earlier: Step | None) -> Fitted:
        """Return what the rule reads of a step, with its test against an earlier one."""
        found, corrected = step.fit, step.robust
        difference, df = (np.nan, np.nan) if earlier is None else _difference(step, earlier)
        scaled = ["chisq_scaled", "cfi_scaled", "rmsea_scaled", "cfi_robust", "rmsea_robust"]
        return Fitted(
            **{name: getattr(found, name) for name in ["n", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr"]},
            **{name: getattr(corrected, name) for name in scaled if corrected},
            is_converged=found.is_converged,
            is_improper=found.is_improper,
            chisq_diff=difference,
            df_diff=df,
            p_diff=float(stats.chi2.sf(difference, df)),
            freed=tuple(self.names[item] for item in sorted(step.freed.items)),
        )


def _difference(step: Step, earlier: Step) -> tuple[float, float]:
    if step.robust and earlier.robust:
        return step.robust.difference(earlier.robust)
    return step.fit.chisq - earlier.fit.chisq, step.fit.df - earlier.fit.df
