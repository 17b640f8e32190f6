"""Latent means of many groups on the scales whose exact equality failed: what alignment can still say of them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from .. import results
from ..scoring import item_values
from ..study.questionnaire import Measure
from ..study.study import Study
from .alignment import Alignment, align
from .axes import JOINT, WAVE

LEAST_GROUPS = 5
"""Fewest groups for which alignment is shown: with fewer it cannot tell which of them are alike."""
MOST_DIFFERING = 0.25
"""Share of loadings and intercepts that may differ before aligned means deserve no trust (Muthen, Asparouhov 2014)."""
ALIGNED, DIFFERING = "aligned mean", "share of parameters that differ"
UNIT = "standard deviations"
TOO_MANY = "more than a quarter of the questions' weights and levels differ"
NOT_SETTLED = "the alignment did not come to rest"


def aligned(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Align the groups of every scale that is not wholly comparable along an axis of five groups or more.

    Parameters
    ----------
    study : Study
        The study; its questionnaire holds measures and questions.
    unit, wave : str
        The pooled unit and the wave.
    answers : pandas.DataFrame
        Clean answers of all countries.
    invariance : pandas.DataFrame
        The product ``invariance``; a scale whose structure is not established has nothing to align.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result. ``method="aligned mean"``: latent mean of a group in standard deviations, 0 on average
        over the groups; ``method="share of parameters that differ"`` in per cent, for the scale. ``comparable="no"`` where
        too many differ or the alignment did not come to rest.
    """
    rows: list[dict[str, Any]] = []
    first = invariance.drop_duplicates(["measure", "axis"])
    wanted = first["verdict"].isin(["relations", "ranks"]) | (first["reason"] == "partial")
    for row in first[wanted & (first["axis"] != WAVE)].itertuples(index=False):
        groups = str(row.groups).split(JOINT)
        if len(groups) >= LEAST_GROUPS:
            rows += _rows(study.questionnaire.measures[str(row.measure)], str(row.axis), groups, answers, study)
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        period=wave,
        origin=results.weakest_origin(answers["origin"]) if len(answers) else "real",
        source=study.id,
    )


def _rows(
    measure: Measure, axis: str, groups: list[str], answers: pd.DataFrame, study: Study
) -> Iterator[dict[str, Any]]:
    kept = answers[axis].isin(groups)
    items = item_values(answers[kept], study.questionnaire, measure)
    found = align(items.assign(**{axis: answers.loc[kept, axis].astype("object")}), list(items.columns), axis)
    common = {"indicator": measure.id, "group_by": axis, "estimand": "latent mean", **_trust(found)}
    for row in found.groups.itertuples(index=False):
        numbers = {"estimate": row.mean, "ci_low": row.ci_low, "ci_high": row.ci_high, "n": float(row.n)}
        yield {**common, **numbers, "n_effective": float(row.n), "method": ALIGNED, "group": row.group, "unit": UNIT}
    share, n = 100 * found.share_differing, float(found.groups["n"].sum())
    yield {**common, "method": DIFFERING, "estimate": share, "n": n, "n_effective": n, "unit": "%"}


def _trust(found: Alignment) -> dict[str, str]:
    if not found.is_converged:
        return {"comparable": "no", "reason": NOT_SETTLED}
    return {"comparable": "no", "reason": TOO_MANY} if found.share_differing > MOST_DIFFERING else {}
