"""Shares of variance: how much of a difference between persons lies between the groups they belong to."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import CompendiumError
from ..regression import named_design
from .likelihood import Ints
from .one_level import OneLevel
from .profile import Profile
from .shape import FEW_GROUPS, of_residual, spreads

Array = NDArray[np.float64]

RESIDUAL = "residual"
TOO_FEW = "too few groups to say"


def variance_shares(
    frame: pd.DataFrame, outcome: str, levels: Sequence[str], covariates: Sequence[str] = ()
) -> pd.DataFrame:
    """Estimate the shares of an outcome's variance that lie between the groups of one or several levels.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; those without outcome or without a group of a level are left out.
    outcome : str
        Column of numbers.
    levels : sequence of str
        Columns that hold the groups, crossed or nested. One code is one group wherever it stands: name the groups of a
        nested level apart (``"FR-1"``, ``"PT-1"``).
    covariates : sequence of str
        Columns whose composition is taken out first: numbers as they are, everything else by category; a gap is a
        category of its own, or takes the mean beside an indicator.

    Returns
    -------
    pandas.DataFrame
        ``level share ci_low ci_high n_groups n note``: a row for each level and one ``residual`` row; shares from 0 to 1 that
        add up to 1. ``note`` is "too few groups to say" under ten groups; ``n_groups`` of the residual is that of the persons.

    Raises
    ------
    CompendiumError
        No level or one named twice, an absent column, a level of fewer than two groups or without any group of several
        persons, two levels with the same groups, or an outcome that is one number.

    Notes
    -----
    Random intercepts by REML, ``share_j = s_j^2 / (sum s^2 + s_within^2)``. One level has the F interval of
    :class:`.one_level.OneLevel`, several have profile-likelihood ones, which stay between 0 and 1; both are widened where groups
    or persons are not spread like a bell (:func:`.shape.spreads`). What they hold is measured in ``docs/variance.md``.
    Shares are of what is left of the variance once covariates are taken out.

    The share between groups is neither the part of the organisations nor a bound on it: a strain that all groups share
    equally has no variance between them.

    References
    ----------
    Patterson, Thompson (1971), Biometrika 58:545-554; Bliese (2000), in Klein, Kozlowski, Multilevel Theory.
    """
    known = _checked(frame, outcome, levels, covariates)
    y = known[outcome].to_numpy(dtype=float)
    x = named_design(known[list(covariates)]).to_numpy()
    places = [pd.factorize(known[level])[0].astype(np.intp) for level in levels]
    counts = [int(place.max()) + 1 for place in places]
    estimates = estimated(y, x, places)
    few = [TOO_FEW if count < FEW_GROUPS else "" for count in counts]
    rows = [(level, *one, count, note) for level, one, count, note in zip(levels, estimates, counts, few, strict=False)]
    rows.append((RESIDUAL, *estimates[-1], len(known), max(few)))
    found = pd.DataFrame(rows, columns=["level", "share", "ci_low", "ci_high", "n_groups", "note"])
    return found.assign(n=len(known))


def estimated(y: Array, x: Array, places: Sequence[Ints]) -> Array:
    """Estimate the share of each level, and of the residual, from arrays.

    Parameters
    ----------
    y : array of shape (n,)
        The outcome.
    x : array of shape (n, p)
        A constant and the covariates.
    places : sequence of arrays of int, shape (n,)
        Group of each person at each level, from 0.

    Returns
    -------
    array of shape (levels + 1, 3)
        Share and both ends of its interval, the residual last.
    """
    if len(places) == 1:
        model = OneLevel(y, x, places[0])
        persons, effects = model.residuals()
        levels, own = spreads(np.array([model.ratio]), places, persons, [effects])
        low, high = model.interval((levels[0], own[0]))
        shares, ends = np.array([model.share]), [(low, high), (1 - high, 1 - low)]
    else:
        profile = Profile(y, x, places)
        levels, _ = spreads(profile.ratios, places, *profile.likelihood.residuals(profile.ratios))
        both = [*levels, of_residual(profile.ratios, profile.likelihood.sizes, levels)]
        shares = profile.shares()[:-1]
        ends = [profile.interval(at, spread) for at, spread in enumerate(both)]
    low, high = np.array(ends).T
    shares = np.clip(
        shares, low[:-1], high[:-1]
    )  # an F interval need not hold the likeliest share: then the nearer end
    return np.column_stack([np.append(shares, 1 - shares.sum()), low, high])


def corrected(shares: pd.DataFrame, reliability: float) -> pd.DataFrame:
    """Correct shares of variance for the unreliability of the outcome.

    Parameters
    ----------
    shares : pandas.DataFrame
        What :func:`variance_shares` returned.
    reliability : float
        Share of the outcome's variance among these persons that is no error of measurement, above 0, at most 1.

    Returns
    -------
    pandas.DataFrame
        The same columns, shares of the variance without error: that of a level grows, ``share / reliability`` (1 at most),
        and the residual loses the error, ``1 - (1 - residual) / reliability`` (0 at least).

    Raises
    ------
    CompendiumError
        A reliability that is not above 0 and at most 1.

    Notes
    -----
    Error of measurement is a matter of persons, so that it all lies in the residual. The reliability is taken as known: its
    own error is not in the interval.
    """
    if not 0 < reliability <= 1:
        raise CompendiumError(f"reliability {reliability} is not legal; legal is a number above 0 and at most 1")
    found = shares.copy()
    inside = found["level"] != RESIDUAL
    numbers = ["share", "ci_low", "ci_high"]
    found.loc[inside, numbers] = np.minimum(found.loc[inside, numbers] / reliability, 1.0)
    found.loc[~inside, numbers] = np.maximum(1 - (1 - found.loc[~inside, numbers]) / reliability, 0.0)
    return found


def _checked(frame: pd.DataFrame, outcome: str, levels: Sequence[str], covariates: Sequence[str]) -> pd.DataFrame:
    if not levels or len(set(levels)) < len(levels):
        raise CompendiumError(f"levels {list(levels)} are not legal; legal are one or more columns, each once")
    absent = [name for name in (outcome, *levels, *covariates) if name not in frame]
    if absent:
        raise CompendiumError(f"column {absent[0]!r} is not in the answers; legal are the columns of the frame")
    columns = list(dict.fromkeys([outcome, *levels, *covariates]))
    known = frame.loc[frame[[outcome, *levels]].notna().all(axis=1), columns]
    for level in levels:
        groups = known[level].nunique()
        if groups < 2 or groups == len(known):
            raise CompendiumError(
                f"{level}: {len(known)} persons in {groups} groups; legal is two groups or more of several persons"
            )
    for at, level in enumerate(levels):
        for other in levels[at + 1 :]:
            pairs = len(known[[level, other]].drop_duplicates())
            if pairs == known[level].nunique() == known[other].nunique():
                raise CompendiumError(f"{level} and {other} hold the same groups; legal are levels that differ")
    if known[outcome].astype(float).nunique() < 2:
        raise CompendiumError(
            f"{outcome} is one number for everybody; legal is an outcome that differs between persons"
        )
    return known
