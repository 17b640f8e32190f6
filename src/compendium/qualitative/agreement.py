"""How far coders agree: Krippendorff's alpha, Cohen's and Fleiss' kappa, with intervals by bootstrap over units."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import AnswersError

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From sums over units, a row a draw, to the measure of each draw."""

METRICS = ("nominal", "ordinal", "interval", "ratio")
ALPHA, FLEISS, COHEN = "krippendorff_alpha", "fleiss_kappa", "cohen_kappa"
COLUMNS = ["measure", "metric", "coders", "estimate", "ci_low", "ci_high", "n_units", "n_coders", "reason"]
ONE_CODE = "every unit was given the same code: agreement beyond chance has no meaning"
NO_PAIR = "no unit was coded by two coders"
NOT_BY_ALL = "no unit was coded by all coders"
FEW_UNITS = "too few units for an interval"
LEAST_UNITS = 10
"""Units below which a bootstrap over units says little: no interval is given."""
_AT_ONCE = 500
"""Draws of the bootstrap held in memory at a time."""


def agreement(
    codings: pd.DataFrame | ArrayLike,
    metric: str = "nominal",
    *,
    draws: int = 2000,
    level: float = 0.95,
    seed: int = 20,
) -> pd.DataFrame:
    """Tell how far coders agree beyond chance.

    Parameters
    ----------
    codings : pandas.DataFrame or array of shape (coders, units)
        What each coder gave each unit, coders in rows as in the textbook's table; missing where a coder did not see a unit. Or a
        frame in long form, with the columns ``unit coder code`` and one row a coding.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        How far apart two codes are, for alpha; codes are numbers unless it is ``nominal``. Kappas are nominal always.
    draws : int
        Bootstrap samples of units; 0 for no intervals.
    level : float
        Of the intervals, percentiles of the draws that have an estimate.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        ``measure metric coders estimate ci_low ci_high n_units n_coders reason``: first Krippendorff's alpha (all units with two
        codings or more), then Fleiss' kappa (units that all coders saw), then Cohen's kappa of each pair of coders (units both
        saw). 1 is full agreement, 0 what chance gives, less is systematic disagreement. ``reason`` says why a number is missing.

    Raises
    ------
    AnswersError
        The metric is unknown, a unit was coded twice by one coder, or codes are no numbers where the metric needs them
        (of 0 or more for ``ratio``).

    Notes
    -----
    With :math:`n_{uc}` coders giving unit `u` the code `c`, and :math:`m_u \\ge 2` codings of it,
    :math:`o_{ck} = \\sum_u n_{uc} (n_{uk} - [c = k]) / (m_u - 1)`, :math:`n_c = \\sum_k o_{ck}`, :math:`n = \\sum_c n_c`:

    .. math:: \\alpha = 1 - (n - 1) \\frac{\\sum_{ck} o_{ck} \\delta_{ck}^2}{\\sum_{ck} n_c n_k \\delta_{ck}^2}

    with the metric's :math:`\\delta`. The units are drawn again with what their coders gave them; coders are not: the intervals
    are for other units by these coders.

    References
    ----------
    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania. J. Cohen (1960), Educational and
    Psychological Measurement 20. J. Fleiss (1971), Psychological Bulletin 76.
    """
    if metric not in METRICS:
        raise AnswersError(f"metric {metric!r} is unknown; legal are {', '.join(METRICS)}")
    table = as_table(codings)
    codes, places = _codes(table, metric)
    given = np.stack([places == at for at in range(len(codes))], axis=-1).astype(float)  # (coders, units, codes)
    again = _Bootstrap(draws, level, np.random.default_rng(seed))
    everybody = {"coders": "", "n_coders": len(table)}
    rows = [
        {"measure": ALPHA, "metric": metric, **everybody, **again.of(*_for_alpha(given, codes, metric), NO_PAIR)},
        {"measure": FLEISS, "metric": "nominal", **everybody, **again.of(*_for_kappa(given), NOT_BY_ALL)},
    ]
    for one, other in combinations(range(len(table)), 2):
        pair = {"coders": f"{table.index[one]}, {table.index[other]}", "n_coders": 2}
        found = again.of(*_for_cohen(given[[one, other]]), NO_PAIR)
        rows.append({"measure": COHEN, "metric": "nominal", **pair, **found})
    return pd.DataFrame(rows, columns=COLUMNS)


def disagreements(codings: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    """Count which codes stand against which in the same unit.

    Parameters
    ----------
    codings : pandas.DataFrame or array
        As for :func:`agreement`.

    Returns
    -------
    pandas.DataFrame
        ``code other pairs units``: pairs of coders who gave a unit the two codes, and in how many units; most frequent first.
    """
    table = as_table(codings)
    found: dict[tuple[object, object], list[object]] = {}
    for unit in table.columns:
        seen = table[unit].dropna()
        for one, other in combinations(seen, 2):
            if one != other:
                found.setdefault(tuple(sorted((one, other), key=str)), []).append(unit)
    rows = [(*pair, len(units), len(set(units))) for pair, units in found.items()]
    frame = pd.DataFrame(rows, columns=["code", "other", "pairs", "units"])
    return frame.sort_values("pairs", ascending=False, kind="stable", ignore_index=True)


def as_table(codings: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    """Return codings as a frame of coders in rows and units in columns.

    Raises
    ------
    AnswersError
        A unit was coded twice by one coder, or there is no table.
    """
    if isinstance(codings, pd.DataFrame) and {"unit", "coder", "code"} <= set(codings.columns):
        twice = codings[codings.duplicated(["unit", "coder"])]
        if len(twice):
            first = twice.iloc[0]
            raise AnswersError(
                f"unit {first['unit']!r}: coder {first['coder']!r} coded it more than once; legal is one code"
            )
        return codings.pivot(index="coder", columns="unit", values="code")
    if isinstance(codings, pd.DataFrame):
        return codings
    table = np.asarray(codings, dtype=object)
    if table.ndim != 2:
        raise AnswersError(f"codings: {table.ndim} dimensions; legal are two, coders in rows and units in columns")
    return pd.DataFrame(table)


def _codes(table: pd.DataFrame, metric: str) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return the codes in their order, and the place of each coding among them (-1 where there is none)."""
    values, absent = table.to_numpy(dtype=object), table.isna().to_numpy()
    if metric != "nominal":
        numbers = pd.to_numeric(pd.Series(values[~absent]), errors="coerce")
        wrong = numbers.isna() | np.isinf(numbers) | ((numbers < 0) if metric == "ratio" else False)
        if wrong.any():
            value = values[~absent][wrong.to_numpy()][0]
            legal = "numbers of 0 or more" if metric == "ratio" else "numbers"
            raise AnswersError(f"code {value!r} with the metric {metric!r}; legal are {legal}")
        values = values.copy()
        values[~absent] = numbers.to_numpy(dtype=float)
    codes = np.array(sorted(set(values[~absent]), key=str if metric == "nominal" else float), dtype=object)
    at = {code: place for place, code in enumerate(codes)}
    places = [
        [-1 if gap else at[value] for value, gap in zip(*row, strict=True)] for row in zip(values, absent, strict=True)
    ]
    return codes, np.array(places, dtype=np.intp).reshape(table.shape)


def _for_alpha(given: Floats, codes: NDArray[np.object_], metric: str) -> tuple[Floats, Statistic]:
    """Return what each unit that two coders saw adds to the coincidences, and what makes alpha of their sum."""
    counts = given.sum(axis=0)
    counts = counts[counts.sum(axis=1) >= 2]
    pairs = counts[:, :, None] * counts[:, None, :] - np.einsum("uc,ck->uck", counts, np.eye(counts.shape[1]))
    parts = (pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(counts), len(codes) ** 2)

    def alpha(summed: Floats) -> Floats:
        seen = summed.reshape(len(summed), len(codes), len(codes))
        of_code = seen.sum(axis=2)
        apart = _distance(of_code, codes, metric)
        expected = np.einsum("bc,bk,bck->b", of_code, of_code, apart)
        return 1 - (of_code.sum(axis=1) - 1) * np.einsum("bck,bck->b", seen, apart) / expected

    return parts, alpha


def _distance(of_code: Floats, codes: NDArray[np.object_], metric: str) -> Floats:
    """Return the squared distances of codes, shape (draws, codes, codes); those of ranks depend on how often codes occur."""
    size = len(codes)
    if metric == "nominal":
        apart = 1 - np.eye(size)
    elif metric == "ordinal":
        middle = np.cumsum(of_code, axis=1) - of_code / 2
        return (middle[:, :, None] - middle[:, None, :]) ** 2
    else:
        value = codes.astype(float)
        apart = np.subtract.outer(value, value) ** 2
        if metric == "ratio":
            whole = np.add.outer(value, value) ** 2
            apart = np.divide(apart, whole, out=np.zeros_like(apart), where=whole > 0)
    return np.broadcast_to(apart, (len(of_code), size, size))


def _for_kappa(given: Floats) -> tuple[Floats, Statistic]:
    """Return agreeing pairs and counts of codes of each unit that all coders saw, and what makes Fleiss' kappa of them."""
    counts, coders = given.sum(axis=0), len(given)
    counts = counts[counts.sum(axis=1) == coders] if coders > 1 else counts[:0]
    agreeing = ((counts**2).sum(axis=1) - coders) / max(coders * (coders - 1), 1)
    parts = np.column_stack([np.ones(len(counts)), agreeing, counts / coders])

    def kappa(summed: Floats) -> Floats:
        by_chance = ((summed[:, 2:] / summed[:, :1]) ** 2).sum(axis=1)
        return (summed[:, 1] / summed[:, 0] - by_chance) / (1 - by_chance)

    return parts, kappa


def _for_cohen(given: Floats) -> tuple[Floats, Statistic]:
    """Return agreement and codes of each unit that two coders saw, and what makes Cohen's kappa of them."""
    one, other = given[:, given.sum(axis=(0, 2)) == 2]
    parts = np.column_stack([np.ones(len(one)), (one * other).sum(axis=1), one, other])
    size = given.shape[2]

    def kappa(summed: Floats) -> Floats:
        share = summed[:, 1:] / summed[:, :1]
        by_chance = (share[:, 1 : size + 1] * share[:, size + 1 :]).sum(axis=1)
        return (share[:, 0] - by_chance) / (1 - by_chance)

    return parts, kappa


@dataclass(frozen=True)
class _Bootstrap:
    """Units drawn again, with what their coders gave them."""

    draws: int
    level: float
    rng: np.random.Generator

    def of(self, parts: Floats, statistic: Statistic, absent: str) -> dict[str, float | str]:
        """Estimate a measure from what each unit adds to it; `absent` is why there may be no unit."""
        n = len(parts)
        if n == 0:
            return {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n_units": 0, "reason": absent}
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = float(statistic(parts.sum(axis=0, keepdims=True))[0])
            if not np.isfinite(estimate):
                return {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n_units": n, "reason": ONE_CODE}
            sizes = (
                [min(_AT_ONCE, self.draws - at) for at in range(0, self.draws, _AT_ONCE)] if n >= LEAST_UNITS else []
            )
            found = [statistic(self.rng.multinomial(n, np.full(n, 1 / n), size) @ parts) for size in sizes]
        kept = np.concatenate([np.empty(0), *found])
        kept = kept[np.isfinite(kept)]  # a draw may hold units of one code only
        ends = np.quantile(kept, [(1 - self.level) / 2, (1 + self.level) / 2]) if len(kept) else (np.nan, np.nan)
        reason = FEW_UNITS if n < LEAST_UNITS else ""
        return {
            "estimate": estimate,
            "ci_low": float(ends[0]),
            "ci_high": float(ends[1]),
            "n_units": n,
            "reason": reason,
        }
