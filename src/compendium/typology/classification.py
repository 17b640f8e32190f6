"""Doubt about who belongs to which profile, carried into the intervals of what is said by profile."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..intervals import LEVEL
from .coding import Floats

Row = dict[str, Any]
KEY = ["country", "respondent"]
REPLICATE = "b"
NONE = pd.DataFrame({name: pd.Series(dtype="str") for name in [*KEY, "population"]})
"""No replicates: nothing is known of the doubt, and no interval is widened."""


class Doubt:
    """The profiles that people get in bootstrap replicates of the typology.

    Parameters
    ----------
    people : pandas.DataFrame
        The people of a unit, with ``country`` and ``respondent``.
    replicates : pandas.DataFrame
        The product ``replicates`` of their population.

    Notes
    -----
    The variance of an estimate by profile has two parts: who answered, given the profiles, which the interval of the
    estimate holds already; and where the profiles have their borders, which is the variance of the same estimate, on the
    same people, over the typologies of the replicates. Both margins of the interval are multiplied by the root of their
    sum over the first. The estimate stays what it is.
    """

    def __init__(self, people: pd.DataFrame, replicates: pd.DataFrame) -> None:
        columns = [name for name in replicates.columns if name.startswith(REPLICATE) and name[1:].isdigit()]
        own = pd.MultiIndex.from_frame(people[KEY])
        labels = replicates.set_index(KEY)[columns].reindex(own).fillna(0)
        self._labels: Floats = np.abs(labels.to_numpy(dtype=np.float32))
        self._masks: dict[str, Floats] = {}

    def spread(self, profile: str, values: pd.Series, weights: Floats | None = None) -> float:
        """Return the standard deviation, over the replicates, of the mean of values in a profile.

        Parameters
        ----------
        profile : str
            ``P1`` ...
        values : pandas.Series
            Numbers or truths, one a person in the order of the people; may be missing.
        weights : array of float, optional
            Weight of each person.
        """
        known = values.notna().to_numpy()
        weight = np.where(known, 1.0 if weights is None else weights, 0.0)
        numbers = np.where(known, values.astype("Float64").fillna(0).to_numpy(dtype=float), 0.0)
        mask = self._mask(profile)
        held = weight @ mask
        means = np.divide((weight * numbers) @ mask, held, out=np.full(held.shape, np.nan), where=held > 0)
        return float(np.nanstd(means, ddof=1)) if np.isfinite(means).sum() > 1 else 0.0

    def spread_of_share(self, profile: str, rows: Floats | None = None, weights: Floats | None = None) -> float:
        """Return the standard deviation, over the replicates, of the share of a profile among the people, or some of them.

        Parameters
        ----------
        profile : str
            ``P1`` ...
        rows, weights : array, optional
            Which people count, and their weights.
        """
        weight = np.ones(len(self._labels)) if weights is None else np.asarray(weights, dtype=float)
        weight = weight if rows is None else np.where(rows, weight, 0.0)
        if self._labels.shape[1] < 2 or not weight.sum() > 0:
            return 0.0
        return float((weight @ self._mask(profile) / weight.sum()).std(ddof=1))

    def _mask(self, profile: str) -> Floats:
        if profile not in self._masks:
            self._masks[profile] = (self._labels == int(profile[1:])).astype(np.float32)
        return self._masks[profile]


def widen(row: Row, spread: float, *, low: float = 0.0, high: float = np.inf) -> Row:
    """Widen the interval of a row by the doubt about the profiles.

    Parameters
    ----------
    row : dict
        With ``estimate ci_low ci_high``; returned as it is where it has no interval.
    spread : float
        Standard deviation over the replicates, in the unit of the row.
    low, high : float
        Bounds that no interval passes.
    """
    width = (row["ci_high"] - row["ci_low"]) / 2
    if not np.isfinite(width) or not width > 0:
        return row
    error = width / stats.norm.ppf((1 + LEVEL) / 2)
    factor = np.sqrt(1 + (spread / error) ** 2)
    middle = row["estimate"]
    return row | {
        "ci_low": max(low, middle - factor * (middle - row["ci_low"])),
        "ci_high": min(high, middle + factor * (row["ci_high"] - middle)),
    }
