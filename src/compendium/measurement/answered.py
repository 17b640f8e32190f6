"""What was answered to a measure and its items, by how many of those who were asked, and how its score is spread."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from ..intervals import mean, share
from ..study.questionnaire import Measure, Questionnaire
from ..study.routing import SEPARATOR, asked
from .names import ANSWER, ANSWERED, BAND, BANDS, CEILING, FLOOR, OF_MEASURE, Row


def routed(answers: pd.DataFrame, questionnaire: Questionnaire, items: Iterable[str]) -> pd.DataFrame:
    """Put the questions with several answers that route to an item together again: one cell a person."""
    routes = {condition.question for item in items for condition in questionnaire.questions[item].when}
    cells = {}
    for name in sorted(routes - set(answers)):
        chosen = {code: f"{name}__{code}" for code in questionnaire.questions[name].codes}
        if set(chosen.values()) <= set(answers):
            cell = pd.Series("", index=answers.index)
            for code, column in chosen.items():
                cell = cell.mask(answers[column].fillna(False).astype(bool), cell + code + SEPARATOR)
            cells[name] = cell
    return answers.assign(**cells)


def in_points(questionnaire: Questionnaire, items: pd.DataFrame) -> pd.DataFrame:
    """Put turned items on 0-100 by their own answer scales."""
    ends = {}
    for name in items:
        scale = questionnaire.questions[str(name)].scale
        assert scale is not None
        ends[name] = min(scale.values), max(scale.values)
    return pd.DataFrame({name: 100 * (items[name] - low) / (high - low) for name, (low, high) in ends.items()})


def of_score(scores: pd.Series) -> Iterator[Row]:
    """Count the persons at the ends of a score, and in each band of its range."""
    known = scores.dropna().to_numpy(dtype=float)
    for name, end in ((FLOOR, 0.0), (CEILING, 100.0)):
        yield {"group_by": name, "group": name, **_share(np.isclose(known, end).sum(), len(known))}
    place = np.searchsorted(BANDS, known + 1e-9, side="right") - 1
    for at, count in enumerate(np.bincount(place, minlength=len(BANDS))):
        yield {"group_by": BAND, "group": str(BANDS[at]), **_share(count, len(known))}


def of_item(answers: pd.DataFrame, questionnaire: Questionnaire, item: str) -> Iterator[Row]:
    """Count what was answered to an item, and by how many of those who were asked."""
    question = questionnaire.questions[item]
    assert question.scale is not None
    codes, reached = answers[item], _reached(answers, questionnaire, item)
    given = codes[codes.isin(question.scale.codes)]
    for code in question.scale.codes:
        yield {"indicator": item, "group_by": ANSWER, "group": code, **_share((given == code).sum(), len(given))}
    if reached is None:
        return
    counts = {"answered": len(given), "not_applicable": int((codes == question.not_applicable).sum())}
    counts["not_answered"] = int(reached.sum()) - sum(counts.values())
    for group, count in counts.items():
        yield {"indicator": item, "group_by": ANSWERED, "group": group, **_share(count, int(reached.sum()))}


def gaps(answers: pd.DataFrame, questionnaire: Questionnaire, measure: Measure) -> Iterator[Row]:
    """Tell which share of a measure's items does not apply to a person, and stays without an answer, on average."""
    found = {item: _reached(answers, questionnaire, item) for item in measure.items}
    if any(one is None for one in found.values()):
        return
    reached = pd.DataFrame(found)
    number = reached.sum(axis=1).where(reached.any(axis=1))
    cells = {
        "not_applicable": pd.DataFrame(
            {item: answers[item] == questionnaire.questions[item].not_applicable for item in measure.items}
        ),
        "not_answered": answers[list(measure.items)].isna() & reached,
    }
    for group, missing in cells.items():
        one = mean(100 * missing.sum(axis=1) / number)
        numbers = {"estimate": one.estimate, "ci_low": max(one.low, 0.0), "ci_high": min(one.high, 100.0)}
        about = {"group_by": ANSWERED, "group": group, "method": "mean of persons", "unit": "%", "n": float(one.n)}
        yield {"indicator": measure.id} | about | numbers


def means(measure: str, points: pd.DataFrame) -> Iterator[Row]:
    for item, column in points.items():
        found = mean(column.dropna())
        own = {"indicator": item, "group_by": OF_MEASURE, "group": measure, "method": "mean", "unit": "points"}
        yield own | {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high, "n": float(found.n)}


def _reached(answers: pd.DataFrame, questionnaire: Questionnaire, item: str) -> "pd.Series[bool] | None":
    """Tell who was asked an item; nobody knows where a question that routes to it stayed behind when cleaning."""
    question, eligible = questionnaire.questions[item], questionnaire.cleaning.eligible
    routes = {condition.question for condition in question.when}
    if question.populations and eligible is not None:
        routes.add(eligible.question)
    return asked(answers, questionnaire, item) | answers[item].notna() if routes <= set(answers) else None


def _share(count: float, n: int) -> Row:
    found = share(float(count), n)
    numbers = {"estimate": 100 * found.estimate, "ci_low": 100 * found.low, "ci_high": 100 * found.high}
    return {"method": "share", "unit": "%", "n": float(n), **numbers}
