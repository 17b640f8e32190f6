"""How alike the people of two groups are, before and after weighting."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def balance(
    design: pd.DataFrame, group: pd.Series, reference: str, before: Array, after: Array, target: Array
) -> pd.DataFrame:
    """Return how far the covariates of each group lie from those of the reference, before and after weighting.

    Parameters
    ----------
    design : pandas.DataFrame
        One column a covariate or category of one, complete.
    group : pandas.Series
        Group of each person.
    reference : str
        Group that the others are held against.
    before, after : array
        Weights of the persons without and with the adjustment.
    target : array
        Weights that make all persons the population which the contrast is about.

    Returns
    -------
    pandas.DataFrame
        ``group covariate before after to_target``: standardised differences of means, in standard deviations of the covariate
        among all persons compared; ``to_target`` is the larger distance of the two groups from the population after
        weighting.

    References
    ----------
    Austin, Stuart (2015), Stat. Med. 34:3661-3679.
    """
    rows = []
    values = design.to_numpy(dtype=float)
    spread = np.sqrt(np.average((values - np.average(values, axis=0, weights=before)) ** 2, axis=0, weights=before))
    spread = np.where(spread > 0, spread, np.inf)
    population = np.average(values, axis=0, weights=target)

    def means(code: str, weights: Array) -> Array:
        inside = (group == code).to_numpy()
        return np.asarray(np.average(values[inside], axis=0, weights=weights[inside]))

    for code in dict.fromkeys(group):
        if code == reference:
            continue
        first = (means(code, before) - means(reference, before)) / spread
        second = (means(code, after) - means(reference, after)) / spread
        away = np.maximum(abs(means(code, after) - population), abs(means(reference, after) - population)) / spread
        for at, covariate in enumerate(design.columns):
            rows.append((code, covariate, first[at], second[at], away[at]))
    return pd.DataFrame(rows, columns=["group", "covariate", "before", "after", "to_target"])
