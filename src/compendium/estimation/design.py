"""The design behind answers: weights, strata, clusters, finite populations; and the variance it gives an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import CompendiumError
from ..weighting.margins import Calibration

Array = NDArray[np.float64]
Column: TypeAlias = str | pd.Series | NDArray[Any] | Sequence[Any]
Lonely = Literal["adjust", "remove", "average", "fail"]
SWEEPS = 10
"""How often R's survey package takes the means over each margin away after raking."""
LONELY = ("adjust", "remove", "average", "fail")


class DesignColumns(TypedDict, total=False):
    """The keywords that describe a design: a column's name, a series on the index of the answers, or values in their order.

    ``weights``
        Numbers of 0 or more; 1 each by default (population over sample where ``fpc`` is given).
    ``strata``
        Groups sampled separately.
    ``clusters``
        Primary sampling units, numbered within strata; every row its own by default.
    ``fpc``
        Finite population: primary units in the population of the row's stratum, or (at most 1) the fraction sampled.
    ``calibrated_on``
        Columns that the weights were raked, post-stratified or calibrated on; what they explain adds nothing to the
        variance. A numeric column counts as a quantity; a tuple of names as the categories they cross (of one name:
        its codes, numeric or not). By default what the weights themselves remember: those that come from
        :mod:`compendium.weighting` and were not changed since. A column of the answers remembers nothing.
    ``base_weights``
        The weights before calibration; by default as remembered, else 1 each.
    ``lonely_psu``
        What a stratum adds of which one primary unit only was sampled (and there are more): its square
        (``"adjust"``, the default and the cautious choice), nothing (``"remove"``), as much as the other strata do on
        average (``"average"``); ``"fail"`` refuses it. The names are those of R's survey package.
    """

    weights: Column | None
    strata: Column | None
    clusters: Column | None
    fpc: Column | None
    calibrated_on: Sequence[str | tuple[str, ...]]
    base_weights: Column | None
    lonely_psu: Lonely


@dataclass(frozen=True)
class Design:
    """A one-stage stratified cluster design, its codes counted from 0."""

    weights: Array
    cluster: NDArray[np.intp]
    stratum_of_cluster: NDArray[np.intp]
    sampled: NDArray[np.intp]
    left_over: Array
    finite: bool
    explained: tuple[Array, ...]
    raked: bool
    base: Array
    lonely: Lonely

    def freedom(self, domain: NDArray[np.bool_]) -> int:
        """Return the primary units less the strata in which somebody of a domain has a weight."""
        units = np.unique(self.cluster[domain & (self.weights > 0)])
        return len(units) - len(np.unique(self.stratum_of_cluster[units]))

    def covariance(self, influence: Array) -> Array:
        """Return the linearised covariance of totals.

        Parameters
        ----------
        influence : numpy.ndarray
            Rows x estimates: what each row adds to each estimate, weight included; 0 for rows outside a domain.

        Returns
        -------
        numpy.ndarray
            Estimates x estimates.

        Notes
        -----
        ``sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - z_h)(z_hc - z_h)'`` over strata and the ``n_h`` sums ``z_hc`` of
        their primary units; ``lonely_psu`` says what a stratum of one unit adds. Under calibration ``z`` is first
        replaced by its residual, ``w_i`` times that of ``z_i / w_i`` regressed on the calibration variables with the
        base weights; under raking by what is left after :data:`SWEEPS` times taking away the means over each margin.

        References
        ----------
        Binder (1983), Int. Stat. Rev. 51:279-292; Deville, Särndal (1992), J. Am. Stat. Assoc. 87:376-382.
        """
        z = influence.reshape(len(influence), -1)
        if self.explained:
            z = self._unexplained(z)
        sums = np.column_stack([np.bincount(self.cluster, column, len(self.stratum_of_cluster)) for column in z.T])
        h, n = self.stratum_of_cluster, self.sampled
        means = np.column_stack([np.bincount(h, column) / n for column in sums.T])
        alone = n == 1
        deviations = np.where((alone & (self.lonely == "adjust"))[h, None], sums, sums - means[h])
        scale = self.left_over * np.where(alone, 1.0, n / np.maximum(n - 1, 1))
        if self.lonely == "average" and not alone.all():
            scale = scale * len(n) / (~alone | (self.left_over == 0)).sum()
        return np.asarray((deviations * scale[h, None]).T @ deviations)

    def _unexplained(self, z: Array) -> Array:
        weights = self.weights[:, None]
        left = np.divide(z, weights, out=np.zeros_like(z), where=weights != 0)
        if self.raked:
            for block in self.explained * SWEEPS:
                left = left - block @ ((block.T @ left) / block.sum(axis=0)[:, None])
        else:
            columns, root = np.column_stack([np.ones(len(z)), *self.explained]), np.sqrt(self.base)[:, None]
            left = left - columns @ np.linalg.lstsq(columns * root, left * root, rcond=None)[0]
        return np.asarray(left * weights)


def read_design(frame: pd.DataFrame, **columns: Unpack[DesignColumns]) -> Design:
    """Read the design of a frame of answers.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    **columns
        See :class:`DesignColumns`.

    Raises
    ------
    CompendiumError
        A column is absent, or has missing, negative or contradictory values; a lonely unit that is to be refused.
    """
    if unknown := sorted(set(columns) - set(DesignColumns.__annotations__)):
        raise CompendiumError(
            f"{unknown[0]!r} does not describe a design; legal are {', '.join(DesignColumns.__annotations__)}"
        )
    if frame.empty:
        raise CompendiumError("there are no answers to estimate from")
    strata, clusters, size = (_column(frame, columns.get(key), key) for key in ("strata", "clusters", "fpc"))
    h = np.zeros(len(frame), dtype=np.intp) if strata is None else pd.factorize(strata)[0]
    unit = np.arange(len(frame)) if clusters is None else pd.factorize(clusters)[0]
    c, pairs = pd.factorize(h * (unit.max() + 1) + unit)
    of_cluster = (pairs // (unit.max() + 1)).astype(np.intp)
    sampled = np.bincount(of_cluster)
    fraction = _fraction(size, h, sampled)
    lonely = columns.get("lonely_psu", "adjust")
    if lonely not in LONELY:
        raise CompendiumError(f"lonely_psu={lonely!r} is not legal; legal are {', '.join(LONELY)}")
    if lonely == "fail" and (where := np.flatnonzero((sampled == 1) & (fraction < 1))).size:
        code = "all" if strata is None else pd.factorize(strata)[1][where[0]]
        raise CompendiumError(f"stratum {code!r} has one primary unit, so its variance is not known; merge strata")
    given = columns.get("weights")
    weights = 1 / fraction[h] if given is None and size is not None else _weights(frame, given, "weights")
    remembered = _remembered(frame, given)
    base = columns.get("base_weights")
    raked = False
    if remembered is not None and "calibrated_on" not in columns:
        columns["calibrated_on"], raked = remembered.on, remembered.raked
        base = remembered.base if base is None else base
    return Design(
        weights=weights,
        cluster=c.astype(np.intp),
        stratum_of_cluster=of_cluster,
        sampled=sampled,
        left_over=1 - fraction,
        finite=size is not None,
        explained=tuple(_dummies(frame, name) for name in columns.get("calibrated_on", ())),
        raked=raked,
        base=_weights(frame, base, "base_weights"),
        lonely=lonely,
    )


def _remembered(frame: pd.DataFrame, given: Column | None) -> Calibration | None:
    """Return what weights were calibrated on, where they still know and the answers hold it."""
    found = given.attrs.get("calibration") if isinstance(given, pd.Series) else None
    if not isinstance(found, Calibration) or not found.holds(given):
        return None
    names = {one for name in found.on for one in ([name] if isinstance(name, str) else name)}
    return found if names <= set(frame.columns) else None


def _column(frame: pd.DataFrame, given: Column | None, role: str) -> pd.Series | None:
    if given is None:
        return None
    if isinstance(given, str) and given not in frame:
        raise CompendiumError(f"the answers have no column {given!r}, named for {role}")
    found: pd.Series
    if isinstance(given, str):
        found = frame[given]
    elif isinstance(given, pd.Series):
        found = given
        if not found.index.equals(frame.index):
            raise CompendiumError(f"{role} are not on the index of the answers")
    elif len(given) != len(frame):
        raise CompendiumError(f"{role} hold {len(given)} values for {len(frame)} answers; legal is one a row")
    else:
        found = pd.Series(np.asarray(given), index=frame.index)
    if gaps := int(found.isna().sum()):
        raise CompendiumError(f"{role} are missing in {gaps} rows; a design needs them in every row")
    return found


def _weights(frame: pd.DataFrame, given: Column | None, role: str) -> Array:
    found = _column(frame, given, role)
    weights = np.ones(len(frame)) if found is None else found.to_numpy(dtype=float)
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise CompendiumError(f"{role} hold a negative or infinite number, or nothing above 0")
    return weights


def _fraction(size: pd.Series | None, h: NDArray[np.intp], sampled: NDArray[np.intp]) -> Array:
    """Return the sampled fraction of primary units by stratum, 0 without a finite population."""
    if size is None:
        return np.zeros(len(sampled))
    values = size.to_numpy(dtype=float)
    by_stratum = np.empty(len(sampled))
    by_stratum[h] = values
    if (by_stratum[h] != values).any():
        raise CompendiumError("fpc differs within a stratum; legal is one population size for each stratum")
    fraction = np.where(by_stratum <= 1, by_stratum, sampled / np.maximum(by_stratum, 1))
    if (fraction <= 0).any() or (fraction > 1).any():
        worst = float(by_stratum[(fraction <= 0) | (fraction > 1)][0])
        raise CompendiumError(f"fpc {worst:g} is less than the primary units sampled, or not above 0")
    return np.asarray(fraction)


def _dummies(frame: pd.DataFrame, name: str | tuple[str, ...]) -> Array:
    """Return a calibration variable as columns: a number as it is, a category by code."""
    names = [name] if isinstance(name, str) else list(name)
    columns = [found for each in names if (found := _column(frame, each, "calibrated_on")) is not None]
    if isinstance(name, str) and pd.api.types.is_numeric_dtype(columns[0]):
        return np.asarray(columns[0].to_numpy(dtype=float)[:, None])
    code = frame.groupby(names, sort=False, observed=True).ngroup().to_numpy()
    return np.eye(code.max() + 1)[code]
