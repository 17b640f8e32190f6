"""Calls for projects: how many, how many hours, how often won, how much of the work is paid, and who answers with others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from .. import intervals
from ..persons import POINTS, Persons, Row, estimate_row, not_measured, ordered_groups
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire
from .associations import ASSOCIATION, ONE_TIME, SITUATION, clusters_of, counted, covariates_of, numbers_of
from .correlates import DIFFERENCE
from .regression import SMALLEST_CATEGORY, regress, standardised

ANSWERED, WON, HOURS, TOGETHER, PAID = (
    "calls_answered",
    "calls_won",
    "calls_hours",
    "calls_together",
    "hours_paid_share",
)
"""Questions of the study about calls; one that a study does not ask leaves out what rests on it, and is named."""
SUCCESS, HOURS_PER_CALL, HOURS_PER_WON = "calls_success", "calls_hours_per_call", "calls_hours_per_call_won"
"""Quantities made from them."""
RATIO, PER_PERSON = "ratio of sums", "mean of persons"
"""Methods: all calls of everybody taken together, or each person counting the same."""
SUM = "sum"
"""Unit of what is divided: a sum has no ceiling, so that one person may make up most of it."""
CALLS = "calls"
"""What the associations are by."""
NEXT_TO_NOUGHT = 1e-9
"""What nought is taken for where it would be divided by, as a part of the mean: the sums stay what they are."""


def call_rows(persons: Persons, questionnaire: Questionnaire, outcomes: Sequence[str]) -> Iterator[Row]:
    """Yield what calls for projects cost and bring, by how they are answered, and what goes with them.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked; organisations are left out, they are no persons.
    outcomes : sequence of str
        Measures whose association with calls is estimated.

    Yields
    ------
    dict
        Of everybody: the share who answered a call in a year. Of those who did: calls and hours (``mean``); hours a call,
        success and hours a call won as ``ratio of sums``, the first two also as ``mean of persons``; paid share of all
        hours of work, by number of calls; all of it by whether people answer alone or together, beside the share of each
        way. By ``calls``: the adjusted association of each outcome with calls, hours and success. By the way of answering:
        the adjusted difference from those who answer alone, in points. What is not asked has a row that says so.

    Notes
    -----
    A ratio of sums is ``sum(w y) / sum(w x)``: what a call costs or brings; who answers many counts more. The mean of persons is what a person meets: each counts the same, whatever
    the number. Associations: least squares, standardised, one regression a quantity, adjusted for the situation; hours,
    success and the way of answering among those who answered, the number of calls alike; p by Holm over all of an outcome.
    """
    answers = persons.answers
    people = _people(persons, questionnaire, outcomes)
    if ANSWERED not in answers or not (answers[ANSWERED].notna() & people).any():
        yield not_measured(ANSWERED, "no question of this study asks about it")
        return
    number = answers[ANSWERED].astype(float).where(people)
    (_, found), *_ = persons.estimate((number > 0).astype("boolean").where(number.notna()))
    yield {**estimate_row(found, 100), **_said(ANSWERED, "share", "%", "persons who answered a call in twelve months")}
    some = number.where(number > 0)
    for name in (HOURS, TOGETHER):
        if name not in answers or not answers[name].notna().any():
            yield not_measured(name, "no question of this study asks about it")
    ways = [("", None), *_ways(persons, questionnaire, some)]
    for variable, groups in ways:
        yield from _costs(persons, some, variable, groups)
    yield from _shares_of_ways(persons, ways)
    yield from _paid(persons, questionnaire, number)
    for outcome in outcomes:
        score = answers.get(SCORE + outcome)
        if score is not None and score.notna().any():
            for row in _linked(persons, questionnaire, outcome, some, number):
                yield {**row, "indicator": outcome, "caveat": ONE_TIME}


def _people(persons: Persons, questionnaire: Questionnaire, outcomes: Sequence[str]) -> pd.Series:
    """Tell who belongs to a population that is asked about the outcomes: persons, not organisations."""
    answers = persons.answers
    items = [item for outcome in outcomes for item in questionnaire.measures[outcome].items]
    asked = {name for item in items for name in questionnaire.questions[item].populations}
    if not asked or "population" not in answers:
        return pd.Series(True, index=answers.index)
    return answers["population"].isin(asked)


def _ways(persons: Persons, questionnaire: Questionnaire, some: pd.Series) -> list[tuple[str, pd.Series]]:
    """Return the ways of answering of those who answered a call, where it was asked."""
    if TOGETHER not in persons.answers or not (persons.answers[TOGETHER].notna() & some.notna()).any():
        return []
    return [(TOGETHER, ordered_groups(persons.answers, questionnaire, TOGETHER).where(some.notna()))]


def _costs(persons: Persons, some: pd.Series, variable: str, groups: pd.Series | None) -> Iterator[Row]:
    answers = persons.answers
    means = {ANSWERED: (some, "calls_year"), HOURS: (_number(answers, HOURS).where(some.notna()), "hours_year")}
    won = _number(answers, WON).where(some.notna())
    hours = means[HOURS][0]
    for name, (values, unit) in means.items():
        held = persons.dominated(values, groups, unit)
        for code, found in persons.estimate(values, groups) if values.notna().any() else ():
            place = {"group_by": variable, "group": code}
            yield {**estimate_row(found, dominated=code in held), **_said(name, "mean", unit, "those who answered a call"), **place}
    for name, over, under, unit, factor in (
        (HOURS_PER_CALL, hours, some, "hours", 1.0),
        (SUCCESS, won, some, "%", 100.0),
        (HOURS_PER_WON, hours, won, "hours", 1.0),
    ):
        for code, row in ratio_rows(persons, over, under, groups, factor):
            yield {**row, **_said(name, RATIO, unit, "all calls together"), "group_by": variable, "group": code}
        each = over / under if name != HOURS_PER_WON else over.where(over.isna())
        held = persons.dominated(each, groups, unit)
        for code, found in persons.estimate(each, groups) if each.notna().any() else ():
            place = {"group_by": variable, "group": code}
            yield {
                **estimate_row(found, factor, dominated=code in held),
                **_said(name, PER_PERSON, unit, "each person counts the same"),
                **place,
            }


def ratio_rows(
    persons: Persons, over: pd.Series, under: pd.Series, groups: pd.Series | None = None, factor: float = 1.0
) -> Iterator[tuple[str, Row]]:
    """Yield the numbers of the ratio of two sums, of everybody or of each group, by code.

    Parameters
    ----------
    persons : Persons
        Who counts how much, and through whom they answered.
    over, under : pandas.Series of float
        What is divided by what, of 0 or more; who lacks one of them is left out.
    groups : pandas.Series, optional
        Group of each person.
    factor : float
        What the ratio is multiplied by: 100 for per cent.

    Notes
    -----
    The ratio of sums is the mean of each person's own ratio, weighted by what it is divided by; so the interval is that of
    a weighted mean, whose degrees of freedom fall where a few persons or organisations hold most of the sum.
    """
    known = over.notna() & under.notna()
    if groups is not None:
        known &= groups.notna()
    if not known.any():
        return
    weights, strata = persons.weights(known)
    heavy = np.ones(int(known.sum())) if weights is None else weights
    y, x = over[known].to_numpy(dtype=float), under[known].to_numpy(dtype=float)
    clusters = None if persons.clusters is None else persons.answers.loc[known, persons.clusters].to_numpy(dtype=object)
    codes = np.full(len(y), "") if groups is None else groups[known].to_numpy(dtype=object)
    held = persons.dominated(over.where(known), groups, SUM)
    for code in [""] if groups is None else groups.cat.categories:
        inside = codes == code
        if not x[inside].sum() > 0:  # nobody here, or nothing to divide by
            continue
        under_all = np.maximum(x[inside], NEXT_TO_NOUGHT * x[inside].mean())
        h, c = (None if part is None else part[inside] for part in (strata, clusters))
        found = intervals.mean(y[inside] / under_all, heavy[inside] * under_all, h, c)
        size = intervals.effective_n(heavy[inside])
        row = estimate_row(found._replace(low=max(found.low, 0.0), n_effective=size), factor, dominated=code in held)
        yield str(code), row


def _shares_of_ways(persons: Persons, ways: Sequence[tuple[str, pd.Series | None]]) -> Iterator[Row]:
    for variable, groups in ways:
        if groups is None:
            continue
        for code in groups.cat.categories:
            ((_, found),) = persons.estimate((groups == code).astype("boolean").where(groups.notna()))
            said = _said(variable, "share", "%", "those who answered a call")
            yield {**estimate_row(found, 100), **said, "group_by": variable, "group": str(code)}


def _paid(persons: Persons, questionnaire: Questionnaire, number: pd.Series) -> Iterator[Row]:
    paid, band = _number(persons.answers, PAID).where(number.notna()), questionnaire.bands.get(ANSWERED)
    if not paid.notna().any():
        yield not_measured(PAID, "no question of this study asks about it")
        return
    by = [("", None)]
    if band is not None and band.id in persons.answers:
        by.append((band.id, ordered_groups(persons.answers, questionnaire, band.id).where(number.notna())))
    for variable, groups in by:
        for code, found in persons.estimate(paid, groups):
            said = _said(PAID, "mean", "%", "paid share of all hours of work")
            yield {**estimate_row(found), **said, "group_by": variable, "group": code}


def _linked(
    persons: Persons, questionnaire: Questionnaire, outcome: str, some: pd.Series, number: pd.Series
) -> Iterator[Row]:
    """Yield the adjusted associations of one outcome with calls, hours and success, and differences by way of answering."""
    answers, many = persons.answers, some.rename(ANSWERED)
    quantities = {
        ANSWERED: pd.DataFrame({ANSWERED: number}),
        HOURS: pd.DataFrame({HOURS: _number(answers, HOURS).where(some.notna()), ANSWERED: many}),
        SUCCESS: pd.DataFrame({SUCCESS: _number(answers, WON) / some, ANSWERED: many}),
    }
    rows, p = [], []
    for name, columns in quantities.items():
        frame = columns.assign(**{SCORE: answers[SCORE + outcome]})
        known = frame.notna().all(axis=1)
        if not known.any() or (frame.loc[known].nunique() < 2).any():
            continue
        weights, _ = persons.weights(known)
        scaled = standardised(frame[known], weights)
        clusters = clusters_of(persons, questionnaire, known)
        found = regress(scaled[SCORE], scaled[list(columns)], covariates_of(persons, known), weights, clusters)
        if found is not None:
            alike = SITUATION if name == ANSWERED else f"the number of calls, {SITUATION}"
            place = {"group_by": CALLS, "group": name, "method": ASSOCIATION, "unit": "standard deviations"}
            estimand = f"association, {alike}"
            rows.append({**counted(weights, len(scaled)), **place, "estimand": estimand, **numbers_of(found[0])})
            p.append(found[0].p)
    for row, value in _by_way(persons, questionnaire, outcome, some):
        rows.append(row)
        p.append(value)
    for row, adjusted in zip(rows, intervals.holm(p), strict=True):
        yield {**row, "p_adjusted": float(adjusted)}


def _by_way(
    persons: Persons, questionnaire: Questionnaire, outcome: str, some: pd.Series
) -> Iterator[tuple[Row, float]]:
    """Yield the adjusted difference of each way of answering from the first one, with its p value."""
    ways, score = _ways(persons, questionnaire, some), persons.answers[SCORE + outcome]
    if not ways:
        return
    groups = ways[0][1]
    sizes = groups[score.notna()].value_counts().reindex(groups.cat.categories)
    compared = [code for code in sizes.index if sizes[code] >= SMALLEST_CATEGORY]
    if len(compared) < 2:
        return
    known = score.notna() & groups.isin(compared)
    own = groups[known].astype(str)
    predictors = pd.DataFrame({code: (own == code).astype(float) for code in compared[1:]})
    weights, _ = persons.weights(known)
    covariates = covariates_of(persons, known).assign(**{ANSWERED: some[known]})
    found = regress(score[known], predictors, covariates, weights, clusters_of(persons, questionnaire, known))
    if found is None:
        return
    for code, coefficient in zip(compared[1:], found, strict=True):
        inside = (own == code).to_numpy()
        size = counted(None if weights is None else weights[inside], int(inside.sum()))
        place = {"group_by": TOGETHER, "group": code, "reference_group": compared[0], "method": DIFFERENCE}
        estimand = f"difference, the number of calls, {SITUATION}"
        yield {**size, **place, "unit": POINTS, "estimand": estimand, **numbers_of(coefficient)}, coefficient.p


def _number(answers: pd.DataFrame, name: str) -> pd.Series:
    return answers[name].astype(float) if name in answers else pd.Series(np.nan, index=answers.index)


def _said(indicator: str, method: str, unit: str, estimand: str) -> Row:
    return {"indicator": indicator, "method": method, "unit": unit, "estimand": estimand}
