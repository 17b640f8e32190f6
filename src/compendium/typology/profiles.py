"""The profiles of a unit as results: sizes, what built them, what goes with them, where they lie on the axes."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from .. import results
from ..diagnosis.exposure import POINTS, Persons, estimate_row, ordered_groups
from ..scoring import SCORE
from ..study.questionnaire import Questionnaire, Typology
from ..study.study import Study
from .active import columns_of, select
from .assignment import fit, mark_of
from .coding import make_book
from .describe import describe

Row = dict[str, Any]
PROFILE = "profile"
KEY = ["country", "respondent"]
BUILT = "built the profiles"
SUPPLEMENTARY = "supplementary: did not build the profiles"
EVERYBODY = "all"


def profiles(
    study: Study, unit: str, wave: str, typology: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Describe the profiles of one country, or of all countries, as results.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the country or of the pooled unit, and the wave.
    typology : pandas.DataFrame
        The product of :func:`~compendium.typology.assign`.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        Results with these indicators. ``assigned``: respondents by ``reason`` (those with a profile: ``assigned``).
        ``profile``: share of each profile, in every country and in all together. ``named_by``: the answers that name a
        profile, in ``estimand``. ``<question>__<code>``: share of a profile (group ``all``: of everybody) that gave the
        answer, and its ``v-test`` over all countries, for what built the profiles and for what is supplementary, told
        apart by ``flag``. A measure: its mean by profile. ``profile__P1`` ...: share of each profile among the groups of
        the first active variable. ``axis_1`` ...: place of frequent answers and of profiles, and the rate of the axis.
        Where there is no typology, only ``assigned``, with the reason.
    """
    here = typology if study.is_pooled(unit) else typology[typology["country"] == unit]
    common = {
        "study": study.id,
        "wave": wave,
        "country": unit,
        "part": "profiles",
        "origin": results.weakest_origin(here["origin"]) if len(here) else "synthetic",
        "source": "; ".join(dict.fromkeys(answers.get("source", pd.Series(dtype=str)))),
        "weighted": study.is_pooled(unit) and answers["country"].nunique() > 1,
    }
    rows: list[Row] = []
    for declared in study.questionnaire.analysis.typology:
        placed = typology[typology["population"] == declared.population]
        rows += [
            {"population": declared.population, **row}
            for row in _rows(study, unit, declared, placed, answers)
        ]
    return results.make(rows, **common)


def _rows(
    study: Study, unit: str, declared: Typology, placed: pd.DataFrame, answers: pd.DataFrame
) -> Iterator[Row]:
    here = placed if study.is_pooled(unit) else placed[placed["country"] == unit]
    yield from _counts(here)
    assigned = placed[placed["profile"] != ""]
    if assigned.empty:
        return
    yield from _sizes(study, unit, assigned)
    yield from _named(assigned)
    people = assigned[[*KEY, PROFILE, "weight"]].merge(
        answers.drop(columns="weight", errors="ignore"), on=KEY, validate="one_to_one"
    )
    own = people if study.is_pooled(unit) else people[people["country"] == unit].reset_index(drop=True)
    persons = Persons(own, "country" if study.is_pooled(unit) and own["country"].nunique() > 1 else None)
    v_tests = _v_tests(people, declared)
    for flag, variables in ((BUILT, declared.active), (SUPPLEMENTARY, declared.supplementary)):
        for variable in variables:
            yield from _answers(persons, variable, flag, v_tests)
    yield from _measures(persons, study.questionnaire)
    yield from _crossed(persons, study.questionnaire, declared)
    yield from _axes(persons, study.questionnaire, declared, answers, assigned)


def _counts(here: pd.DataFrame) -> Iterator[Row]:
    reasons = here["reason"].where(here["profile"] == "", "assigned")
    for reason, count in reasons.value_counts().items():
        yield {
            "indicator": "assigned",
            "group_by": "reason",
            "group": str(reason),
            "estimate": float(count),
            "n": float(len(here)),
            "unit": "respondents",
            "method": "count",
        }


def _sizes(study: Study, unit: str, assigned: pd.DataFrame) -> Iterator[Row]:
    """Share of each profile in the unit, in all countries together and, for the pooled unit, in each country."""
    countries = list(dict.fromkeys(assigned["country"]))
    wanted = [unit] if not study.is_pooled(unit) else countries
    parts = {country: assigned[assigned["country"] == country] for country in wanted}
    if len(countries) > 1 or study.is_pooled(unit):
        parts[study.pooled.code] = assigned
    codes = sorted(assigned["profile"].unique(), key=_number)
    for country, part in parts.items():
        pooled = study.is_pooled(country)
        persons = Persons(part, "country" if pooled and len(countries) > 1 else None)
        for code in codes:
            for _, found in persons.estimate(part["profile"] == code):
                yield {
                    **estimate_row(found, 100),
                    **_share(PROFILE, code, "share of the respondents who have a profile"),
                    "indicator": PROFILE,
                    "country": country,
                    "weighted": persons.is_weighted,
                }


def _named(assigned: pd.DataFrame) -> Iterator[Row]:
    for code, part in assigned.groupby("profile"):
        yield {
            "indicator": "named_by",
            "group_by": PROFILE,
            "group": str(code),
            "estimand": part["marks"].iloc[0],
            "method": "strongest answers",
        }


def _v_tests(people: pd.DataFrame, declared: Typology) -> dict[tuple[str, str], float]:
    """V-test of every answer by (``<question>__<code>``, profile), over all countries, where the profiles were made."""
    columns = [
        name
        for variable in (*declared.active, *declared.supplementary)
        for name in columns_of(variable, people)
    ]
    table = people[columns].astype("str").where(people[columns].notna())
    found = describe(people["profile"], table, people["weight"].to_numpy())
    return {
        (mark, row.profile): row.v_test
        for row in found.itertuples(index=False)
        if (mark := mark_of(row.variable, row.category))
    }


def _answers(
    persons: Persons, variable: str, flag: str, v_tests: dict[tuple[str, str], float]
) -> Iterator[Row]:
    people = persons.answers
    groups = _with_all(people["profile"])
    for column in columns_of(variable, people):
        for _, category in make_book(people, [column]).pairs:
            mark = mark_of(column, category)
            if not mark:
                continue
            holds = (people[column].astype("str") == category).astype("boolean").where(people[column].notna())
            for code, found in [
                *persons.estimate(holds, groups),
                *[(EVERYBODY, one) for _, one in persons.estimate(holds)],
            ]:
                yield {
                    **estimate_row(found, 100),
                    **_share(PROFILE, code, "share that gave this answer"),
                    "indicator": mark,
                    "flag": flag,
                }
                if (mark, code) in v_tests:
                    yield {
                        "indicator": mark,
                        "group_by": PROFILE,
                        "group": code,
                        "estimate": v_tests[mark, code],
                        "n": float(found.n),
                        "unit": "standard errors",
                        "method": "v-test",
                        "estimand": "v-test over all countries",
                        "flag": flag,
                    }


def _measures(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    people = persons.answers
    groups = _with_all(people["profile"])
    for measure in questionnaire.measures:
        score = people.get(SCORE + measure)
        if score is None or score.notna().sum() == 0:
            continue
        for code, found in [
            *persons.estimate(score, groups),
            *[(EVERYBODY, one) for _, one in persons.estimate(score)],
        ]:
            yield {
                **estimate_row(found),
                "indicator": measure,
                "group_by": PROFILE,
                "group": code,
                "unit": POINTS,
                "method": "mean",
                "estimand": "mean score",
                "flag": SUPPLEMENTARY,
            }


def _crossed(persons: Persons, questionnaire: Questionnaire, declared: Typology) -> Iterator[Row]:
    """Share of each profile within the groups of the first active variable: declared status against profile."""
    people, variable = persons.answers, declared.active[0]
    if variable not in people.columns:
        return
    groups = ordered_groups(people, questionnaire, variable)
    for profile in sorted(people["profile"].unique(), key=_number):
        for code, found in persons.estimate(
            (people["profile"] == profile).where(groups.notna()).astype("boolean"), groups
        ):
            yield {
                **estimate_row(found, 100),
                **_share(variable, code, "share of this group that has the profile"),
                "indicator": f"{PROFILE}__{profile}",
            }


def _axes(
    persons: Persons,
    questionnaire: Questionnaire,
    declared: Typology,
    answers: pd.DataFrame,
    assigned: pd.DataFrame,
) -> Iterator[Row]:
    mca, _ = fit(select(questionnaire, declared, answers), assigned["profile"].nunique())
    people = persons.answers
    axes = list(mca.individuals.columns)
    coordinates = people[KEY].merge(assigned[[*KEY, *axes]], on=KEY, how="left", validate="one_to_one")
    places = mca.categories.query("role == 'active'")
    strong = places[places["contribution_pct"] >= 100 / (places["dimension"] == 1).sum()]
    for number, axis in enumerate(axes, start=1):
        common = {
            "indicator": f"axis_{number}",
            "unit": "standard coordinates",
            "method": "mean",
            "estimand": "mean place",
        }
        yield {
            "indicator": f"axis_{number}",
            "estimate": float(mca.eigenvalues["benzecri_pct"].iloc[number - 1]),
            "n": float(len(assigned)),
            "unit": "%",
            "method": "rate after Benzecri",
            "estimand": "share of the structure",
        }
        for code, found in persons.estimate(coordinates[axis], people["profile"]):
            yield {**common, **estimate_row(found), "group_by": PROFILE, "group": code}
        for variable, category in strong[["variable", "category"]].drop_duplicates().itertuples(index=False):
            mark = mark_of(variable, category)
            if not mark:
                continue
            question, code = mark.split("__", 1)
            holds = (people[variable].astype("str") == category).fillna(False).astype(bool)
            for _, found in persons.estimate(coordinates[axis].where(holds)):
                yield {**common, **estimate_row(found), "group_by": question, "group": code}


def _share(group_by: str, group: str, estimand: str) -> Row:
    return {"group_by": group_by, "group": group, "unit": "%", "method": "share", "estimand": estimand}


def _with_all(profile: pd.Series) -> pd.Series:
    return profile.astype(pd.CategoricalDtype(sorted(profile.unique(), key=_number), ordered=True))


def _number(profile: str) -> int:
    return int(profile.removeprefix("P"))
