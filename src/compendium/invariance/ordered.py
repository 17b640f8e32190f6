"""The ladder for items of few ordered steps, by weighted least squares on the normal variables behind them (WLSMV)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..errors import CompendiumError
from ..factor_models import ordered
from .partial import INVARIANT_ITEMS
from .rule import PARTIAL, Fitted, before, holding, passes

STEPS: Mapping[str, frozenset[str]] = {
    "configural": frozenset(),
    "thresholds": frozenset({"thresholds"}),
    "metric": frozenset({"thresholds", "loadings"}),
    "scalar": frozenset({"thresholds", "loadings", "intercepts"}),
    "strict": frozenset({"thresholds", "loadings", "intercepts", "residuals"}),
}

MATRICES: Mapping[str, tuple[str, ...]] = {
    "thresholds": ("thresholds", "loadings", "intercepts"),
    "metric": ("loadings", "intercepts"),
    "scalar": ("intercepts",),
}
"""What an item lets go of when it is let off at a step."""


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
    """Fit every step to ordered items, in full, and in part where a full one fails.

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
        :data:`STEPS`, each with plain and scaled indices and the adjusted test against the step before; ``partial ...`` after
        a full step that failed.

    Notes
    -----
    Identified as by Wu and Estabrook (2016), see :class:`.OrderedModel`. What a step can test depends on how many steps the
    items have. Three: equal thresholds alone fit exactly as well as the configural model, so that the step tests nothing
    and always holds. Two: thresholds, loadings and intercepts can only be tested together. Where an item has two steps the
    ladder therefore has no metric step (its model would fix the residual variances that the scalar step frees, so that the
    two are not nested), and where all have two steps none for the thresholds either: scalar follows configural.

    Where a step fails, items are let off one at a time until it holds or only two equal items of a factor would be left;
    always the one whose leaving lowers chi-square most. An item is let off in all groups, from what the step asks for on to
    the end: who has thresholds of its own has a loading and an intercept of its own, too. The strict step has no partial form.

    References
    ----------
    Wu, Estabrook (2016), Psychometrika 81:1014-1045; Svetina, Rutkowski, Rutkowski (2020), Struct. Equ. Modeling
    27:111-130.
    """
    question = _Question(complete, model, group)
    steps, found = dict[str, _Step](), dict[str, Fitted]()

    def add(name: str, step: _Step) -> None:
        steps[name] = step
        earlier = before(name, steps)
        found[name] = question.fitted(step, None if earlier is None else steps[earlier])

    for name in question.steps:
        add(name, question.fit(name))
        earlier = before(PARTIAL + name, steps)
        holds = holding(found, "WLSMV")
        if name in MATRICES and earlier and holds[earlier] and not holds[name]:
            step = question.released(name, steps[name], steps[earlier])
            if step.freed:
                add(PARTIAL + name, step)
    return found


@dataclass(frozen=True)
class _Step:
    """A fitted step, and what it lets off being equal: matrix and item."""

    fit: ordered.OrderedFit
    freed: frozenset[tuple[str, int]]


class _Question:
    """A factor model and the ordered answers of several groups."""

    def __init__(self, complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> None:
        self._names = list(dict.fromkeys(item for factor in model.values() for item in factor))
        self._pattern: NDArray[np.bool_] = np.array(
            [[name in factor for factor in model.values()] for name in self._names]
        )
        codes = pd.DataFrame({name: complete[name].rank(method="dense").astype(int) - 1 for name in self._names})
        self._answers = [int(code) + 1 for code in codes.max()]
        parts = [part.to_numpy() for _, part in codes.groupby(complete[group].to_numpy())]
        self._groups = ordered.ordered(parts, self._answers)
        left_out = {"metric": min(self._answers) == 2, "thresholds": max(self._answers) == 2}
        self.steps = [step for step in STEPS if not left_out.get(step, False)]

    def fit(self, name: str, freed: frozenset[tuple[str, int]] = frozenset()) -> _Step:
        """Fit one of :data:`STEPS`, with some items let off."""
        return _Step(ordered.fit(self._groups, self._answers, self._pattern, STEPS[name], freed), freed)

    def fitted(self, step: _Step, earlier: _Step | None) -> Fitted:
        """Return what the rule reads of a step, with its test against an earlier one."""
        difference, df = (np.nan, np.nan) if earlier is None else step.fit.difference(earlier.fit)
        names = ["n", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr", "chisq_scaled", "cfi_scaled", "rmsea_scaled"]
        return Fitted(
            **{name: getattr(step.fit, name) for name in [*names, "is_converged", "is_improper"]},
            chisq_diff=difference,
            df_diff=df,
            p_diff=float(stats.chi2.sf(difference, df)) if df else np.nan,
            freed=tuple(self._names[item] for item in sorted({item for _, item in step.freed})),
        )

    def released(self, name: str, full: _Step, earlier: _Step) -> _Step:
        """Let items off one at a time until a step holds; return the last step tried, the full one where none can go."""
        step, wider = full, self.fitted(earlier, None)
        if earlier.freed:
            step = self.fit(name, earlier.freed)
        while not (step.freed and passes(PARTIAL + name, self.fitted(step, earlier), wider, "WLSMV")):
            trials = [self.fit(name, step.freed | more) for more in self._spared(name, step.freed)]
            if not trials:
                break
            step = min(trials, key=lambda trial: trial.fit.chisq)
        return step

    def _spared(self, name: str, freed: frozenset[tuple[str, int]]) -> Iterator[frozenset[tuple[str, int]]]:
        """Yield what letting one more item off frees, for each item whose factors can spare it."""
        gone = {item for _, item in freed}
        for item in set(range(len(self._names))) - gone:
            left = [place not in gone | {item} for place in range(len(self._names))]
            if (self._pattern[left].sum(axis=0) >= INVARIANT_ITEMS).all():
                yield frozenset((matrix, item) for matrix in self._tested(name, item))

    def _tested(self, name: str, item: int) -> tuple[str, ...]:
        """Return what a step is the first to hold equal for an item, and what means nothing without."""
        if name == "scalar" and "metric" not in self.steps:
            name = "thresholds" if self._answers[item] == 2 else "metric"
        return MATRICES[name]
