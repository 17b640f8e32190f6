"""A fitted multiple correspondence analysis, and where respondents stand who took no part in it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from compendium.errors import AnswersError

from ..coding import Book, Floats
from .inputs import named
from .joint import gathered


@dataclass(frozen=True, eq=False)
class MCA:
    """A fitted multiple correspondence analysis.

    Attributes
    ----------
    eigenvalues : pandas.DataFrame
        One row an axis (all of them): ``dimension eigenvalue pct cumulative_pct benzecri benzecri_pct greenacre_pct``.
        With ``method="burt"`` the eigenvalue and its per cent are those of the Burt table, the squares of the indicator's;
        the adjusted rates are the same in both.
    categories : pandas.DataFrame
        One row a category and kept axis: ``role`` (active, passive, supplementary) ``variable category n share dimension
        coordinate contribution_pct cos2 v_test``; only active categories have a contribution. ``n`` counts respondents
        of a weight above zero, ``share`` (0 to 1) is weighted.
    variables : pandas.DataFrame
        One row a categorical variable and kept axis: ``role variable dimension eta2``, the share of the axis's variance
        that lies between the variable's categories.
    quantities : pandas.DataFrame
        One row a supplementary quantity and kept axis: ``variable dimension n correlation``, weighted, over the
        respondents who gave the number.
    individuals : pandas.DataFrame
        Principal coordinates, one row a respondent (index of the data), columns ``dim_1`` ... ``dim_<n>``; the same
        with both methods.
    data : pandas.DataFrame
        The active and supplementary answers as they were given, with texts as names of columns.
    active, supplementary : tuple of str
        Names of the variables.
    weights : numpy.ndarray
        Weight of each respondent; zero for those who are only projected.
    total_inertia : float
        Sum of all eigenvalues.
    method : {"indicator", "burt"}
        What was analysed.
    """

    eigenvalues: pd.DataFrame
    categories: pd.DataFrame
    variables: pd.DataFrame
    quantities: pd.DataFrame
    individuals: pd.DataFrame
    data: pd.DataFrame
    active: tuple[str, ...]
    supplementary: tuple[str, ...]
    weights: Floats
    total_inertia: float
    method: Literal["indicator", "burt"]
    _book: Book
    _loadings: Floats
    _shift: Floats
    _inertia: Floats

    def project(self, answers: pd.DataFrame, *, unseen: Literal["refuse", "passive"] = "refuse") -> pd.DataFrame:
        """Return the principal coordinates of respondents who did not take part in the analysis.

        Parameters
        ----------
        answers : pandas.DataFrame
            One row a respondent, with all active variables; others are not read. A missing answer is passive: it adds
            nothing, whether or not there were missing answers when the axes were made, so that somebody who answered
            nothing stands near the centre.
        unseen : {"refuse", "passive"}
            What to do with a category that was not there when the axes were made: refuse it, or take it for a missing
            answer.

        Returns
        -------
        pandas.DataFrame
            Columns ``dim_1`` ... ``dim_<n>``, index of ``answers``.

        Raises
        ------
        AnswersError
            A variable is absent, or a category was not seen when the axes were made.
        """
        if unseen not in ("refuse", "passive"):
            raise AnswersError(f"unseen must be 'refuse' or 'passive'; {unseen!r} given")
        columns = self._book.columns(named(answers), unseen_is_missing=unseen == "passive")
        # A place of its own behind each variable's categories adds nothing: there -1 points to.
        ends = self._book.starts + np.array(self._book.sizes)
        loadings = np.insert(self._loadings, ends, 0.0, axis=0)
        sizes = [size + 1 for size in self._book.sizes]
        codes = [np.where(column < 0, size - 1, column) for column, size in zip(columns, sizes, strict=True)]
        return placed_persons(gathered(codes, sizes, loadings, -self._shift), answers.index)

    @cached_property
    def individual_contributions_pct(self) -> pd.DataFrame:
        """Share of each respondent in the inertia of each kept axis, in per cent."""
        mass = self.weights / self.weights.sum()
        return (self.individuals**2).mul(mass, axis=0).mul(100 / self._inertia, axis=1)

    @cached_property
    def individual_cos2(self) -> pd.DataFrame:
        """Squared cosine of each respondent with each kept axis: how much of the respondent the axis shows, 0 to 1."""
        active = self.categories.query("dimension == 1 and role != 'supplementary'")
        is_active = (active["role"] == "active").to_numpy()
        mass = np.where(is_active, active["share"].to_numpy() / len(self.active), np.inf)
        gain = np.where(is_active, 1 / (len(self.active) ** 2 * mass) - 2 / len(self.active), 0.0)
        columns, start = self._book.columns(self.data), np.array([mass[is_active].sum()])
        held = gathered(columns, self._book.sizes, gain[:, None], start)
        return (self.individuals**2).div(held[:, 0], axis=0)


def placed_persons(points: Floats, index: pd.Index) -> pd.DataFrame:
    """Return coordinates as a frame."""
    return pd.DataFrame(points, index=index, columns=[f"dim_{axis + 1}" for axis in range(points.shape[1])])
