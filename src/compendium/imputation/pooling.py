"""Pool what was estimated from each imputed frame."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from ..errors import CompendiumError
from ..intervals import LEVEL

SMALLEST_SHARE = 1e-4
"""Share of the variance between imputations below which it counts as this, as in mice: the degrees of freedom divide by
it."""


def pool(estimates: ArrayLike, variances: ArrayLike, freedom: float, level: float = LEVEL) -> pd.DataFrame:
    """Pool what was estimated from each imputed frame by Rubin's rules.

    Parameters
    ----------
    estimates, variances : array-like of float
        One row an imputation (two or more), one column a quantity; or a flat list of one quantity. Variances are squared
        standard errors.
    freedom : float
        Degrees of freedom had nothing been missing (persons less coefficients); infinite in large samples.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row a quantity: ``estimate se ci_low ci_high p df fmi increase``. ``df`` are the degrees of freedom of Barnard
        and Rubin, ``fmi`` the fraction of missing information (0-1), ``increase`` the relative increase of the variance
        through what is missing.

    Raises
    ------
    CompendiumError
        Fewer than two imputations, shapes that differ, or a variance that is not positive.

    Notes
    -----
    ``T = W + (1 + 1/m) B`` with W the mean variance and B the variance between imputations. Where all imputations agree,
    nothing is missing as far as the quantity goes: ``fmi`` is 0.

    References
    ----------
    Rubin (1987), section 3.3; Barnard, Rubin (1999), Biometrika 86:948-955.
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    if q.shape != u.shape or len(q) < 2 or not (u > 0).all():
        raise CompendiumError(
            f"pooling {len(q)} estimates and {len(u)} variances: legal are two or more of each, variances above 0"
        )
    q, u = q.reshape(len(q), -1), u.reshape(len(u), -1)
    m = len(q)
    within, between = u.mean(axis=0), (1 + 1 / m) * q.var(axis=0, ddof=1)
    total = within + between
    increase = between / within
    share = np.maximum(between / total, SMALLEST_SHARE)
    # As inverses, so that infinite degrees of freedom need no case of their own.
    through_sample = (1 / freedom) * (freedom + 3) / (freedom + 1) if np.isfinite(freedom) else 0.0
    df = 1 / (share**2 / (m - 1) + through_sample / (1 - share))
    fmi = np.where(between > 0, (increase + 2 / (df + 3)) / (increase + 1), 0.0)
    estimate, se = q.mean(axis=0), np.sqrt(total)
    reach = stats.t.ppf(0.5 + level / 2, df) * se
    return pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "ci_low": estimate - reach,
            "ci_high": estimate + reach,
            "p": 2 * stats.t.sf(np.abs(estimate) / se, df),
            "df": df,
            "fmi": fmi,
            "increase": increase,
        }
    )
