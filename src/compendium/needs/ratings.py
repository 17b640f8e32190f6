"""Two ratings of the same competences by the same persons: how much each matters, and how well it is mastered."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import AnswersError

Floats = NDArray[np.float64]
Table: TypeAlias = pd.DataFrame | ArrayLike


@dataclass(frozen=True)
class Ratings:
    """Complete pairs of ratings.

    Attributes
    ----------
    competences : list
        Names, or places of the columns.
    importance, competence : array of shape (persons, competences)
        Ratings; 0 where a person did not give both.
    weight : array of shape (persons, competences)
        Of the person, 0 where the pair is not complete.
    """

    competences: list[object]
    importance: Floats
    competence: Floats
    weight: Floats

    @property
    def n(self) -> NDArray[np.intp]:
        """Persons with both ratings, competence by competence."""
        return np.count_nonzero(self.weight, axis=0)


def read_ratings(importance: Table, competence: Table, weights: ArrayLike | None = None) -> Ratings:
    """Return the complete pairs of two tables of ratings.

    Parameters
    ----------
    importance, competence : pandas.DataFrame or array of shape (persons, competences)
        The same persons and competences in both; frames are put in the order of `importance` by the names of their columns. Missing
        where a person did not rate.
    weights : array of shape (persons,), optional
        Greater than 0.

    Raises
    ------
    AnswersError
        The tables differ in persons or competences, a rating is no number, or a weight is not legal.
    """
    one, other = pd.DataFrame(importance), pd.DataFrame(competence)
    if set(one.columns) != set(other.columns):
        odd = sorted(map(str, set(one.columns) ^ set(other.columns)))[0]
        raise AnswersError(
            f"ratings: competence {odd!r} is rated in one table only; legal are the same competences in both"
        )
    if len(one) != len(other) or not one.index.equals(other.index):
        raise AnswersError(
            f"ratings: {len(one)} and {len(other)} persons, or in another order; legal are the same in both"
        )
    first, second = (_numbers(table[list(one.columns)]) for table in (one, other))
    weight = np.ones(len(one)) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (len(one),) or not (np.isfinite(weight) & (weight > 0)).all():
        raise AnswersError(f"weights: legal is a number greater than 0 for each of the {len(one)} persons")
    complete = ~(np.isnan(first) | np.isnan(second))
    return Ratings(
        list(one.columns), np.where(complete, first, 0), np.where(complete, second, 0), complete * weight[:, None]
    )


def _numbers(table: pd.DataFrame) -> Floats:
    for name in table:
        numbers = pd.to_numeric(table[name], errors="coerce")
        wrong = (numbers.isna() & table[name].notna()) | np.isinf(numbers.astype(float))
        if wrong.any():
            value = table.loc[wrong, name].iloc[0]
            raise AnswersError(
                f"ratings of {name!r}: {value!r} is no number; legal are numbers, or nothing where not rated"
            )
    return table.apply(pd.to_numeric).to_numpy(dtype=float, na_value=np.nan)
