"""Raking and post-stratification of weights to the known distributions of categories."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import CompendiumError
from .calibration import ITERATIONS, TOLERANCE, Bounds, calibrate
from .margins import Array, Base, Coded, Codes, Margin, Variable, as_weights, read_base, read_margins


def rake(
    frame: pd.DataFrame,
    margins: Mapping[Variable, Margin],
    base_weights: Base | None = None,
    *,
    population: str | None = None,
    bounds: Bounds | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = ITERATIONS,
) -> pd.Series:
    """Weigh answers so that each variable has its known distribution.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person, codes in the raking variables, none missing.
    margins : mapping of variable (or tuple of crossed variables) to Margin
        Every code that occurs is in its margin, and every code of a margin occurs.
    base_weights : str, pandas.Series or array-like, optional
        Weights above 0: a column's name, a series on the index of ``frame``, or one number a row; 1 each by default.
    population : str, optional
        The population that the frame stands for. By default ``frame.attrs["population"]``; where that is absent too,
        the margins still have to describe one and the same population.
    bounds : pair of float, optional
        Least and largest ratio of new to base weight, around 1 (:func:`calibrate` with ``"logit"``).
    tolerance : float
        Largest relative gap to a margin, above 0.
    max_iterations : int
        Rounds over all margins before giving up.

    Returns
    -------
    pandas.Series
        Weights named ``weight`` on the index of ``frame``. They sum to the counts; to the sum of the base weights where
        all margins are shares. Given to an estimate as they are, they bring along what they were calibrated on.

    Raises
    ------
    CompendiumError
        A margin without source, of another population, or of another total; a code without answers or without margin;
        missing values; bad base weights; margins that cannot be met.

    Notes
    -----
    Iterative proportional fitting: ``w_i <- w_i N_c / sum_{j in c} w_j`` over the margins in turn. Members of one cell
    of the full crossing share one factor, so the rounds run over cells, however many rows there are.

    For the variance, weights raked to several margins remember that they were: what the margins explain is then taken
    away as R's survey does it, in ten sweeps over the margins that count rows alike. Naming ``calibrated_on`` and
    ``base_weights`` in an estimate gives Deville and Särndal's regression instead; the two are the same, but for
    what ten sweeps leave, where base weights are equal.

    References
    ----------
    Deming, Stephan (1940), Ann. Math. Stat. 11:427-444; Deville, Särndal, Sautory (1993), J. Am. Stat. Assoc.
    88:1013-1020.
    """
    if bounds is not None:
        return calibrate(
            frame,
            margins,
            base_weights,
            population=population,
            method="logit",
            bounds=bounds,
            tolerance=tolerance,
            max_iterations=max_iterations,
        )
    base = read_base(frame, base_weights)
    coded = read_margins(frame, margins, base.sum(), population)
    cell, places = _cells(coded)
    start = np.asarray(np.bincount(cell, base), dtype=float)
    weight: Array = start
    for _ in range(max_iterations):
        for margin, place in zip(coded, places, strict=True):
            weight = weight * (margin.target / np.bincount(place, weight, len(margin.target)))[place]
        gaps = [
            np.abs(np.bincount(place, weight, len(margin.target)) / margin.target - 1).max()
            for margin, place in zip(coded, places, strict=True)
        ]
        if max(gaps) <= tolerance:
            return as_weights(frame, base * (weight / start)[cell], base, margins, raked=len(margins) > 1)
    worst = coded[int(np.argmax(gaps))].name
    raise CompendiumError(
        f"raking does not converge: after {max_iterations} rounds {worst} is still {max(gaps):.2g} (relative) away from "
        "its margin; merge sparse codes or drop a margin that contradicts the others"
    )


def poststratify(
    frame: pd.DataFrame,
    margin: Mapping[Variable, Margin],
    base_weights: Base | None = None,
    *,
    population: str | None = None,
) -> pd.Series:
    """Weigh answers to the known counts of one margin, which usually crosses several variables.

    Parameters
    ----------
    frame, base_weights, population
        As for :func:`rake`.
    margin : mapping with one entry
        Variable, or tuple of crossed variables, and its Margin.

    Returns
    -------
    pandas.Series
        Weights named ``weight``: ``w_i = d_i N_c / sum_{j in c} d_j``.

    Raises
    ------
    CompendiumError
        More or fewer than one margin, or what :func:`rake` refuses.

    References
    ----------
    Holt, Smith (1979), J. R. Stat. Soc. A 142:33-46.
    """
    if len(margin) != 1:
        raise CompendiumError(f"post-stratification takes one margin, found {len(margin)}; several are for raking")
    return rake(frame, margin, base_weights, population=population)


def _cells(coded: list[Coded]) -> tuple[Codes, list[Codes]]:
    """Return the cell of every row in the crossing of all margins, and every cell's place in each margin."""
    key = np.zeros(len(coded[0].place), dtype=np.intp)
    for margin in coded:
        # Numbering the cells anew after each margin keeps the key small, whatever the number of margins.
        key, _ = pd.factorize(key * len(margin.target) + margin.place)
    first = np.empty(key.max() + 1, dtype=np.intp)
    first[key] = np.arange(len(key))
    return key, [margin.place[first] for margin in coded]
