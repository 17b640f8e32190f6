"""Measurement invariance: whether a scale measures the same thing, in the same units, in every group compared."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from . import factor_model
from .errors import CompendiumError
from .reliability import item_values
from .study.study import Study

ESTIMATORS = ("ML",)
STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({"loadings"}),
    "scalar": frozenset({"loadings", "intercepts"}),
    "strict": frozenset({"loadings", "intercepts", "residuals"}),
}
VERDICTS = ("means", "relations", "ranks", "structure_not_established", "not_testable", "not_measured")
"""What may be compared between groups: means; relations with other measures; only the order of persons inside each
group; nothing, as the structure does not hold; nothing, as it cannot be tested; nothing, as it was not measured."""

CFI, RMSEA = 0.95, 0.08
"""The structure stands when the configural step has at least this CFI and at most this RMSEA."""
CFI_LOSS, RMSEA_GAIN = 0.010, 0.015
SRMR_GAIN = {"metric": 0.030, "scalar": 0.015, "strict": 0.015}

COLUMNS = [
    "step",
    "n_groups",
    "n",
    "chisq",
    "df",
    "cfi",
    "tli",
    "rmsea",
    "srmr",
    "delta_cfi",
    "delta_rmsea",
    "delta_srmr",
    "converged",
    "improper",
    "holds",
    "verdict",
    "reason",
]


class _Question(NamedTuple):
    """What is asked of the ladder: groups of complete answers and which item loads on which factor."""

    groups: list[factor_model.Moments]
    pattern: np.ndarray


def invariance(
    frame: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str, estimator: str = "ML"
) -> pd.DataFrame:
    """Test step by step how far a factor model is the same in several groups.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person, the items as numbers; persons without all items, or without a group, are left out.
    model : mapping of str to sequence of str
        Factor -> its items. Factors correlate freely.
    group : str
        Column of `frame` that holds the group.
    estimator : {"ML"}
        Normal-theory maximum likelihood with mean structure.

    Returns
    -------
    pandas.DataFrame
        One row a step (configural, metric, scalar, strict) with ``step n_groups n chisq df cfi tli rmsea srmr``, the
        changes from the step before (``delta_cfi delta_rmsea delta_srmr``), ``converged``, ``improper`` (a negative
        variance), ``holds``, and the same ``verdict`` (one of :data:`VERDICTS`) and ``reason`` in every row. A model
        that cannot be tested has one row, without numbers, ``not_testable`` and the reason: ``two_items``,
        ``one_group``, ``group_too_small``, ``item_without_variance`` or ``items_repeat_one_another``.

    Raises
    ------
    CompendiumError
        An unknown estimator, or a column that is not there.

    Notes
    -----
    The structure is established when the configural model has CFI >= .95 and RMSEA <= .08. A later step fails when CFI
    falls by more than .010, or when RMSEA rises by more than .015 together with SRMR by more than .030 (loadings) or
    .015 (intercepts, residuals), or when it did not converge; what comes after a failed step does not hold either.
    Metric gives "relations", scalar gives "means". A single factor of three items leaves the configural step no degree
    of freedom: it fits by construction, and only the later steps test anything; its RMSEA counts as 0.

    References
    ----------
    Chen (2007), Struct. Equ. Modeling 14:464-504; Meredith (1993), Psychometrika 58:525-543.
    """
    if estimator not in ESTIMATORS:
        raise CompendiumError(f"estimator={estimator!r} is not legal; legal are {', '.join(map(repr, ESTIMATORS))}")
    items = [item for factor in model.values() for item in factor]
    absent = [name for name in [*items, group] if name not in frame]
    if absent:
        raise CompendiumError(
            f"column {absent[0]!r} is not in the answers; the model needs {', '.join([*items, group])}"
        )
    obstacle = _obstacle(frame, model, items, group)
    if obstacle:
        return _untestable(obstacle)
    found = _question(frame, model, items, group)
    fits = {step: factor_model.fit(found.groups, found.pattern, equal) for step, equal in STEPS.items()}
    return _judged(fits, len(found.groups))


def _complete(frame: pd.DataFrame, items: list[str], group: str) -> pd.DataFrame:
    return frame[[*dict.fromkeys(items), group]].dropna()


def _obstacle(frame: pd.DataFrame, model: Mapping[str, Sequence[str]], items: list[str], group: str) -> str:
    """Return the code of what stands in the way of a test, or nothing."""
    if len(set(items)) < 3 or any(len(factor) < 2 for factor in model.values()):
        return "two_items"
    complete = _complete(frame, items, group)
    sizes = complete[group].value_counts()
    if len(sizes) < 2:
        return "one_group"
    # Below twice the number of items a covariance matrix is too unstable to carry a model.
    if sizes.min() < 2 * len(set(items)) or set(sizes.index) != set(frame[group].dropna()):
        return "group_too_small"
    spread = complete.groupby(group)[items].std()
    if not (spread > 0).all(axis=None):
        return "item_without_variance"
    own = (part[list(dict.fromkeys(items))].cov().to_numpy() for _, part in complete.groupby(group))
    return "items_repeat_one_another" if any(factor_model.is_singular(covariance) for covariance in own) else ""


def _question(frame: pd.DataFrame, model: Mapping[str, Sequence[str]], items: list[str], group: str) -> _Question:
    names = list(dict.fromkeys(items))
    complete = _complete(frame, items, group)
    groups = [factor_model.moments(part[names].to_numpy(dtype=float)) for _, part in complete.groupby(group)]
    pattern = np.array([[name in factor for factor in model.values()] for name in names])
    return _Question(groups, pattern)


def _untestable(reason: str, verdict: str = "not_testable") -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS, np.nan) | {
        "step": "configural",
        "converged": False,
        "improper": False,
        "holds": False,
        "verdict": verdict,
        "reason": reason,
    }
    return pd.DataFrame([row], columns=COLUMNS)


def _judged(fits: Mapping[str, factor_model.Fit], n_groups: int) -> pd.DataFrame:
    rows, before, stands = [], None, True
    for step, fit in fits.items():
        delta = (
            [np.nan] * 3 if before is None else [fit.cfi - before.cfi, fit.rmsea - before.rmsea, fit.srmr - before.srmr]
        )
        stands = stands and fit.is_converged and _holds(step, fit, delta)
        rows.append(
            {
                **{name: getattr(fit, name) for name in ["n", "chisq", "df", "cfi", "tli", "rmsea", "srmr"]},
                **dict(zip(("delta_cfi", "delta_rmsea", "delta_srmr"), delta, strict=True)),
                "step": step,
                "n_groups": n_groups,
                "converged": fit.is_converged,
                "improper": fit.is_improper,
                "holds": stands,
            }
        )
        before = fit
    held = [row["step"] for row in rows if row["holds"]]
    verdict = {0: "structure_not_established", 1: "ranks", 2: "relations"}.get(len(held), "means")
    reason = "" if len(held) == len(rows) else f"{rows[len(held)]['step']}_fails"
    return pd.DataFrame(rows).assign(verdict=verdict, reason=reason)[COLUMNS]


def _holds(step: str, fit: factor_model.Fit, delta: Sequence[float]) -> bool:
    """Return whether a step passes its own rule, whatever came before."""
    if step == "configural":
        return fit.cfi >= CFI and fit.rmsea <= RMSEA
    loss, rise, spread = delta
    return not (loss < -CFI_LOSS or (rise > RMSEA_GAIN and spread > SRMR_GAIN[step]))


def by_country(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Test every scale of a study for invariance between its countries.

    Parameters
    ----------
    study : Study
        The study; every measure is tested but an index, which has no factor behind it.
    unit, wave : str
        The pooled unit and the wave.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        ``measure`` and the columns of :func:`invariance`, one row a step. A scale that nobody answered has one row
        with the verdict ``not_measured``.
    """
    del unit, wave
    parts = []
    for measure in study.questionnaire.measures.values():
        if measure.kind == "index":
            continue
        items = item_values(answers, study.questionnaire, measure)
        if items.isna().all(axis=None):
            found = _untestable("nobody_answered", "not_measured")
        else:
            # Countries in which nobody was asked take no part: the others can still be compared with one another.
            frame = items.assign(country=answers["country"])
            asked = frame.groupby("country")[list(items.columns)].transform("count").min(axis=1) > 0
            found = invariance(frame[asked], {measure.id: list(items.columns)}, "country")
        parts.append(found.assign(measure=measure.id))
    columns = ["measure", *COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
