"""The product ``comparison``: every estimate that the page of compared answers shows."""

from itertools import chain

import pandas as pd

from .. import results
from ..invariance import Verdicts
from ..persons import Persons, organisation
from ..study.study import Study
from .clustering import cluster_rows
from .differences import difference_rows
from .estimates import estimate_rows
from .groups import compared, weights_of
from .shrunken_rows import shrunken_rows
from .standardised_rows import standardised_rows

PART = "national_contexts"


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
        exposed. Closed questions: ``share`` of each answer in ``group``, the question in ``indicator`` and
        ``group_by``. Numbers: ``mean``. Competences: ``importance``, ``mastery`` and ``gap`` (importance less mastery)
        with the competence in ``group``.

        Of measures that may be compared besides: ``difference``, ``equivalence``, ``effect size``, ``rank``, ``margin``
        and ``family of tests`` (:func:`compendium.comparison.differences.difference_rows`), ``standardised`` and
        ``cells``, ``shrunken`` and ``spread between countries``, ``standing``, ``branch`` and ``together``.

    Notes
    -----
    In the pooled estimate every country counts the same, whatever its number of answers, among the persons who
    answered that very question. Where the study has margins of a country, its people are weighted to them.
    """
    questionnaire, verdicts = study.questionnaire, Verdicts(invariance)
    answers, weights = weights_of(study, answers)
    frames = []
    for country in [*answers["country"].drop_duplicates(), unit]:
        own = answers if country == unit else answers[answers["country"] == country]
        if own.empty:
            continue
        equal, of = ("country", "") if country == unit else (None, str(country))
        given = None if weights is None else weights[own.index]
        persons = Persons(own, equal, given, organisation(own, questionnaire))
        rows = estimate_rows(persons, questionnaire, verdicts, of)
        origin = results.weakest_origin(own["origin"])
        frames.append(results.make(rows, country=country, origin=origin, weighted=persons.is_weighted))
    measures = [one for kind in ("mean", "share") for one in compared(study, answers, weights, verdicts, kind)]
    if measures:
        further = chain(
            difference_rows(measures, study.equivalence, unit),
            standardised_rows(measures, answers, questionnaire, study.composition, unit),
            shrunken_rows(measures, unit),
            cluster_rows(measures, unit, study.seed),
        )
        frames.append(results.make(further, origin=results.weakest_origin(answers["origin"])))
    return results.concat(frames).assign(study=study.id, wave=wave, period=wave, part=PART, source=study.id)
