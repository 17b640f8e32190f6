"""Partial invariance: which items have to be let off being equal so that the others carry the comparison."""

from collections.abc import Iterator
from dataclasses import replace

from ..factor_models.score_test import gain
from .question import Freed, Question, Step
from .rule import PARTIAL, passes

INVARIANT_ITEMS = 2
"""As many items of every factor have to stay equal in all groups."""


def released(question: Question, name: str, full: Step, earlier: Step) -> Step | None:
    """Let items off one at a time until a step holds.

    Parameters
    ----------
    question : Question
        The model and the answers.
    name : {"metric", "scalar"}
        The step that failed.
    full : Step
        That step with all items equal.
    earlier : Step
        The step before it, which holds, in full or in part.

    Returns
    -------
    Step or None
        The first step that holds, or the last one tried; nothing where not a single item can be let off.

    Notes
    -----
    The item is let off whose equality costs most (score statistic, :func:`.score_test.gain`, under normal theory also
    where the estimator is robust: it only chooses the order), then the model is fitted again. An item is let off in
    all groups, not in single ones: what is then compared stands on the same items everywhere, and which group differs
    needs no second search. Which items are right is no question that answers can decide: the ones that agree among
    themselves stay. An item whose loading was let off has its intercept let off too, for equal intercepts of unequal
    loadings mean nothing.

    References
    ----------
    Byrne, Shavelson, Muthen (1989), Psychol. Bull. 105:456-466; Steenkamp, Baumgartner (1998), J. Consum. Res.
    25:78-90.
    """
    loadings = earlier.freed.loadings
    step = full
    if loadings:
        step = question.fit(name, Freed(loadings, loadings))
    before = question.fitted(earlier, None)
    while not (step.freed.items and passes(PARTIAL + name, question.fitted(step, earlier), before, question.estimator)):
        wider = max(
            _wider(question, name, step), key=lambda freed: gain(step.fit.solution, freed.by_matrix()), default=None
        )
        if wider is None:
            return step if step.freed.items else None
        step = question.fit(name, wider)
    return step


def _wider(question: Question, name: str, step: Step) -> Iterator[Freed]:
    """Yield what is let off if one more item is, for each item whose factors can spare it."""
    freed = step.freed
    for item in set(range(len(question.names))) - freed.items:
        left = [place not in freed.items | {item} for place in range(len(question.names))]
        if (question.pattern[left].sum(axis=0) >= INVARIANT_ITEMS).all():
            matrix = "loadings" if name == "metric" else "intercepts"
            yield replace(freed, **{matrix: getattr(freed, matrix) | {item}})
