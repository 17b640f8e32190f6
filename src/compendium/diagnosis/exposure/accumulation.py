"""Families at once: how many weigh on a person together, and which go together."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ...persons import Persons, Row, estimate_row, not_measured, ordered_groups, population
from ...scoring import EXPOSED
from ...study.questionnaire import Questionnaire
from .families import BY_RULE, family_measure

FAMILIES_AT_ONCE = "families_at_once"
BOTH, BY_CHANCE = "exposed_to_both", "share by chance"
MANY = 4
"""From this number of families on, persons are taken together: more at once is rare, and would be withheld."""


def accumulation_rows(persons: Persons, questionnaire: Questionnaire, by: Sequence[str]) -> Iterator[Row]:
    """Yield to how many families at once persons are exposed: the share of each number, and the mean number by group.

    Only persons whose exposure is known for every measured family count, or missing answers would look like rest.
    """
    measures = [family_measure(questionnaire, family) for family in questionnaire.families]
    columns = [EXPOSED + measure.id for measure in measures if measure is not None]
    flags = persons.answers.reindex(columns=columns)
    if len(columns) < 2 or flags.isna().all(axis=None):
        yield not_measured(FAMILIES_AT_ONCE, "fewer than two families are measured")
        return
    number = flags.astype("Float64").sum(axis=1).where(flags.notna().all(axis=1)).astype("float64")
    common = {
        "indicator": FAMILIES_AT_ONCE,
        "population": population(questionnaire, [i for m in measures if m for i in m.items]),
        "estimand": BY_RULE,
    }
    last = min(MANY, len(columns))
    for many in range(last + 1):
        flag = (number >= many if many == MANY else number == many).astype("boolean").where(number.notna())
        ((_, found),) = persons.estimate(flag)
        group = f"{many}_or_more" if many == MANY else str(many)
        place = {"group_by": FAMILIES_AT_ONCE, "group": group, "method": "share", "unit": "%"}
        yield {**common, **estimate_row(found, 100), **place}
    for variable in ["", *(name for name in by if name in persons.answers)]:
        groups = ordered_groups(persons.answers, questionnaire, variable) if variable else None
        for code, found in persons.estimate(number, groups):
            place = {"group_by": variable, "group": code, "method": "mean", "unit": "families"}
            yield {**common, **estimate_row(found), **place}


def pair_rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield for each two families the share of persons exposed to both, and the share that chance alone would give.

    Yields
    ------
    dict
        ``indicator`` is :data:`BOTH`, ``group_by`` ``pair_<family>`` and ``group`` the other family. The row with method
        ``share`` counts persons whose exposure to both families is known; the row with method :data:`BY_CHANCE` is the
        product of the two shares among the same persons, ``p_a p_b``: it has no interval, since it only serves to read
        the first.
    """
    measures = [measure for family in questionnaire.families if (measure := family_measure(questionnaire, family))]
    for one, other in combinations(measures, 2):
        columns = [EXPOSED + one.id, EXPOSED + other.id]
        if not set(columns) <= set(persons.answers.columns):
            continue
        known = persons.answers[columns].notna().all(axis=1)
        if not known.any():
            continue
        flags = [persons.answers[column].where(known) for column in columns]
        common = {
            "indicator": BOTH,
            "population": population(questionnaire, [*one.items, *other.items]),
            "group_by": f"pair_{one.family}",
            "group": str(other.family),
            "unit": "%",
        }
        ((_, both),) = persons.estimate(flags[0] & flags[1])
        yield {**common, **estimate_row(both, 100), "method": "share", "estimand": "exposed to both families"}
        shares = [found.estimate for flag in flags for _, found in persons.estimate(flag)]
        yield {
            **common,
            "estimate": 100 * shares[0] * shares[1],
            "n": float(both.n),
            "n_effective": both.n_effective,
            "method": BY_CHANCE,
            "estimand": "exposed to both, were the two unrelated",
            "caveat": "a product of two shares, to read the share beside it: no interval",
        }
