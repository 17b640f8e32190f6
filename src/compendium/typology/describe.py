"""What marks a profile: categories and quantities that it holds more, or less, often than everybody."""

import numpy as np
import pandas as pd
from scipy import stats

from compendium.intervals import effective_n

from .coding import Floats, make_book

COLUMNS = ["profile", "kind", "variable", "category", "n", "in_profile", "overall", "of_category", "v_test"]


def describe(labels: pd.Series, data: pd.DataFrame, weights: Floats) -> pd.DataFrame:
    """Describe each profile by the categories and quantities of a table.

    Parameters
    ----------
    labels : pandas.Series of str
        Profile of each respondent.
    data : pandas.DataFrame
        Variables of any kind, one row a respondent in the order of ``labels``; numbers are quantities, all else is
        categorical, and missing answers are a category of their own.
    weights : array of float
        Weight of each respondent.

    Returns
    -------
    pandas.DataFrame
        ``profile kind variable category n in_profile overall of_category v_test``, strongest first in each profile.
        ``in_profile`` and ``overall`` are per cent of respondents for a category and means for a quantity; ``of_category``
        is the per cent of the category's respondents who are in the profile; ``n`` counts respondents of the profile
        who hold the category (or gave the number).

    Notes
    -----
    The v-test of a category turns the hypergeometric probability of the count, tails doubled, into a normal quantile; that
    of a quantity divides the distance of means by the standard error of a draw without replacement. With unequal weights
    the normal form is used for both, with the effective sample size. A v-test orders what marks a profile. It is not a test
    where the same answers made the profile.

    References
    ----------
    Lebart, Morineau and Piron 1995, *Statistique exploratoire multidimensionnelle*, 2.3; Le, Josse and Husson 2008,
    *Journal of Statistical Software* 25(1).
    """
    names = sorted(labels.unique())
    member = np.column_stack([(labels == name).to_numpy() for name in names]).astype(float)
    rows: list[tuple[object, ...]] = []
    for variable in data.columns:
        column = data[variable]
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            rows += _quantity(names, member, column, weights)
        else:
            rows += _categories(names, member, column, weights)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["profile", "v_test"], ascending=[True, False], kind="stable", ignore_index=True)


def associate(labels: pd.Series, data: pd.DataFrame) -> pd.DataFrame:
    """Return how strongly each categorical variable goes with the profiles, strongest first.

    Returns
    -------
    pandas.DataFrame
        ``variable chi2 df cramer_v``, from the unweighted crossed table.
    """
    rows = []
    for variable in data.columns:
        column = data[variable]
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            continue
        table = pd.crosstab(make_book(data, [variable]).codes(data)[:, 0], labels.to_numpy())
        if min(table.shape) < 2:
            continue
        chi2, _, freedom, _ = stats.chi2_contingency(table, correction=False)
        rows.append((variable, chi2, freedom, np.sqrt(chi2 / (len(labels) * (min(table.shape) - 1)))))
    frame = pd.DataFrame(rows, columns=["variable", "chi2", "df", "cramer_v"])
    return frame.sort_values("cramer_v", ascending=False, kind="stable", ignore_index=True)


def _categories(names: list[str], member: Floats, column: pd.Series, weights: Floats) -> list[tuple[object, ...]]:
    book = make_book(column.to_frame(), [str(column.name)])
    codes = book.codes(column.to_frame())[:, 0]
    holds = np.eye(sum(book.sizes))[codes]
    joint = member.T @ holds
    weighted = (member * weights[:, None]).T @ holds
    size, held, total = weighted.sum(axis=1), weighted.sum(axis=0), weights.sum()
    if np.ptp(weights) == 0:
        v = _exact(joint, member.sum(axis=0), holds.sum(axis=0), len(codes))
    else:
        v = _normal(weighted / size[:, None], held / total, size / total * effective_n(weights), effective_n(weights))
    return [
        (name, "category", column.name, category, int(joint[p, c]), 100 * weighted[p, c] / size[p],
         100 * held[c] / total, 100 * weighted[p, c] / held[c] if held[c] else np.nan, v[p, c])
        for p, name in enumerate(names)
        for c, (_, category) in enumerate(book.pairs)
    ]  # fmt: skip


def _exact(joint: Floats, sizes: Floats, held: Floats, total: int) -> Floats:
    """Hypergeometric v-tests of all cells of a table profiles x categories."""
    law = stats.hypergeom(total, held[None, :], sizes[:, None])
    tail = 2 * np.minimum(law.cdf(joint - 1), law.sf(joint)) + law.pmf(joint)
    tail = np.where(tail > 1, 2 - tail, tail)
    above = joint / sizes[:, None] > held[None, :] / total
    v: Floats = np.where(above, 1.0, -1.0) * np.abs(stats.norm.ppf(tail / 2))
    return v


def _normal(inside: Floats, overall: Floats, sizes: Floats, total: float) -> Floats:
    spread = overall * (1 - overall) / sizes[:, None] * ((total - sizes) / (total - 1))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, (inside - overall) / np.sqrt(spread), 0.0)


def _quantity(names: list[str], member: Floats, column: pd.Series, weights: Floats) -> list[tuple[object, ...]]:
    values = column.to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(values) & (weights > 0)
    values, weight, inside = values[known], weights[known], member[known]
    total = effective_n(weight)
    mean = float(np.average(values, weights=weight)) if known.any() else np.nan
    variance = float(np.average((values - mean) ** 2, weights=weight)) if known.any() else np.nan
    rows: list[tuple[object, ...]] = []
    for p, name in enumerate(names):
        here = inside[:, p] > 0
        share = weight[here].sum() / weight.sum() if known.any() else 0.0
        own = float(np.average(values[here], weights=weight[here])) if here.any() else np.nan
        error = np.sqrt(variance / (share * total) * (1 - share) * total / (total - 1)) if 0 < share < 1 else np.nan
        v = (own - mean) / error if error > 0 else np.nan
        rows.append((name, "quantity", column.name, "", int(here.sum()), own, mean, np.nan, v))
    return rows
