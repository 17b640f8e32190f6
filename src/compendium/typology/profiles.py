"""The profiles within one unit as results: who has one, which answers each gave, what goes with it, where it lies."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from .. import results
from ..persons import POINTS, Persons, estimate_row, organisation
from ..scoring import EXPOSED, SCORE
from ..study.questionnaire import Questionnaire, Typology
from ..study.study import Study
from .active import OTHER_POPULATION, columns_of
from .assignment import mark_of
from .classification import KEY, Doubt, widen
from .coding import make_book

Row = dict[str, Any]
PROFILE = "profile"
ASSIGNED, UNASSIGNED = "assigned", "unassigned"
BUILT = "built the profiles"
SUPPLEMENTARY = "supplementary: did not build the profiles"
EVERYBODY = "all"
PLACE = "mean place"


def profiles(
    study: Study, unit: str, wave: str, typology: pd.DataFrame, replicates: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Describe the profiles within one country, or within all countries together.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the country or of the pooled unit, and the wave.
    typology : pandas.DataFrame
        The product of :func:`~compendium.typology.assign`.
    replicates : pandas.DataFrame
        The product of :func:`~compendium.typology.trust.product.replicates`: intervals by profile hold the doubt about who
        belongs to which.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        Results with these indicators. ``assigned``: respondents with a profile; ``unassigned``: those without, by ``reason``.
        ``<question>__<code>``: share of a profile (group ``all``: of all profiles) that gave the answer; ``flag`` tells
        what built the profiles from what is supplementary. A measure: its mean by profile. ``axis_1`` ...: mean place of
        answers and profiles on the axes. Where there is no typology, only ``unassigned``, with the reason.
    """
    here = typology if study.is_pooled(unit) else typology[typology["country"] == unit]
    rows: list[Row] = []
    for declared in declared_or_none(study):
        population = declared.population if declared else ""
        rows += [{"population": population, **row} for row in _counts(of_population(here, population))]
        people = members(here, population, answers)
        if declared is None or people.empty:
            continue
        persons = Persons(people, equal(people), clusters=organisation(people, study.questionnaire))
        doubt = Doubt(people, of_population(replicates, population))
        rows += [{"population": population, **row} for row in _described(persons, study.questionnaire, declared, doubt)]
    weighted = equal(answers) is not None
    return results.make(rows, **common(study, unit, wave, answers), weighted=weighted)


def declared_or_none(study: Study) -> tuple[Typology | None, ...]:
    """Return the declared typologies, or one nothing, so that a page can say that there is none."""
    return study.questionnaire.analysis.typology or (None,)


def common(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> Row:
    """Return what all rows of a unit share."""
    return {
        "study": study.id,
        "wave": wave,
        "country": unit,
        "part": "profiles",
        "origin": results.weakest_origin(answers["origin"]),
        "source": "; ".join(dict.fromkeys(answers["source"])),
    }


def of_population(typology: pd.DataFrame, population: str) -> pd.DataFrame:
    """Return the rows of the typology of one population."""
    return typology[typology["population"] == population]


def members(typology: pd.DataFrame, population: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the answers of the respondents who have a profile, with the profile, its weight and the axes."""
    placed = of_population(typology, population)
    placed = placed[placed["profile"] != ""].rename(columns={"weight": "typology_weight"})
    axes = [name for name in placed.columns if name.startswith("dim_") and placed[name].notna().any()]
    return answers.merge(placed[[*KEY, PROFILE, "typology_weight", *axes]], on=KEY, validate="one_to_one")


def equal(people: pd.DataFrame) -> str | None:
    """Name the column whose groups count the same: the country, where there are several."""
    return "country" if len(people["country"].unique()) > 1 else None


def in_order(profiles: pd.Series) -> list[str]:
    """Return the profiles that occur, by number."""
    return sorted(profiles.unique(), key=lambda profile: int(profile.removeprefix("P")))


def share_row(group_by: str, group: str, estimand: str) -> Row:
    """Return what makes a row a share of a group."""
    return {"group_by": group_by, "group": group, "unit": "%", "method": "share", "estimand": estimand}


def _counts(here: pd.DataFrame) -> Iterator[Row]:
    """Count those with a profile, and those without by reason.

    Each count stands for itself: with their sum, or with the people of other populations, a small one that the gate
    withholds would follow from the others, and how many have a profile is the n of every table below.
    """
    common = {"unit": "respondents", "method": "count"}
    has = here["profile"] != ""
    if has.any():
        yield {**common, "indicator": ASSIGNED, "estimate": float(has.sum()), "n": float(has.sum())}
    reasons = here.loc[~has & (here["reason"] != OTHER_POPULATION), "reason"]
    for reason, count in reasons.value_counts().items():
        where = {"group_by": "reason", "group": str(reason)}
        yield {**common, **where, "indicator": UNASSIGNED, "estimate": float(count), "n": float(count)}


def _described(persons: Persons, questionnaire: Questionnaire, declared: Typology, doubt: Doubt) -> Iterator[Row]:
    people = persons.answers
    groups = people[PROFILE].astype(pd.CategoricalDtype(in_order(people[PROFILE]), ordered=True))
    for flag, variables in ((BUILT, declared.active), (SUPPLEMENTARY, declared.supplementary)):
        for variable in variables:
            yield from _answers(persons, groups, variable, flag, doubt)
    yield from _measures(persons, groups, questionnaire, declared, doubt)
    yield from _places(persons, declared)


def _by_profile(persons: Persons, groups: pd.Series, values: pd.Series, doubt: Doubt, factor: float) -> Iterator[Row]:
    """Estimate a mean or share in each profile, with the doubt about who belongs to it, and in all together."""
    known = values.notna()
    weights = np.zeros(len(values))
    weights[known] = 1.0 if persons.weights(known)[0] is None else persons.weights(known)[0]
    for code, found in persons.estimate(values, groups):
        row = widen(estimate_row(found, factor), factor * doubt.spread(code, values, weights), high=100.0)
        yield {**row, "group_by": PROFILE, "group": code}
    yield {**estimate_row(next(persons.estimate(values))[1], factor), "group_by": PROFILE, "group": EVERYBODY}


def _answers(persons: Persons, groups: pd.Series, variable: str, flag: str, doubt: Doubt) -> Iterator[Row]:
    for column in columns_of(variable, persons.answers):
        given = persons.answers[column]
        for _, category in make_book(persons.answers, [column]).pairs:
            mark = mark_of(column, category)
            if not mark:
                continue
            holds = (given.astype("str") == category).astype("boolean").where(given.notna())
            for row in _by_profile(persons, groups, holds, doubt, 100):
                words = share_row(PROFILE, row["group"], "share that gave this answer")
                yield {**row, **words, "indicator": mark, "flag": flag}


def _measures(
    persons: Persons, groups: pd.Series, questionnaire: Questionnaire, declared: Typology, doubt: Doubt
) -> Iterator[Row]:
    """Mean score of each measure, and share exposed where the measure says who is."""
    for measure, definition in questionnaire.measures.items():
        if set(declared.active) & {SCORE + measure, EXPOSED + measure, *definition.items}:
            continue  # it made the profiles
        for column, factor, words in (
            (SCORE, 1, {"unit": POINTS, "method": "mean", "estimand": "mean score"}),
            (EXPOSED, 100, {"unit": "%", "method": "share", "estimand": "exposed by the fixed rule"}),
        ):
            values = persons.answers.get(column + measure)
            if values is None or values.notna().sum() == 0:
                continue
            for row in _by_profile(persons, groups, values, doubt, factor):
                yield {**row, **words, "indicator": measure, "flag": SUPPLEMENTARY}


def _places(persons: Persons, declared: Typology) -> Iterator[Row]:
    """Mean place of every active answer and of every profile on each axis: among the people of this unit."""
    people = persons.answers
    for axis in [name for name in people.columns if name.startswith("dim_")]:
        common = {
            "indicator": axis.replace("dim", "axis"),
            "unit": "coordinates",
            "method": "mean",
            "estimand": PLACE,
        }
        for code, found in persons.estimate(people[axis], people[PROFILE]):
            yield {**common, **estimate_row(found), "group_by": PROFILE, "group": code}
        for variable in declared.active:
            for column in columns_of(variable, people):
                for code, found in persons.estimate(
                    people[axis], people[column].astype("str").where(people[column].notna())
                ):
                    mark = mark_of(column, code)
                    if mark:
                        question, answer = mark.split("__", 1)
                        yield {**common, **estimate_row(found), "group_by": question, "group": answer}
