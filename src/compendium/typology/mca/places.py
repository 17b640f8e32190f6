"""Where categories and quantities lie on the axes, from the tables of co-occurrence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.intervals import effective_n

from ..coding import Book, Floats, Whole
from .axes import Axes
from .joint import Counts


@dataclass(frozen=True)
class Places:
    """All categories on the shown axes.

    Attributes
    ----------
    categories, variables : pandas.DataFrame
        As in :class:`~compendium.typology.mca.MCA`.
    """

    categories: pd.DataFrame
    variables: pd.DataFrame


def placed(
    book: Book,
    others: Book,
    is_active: np.ndarray,
    counts: Counts,
    axes: Axes,
    weights: Floats,
    shown: int,
    is_burt: bool,
) -> Places:
    """Place each category at the mean of its respondents over the root of the eigenvalue.

    Parameters
    ----------
    book, others : Book
        Active and supplementary variables.
    is_active : array of bool
        Which categories of ``book`` make the axes.
    counts : Counts
        Co-occurrences.
    axes : Axes
        The solution.
    weights : array of float
        Weight of each respondent.
    shown : int
        Number of axes.
    is_burt : bool
        Draw coordinates together to those of the Burt table, by the root of the eigenvalue once more.
    """
    count, mass, inertia = len(book.variables), axes.root**2, axes.inertia[:shown]
    held: Floats = np.concatenate([np.diag(counts.burt), counts.held])
    crossed = np.concatenate([counts.burt, counts.crossed])[:, axes.kept]
    share = held / weights.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = crossed / (count * held[:, None]) - mass
        coordinate = profile / axes.root @ axes.vectors[:, :shown] / np.sqrt(inertia)
        odds = np.where(share < 1, 1 / share - 1, np.nan)  # what everybody holds tells nobody apart
        distance = (profile**2 / mass).sum(axis=1) if is_burt else odds
        drawn = coordinate * np.sqrt(inertia) if is_burt else coordinate
        cos2 = drawn**2 / distance[:, None]
        v_test = coordinate * np.sqrt((effective_n(weights) - 1) / odds)[:, None]
    between = share[:, None] * coordinate**2
    contribution = np.full(between.shape, np.nan)
    contribution[axes.kept] = 100 * between[axes.kept] / (count * inertia)

    pairs = [*book.pairs, *others.pairs]
    roles = [*np.where(is_active, "active", "passive"), *["supplementary"] * len(others.pairs)]
    categories = {
        "role": _texts(roles, shown),
        "variable": _texts([variable for variable, _ in pairs], shown),
        "category": _texts([category for _, category in pairs], shown),
        "n": np.repeat(np.concatenate([counts.persons, counts.other_persons]), shown),
        "share": np.repeat(share, shown),
        "dimension": np.tile(np.arange(1, shown + 1), len(pairs)),
        "coordinate": drawn.ravel(),
        "contribution_pct": contribution.ravel(),
        "cos2": cos2.ravel(),
        "v_test": v_test.ravel(),
    }
    return Places(pd.DataFrame(categories), _eta2(book, others, between))


def _texts(values: Sequence[str], times: int) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str").take(np.repeat(np.arange(len(values)), times))


def _eta2(book: Book, others: Book, between: Floats) -> pd.DataFrame:
    """Share of an axis's variance that lies between the categories of a variable, 0 to 1."""
    starts = np.concatenate([book.starts, others.starts + sum(book.sizes)])
    eta2 = np.add.reduceat(np.nan_to_num(between), starts, axis=0)  # a category that nobody counts for adds nothing
    shown = between.shape[1]
    return pd.DataFrame(
        {
            "role": _texts(["active"] * len(book.variables) + ["supplementary"] * len(others.variables), shown),
            "variable": _texts([*book.variables, *others.variables], shown),
            "dimension": np.tile(np.arange(1, shown + 1), len(starts)),
            "eta2": eta2.ravel(),
        }
    )


def correlations(data: pd.DataFrame, names: Sequence[str], individuals: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    """Correlate quantities with the axes, over the respondents who gave the number."""
    rows = []
    points = individuals.to_numpy()
    for name in names:
        values = data[name].to_numpy(dtype=float, na_value=np.nan)
        used: Whole = np.flatnonzero(np.isfinite(values) & (weight > 0))
        if not used.size or np.ptp(values[used]) == 0:
            rows += [(name, axis, len(used), np.nan) for axis in range(1, points.shape[1] + 1)]
            continue
        mass = weight[used] / weight[used].sum()
        away, from_centre = values[used] - mass @ values[used], points[used] - mass @ points[used]
        found = (mass * away) @ from_centre / np.sqrt((mass @ away**2) * (mass @ from_centre**2))
        rows += [(name, axis, len(used), value) for axis, value in enumerate(found, start=1)]
    return pd.DataFrame(rows, columns=["variable", "dimension", "n", "correlation"])
