"""The ladder by maximum likelihood, plain or robust: every step in full, and in part where a full one fails."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .partial import released
from .question import STEPS, Question, Step
from .rule import PARTIAL, Fitted, before, holding


def ml(complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> dict[str, Fitted]:
    """Fit every step by normal-theory maximum likelihood."""
    return _ladder(Question(complete, model, group, "ML"))


def mlr(complete: pd.DataFrame, model: Mapping[str, Sequence[str]], group: str) -> dict[str, Fitted]:
    """Fit every step by maximum likelihood, corrected for answers that are not normal."""
    return _ladder(Question(complete, model, group, "MLR"))


def _ladder(question: Question) -> dict[str, Fitted]:
    steps, found = dict[str, Step](), dict[str, Fitted]()

    def add(name: str, step: Step) -> None:
        steps[name] = step
        earlier = before(name, steps)
        found[name] = question.fitted(step, None if earlier is None else steps[earlier])

    for name in STEPS:
        add(name, question.fit(name))
        if name not in ("metric", "scalar"):
            continue
        holds = holding(found, question.estimator)
        earlier = before(PARTIAL + name, steps)
        if earlier and holds[earlier] and not holds[name]:
            step = released(question, name, steps[name], steps[earlier])
            if step:
                add(PARTIAL + name, step)
    return found
