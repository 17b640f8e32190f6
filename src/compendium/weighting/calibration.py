"""Calibration of weights to known totals of categories and quantities, bounded where asked."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from ..errors import CompendiumError
from .margins import (
    Array,
    Base,
    Margin,
    Total,
    Variable,
    as_weights,
    read_base,
    read_margins,
    read_quantity,
    refuse_other_population,
)

Method = Literal["linear", "raking", "logit"]
Bounds = tuple[float, float]

METHODS = ("linear", "raking", "logit")
TOLERANCE = 1e-9
"""Largest relative gap between a weighted total and the known one that passes as met."""
ITERATIONS = 1000


def calibrate(
    frame: pd.DataFrame,
    margins: Mapping[Variable, Margin] | Mapping[Variable, Margin | Total],
    base_weights: Base | None = None,
    *,
    population: str | None = None,
    method: Method = "linear",
    bounds: Bounds | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = ITERATIONS,
) -> pd.Series:
    """Weigh answers as little as needed so that categories and quantities have their known totals.

    Parameters
    ----------
    frame, base_weights, population, tolerance, max_iterations
        As for :func:`rake`.
    margins : mapping of variable to Margin or Total
        A Total belongs to a numeric variable.
    method : {"linear", "raking", "logit"}
        Distance between new and base weights. Linear weights can be negative unless bounded.
    bounds : pair of float, optional
        Least (below 1) and largest (above 1) ratio ``g`` of new to base weight; needed by ``"logit"``, a truncation of
        ``g`` for the others.

    Returns
    -------
    pandas.Series
        Weights named ``weight`` on the index of ``frame``.

    Raises
    ------
    CompendiumError
        What :func:`rake` refuses; an unknown method; bounds that do not hold 1, or within which no weights meet the
        margins.

    Notes
    -----
    ``w_i = d_i F(x_i' b)`` with ``b`` such that ``sum w_i x_i`` are the known totals; ``F(u)`` is ``1 + u`` (linear),
    ``exp(u)`` (raking), or the logistic curve from lower to upper bound with ``F(0) = F'(0) = 1`` (logit). Newton's
    method with halved steps.

    References
    ----------
    Deville, Särndal (1992), J. Am. Stat. Assoc. 87:376-382, cases 1, 2, 6 and 7.
    """
    if method not in METHODS:
        raise CompendiumError(f"method={method!r} is not legal; legal are {', '.join(map(repr, METHODS))}")
    if method == "logit" and bounds is None:
        raise CompendiumError("method='logit' needs bounds, for example (0.3, 3)")
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1] < np.inf:
        raise CompendiumError(f"bounds {bounds} are not legal; legal is 0 <= lower < 1 < upper")
    base = read_base(frame, base_weights)
    refuse_other_population(frame, margins, population)
    categories = {name: margin for name, margin in margins.items() if isinstance(margin, Margin)}
    coded = read_margins(frame, categories, base.sum(), population) if categories else []
    columns = [np.eye(len(margin.target))[margin.place] for margin in coded]
    targets = [margin.target for margin in coded]
    for name, total in margins.items():
        if isinstance(total, Total):
            columns.append(read_quantity(frame, name)[:, None])
            targets.append(np.array([total.value]))
    factor = _solve(
        np.hstack(columns), base, np.concatenate(targets), _curve(method, bounds), tolerance, max_iterations
    )
    return as_weights(frame, base * factor, base, margins)


def _curve(method: Method, bounds: Bounds | None) -> Callable[[Array], tuple[Array, Array]]:
    """Return ``u -> F(u), F'(u)``."""
    low, high = bounds or (-np.inf, np.inf)

    def logit(u: Array) -> tuple[Array, Array]:
        steep = (high - low) / ((1 - low) * (high - 1))
        grown = np.exp(np.clip(steep * u, -500, 500))
        bottom = high - 1 + (1 - low) * grown
        factor = (low * (high - 1) + high * (1 - low) * grown) / bottom
        return factor, (high - 1) * (1 - low) * (high - low) * steep * grown / bottom**2

    def truncated(u: Array) -> tuple[Array, Array]:
        free = 1 + u if method == "linear" else np.exp(np.clip(u, -500, 500))
        slope = np.ones_like(u) if method == "linear" else free
        return np.clip(free, low, high), np.where((free >= low) & (free <= high), slope, 0.0)

    return logit if method == "logit" else truncated


def _solve(
    x: Array,
    base: Array,
    target: Array,
    curve: Callable[[Array], tuple[Array, Array]],
    tolerance: float,
    max_iterations: int,
) -> Array:
    """Find the factors ``F(x b)`` under which the base weights meet the totals."""
    scale = np.maximum(np.abs(target), base @ np.abs(x))
    b = np.zeros(x.shape[1])
    factor, slope = curve(x @ b)
    gap = target - (base * factor) @ x
    for _ in range(max_iterations):
        if np.abs(gap / scale).max() <= tolerance:
            return factor
        # Dummies of several margins are linearly dependent: least squares finds the shortest of equal steps.
        step = np.linalg.lstsq(((base * slope)[:, None] * x).T @ x, gap, rcond=None)[0]
        for _ in range(40):
            tried, tried_slope = curve(x @ (b + step))
            tried_gap = target - (base * tried) @ x
            if np.linalg.norm(tried_gap / scale) < np.linalg.norm(gap / scale):
                break
            step = step / 2
        else:
            break
        b, factor, slope, gap = b + step, tried, tried_slope, tried_gap
    raise CompendiumError(
        f"calibration does not converge: a total is still {np.abs(gap / scale).max():.2g} (relative) away; "
        "widen the bounds, merge sparse codes or drop a margin that contradicts the others"
    )
