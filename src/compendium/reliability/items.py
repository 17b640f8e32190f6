"""Which answers count for a scale, and how each item goes with the others."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import CompendiumError
from . import coefficients

Array = NDArray[np.float64]

MISSING = ("listwise", "pairwise")
MINIMUM = 10
"""Fewest persons on whom a coefficient is computed: below, its interval says nothing."""


def usable(
    items: pd.DataFrame,
    missing: str = "listwise",
    weights: ArrayLike | None = None,
    reversed: Collection[str] = (),
) -> tuple[Array, Array]:
    """Return the answers that count under a rule for missing ones, and the weights of those who gave them.

    Parameters
    ----------
    items : pandas.DataFrame
        One numeric column an item, one row a person, missing where not answered.
    missing : {"listwise", "pairwise"}
        Persons with all items, or every person with at least one.
    weights : array-like of float, optional
        One weight of zero or more a person; without them everybody counts alike. Who has no weight does not count.
    reversed : collection of str
        Items that get a minus sign: it turns an item round as well as its scale's ends would, since nothing here
        depends on the mean.

    Returns
    -------
    tuple of numpy.ndarray
        Persons x items (without gaps under ``"listwise"``), and one weight a person, 1 on average.

    Raises
    ------
    CompendiumError
        Fewer than two items, items that are no numbers, an item turned round that is not there, an unknown rule, weights that are none, fewer than
        :data:`MINIMUM` persons, an item that does not vary, or a pair of items that hardly anybody answered both of.
    """
    if missing not in MISSING:
        raise CompendiumError(f"missing={missing!r} is not legal; legal are {', '.join(map(repr, MISSING))}")
    names = ", ".join(map(str, items))
    if items.shape[1] < 2:
        raise CompendiumError(f"{names or 'no item'}: a scale needs two items or more; one item has no reliability")
    absent = [name for name in reversed if name not in items]
    if absent:
        raise CompendiumError(f"reversed item {absent[0]!r} is not there; legal are {names}")
    signs = np.where([name in reversed for name in items], -1.0, 1.0)
    if len(items) < MINIMUM:
        raise CompendiumError(f"{names}: {len(items)} persons count ({missing}); legal is {MINIMUM} or more")
    try:
        values = np.asarray(items.to_numpy(dtype=float, na_value=np.nan)) * signs
    except (TypeError, ValueError) as error:
        raise CompendiumError(f"{names}: items are numbers, one a person, or missing ({error})") from None
    weight, gaps = _weights(weights, len(values)), np.isnan(values)
    used = ~(gaps.any(axis=1) if missing == "listwise" else gaps.all(axis=1)) & (weight > 0)
    values, weight, known = values[used], weight[used], ~gaps[used]
    if len(values) < MINIMUM:
        raise CompendiumError(f"{names}: {len(values)} persons count ({missing}); legal is {MINIMUM} or more")
    for name, column in zip(items, values.T, strict=True):
        if not np.nanmax(column, initial=-np.inf) > np.nanmin(column, initial=np.inf):
            raise CompendiumError(f"item {name!r} does not vary: everybody gave one answer, or nobody answered")
    pairs = known.T.astype(int) @ known
    if pairs.min() < MINIMUM:
        one, two = np.unravel_index(pairs.argmin(), pairs.shape)
        raise CompendiumError(
            f"{items.columns[one]}, {items.columns[two]}: {pairs.min()} persons answered both; "
            f"legal is {MINIMUM} or more"
        )
    # Equal weights are no weights, to the last digit.
    return values, np.ones(len(weight)) if np.ptp(weight) == 0 else weight / weight.mean()


def _weights(weights: ArrayLike | None, size: int) -> Array:
    found = np.ones(size) if weights is None else np.asarray(weights, dtype=float)
    if found.shape != (size,) or not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise CompendiumError(
            f"weights: legal is one number of 0 or more for each of {size} persons, and not 0 for everybody"
        )
    return found


def item_statistics(
    items: pd.DataFrame,
    reversed: Collection[str] = (),
    missing: str = "listwise",
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Say how each item goes with the others, and how these go together without it.

    Parameters
    ----------
    items, reversed, missing, weights
        As for :func:`.scale.reliability`.

    Returns
    -------
    pandas.DataFrame
        One row an item (the index), with ``n`` (persons who answered it), ``item_rest item_rest_low item_rest_high``
        (correlation with the sum of the others) and ``alpha_if_dropped alpha_if_dropped_low alpha_if_dropped_high``
        (alpha of the others; missing for two items). Intervals are distribution-free.

    Raises
    ------
    CompendiumError
        What :func:`usable` refuses.

    Notes
    -----
    Both come from the covariances, pairwise ones from those who answered both items of a pair. The intervals rest on each
    person's influence, symmetric in Fisher's z and in ``log(1 - alpha)``.

    References
    ----------
    Lord, Novick (1968), Statistical Theories of Mental Test Scores, ch. 15; Cronbach (1951), Psychometrika 16:297-334.
    """
    values, weight = usable(items, missing, weights, reversed)
    covariance = coefficients.covariances(values, weight)
    influence = coefficients.covariance_influence(values, weight)
    rest, dropped = coefficients.item_rest(covariance), coefficients.alpha_if_dropped(covariance)
    rows = []
    for at in range(len(rest)):
        others = np.arange(len(rest)) != at
        own, whole = covariance[at, at], covariance[np.ix_(others, others)]
        among = influence[:, others][:, :, others]
        by_rest = influence[:, at, others].sum(axis=1) / np.sqrt(own * whole.sum()) - rest[at] / 2 * (
            influence[:, at, at] / own + among.sum(axis=(1, 2)) / whole.sum()
        )
        row: dict[str, float] = {"n": int((~np.isnan(values[:, at])).sum())}
        row |= _with_ends("item_rest", rest[at], coefficients.correlation_interval(rest[at], by_rest, weight))
        if others.sum() > 1:
            by_dropped = np.einsum("ijk,jk->i", among, coefficients.alpha_slope(whole))
            ends = coefficients.free_interval(dropped[at], by_dropped, weight)
        else:
            ends = float("nan"), float("nan")
        rows.append(row | _with_ends("alpha_if_dropped", dropped[at], ends))
    return pd.DataFrame(rows, index=items.columns)


def _with_ends(name: str, estimate: float, ends: tuple[float, float]) -> dict[str, float]:
    return {name: estimate, f"{name}_low": ends[0], f"{name}_high": ends[1]}
