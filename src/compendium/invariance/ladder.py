"""Measurement invariance: whether a scale measures the same thing, in the same units, in every group compared."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import stats

from ..errors import CompendiumError
from ..factor_models import maximum_likelihood
from . import likelihood, ordered, rule

INDEPENDENCE = 0.05
"""Probability above which items count as sharing nothing."""

Ladder = Callable[[pd.DataFrame, Mapping[str, Sequence[str]], str], dict[str, rule.Fitted]]
"""What fits all steps for one estimator: complete answers, factor -> items, column of the group -> step -> its fit. A
partial step stands after the full step that failed."""

ESTIMATORS: Mapping[str, Ladder] = {"ML": likelihood.ml, "MLR": likelihood.mlr, "WLSMV": ordered.wlsmv}


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
        Column of `frame` that holds the group; an empty code is no group.
    estimator : {"ML", "MLR", "WLSMV"}
        ``ML``: normal-theory maximum likelihood with mean structure. ``MLR``: the same estimates with chi-squares and
        indices corrected for answers that are not normal (:class:`.robust.Robust`). ``WLSMV``: items of two to six
        ordered steps, by weighted least squares on the normal variables behind them (:func:`.ordered.wlsmv`).

    Returns
    -------
    pandas.DataFrame
        One row a step (configural, metric, scalar, strict; ``partial metric`` and ``partial scalar`` after a full
        step that failed) with

        - ``estimator step n_groups n chisq df p cfi tli rmsea srmr``,
        - for MLR and WLSMV ``chisq_scaled cfi_scaled rmsea_scaled``, for MLR also ``cfi_robust rmsea_robust``,
        - ``delta_cfi delta_rmsea delta_srmr``, the changes of the indices that the rule reads from the step before,
        - ``chisq_diff df_diff p_diff``, the nested test against the step before (scaled for MLR and WLSMV),
        - ``freed``, the items that a partial step lets differ, joined by "; ",
        - ``converged``, ``improper`` (a negative variance, or factors that correlate beyond 1) and ``holds``,
        - in every row the same ``verdict`` (one of :data:`.rule.VERDICTS`) and ``reason``: the step that failed,
          ``partial`` where means may be compared although some items differ, or nothing.

        A model that cannot be tested has one row, without numbers, ``not_testable`` and the reason: ``two_items``,
        ``one_group``, ``group_too_small``, ``item_without_variance`` or ``items_repeat_one_another``; for WLSMV also
        ``steps_differ`` (in a group nobody chose a step that others chose).

    Raises
    ------
    CompendiumError
        An unknown estimator, a column that is not there, items that are no numbers, or more than six steps for WLSMV.

    Notes
    -----
    The structure is established when the configural model has CFI >= .95 and RMSEA <= .08. A later step fails when CFI
    falls by more than .010, or when RMSEA rises by more than .015 together with SRMR by more than .030 (loadings) or
    .015 (intercepts, residuals), or when it did not converge; what comes after a failed step does not hold either. The
    rule reads the plain CFI and RMSEA for ML, the robust ones for MLR and the scaled ones for WLSMV, and the plain
    SRMR for all (:data:`.rule.READ`). WLSMV has a step ``thresholds`` between configural and metric, read like
    intercepts.

    Items that share nothing (the independence of all items, tested in every group at 5 per cent together, is not
    rejected) fit any model: the baseline of the CFI fits as well. They get ``structure_not_established`` with the reason
    ``items_share_nothing`` and no steps.

    Where the metric or the scalar step fails, items are let off one at a time until it holds or only two equal items of
    a factor would be left (:func:`.partial.released`). Full steps are compared with the full step before, partial
    ones with the partial one before, so that the full ladder reads the same with or without them; the strict step has
    no partial form. Metric, also in part, gives "relations"; scalar, also in part, gives "means". A single factor of
    three items leaves the configural step no degree of freedom: it fits by construction, and only the later steps
    test anything; its RMSEA counts as 0.

    References
    ----------
    Chen (2007), Struct. Equ. Modeling 14:464-504; Meredith (1993), Psychometrika 58:525-543; Byrne, Shavelson, Muthen
    (1989), Psychol. Bull. 105:456-466.
    """
    if estimator not in ESTIMATORS:
        raise CompendiumError(f"estimator={estimator!r} is not legal; legal are {', '.join(map(repr, ESTIMATORS))}")
    answers = _answers(frame, list(dict.fromkeys(item for factor in model.values() for item in factor)), group)
    complete = answers.dropna()
    obstacle = _obstacle(answers, complete, model, group)
    if estimator == "WLSMV":
        obstacle = obstacle or ordered.obstacle(complete, group)
    if obstacle:
        return rule.untestable(obstacle, estimator=estimator)
    if _share_nothing(complete.drop(columns=group), complete[group]):
        return rule.untestable("items_share_nothing", "structure_not_established", estimator)
    return rule.judged(ESTIMATORS[estimator](complete, model, group), estimator, complete[group].nunique())


def _answers(frame: pd.DataFrame, items: list[str], group: str) -> pd.DataFrame:
    """Return the items as numbers and the group as plain codes, an empty code as missing; or refuse."""
    absent = [name for name in [*items, group] if name not in frame]
    if absent:
        raise CompendiumError(
            f"column {absent[0]!r} is not in the answers; the model needs {', '.join([*items, group])}"
        )
    if group in items:
        raise CompendiumError(f"column {group!r} is both the group and an item of the model; it may be one of them")
    numbers = {item: _numbers(frame[item]) for item in items}
    # Not as a categorical: categories that nobody is in would count as groups.
    codes = frame[group].astype(object)
    return pd.DataFrame({**numbers, group: codes.where(codes.astype(str).str.strip() != "")})


def _numbers(answers: pd.Series) -> pd.Series:
    plain = answers if is_numeric_dtype(answers) else answers.astype(object)
    found = pd.to_numeric(plain, errors="coerce").astype(float)
    wrong = plain[(found.isna() & plain.notna()) | np.isinf(found)]
    if len(wrong):
        raise CompendiumError(
            f"item {answers.name!r}, row {wrong.index[0]!r}: {wrong.iloc[0]!r} is no number; factor models need "
            "numbers or missing values"
        )
    return found


def _obstacle(answers: pd.DataFrame, complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> str:
    """Return the code of what stands in the way of a test, or nothing."""
    items = [name for name in answers if name != group]
    if len(items) < 3 or any(len(set(factor)) < 2 for factor in model.values()):
        return "two_items"
    sizes = complete[group].value_counts()
    if len(sizes) < 2:
        return "one_group"
    # Below twice the number of items a covariance matrix is too unstable to carry a model.
    if sizes.min() < 2 * len(items) or set(sizes.index) != set(answers[group].dropna()):
        return "group_too_small"
    spread = complete.groupby(group)[items].std()
    if not (spread > 0).all(axis=None):
        return "item_without_variance"
    own = (part[items].cov().to_numpy() for _, part in complete.groupby(group))
    return "items_repeat_one_another" if any(maximum_likelihood.is_singular(covariance) for covariance in own) else ""


def _share_nothing(items: pd.DataFrame, groups: pd.Series) -> bool:
    """Return whether the items may well be independent in every group: Bartlett's test, summed over the groups."""
    k, chisq, df = items.shape[1], 0.0, 0
    for _, own in items.groupby(groups):
        chisq -= (len(own) - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(own.corr().to_numpy())[1]
        df += k * (k - 1) // 2
    return bool(stats.chi2.sf(chisq, df) > INDEPENDENCE)
