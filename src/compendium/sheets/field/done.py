"""Who takes part in an action research, what was done there, and what had to be left out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...field.estimates import OCCASIONS, PEOPLE, REACHED, STRUCTURES_COUNT
from ...field.records import ACTION, COMPARISON
from ...study.field_rules import load_field_rules
from ...tables import Table
from ...wording import NO_VALUE, note, withheld
from ..base import Several, several
from ..factsheet import Sentence
from .sheet import Sheet, nothing


def structures(sheet: Sheet) -> Table | Sentence:
    """List the groups of structures, and how they came into them."""
    rows = sheet.of(STRUCTURES_COUNT)
    if rows.empty:
        return nothing(sheet)
    t = sheet.t
    lines = []
    for arm in (ACTION, COMPARISON):
        line = {t("Structures"): sheet.name("arms", arm), t("Number"): t.number(sheet.count(arm))}
        for code in load_field_rules().names["chosen_by"]:
            row = sheet.one(STRUCTURES_COUNT, population=arm, group_by="chosen_by", group=code)
            line[sheet.heading("chosen_by", code)] = NO_VALUE if row is None else t.number(row.estimate)
        lines.append(line)
    return Table(
        pd.DataFrame(lines), t("Structures, and how they came into their group"), t,
        note=f"{_chosen(sheet)} {note(rows, t, sheet.label)}", results=rows,
    )  # fmt: skip


def is_drawn(sheet: Sheet) -> bool:
    """Tell whether lots were drawn for all structures."""
    return set(sheet.of(STRUCTURES_COUNT, group_by="chosen_by")["group"]) == {"lot"}


def _chosen(sheet: Sheet) -> str:
    t = sheet.t
    own = set(sheet.of(STRUCTURES_COUNT, group_by="chosen_by", population=ACTION)["group"])
    if is_drawn(sheet):
        return t("Lots were drawn, so the groups differ by chance alone.")
    if "itself" in own:
        return t(
            "The group with action chose itself: those who come of their own accord may have been about to change anyway."
        )
    return t("No lots were drawn: the groups may have differed from the start.")


def done(sheet: Sheet) -> Several | None:
    """List what was done: where, how often, on which theme, and how many people of each role took part."""
    occasions = sheet.of(OCCASIONS, group_by="")
    if occasions.empty:
        return None
    t, names = sheet.t, load_field_rules().names
    codes = [code for code in names["activities"] if (occasions["indicator"] == code).any()]
    people = sheet.of(PEOPLE)
    roles = [code for code in names["roles"] if (people["group"] == code).any()]
    lines = [
        {
            t("What was done"): sheet.name("activities", code),
            t("Structures reached"): _of(sheet, REACHED, code),
            t("Occasions"): _of(sheet, OCCASIONS, code),
            **{sheet.heading("roles", role): _people(sheet, code, role) for role in roles},
        }
        for code in codes
    ]
    rows = pd.concat([sheet.of(REACHED), occasions, people])
    table = Table(
        pd.DataFrame(lines), t("What was done with structures, and with whom"), t,
        note=t("People count as often as they took part.") + " " + note(rows, t, sheet.label), results=rows,
    )  # fmt: skip
    themes = sheet.of(OCCASIONS, group_by="theme")
    said = [
        t("{theme}: {n}", theme=sheet.name("themes", str(row.group)), n=t.number(float(str(row.estimate))))
        for row in themes.itertuples(index=False)
    ]
    return several(table, *([Sentence(t("Themes, by occasions: {themes}.", themes="; ".join(said)))] if said else []))


def left_out(sheet: Sheet) -> Sentence | None:
    """Say how many rows of which files were refused; nothing where none was."""
    t, rows = sheet.t, sheet.refused[sheet.refused["refused"] > 0]
    if rows.empty:
        return None
    said = [
        t(
            "{file}: {n} of {all}",
            file=f"{row.file}.csv",
            n=t.number(float(str(row.refused))),
            all=t.number(float(str(row.rows))),
        )
        for row in rows.itertuples(index=False)
    ]
    return Sentence(t("Rows that were refused, and count nowhere: {files}.", files="; ".join(said)))


def _of(sheet: Sheet, method: str, code: str) -> str:
    row: Any = sheet.one(method, indicator=code, group_by="")
    return NO_VALUE if row is None else sheet.t.number(row.estimate)


def _people(sheet: Sheet, code: str, role: str) -> str:
    row: Any = sheet.one(PEOPLE, indicator=code, group=role)
    return NO_VALUE if row is None else withheld(row, sheet.t) or sheet.t.number(row.estimate)
