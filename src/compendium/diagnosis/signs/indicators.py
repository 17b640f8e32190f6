"""Indicators of the cooperative model, as far as the answers of people of cooperatives give them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ...intervals import Mean, equal_weights
from ...intervals import mean as mean_of
from ...persons import Persons, Row, estimate_row, not_measured
from ...scoring import EXPOSED
from ...study.cooperative_indicators import CooperativeIndicator, CooperativeIndicators
from ...study.questionnaire import Questionnaire
from .rules import NOT_ASKED

INDICATOR = "cooperative indicator"
"""``group_by`` of these rows; the posture is the ``group``."""
REGISTER = "from the cooperative's own register"
NOBODY = "nobody here works through a cooperative"


def indicator_rows(
    answers: pd.DataFrame,
    questionnaire: Questionnaire,
    known: CooperativeIndicators,
    equal: str | None,
    clusters: str | None,
) -> Iterator[Row]:
    """Yield every indicator: its estimate among people of cooperatives, or the reason why there is none.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers.
    questionnaire : Questionnaire
        What was asked.
    known : CooperativeIndicators
        The indicators.
    equal, clusters : str or None
        As for :class:`~compendium.persons.Persons`.
    """
    status = known.question
    own = answers[answers[status].isin(known.codes)] if status in answers else answers.iloc[:0]
    persons = Persons(own, equal, clusters=clusters)
    for indicator in known.indicators.values():
        where = {"group_by": INDICATOR, "group": indicator.posture}
        if not indicator.answers:
            yield not_measured(indicator.id, REGISTER) | where
        elif own.empty:
            yield not_measured(indicator.id, NOBODY) | where
        elif not _is_asked(indicator, own):
            yield not_measured(indicator.id, NOT_ASKED) | where
        else:
            yield where | _row(indicator, persons, questionnaire)


def _needed(indicator: CooperativeIndicator) -> list[str]:
    spec = indicator.answers
    if "exposed" in spec:
        return [EXPOSED + spec["exposed"]]
    if "part" in spec:
        return [spec["part"], spec["of"]]
    return list(spec["ratio"]) if "ratio" in spec else [spec.get("mean") or spec["share"]]


def _is_asked(indicator: CooperativeIndicator, own: pd.DataFrame) -> bool:
    return all(name in own and bool(own[name].notna().any()) for name in _needed(indicator))


def _row(indicator: CooperativeIndicator, persons: Persons, questionnaire: Questionnaire) -> Row:
    spec, own = indicator.answers, persons.answers
    row: dict[str, Any] = {"indicator": indicator.id, "unit": indicator.unit}
    if "ratio" in spec or "part" in spec:
        first, below = (own[name].astype(float) for name in _needed(indicator))
        above = first if "ratio" in spec else first / 100 * below
        held = bool(persons.dominated(above, None, "sum"))
        found = _ratio(persons, above, below)
        return row | estimate_row(found, 100.0, dominated=held) | {"method": "ratio of sums"}
    if "mean" in spec:
        values = own[spec["mean"]].astype(float)
        ((_, found),) = persons.estimate(values)
        return (
            row
            | estimate_row(found, dominated=bool(persons.dominated(values, None, indicator.unit)))
            | {"method": "mean"}
        )
    ((_, found),) = persons.estimate(_flags(indicator, own, questionnaire))
    return row | estimate_row(found, 100.0) | {"method": "share"}


def _flags(indicator: CooperativeIndicator, own: pd.DataFrame, questionnaire: Questionnaire) -> pd.Series:
    spec = indicator.answers
    if "exposed" in spec:
        return own[EXPOSED + spec["exposed"]].astype("boolean")
    column = own[spec["share"]]
    question = questionnaire.questions.get(spec["share"])
    outside = question.own_not_applicable if question is not None else None
    answered = column.notna() & (column != outside) if outside else column.notna()
    return column.isin(spec["codes"]).astype("boolean").where(answered)


def _ratio(persons: Persons, above: pd.Series, below: pd.Series) -> Mean:
    """Return the ratio of two sums, its errors linearised."""
    own = persons.answers
    known = above.notna() & (below > 0)
    x, y = above[known].to_numpy(), below[known].to_numpy()
    strata = None if persons.equal is None else own.loc[known, persons.equal].to_numpy()
    weights = None if strata is None else equal_weights(strata)
    clusters = None if persons.clusters is None else own.loc[known, persons.clusters].to_numpy(object)
    w = weights if weights is not None else pd.Series(1.0, index=range(len(x))).to_numpy()
    total = float((w * y).sum())
    ratio = float((w * x).sum()) / total if total > 0 else float("nan")
    found = mean_of((x - ratio * y) / (total / w.sum()) + ratio, weights, strata, clusters)
    return found._replace(low=max(found.low, 0.0), high=min(found.high, 1.0))
