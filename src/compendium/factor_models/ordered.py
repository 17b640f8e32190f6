"""Confirmatory factor models for ordered answers in one or several groups: diagonally weighted least squares (WLSMV)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats

from .indices import cfi, rmsea
from .ordered_adjustment import adjusted, information, inverted, score_spread, square
from .ordered_statistics import Ordered, ordered
from .ordered_structure import OrderedModel, OrderedParts
from .structure import Array

__all__ = ["MOST_STEPS", "Ordered", "OrderedFit", "fit", "ordered"]

MOST_STEPS = 6
"""Most steps of an item that this estimator takes; items with more are numbers."""
_CLOSE = 1e-10
"""A search has arrived when its next step would lower chi-square by less than this."""
_PATIENCE, _FLAT = 10, 1e-4
"""It has come to rest when so many steps together have lowered chi-square by less than this share: something runs away."""
_ITERATIONS, _RIDGE = 200, 1e-9
_EDGE = 1e-4
"""Least share of an item's variance that its residual has; below, nothing but the factors is left."""


@dataclass(frozen=True)
class OrderedFit:
    """A fitted model: how well it fits, and its estimates.

    ``chisq`` is the weighted sum of squares that was minimised, ``trace`` and ``trace_of_square`` are what decides about its
    distribution (those of the residual weights times the covariances of the values); ``baseline_...`` are the same for items
    that do not correlate. ``is_endless`` says that chi-square came to rest while an estimate ran away. What ends in ``_scaled`` stands on the chi-square adjusted in mean and variance.
    """

    model: OrderedModel
    groups: Sequence[Ordered]
    theta: Array
    chisq: float
    df: int
    trace: float
    trace_of_square: float
    baseline_chisq: float
    baseline_df: int
    baseline_trace_of_square: float
    srmr: float
    iterations: int
    is_converged: bool
    is_endless: bool

    @property
    def n(self) -> int:
        """Number of persons."""
        return sum(group.n for group in self.groups)

    @property
    def p(self) -> float:
        return _tail(self.chisq, self.df)

    @property
    def cfi(self) -> float:
        return cfi(self.chisq - self.df, self.baseline_chisq - self.baseline_df)

    @property
    def tli(self) -> float:
        return _tli(self.chisq, self.df, self.baseline_chisq, self.baseline_df)

    @property
    def rmsea(self) -> float:
        return rmsea(self.chisq - self.df, self.df, self.n - len(self.groups), len(self.groups))

    @property
    def chisq_scaled(self) -> float:
        return adjusted(self.chisq, self.df, self.trace, self.trace_of_square)

    @property
    def p_scaled(self) -> float:
        return _tail(self.chisq_scaled, self.df)

    @property
    def _baseline_scaled(self) -> float:
        return adjusted(self.baseline_chisq, self.baseline_df, self.baseline_df, self.baseline_trace_of_square)

    @property
    def cfi_scaled(self) -> float:
        return cfi(self.chisq_scaled - self.df, self._baseline_scaled - self.baseline_df)

    @property
    def tli_scaled(self) -> float:
        return _tli(self.chisq_scaled, self.df, self._baseline_scaled, self.baseline_df)

    @property
    def rmsea_scaled(self) -> float:
        return rmsea(self.chisq_scaled - self.df, self.df, self.n - len(self.groups), len(self.groups))

    @cached_property
    def slopes(self) -> list[Array]:
        """The derivatives of what each group's model implies, see :meth:`.OrderedModel.slopes`."""
        return [self.model.slopes(self.theta, number) for number in range(self.model.groups)]

    @cached_property
    def parts(self) -> list[OrderedParts]:
        """The matrices of every group."""
        return [self.model.parts(self.theta, number) for number in range(self.model.groups)]

    @property
    def thresholds(self) -> Array:
        """The thresholds, one row a group."""
        return np.array([self.model.entries(self.theta, g)[self.model.tau] for g in range(self.model.groups)])

    @property
    def is_improper(self) -> bool:
        """Whether an estimate ran away, an item has no residual left, or factors or two items correlate as far as 1."""
        return (
            self.is_endless
            or any(group.is_at_bound for group in self.groups)
            or any(
                bool(
                    (part.residuals < _EDGE * np.diag(part.covariance)).any()
                    or np.linalg.eigvalsh(part.factor_covariance)[0] <= 0
                )
                for part in self.parts
            )
        )

    def difference(self, wider: "OrderedFit") -> tuple[float, int]:
        """Return the adjusted chi-square and the degrees of freedom of the test against a model with fewer equalities.

        Missing where both have as many parameters.

        Notes
        -----
        Satorra's difference of 2000 under the wider model, adjusted in mean and variance; the smaller model's place inside the
        wider one from the slopes of both. lavaan's ``lavTestLRT`` does so by default.
        """
        df = self.df - wider.df
        if df == 0:
            return np.nan, 0
        own, across = np.zeros((wider.model.size,) * 2), np.zeros((wider.model.size, self.model.size))
        for number, (wide, narrow) in enumerate(zip(wider.slopes, self.slopes, strict=True)):
            rows = wider.model.own[number]
            own[np.ix_(rows, rows)] += wide.T @ wide
            across[np.ix_(rows, self.model.own[number])] += wide.T @ narrow
        inside = inverted(own) @ across
        bread, meat = (of(wider.model, wider.slopes, self.groups) for of in (information, score_spread))
        kernel = inverted(bread) - inside @ inverted(inside.T @ bread @ inside) @ inside.T
        product = kernel @ meat
        trace, of_square = float(np.trace(product)), float((product * product.T).sum())
        return adjusted(self.chisq - wider.chisq, df, trace, of_square), df


def fit(
    groups: Sequence[Ordered],
    steps: Sequence[int],
    pattern: NDArray[np.bool_],
    equal: frozenset[str] = frozenset(),
    freed: Collection[tuple[str, int]] = (),
) -> OrderedFit:
    """Fit a factor model to ordered answers of one or several groups by diagonally weighted least squares.

    Parameters
    ----------
    groups : sequence of Ordered
        What :func:`.ordered_statistics.ordered` found, one entry a group.
    steps : sequence of int
        Number of steps of each item, the same in all groups.
    pattern : array of bool, items x factors
        Which item loads on which factor; factors correlate freely, residuals do not.
    equal, freed
        What is held equal across groups, and what is let off after all; see :class:`.OrderedModel` for these and for how the
        scales are fixed.

    Returns
    -------
    OrderedFit
        Chi-square, plain and adjusted, degrees of freedom, fit indices and estimates.

    Notes
    -----
    The squared distances of thresholds and polychoric correlations from what the model implies, each weighted by the inverse
    of its own variance, are minimised by Gauss and Newton's steps with analytic slopes, damped where they would lead up.
    Chi-square is the sum of these times n - 1 of each group; its mean and variance are adjusted with the full covariances
    (scaled and shifted). RMSEA carries the factor ``sqrt(groups)`` and takes off one person a group; SRMR is that of the
    correlations, the diagonal counted, averaged over groups by size. All of it as lavaan 0.6-14 has it with
    ``estimator="WLSMV", parameterization="theta"``. An estimate can run away without end while chi-square comes to rest (a
    loading, where the residual wants to be negative; all variances of a group, where nothing but thresholds of items of two
    steps fixes their unit): the fit stands to a thousandth of chi-square, and is called improper.

    References
    ----------
    Muthen, du Toit, Spisic (1997), Robust inference using weighted least squares; Asparouhov, Muthen (2010), Simple second
    order chi-square correction, Mplus technical appendix; Wu, Estabrook (2016), Psychometrika 81:1014-1045.
    """
    model = OrderedModel(steps, pattern, len(groups), equal, freed)
    theta, chisq, iterations, end = _search(model, groups)
    values, pairs = len(groups[0].values), slice(model.at.thresholds, None)
    slopes = [model.slopes(theta, number) for number in range(len(groups))]
    inverse = inverted(information(model, slopes, groups))
    product, crossed = (inverse @ score_spread(model, slopes, groups, cubed) for cubed in (False, True))
    own = sum(square(group, slice(None)) for group in groups)
    persons = sum(group.n for group in groups)
    left = [group.values - model.implied(theta, number) for number, group in enumerate(groups)]
    correlations = [group.values[pairs] for group in groups]
    weight = [group.weights[pairs] for group in groups]
    return OrderedFit(
        model=model,
        groups=groups,
        theta=theta,
        chisq=chisq,
        df=len(groups) * values - model.size,
        trace=len(groups) * values - float(np.trace(product)),
        trace_of_square=own - 2 * float(np.trace(crossed)) + float((product * product.T).sum()),
        baseline_chisq=sum(
            (g.n - 1) * float((r**2 * w).sum()) for g, r, w in zip(groups, correlations, weight, strict=True)
        ),
        baseline_df=len(groups) * len(model.at.one),
        baseline_trace_of_square=sum(square(group, pairs) for group in groups),
        srmr=sum(
            group.n / persons * float(np.sqrt((away[pairs] ** 2).sum() / (model.items * (model.items + 1) / 2)))
            for group, away in zip(groups, left, strict=True)
        ),
        iterations=iterations,
        is_converged=end is not _End.NONE,
        is_endless=end is _End.RESTING,
    )


class _End(Enum):
    """How a search ends: at a minimum; with chi-square at rest while an estimate runs away; or not at all."""

    ARRIVED, RESTING, NONE = range(3)


def _search(model: OrderedModel, groups: Sequence[Ordered]) -> tuple[Array, float, int, _End]:
    """Return the estimates, their chi-square, the number of steps, and how the search ended."""
    theta, damping = model.start(groups), 0.0
    value, away = _distance(model, groups, theta)
    values = [value]
    for iteration in range(_ITERATIONS):
        curve, gradient = np.zeros((model.size, model.size)), np.zeros(model.size)
        for number, (group, left) in enumerate(zip(groups, away, strict=True)):
            slope, own = model.slopes(theta, number), model.own[number]
            weighted = slope.T * (group.weights * (group.n - 1))
            curve[np.ix_(own, own)] += weighted @ slope
            gradient[own] += weighted @ left
        # Every parameter in its own units; the ridge holds where one has run so far that nothing depends on it.
        scale = np.sqrt(np.maximum(np.diag(curve), np.finfo(float).tiny))
        unit, slope_in_units = curve / np.outer(scale, scale), gradient / scale
        while True:
            root = linalg.cho_factor(unit + (_RIDGE + damping) * np.eye(model.size))
            step = linalg.cho_solve(root, slope_in_units)
            if float(slope_in_units @ step) < _CLOSE:
                return theta, value, iteration, _End.ARRIVED
            new, distance = _distance(model, groups, theta + step / scale)
            if new < value:
                break
            damping = max(10 * damping, 1e-4)
        theta, value, away, damping = theta + step / scale, new, distance, damping / 10 if damping > 1e-6 else 0.0
        values.append(value)
        if len(values) > _PATIENCE and values[-1 - _PATIENCE] - value < _FLAT * value:
            return theta, value, iteration + 1, _End.RESTING
    return theta, value, _ITERATIONS, _End.NONE


def _distance(model: OrderedModel, groups: Sequence[Ordered], theta: Array) -> tuple[float, list[Array]]:
    """Return chi-square and what every group's values have beyond the model's; infinity where it implies none."""
    away = [group.values - model.implied(theta, number) for number, group in enumerate(groups)]
    value = sum(
        (group.n - 1) * float((left**2 * group.weights).sum()) for group, left in zip(groups, away, strict=True)
    )
    return (value if np.isfinite(value) else np.inf), away


def _tail(chisq: float, df: int) -> float:
    return float(stats.chi2.sf(chisq, df)) if df else np.nan


def _tli(chisq: float, df: int, baseline: float, baseline_df: int) -> float:
    return 1.0 if df == 0 else (baseline / baseline_df - chisq / df) / (baseline / baseline_df - 1)
