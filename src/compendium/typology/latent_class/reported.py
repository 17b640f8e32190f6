"""Estimates by class as tables: intervals, differences, and Wald's test."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..coding import Floats
from .assigned import Assigned
from .third_step import Estimated

OUTSIDE = "outside 0 and 1: too little is known of this class"


def estimates_of(
    assigned: Assigned, found: Estimated, spread: Floats, names: list[str], rows: Any, error: Floats, method: str
) -> pd.DataFrame:
    """Return the estimate of every class and category with its interval, see :class:`~.three_step.ClassOutcomes`."""
    count, own = len(assigned.names), assigned.posteriors[rows].argmax(axis=1)
    estimate, se = found.values.ravel(), np.sqrt(np.maximum(np.diag(spread), 0))
    low, high = ends(estimate, se)
    if names != [""]:
        low, high = share_ends(estimate, se)
    negative = ((assigned.shares[rows] @ np.linalg.inv(error)) < -1e-12).sum(axis=0) * (method == "bch")
    outside = (names != [""]) & ((estimate < -1e-12) | (estimate > 1 + 1e-12))
    return pd.DataFrame(
        {
            "class": np.repeat(assigned.names, len(names)),
            "category": names * count,
            "estimate": estimate,
            "se": se,
            "ci_low": low,
            "ci_high": high,
            "n": np.repeat(np.bincount(own, minlength=count), len(names)),
            "n_negative": np.repeat(negative, len(names)),
            "note": np.where(outside, OUTSIDE, ""),
        }
    )


def contrasts_of(classes: list[str], values: Floats, spread: Floats, names: list[str]) -> pd.DataFrame:
    """Return the difference of every two classes in every category."""
    columns, rows = ["class", "other", "category", "difference", "se"], []
    size = len(names)
    for one in range(len(classes)):
        for two in range(one):
            for k, name in enumerate(names):
                a, b = one * size + k, two * size + k
                variance = spread[a, a] + spread[b, b] - 2 * spread[a, b]
                rows.append(
                    (classes[one], classes[two], name, values[one, k] - values[two, k], max(variance, 0) ** 0.5)
                )
    frame = pd.DataFrame(rows, columns=columns).astype({"difference": float, "se": float})
    frame["ci_low"], frame["ci_high"] = ends(frame["difference"], frame["se"])
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["z"] = frame["difference"] / frame["se"]
    frame["p"] = 2 * stats.norm.sf(frame["z"].abs())
    return frame


def test_of(values: Floats, spread: Floats, size: int, rows: Any, assigned: Assigned) -> pd.DataFrame:
    """Return Wald's test that all classes are equal, one row."""
    free = max(size - 1, 1)
    contrast = np.kron(np.column_stack([-np.ones(len(values) - 1), np.eye(len(values) - 1)]), np.eye(size)[:free])
    row = wald(contrast @ values.ravel(), contrast @ spread @ contrast.T)
    missing = assigned.persons - int(rows.sum())
    return pd.DataFrame([(*row, int(rows.sum()), missing)], columns=["statistic", "df", "p", "n", "n_missing"])


def wald(values: Floats, spread: Floats) -> tuple[float, int, float]:
    """Return Wald's chi-square, its degrees of freedom (what varies at all) and its p."""
    freedom = int(np.linalg.matrix_rank(spread, hermitian=True)) if len(values) else 0
    if freedom == 0:
        return float("nan"), 0, float("nan")
    statistic = float(values @ np.linalg.pinv(spread, hermitian=True) @ values)
    return statistic, freedom, float(stats.chi2.sf(statistic, freedom))


def ends(estimate: Any, se: Any) -> tuple[Any, Any]:
    """Return the ends of a normal interval of 95 per cent."""
    half = stats.norm.ppf(0.975) * se
    return estimate - half, estimate + half


def share_ends(estimate: Floats, se: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's interval at the number of answers that this standard error stands for; normal at the edge."""
    low, high = ends(estimate, se)
    inside = (estimate > 0) & (estimate < 1) & (se > 0)
    p, z = estimate[inside], stats.norm.ppf(0.975)
    n = p * (1 - p) / se[inside] ** 2
    centre, half = (
        (p + z**2 / (2 * n)) / (1 + z**2 / n),
        z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n),
    )
    low[inside], high[inside] = centre - half, centre + half
    return low, high
