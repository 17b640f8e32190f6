"""Show the rule of orientation as a decision table, and how often officers agree with it."""

from __future__ import annotations

import pandas as pd

from ...pathways.product import RULE
from ...study.pathway_rules import Condition, load_pathway_rules
from ...tables import Table, estimates
from ...wording import NO_VALUE, value, withheld
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet


def table(sheet: Sheet) -> Table:
    """Show the decision table: the first row of which all conditions hold decides."""
    t, rules = sheet.t, load_pathway_rules()
    frame = pd.DataFrame(
        [
            {
                t("Step"): str(at),
                t("If"): t.join([_condition(sheet, one) for one in row.conditions]) or t("in all other cases"),
                t("then"): t.pick(row.name),
            }
            for at, row in enumerate(rules.orientation, start=1)
        ]
    )
    said = t(
        "The first row that holds decides. Where an answer that a row asks for is missing, the rule decides nothing."
    )
    source = t("Source: {sources}.", sources=t.pick(rules.source).rstrip("."))
    return Table(frame, t("Who is orientated where"), t, note=f"{said} {source}")


def _condition(sheet: Sheet, one: Condition) -> str:
    t = sheet.t
    words = {
        ("wish", "information"): t("the person only wants information"),
        ("stage", "idea"): t("the project is still an idea"),
        ("legal_frame", "other_needed"): t("another legal frame is needed (for example ten-year building cover)"),
    }
    if one.at_least is None:
        return words.get((one.answer, one.code)) or f"{t(one.answer.replace('_', ' '))}: {one.code}"
    number = t.number(one.at_least, 0)
    if one.answer == "hours_month":
        return t("the work comes to {n} hours a month or more", n=number)
    if one.answer == "invoiced_eur_month":
        return t("{n} EUR a month or more are invoiced, before tax", n=number)
    return f"{t(one.answer.replace('_', ' '))} ≥ {number}"


def agreed(sheet: Sheet) -> Shown | None:
    """Show how often the officer decided as the rule does."""
    if sheet.absent:
        return None
    t, rows = sheet.t, sheet.rows(indicator=RULE)
    if rows.empty:
        return Sentence(t("No entry diagnostics were received: rule and officers cannot be compared."))
    shares, kappa = rows[rows["unit"] == "%"], rows[rows["unit"] == "kappa"].iloc[0]
    if shares.loc[shares["group_by"] != "", "suppressed"].all():
        shares = shares[shares["group_by"] == ""]
    listed = estimates(
        shares,
        rows="group",
        caption=t("Orientations in which the officer decided as the rule does"),
        t=t,
        label=sheet.label,
        digits=0,
    )
    undecided = sheet.rows(indicator="orientation_undecided").iloc[0]
    return several(
        listed,
        Sentence(
            t(
                "Cohen's kappa: {kappa} ({interval}). Left undecided by the rule for want of an answer: {n} persons. "
                "Where they differ, neither is right by itself: the officer may know what no form asks.",
                kappa=withheld(kappa, t) or value(kappa["estimate"], 2, t),
                interval=NO_VALUE if pd.isna(kappa["ci_low"]) else t.interval(kappa["ci_low"], kappa["ci_high"], 2),
                n=withheld(undecided, t) or value(undecided["estimate"], 0, t),
            )
        ),
    )
