"""How sure a rank of needs is: persons drawn again, competences ranked anew in each draw."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from .discrepancy import discrepancies
from .ratings import Table, read_ratings

_AT_ONCE = 500
"""Draws held in memory at a time."""


def rank_intervals(
    importance: Table,
    competence: Table,
    weights: ArrayLike | None = None,
    *,
    clusters: ArrayLike | None = None,
    draws: int = 2000,
    level: float = 0.95,
    first: int = 3,
    seed: int = 20,
) -> pd.DataFrame:
    """Estimate between which ranks each competence stands.

    Parameters
    ----------
    importance, competence, weights
        As for :func:`.borich`.
    clusters : array of shape (persons,), optional
        Organisation through which each person answered; whole organisations are then drawn again. Who named none stands alone.
    draws : int
        Samples of persons drawn again.
    level : float
        Of the intervals.
    first : int
        A need is among the first if its rank is this or better.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        ``competence rank rank_low rank_high among_first``: rank in the sample (1 is the greatest need), the percentiles of its rank
        over the draws (never narrower than the rank itself), and the share of draws, 0-1, in which it is among the first.
        Competences that nobody rated have no rank.
    """
    ratings = read_ratings(importance, competence, weights)
    n = len(ratings.weight)
    rng = np.random.default_rng(seed)
    if n == 0:
        return _frame(ratings.competences, np.full((3, len(ratings.competences)), np.nan), np.nan)
    found = _ranks(discrepancies(ratings, np.ones((1, n))))[0]
    unit = np.arange(n) if clusters is None else _units(clusters)
    size = int(unit.max()) + 1
    parts = [
        _ranks(discrepancies(ratings, rng.multinomial(size, np.full(size, 1 / size), rows)[:, unit].astype(float)))
        for rows in (min(_AT_ONCE, draws - at) for at in range(0, draws, _AT_ONCE))
    ]
    drawn = np.concatenate(parts)
    rated = ratings.n > 0
    ends = np.full((2, len(rated)), np.nan)
    ends[:, rated] = np.nanquantile(drawn[:, rated], [(1 - level) / 2, (1 + level) / 2], axis=0)
    low, high = np.fmin(np.floor(ends[0]), found), np.fmax(np.ceil(ends[1]), found)
    return _frame(
        ratings.competences, np.stack([found, low, high]), np.where(rated, (drawn <= first).mean(axis=0), np.nan)
    )


def _units(clusters: ArrayLike) -> np.ndarray:
    """Number what is drawn again: organisations, then each person who named none."""
    codes, names = pd.factorize(np.asarray(clusters, dtype=object))
    alone = codes < 0
    codes[alone] = len(names) + np.arange(alone.sum())
    return np.asarray(codes)


def _frame(competences: list[object], ranks: np.ndarray, among: np.ndarray | float) -> pd.DataFrame:
    names = dict(zip(("rank", "rank_low", "rank_high"), ranks, strict=True))
    return pd.DataFrame({"competence": competences, **names, "among_first": among})


def _ranks(found: np.ndarray) -> np.ndarray:
    """Rank each row from the greatest; ties share the better rank; what is missing has none."""
    return stats.rankdata(-found, method="min", axis=1, nan_policy="omit")
