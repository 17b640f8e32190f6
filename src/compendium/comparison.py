"""Set the answers of the countries beside one another and beside all together; say what may be compared.

The verdict on measurement decides: means (and shares of exposed people) of a scale that does not measure the same in
every country are kept in their rows, marked ``comparable = no`` with the verdict, so that a page can show them grey and
never rank them. Answers to single questions are compared as they stand. Nothing here is a published fact:
those live in :mod:`compendium.facts`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from . import intervals, results
from .diagnosis.exposure import POINTS, Persons, estimate_row, measure_rows, organisation, population
from .invariance import Verdicts
from .invariance.axes import COUNTRY
from .scoring import SCORE, values
from .study.questionnaire import Measure, Questionnaire
from .study.questions import Question
from .study.study import Study

Row = dict[str, Any]

PART = "national_contexts"
COMPETENCE = "competence"
RANK = "rank"


def compare(study: Study, unit: str, wave: str, answers: pd.DataFrame, invariance: pd.DataFrame) -> pd.DataFrame:
    """Estimate every measure and every closed question for each country and for the countries pooled.

    Parameters
    ----------
    study : Study
        The study; its questionnaire holds measures, questions and competences.
    unit : str
        Code of the pooled countries.
    wave : str
        Wave of the survey.
    answers : pandas.DataFrame
        Clean answers of all countries.
    invariance : pandas.DataFrame
        The product ``invariance``: the verdict on each scale along each axis.

    Returns
    -------
    pandas.DataFrame
        Results of all countries and of `unit`. Measures: ``method`` ``mean`` and, where a rule is fixed, ``share``
        exposed; ``difference`` is a country less the mean of the other countries, each counting the same, with ``p_adjusted``
        by Holm over all differences of the wave; ``rank`` is the place of a country's mean, its interval holding together
        with those of all countries. Closed questions: ``share`` of each answer in ``group``, the question in
        ``indicator`` and ``group_by``. Numbers: ``mean``. Competences: ``importance``, ``mastery`` and ``gap``
        (importance less mastery) with the competence in ``group``.

    Notes
    -----
    In the pooled estimate every country counts the same, whatever its number of answers, among the persons who
    answered that very question. Countries are compared as they answered: nothing is adjusted for who they are.
    """
    questionnaire = study.questionnaire
    verdicts = Verdicts(invariance)
    parts = [(country, answers[answers["country"] == country]) for country in answers["country"].drop_duplicates()]
    frames = []
    for country, own in [*parts, (unit, answers)]:
        if own.empty:
            continue
        equal = "country" if country == unit else None
        persons = Persons(own, equal, clusters=organisation(own, questionnaire))
        rows = chain(
            _measures(persons, questionnaire, verdicts, "" if country == unit else str(country)),
            _questions(persons, questionnaire),
            _competences(persons, questionnaire),
        )
        origin = results.weakest_origin(own["origin"])
        frames.append(results.make(rows, country=country, origin=origin, weighted=persons.is_weighted))
    frames.append(_differences(questionnaire, verdicts, answers))
    found = results.concat(frames)
    return found.assign(study=study.id, wave=wave, period=wave, part=PART, source=study.id)


def _measures(persons: Persons, questionnaire: Questionnaire, verdicts: Verdicts, country: str) -> Iterator[Row]:
    for measure in questionnaire.measures.values():
        score = persons.answers.get(SCORE + measure.id)
        if score is None or score.notna().sum() == 0:
            continue
        verdict = verdicts.judge(measure, COUNTRY, country)
        for row in measure_rows(persons, questionnaire, measure, ()):
            # A row that already says why it cannot be compared (too few, not measured) keeps its own reason.
            yield row if row.get("comparable") == "no" else {**row, **verdict}


def _questions(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    consent = questionnaire.cleaning.consent
    for question in questionnaire.questions.values():
        if consent is not None and question.id == consent.question:
            continue  # everybody who is kept agreed
        if question.type == "single":
            yield from _single(persons, question, questionnaire)
        elif question.type == "multiple":
            yield from _multiple(persons, question, questionnaire)
        elif question.type == "number":
            yield from _number(persons, question, questionnaire)
        elif question.type == "item" and question.exposed:
            yield from _item(persons, question, questionnaire)


def _single(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    for code in questionnaire.codes(question.id):
        flag = (column == code).astype("boolean").where(column.notna())
        yield _share(persons, flag, question, questionnaire, str(code), "answered so")


def _multiple(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    for code in questionnaire.codes(question.id):
        column = persons.answers.get(f"{question.id}__{code}")
        if column is not None and column.notna().any():
            yield _share(
                persons,
                column.astype("boolean"),
                question,
                questionnaire,
                str(code),
                "answered so, several answers possible",
            )


def _item(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    applies = column.notna() & (column != (question.scale.not_applicable if question.scale else None))
    flag = column.isin(question.exposed).astype("boolean").where(applies)
    if applies.any():
        yield {
            **_share(persons, flag, question, questionnaire, "", "answered so that it counts as exposed"),
            "group_by": "",
        }


def _share(
    persons: Persons, flag: pd.Series, question: Question, questionnaire: Questionnaire, code: str, estimand: str
) -> Row:
    ((_, found),) = persons.estimate(flag)
    return {
        **estimate_row(found, 100),
        "indicator": question.id,
        "group_by": question.id,
        "group": code,
        "method": "share",
        "unit": "%",
        "estimand": estimand,
        "population": population(questionnaire, [question.id]),
    }


def _number(persons: Persons, question: Question, questionnaire: Questionnaire) -> Iterator[Row]:
    column = persons.answers.get(question.id)
    if column is None or column.notna().sum() == 0:
        return
    ((_, found),) = persons.estimate(column.astype(float))
    yield {
        **estimate_row(found),
        "indicator": question.id,
        "method": "mean",
        "unit": question.unit or "",
        "estimand": "mean",
        "population": population(questionnaire, [question.id]),
    }


def _competences(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield importance, mastery and importance less mastery, 0-100, among persons who answered both."""
    for one in questionnaire.analysis.competences:
        if not {one.importance, one.mastery} <= set(persons.answers.columns):
            continue
        importance, mastery = (
            _points(persons.answers[name], questionnaire.questions[name]) for name in (one.importance, one.mastery)
        )
        both = importance.notna() & mastery.notna()
        if not both.any():
            continue
        quantities = {
            "importance": (importance.where(both), "importance"),
            "mastery": (mastery.where(both), "mastery"),
            "gap": ((importance - mastery).where(both), "importance less mastery"),
        }
        for indicator, (quantity, estimand) in quantities.items():
            ((_, found),) = persons.estimate(quantity)
            yield {
                **estimate_row(found),
                "indicator": f"competence_{indicator}",
                "group_by": COMPETENCE,
                "group": one.id,
                "method": "mean",
                "unit": POINTS,
                "estimand": estimand,
                "population": population(questionnaire, [one.mastery]),
            }


def _points(codes: pd.Series, question: Question) -> pd.Series:
    assert question.scale is not None
    low, high = min(question.scale.values), max(question.scale.values)
    return 100 * (values(codes, question) - low) / (high - low)


def _differences(questionnaire: Questionnaire, verdicts: Verdicts, answers: pd.DataFrame) -> pd.DataFrame:
    """Compare each country with the others, and rank them, on every measure whose means may be compared."""
    rows: list[Row] = []
    ranked: list[Row] = []
    named = organisation(answers, questionnaire)
    for measure in questionnaire.measures.values():
        score = answers.get(SCORE + measure.id)
        if score is None:
            continue
        groups, clusters = _compared(answers[score.notna()], measure, named, verdicts)
        if len(groups) < 2:
            continue
        common = {
            "indicator": measure.id,
            "population": population(questionnaire, measure.items),
            "origin": results.weakest_origin(answers["origin"]),
        }
        places = intervals.ranks(list(groups.values()), clusters=list(clusters.values()))
        for code, place in zip(groups, places, strict=True):
            found = against_others(groups, code, clusters)
            own = {**common, "country": code, "n": float(len(groups[code]))}
            rows.append(
                {
                    **own,
                    "method": "difference",
                    "unit": POINTS,
                    "estimand": "mean less the mean of the other countries",
                    "reference_group": "other countries",
                    "estimate": found.estimate,
                    "ci_low": found.low,
                    "ci_high": found.high,
                    "p_adjusted": found.p,
                }
            )
            ranked.append(
                {
                    **own,
                    "method": RANK,
                    "unit": RANK,
                    "estimand": "rank of the mean among the countries, 1 the highest",
                    "estimate": float(place.estimate),
                    "ci_low": float(place.low),
                    "ci_high": float(place.high),
                }
            )
    adjusted: Sequence[float] | np.ndarray = intervals.holm([row["p_adjusted"] for row in rows]) if rows else []
    return results.make([*({**row, "p_adjusted": float(p)} for row, p in zip(rows, adjusted, strict=True)), *ranked])


def _compared(
    known: pd.DataFrame, measure: Measure, named: str | None, verdicts: Verdicts
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the scores of the countries that may be compared, and the organisations that people named."""
    groups: dict[str, np.ndarray] = {}
    clusters: dict[str, np.ndarray] = {}
    for country, own in known.groupby("country"):
        code, score = str(country), own[SCORE + measure.id].to_numpy(dtype=float)
        through = own[named].to_numpy(dtype=object) if named else np.full(len(own), None)
        has_error = not np.isnan(intervals.mean(score, clusters=through).low)
        if has_error and verdicts.judge(measure, COUNTRY, code).get("comparable") != "no":
            groups[code], clusters[code] = score, through
    return groups, clusters


def against_others(
    groups: Mapping[str, np.ndarray], code: str, clusters: Mapping[str, np.ndarray] | None = None
) -> intervals.Difference:
    """Estimate one group's mean less the mean of the other groups' means, each of them counting the same.

    Parameters
    ----------
    groups : mapping of str to array
        Values of two persons or more for each group.
    code : str
        The group that is compared.
    clusters : mapping of str to array, optional
        The organisations through which the people of each group answered.

    Returns
    -------
    Difference
        ``estimate low high p``, the p value not adjusted.

    See Also
    --------
    compendium.intervals.contrast : how it is estimated.
    """
    names = [code, *(name for name in groups if name != code)]
    others = len(names) - 1
    return intervals.contrast(
        [groups[name] for name in names],
        [1.0, *[-1 / others] * others],
        clusters=None if clusters is None else [clusters[name] for name in names],
    )
