"""Shares of variance: how much of a difference between persons lies between the groups they belong to."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from ..errors import CompendiumError
from ..intervals import LEVEL

Array = NDArray[np.float64]

FEW_GROUPS = 10
"""Below this number of groups the share is not to be read: too few groups to say."""


def variance_shares(
    frame: pd.DataFrame, outcome: str, levels: Sequence[str], covariates: Sequence[str] = ()
) -> pd.DataFrame:
    """Estimate the share of an outcome's variance that lies between groups.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; those without outcome, group or a covariate are left out.
    outcome : str
        Column of numbers.
    levels : sequence of str
        The column that holds the group; one level.
    covariates : sequence of str
        Columns whose composition is taken out first: numbers as they are, everything else by category.

    Returns
    -------
    pandas.DataFrame
        ``level share ci_low ci_high n_groups n``: one row for the level and one ``residual`` row; shares from 0 to 1.

    Raises
    ------
    CompendiumError
        Not exactly one level, an absent column, fewer than two groups, or no group with two persons.

    Notes
    -----
    Random-intercept model by REML, ``share = s2_between / (s2_between + s2_within)``; the interval is the profile
    (restricted) likelihood one, which stays between 0 and 1. The share between groups is neither the part of the
    organisations nor a bound on it: a strain that all groups share equally has no variance between them.

    References
    ----------
    Patterson, Thompson (1971), Biometrika 58:545-554; Bliese (2000), in Klein, Kozlowski, Multilevel Theory.
    """
    if len(levels) != 1:
        raise CompendiumError(
            f"levels {list(levels)} has {len(levels)} entries; legal is one column that holds the group"
        )
    (level,) = levels
    absent = [name for name in (outcome, level, *covariates) if name not in frame]
    if absent:
        raise CompendiumError(f"column {absent[0]!r} is not in the answers; legal are the columns of the frame")
    known = frame[[outcome, level, *covariates]].dropna()
    groups, place = np.unique(known[level].to_numpy(dtype=str), return_inverse=True)
    if len(groups) < 2 or len(groups) == len(known):
        raise CompendiumError(
            f"{level}: {len(known)} persons in {len(groups)} groups; legal is two groups or more of several persons"
        )
    design = design_matrix(known, covariates)
    ratio, low, high = _profile(known[outcome].to_numpy(dtype=float), design, place)
    shares = [value / (1 + value) for value in (ratio, low, high)]
    rows = [
        {"level": level, "share": shares[0], "ci_low": shares[1], "ci_high": shares[2]},
        {"level": "residual", "share": 1 - shares[0], "ci_low": 1 - shares[2], "ci_high": 1 - shares[1]},
    ]
    return pd.DataFrame(rows).assign(n_groups=len(groups), n=len(known))


def design_matrix(frame: pd.DataFrame, covariates: Sequence[str]) -> Array:
    """Return a constant and the covariates as columns: numbers as they are, categories but the first as 0 or 1."""
    parts = [pd.Series(1.0, index=frame.index, name="constant")]
    for name in covariates:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            parts.append(column.astype(float))
        else:
            parts.extend(s for _, s in pd.get_dummies(column.astype(str), drop_first=True, dtype=float).items())
    return np.column_stack([part.to_numpy() for part in parts])


def _deviance(ratio: float, y: Array, x: Array, place: NDArray[np.int_]) -> float:
    """Return minus twice the restricted log-likelihood, profiled over everything but the ratio of variances."""
    sizes = np.bincount(place).astype(float)
    shrink = ratio / (1 + sizes * ratio)
    sums_x = np.column_stack([np.bincount(place, column) for column in x.T])
    sums_y = np.bincount(place, y)
    cross = x.T @ x - (sums_x * shrink[:, None]).T @ sums_x
    moment = x.T @ y - sums_x.T @ (shrink * sums_y)
    square = y @ y - sums_y @ (shrink * sums_y)
    left = square - moment @ np.linalg.lstsq(cross, moment, rcond=None)[0]
    freedom = len(y) - np.linalg.matrix_rank(x)
    sign, log_cross = np.linalg.slogdet(cross)
    del sign
    return float(freedom * np.log(left / freedom) + np.log1p(sizes * ratio).sum() + log_cross)


def _profile(y: Array, x: Array, place: NDArray[np.int_]) -> tuple[float, float, float]:
    """Return the REML ratio of variances and the ends of its profile-likelihood interval."""
    # The columns of the design are made independent first, so that its determinant is never nought.
    basis, weight, _ = np.linalg.svd(x, full_matrices=False)
    x = basis[:, weight > 1e-10 * weight[0]]
    y = (y - y.mean()) / y.std()

    def deviance(log_ratio: float) -> float:
        return _deviance(float(np.exp(log_ratio)), y, x, place)

    floor, ceiling = np.log(1e-9), np.log(1e4)
    found = optimize.minimize_scalar(deviance, bounds=(floor, ceiling), method="bounded", options={"xatol": 1e-10})
    best, place_of = (deviance(floor), floor) if deviance(floor) <= found.fun else (float(found.fun), float(found.x))
    limit = best + float(stats.chi2.ppf(LEVEL, 1))
    low = (
        0.0
        if deviance(floor) <= limit
        else float(np.exp(optimize.brentq(lambda v: deviance(v) - limit, floor, place_of)))
    )
    high = float(np.exp(optimize.brentq(lambda v: deviance(v) - limit, place_of, ceiling)))
    return (0.0 if place_of == floor else float(np.exp(place_of))), low, high
