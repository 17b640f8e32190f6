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
    values = design.to_numpy(dtype=float)
    codes, at = np.unique(group.to_numpy(dtype=object).astype(str), return_inverse=True)
    member = np.eye(len(codes))[at]

    def means(weights: Array, of: Array = member) -> Array:
        shares = of * weights[:, None]
        return np.asarray(shares.T @ values / shares.sum(axis=0)[:, None])

    everybody = np.ones((len(values), 1))
    spread = np.sqrt(np.average((values - means(before, everybody)) ** 2, axis=0, weights=before))
    spread = np.where(spread > 0, spread, np.inf)
    first, second, base = means(before), means(after), int(np.flatnonzero(codes == reference)[0])
    off = np.abs(second - means(target, everybody)) / spread
    parts = [
        pd.DataFrame(
            {
                "group": code,
                "covariate": design.columns,
                "before": (first[one] - first[base]) / spread,
                "after": (second[one] - second[base]) / spread,
                "to_target": np.maximum(off[one], off[base]),
            }
        )
        for code in dict.fromkeys(group)
        for one in np.flatnonzero(codes == code)
        if code != reference
    ]
    columns = ["group", "covariate", "before", "after", "to_target"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
