"""What the verdicts of the ladder allow: whether an estimate may be set beside that of another group."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from ..study.questionnaire import Measure, Questionnaire
from .axes import JOINT

UNTESTED_INDEX = (
    "an index of single questions: whether they mean the same in every group is tested question by question"
)
PARTIAL = "single questions of this scale mean different things between the groups; the others carry the comparison"
LEFT_OUT = "group_too_small"
RESTS_ON_ANOTHER = "it rests on a scale that may not be compared between these groups"


class Verdicts:
    """The verdicts on every scale of a study, along every axis.

    Parameters
    ----------
    found : pandas.DataFrame
        The product ``invariance``: ``measure axis verdict reason left_out``.
    """

    def __init__(self, found: pd.DataFrame) -> None:
        first = found.drop_duplicates(["measure", "axis"])
        self._of = {(row.measure, row.axis): row for row in first.itertuples(index=False)}
        self._axes = set(first["axis"])

    def judge(self, measure: Measure, axis: str, group: str = "") -> dict[str, Any]:
        """Say what the verdict on a measure means for an estimate of one group.

        Parameters
        ----------
        measure : Measure
            The measure that is estimated.
        axis : str
            Variable that the groups are made by.
        group : str
            Code of the group; empty for all groups together.

        Returns
        -------
        dict
            ``comparable`` and ``reason`` (the verdict, or that the group was too small to be tested), or a ``caveat``, or
            nothing where every step holds. A scale without a verdict may not be compared.
        """
        if measure.kind == "index":
            return {"caveat": UNTESTED_INDEX}
        row = self._of.get((measure.id, axis))
        verdict = "not_testable" if row is None else str(row.verdict)
        if verdict != "means":
            return {"comparable": "no", "reason": verdict}
        assert row is not None
        if group and group in str(row.left_out).split(JOINT):
            return {"comparable": "no", "reason": LEFT_OUT}
        return {"caveat": PARTIAL} if row.reason == "partial" else {}

    def govern(self, rows: Iterable[dict[str, Any]], questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
        """Mark estimates by group that may not be compared between the groups; let all others pass.

        Parameters
        ----------
        rows : iterable of dict
            Rows of estimates, with the measure in ``indicator`` and the grouping variable in ``group_by``.
        questionnaire : Questionnaire
            Holds the measures; estimates of anything else pass.

        Yields
        ------
        dict
            The rows. One that already says why it cannot be compared, or has a caveat, keeps its own words.
        """
        for row in rows:
            measure, axis = questionnaire.measures.get(row["indicator"]), row.get("group_by", "")
            if measure is None or axis not in self._axes or row.get("comparable") == "no":
                yield row
            else:
                yield {**self.judge(measure, axis, row.get("group", "")), **row}

    def govern_sum(self, rows: Iterable[dict[str, Any]], measures: Sequence[Measure]) -> Iterator[dict[str, Any]]:
        """Mark estimates by group of something that several measures make together, such as a number of exposures."""
        for row in rows:
            axis, group = row.get("group_by", ""), row.get("group", "")
            judged = [self.judge(measure, axis, group) for measure in measures] if axis in self._axes else []
            refused = any(one.get("comparable") == "no" for one in judged) and row.get("comparable") != "no"
            yield {**row, "comparable": "no", "reason": RESTS_ON_ANOTHER} if refused else row
