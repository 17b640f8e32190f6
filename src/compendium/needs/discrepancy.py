"""How far mastery falls short of importance: Borich's discrepancy, its ordinal companion, and the four quadrants."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from ..errors import AnswersError
from .ratings import Floats, Ratings, Table, read_ratings

LEVEL = 0.95
CUTS = ("means", "value")
QUADRANTS = {
    (True, False): "concentrate",
    (True, True): "keep",
    (False, False): "low_priority",
    (False, True): "beyond_need",
}
"""(matters, is mastered) -> quadrant."""


def borich(importance: Table, competence: Table, weights: ArrayLike | None = None) -> pd.DataFrame:
    """Estimate the mean weighted discrepancy of each competence.

    Parameters
    ----------
    importance, competence : pandas.DataFrame or array of shape (persons, competences)
        Ratings on the same scale, missing where not rated; only complete pairs count.
    weights : array of shape (persons,), optional
        Survey weights, greater than 0.

    Returns
    -------
    pandas.DataFrame
        A row a competence, in the order of `importance`: ``competence n importance mastery gap discrepancy se ci_low ci_high rank``.
        ``importance`` and ``mastery`` are means, ``gap`` their difference; ``rank`` 1 is the greatest need, ties share the better
        rank. Missing where nobody rated both; no standard error with fewer than two persons.

    Raises
    ------
    AnswersError
        The tables do not fit one another (:func:`.ratings.read_ratings`).

    Notes
    -----
    With ratings :math:`I_{ij}` of importance and :math:`C_{ij}` of competence, over persons `i` with both,

    .. math:: \\mathrm{MWDS}_j = \\frac{1}{n} \\sum_i (I_{ij} - C_{ij}) \\, \\bar I_j

    from -20 to 20 on a scale of 1 to 5. Being the product of two means of the same persons, its standard error is that of the mean
    of :math:`\\bar I_j (D_{ij} - \\bar D_j) + \\bar D_j (I_{ij} - \\bar I_j)`, :math:`D = I - C`; the interval is Student's.

    References
    ----------
    G. Borich (1980), A Needs Assessment Model for Conducting Follow-Up Studies, Journal of Teacher Education 31.
    """
    ratings = read_ratings(importance, competence, weights)
    total = ratings.weight.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ratings.weight / total
        matters, mastered = ((share * table).sum(axis=0) for table in (ratings.importance, ratings.competence))
        gap = matters - mastered
        moved = matters * (ratings.importance - ratings.competence - gap) + gap * (ratings.importance - matters)
        n = ratings.n
        se = np.sqrt((share**2 * moved**2).sum(axis=0) * np.where(n > 1, n / np.maximum(n - 1, 1), np.nan))
    reach = stats.t.ppf((1 + LEVEL) / 2, np.maximum(n - 1, 1)) * se
    nobody = n == 0
    found = {"importance": matters, "mastery": mastered, "gap": gap, "discrepancy": gap * matters, "se": se}
    frame = pd.DataFrame(
        {
            "competence": ratings.competences,
            "n": n,
            **{name: np.where(nobody, np.nan, value) for name, value in found.items()},
        }
    )
    frame["ci_low"], frame["ci_high"] = frame["discrepancy"] - reach, frame["discrepancy"] + reach
    frame["rank"] = frame["discrepancy"].rank(method="min", ascending=False)
    return frame


def ranked_discrepancy(importance: Table, competence: Table, weights: ArrayLike | None = None) -> pd.DataFrame:
    """Estimate how many more persons rate a competence above than below its importance.

    Parameters
    ----------
    importance, competence, weights
        As for :func:`borich`.

    Returns
    -------
    pandas.DataFrame
        ``competence n below same above score se ci_low ci_high rank``: per cent of persons whose mastery is below, the same as or
        above the importance, and ``above - below``, from -100 (everybody falls short) to 100. Only the order of ratings counts.
        ``rank`` 1 is the greatest need.

    References
    ----------
    L. Narine, A. Harder (2021), Comparing the Borich model with the Ranked Discrepancy Model, Advancements in Agricultural
    Development 2.
    """
    ratings = read_ratings(importance, competence, weights)
    way = np.sign(ratings.competence - ratings.importance)
    total = ratings.weight.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ratings.weight / total
        parts = {
            name: 100 * (share * (way == sign)).sum(axis=0) for name, sign in (("below", -1), ("same", 0), ("above", 1))
        }
        score = (share * way).sum(axis=0)
        n = ratings.n
        se = 100 * np.sqrt(
            (share**2 * (way - score) ** 2).sum(axis=0) * np.where(n > 1, n / np.maximum(n - 1, 1), np.nan)
        )
    reach = stats.t.ppf((1 + LEVEL) / 2, np.maximum(n - 1, 1)) * se
    found = {**parts, "score": 100 * score, "se": se}
    frame = pd.DataFrame(
        {
            "competence": ratings.competences,
            "n": n,
            **{name: np.where(n == 0, np.nan, value) for name, value in found.items()},
        }
    )
    frame["ci_low"] = (frame["score"] - reach).clip(lower=-100)
    frame["ci_high"] = (frame["score"] + reach).clip(upper=100)
    frame["rank"] = frame["score"].rank(method="min")
    return frame


def quadrants(
    importance: Table,
    competence: Table,
    weights: ArrayLike | None = None,
    cut: str = "means",
    value: float | None = None,
) -> pd.DataFrame:
    """Put each competence in one of four quadrants by importance and mastery.

    Parameters
    ----------
    importance, competence, weights
        As for :func:`borich`.
    cut : {"means", "value"}
        Cut each axis at the mean of all competences on it, or both at `value`, such as the middle of the scale.
    value : float, optional
        Of the cut, where it is ``value``.

    Returns
    -------
    pandas.DataFrame
        ``competence n importance mastery importance_cut mastery_cut quadrant``; quadrants are ``concentrate`` (matters, not
        mastered), ``keep``, ``low_priority`` and ``beyond_need``; on the cut counts as above it.

    Raises
    ------
    AnswersError
        The cut is unknown, or a value is missing or not asked for.

    References
    ----------
    J. Martilla, J. James (1977), Importance-Performance Analysis, Journal of Marketing 41.
    """
    if cut not in CUTS or (cut == "value") != (value is not None):
        raise AnswersError(f"cut {cut!r} with value {value}; legal are 'means' without a value, 'value' with one")
    found = borich(importance, competence, weights)[["competence", "n", "importance", "mastery"]]
    for name in ("importance", "mastery"):
        found[f"{name}_cut"] = found[name].mean() if value is None else value
    known = found["importance"].notna()
    places = zip(found["importance"] >= found["importance_cut"], found["mastery"] >= found["mastery_cut"], strict=True)
    found["quadrant"] = pd.Series([QUADRANTS[bool(high), bool(able)] for high, able in places], found.index).where(
        known, ""
    )
    return found


def discrepancies(ratings: Ratings, draws: Floats) -> Floats:
    """Return Borich's discrepancy of each competence for persons drawn again.

    Parameters
    ----------
    ratings : Ratings
        Complete pairs.
    draws : array of shape (draws, persons)
        How often each person was drawn.

    Returns
    -------
    array of shape (draws, competences)
    """
    total = draws @ ratings.weight
    with np.errstate(divide="ignore", invalid="ignore"):
        matters = draws @ (ratings.weight * ratings.importance) / total
        mastered = draws @ (ratings.weight * ratings.competence) / total
    return (matters - mastered) * matters
