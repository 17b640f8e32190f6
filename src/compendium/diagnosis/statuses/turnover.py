"""The claim on turnover put to a design: now, before the status, within persons and between statuses."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ...disclosure.rounding import to_step
from ...estimation.quantiles import estimate_quantile
from ...persons import Persons, Row, estimate_row, not_measured
from ...study.analysis_plan import TurnoverPlan
from .differences import PAIR, STANDARDISED, TOTAL, estimated
from .people import People

MEDIAN = "median"
RATIO = "ratio to the reference"
WITHIN = "ratio of now to before, within persons"
BETWEEN = "ratio of these ratios to the reference"
HALF = "turnover_before_half"
"""Group variable: whether a person's turnover before the status was below or above the middle of all."""
KNOWN, ZERO = "turnover_before_told", "turnover_nothing_now"
EQUAL_HOURS, EQUAL_BEFORE = "at equal hours", "at equal turnover before"
POSITIVE = "who invoiced nothing is left out, since a ratio needs both"
EUR = "EUR a year"
CHANGE, LEVEL, BEFORE_LOG = "turnover_change", "turnover_level", "turnover_before_log"


def turnover_rows(people: People) -> Iterator[Row]:
    """Yield what turnover now, and before the current status, says about the claim.

    Yields
    ------
    dict
        By status: the median of both years in EUR (:data:`MEDIAN`), the share that told the year before (:data:`KNOWN`),
        the share that invoiced nothing in the last year (:data:`ZERO`), and the geometric mean of now over before
        (:data:`WITHIN`), also of all below and above the middle of the year before (:data:`HALF`). Against the reference:
        the ratio of the geometric means of turnover now (:data:`RATIO`), total and at equal hours; and of the changes within
        persons (:data:`BETWEEN`), total and at equal turnover before. Each in two ways of making people alike.

    Notes
    -----
    Logarithms are averaged and turned back, so that twice as much and half as much weigh the same. Persons who begin a
    status after a bad year rise without any status, and the other way round (regression to the mean); the rows by
    :data:`HALF` show how much of that there is.
    """
    plan = people.plan.turnover
    if plan.now not in people.answers or people.answers[plan.now].notna().sum() == 0:
        yield not_measured(plan.now, "no question of this study asks about it")
        return
    frame = _logged(people.answers, plan)
    status = frame[people.plan.treatment].astype(pd.CategoricalDtype(people.statuses, ordered=True))
    persons, by = people.persons(frame), {"group_by": people.plan.treatment, "population": people.plan.population}
    for name in (plan.now, plan.before):
        if name in frame:
            yield from _medians(people, frame, name)
    nothing = (frame[plan.now] == 0).astype("boolean").where(frame[plan.now].notna())
    yield from _shares(persons, nothing.dropna().astype(bool), ZERO, status, by)
    hours = [plan.hours] if plan.hours in frame else []
    yield from _against(people, frame, plan.now, LEVEL, RATIO, (TOTAL, []), (EQUAL_HOURS, hours))
    if frame[CHANGE].notna().sum() == 0:
        yield not_measured(plan.before, "no question of this study asks about it")
        return
    yield from _shares(persons, frame[plan.before].notna(), KNOWN, status, by)
    half = _half(frame)
    for variable, groups in ((people.plan.treatment, status), (HALF, half)):
        held = persons.dominated(frame[CHANGE].astype(float), groups, "ratio")
        for code, found in persons.estimate(frame[CHANGE].astype(float), groups):
            place = {**by, "group_by": variable, "indicator": CHANGE, "group": code, "caveat": POSITIVE}
            numbers = _turned_back(estimate_row(found, dominated=code in held))
            yield {**place, "method": WITHIN, "unit": "ratio", **numbers}
    yield from _against(people, frame, CHANGE, CHANGE, BETWEEN, (TOTAL, []), (EQUAL_BEFORE, [BEFORE_LOG]))


def _logged(answers: pd.DataFrame, plan: TurnoverPlan) -> pd.DataFrame:
    """Add logarithms of turnover now and before, and the change between them."""
    now = _log(answers[plan.now])
    before = _log(answers[plan.before]) if plan.before in answers else pd.Series(np.nan, answers.index)
    return answers.assign(**{LEVEL: now, BEFORE_LOG: before, CHANGE: now - before})


def _log(values: pd.Series) -> pd.Series:
    numbers = values.astype(float)
    return pd.Series(np.log(numbers.where(numbers > 0)), values.index)


def _half(frame: pd.DataFrame) -> pd.Series:
    told = frame[BEFORE_LOG].where(frame[CHANGE].notna())
    codes = pd.Series(np.where(told < told.median(), "lower", "upper"), frame.index, dtype=object).where(told.notna())
    return codes.astype(pd.CategoricalDtype(["lower", "upper"], ordered=True))


def _medians(people: People, frame: pd.DataFrame, name: str) -> Iterator[Row]:
    for code in people.statuses:
        own = frame[(frame[people.plan.treatment] == code) & frame[name].notna()]
        if own.empty:
            continue
        weights, _ = people.persons(own).weights(own[name].notna())
        values = pd.DataFrame({"value": own[name].astype(float), "weight": 1.0 if weights is None else weights})
        found = estimate_quantile(values, "value", 0.5, rule="school", weights="weight").iloc[0]
        numbers = to_step(float(found["estimate"]), float(found["ci_low"]), float(found["ci_high"]), EUR)
        yield {
            "indicator": name,
            "group_by": people.plan.treatment,
            "group": code,
            "population": people.plan.population,
            "method": MEDIAN,
            "unit": EUR,
            **dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True)),
            "n": float(len(own)),
        }


def _shares(persons: Persons, values: pd.Series, indicator: str, status: pd.Series, by: Row) -> Iterator[Row]:
    whole = values.reindex(status.index).astype("boolean")
    known = whole.notna()
    inside = Persons(persons.answers[known], persons.equal, clusters=persons.clusters)
    for code, found in inside.estimate(whole[known].astype(bool), status[known]):
        place = {**by, "indicator": indicator, "group": code, "method": "share", "unit": "%"}
        yield {**place, **estimate_row(found, 100)}


def _against(
    people: People, frame: pd.DataFrame, indicator: str, column: str, method: str, *wanted: tuple[str, Sequence[str]]
) -> Iterator[Row]:
    plan = people.plan
    for estimand, more in wanted:
        covariates = [*people.covariates(plan.total), *more]
        for way in (PAIR, STANDARDISED):
            known = frame[frame[column].notna()]
            if not (known[plan.treatment] == plan.reference).any() or known[plan.treatment].nunique() < 2:
                continue
            for row in estimated(people, known, column, covariates, way).to_dict("records"):
                numbers = {name: float(row[name]) for name in ("estimate", "ci_low", "ci_high", "n", "n_effective")}
                numbers = _turned_back(numbers) | {"p_adjusted": float(row["p_adjusted"])}
                refused = {"comparable": "no", "reason": row["note"]}
                yield {
                    "indicator": indicator,
                    "group_by": plan.treatment,
                    "group": row["group"],
                    "reference_group": plan.reference,
                    "population": plan.population,
                    "method": f"{method}, {way}",
                    "unit": "ratio",
                    "estimand": estimand,
                    **numbers,
                    **(refused if np.isnan(row["estimate"]) else {"caveat": POSITIVE}),
                }


def _turned_back(row: Row) -> Row:
    """Turn an average of logarithms and its interval into a ratio."""
    return {**row, **{name: float(np.exp(row[name])) for name in ("estimate", "ci_low", "ci_high")}}
