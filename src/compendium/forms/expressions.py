"""Routes and limits in the language of XForms: XPath 1.0 over the names of questions."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..study.platform_names import refusal
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Question


def relevant(form: Questionnaire, route: Iterable[Condition]) -> str:
    """Return the expression under which something is shown: all conditions of a route; empty where there is none."""
    said = [holds(form, one) for one in dict.fromkeys(route)]
    return " and ".join(f"({part})" if " or " in part and len(said) > 1 else part for part in said)


def holds(form: Questionnaire, condition: Condition) -> str:
    """Return the expression that holds where an answer meets a condition; no answer never meets one."""
    name = f"${{{condition.question}}}"
    if condition.above is not None:
        return f"{name} > {_plain(condition.above)}"
    if form.questions[condition.question].type == "multiple":
        return " or ".join(f"selected({name}, {quoted(code)})" for code in condition.codes)
    return " or ".join(f"{name} = {quoted(code)}" for code in condition.codes)


def constraint(question: Question) -> str:
    """Return what an answer must be: one that stands alone does, a number is in its range; empty where all are legal."""
    if question.type == "multiple":
        alone = " or ".join(f"selected(., {quoted(code)})" for code in standing_alone(question))
        return f"count-selected(.) <= 1 or not({alone})" if alone else ""
    if question.type == "number":
        limits = ((">=", question.minimum), ("<=", question.maximum))
        return " and ".join(f". {sign} {_plain(limit)}" for sign, limit in limits if math.isfinite(limit))
    return ""


def standing_alone(question: Question) -> list[str]:
    """Return the codes of a ``multiple`` that nothing else may stand beside, a refusal among them."""
    return [*question.exclusive, *filter(None, [refusal(question)])]


def quoted(code: str) -> str:
    """Return a text inside an expression; XPath 1.0 knows no escape, so the quotes are those the text does not hold."""
    return f"'{code}'" if "'" not in code else f'"{code}"'


def _plain(number: float) -> str:
    """A number inside an expression; XPath 1.0 knows no exponents."""
    return f"{number:.15g}"
