"""How an outcome goes with a wish and a reality at once: polynomial regression and its response surface."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..intervals import holm
from ..persons import Persons, Row, population
from ..scoring import SCORE, values
from ..study.questionnaire import Questionnaire
from .regression import Coefficient, regress_each

SURFACE = "response surface"
ALONG, CURVED_ALONG, ACROSS, CURVED_ACROSS = "along agreement", "curve along agreement", "across it", "curve across it"
COMBINATIONS = {
    ALONG: (1, 1, 0, 0, 0),
    CURVED_ALONG: (0, 0, 1, 1, 1),
    ACROSS: (1, -1, 0, 0, 0),
    CURVED_ACROSS: (0, 0, 1, -1, 1),
}
"""Which coefficients of ``r, w, r^2, r w, w^2`` make each slope or curve: a1, a2, a3, a4 of Edwards."""
FEWEST = 100
"""Persons under which five coefficients and their curves say nothing."""


def response_surface(
    outcome: pd.Series, reality: pd.Series, wish: pd.Series, clusters: pd.Series | None = None
) -> dict[str, Coefficient] | None:
    """Estimate how an outcome goes with reality and wish at once.

    Parameters
    ----------
    outcome : pandas.Series of float
        Complete, in its own unit.
    reality, wish : pandas.Series of float
        Complete, on one scale and centred at its middle; one is a step of that scale.
    clusters : pandas.Series, optional
        Organisation of each person.

    Returns
    -------
    dict, or None
        Of each slope or curve of :data:`COMBINATIONS` the coefficient with interval; nothing where there are fewer than
        :data:`FEWEST` persons, or neither varies.

    Notes
    -----
    ``y = b0 + b1 r + b2 w + b3 r^2 + b4 r w + b5 w^2``. Along agreement (r = w): slope ``a1 = b1 + b2``, curve ``a2 = b3 + b4 +
    b5``. Across it (r = -w): slope ``a3 = b1 - b2``, curve ``a4 = b3 - b4 + b5``. A difference score assumes ``b2 = -b1`` and no
    curve: a1 and a2 away from nought say that it loses something.

    References
    ----------
    Edwards (2002), in Drasgow, Schmitt, Measuring and Analyzing Behavior in Organizations, ch. 11; Shanock et al. (2010), J.
    Bus. Psychol. 25:543-554.
    """
    if len(outcome) < FEWEST:
        return None
    r, w = reality.to_numpy(dtype=float), wish.to_numpy(dtype=float)
    predictors = pd.DataFrame({"r": r, "w": w, "rr": r * r, "rw": r * w, "ww": w * w}, index=outcome.index)
    if np.linalg.matrix_rank(predictors.to_numpy()) < predictors.shape[1]:
        return None
    nothing = pd.DataFrame(index=outcome.index)
    wanted = np.array(list(COMBINATIONS.values()), dtype=float)
    found = regress_each([outcome], predictors, nothing, clusters=clusters, combinations=wanted)
    return None if found is None else dict(zip(COMBINATIONS, found[0], strict=True))


def surface_rows(persons: Persons, questionnaire: Questionnaire, outcome: str) -> Iterator[Row]:
    """Yield the slopes and curves of one outcome over wish and reality, by domain; p values by Holm over all of them."""
    score = persons.answers.get(SCORE + outcome)
    if score is None or score.notna().sum() == 0:
        return
    found: list[tuple[Row, Coefficient]] = []
    for pair in questionnaire.analysis.pairs:
        if not {pair.ideal, pair.reality} <= set(persons.answers.columns):
            continue
        wish, reality = (_centred(persons.answers[name], questionnaire, name) for name in (pair.ideal, pair.reality))
        known = wish.notna() & reality.notna() & score.notna()
        clusters = None if persons.clusters is None else persons.answers.loc[known, persons.clusters]
        surface = response_surface(score[known], reality[known], wish[known], clusters)
        for name, coefficient in (surface or {}).items():
            row = {
                "indicator": outcome,
                "population": population(questionnaire, [pair.reality]),
                "group_by": "domain",
                "group": pair.domain,
                "method": SURFACE,
                "estimand": name,
                "unit": "points of 100 a step",
                "n": float(known.sum()),
                "caveat": "asked at one time in one form: no direction can be read from it",
            }
            found.append((row, coefficient))
    if not found:
        return
    adjusted = holm([coefficient.p for _, coefficient in found])
    for (row, one), p in zip(found, adjusted, strict=True):
        yield {**row, "estimate": one.estimate, "ci_low": one.low, "ci_high": one.high, "p_adjusted": float(p)}


def _centred(codes: pd.Series, questionnaire: Questionnaire, name: str) -> pd.Series:
    question = questionnaire.questions[name]
    assert question.scale is not None
    return values(codes, question) - (min(question.scale.values) + max(question.scale.values)) / 2
