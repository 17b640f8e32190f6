"""What single items tell about a scale: who counts, item-rest correlations, alpha without an item, Spearman-Brown."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import coefficients
from .errors import CompendiumError

Array = NDArray[np.float64]

MISSING = ("listwise", "pairwise")
MINIMUM = 10
"""Fewest persons on whom a coefficient is computed: below, its interval says nothing."""


def usable(frame: pd.DataFrame, missing: str = "listwise") -> Array:
    """Return the answers that count under a rule for missing ones.

    Parameters
    ----------
    frame : pandas.DataFrame
        One numeric column an item, one row a person, missing where not answered.
    missing : {"listwise", "pairwise"}
        Persons with all items, or every person with at least one.

    Returns
    -------
    numpy.ndarray
        Persons x items; without gaps under ``"listwise"``.

    Raises
    ------
    CompendiumError
        Fewer than two items, an unknown rule, fewer than :data:`MINIMUM` persons, or an item that does not vary.
    """
    if missing not in MISSING:
        raise CompendiumError(f"missing={missing!r} is not legal; legal are {', '.join(map(repr, MISSING))}")
    if frame.shape[1] < 2:
        raise CompendiumError(f"{', '.join(map(str, frame)) or 'no item'}: a scale needs two items or more")
    values = np.asarray(frame.to_numpy(dtype=float, na_value=np.nan))
    gaps = np.isnan(values)
    found = values[~(gaps.any(axis=1) if missing == "listwise" else gaps.all(axis=1))]
    if len(found) < MINIMUM:
        raise CompendiumError(
            f"{', '.join(map(str, frame))}: {len(found)} persons count ({missing}); legal is {MINIMUM} or more"
        )
    for name, column in zip(frame, found.T, strict=True):
        if len(np.unique(column[~np.isnan(column)])) < 2:
            raise CompendiumError(f"item {name!r} does not vary: everybody gave one answer, or nobody answered")
    return found


def spearman_brown(frame: pd.DataFrame, missing: str = "listwise") -> float:
    """Return the Spearman-Brown coefficient of the sum of two items.

    Parameters
    ----------
    frame : pandas.DataFrame
        Exactly two numeric columns, one row a person.
    missing : {"listwise", "pairwise"}
        As for :func:`usable`; with two items both rules keep the persons who answered both.

    Returns
    -------
    float
        At most 1.

    Raises
    ------
    CompendiumError
        Not two items, or what :func:`usable` refuses.

    Notes
    -----
    ``2 r / (1 + r)`` of the correlation ``r``. Alpha of two items is a lower bound that nothing can check.

    References
    ----------
    Eisinga, te Grotenhuis, Pelzer (2013), Int. J. Public Health 58:637-642.
    """
    if frame.shape[1] != 2:
        raise CompendiumError(f"{frame.shape[1]} items: the Spearman-Brown coefficient is for two; legal is 2")
    r = coefficients.mean_correlation(_covariances(frame, missing))
    return 2 * r / (1 + r)


def item_rest(frame: pd.DataFrame, missing: str = "listwise") -> "pd.Series[float]":
    """Correlate each item with the sum of the others.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numeric items, one row a person, turned so that high means the same in all.
    missing : {"listwise", "pairwise"}
        As for :func:`usable`; pairwise works from the covariances of those who answered both items of a pair.

    Returns
    -------
    pandas.Series
        One correlation an item, missing where the others cancel out.

    References
    ----------
    Lord, Novick (1968), Statistical Theories of Mental Test Scores, ch. 15.
    """
    return pd.Series(coefficients.item_rest(_covariances(frame, missing)), index=frame.columns, dtype=float)


def alpha_if_dropped(frame: pd.DataFrame, missing: str = "listwise") -> "pd.Series[float]":
    """Return Cronbach's alpha of the other items, for each item.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numeric items, one row a person, turned so that high means the same in all.
    missing : {"listwise", "pairwise"}
        As for :func:`usable`. Listwise keeps the same persons whichever item is dropped.

    Returns
    -------
    pandas.Series
        One alpha an item; missing for two items, where one would be left.

    References
    ----------
    Cronbach (1951), Psychometrika 16:297-334.
    """
    covariance = _covariances(frame, missing)
    left = [np.delete(np.delete(covariance, i, 0), i, 1) for i in range(len(covariance))]
    return pd.Series([coefficients.alpha(part) for part in left], index=frame.columns, dtype=float)


def _covariances(frame: pd.DataFrame, missing: str) -> Array:
    values = usable(frame, missing)
    return coefficients.covariances(values, np.ones(len(values)))
