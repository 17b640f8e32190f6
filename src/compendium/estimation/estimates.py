"""Means, shares, totals and ratios with design-based standard errors, one row each."""

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .. import intervals
from ..errors import CompendiumError
from .design import Array, Design, DesignColumns, read_design

COLUMNS = ["estimate", "se", "ci_low", "ci_high", "n", "n_effective", "deff", "method"]
Known = NDArray[np.bool_]


def estimate_mean(
    frame: pd.DataFrame, variable: str, *, by: str | None = None, **design: Unpack[DesignColumns]
) -> pd.DataFrame:
    """Estimate a mean.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person. Rows where ``variable`` is missing are no part of the domain but stay in the design.
    variable : str
        A numeric column, in its own unit.
    by : str, optional
        A column of codes: one row for each, as a domain of the whole design.
    **design
        ``weights strata clusters fpc calibrated_on base_weights lonely_psu``, see
        :class:`~compendium.estimation.design.DesignColumns`.

    Returns
    -------
    pandas.DataFrame
        One row ``estimate se ci_low ci_high n n_effective deff method``, with ``by`` one a code (in ``group``, first),
        sorted: the interval is that of Student's t with as many degrees of freedom as primary units less strata that
        hold somebody known; ``n_effective`` is Kish's; ``deff`` is the variance over that of a simple random sample
        (without replacement where ``fpc`` is given, missing where the weights do not sum to more than n).

    Raises
    ------
    CompendiumError
        A column is absent or not numeric, the design contradicts itself, or nobody answered.

    Notes
    -----
    ``sum(w x) / sum(w)``, linearised by ``w_i (x_i - m) / sum(w)``.

    References
    ----------
    Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, 5.7; Lumley (2010), Complex Surveys, 2.
    """
    read, x, known = read_values(frame, variable, design)

    def one(known: Known) -> pd.DataFrame:
        mean = float(np.average(x[known], weights=read.weights[known]))
        return _linear(read, mean, x - mean, known, float(read.weights[known].sum()), "mean (linearised, t)")

    return in_domains(frame, by, read, known, one)


def estimate_share(
    frame: pd.DataFrame,
    variable: str,
    value: object = None,
    *,
    by: str | None = None,
    **design: Unpack[DesignColumns],
) -> pd.DataFrame:
    """Estimate the share of a code, or of true values, among those known.

    Parameters
    ----------
    frame, by, **design
        As for :func:`estimate_mean`.
    variable : str
        A column of codes, or of true and false (1 and 0).
    value : object, optional
        The code that counts; by default true.

    Returns
    -------
    pandas.DataFrame
        As from :func:`estimate_mean`, from 0 to 1.

    Raises
    ------
    CompendiumError
        As :func:`estimate_mean`; a column that is not true and false where no ``value`` is named.

    Notes
    -----
    Wilson's interval at ``p (1 - p) / se^2`` answers (at most n), corrected by the ratio of the t quantiles with n - 1
    and with the design's degrees of freedom; at Kish's number when everybody or nobody has the feature.

    References
    ----------
    Kott, Andersson, Nerman (2001), J. Off. Stat. 17:511-522; Korn, Graubard (1998), Surv. Methodol. 24:193-201.
    """
    if variable in frame and value is not None:
        column = frame[variable]
        variable = f"{variable}: {value}"  # a column of its own, for weights may be calibrated on the variable
        frame = frame.assign(**{variable: (column == value).astype(float).where(column.notna())})
    read, x, known = read_values(frame, variable, design)
    if not np.isin(x[known], (0, 1)).all():
        raise CompendiumError(f"{variable} holds more than true and false; name the value whose share is asked")
    return in_domains(frame, by, read, known, lambda part: _share(read, x, part))


def _share(read: Design, x: Array, known: Known) -> pd.DataFrame:
    p = float(np.average(x[known], weights=read.weights[known]))
    row = _linear(read, p, x - p, known, float(read.weights[known].sum()), "share (linearised, Wilson)")
    n, se, size = int(row["n"].iloc[0]), float(row["se"].iloc[0]), float(row["n_effective"].iloc[0])
    if 0 < p < 1 and se > 0:
        size = min(p * (1 - p) / se**2, float(n))
    freedom = read.freedom(known)
    if n > 1 and freedom > 0:
        size *= (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, freedom)) ** 2
    interval = intervals.share(p * size, size)
    row.loc[0, ["ci_low", "ci_high"]] = [interval.low, interval.high]
    return row


def estimate_total(
    frame: pd.DataFrame, variable: str, *, by: str | None = None, **design: Unpack[DesignColumns]
) -> pd.DataFrame:
    """Estimate a total over the population.

    Parameters
    ----------
    frame, variable, by, **design
        As for :func:`estimate_mean`; the weights sum to the size of the population.

    Returns
    -------
    pandas.DataFrame
        As from :func:`estimate_mean`, in the unit of ``variable``.

    Raises
    ------
    CompendiumError
        As :func:`estimate_mean`.

    Notes
    -----
    ``sum(w x)``, with ``w_i x_i`` for the variance.

    References
    ----------
    Horvitz, Thompson (1952), J. Am. Stat. Assoc. 47:663-685.
    """
    read, x, known = read_values(frame, variable, design)

    def one(known: Known) -> pd.DataFrame:
        total = float((read.weights * x)[known].sum())
        return _linear(read, total, x, known, 1.0, "total (linearised, t)")

    return in_domains(frame, by, read, known, one)


def estimate_ratio(
    frame: pd.DataFrame, variable: str, denominator: str, *, by: str | None = None, **design: Unpack[DesignColumns]
) -> pd.DataFrame:
    """Estimate the ratio of two totals.

    Parameters
    ----------
    frame, by, **design
        As for :func:`estimate_mean`.
    variable, denominator : str
        Numeric columns; rows count where both are known.

    Returns
    -------
    pandas.DataFrame
        As from :func:`estimate_mean`.

    Raises
    ------
    CompendiumError
        As :func:`estimate_mean`; a denominator whose total is 0.

    Notes
    -----
    ``R = sum(w y) / sum(w x)``, linearised by ``w_i (y_i - R x_i) / sum(w x)``.

    References
    ----------
    Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, 5.6.
    """
    read, y, y_known = read_values(frame, variable, design)
    _, x, x_known = read_values(frame, denominator, design)

    def one(known: Known) -> pd.DataFrame:
        bottom = float((read.weights * x)[known].sum())
        if bottom == 0:
            raise CompendiumError(f"the ratio of {variable} to {denominator} has nobody or a total of 0 below the line")
        ratio = float((read.weights * y)[known].sum()) / bottom
        return _linear(read, ratio, y - ratio * x, known, bottom, "ratio (linearised, t)")

    return in_domains(frame, by, read, y_known & x_known, one)


def side_by_side(
    estimator: Callable[..., pd.DataFrame], frame: pd.DataFrame, *variables: Any, **design: Unpack[DesignColumns]
) -> pd.DataFrame:
    """Estimate with and without weights, and say which of the two leads.

    Parameters
    ----------
    estimator : function
        One of this module, for example :func:`estimate_mean`.
    frame, *variables, **design
        What ``estimator`` takes, weights included.

    Returns
    -------
    pandas.DataFrame
        Two rows, weighted first, with the columns of ``estimator`` and ``weighted leads`` (true or false): the weighted estimate leads
        unless its effective number is under half of n.

    Raises
    ------
    CompendiumError
        What ``estimator`` refuses.
    """
    plain: DesignColumns = {**design, "weights": pd.Series(1.0, index=frame.index), "calibrated_on": ()}
    both = pd.concat([estimator(frame, *variables, **design), estimator(frame, *variables, **plain)], ignore_index=True)
    trusted = bool(both["n_effective"].iloc[0] >= both["n"].iloc[0] / 2)
    return both.assign(weighted=[True, False], leads=[trusted, not trusted])


def read_values(frame: pd.DataFrame, variable: str, design: DesignColumns) -> tuple[Design, Array, Known]:
    """Return the design, the values (0 where missing) and which are known."""
    if variable not in frame:
        raise CompendiumError(f"the answers have no column {variable!r}")
    column = frame[variable]
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        raise CompendiumError(f"{variable} is not numeric; a share of one of its codes needs the value named")
    read = read_design(frame, **design)
    x = column.to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(x)
    if not (read.weights[known] > 0).any():
        raise CompendiumError(f"{variable} is known of nobody who has a weight")
    return read, np.where(known, x, 0.0), known


def in_domains(
    frame: pd.DataFrame, by: str | None, read: Design, known: Known, one: Callable[[Known], pd.DataFrame]
) -> pd.DataFrame:
    """Estimate among all who are known, or for each code of a column; a code of which nobody has a weight has no row."""
    if by is None:
        return one(known)
    if by not in frame:
        raise CompendiumError(f"the answers have no column {by!r}, named for by")
    place, codes = pd.factorize(frame[by], sort=True)
    domains = [(code, known & (place == at)) for at, code in enumerate(codes)]
    rows = [one(part).assign(group=code) for code, part in domains if (read.weights[part] > 0).any()]
    found = pd.concat(rows, ignore_index=True)
    return found[["group", *found.columns.drop("group")]]


def _linear(read: Design, estimate: float, residual: Array, known: Known, scale: float, method: str) -> pd.DataFrame:
    """Return the row of an estimate whose influence is weight times residual over scale."""
    w, n = read.weights, int(known.sum())
    variance = float(read.covariance(np.where(known, w * residual / scale, 0.0))[0, 0])
    spread = float(np.cov(residual[known], aweights=w[known], ddof=0)) * n / (n - 1) if n > 1 else np.nan
    total = float(w[known].sum())
    left_over = 1 - n / total if read.finite else 1.0
    simple = (total / scale) ** 2 * spread / n * left_over
    deff = variance / simple if simple > 0 else np.nan
    freedom = read.freedom(known)
    if freedom < 1:
        return as_row(read, estimate, np.nan, (np.nan, np.nan), known, np.nan, method)
    se = float(np.sqrt(variance))
    half = float(stats.t.ppf(0.975, freedom)) * se
    return as_row(read, estimate, se, (estimate - half, estimate + half), known, deff, method)


def as_row(
    read: Design, estimate: float, se: float, ci: tuple[float, float], known: Known, deff: float, method: str
) -> pd.DataFrame:
    size = intervals.effective_n(read.weights[known])
    return pd.DataFrame([[estimate, se, *ci, int(known.sum()), size, deff, method]], columns=COLUMNS)
