"""Which sets of persons several pages set apart together: no set may be smaller than the minimum."""

from collections import Counter
from collections.abc import Collection, Sequence

import pandas as pd

from ..study.questionnaire import Questionnaire

OUTSIDE = ()
"""Part of those who are in none of the sets."""


def parts(everybody: Collection[str], sets: Sequence[Collection[str]]) -> dict[tuple[int, ...], int]:
    """Count the persons whom pages on these sets tell apart.

    Parameters
    ----------
    everybody : collection of str
        Persons who may be in the sets.
    sets : sequence of collections of str
        Who stands behind each page; persons who are no longer in `everybody` are counted as well.

    Returns
    -------
    dict
        Numbers of the sets that hold a person -> how many persons are in these and no others; :data:`OUTSIDE` is always there.

    Notes
    -----
    Sums over sets can be added and taken from one another in any way: what comes out always counts whole parts. So no
    intersection, difference or complement of any number of groups holds fewer persons than the smallest part.
    """
    kept = [frozenset(one) for one in sets]
    persons = frozenset(everybody).union(*kept)
    found = Counter(tuple(at for at, one in enumerate(kept) if person in one) for person in persons)
    return {OUTSIDE: 0, **found}


def nearly_published(answers: pd.DataFrame, inside: pd.Series, questionnaire: Questionnaire, minimum: int) -> bool:
    """Tell whether a group is a set of people that pages of the study show, give or take a few.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers of everybody.
    inside : pandas.Series of bool
        Who belongs to the group.
    questionnaire : Questionnaire
        Says by which variables pages may break answers down: every question or banding with one code a person.
    minimum : int
        Smallest number of persons.

    Notes
    -----
    Of the cells of one variable any may be added up. The union nearest to the group leaves ``min(in, out)`` persons of each cell
    on the wrong side; where these are fewer than `minimum` in all, and some, the difference of two pages is about them alone.
    """
    single = [one.id for one in questionnaire.questions.values() if one.type == "single" or one.group]
    for variable in [*single, *(banding.id for banding in questionnaire.bands.values())]:
        if variable not in answers:
            continue
        counts = pd.crosstab(answers[variable].astype("object").where(answers[variable].notna(), ""), inside)
        if 0 < counts.reindex(columns=[False, True], fill_value=0).min(axis=1).sum() < minimum:
            return True
    return False
