"""How well a sign of groups tells cases from others, among organisations that had no part in choosing its cut-off."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import CompendiumError
from ...intervals import Difference, Mean, share, share_difference, share_of

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class HeldOut(NamedTuple):
    """How groups were judged by cut-offs that they had no part in.

    ``flagged`` is the share of the dealings-out in which each group was warned of (0-1); ``cutoffs`` are those chosen in
    the training parts.
    """

    flagged: Array
    cutoffs: Array


def middle_cutoff(values: ArrayLike, cases: ArrayLike) -> float:
    """Put the cut-off midway between the mean of the groups that are cases and that of the others.

    Parameters
    ----------
    values : array-like of float
        The sign of each group; high warns.
    cases : array-like of bool
        Whether the group is a case.

    Returns
    -------
    float
        Groups at or above it are warned of. Missing where there are no cases, or only cases.

    Notes
    -----
    For two normal distributions of the same spread this is the cut-off at which sensitivity and specificity add up to most.
    Means of groups come near enough: in ``docs/signs.md`` it does better in other groups than the best cut-off of the groups at
    hand, which follows their accidents, and its intervals hold what they promise.
    """
    x, y = np.asarray(values, dtype=float), np.asarray(cases, dtype=bool)
    if y.all() or not y.any():
        return float("nan")
    return float((x[y].mean() + x[~y].mean()) / 2)


def best_cutoff(values: ArrayLike, cases: ArrayLike) -> float:
    """Choose the cut-off at which sensitivity and specificity add up to most in the groups at hand: the usual way.

    Parameters
    ----------
    values, cases : array-like
        As for :func:`middle_cutoff`.

    Returns
    -------
    float
        Groups at or above it are warned of. It lies midway between two values that occur; of several equally good ones
        the lowest is taken, which warns once too often rather than once too rarely. Missing where there are no cases, only
        cases, or one value.

    References
    ----------
    Youden (1950), Cancer 3:32-35.
    """
    x, y = np.asarray(values, dtype=float), np.asarray(cases, dtype=bool)
    levels, place = np.unique(x, return_inverse=True)
    if len(levels) < 2 or y.all() or not y.any():
        return float("nan")
    below_cases = np.cumsum(np.bincount(place, y))[:-1] / y.sum()
    below_others = np.cumsum(np.bincount(place, ~y))[:-1] / (~y).sum()
    at = int(np.argmax(np.round(below_others - below_cases, 12)))
    return float((levels[at] + levels[at + 1]) / 2)


def held_out(
    values: ArrayLike, cases: ArrayLike, organisations: ArrayLike, *, repeats: int, folds: int, seed: int
) -> HeldOut:
    """Judge every group by cut-offs (:func:`middle_cutoff`) chosen among the groups of other organisations.

    Parameters
    ----------
    values, cases : array-like
        As for :func:`middle_cutoff`.
    organisations : array-like of str
        The organisation of each group: all groups of one are held out together, in all waves.
    repeats, folds : int
        How often organisations are dealt out, and into how many parts.
    seed : int
        Seed of the dealing out.

    Returns
    -------
    HeldOut
        ``flagged cutoffs``.

    Raises
    ------
    CompendiumError
        There are fewer than two organisations, so that none can be held out.
    """
    x, y = np.asarray(values, dtype=float), np.asarray(cases, dtype=bool)
    names, place = np.unique(np.asarray(organisations, dtype=str), return_inverse=True)
    if len(names) < 2:
        raise CompendiumError(f"{len(names)} organisation: none can be held out; legal are two or more")
    generator = np.random.default_rng(seed)
    parts = min(folds, len(names))
    warned, judged, cutoffs = np.zeros(len(x)), np.zeros(len(x)), []
    for _ in range(repeats):
        part = generator.permutation(np.arange(len(names)) % parts)[place]
        for one in range(parts):
            out = part == one
            cutoff = middle_cutoff(x[~out], y[~out])
            if not np.isnan(cutoff):
                warned[out] += x[out] >= cutoff
                judged[out] += 1
                cutoffs.append(cutoff)
    flagged = np.divide(warned, judged, out=np.full(len(x), np.nan), where=judged > 0)
    return HeldOut(flagged, np.array(cutoffs))


def accuracy(flagged: ArrayLike, cases: ArrayLike, organisations: ArrayLike) -> Iterator[tuple[str, Mean]]:
    """Yield sensitivity, specificity, predictive values and their balance, each with an interval that respects groups.

    Parameters
    ----------
    flagged : array-like of float
        Share of judgements in which each group was warned of, 0-1; groups without judgement are missing.
    cases : array-like of bool
        Whether the group is a case.
    organisations : array-like of str
        The organisation of each group.

    Yields
    ------
    tuple of str and Mean
        ``sensitivity`` (cases warned of), ``specificity`` (others left in peace), ``positive predictive value`` (cases among
        those warned of), ``negative predictive value`` (others among those left in peace) and ``balance``, sensitivity plus
        specificity minus one, -1 to 1: nought for a sign that says nothing. ``n`` is the number of groups each rests on.

    Notes
    -----
    Shares with the Wilson interval at the number of independent groups that would be as precise, organisations being
    clusters. The interval of the balance joins those of sensitivity and specificity by Newcombe's method, at numbers of groups
    that also allow for organisations that have cases and others.

    References
    ----------
    Newcombe (1998), Stat. Med. 17:873-890; Altman, Bland (1994), BMJ 308:1552 and 309:102.
    """
    f, y = np.asarray(flagged, dtype=float), np.asarray(cases, dtype=bool)
    c = np.asarray(organisations, dtype=object)
    known = ~np.isnan(f)
    f, y, c = f[known], y[known], c[known]
    sensitivity = share_of(f[y], clusters=c[y])
    specificity = share_of(1 - f[~y], clusters=c[~y])
    yield "sensitivity", sensitivity
    yield "specificity", specificity
    for name, weights, truth in (("positive predictive value", f, y), ("negative predictive value", 1 - f, ~y)):
        yield name, _predictive(share_of(truth, weights=weights, clusters=c), float(weights.sum()))
    whole = balance(f, y, c)
    size = min(sensitivity.n_effective, specificity.n_effective)
    yield "balance", Mean(whole.estimate, whole.low, whole.high, len(f), size)


def balance(flagged: ArrayLike, cases: ArrayLike, organisations: ArrayLike) -> Difference:
    """Estimate sensitivity plus specificity minus one: nought for a sign that says nothing.

    Parameters
    ----------
    flagged, cases, organisations : array-like
        As for :func:`accuracy`; nothing missing.

    Returns
    -------
    Difference
        ``estimate low high p``, -1 to 1; all missing without cases or without others.
    """
    f, y = np.asarray(flagged, dtype=float), np.asarray(cases, dtype=bool)
    c = np.asarray(organisations, dtype=object)
    if not (y.any() and (~y).any()):
        return Difference(np.nan, np.nan, np.nan, np.nan)
    hits, false = share_of(f[y], clusters=c[y]), share_of(f[~y], clusters=c[~y])
    place = np.unique(c.astype(str), return_inverse=True)[1]
    of_cases = np.bincount(place, np.where(y, f - hits.estimate, 0.0)) / y.sum()
    of_others = np.bincount(place, np.where(y, 0.0, f - false.estimate)) / (~y).sum()
    apart = float((of_cases**2).sum() + (of_others**2).sum())
    together = float(((of_cases - of_others) ** 2).sum())
    # Where an organisation has cases and others, its likeness cancels in the difference, or adds to it.
    gain = apart / together if together > 0 else 1.0
    pair = []
    for one in (hits, false):
        size = min(one.n_effective * gain, float(one.n))
        pair.append((one.estimate * size, size))
    return share_difference(pair[0], pair[1])


def _predictive(found: Mean, judged: float) -> Mean:
    """Return a predictive value that rests on no more groups than were judged so."""
    size = min(found.n_effective, judged)
    if size <= 0:
        return found._replace(n=0)
    limits = share(found.estimate * size, size)
    return Mean(found.estimate, limits.low, limits.high, round(judged), size)
