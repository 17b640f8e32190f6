"""Where categories and quantities lie on the axes, from the tables of co-occurrence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.intervals import effective_n

from ..coding import Book, Floats, Whole
from .axes import Axes


@dataclass(frozen=True)
class Block:
    """Categories to be placed.

    Attributes
    ----------
    book : Book
        Their variables.
    roles : array of str
        Role of each category.
    crossed : array
        Weight of respondents who hold each of them (rows) and each active category (columns).
    held, persons : array
        Weight and number of respondents who hold each.
    """

    book: Book
    roles: np.ndarray
    crossed: Floats
    held: Floats
    persons: Whole


def placed(block: Block, axes: Axes, weights: Floats, count: int, shown: int, is_burt: bool) -> pd.DataFrame:
    """Place each category at the mean of its respondents over the root of the eigenvalue, one row a category and axis.

    Parameters
    ----------
    block : Block
        The categories.
    axes : Axes
        The solution.
    weights : array
        Weight of each respondent.
    count, shown : int
        Number of active variables and of axes to show.
    is_burt : bool
        Stretch the coordinates to those of the Burt table, by the root of the eigenvalue once more.

    Returns
    -------
    pandas.DataFrame
        ``role variable category n share dimension coordinate contribution_pct cos2 v_test`` and ``between``, what the
        category adds to the eta squared of its variable.
    """
    total, inertia = float(weights.sum()), axes.inertia[:shown]
    share = block.held / total
    mass = axes.root**2
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = block.crossed[:, axes.kept] / (count * block.held[:, None]) - mass
        coordinate = profile / axes.root @ axes.vectors[:, :shown] / np.sqrt(inertia)
        odds = 1 / share - 1
        distance = (profile**2 / mass).sum(axis=1) if is_burt else odds
        stretched = coordinate * np.sqrt(inertia) if is_burt else coordinate
        cos2 = stretched**2 / distance[:, None]
        v_test = coordinate * np.sqrt((effective_n(weights) - 1) / odds)[:, None]
    between = share[:, None] * coordinate**2
    is_active = (block.roles == "active")[:, None]
    pairs = block.book.pairs
    return pd.DataFrame(
        {
            "role": np.repeat(block.roles, shown),
            "variable": np.repeat(np.array([variable for variable, _ in pairs], dtype=object), shown),
            "category": np.repeat(np.array([category for _, category in pairs], dtype=object), shown),
            "n": np.repeat(block.persons, shown),
            "share": np.repeat(share, shown),
            "dimension": np.tile(np.arange(1, shown + 1), len(pairs)),
            "coordinate": stretched.ravel(),
            "contribution_pct": np.where(is_active, 100 * between / count / inertia, np.nan).ravel(),
            "cos2": cos2.ravel(),
            "v_test": v_test.ravel(),
            "between": between.ravel(),
        }
    ).astype({"role": "str", "variable": "str", "category": "str"})


def eta2(places: pd.DataFrame) -> pd.DataFrame:
    """Share of an axis's variance that lies between the categories of a variable, 0 to 1."""
    role = places["role"].where(places["role"] == "supplementary", "active")
    keys = [role.rename("role"), places["variable"], places["dimension"]]
    return places["between"].groupby(keys, sort=False).sum().rename("eta2").reset_index()


def correlations(data: pd.DataFrame, names: Sequence[str], individuals: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    """Correlate quantities with the axes, over the respondents who gave the number."""
    rows = []
    points = individuals.to_numpy()
    for name in names:
        values = data[name].to_numpy(dtype=float, na_value=np.nan)
        used = np.isfinite(values) & (weight > 0)
        mass = weight[used] / weight[used].sum() if used.any() else weight[used]
        away, from_centre = values[used] - mass @ values[used], points[used] - mass @ points[used]
        spread = np.sqrt(mass @ away**2 * (mass @ from_centre**2))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(spread > 0, (mass * away) @ from_centre / spread, np.nan)
        rows += [(name, axis, int(used.sum()), value) for axis, value in enumerate(found, start=1)]
    return pd.DataFrame(rows, columns=["variable", "dimension", "n", "correlation"])
