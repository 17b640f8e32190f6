"""Families at once: how many weigh on a person together, and which go together."""

from collections.abc import Iterator, Sequence

from ...persons import Persons, Row, estimate_row, not_measured, ordered_groups, population
from ...scoring import EXPOSED
from ...study.questionnaire import Questionnaire
from .families import BY_RULE, family_measure

FAMILIES_AT_ONCE = "families_at_once"
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
