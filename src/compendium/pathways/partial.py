"""Partial likelihood over given risk sets: the one piece of arithmetic behind both regressions on hazards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..errors import CompendiumError
from ..intervals import LEVEL
from .observations import Array

STEPS = 60
ENOUGH = 1e-16
"""Newton's method has arrived when twice the log-likelihood it would still gain is less than this."""
NOISE = 1e-12
"""A log-likelihood that falls by less than this part of itself has not fallen."""
TOO_FAR = 15.0
"""exp(15) as ratio of hazards between the lowest and the highest value is no estimate: the likelihood has no maximum."""
BLOCK = 4_000_000
"""Numbers held at once (32 MB)."""


@dataclass(frozen=True)
class RiskSets:
    """Who could have met the event, and who did, at each of *m* times.

    Attributes
    ----------
    at_risk : ndarray of float, (m, n)
        Weight of each row in the risk set of each time; 0 where it is not in it.
    meets : ndarray of bool, (m, n)
        Rows that meet the event at the time.
    weight : ndarray of float, (n,)
        What each row counts.
    ties : str
        ``efron`` or ``breslow``.
    """

    at_risk: Array
    meets: NDArray[np.bool_]
    weight: Array
    ties: str

    def terms(self) -> Iterator[tuple[Array, Array, Array]]:
        """Give the terms of the likelihood in blocks: what each row weighs (k, n), the mass (k,), each row's part of the event (k, n).

        Breslow has one term a time. Efron has one for each event at the time, in which those who meet it weigh less and less.
        """
        tied = self.meets.sum(axis=1) if self.ties == "efron" else np.ones(len(self.meets), dtype=np.int64)
        place = np.repeat(np.arange(len(tied)), tied)
        lighter = (np.arange(len(place)) - np.repeat(np.cumsum(tied) - tied, tied)) / tied[place]
        mass = (self.meets @ self.weight / tied)[place]
        size = max(1, BLOCK // len(self.weight))
        for first in range(0, len(place), size):
            block = slice(first, first + size)
            meets = self.meets[place[block]]
            weighs = self.at_risk[place[block]] * np.where(meets, 1 - lighter[block, None], 1.0)
            yield weighs, mass[block], meets / tied[place[block], None]


class Fit(NamedTuple):
    """Coefficients (p,), information (p, p), and what each row adds to the score per unit of weight (n, p)."""

    coefficient: Array
    information: Array
    residual: Array


def maximised(x: Array, sets: RiskSets, names: list[str]) -> Fit:
    """Maximise the log partial likelihood by Newton's method.

    Raises
    ------
    CompendiumError
        If a covariate does not vary, repeats others, or tells those who meet the event apart so well that there is no maximum.
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    if (spread == 0).any() or np.linalg.matrix_rank((x - centre) / np.where(spread > 0, spread, 1)) < x.shape[1]:
        raise CompendiumError(f"covariates {', '.join(names)}: one does not vary, or follows from the others")
    scaled = (x - centre) / spread
    beta = np.zeros(x.shape[1])
    value, score, information = _moments(scaled, sets, beta)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        if float(score @ step) < ENOUGH:
            return Fit(beta / spread, information * np.outer(spread, spread), _residuals(scaled, sets, beta) * spread)
        tried = _moments(scaled, sets, beta + step)
        while not tried[0] >= value - NOISE * abs(value) and np.abs(step).max() > NOISE:
            step = step / 2
            tried = _moments(scaled, sets, beta + step)
        beta, (value, score, information) = beta + step, tried
        if (np.abs(beta) * np.ptp(scaled, axis=0)).max() > TOO_FAR:
            break
    raise CompendiumError(
        f"covariates {', '.join(names)}: no largest likelihood; a group in which nobody or everybody meets the event is the usual cause"
    )


def told(fit: Fit, covariance: Array, names: list[str], n: int, n_events: int) -> pd.DataFrame:
    """Return coefficients with hazard ratios, intervals, z and p-values (normal)."""
    se = np.sqrt(np.diag(covariance))
    z = stats.norm.ppf((1 + LEVEL) / 2)
    ratio = fit.coefficient / se
    return pd.DataFrame(
        {
            "term": names,
            "coef": fit.coefficient,
            "se": se,
            "hazard_ratio": np.exp(fit.coefficient),
            "ci_low": np.exp(fit.coefficient - z * se),
            "ci_high": np.exp(fit.coefficient + z * se),
            "z": ratio,
            "p_value": 2 * stats.norm.sf(np.abs(ratio)),
            "n": n,
            "n_events": n_events,
        }
    )


def design(covariates: pd.DataFrame, n: int) -> tuple[Array, list[str]]:
    """Return covariates as numbers with their names.

    Raises
    ------
    CompendiumError
        If there are none, their number of rows is another, or a value is not a number.
    """
    names = [str(name) for name in covariates.columns]
    if not names or len(covariates) != n:
        raise CompendiumError(
            f"covariates: {len(names)} columns of {len(covariates)} rows for {n} durations; legal is one row for each"
        )
    x = covariates.apply(pd.to_numeric, errors="coerce").to_numpy(float, na_value=np.nan)
    if not np.isfinite(x).all():
        row, place = np.argwhere(~np.isfinite(x))[0]
        raise CompendiumError(
            f"covariates, row {row + 1}: {names[place]} is {covariates.iloc[row, place]!s}; legal is a number"
        )
    return x, names


def _moments(x: Array, sets: RiskSets, beta: Array) -> tuple[float, Array, Array]:
    """Return the log-likelihood, its slope and the information."""
    line = x @ beta
    peak = line.max()
    hazard = np.exp(line - peak)
    value = float(sets.weight @ (sets.meets.sum(axis=0) * (line - peak)))
    score = (sets.weight * sets.meets.sum(axis=0)) @ x
    information = np.zeros((x.shape[1], x.shape[1]))
    for weighs, mass, _ in sets.terms():
        share = weighs * hazard
        total = share.sum(axis=1)
        mean = share @ x / total[:, None]
        value -= float(mass @ np.log(total))
        score -= mass @ mean
        information += (x * ((mass / total) @ share)[:, None]).T @ x - (mean * mass[:, None]).T @ mean
    return value, score, information


def _residuals(x: Array, sets: RiskSets, beta: Array) -> Array:
    """Return each row's part of the score per unit of its weight (score residuals)."""
    line = x @ beta
    hazard = np.exp(line - line.max())
    found = np.zeros_like(x)
    for weighs, mass, met in sets.terms():
        share = weighs * hazard
        total = share.sum(axis=1)
        # The event where it was met, less the hazard run where it could have been.
        run = met - share / sets.weight * (mass / total)[:, None]
        found += run.sum(axis=0)[:, None] * x - run.T @ (share @ x / total[:, None])
    return found
