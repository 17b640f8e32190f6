"""Contrast the mean outcome of groups, such as statuses, as if their people were alike."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ...errors import CompendiumError
from ...intervals import LEVEL, effective_n, holm
from ..regression import named_design, places
from ..sandwich import Sandwich
from .balance import balance
from .means import Adjusted, by_overlap, by_standardisation
from .sensitivity import e_value

Array = NDArray[np.float64]
Row = dict[str, Any]
ErrorOf = Callable[[int], tuple[float, float]]

METHODS = {"overlap": by_overlap, "standardisation": by_standardisation}
POPULATIONS = {
    "overlap": "persons who could by their covariates be in any of the groups",
    "standardisation": "all the persons compared",
}
FEWEST = 10
"""Persons, and effective persons after weighting, without which a group is not compared."""
IMBALANCE, NO_OVERLAP = 0.1, 0.25
"""Standardised difference after weighting from which an imbalance is said, and from which the contrast is refused."""
EXTRAPOLATED, TOO_FAR = 0.5, 1.0
"""Distance of a group's covariates from the population of a standardisation, in standard deviations, from which it is said
that regressions carry the estimate where nobody is, and from which it is refused."""
LEFT, REFUSED, SMALL = "imbalance left", "too little overlap", "too few persons"
BEYOND = "rests in part on extrapolation"


def contrast(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    reference: str,
    covariates: Sequence[str],
    method: str = "overlap",
    weights: pd.Series | None = None,
    clusters: str | None = None,
) -> pd.DataFrame:
    """Contrast the mean of an outcome in each group with that in a reference group, as if their people were alike.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person; those without outcome or group are left out. A missing covariate is a category of its own, or
        takes the mean beside an indicator.
    outcome : str
        Column of numbers or truth values.
    treatment : str
        Column of the groups (two or more), such as statuses.
    reference : str
        The group that the others are contrasted with.
    covariates : sequence of str
        Columns that are made alike: what was there before the group was, never what follows from it.
    method : {"overlap", "standardisation"}
        Generalised overlap weights, or predictions from regressions within the groups.
    weights : pandas.Series, optional
        Weights of zero or more on the index of `frame`.
    clusters : str, optional
        Column of the organisation through which a person answered; who has none is alone.

    Returns
    -------
    pandas.DataFrame
        A row for each other group, in the order of `frame`: ``group reference estimate ci_low ci_high error p p_adjusted``
        (difference of means in the unit of the outcome; Holm over the groups), ``mean mean_reference crude`` (adjusted
        means and the difference before), ``n n_reference n_effective n_effective_reference`` (effective after weighting),
        ``smd_before smd_after`` (largest standardised difference of a covariate), ``e_value e_value_limit`` (of the estimate
        and of the limit nearer to nought), ``method population note``. ``attrs["balance"]`` holds the records of
        :func:`.balance`. A contrast that is refused has no estimate, interval, p or E-value and says why in ``note``:
        "too few persons", or "too little overlap". Others may say "imbalance left" or "rests in part on extrapolation".

    Raises
    ------
    CompendiumError
        An absent column, an unknown method, a reference that nobody has, a covariate that is outcome or group, or no other
        group.

    Notes
    -----
    A standardisation, and overlap weights of two groups, are weighted regressions (:class:`.means.Regression`): their errors are
    bias-reduced (CR2; organisations resemble themselves) with Satterthwaite's degrees of freedom, and where the population
    compared is itself a sample, what each person moves by being in it is added, summed within organisations, with their number
    less one. Overlap weights of three groups or more are none: their errors come from each person's influence on the
    difference, which carries the estimation of the weights, summed within organisations, times ``G / (G - 1)`` for their
    number ``G`` and ``m / (m - p)``, m the effective persons of the two groups and p the columns of the covariates, with
    Welch's degrees of freedom, at most the organisations less one. Intervals are Student's. The E-value rests on the standard
    deviation of the outcome among all persons compared.

    A difference is observed: people choose a status and leave it, and those who left do not answer.

    References
    ----------
    Li, Li (2019), Ann. Appl. Stat. 13:2389-2415; Pustejovsky, Tipton (2018), J. Bus. Econ. Stat. 36:672-683; Hernan, Robins (2020), Causal Inference, ch. 12 and 13; VanderWeele, Ding
    (2017), Ann. Intern. Med. 167:268-274.
    """
    known = _checked(frame, outcome, treatment, reference, covariates, method, clusters)
    own = frame[known]
    sizes = own[treatment].astype(str).value_counts()
    order = [str(code) for code in dict.fromkeys(own[treatment].astype(str)) if str(code) != reference]
    kept = [code for code in order if sizes[code] >= FEWEST]
    if not kept or sizes[reference] < FEWEST:
        return _frame([_refused(code, reference, sizes, method, SMALL) for code in order], [])
    own = own[own[treatment].astype(str).isin([reference, *kept])]
    group = own[treatment].astype(str)
    design = named_design(own[list(covariates)])
    base = np.ones(len(own)) if weights is None else weights[own.index].to_numpy(dtype=float)
    y = own[outcome].astype(float).to_numpy()
    at = pd.Index([reference, *kept]).get_indexer(group)
    found = METHODS[method](y, at, design.to_numpy(), base)
    place = places(None if clusters is None else own[clusters], len(own))
    after = found.weights if method == "overlap" else base
    judged = balance(design.drop(columns=design.columns[0]), group, reference, base, after, found.target)
    error = _by_regression(found, place) if found.regression else _by_influence(found, at, place, design.shape[1])
    rows = [_row(number, found, y, at, base, *error(number)) for number in range(1, len(kept) + 1)]
    for row, code in zip(rows, kept, strict=True):
        spread = _largest(judged, code)
        row |= {"group": code, "reference": reference, "method": method, "population": POPULATIONS[method], **spread}
        _judge(row, judged.loc[judged["group"] == code, "to_target"].max())
    of_code = dict(zip(kept, rows, strict=True))
    listed = [of_code.get(code, _refused(code, reference, sizes, method, SMALL)) for code in order]
    p = [row["p"] for row in listed if not np.isnan(row["p"])]
    adjusted = iter(holm(p)) if p else iter(())
    for row in listed:
        row["p_adjusted"] = float(next(adjusted)) if not np.isnan(row["p"]) else np.nan
    return _frame(listed, judged.to_dict("records"))


def _row(
    number: int, found: Adjusted, y: Array, at: NDArray[np.intp], base: Array, error: float, freedom: float
) -> Row:
    estimate = float(found.means[number] - found.means[0])
    inside = [at == number, at == 0]
    effective = [effective_n(found.weights[one]) for one in inside]
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * error if freedom > 0 else np.nan
    low, high = estimate - reach, estimate + reach
    spread = float(np.sqrt(np.average((y - np.average(y, weights=base)) ** 2, weights=base)))
    nearer = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    crude = [float(np.average(y[one], weights=base[one])) for one in inside]
    return {
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "error": error,
        "p": float(2 * stats.t.sf(abs(estimate / error), freedom)) if error > 0 and freedom > 0 else np.nan,
        "mean": float(found.means[number]),
        "mean_reference": float(found.means[0]),
        "crude": crude[0] - crude[1],
        "n": int(inside[0].sum()),
        "n_reference": int(inside[1].sum()),
        "n_effective": effective[0],
        "n_effective_reference": effective[1],
        "e_value": e_value(estimate, spread) if spread > 0 else np.nan,
        "e_value_limit": e_value(nearer, spread) if spread > 0 else np.nan,
        "note": "",
    }


def _by_regression(found: Adjusted, place: NDArray[np.intp]) -> ErrorOf:
    """Return what gives the error and the degrees of freedom of the difference of a group from the first, by its regression."""
    assert found.regression is not None
    fit, groups = found.regression, int(place.max()) + 1
    sandwich = Sandwich(fit.design, fit.weights, place)

    def error(number: int) -> tuple[float, float]:
        if groups < 2:
            return np.nan, 0.0
        ((one,), (freedom,)) = sandwich.errors(fit.residuals, fit.combinations[[number]] - fit.combinations[[0]])
        moved = np.bincount(place, found.composition[:, number] - found.composition[:, 0])
        parts = np.array([one**2, groups / (groups - 1) * (moved @ moved)])
        of_parts = np.array([freedom, groups - 1])
        if not parts.sum() > 0 or freedom <= 0:
            return np.nan, 0.0
        return float(np.sqrt(parts.sum())), float(parts.sum() ** 2 / (parts**2 / of_parts).sum())

    return error


def _by_influence(found: Adjusted, at: NDArray[np.intp], place: NDArray[np.intp], spent: int) -> ErrorOf:
    """Return the same by each person's influence; `spent` is the columns of the covariates."""

    def error(number: int) -> tuple[float, float]:
        influence = found.influence[:, number] - found.influence[:, 0]
        effective = np.array([effective_n(found.weights[at == one]) for one in (number, 0)])
        persons, summed = effective.sum(), np.bincount(place, influence)
        groups = len(summed)
        if persons <= spent + 2 or groups < 2:
            return np.nan, 0.0
        size = float(np.sqrt(groups / (groups - 1) * persons / (persons - spent) * (summed @ summed)))
        parts = np.array([influence[at == one] @ influence[at == one] for one in (number, 0)])
        welch = parts.sum() ** 2 / (parts**2 / (effective - 1)).sum() if parts.sum() > 0 else 0.0
        return size, float(min(welch, groups - 1))

    return error


def _judge(row: Row, away: float) -> None:
    """Refuse a contrast of groups that hardly overlap, and say where an imbalance or an extrapolation is left."""
    is_weighted = row["method"] == "overlap"
    said, refused = (IMBALANCE, NO_OVERLAP) if is_weighted else (EXTRAPOLATED, TOO_FAR)
    apart = float(row["smd_after"]) if is_weighted else away
    few = min(float(row["n_effective"]), float(row["n_effective_reference"])) < FEWEST
    if apart >= refused or few or np.isnan(row["error"]):
        row.update(dict.fromkeys(BLANK, np.nan), note=REFUSED)
    elif apart >= said:
        row["note"] = LEFT if is_weighted else BEYOND


def _largest(judged: pd.DataFrame, code: str) -> dict[str, float]:
    own = judged[judged["group"] == code]
    sizes = own[["before", "after"]].abs().max()
    return {"smd_before": float(sizes["before"]), "smd_after": float(sizes["after"])} if len(own) else NO_COVARIATES


NO_COVARIATES = {"smd_before": 0.0, "smd_after": 0.0}
BLANK = ("estimate", "ci_low", "ci_high", "error", "p", "mean", "mean_reference", "e_value", "e_value_limit")
COLUMNS = [
    "group",
    "reference",
    "estimate",
    "ci_low",
    "ci_high",
    "error",
    "p",
    "p_adjusted",
    "mean",
    "mean_reference",
    "crude",
    "n",
    "n_reference",
    "n_effective",
    "n_effective_reference",
    "smd_before",
    "smd_after",
    "e_value",
    "e_value_limit",
    "method",
    "population",
    "note",
]


def _refused(code: str, reference: str, sizes: pd.Series, method: str, why: str) -> Row:
    return {
        **dict.fromkeys(COLUMNS, np.nan),
        "group": code,
        "reference": reference,
        "n": int(sizes[code]),
        "n_reference": int(sizes[reference]),
        "method": method,
        "population": POPULATIONS[method],
        "note": why,
    }


def _frame(rows: list[Row], judged: list[Row]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=COLUMNS)
    found.attrs["balance"] = judged
    return found


def _checked(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str,
    reference: str,
    covariates: Sequence[str],
    method: str,
    clusters: str | None,
) -> pd.Series:
    asked = [outcome, treatment, *covariates, *([clusters] if clusters else [])]
    absent = next((name for name in asked if name not in frame), None)
    if absent is not None:
        raise CompendiumError(f"column {absent!r} is not in the frame; legal are {', '.join(map(str, frame.columns))}")
    if method not in METHODS:
        raise CompendiumError(f"method {method!r} is unknown; legal are {', '.join(METHODS)}")
    twice = next((name for name in covariates if name in (outcome, treatment)), None)
    if twice is not None:
        raise CompendiumError(f"covariate {twice!r} is the outcome or the group itself; legal are other columns")
    known: pd.Series = frame[outcome].notna() & frame[treatment].notna()
    present = set(frame.loc[known, treatment].astype(str))
    if reference not in present:
        raise CompendiumError(
            f"reference {reference!r} is no group with an outcome; legal are {', '.join(sorted(present))}"
        )
    if len(present) < 2:
        raise CompendiumError(f"{treatment!r} has one group only, {reference!r}; legal are two or more")
    return known
