"""What made the profiles, over all countries: their names, sizes and marks, the axes, declared status against profile."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from .. import results
from ..intervals import benjamini_hochberg, effective_n
from ..persons import Persons, estimate_row, ordered_groups, organisation
from ..study.questionnaire import Questionnaire, Typology
from ..study.study import Study
from .active import columns_of, select
from .assignment import fit, mark_of
from .branches import branches
from .classification import NONE, Doubt, widen
from .describe import describe
from .division import divide
from .hcpc import HCPC
from .mca import MCA
from .profiles import BUILT, PROFILE, SUPPLEMENTARY, Row, common, equal, in_order, members, of_population, share_row
from .rules import rules

STRONG = "contribution to the axis"
RATE = "share of the structure"
TREE, MOVED = "tree", "moved__"


def landmarks(
    study: Study,
    unit: str,
    wave: str,
    typology: pd.DataFrame,
    answers: pd.DataFrame,
    replicates: pd.DataFrame = NONE,
) -> pd.DataFrame:
    """Describe what made the profiles, which is the same on the page of every country.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the pooled unit, and the wave.
    typology : pandas.DataFrame
        The product of :func:`~compendium.typology.assign`.
    answers : pandas.DataFrame
        Clean answers of all countries.
    replicates : pandas.DataFrame
        The product ``replicates``: shares of profiles are uncertain by the doubt about who belongs to them as well. Where
        there are none, intervals hold the sample's uncertainty only.

    Returns
    -------
    pandas.DataFrame
        Results with these indicators. ``profile``: share of each profile in every country and in all together.
        ``named_by``: the answers that name a profile, in ``estimand``. ``<question>__<code>``: v-test of the answer in a
        profile. ``profile__P1`` ...: share of each profile among the groups of the first active variable. ``axis_1`` ...:
        rate of the axis, and contribution of the answers that make it more than the average answer does. ``tree``: nodes
        of the top of the tree, with the inertia lost by their merge and, in ``estimand``, the numbers of their two parts;
        ``flag`` names the profile that a node lay in when the tree was cut. ``gain``: inertia between profiles gained by one
        profile more. ``moved__P1`` ...: where the members of each profile of the cut tree went by consolidation. Empty
        where there is no typology.
    """
    rows: list[Row] = []
    for declared in study.questionnaire.analysis.typology:
        people = members(typology, declared.population, answers)
        if people.empty:
            continue
        placed = typology[(typology["population"] == declared.population) & (typology["profile"] != "")]
        marks = dict(placed[[PROFILE, "marks"]].drop_duplicates().itertuples(index=False, name=None))
        mca, hcpc = fit(select(study.questionnaire, declared, answers), people[PROFILE].nunique())
        again = of_population(replicates, declared.population)
        found = [
            *_sizes(study, people, again),
            *_named(marks),
            *_v_tests(people, declared),
            *_crossed(people, study.questionnaire, declared, again),
            *_axes(mca, people),
            *_tree(mca, len(hcpc.centres), study.disclosure.minimum_cell),
            *_gains(hcpc, len(people)),
            *_moved(hcpc),
        ]
        rows += [{"population": declared.population, **row} for row in found]
    return results.make(rows, **common(study, unit, wave, answers))


def _sizes(study: Study, people: pd.DataFrame, replicates: pd.DataFrame) -> Iterator[Row]:
    """Share of each profile in every country, and in all together where there are several."""
    countries = [country.code for country in study.countries if (people["country"] == country.code).any()]
    parts = {code: people[people["country"] == code] for code in countries}
    parts[study.pooled.code] = people
    for country, part in parts.items():
        persons, doubt = (
            Persons(part, equal(part), clusters=organisation(part, study.questionnaire)),
            Doubt(part, replicates),
        )
        weights, _ = persons.weights(pd.Series(True, index=part.index))
        for profile in in_order(people[PROFILE]):
            _, found = next(persons.estimate(part[PROFILE] == profile))
            yield {
                **widen(estimate_row(found, 100), 100 * doubt.spread_of_share(profile, weights=weights), high=100.0),
                **share_row(PROFILE, profile, "share of the respondents who have a profile"),
                "indicator": PROFILE,
                "country": country,
                "weighted": persons.is_weighted,
            }


def _named(marks: dict[str, str]) -> Iterator[Row]:
    for profile, named in sorted(marks.items()):
        yield {
            "indicator": "named_by",
            "group_by": PROFILE,
            "group": profile,
            "estimand": named,
            "method": "strongest answers",
        }


def _v_tests(people: pd.DataFrame, declared: Typology) -> Iterator[Row]:
    for flag, variables in ((BUILT, declared.active), (SUPPLEMENTARY, declared.supplementary)):
        columns = [name for variable in variables for name in columns_of(variable, people)]
        if not columns:
            continue
        table = people[columns].astype("str").where(people[columns].notna())
        weights = people["typology_weight"].to_numpy()
        found = describe(people[PROFILE], table, weights)
        # What built the profiles differs by construction; only what is set beside them can be tested.
        chance = benjamini_hochberg(2 * stats.norm.sf(found["v_test"].abs())) if flag == SUPPLEMENTARY else np.nan
        for row in found.assign(p_adjusted=chance).itertuples(index=False):
            mark = mark_of(str(row.variable), str(row.category))
            if mark:
                yield {
                    "indicator": mark,
                    "group_by": PROFILE,
                    "group": row.profile,
                    "estimate": row.v_test,
                    "p_adjusted": row.p_adjusted,
                    "n": float((people[PROFILE] == row.profile).sum()),
                    "n_effective": effective_n(weights[people[PROFILE] == row.profile]),
                    "unit": "standard errors",
                    "method": "v-test",
                    "estimand": "distance of the profile's share from that of all",
                    "flag": flag,
                    "weighted": equal(people) is not None,
                }


def _crossed(
    people: pd.DataFrame, questionnaire: Questionnaire, declared: Typology, replicates: pd.DataFrame
) -> Iterator[Row]:
    """Share of each profile within the groups of the first active variable that takes one answer: declared status, mostly.

    Over all countries only: in one country nearly every cell would be too small to be shown.
    """
    variable = next((name for name in declared.active if name in people.columns), None)
    if variable is None:
        return
    persons = Persons(people, equal(people), clusters=organisation(people, questionnaire))
    groups, doubt = ordered_groups(people, questionnaire, variable), Doubt(people, replicates)
    weights, _ = persons.weights(pd.Series(True, index=people.index))
    for profile in in_order(people[PROFILE]):
        has = (people[PROFILE] == profile).astype("boolean").where(groups.notna())
        for code, found in persons.estimate(has, groups):
            spread = doubt.spread_of_share(profile, (groups == code).fillna(False).to_numpy(dtype=bool), weights)
            yield {
                **widen(estimate_row(found, 100), 100 * spread, high=100.0),
                **share_row(variable, code, "share of this group that has the profile"),
                "indicator": f"{PROFILE}__{profile}",
                "weighted": persons.is_weighted,
            }


def _axes(mca: MCA, people: pd.DataFrame) -> Iterator[Row]:
    places = mca.categories.query("role == 'active'")
    average = 100 / (places["dimension"] == 1).sum()
    for axis in range(1, mca.individuals.shape[1] + 1):
        row = {"indicator": f"axis_{axis}", "unit": "%", "weighted": equal(people) is not None}
        yield {
            **row,
            "estimate": float(mca.eigenvalues["benzecri_pct"].iloc[axis - 1]),
            "n": float(len(people)),
            "method": "rate after Benzecri",
            "estimand": RATE,
        }
        strong = places[(places["dimension"] == axis) & (places["contribution_pct"] >= average)]
        for place in strong.itertuples(index=False):
            mark = mark_of(str(place.variable), str(place.category))
            if mark:
                question, code = mark.split("__", 1)
                yield {
                    **row,
                    "group_by": question,
                    "group": code,
                    "estimate": float(place.contribution_pct),
                    "n": float(place.n),
                    "method": "contribution",
                    "estimand": STRONG,
                }


def _tree(mca: MCA, n_profiles: int, least: int) -> Iterator[Row]:
    """Top of the tree; drawn from it, nobody can be found, since every branch holds enough persons."""
    counted = mca.weights > 0
    division = divide(mca.individuals.to_numpy()[counted], mca.weights[counted], n_profiles)
    for branch in branches(division, rules().tree_leaves, least):
        yield {
            "indicator": TREE,
            "group_by": TREE,
            "group": str(branch.number),
            "estimate": 100 * branch.loss,
            "n": float(branch.persons),
            "unit": "%",
            "method": "inertia lost by the merge",
            "estimand": " ".join(map(str, branch.parts)),
            "flag": "" if branch.profile is None else f"P{branch.profile + 1}",
            "weighted": bool(np.ptp(mca.weights) > 0),
        }


def _gains(hcpc: HCPC, n: int) -> Iterator[Row]:
    for number, gain in enumerate(hcpc.gains[: rules().tree_leaves - 1], start=2):
        yield {
            "indicator": "gain",
            "group_by": "n_profiles",
            "group": str(number),
            "estimate": 100 * float(gain / hcpc.gains.sum()),
            "n": float(n),
            "unit": "%",
            "method": "inertia gained between profiles",
            "estimand": "by one profile more",
            "flag": "chosen" if number == len(hcpc.centres) else "",
        }


def _moved(hcpc: HCPC) -> Iterator[Row]:
    for before, row in hcpc.transition.iterrows():
        for after, count in row.items():
            yield {
                "indicator": f"{MOVED}{after}",
                "group_by": "before",
                "group": str(before),
                "unit": "%",
                "method": "consolidation",  # where a computation put people, not what they answered: no share of answers
                "estimand": "share of the members of the cut tree's profile that ended in this one",
                "estimate": 100 * float(count / row.sum()),
                "n": float(row.sum()),
            }
