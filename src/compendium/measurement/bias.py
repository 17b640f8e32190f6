"""Item bias along every axis of a study: each item of each measure, between the groups that are large enough."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..intervals import holm
from ..invariance.axes import COUNTRY, LANGUAGE
from ..item_bias import is_biased, item_bias
from ..planning import assumptions
from ..study.questionnaire import Questionnaire
from .names import BIAS, BIASED, NO_GROUPS, ONE_ITEM, SAME_GROUPS, SHIFT, SIZES_OF_BIAS, Row, without


def biases(questionnaire: Questionnaire, answers: pd.DataFrame, measured: dict[str, pd.DataFrame]) -> Iterator[Row]:
    """Test every item of every measure between the groups of each axis; one axis is one family of tests."""
    seen: dict[str, pd.Series] = {}
    for axis in dict.fromkeys((COUNTRY, LANGUAGE, *questionnaire.groups)):
        if axis not in answers or answers[axis].nunique() < 2:
            continue
        same = next((one for one in seen if _are_the_same(answers[axis], seen[one])), "")
        seen[axis] = answers[axis]
        if same:
            yield {"indicator": axis, "group_by": axis, "method": BIAS, "reference_group": same} | without(SAME_GROUPS)
            continue
        yield from _along(axis, answers[axis], measured)


def _are_the_same(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether two variables make the same groups of the same persons."""
    pairs = pd.DataFrame({"one": one, "other": other}).drop_duplicates()
    return len(pairs) == one.nunique(dropna=False) == other.nunique(dropna=False)


def _along(axis: str, groups: pd.Series, measured: dict[str, pd.DataFrame]) -> Iterator[Row]:
    """Test the items of all measures along one axis; they are one family of tests."""
    least, found = assumptions().invariance_group, []
    for measure, points in measured.items():
        complete = groups[points.notna().all(axis=1)].value_counts()
        if points.shape[1] < 2 or (complete >= least).sum() < 2:
            reason = ONE_ITEM if points.shape[1] < 2 else NO_GROUPS
            about = {"indicator": measure, "group_by": axis, "method": BIAS, "reference_group": measure}
            yield about | without(reason)
        else:
            found.append(item_bias(points, groups, least).assign(measure=measure))
    if not found:
        return
    family = pd.concat(found, ignore_index=True)
    family["p_adjusted"] = holm(family["p_joint"])
    family["is_biased"] = is_biased(family["p_adjusted"], family["size"])
    for _, row in family.iterrows():
        yield from _bias(axis, row)


def _bias(axis: str, row: "pd.Series[Any]") -> Iterator[Row]:
    common = {"indicator": row["item"], "group_by": axis, "reference_group": row["measure"]}
    if row["reason"]:
        yield common | {"method": BIAS} | without(row["reason"])
        return
    numbers = {"estimate": row["r2_change"], "ci_low": row["r2_low"], "ci_high": row["r2_high"], "n": float(row["n"])}
    said = {"unit": "R2", "flag": row["size"], "threshold_id": SIZES_OF_BIAS, "p_adjusted": row["p_adjusted"]}
    yield common | {"method": BIAS, "caveat": BIASED if row["is_biased"] else ""} | numbers | said
    if row["is_biased"]:
        for group, n in row["groups"].items():
            ends = {"ci_low": row["shift_low"][group], "ci_high": row["shift_high"][group]}
            shift = {"method": SHIFT, "group": group, "estimate": row["shift"][group], "n": float(n), **ends}
            yield common | shift | {"unit": "points"}
