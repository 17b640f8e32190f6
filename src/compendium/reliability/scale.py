"""Reliability of scales: how far several questions measure one thing, with intervals that hold on skewed answers."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from . import bootstrap, coefficients, ordinal
from .items import usable
from .omega import omega
from .smooth_functions import alpha_statistic, spearman_brown_statistic

Array = NDArray[np.float64]

ORDERED = 7
"""Most answer steps of an item for which ordinal alpha is computed: beyond, answers are as good as continuous."""

PER_SKEWNESS = 25
"""Persons per squared skewness of the most skewed item under which the printed intervals may cover too little: Cochran's
number for means, which the runs of ``docs/coverage_reliability.md`` bear out."""

COLUMNS = (
    "n",
    "k",
    "rule",
    "mean_r",
    "alpha",
    "alpha_low",
    "alpha_high",
    "alpha_ci_low",
    "alpha_ci_high",
    "alpha_std",
    "omega",
    "omega_low",
    "omega_high",
    "ordinal_alpha",
    "spearman_brown",
    "spearman_brown_low",
    "spearman_brown_high",
    "item_rest",
    "alpha_if_dropped",
    "is_skewed",
    "notes",
)


def reliability(
    items: pd.DataFrame,
    reversed: Collection[str] = (),
    missing: str = "listwise",
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Estimate how reliable the mean of several items is.

    Parameters
    ----------
    items : pandas.DataFrame
        One numeric column an item, one row a person; missing where not answered or not applicable.
    reversed : collection of str
        Items that are to be turned round before anything is computed.
    missing : {"listwise", "pairwise"}
        Which persons count, in every coefficient and interval: those with all items, or for each pair of items those with
        both.
    weights : array-like of float, optional
        One survey weight of zero or more a person, in every coefficient and interval. Equal weights are none.

    Returns
    -------
    pandas.DataFrame
        One row. ``n`` (persons with all items, or pairwise with any), ``k`` (items), ``rule`` (for missing answers),
        ``mean_r`` (mean correlation between items). The coefficients, each with the 95 % interval *to print* in
        ``..._low ..._high``: ``alpha``, ``omega``, and for two items ``spearman_brown``. Without an interval:
        ``alpha_std`` (of standardised items), ``ordinal_alpha`` (of the normal variables behind the answers).
        ``alpha_ci_low alpha_ci_high`` is Feldt's interval of alpha, as other packages print it, which covers too little on
        skewed answers. Two mappings by item, ``item_rest`` (correlation of an item with the sum of the others) and
        ``alpha_if_dropped``; :func:`.items.item_statistics` gives their intervals. ``notes`` are sentences to
        print beside the numbers: why one is missing, and where the interval is known to cover too little.

        What is not defined is missing: two items get ``mean_r`` and ``spearman_brown``, and neither alpha nor omega.

    Raises
    ------
    CompendiumError
        Fewer than two items, an item turned round that is not there, an item that does not vary, an unknown rule for
        missing answers, weights that are none, or fewer than :data:`.items.MINIMUM` persons.

    Notes
    -----
    ``alpha = k / (k - 1) * (1 - tr(C) / 1'C1)`` of the covariances ``C``; ``omega = (sum of loadings)^2 / ((sum of loadings)^2 +
    sum of residual variances)`` of a one-factor maximum-likelihood model; two items do not identify a factor and their
    alpha is a lower bound that nothing can check, so they get Spearman-Brown's ``2 r / (1 + r)``.

    The intervals to print are studentised bootstraps of ``log(1 - coefficient)``: persons are drawn with replacement, each
    together with their weight, and the error of each draw comes from the influence of those drawn. The seed is fixed, so
    that the same answers give the same interval. Ordinal alpha is left out where an item has more than :data:`ORDERED`
    different answers. How often the intervals hold the truth stands in ``docs/coverage_reliability.md``; where they do
    not often enough (:func:`skewness_limit`), ``is_skewed`` is true and ``notes`` says so.

    References
    ----------
    Cronbach (1951), Psychometrika 16:297-334; Feldt (1965), Psychometrika 30:357-370; Maydeu-Olivares, Coffman,
    Hartmann (2007), Psychol. Methods 12:157-176; McDonald (1999), Test Theory; Zumbo, Gadermann, Zeisser (2007), J. Mod.
    Appl. Stat. Methods 6:21-29; Eisinga, te Grotenhuis, Pelzer (2013), Int. J. Public Health 58:637-642.
    """
    values, weight = usable(items, missing, weights, reversed)
    covariance = coefficients.covariances(values, weight)
    names, notes = list(items), list[str]()
    skewness, limit = (
        coefficients.largest_skewness(values, weight),
        skewness_limit(weight.sum() ** 2 / (weight**2).sum()),
    )
    is_skewed = bool(skewness >= limit)
    if is_skewed:
        notes.append(
            f"Answers to an item are strongly skewed (skewness {skewness:.1f}; for so many persons the limit is {limit:.1f}): "
            f"the intervals may hold the truth less often than in 95 of 100 samples."
        )
    row: dict[str, Any] = {
        "n": len(values),
        "k": len(names),
        "rule": missing,
        "mean_r": coefficients.mean_correlation(covariance),
        "item_rest": dict(zip(names, coefficients.item_rest(covariance).tolist(), strict=True)),
        "alpha_if_dropped": {},
        "is_skewed": is_skewed,
    }
    if len(names) == 2:
        row |= _pair(values, weight, row["mean_r"])
    else:
        dropped = coefficients.alpha_if_dropped(covariance).tolist()
        row |= (
            _alpha(values, weight, covariance)
            | _omega(values, weight, notes)
            | _ordinal(items, missing, values, weight, notes)
        )
        row["alpha_if_dropped"] = dict(zip(names, dropped, strict=True))
    return pd.DataFrame([row | {"notes": tuple(notes)}], columns=list(COLUMNS))


def skewness_limit(effective: float) -> float:
    """Return the skewness of an item from which the printed intervals of so many persons cover less than they say.

    Parameters
    ----------
    effective : float
        Number of persons; with weights, their effective number.

    Returns
    -------
    float
        Limit for the largest absolute skewness of an item.

    Notes
    -----
    Cochran's rule for means, ``n > 25 skewness^2`` (:data:`PER_SKEWNESS`), solved for the skewness.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., ch. 2.15.
    """
    return float(np.sqrt(effective / PER_SKEWNESS))


def _pair(values: Array, weight: Array, r: float) -> dict[str, Any]:
    found, whole = 2 * r / (1 + r), ~np.isnan(values).any(axis=1)
    statistic = spearman_brown_statistic(values[whole])
    low, high = bootstrap.studentised(found, statistic, weight[whole])
    return {"spearman_brown": found, "spearman_brown_low": low, "spearman_brown_high": high}


def _alpha(values: Array, weight: Array, covariance: Array) -> dict[str, Any]:
    k, alpha, r = len(covariance), coefficients.alpha(covariance), coefficients.mean_correlation(covariance)
    low, high = bootstrap.studentised(alpha, alpha_statistic(values), weight)
    feldt = coefficients.feldt_interval(alpha, k, len(values))
    return {
        "alpha": alpha,
        "alpha_low": low,
        "alpha_high": high,
        "alpha_ci_low": feldt[0],
        "alpha_ci_high": feldt[1],
        "alpha_std": k * r / (1 + (k - 1) * r),
    }


def _omega(values: Array, weight: Array, notes: list[str]) -> dict[str, Any]:
    found, low, high = omega(values, weight)
    if np.isnan(found):
        notes.append("No omega: a model with one factor does not fit these answers.")
    return {"omega": found, "omega_low": low, "omega_high": high}


def _ordinal(items: pd.DataFrame, missing: str, values: Array, weight: Array, notes: list[str]) -> dict[str, Any]:
    steps = {name: len(np.unique(column[~np.isnan(column)])) for name, column in zip(items, values.T, strict=True)}
    most = max(steps, key=lambda name: steps[name])
    if steps[most] > ORDERED:
        notes.append(f"No ordinal alpha: item {most!r} has {steps[most]} different answers, more than {ORDERED}.")
        return {"ordinal_alpha": float("nan")}
    found = ordinal.polychoric(pd.DataFrame(values, columns=list(items)), missing, weights=weight)
    r = found.correlations.to_numpy()
    # Empty cells alone are the rule among few persons; what they lead to is worth a sentence.
    if found.is_smoothed or np.abs(r[np.triu_indices_from(r, 1)]).max() >= ordinal.BOUND:
        notes.extend(f"Ordinal alpha: {note}" for note in found.notes)
    return {"ordinal_alpha": coefficients.alpha(r)}
