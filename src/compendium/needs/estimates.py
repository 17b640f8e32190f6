"""What people need to learn: each competence with its discrepancy, its rank and its place, everywhere and by group."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from .. import results
from ..persons import NOT_MEASURED, Persons, Row, estimate_row, not_measured, ordered_groups, organisation, population
from ..scoring import values
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from ..study.training_rules import load_training_rules
from .discrepancy import quadrants
from .ranks import rank_intervals

PART = "profiles"
ALL = "all_competences"
"""Indicator of what all competences have in common: where the quadrants are cut."""
DISCREPANCY, RANKED, RANK = "discrepancy", "ranked discrepancy", "rank"
IMPORTANCE, MASTERY, SHARE = "importance", "mastery", "share"
NEED, WANTED, FOLLOWED = "need", "wanted", "followed"
"""Ends of the indicators of shares of persons: ``<competence>__need`` and so on."""
WAYS = {"below": -1, "same": 0, "above": 1}
"""How a person's mastery stands to the importance, and its sign."""
GROUPS = ("status", "seniority_band")
DRAWS, DRAWS_OF_A_GROUP = 2000, 500
"""Samples drawn again for the intervals of ranks."""
LEAST = 5
"""Persons from whom competences are ranked; fewer are always withheld."""
NOT_ASKED = "no question of this study asks what matters and what is mastered"
STEPS = "steps of the scale"
PRODUCT = "importance times gap, in steps of the scale"


def needs(study: Study, unit: str, wave: str, answers: pd.DataFrame, typology: pd.DataFrame) -> pd.DataFrame:
    """Estimate training needs in one country, or in all of them.

    Parameters
    ----------
    study : Study
        The study; its questionnaire declares the competences that are rated.
    unit, wave : str
        Country or pooled unit (every country counts the same), and wave.
    answers : pandas.DataFrame
        Clean answers of the unit.
    typology : pandas.DataFrame
        Who has which profile.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; ``indicator`` is a competence. Of everybody: methods :data:`DISCREPANCY` (Borich), :data:`RANKED`
        (per cent of persons below less above), :data:`IMPORTANCE` and :data:`MASTERY` (means, ``flag`` the quadrant), :data:`RANK` with
        its bootstrap interval, and the share below, same and above (``group_by="way"``). ``<competence>__need`` is the share of those
        whose gap needs training, ``__wanted`` and ``__followed`` those who want one and had one. By profile, country, status and
        seniority: discrepancy and rank. Indicator :data:`ALL`: where the quadrants are cut. A study without such questions: one
        row that says so.
    """
    questionnaire = study.questionnaire
    equal = "country" if study.is_pooled(unit) else None
    answers = with_profiles(answers, typology)
    persons = Persons(answers, equal, clusters=organisation(answers, questionnaire))
    importance, mastery = rated(answers, questionnaire)
    rows: list[Row] = [not_measured(ALL, NOT_ASKED)]
    if importance.notna().any(axis=None):
        rows = list(_rows(persons, questionnaire, importance, mastery, study))
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        weighted=persons.is_weighted,
        source=study.id,
    )


def rated(answers: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return importance and mastery of the competences that the answers hold, in steps of the scale; complete pairs only."""
    importance, mastery = {}, {}
    for one in questionnaire.analysis.competences:
        if {one.importance, one.mastery} <= set(answers.columns):
            importance[one.id], mastery[one.id] = (
                values(answers[name], questionnaire.questions[name]) for name in (one.importance, one.mastery)
            )
    first, second = (pd.DataFrame(own, index=answers.index, dtype=float) for own in (importance, mastery))
    both = first.notna() & second.notna()
    return first.where(both), second.where(both)


def with_profiles(answers: pd.DataFrame, typology: pd.DataFrame) -> pd.DataFrame:
    """Return the answers with the profile of each person, by population; missing where there is none."""
    key = ["respondent", "country"]
    placed = typology[typology["profile"] != ""]
    if placed.empty or not set(key) <= set(answers.columns):
        return answers.reset_index(drop=True)
    named = placed.assign(profile=placed["population"] + ":" + placed["profile"])[[*key, "profile"]]
    return answers.reset_index(drop=True).merge(named, on=key, how="left", validate="one_to_one")


def _rows(
    persons: Persons, questionnaire: Questionnaire, importance: pd.DataFrame, mastery: pd.DataFrame, study: Study
) -> Iterator[Row]:
    asked = {one.id: population(questionnaire, [one.mastery]) for one in questionnaire.analysis.competences}
    known = importance.notna().any(axis=1)
    weights, _ = persons.weights(known)
    places = quadrants(importance[known], mastery[known], weights).set_index("competence")
    for name in ("importance_cut", "mastery_cut"):
        yield {
            "indicator": ALL,
            "method": name,
            "unit": STEPS,
            "estimate": places[name].iloc[0],
            "n": float(known.sum()),
        }
    groupings = groups_of(persons.answers, questionnaire)
    for id in importance:
        common = {"indicator": id, "population": asked[id]}
        for row in _of_competence(persons, importance[id], mastery[id], groupings):
            is_placed = row["method"] in (IMPORTANCE, MASTERY) and row["n"] >= study.disclosure.minimum_cell
            flag = places.loc[id, "quadrant"] if is_placed else ""
            yield {**common, **row, "flag": flag}
        yield from _shares(persons, importance[id] - mastery[id], id)
    for variable, groups in [("", None), *groupings.items()]:
        for row in _ranks(persons, importance, mastery, groups, study.seed):
            yield {"population": asked[row["indicator"]], **row, "group_by": variable}


def _ranks(
    persons: Persons, importance: pd.DataFrame, mastery: pd.DataFrame, groups: pd.Series | None, seed: int
) -> Iterator[Row]:
    """Yield the rank of each competence within everybody, or within each group that is large enough for it to say something."""
    rated_any = importance.notna().any(axis=1)
    codes = [""] if groups is None else [str(code) for code in groups.cat.categories]
    for code in codes:
        inside = rated_any if groups is None else rated_any & groups.eq(code).fillna(False).astype(bool)
        if inside.sum() < LEAST:
            continue
        weights, _ = persons.weights(inside)
        through = None if persons.clusters is None else persons.answers.loc[inside, persons.clusters]
        draws = DRAWS if groups is None else DRAWS_OF_A_GROUP
        found = rank_intervals(
            importance[inside], mastery[inside], weights, clusters=through, draws=draws, seed=seed
        ).set_index("competence")
        for id, rank in found.dropna(subset="rank").iterrows():
            ends = {"estimate": rank["rank"], "ci_low": rank["rank_low"], "ci_high": rank["rank_high"]}
            n = float((importance[id].notna() & inside).sum())
            yield {"indicator": id, "group": code, **ends, "method": RANK, "unit": "rank", "n": n}


def groups_of(answers: pd.DataFrame, questionnaire: Questionnaire) -> Mapping[str, pd.Series]:
    """Return what sorts people: profile, country where there are several, status and years in the trade."""
    found = {name: ordered_groups(answers, questionnaire, name) for name in GROUPS if name in answers}
    if len(answers["country"].unique()) > 1:
        found["country"] = ordered_groups(answers, questionnaire, "country")
    if "profile" in answers:
        found["profile"] = answers["profile"].astype(pd.CategoricalDtype(sorted(answers["profile"].dropna().unique())))
    return found


def _of_competence(
    persons: Persons, importance: pd.Series, mastery: pd.Series, groupings: Mapping[str, pd.Series]
) -> Iterator[Row]:
    for method, quantity in ((IMPORTANCE, importance), (MASTERY, mastery)):
        for _, found in persons.estimate(quantity):
            yield {**estimate_row(found), "method": method, "unit": STEPS}
    way = np.sign(mastery - importance)
    for _, found in persons.estimate(-100 * way):
        yield {**estimate_row(found), "method": RANKED, "unit": "%"}
    for name, sign in WAYS.items():
        for _, found in persons.estimate(way.eq(sign).astype("boolean").where(way.notna())):
            yield {**estimate_row(found, 100), "method": SHARE, "unit": "%", "group_by": "way", "group": name}
    for variable, groups in [("", None), *groupings.items()]:
        for code, found in persons.estimate(linearised(persons, importance, mastery, groups), groups):
            where = {"group_by": variable, "group": code}
            yield {**estimate_row(found), "method": DISCREPANCY, "unit": PRODUCT, **where}


def linearised(persons: Persons, importance: pd.Series, mastery: pd.Series, groups: pd.Series | None) -> pd.Series:
    """Return for each person what has Borich's discrepancy as its mean, group by group, and its variance.

    Notes
    -----
    With :math:`D = I - C` it is :math:`\\bar I D_i + \\bar D I_i - \\bar I \\bar D`: its mean is :math:`\\bar I \\bar D`, and its spread that
    of the linearised product, so that organisations and weights enter the interval as in every other mean.
    """
    gap = importance - mastery
    matters, apart = (
        {code: found.estimate for code, found in persons.estimate(one, groups)} for one in (importance, gap)
    )
    place = pd.Series("", gap.index) if groups is None else groups.astype(object)
    i, d = place.map(matters).astype(float), place.map(apart).astype(float)
    return i * gap + d * importance - i * d


def _shares(persons: Persons, gap: pd.Series, id: str) -> Iterator[Row]:
    flags = {NEED: gap.ge(load_training_rules().least_gap).astype("boolean").where(gap.notna())}
    for name, question in ((WANTED, "training_wanted"), (FOLLOWED, "training_followed")):
        column = persons.answers.get(f"{question}__{id}")
        if column is not None and column.notna().any():
            flags[name] = column.astype("boolean")
    for name, own in flags.items():
        for _, found in persons.estimate(own):
            yield {**estimate_row(found, 100), "indicator": f"{id}__{name}", "method": SHARE, "unit": "%"}


def is_measured(found: pd.DataFrame) -> bool:
    """Tell whether anybody rated a competence."""
    return bool((found["method"] != NOT_MEASURED).any())
