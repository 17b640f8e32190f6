"""Trimming of weights, and what unequal weights cost."""

import numpy as np
import pandas as pd

from ..errors import CompendiumError
from ..intervals import effective_n
from .margins import refuse_illegal


def trim(weights: pd.Series, lower: float = 0.0, upper: float = np.inf) -> pd.Series:
    """Cut weights at a floor and a ceiling and spread what was cut evenly over the others, so that the sum stays.

    Parameters
    ----------
    weights : pandas.Series
        Weights of 0 or more.
    lower, upper : float
        Least and largest weight allowed, in the unit of the weights; the mean weight lies between them.

    Returns
    -------
    pandas.Series
        Weights between the bounds, with the sum of ``weights``. Margins that were met before are met no longer.

    Raises
    ------
    CompendiumError
        The mean weight lies outside the bounds, so that no weights within them have the same sum.

    References
    ----------
    Potter (1990), Proc. Surv. Res. Methods Sect. ASA, 225-230.
    """
    old = weights.to_numpy(dtype=float)
    refuse_illegal(old)
    if not lower <= old.mean() <= upper:
        raise CompendiumError(
            f"trimming to {lower} .. {upper} cannot keep the sum: the mean weight is {old.mean():.6g}"
        )
    new, fixed = np.clip(old, lower, upper), (old < lower) | (old > upper)
    while (gap := old.sum() - new.sum()) and abs(gap) > 1e-12 * old.sum():
        # When the free ones are used up, those at the bound away from the gap take the rest.
        free = ~fixed if not fixed.all() else (new < upper if gap > 0 else new > lower)
        moved = new[free] + gap / free.sum()
        new[free] = np.clip(moved, lower, upper)
        fixed[free] = (moved < lower) | (moved > upper)
    return pd.Series(new, index=weights.index, name=weights.name)


def design_effect(weights: pd.Series) -> float:
    """Return Kish's design effect of unequal weighting, ``n sum(w^2) / sum(w)^2``, 1 or more.

    References
    ----------
    Kish (1965), Survey Sampling, 11.2.C.
    """
    return len(weights) / effective_n(weights.to_numpy(dtype=float))
