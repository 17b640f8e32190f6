"""Many comparisons at once: adjusted p values, and the ranks that can be told apart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .shape import LEVEL, Rank


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values by Holm's step-down rule; missing values stay missing and are not counted.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6:65-70.
    """
    return _adjusted(p, "holm")


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust a family of p values for the false discovery rate; missing values stay missing and are not counted.

    References
    ----------
    Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57:289-300.
    """
    return _adjusted(p, "fdr_bh")


def ranks(
    estimates: ArrayLike, errors: ArrayLike, freedom: ArrayLike | float = np.inf, level: float = LEVEL
) -> list[Rank]:
    """Rank independent estimates from the highest, each with the ranks that cannot be ruled out.

    Parameters
    ----------
    estimates : array-like of float
        Estimates in one unit (means or shares of countries).
    errors : array-like of float
        Their standard errors, 0 or more.
    freedom : array-like of float
        Degrees of freedom of each standard error (persons less one for a mean); infinite by default.
    level : float
        Confidence that *all* the intervals hold, between 0 and 1.

    Returns
    -------
    list of Rank
        ``estimate low high`` in the order given, 1 the highest; equal estimates share the better rank.

    Raises
    ------
    ValueError
        An estimate or error is missing, or an error is negative.

    Notes
    -----
    Each ordered pair is tested one-sided by Welch's t, all of them together by Holm. Then ``low`` is 1 plus the number
    of estimates shown to be higher and ``high`` the number of estimates less those shown to be lower. All statements of
    order are right together with probability `level` or more, and so are all the intervals, whatever ties there are.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Econ. Stud. 91:476-518; Al Mohamad, Goeman, van Zwet (2022),
    Biometrics 78:238-247; Klein, Wright, Wieczorek (2020), J. R. Stat. Soc. C 69:589-606.
    """
    value, error = np.asarray(estimates, dtype=float), np.asarray(errors, dtype=float)
    if not (np.isfinite(value).all() and np.isfinite(error).all() and (error >= 0).all()):
        raise ValueError("an estimate or its error is missing, or an error is negative; ranks need every one of them")
    count = len(value)
    variance, own = error**2, np.broadcast_to(np.asarray(freedom, dtype=float), count)
    both = variance[:, None] + variance
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.nan_to_num((value[:, None] - value) / np.sqrt(both))  # equal and both exact: 0 over 0
        pair = both**2 / (variance**2 / own + (variance**2 / own)[:, None])
    p = stats.t.sf(statistic, np.nan_to_num(pair, nan=np.inf))
    ordered = ~np.eye(count, dtype=bool)
    higher = np.zeros((count, count), dtype=bool)
    if count > 1:
        higher[ordered] = holm(p[ordered]) < 1 - level
    return [
        Rank(int((value > one).sum()) + 1, int(above) + 1, count - int(below))
        for one, above, below in zip(value, higher.sum(axis=0), higher.sum(axis=1), strict=True)
    ]


def _adjusted(p: ArrayLike, method: str) -> NDArray[np.float64]:
    from pingouin import multicomp  # a second and a half at import, for who really tests something

    raw = np.asarray(p, dtype=float)
    if np.isnan(raw).all():  # a family of no tests, which pingouin refuses
        return raw
    return np.asarray(multicomp(raw, method=method)[1], dtype=float)
