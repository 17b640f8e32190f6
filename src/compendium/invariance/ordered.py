"""The ladder for items of few ordered steps, by weighted least squares on the normal variables behind them (WLSMV)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..errors import CompendiumError
from ..factor_models import ordered
from .rule import Fitted

STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "thresholds": frozenset({"thresholds"}),
    "metric": frozenset({"thresholds", "loadings"}),
    "scalar": frozenset({"thresholds", "loadings", "intercepts"}),
    "strict": frozenset({"thresholds", "loadings", "intercepts", "residuals"}),
}


def obstacle(complete: pd.DataFrame, group: str) -> str:
    """Return the code of what keeps ordered items from being tested, or nothing.

    Parameters
    ----------
    complete : pandas.DataFrame
        Complete answers: the items, and the column of the group.
    group : str
        That column.

    Returns
    -------
    str
        ``steps_differ`` where in some group nobody chose a step that others chose: the step's borders cannot be compared
        then, and to join it with its neighbour would change the question.

    Raises
    ------
    CompendiumError
        An item with more than :data:`.factor_models.ordered.MOST_STEPS` steps.
    """
    items = complete.drop(columns=group)
    used = items.nunique()
    for name, steps in used.items():
        if steps > ordered.MOST_STEPS:
            raise CompendiumError(
                f"item {name!r} has {steps} different values; estimator 'WLSMV' takes 2 to {ordered.MOST_STEPS} ordered "
                "steps, 'MLR' takes more"
            )
    in_groups = items.groupby(complete[group].to_numpy()).nunique()
    return "" if (in_groups == used).all(axis=None) else "steps_differ"


def wlsmv(complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> dict[str, Fitted]:
    """Fit every step to ordered items.

    Parameters
    ----------
    complete : pandas.DataFrame
        Answers without gaps, which no :func:`obstacle` keeps from being tested. Only the order of the values counts.
    model : mapping of str to sequence of str
        Factor -> its items.
    group : str
        Column of the group.

    Returns
    -------
    dict of str to Fitted
        :data:`STEPS`, each with plain and scaled indices and the adjusted test against the step before.

    Notes
    -----
    Identified as by Wu and Estabrook (2016), see :class:`.OrderedModel`. What a step can test depends on how many steps the
    items have. Three: equal thresholds alone fit exactly as well as the configural model, so that the step tests nothing
    and always holds. Two: thresholds, loadings and intercepts can only be tested together. Where an item has two steps the
    ladder therefore has no metric step (its model would fix the residual variances that the scalar step frees, so that the
    two are not nested), and where all have two steps none for the thresholds either: scalar follows configural.

    References
    ----------
    Wu, Estabrook (2016), Psychometrika 81:1014-1045; Svetina, Rutkowski, Rutkowski (2020), Struct. Equ. Modeling
    27:111-130.
    """
    names = list(dict.fromkeys(item for factor in model.values() for item in factor))
    pattern: NDArray[np.bool_] = np.array([[name in factor for factor in model.values()] for name in names])
    codes = pd.DataFrame({name: complete[name].rank(method="dense").astype(int) - 1 for name in names})
    steps = [int(code) + 1 for code in codes.max()]
    groups = ordered.ordered([part.to_numpy() for _, part in codes.groupby(complete[group].to_numpy())], steps)
    found, earlier = dict[str, Fitted](), None
    for step, equal in STEPS.items():
        if (step == "metric" and min(steps) == 2) or (step == "thresholds" and max(steps) == 2):
            continue
        fit = ordered.fit(groups, steps, pattern, equal)
        found[step] = _fitted(fit, earlier)
        earlier = fit
    return found


def _fitted(fit: ordered.OrderedFit, earlier: ordered.OrderedFit | None) -> Fitted:
    """Return what the rule reads of a step, with its test against an earlier one."""
    difference, df = (np.nan, np.nan) if earlier is None else fit.difference(earlier)
    names = ["n", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr", "chisq_scaled", "cfi_scaled", "rmsea_scaled"]
    return Fitted(
        **{name: getattr(fit, name) for name in [*names, "is_converged", "is_improper"]},
        chisq_diff=difference,
        df_diff=df,
        p_diff=float(stats.chi2.sf(difference, df)) if df else np.nan,
    )
