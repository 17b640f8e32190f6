"""Measurement invariance: whether a scale measures the same thing, in the same units, in every group compared."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from ..errors import CompendiumError
from ..factor_models import maximum_likelihood
from . import likelihood, rule

Ladder = Callable[[pd.DataFrame, Mapping[str, Sequence[str]], str], dict[str, rule.Fitted]]
"""What fits all steps for one estimator: complete answers, factor -> items, column of the group -> step -> its fit. A partial
step stands after the full step that failed."""

ESTIMATORS: Mapping[str, Ladder] = {"ML": likelihood.plain}


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
        variance), ``holds``, and the same ``verdict`` (one of :data:`.rule.VERDICTS`) and ``reason`` in every row. A model
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
        return rule.untestable(obstacle, estimator=estimator)
    complete = _complete(frame, items, group)
    return rule.judged(ESTIMATORS[estimator](complete, model, group), estimator, complete[group].nunique())


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
    return "items_repeat_one_another" if any(maximum_likelihood.is_singular(covariance) for covariance in own) else ""
