"""What people wish in their own words, and how it stands in the catalogue of workshops."""

from __future__ import annotations

import pandas as pd

from ...needs.catalogue import COVERED, NO_PRICE, NO_TRAINER, NO_WORKSHOP, match
from ...needs.estimates import NEED, SHARE
from ...needs.planning import WISH
from ...needs.wishes import UNSORTED
from ...study.training_rules import load_training_rules
from ...tables import Table, estimates
from ...wording import NO_VALUE, note, withheld
from ..base import Several, several
from ..factsheet import Sentence
from .sheet import Sheet


def wishes(sheet: Sheet) -> Several | Sentence:
    """Show what people wish in their own words, sorted by the dictionary, and how many wishes nothing fits."""
    t = sheet.t
    rows = sheet.training[sheet.training["indicator"].str.startswith(f"{WISH}__")]
    if rows.empty:
        return Sentence(t("Nobody entered what people wish in their own words: nothing to sort."))
    named = rows[rows["indicator"] != f"{WISH}__{UNSORTED}"].sort_values("estimate", ascending=False, kind="stable")
    left = sheet.training[sheet.training["indicator"] == WISH].iloc[0]
    count = withheld(left, t) or t.number(left["estimate"])
    said = t("Persons of whom a wish fits no word of the dictionary, which anybody can edit: {n}.", n=count)
    caption = t("Wanted training in people's own words: share of those who wrote, in %")
    shown = estimates(named, rows="indicator", caption=caption, t=t, label=sheet.label, digits=0)
    return several(Sentence(said), *([] if named.empty else [shown]))


def covered(sheet: Sheet) -> Table | Sentence:
    """Show how each competence that is needed or wished stands in the catalogue, and why it is unmet."""
    t, training = sheet.t, sheet.training
    if sheet.workshops.empty:
        return Sentence(t("No catalogue of workshops was entered: nothing can be held against the needs."))
    wished = training[training["indicator"].str.startswith(f"{WISH}__")].set_index("indicator", drop=False)
    own = [code.removeprefix(f"{WISH}__") for code in wished.index]
    asked = sheet.ordered if sheet.is_measured else []
    competences = [*asked, *(code for code in own if code not in asked and code != UNSORTED)]
    needed = sheet.of(method=SHARE, group_by="").set_index("indicator", drop=False)
    words = {
        COVERED: t("covered"),
        NO_TRAINER: t("unmet: no trainer"),
        NO_PRICE: t("unmet: no frame, the trainer from outside is not paid for"),
        NO_WORKSHOP: t("unmet: no frame, no workshop is about it"),
    }
    helped = set(sheet.helpers["competence"])
    lines = [
        {
            t("Competence"): sheet.name(one.competence),
            t("Persons in need"): _share(needed, f"{one.competence}__{NEED}", sheet),
            t("Wished in own words"): _share(wished, f"{WISH}__{one.competence}", sheet),
            t("In the catalogue"): words[one.standing],
            t("Workshops"): one.workshops,
            t("Somebody helps"): t("yes") if one.competence in helped else t("nobody yet"),
        }
        for one in match(competences, sheet.workshops, load_training_rules()).itertuples(index=False)
    ]
    said = t(
        "Persons in need: everybody who rated it here. Wished: those who wrote. Somebody helps: a person agreed to be found by members; who, the "
        "support team says. Neither names nor numbers of helpers stand here."
    )
    shown = pd.concat([needed[needed["indicator"].str.endswith(NEED)], wished])[sheet.results.columns]
    return Table(
        pd.DataFrame(lines), t("What is needed, and how it stands in the catalogue"), t,
        note=f"{said} {note(shown.assign(method=''), t, sheet.label)}", results=shown,
    )  # fmt: skip


def refused(sheet: Sheet) -> Table | None:
    """List the rows of the catalogue that were refused, and what is legal."""
    t, rules = sheet.t, load_training_rules()
    rows = sheet.workshops[sheet.workshops["refused"] != ""]
    if rows.empty:
        return None
    legal = {
        "workshop": t("a name of its own"),
        "competence": t("a competence of the list"),
        "obligatory": t("{one} or {other}", one="yes", other="no"),
        "trainer": t("one of {kinds}, or nothing", kinds=", ".join(rules.trainers)),
        "days": t("a number greater than 0"),
        "cost": t("a number from 0 on where a session is quoted, nothing where the trainer is paid by the day"),
        "seats": t("a whole number from 1 on, or nothing"),
    }
    lines = [
        {t("Line"): row.line, t("Column"): row.refused, t("Stands there"): row.value, t("Legal"): legal[row.refused]}
        for row in rows.itertuples(index=False)
    ]
    return Table(pd.DataFrame(lines), t("Rows of the catalogue that were refused"), t)


def _share(rows: pd.DataFrame, code: str, sheet: Sheet) -> str:
    t = sheet.t
    if code not in rows.index:
        return NO_VALUE
    row = rows.loc[code]
    if withheld(row, t):
        return withheld(row, t)
    span = t.interval(row["ci_low"], row["ci_high"]) if pd.notna(row["ci_low"]) else NO_VALUE
    return t("{share} ({interval}), n = {n}", share=t.percent(row["estimate"]), interval=span, n=t.number(row["n"]))
