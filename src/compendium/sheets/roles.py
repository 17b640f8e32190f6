"""Show the four postures of one person: who holds which, how many at once, where they conflict, and what goes with that."""

from __future__ import annotations

import pandas as pd

from ..diagnosis.roles import AT_ONCE, CONFLICTS, NUMBERS, POSTURES
from ..figures import intervals
from ..figures.base import Figure
from ..study.postures import load_postures
from ..tables import Table, estimates
from ..wording import Label
from .beside import beside
from .factsheet import Folded, Sentence, folded
from .risks import Sheet


def held(sheet: Sheet) -> Figure | Sentence:
    """Draw the share of people who hold each posture."""
    t, rows = sheet.t, sheet.rows(indicator=POSTURES, group_by=POSTURES)
    if rows.empty:
        return Sentence(t("This study does not ask which postures people hold: there is nothing to show."))
    title = t("Postures that people hold, share of those who were asked")
    return intervals(rows, y="group", t=t, title=title, label=_label(sheet), sort=False, limits=(0, 100))


def at_once(sheet: Sheet) -> Table | None:
    """List how many postures people hold at once, or nothing where it was not asked (:func:`held` says so)."""
    t, rows = sheet.t, _by_number(sheet.rows(indicator=AT_ONCE, group_by=AT_ONCE))
    if rows.empty:
        return None
    caption = t("How many of the four postures people hold at once")
    return estimates(rows, rows="group", caption=caption, t=t, label=_label(sheet), digits=0)


def conflicts(sheet: Sheet) -> Table | None:
    """List the share of people who meet each conflict often or always, the most frequent first, or nothing."""
    t, rows = sheet.t, _items(sheet, group_by="").sort_values("estimate", ascending=False, kind="stable")
    if rows.empty:
        return None
    whole = sheet.rows(indicator=CONFLICTS, method="share", group_by="")
    caption = t("Conflicts between postures, share of people who meet them often or always")
    both = pd.concat([rows, whole], ignore_index=True)
    return estimates(both, rows="indicator", caption=caption, t=t, label=_of_items(sheet), digits=0)


def by_number(sheet: Sheet) -> Folded | None:
    """List conflicts by the number of postures held, behind a line that opens the table, or nothing."""
    t = sheet.t
    whole = sheet.rows(indicator=CONFLICTS, method="share", group_by=AT_ONCE)
    rows = _by_number(pd.concat([_items(sheet, group_by=AT_ONCE), whole], ignore_index=True))
    if rows.empty:
        return None
    caption = t("Conflicts between postures by how many a person holds, share in %")
    table = estimates(rows, rows="indicator", columns="group", caption=caption, t=t, label=_of_items(sheet), digits=0)
    return folded(table, t)  # type: ignore[return-value]


def with_outcome(sheet: Sheet, outcome: str) -> Table | Sentence | None:
    """List how conflicts between postures go with an outcome."""
    return beside(sheet, sheet.outcome(outcome), CONFLICTS, _label(sheet))


def _items(sheet: Sheet, group_by: str) -> pd.DataFrame:
    measure = sheet.study.questionnaire.measures.get(CONFLICTS)
    rows = sheet.rows(method="share", group_by=group_by)
    return rows[rows["indicator"].isin(measure.items if measure else [])]


def _by_number(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("group", key=lambda codes: codes.map(NUMBERS.index), kind="stable")


def _label(sheet: Sheet) -> Label:
    t, names = sheet.t, {one.code: one.name for one in load_postures().values()}
    numbers = {
        "none": t("No posture"),
        "one": t("One posture"),
        "two": t("Two postures"),
        "three_or_four": t("Three or four postures"),
    }

    def label(column: str, code: str) -> str:
        if column == "group" and code in names:
            return t.pick(names[code])
        if column == "group" and code in numbers:
            return numbers[code]
        return sheet.label(column, code)

    return label


def _of_items(sheet: Sheet) -> Label:
    """Return a label function in which the measure stands under its own questions, as the rule that makes it of them."""
    t, label, measure = sheet.t, _label(sheet), sheet.study.questionnaire.measures[CONFLICTS]
    needed = t("{n} of these or more", n=t.number(measure.exposed_items or len(measure.items)))
    return lambda column, code: needed if (column, code) == ("indicator", CONFLICTS) else label(column, code)
