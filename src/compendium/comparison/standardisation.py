"""Direct standardisation: what a mean would be if the groups were composed alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import CompendiumError
from ..intervals import Mean, mean

FEWEST = 5
"""Fewest persons of a cell in every group; a smaller one is taken together with its neighbour."""
Array = NDArray[np.float64]
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The people of one group, so weighted that each cell counts as in the common composition.

    Attributes
    ----------
    values : numpy.ndarray
        Their values. Where people answered through organisations, what each differs from the mean of its cell, moved to
        the standardised mean: what the composition explains is no part of the variance either way.
    weights : numpy.ndarray
        Weights that make the composition the common one; they sum to 1.
    strata : numpy.ndarray or None
        The cells, within which the variance is taken.
    clusters : numpy.ndarray or None
        The organisations, where there are any.
    """

    values: Array
    weights: Array
    strata: NDArray[np.intp] | None
    clusters: NDArray[np.object_] | None

    def mean(self) -> Mean:
        """Estimate the standardised mean with its interval."""
        return mean(self.values, self.weights, self.strata, self.clusters)


@dataclass(frozen=True)
class Standardised:
    """What :func:`standardise` finds.

    Attributes
    ----------
    parts : Mapping of str to Part
        Group -> its people and their weights.
    target : pandas.Series
        The common composition: the share of each cell, by the codes that it holds.
    merged : tuple of tuple
        The cells that were taken together, each a tuple of the cells it holds.
    empty : Mapping of str to tuple
        Group -> cells that had nobody in it before they were taken together.
    """

    parts: Mapping[str, Part]
    target: pd.Series
    merged: tuple[tuple[Cell, ...], ...]
    empty: Mapping[str, tuple[Cell, ...]]


def standardise(
    values: pd.Series,
    groups: pd.Series,
    cells: pd.DataFrame,
    weights: pd.Series | None = None,
    clusters: pd.Series | None = None,
    fewest: int = FEWEST,
) -> Standardised:
    """Standardise the means of groups directly to the composition of all of them, each group counting the same.

    Parameters
    ----------
    values : pandas.Series
        A number (or truth value) a person; persons whose value is missing are left out.
    groups : pandas.Series
        The group of each person, two or more of them.
    cells : pandas.DataFrame
        One column a variable that is to be alike in all groups, the most important first; ordered categoricals keep
        their order. A missing code is a code of its own: nobody is dropped.
    weights : pandas.Series, optional
        Weights within the groups.
    clusters : pandas.Series, optional
        Organisations through which people answered; missing for a person alone.
    fewest : int
        Fewest persons of a cell in every group, 1 or more.

    Returns
    -------
    Standardised
        With one part for each group.

    Raises
    ------
    CompendiumError
        Fewer than two groups have a value.

    Notes
    -----
    ``m_g = sum_k p_k m_gk`` with ``p_k`` the mean over groups of the share of cell ``k``, which is taken as given. A cell
    too small in some group is joined with the neighbour that shares the most variables with it, the smaller of two:
    cells stand in the order of their codes, so that an age band joins the next one. The variance is linearised:
    ``sum_k p_k^2 s_gk^2 / n_gk``; where people answered through organisations, that of the sums over organisations of
    the weighted residuals, which are scaled by ``sqrt(n_gk / (n_gk - 1))``.

    References
    ----------
    Kitagawa (1964), Demography 1:296-315; Korn, Graubard (1999), Analysis of Health Surveys, ch. 5.
    """
    known = values.notna()
    if groups[known].nunique() < 2:
        raise CompendiumError(
            f"people of {groups[known].nunique()} groups have a value; legal are two groups or more to be made alike"
        )
    x, group = values[known].astype(float), groups[known].astype(str)
    names = list(dict.fromkeys(group))
    weight = pd.Series(1.0, x.index) if weights is None else weights[known].astype(float)
    listed, at = _listed(cells[known])
    counts = np.column_stack([np.bincount(at[group == name], minlength=len(listed)) for name in names])
    joined = _joined(listed, counts, fewest)
    of_cell = np.empty(len(listed), dtype=np.intp)
    for number, members in enumerate(joined):
        of_cell[members] = number
    place = of_cell[at]
    mass = np.column_stack([np.bincount(place[group == name], weight[group == name], len(joined)) for name in names])
    target = (mass / mass.sum(axis=0)).mean(axis=1)
    parts = {}
    for number, name in enumerate(names):
        own = (group == name).to_numpy()
        scaled = target[place[own]] * weight[own].to_numpy() / mass[place[own], number]
        through = None if clusters is None else clusters[known][own].to_numpy(dtype=object)
        parts[name] = _part(x[own].to_numpy(), scaled, place[own], through)
    return Standardised(
        parts,
        pd.Series(target, [" + ".join("/".join(listed[one]) for one in members) for members in joined]),
        tuple(tuple(listed[one] for one in members) for members in joined if len(members) > 1),
        {
            name: tuple(listed[one] for one in np.flatnonzero(counts[:, number] == 0))
            for number, name in enumerate(names)
            if (counts[:, number] == 0).any()
        },
    )


def _listed(cells: pd.DataFrame) -> tuple[list[Cell], NDArray[np.intp]]:
    """Return the cells that hold anybody in the order of their codes, and the cell of each person."""
    codes, words = [], []
    for name in cells:
        column = cells[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype("category")
        codes.append(np.where(column.cat.codes < 0, len(column.cat.categories), column.cat.codes))
        words.append([*map(str, column.cat.categories), ""])
    found, at = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return [tuple(words[of][code] for of, code in enumerate(row)) for row in found], at.ravel().astype(np.intp)


def _joined(listed: Sequence[Cell], counts: NDArray[np.intp], fewest: int) -> list[list[int]]:
    """Join each cell that is too small in some group with its nearest neighbour in the order, until none is."""
    joined, sizes = [[at] for at in range(len(listed))], list(counts)
    while len(joined) > 1 and min(row.min() for row in sizes) < fewest:
        at = int(np.argmin([row.min() for row in sizes]))
        beside = [one for one in (at - 1, at + 1) if 0 <= one < len(joined)]
        other = max(beside, key=lambda one: (_shared(listed, joined[at] + joined[one]), -sizes[one].sum()))
        first, second = sorted((at, other))
        joined[first] += joined.pop(second)
        sizes[first] = sizes[first] + sizes.pop(second)
    return joined


def _shared(listed: Sequence[Cell], members: Sequence[int]) -> int:
    """Return in how many leading variables cells are alike."""
    alike = [len({listed[one][of] for one in members}) == 1 for of in range(len(listed[0]))]
    return alike.index(False) if False in alike else len(alike)


def _part(x: Array, weights: Array, place: NDArray[np.intp], through: NDArray[np.object_] | None) -> Part:
    if through is None or pd.isna(through).all():
        return Part(x, weights, place, None)
    mass = np.bincount(place, weights)
    middle = np.divide(np.bincount(place, weights * x), mass, out=np.zeros(len(mass)), where=mass > 0)
    size = np.bincount(place)[place]
    residual = (x - middle[place]) * np.sqrt(size / np.maximum(size - 1, 1))
    return Part(residual + float(weights @ x), weights, None, through)
