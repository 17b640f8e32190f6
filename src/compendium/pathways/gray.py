"""Gray's test: do groups differ in the cumulative incidence of an event?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import CompendiumError
from .incidence import groups_of
from .observations import Array, Observed, observe


def gray_test(
    durations: ArrayLike,
    events: Sequence[Any] | ArrayLike,
    group: Sequence[Any] | ArrayLike,
    *,
    censored: object,
    strata: Sequence[Any] | ArrayLike | None = None,
) -> pd.DataFrame:
    """Test, event by event, whether groups have the same cumulative incidence.

    Parameters
    ----------
    durations, events, censored
        As in :func:`~compendium.pathways.cumulative_incidence`; everybody observed from the start, unweighted.
    group : array-like, (n,)
        Two groups or more.
    strata : array-like, (n,), optional
        Groups are compared within strata alone (a country, a cohort).

    Returns
    -------
    pandas.DataFrame
        ``event statistic df p_value``, one row an event; statistic and p-value are missing where the groups' scores do not vary
        independently (nobody met the event).

    Raises
    ------
    CompendiumError
        If there are fewer than two groups, or a value is missing or impossible.

    Notes
    -----
    The score of a group is the sum over times of ``d - D R / sum R`` with *d* those of the group who meet the event, *D* of
    all, and ``R = Y (1 - F(t-)) / S(t-)`` the persons who could still be the first to meet it were nobody lost to other
    events. Its variance follows the martingales of each group, with a correction for ties; equal to ``cmprsk::cuminc`` (rho 0).

    References
    ----------
    R. Gray (1988), A class of K-sample tests for comparing the cumulative incidence of a competing risk, Annals of Statistics 16.
    """
    people = observe(durations, events, censored=censored)
    n = len(people.duration)
    members = [chosen for _, chosen in groups_of(group, n)]
    if len(members) < 2:
        raise CompendiumError("group: all persons are in one group; legal are two groups or more")
    rows = []
    for number, label in enumerate(people.labels, start=1):
        score, spread = np.zeros(len(members)), np.zeros((len(members), len(members)))
        for _, stratum in groups_of(strata, n):
            found = _scored(people, number, [chosen & stratum for chosen in members])
            score, spread = score + found[0], spread + found[1]
        rows.append((label, *_tested(score[:-1], spread[:-1, :-1])))
    return pd.DataFrame(rows, columns=["event", "statistic", "df", "p_value"])


def _tested(score: Array, spread: Array) -> tuple[float, int, float]:
    if np.linalg.matrix_rank(spread) < len(score):
        return np.nan, len(score), np.nan
    statistic = float(score @ np.linalg.solve(spread, score))
    return statistic, len(score), float(stats.chi2.sf(statistic, len(score)))


def _scored(people: Observed, event: int, members: list[NDArray[np.bool_]]) -> tuple[Array, Array]:
    """Return the scores of all groups and their variance, within one stratum."""
    counts = _counts(people, event, members)
    k = len(members)
    score, left, reached, pooled = np.zeros(k), np.ones(k), np.zeros(k), 0.0
    projected = np.zeros((k, k))
    # Of each jump: direction now, projection so far, slope, group, and the size of its variance.
    parts: list[tuple[Array, Array, float, int, float]] = []
    for at_risk, own, other in counts:
        here = at_risk > 0
        left_now = np.where(here, left * (1 - (own + other) / np.maximum(at_risk, 1)), left)
        reached_now = np.where(here, reached + left * own / np.maximum(at_risk, 1), reached)
        # A group all of whose members have gone counts no more, whatever share it had left.
        lent = np.divide(at_risk, left, out=np.zeros(k), where=here)
        still = lent * (1 - reached)
        total = own.sum()
        hazard = total / lent.sum()
        direction = np.diag(lent) - np.outer(lent, lent) / lent.sum()
        projected = projected + direction * hazard / (1 - pooled)
        score += np.where(here, own - total * still / still.sum(), 0)
        pooled_now = pooled + hazard
        slope = np.divide(1 - pooled_now, left_now, out=np.zeros(k), where=left_now > 0)
        for group in map(int, np.flatnonzero(here)):
            if total:
                tie = 1 - (total - 1) / (lent.sum() * left[group] - 1) if total > 1 else 1.0
                size = tie * left[group] * total / (lent.sum() * at_risk[group])
                parts.append((direction[:, group], projected[:, group], 1 - slope[group], group, size))
            if other[group] and left_now[group] > 0:
                tie = 1 - (other[group] - 1) / (at_risk[group] - 1) if other[group] > 1 else 1.0
                size = tie * left[group] ** 2 * other[group] / at_risk[group] ** 2
                parts.append((np.zeros(k), projected[:, group], -slope[group], group, size))
        left, reached, pooled = left_now, reached_now, pooled_now
    spread = np.zeros((k, k))
    for now, so_far, steep, group, size in parts:
        reach = now + steep * (projected[:, group] - so_far)
        spread += size * np.outer(reach, reach)
    return score, spread


def _counts(people: Observed, event: int, members: list[NDArray[np.bool_]]) -> list[tuple[Array, Array, Array]]:
    """Return, at each time something happens, who of each group is at risk, meets the event, meets another."""
    within = np.logical_or.reduce(members)
    found = []
    for time in np.unique(people.duration[within & (people.code > 0)]):
        now, there = people.duration == time, people.duration >= time
        found.append(
            (
                np.array([(chosen & there).sum() for chosen in members], dtype=float),
                np.array([(chosen & now & (people.code == event)).sum() for chosen in members], dtype=float),
                np.array(
                    [(chosen & now & (people.code > 0) & (people.code != event)).sum() for chosen in members],
                    dtype=float,
                ),
            )
        )
    return found
