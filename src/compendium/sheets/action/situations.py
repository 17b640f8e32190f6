"""Situations of work: what they are, how many meet them, and how far that rests on the rule."""

from __future__ import annotations

import pandas as pd

from ...action import turned
from ...diagnosis.exposure.families import OTHER_RULE
from ...figures import intervals
from ...figures.base import Figure
from ...study.situations import load_situations
from ...tables import Table, estimates
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet, nothing


def situations(sheet: Sheet) -> Folded:
    """List what each situation means, and the questions that belong to it."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    rows = []
    for one in load_situations().values():
        asked = sum(item in questionnaire.questions for item in one.items)
        rule = t("{least} of {n}", least=one.least, n=asked) if asked else t("not asked in this study")
        rows.append(
            {
                t("Situation of work"): t.pick(one.name),
                t("What it means"): t.pick(one.means),
                t("Questions that must count"): rule,
            }
        )
    caption = t("The situations of work, and what counts as meeting one")
    return Folded(caption, Table(pd.DataFrame(rows), caption, t))


def frequency(sheet: Sheet) -> Figure | Sentence:
    """Draw how many persons meet each situation, the most frequent first."""
    if not sheet.is_measured:
        return nothing(sheet)
    rows = sheet.of(sheet.whole[sheet.whole["comparable"] == "yes"])
    title = sheet.t("Share of persons who meet each situation of work")
    return intervals(rows, y="indicator", t=sheet.t, title=title, label=sheet.label, limits=(0, 100))


def other_rules(sheet: Sheet) -> Several | None:
    """Show the shares if one question fewer, or one more, had to count, and say which conclusions turn."""
    if not sheet.is_measured:
        return None
    t, names = sheet.t, {"looser": sheet.t("one fewer"), "": sheet.t("the rule"), "stricter": sheet.t("one more")}
    others = sheet.results[sheet.results["method"] == OTHER_RULE]
    rows = pd.concat([sheet.of(sheet.whole[sheet.whole["comparable"] == "yes"]), others])
    rule = pd.CategoricalDtype(list(names), ordered=True)
    rows = rows.assign(_rule=rows["threshold_id"].astype(rule)).sort_values("_rule", kind="stable")
    caption = t("If one question fewer, or one more, had to count")

    def label(column: str, code: str) -> str:
        return names[code] if column == "threshold_id" else sheet.label(column, code)

    shown = rows[sheet.results.columns]
    table = estimates(shown, rows="indicator", columns="threshold_id", caption=caption, t=t, label=label, digits=0)
    return several(*_turned(sheet, others), Folded(caption, table))


def _turned(sheet: Sheet, others: pd.DataFrame) -> list[Shown]:
    t = sheet.t
    entered, left = (sheet.situations(codes) for codes in turned(sheet.table, others))
    parts: list[Shown] = []
    if entered:
        said = t(
            "If one question fewer had to count for it alone, each of these as well might be among the most frequent: {names}.",
            names=entered,
        )
        parts.append(Sentence(said))
    if left:
        said = t(
            "If one question more had to count for it alone, none of these would be among the most frequent: {names}.",
            names=left,
        )
        parts.append(Sentence(said))
    return parts
