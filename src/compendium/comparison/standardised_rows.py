"""Means and shares of countries as they would be if the same people had answered in each, beside those as they answered."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from .. import intervals
from ..persons import estimate_row, ordered_groups
from ..study.questionnaire import Questionnaire
from .differences import DIFFERENCE, OTHERS
from .groups import Compared
from .standardisation import Standardised, standardise

Row = dict[str, Any]

STANDARDISED, CELLS = "standardised", "cells"
BY = "; "


def standardised_rows(
    measures: Sequence[Compared],
    answers: pd.DataFrame,
    questionnaire: Questionnaire,
    composition: Sequence[str],
    unit: str,
) -> Iterator[Row]:
    """Yield standardised means and shares, how far each lies from the others', and what the common composition is.

    Parameters
    ----------
    measures : sequence of Compared
        What may be compared.
    answers : pandas.DataFrame
        Clean answers, which hold the variables of the composition.
    questionnaire : Questionnaire
        Gives the order of their codes.
    composition : sequence of str
        Variables that are made alike; those that nobody answered are left out, and named in no row.
    unit : str
        Code of the pooled countries.

    Yields
    ------
    dict
        ``method`` ``standardised`` (``reference_group`` names the variables) and, with ``group_by`` ``standardised``,
        ``difference``: a country's standardised mean less the mean of the others', with an interval and no test. Of all
        countries together, ``method`` ``cells`` by ``group``: ``used`` cells of the composition, ``merged`` ones that
        hold several, ``empty`` combinations that some country had nobody in.
    """
    known = [name for name in composition if name in answers and answers[name].notna().any()]
    if not known:
        return
    cells = pd.DataFrame({name: ordered_groups(answers, questionnaire, name) for name in known})
    for one in measures:
        found = _standardised(one, cells)
        to = {"reference_group": BY.join(known)}
        for code, part in found.parts.items():
            own = {**one.row(code), **estimate_row(part.mean()), **to}
            kind = {"unit": "%"} if one.kind == "share" else {}
            yield {**own, **kind, "method": STANDARDISED, "estimand": one.kind}
        yield from _differences(one, found)
        empty = {cell for cells_of in found.empty.values() for cell in cells_of}
        counts = {"used": len(found.target), "merged": len(found.merged), "empty": len(empty)}
        for group, count in counts.items():
            row = {**one.whole(unit), **to, "method": CELLS, "unit": "cells", "estimand": one.kind}
            yield {**row, "group_by": CELLS, "group": group, "estimate": float(count)}


def _standardised(one: Compared, cells: pd.DataFrame) -> Standardised:
    people = list(one.people.values())
    values = pd.concat([own.values for own in people])
    weights = None if people[0].weights is None else pd.concat([own.weights for own in people])
    clusters = None if people[0].clusters is None else pd.concat([own.clusters for own in people])
    groups = pd.Series([code for code, own in one.people.items() for _ in range(len(own.values))], values.index)
    return standardise(values, groups, cells.loc[values.index], weights, clusters)


def _differences(one: Compared, found: Standardised) -> Iterator[Row]:
    parts = [found.parts[code] for code in one.people]
    for code in one.people:
        apart = intervals.contrast(
            [part.values for part in parts],
            one.coefficients_against_others(code),
            clusters=[part.clusters for part in parts],
            weights=[part.weights for part in parts],
            strata=[part.strata for part in parts],
        )
        yield {
            **one.row(code),
            "method": DIFFERENCE,
            "group_by": STANDARDISED,
            "estimand": f"{one.kind} less the mean of the other countries",
            "reference_group": OTHERS,
            "estimate": apart.estimate,
            "ci_low": apart.low,
            "ci_high": apart.high,
        }
