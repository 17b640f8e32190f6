"""One declared rounding for every number about people that leaves the house: published frames, files, what is drawn."""

import numpy as np
import pandas as pd

from ..study.disclosure_rules import load_detail
from ..text import SLACK


def rounded(results: pd.DataFrame) -> pd.DataFrame:
    """Round the numbers about people to the steps of ``definitions/disclosure.yml``.

    Parameters
    ----------
    results : pandas.DataFrame
        The one shape of a result, after the gate.

    Returns
    -------
    pandas.DataFrame
        The same rows. Estimates and numbers of persons are rounded to the nearest step, the ends of an interval outwards
        and adjusted p values upwards. Official figures (origin ``context``) keep all their digits. Rounding twice changes
        nothing.

    Notes
    -----
    An interval that holds its estimate still does, since the step next above (or below) an end is never nearer than the step
    next to the estimate; it covers the truth at least as often as the interval it was made of.
    """
    frame = results.copy()
    people = (frame["origin"] != "context").to_numpy()
    steps, declared = _steps(frame), load_detail().rounding
    for name, way, size in (
        ("estimate", np.rint, steps),
        ("ci_low", _down, steps),
        ("ci_high", _up, steps),
        ("n", np.rint, np.full(len(frame), declared.n)),
        ("n_effective", np.rint, np.full(len(frame), declared.n)),
        ("p_adjusted", _up, np.full(len(frame), declared.p_adjusted)),
    ):
        values = frame[name].to_numpy(dtype=float)
        frame[name] = np.where(people, _tidy(way(values / size), size), values)
    frame["p_adjusted"] = frame["p_adjusted"].clip(upper=1.0)
    return frame


def to_step(estimate: float, low: float, high: float, unit: str) -> tuple[float, float, float]:
    """Round one number of a unit to its step, and the ends of its interval outwards.

    For a middle, which may be one person's own amount and so must not stand anywhere as it was given.
    """
    declared = load_detail().rounding
    size = np.array([declared.steps.get(unit, declared.otherwise)])
    return tuple(  # type: ignore[return-value]
        float(_tidy(way(np.array([value]) / size), size)[0])
        for way, value in ((np.rint, estimate), (_down, low), (_up, high))
    )


def off_step(results: pd.DataFrame) -> pd.Series:
    """Tell which rows about people hold a number with more digits than is declared.

    Parameters
    ----------
    results : pandas.DataFrame
        The one shape of a result.

    Returns
    -------
    pandas.Series of bool
        On the index of `results`.
    """
    target = rounded(results)
    off = np.zeros(len(results), dtype=bool)
    for name in ("estimate", "ci_low", "ci_high", "n", "n_effective", "p_adjusted"):
        given, wanted = (frame[name].to_numpy(dtype=float) for frame in (results, target))
        off |= ~np.isclose(given, wanted, rtol=1e-12, atol=1e-9, equal_nan=True)
    return pd.Series(off, results.index)


def _steps(frame: pd.DataFrame) -> np.ndarray:
    declared = load_detail().rounding
    units = frame["unit"].astype(object).map(dict(declared.steps)).astype(float)
    return units.fillna(declared.otherwise).to_numpy()


def _down(values: np.ndarray) -> np.ndarray:
    return np.floor(values + SLACK)


def _up(values: np.ndarray) -> np.ndarray:
    return np.ceil(values - SLACK)


def _tidy(counts: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return counts of steps as the decimal number they are (0.07, not 0.07000000000000001; no negative nought)."""
    places = np.maximum(0, np.ceil(-np.log10(size))).astype(int)
    found = counts * size
    for place in np.unique(places):
        found = np.where(places == place, np.round(found, place), found)
    return found + 0.0
