"""How well each measure of a study measures, in one country or in the pooled countries."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from . import results
from .errors import CompendiumError
from .intervals import LEVEL, share
from .reliability import reliability
from .scoring import SCORE, item_values
from .study.study import Study


def measurement(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Say how well each measure of a study measures, in one country or in the pooled countries.

    Parameters
    ----------
    study : Study
        The study; its questionnaire holds the measures.
    unit, wave : str
        Country or pooled unit, and wave.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result, without weights: a coefficient belongs to the answers it was computed on. Per scale
        ``method="alpha"`` and ``"omega"`` with distribution-free intervals, or for two items ``"correlation"`` and
        ``"spearman-brown"``; for every measure the share of persons at the lowest and at the highest score
        (``group_by="end"``, groups ``floor`` and ``ceiling``). An
        index has no reliability coefficient, and its row says why.
    """
    questionnaire, rows = study.questionnaire, []
    for measure in questionnaire.measures.values():
        items = item_values(answers, questionnaire, measure)
        common = {"indicator": measure.id, "estimand": measure.kind}
        if items.isna().all(axis=None):
            rows.append({**common, **_without("nobody was asked or nobody answered")})
            continue
        if measure.kind == "index":
            rows.append({**common, **_without("an index: its questions need not go together")})
        else:
            rows += [{**common, **row} for row in _coefficients(items)]
        rows += [{**common, **row} for row in _ends(answers[SCORE + measure.id])]
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        source=study.id,
    )


def _without(reason: str) -> dict[str, Any]:
    return {"method": "not measured", "comparable": "no", "reason": reason}


def _coefficients(items: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of one scale; what cannot be estimated has its reason instead."""
    try:
        found = reliability(items).iloc[0]
    except CompendiumError as error:
        return [_without(str(error))]
    n = float(found["n"])
    common = {"unit": "coefficient", "n": n, "n_effective": n}
    if found["k"] == 2:
        # Fisher's interval for the correlation; Spearman-Brown is monotone in it, so its ends carry over.
        reach = float(stats.norm.ppf(0.5 + LEVEL / 2)) / np.sqrt(n - 3)
        centre = np.arctanh(found["mean_r"])
        ends = np.tanh([centre - reach, centre + reach])
        stepped = 2 * ends / (1 + ends)
        pairs = {
            "correlation": (found["mean_r"], *ends),
            "spearman-brown": (found["spearman_brown"], *stepped),
        }
    else:
        pairs = {name: tuple(found[[name, f"{name}_free_low", f"{name}_free_high"]]) for name in ("alpha", "omega")}
    rows = []
    for method, (estimate, low, high) in pairs.items():
        if np.isnan(estimate):
            rows.append(_without("the one-factor model does not fit these answers") | {"method": method})
        else:
            rows.append({**common, "method": method, "estimate": estimate, "ci_low": low, "ci_high": high})
    return rows


def _ends(scores: pd.Series) -> list[dict[str, Any]]:
    known = scores.dropna()
    rows = []
    for method, end in (("floor", 0.0), ("ceiling", 100.0)):
        found = share(float(np.isclose(known, end).sum()), len(known))
        numbers = {"estimate": 100 * found.estimate, "ci_low": 100 * found.low, "ci_high": 100 * found.high}
        rows.append(
            {
                **numbers,
                "method": "share",
                "group_by": "end",
                "group": method,
                "unit": "%",
                "n": float(len(known)),
            }
        )
    return rows
