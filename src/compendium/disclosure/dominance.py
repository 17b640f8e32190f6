"""Quantities without a ceiling (money, hours): may one or two persons make up too much of a cell?"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..study.disclosure_rules import Dominance, load_detail

DOMINATED = "one or two persons make up too much of it"
"""Caveat of a row that must not be shown: the gate blanks it, and what would give it back."""
LARGEST, TWO_LARGEST, PRIOR, ALIKE = "largest", "two largest", "p %", "alike"


def share_of_largest(values: np.ndarray, count: int, weights: np.ndarray | None = None) -> float:
    """Return how much of a cell its largest contributions make up.

    Parameters
    ----------
    values : numpy.ndarray
        One value a person; missing ones are left out.
    count : int
        How many of the largest, 1 or more.
    weights : numpy.ndarray, optional
        Weights of the persons; what counts is the weighted contribution.

    Returns
    -------
    float
        Per cent, 0 to 100; missing where nobody contributes anything.

    Notes
    -----
    ``100 (x1 + ... + xn) / (x1 + ... + xN)`` with contributions in descending order. Where a contribution can be negative
    (a loss), its absolute value counts: a loss shows a person as much as a gain.
    """
    parts = _contributions(values, weights)
    whole = parts.sum()
    return float(100 * parts[:count].sum() / whole) if whole > 0 else float("nan")


def nearest_guess(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return how near the person with the second largest contribution comes to the largest, knowing cell and own.

    Returns
    -------
    float
        Per cent of the largest contribution: ``100 (x3 + ... + xN) / x1``; 0 where there are two persons or fewer who
        contribute anything, missing where nobody does. Small is bad.
    """
    parts = _contributions(values, weights)
    if not len(parts) or parts[0] == 0:
        return float("nan")
    return float(100 * parts[2:].sum() / parts[0])


def dominated(values: np.ndarray, weights: np.ndarray | None = None, rule: Dominance | None = None) -> str:
    """Say by which rule a cell must not be shown.

    Parameters
    ----------
    values : numpy.ndarray
        One value a person, in the unit of the quantity; missing ones are left out.
    weights : numpy.ndarray, optional
        Weights of the persons.
    rule : Dominance, optional
        The values of the rules; those of ``definitions/disclosure.yml`` where none are given.

    Returns
    -------
    str
        :data:`LARGEST` (more than the share that one person may have), :data:`TWO_LARGEST`, :data:`PRIOR` (the p % rule),
        :data:`ALIKE` (everybody gave the same, so that the mean is each person's answer) or empty.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control, chapter 4. Wiley.
    """
    rule = rule or load_detail().dominance
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if not len(known):
        return ""
    if (known == known[0]).all():
        return ALIKE
    if share_of_largest(values, 1, weights) > rule.largest:
        return LARGEST
    if share_of_largest(values, 2, weights) > rule.two_largest:
        return TWO_LARGEST
    return PRIOR if nearest_guess(values, weights) < rule.prior else ""


def dominated_groups(
    values: pd.Series, groups: pd.Series | None, unit: str, weights: pd.Series | None = None
) -> Iterator[str]:
    """Yield the codes of the groups whose mean or sum of a quantity must not be shown.

    Parameters
    ----------
    values : pandas.Series of float
        One value a person.
    groups : pandas.Series, optional
        Group of each person on the same index; without it everybody is one group, with the code ``""``.
    unit : str
        Unit of the quantity: those that end at 100 are never dominated.
    weights : pandas.Series, optional
        Weights of the persons on the same index.
    """
    if unit in load_detail().dominance.bounded:
        return
    codes = pd.Series("", values.index) if groups is None else groups.astype(object)
    for code, own in values.groupby(codes, sort=True):
        if dominated(own.to_numpy(dtype=float), None if weights is None else weights[own.index].to_numpy(dtype=float)):
            yield str(code)


def _contributions(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    known = ~np.isnan(np.asarray(values, dtype=float))
    parts = np.abs(np.asarray(values, dtype=float)[known])
    if weights is not None:
        parts = parts * np.asarray(weights, dtype=float)[known]
    return np.sort(parts)[::-1]
