"""Fill the gaps of a survey frame several times over.

Chained equations with matching. Each column with gaps is regressed in turn on all others, and a gap takes the answer of a
person whose predicted answer is close, so nothing is ever filled in that nobody said. What does not apply to a person is
no gap and is never filled in.

References
----------
Rubin (1987), Multiple Imputation for Nonresponse in Surveys; Little (1988), J. Bus. Econ. Stat. 6:287-296 (matching on
several predicted means at once); van Buuren (2018), Flexible Imputation of Missing Data, 2nd ed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..errors import CompendiumError

Array = NDArray[np.float64]
Places = NDArray[np.intp]

DONORS = 5
"""Persons with the closest predicted answers, one of whom lends the own answer."""
SWEEPS = 10
"""Times that every column is filled in anew before a filled frame is taken."""
FEWEST, MOST = 20, 100
"""Limits of the number of imputations."""
RIDGE = 1e-5
"""Share by which the diagonal of the cross-products is raised, so that categories that coincide do no harm."""


def imputations_needed(frame: pd.DataFrame, applies: pd.DataFrame | None = None) -> int:
    """Say how many imputations a frame needs: one for each per cent of persons with a gap, 20 to 100.

    Notes
    -----
    The rule asks for at least 100 times the share of missing information. That share is known only afterwards; the share
    of persons with a gap stands for it and is rarely below it.

    References
    ----------
    White, Royston, Wood (2011), Stat. Med. 30:377-399, section 7; Bodner (2008), Struct. Equ. Model. 15:651-675.
    """
    share = float(_gaps(frame, applies).any(axis=1).mean()) if len(frame) else 0.0
    return int(np.clip(np.ceil(100 * share), FEWEST, MOST))


def impute(
    frame: pd.DataFrame, seed: int, m: int | None = None, applies: pd.DataFrame | None = None, sweeps: int = SWEEPS
) -> list[pd.DataFrame]:
    """Fill the gaps of a frame several times over.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person. Numbers and ordered categories are imputed as quantities, everything else as categories without
        order. Every column predicts every other: leave out what should not (names, numbers of the row).
    seed : int
        Seed of everything drawn.
    m : int, optional
        Number of imputations; by default :func:`imputations_needed`.
    applies : pandas.DataFrame of bool, optional
        False where a column does not apply to a person; columns that are absent apply to everybody. Such cells stay
        missing; that they do not apply is used to predict the rest.
    sweeps : int
        Times that every column is filled in anew, 1 or more.

    Returns
    -------
    list of pandas.DataFrame
        The frame `m` times, with its types; gaps hold an answer of another person.

    Raises
    ------
    CompendiumError
        A column has gaps and no answer at all, or `m` or `sweeps` is below 1.

    Notes
    -----
    Predictive mean matching with drawn coefficients: a regression on those who answered, coefficients drawn from their
    posterior (flat prior), and one of the five persons whose prediction (by the estimated coefficients) is nearest to
    the one of the gap (by the drawn ones). A category of ``k`` codes is matched on ``k - 1`` predicted means, in the
    metric of their residual covariance. Right where answers are missing at random given the other columns; what is
    missing because of its own value needs a sensitivity analysis (:func:`shifted`).

    References
    ----------
    Little (1988), J. Bus. Econ. Stat. 6:287-296; Morris, White, Royston (2014), BMC Med. Res. Methodol. 14:75.
    """
    m = imputations_needed(frame, applies) if m is None else m
    if m < 1 or sweeps < 1:
        raise CompendiumError(f"{m} imputations of {sweeps} sweeps; legal is 1 or more of each")
    gaps, blank = _gaps(frame, applies), frame.isna()
    empty = [str(name) for name in frame if gaps[name].any() and blank[name].all()]
    if empty:
        raise CompendiumError(f"column {empty[0]!r} has no answer at all; legal are columns that somebody answered")
    if not gaps.to_numpy().any():
        return [frame.copy() for _ in range(m)]
    lenders = _Chains(frame, gaps, m, np.random.default_rng(seed)).run(sweeps)
    filled = []
    for chain in range(m):
        copy = {name: frame[name].array.copy() for name in frame}
        for name, (takers, givers) in lenders.items():
            copy[name][takers] = frame[name].array[givers[chain]]
        filled.append(pd.DataFrame(copy, index=frame.index))
    return filled


def shifted(filled: Sequence[pd.DataFrame], frame: pd.DataFrame, column: str, by: float) -> list[pd.DataFrame]:
    """Shift what was filled in for one column, to see what it would take for a conclusion to fall.

    Parameters
    ----------
    filled : sequence of pandas.DataFrame
        What :func:`impute` returned for `frame`.
    frame : pandas.DataFrame
        The frame with its gaps.
    column : str
        Column of numbers.
    by : float
        How much higher who did not answer is taken to be than persons alike who did, in the column's unit.

    References
    ----------
    Rubin (1987), section 6.2; van Buuren (2018), section 3.8.2 (delta adjustment).
    """
    missing = frame[column].isna()
    return [one.assign(**{column: one[column] + by * missing}) for one in filled]


def _gaps(frame: pd.DataFrame, applies: pd.DataFrame | None) -> pd.DataFrame:
    """Return which cells are missing and apply."""
    gaps = frame.isna()
    if applies is not None:
        gaps &= applies.reindex(columns=frame.columns, fill_value=True)
    return gaps


@dataclass(frozen=True)
class _Target:
    """One column with gaps; places are rows of the frame."""

    name: str
    own: Places
    """Columns of the design that code it."""
    others: Places
    """Columns of the design that predict it."""
    known: Places
    """Rows with an answer: first those without any gap, then the others."""
    whole: int
    """How many of the known have no gap anywhere."""
    gaps: Places


class _Chains:
    """All imputations side by side: one design a chain, which differ only in the rows with gaps.

    Cross-products of the rows without gaps are the same in every chain and sweep and are made once.
    """

    def __init__(self, frame: pd.DataFrame, gaps: pd.DataFrame, m: int, rng: np.random.Generator) -> None:
        self.m, self.rng = m, rng
        blocks = {name: _coded(frame[name], gaps[name].to_numpy()) for name in frame}
        ends = np.cumsum([1, *(block.shape[1] for block in blocks.values())])
        spans = {name: np.arange(*span) for name, span in zip(blocks, pairwise(ends), strict=True)}
        self.design = np.column_stack([np.ones(len(frame)), *blocks.values()])
        holed = gaps.to_numpy().any(axis=1)
        self.row = np.cumsum(holed) - 1
        """Of a row with gaps: its place in `varying`."""
        self.varying = np.repeat(self.design[holed][None], m, axis=0)
        everything = np.arange(self.design.shape[1])
        self.targets = []
        for name in sorted(frame.columns[gaps.any()], key=lambda one: int(gaps[one].sum())):
            known = frame[name].notna().to_numpy()
            whole, partly = np.flatnonzero(known & ~holed), np.flatnonzero(known & holed)
            # What codes the answer comes first in its block; a mark of who it does not apply to may follow it.
            width = blocks[name].shape[1] - _has_mark(frame[name], gaps[name].to_numpy())
            others = np.setdiff1d(everything, spans[name])
            places = np.concatenate([whole, partly])
            self.targets.append(
                _Target(name, spans[name][:width], others, places, len(whole), np.flatnonzero(gaps[name].to_numpy()))
            )
        self.lent = {target.name: self._at_random(target) for target in self.targets}
        constant = {target.name: self.design[target.known[: target.whole]] for target in self.targets}
        self.fixed = {name: rows.T @ rows for name, rows in constant.items()}

    def run(self, sweeps: int) -> dict[str, tuple[Places, Places]]:
        """Fill every column in turn; return for each the rows with gaps and, by chain, the rows that lend."""
        for _ in range(sweeps):
            for target in self.targets:
                if len(target.own):  # a column with one answer only has nothing to predict
                    self.lent[target.name] = self._lenders(target)
                    self._enter(target)
        return {target.name: (target.gaps, self.lent[target.name]) for target in self.targets}

    def _at_random(self, target: _Target) -> Places:
        lent = self.rng.choice(target.known, (self.m, len(target.gaps)))
        self.varying[:, self.row[target.gaps][:, None], target.own] = self.design[lent][:, :, target.own]
        return lent

    def _enter(self, target: _Target) -> None:
        lent = self.design[self.lent[target.name][:, :, None], target.own]
        self.varying[:, self.row[target.gaps][:, None], target.own] = lent

    def _lenders(self, target: _Target) -> Places:
        """Draw coefficients and match: return the rows that lend their answers, one row of places a chain."""
        whole, partly = target.known[: target.whole], target.known[target.whole :]
        others, own = target.others, target.own
        part = self.varying.take(self.row[partly], axis=1)
        products = self.fixed[target.name] + part.transpose(0, 2, 1) @ part
        square, cross = products[:, others[:, None], others], products[:, others[:, None], own]
        inside = products[:, own[:, None], own]
        diagonal = np.einsum("mii->mi", square)
        diagonal += RIDGE * diagonal + 1e-12
        estimated = np.linalg.solve(square, cross)
        residual = inside - cross.transpose(0, 2, 1) @ estimated
        floor = 1e-10 * np.trace(inside, axis1=1, axis2=2)[:, None, None] * np.eye(len(own))
        spread = np.linalg.cholesky(residual + floor)
        freedom = max(len(target.known) - len(others), len(own))
        drawn = estimated + self._noise(square, spread, freedom)
        metric = np.linalg.inv(spread).transpose(0, 2, 1) * np.sqrt(freedom)
        # On the whole design, where the column itself counts nothing: no rows need to be put together anew.
        by_estimate, by_draw = np.zeros((2, self.m, self.design.shape[1], len(own)))
        by_estimate[:, others], by_draw[:, others] = estimated @ metric, drawn @ metric
        givers = np.concatenate([self.design[whole] @ by_estimate, part @ by_estimate], axis=1)
        # Equal predictions (few predictors, all of them categories) are put in a random order.
        givers += 1e-9 * self.rng.standard_normal(givers.shape)
        takers = self.varying.take(self.row[target.gaps], axis=1) @ by_draw
        count = min(DONORS, len(target.known))
        chosen = self.rng.integers(count, size=takers.shape[:2])
        lent = np.empty(takers.shape[:2], dtype=np.intp)
        for chain in range(self.m):
            near = cKDTree(givers[chain]).query(takers[chain], np.arange(1, count + 1))[1]
            lent[chain] = target.known[np.take_along_axis(near, chosen[chain][:, None], axis=1)[:, 0]]
        return lent

    def _noise(self, square: Array, spread: Array, freedom: int) -> Array:
        """Draw the deviation of the coefficients: residual covariance from its inverse Wishart, then normal."""
        width = spread.shape[-1]
        wishart = np.tril(self.rng.standard_normal((self.m, width, width)), -1)
        at = np.arange(width)
        wishart[:, at, at] = np.sqrt(self.rng.chisquare(freedom - at, (self.m, width)))
        scale = spread @ np.linalg.inv(wishart).transpose(0, 2, 1)
        root = np.linalg.cholesky(square)
        normal = self.rng.standard_normal((self.m, square.shape[-1], width))
        return np.asarray(np.linalg.solve(root.transpose(0, 2, 1), normal) @ scale.transpose(0, 2, 1))


def _coded(column: pd.Series, gap: NDArray[np.bool_]) -> Array:
    """Code a column for the design: a standardised number, or all categories but the first; then who it is not for."""
    is_ordered = isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered
    known = column.notna().to_numpy()
    if is_ordered or (pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)):
        numbers = column.cat.codes if is_ordered else column
        points = numbers.to_numpy(dtype=float, na_value=np.nan)
        spread = points[known].std()
        block = ((points - points[known].mean()) / spread)[:, None] if spread > 0 else np.empty((len(column), 0))
    else:
        codes, levels = pd.factorize(column.astype("object"), sort=True)
        block = (codes[:, None] == np.arange(1, len(levels))).astype(float)
    block = np.where(known[:, None], block, 0.0)
    return np.column_stack([block, ~known & ~gap]) if _has_mark(column, gap) else block


def _has_mark(column: pd.Series, gap: NDArray[np.bool_]) -> bool:
    """Tell whether there are persons whom a column does not apply to."""
    return bool((column.isna().to_numpy() & ~gap).any())
