"""The likeliest shares of variance, and how far each may go: profile-likelihood intervals."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from ...intervals import LEVEL
from .likelihood import Evaluation, Ints, Likelihood

Array = NDArray[np.float64]

DROP = float(stats.chi2.ppf(LEVEL, 1))
"""How far above its lowest point the deviance is at the ends of an interval."""
LARGEST = 1e4
"""Largest ratio of a level's variance to that of the residual that is looked at."""
EDGE = 1e-6
"""A share that is closer than this to nought or one is at the edge of what is possible."""
CLOSE = 1e-2
"""How far the deviance at an end of an interval may lie from where it should be."""
TURNED = 2e-2
"""How much of the slope of a share may be left at an end of its interval, once that along the deviance is taken off."""


class Profile:
    """The restricted likelihood as a function of the ratios of variances, its lowest deviance, and the region around it.

    Parameters
    ----------
    y, x, places
        As for :class:`.likelihood.Likelihood`.

    Notes
    -----
    An end of the profile-likelihood interval of a share is the smallest or largest value that the share takes where the
    deviance is no more than the chi-square quantile above its lowest point. It is searched for directly, by sequential
    quadratic programming with exact slopes, from the end that a quadratic deviance would have; a point counts as the end
    where the slopes of share and deviance point the same way, else other starts are tried and the furthest point is taken.

    References
    ----------
    Venzon, Moolgavkar (1988), Appl. Stat. 37:87-94; Kraft (1988), DFVLR-FB 88-28.
    """

    def __init__(self, y: Array, x: Array, places: Sequence[Ints]) -> None:
        self.likelihood, self._levels = Likelihood(y, x, places), len(places)
        self._last: tuple[bytes, Evaluation] | None = None
        self._found: list[Array] = []
        bounds = [(0.0, LARGEST)] * self._levels
        lowest = optimize.minimize(
            lambda ratios: tuple(self._at(ratios)),
            np.full(self._levels, 0.1),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-15, "gtol": 1e-7},
        )
        self.ratios: Array = np.where(lowest.x < EDGE, 0.0, lowest.x)
        self._lowest, self._drop = self._at(self.ratios).deviance, DROP

    def shares(self) -> Array:
        """Return the likeliest share of each level, and of the residual."""
        return np.append(self.ratios, 1.0) / (1 + self.ratios.sum())

    def interval(self, at: int, spread: float = 1.0) -> tuple[float, float]:
        """Return the interval of the share of one level by its place, or of the residual (the place after the last).

        With a `spread` (:func:`.shape.spreads`) the deviance may rise so many times as far as under normal effects.
        """
        self._drop = DROP * spread
        low, high = self._end(at, -1), self._end(at, 1)
        return (0.0 if low < EDGE else low), (1.0 if high > 1 - EDGE else high)

    def _at(self, ratios: Array) -> Evaluation:
        key = ratios.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = (key, self.likelihood.at(ratios))
        return self._last[1]

    @property
    def _limit(self) -> float:
        return self._lowest + self._drop

    @cached_property
    def _curvature(self) -> tuple[Array, Array]:
        """Return a unit for each ratio, about as long as its interval reaches, and the second slopes in these units."""
        here, second = self._at(self.ratios).gradient, np.empty((self._levels, self._levels))
        for level in range(self._levels):
            step = 1e-3 * max(self.ratios[level], 1e-2)
            moved = self.ratios + step * (np.arange(self._levels) == level)
            second[level] = (self._at(moved).gradient - here) / step
        # at nought the deviance rises with a slope from the start, and may bend either way
        unit = 1 / (np.sqrt(np.maximum(second.diagonal(), 0) / (2 * DROP)) + np.maximum(here, 0) / DROP + 1e-3)
        return unit, (second + second.T) / 2 * unit * unit[:, None]

    def _share(self, ratios: Array, at: int) -> tuple[float, Array]:
        """Return a share and its slope by the ratios."""
        whole = 1 + ratios.sum()
        value = float(np.append(ratios, 1.0)[at] / whole)
        return value, ((np.arange(self._levels) == at) - value) / whole

    def _starts(self, at: int, sign: int) -> Iterator[Array]:
        """Yield points, in units, from which the end may be found: that of a quadratic deviance first."""
        origin, slope = self.ratios / self._curvature[0], sign * self._share(self.ratios, at)[1] * self._curvature[0]
        weight, vectors = np.linalg.eigh(self._curvature[1])
        step = vectors @ ((vectors.T @ slope) / np.maximum(weight, max(1e-2 * weight.max(), CLOSE)))
        length = float(slope @ step)
        if length > 0:
            step = step * np.sqrt(2 * self._drop / length)
            yield np.maximum(origin + step, 0)
        yield self._crossing(at, sign)
        # what bounds the share of one level is near the end of another where one of the variances is nought
        yield from sorted(self._found, key=lambda point: -sign * self._share(point * self._curvature[0], at)[0])[:2]

    def _crossing(self, at: int, sign: int) -> Array:
        """Return where the region ends, in units, along the straight line on which the share itself moves."""
        origin = self.ratios / self._curvature[0]
        is_level = at < self._levels
        line = (np.arange(self._levels) == at).astype(float) if is_level else np.ones(self._levels)
        way = line if is_level == (sign > 0) else -line

        def above(far: float) -> float:
            return self._at(np.maximum(origin + far * way, 0) * self._curvature[0]).deviance - self._limit

        far = 1.0
        while above(far) < 0 and (origin + far * way).max() > 0 and far < LARGEST:
            far *= 2
        if above(far) > 0:
            far = float(optimize.brentq(above, 0.0, far, xtol=EDGE))
        return np.maximum(origin + far * way, 0)

    def _end(self, at: int, sign: int) -> float:
        """Return the smallest (sign -1) or largest (sign 1) value of a share within the region."""
        here = self._share(self.ratios, at)[0]
        furthest = here
        for start in self._starts(at, sign):
            points = [point for point in (self._search(start, at, sign), start) if self._is_inside(point)]
            if not points:
                continue
            point = max(points, key=lambda one: sign * self._share(one * self._curvature[0], at)[0])
            furthest = sign * max(sign * furthest, sign * self._share(point * self._curvature[0], at)[0])
            if self._is_end(point, at, sign):
                self._found.append(point)
                if at < self._levels:  # the residual shrinks in as many ways as there are levels: the furthest counts
                    break
        return furthest

    def _is_inside(self, point: Array) -> bool:
        """Tell whether a point, in units, lies in the region."""
        return bool(np.isfinite(point).all()) and self._at(point * self._curvature[0]).deviance <= self._limit + CLOSE

    def _search(self, start: Array, at: int, sign: int) -> Array:
        """Search from a start, in units; the point found may lie outside the region where the search went wrong."""
        here = self._share(self.ratios, at)[0]
        far = max(abs(self._share(start * self._curvature[0], at)[0] - here), EDGE)

        def objective(point: Array) -> tuple[float, Array]:
            value, slope = self._share(np.nan_to_num(point) * self._curvature[0], at)
            return -sign * (value - here) / far, -sign * slope * self._curvature[0] / far

        inside = {
            "type": "ineq",
            "fun": lambda point: self._limit - self._at(np.nan_to_num(point) * self._curvature[0]).deviance,
            "jac": lambda point: -self._at(np.nan_to_num(point) * self._curvature[0]).gradient * self._curvature[0],
        }
        bounds = [(0.0, LARGEST / one) for one in self._curvature[0]]
        found = optimize.minimize(
            objective,
            start,
            jac=True,
            method="SLSQP",
            bounds=bounds,
            constraints=inside,
            options={"ftol": 1e-7, "maxiter": 60},
        ).x
        return np.asarray(found)

    def _is_end(self, point: Array, at: int, sign: int) -> bool:
        """Tell whether no point of the region lies further on: by the edge of what is possible, or by the slopes."""
        value, slope = self._share(point * self._curvature[0], at)
        if (sign < 0 and value < EDGE) or (sign > 0 and value > 1 - EDGE):
            return True
        height = self._at(point * self._curvature[0])
        wanted, steep, free = sign * slope * self._curvature[0], height.gradient * self._curvature[0], point > EDGE
        if abs(height.deviance - self._limit) > CLOSE or not free.any():
            return False
        along = max(float(wanted[free] @ steep[free]) / float(steep[free] @ steep[free]), 0.0)
        left = wanted - along * steep
        left = np.where(free, left, np.maximum(left, 0))  # what is nought can only grow
        return bool(np.linalg.norm(left) < TURNED * np.linalg.norm(wanted))
