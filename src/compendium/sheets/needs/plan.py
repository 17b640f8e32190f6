"""The plan of a year: which sessions, what they cover, and what holds the plan back."""

from __future__ import annotations

import pandas as pd

from ...needs.planning import ALLOWED, BINDS, COVERED, ONE_MORE, PLAN, PROVEN, SESSION, TRAINERS, USED, WORTH
from ...needs.training_plan import costs
from ...study.training_rules import load_training_rules
from ...tables import Table
from ...wording import note, withheld
from ..base import Several, several
from ..factsheet import Sentence
from .sheet import Sheet


def worth(sheet: Sheet) -> Several | Sentence:
    """Say how much of the need the plan covers, of how many persons, and whether no other plan covers more."""
    t, rules, found = sheet.t, load_training_rules(), sheet.training
    rows = found[(found["indicator"] == COVERED) & (found["method"] == PLAN)]
    if rows.empty:
        why = found.loc[found["indicator"] == PLAN, "reason"]
        words = {
            "what is obligatory does not fit into the limits": t("what is obligatory does not fit into the limits")
        }
        return Sentence(
            t(
                "No plan: {reason}.",
                reason=words.get(
                    why.iloc[0] if len(why) else "",
                    t("no catalogue, no territories, or nobody there who needs something"),
                ),
            )
        )
    row = rows.iloc[0]
    if withheld(row, t):
        return Sentence(t("Too few persons stand behind the plan: what it covers is withheld."))
    proof = (
        t("No plan within these limits covers more: proven.")
        if row["flag"] == PROVEN
        else t("That no plan covers more is not proven.")
    )
    said = t(
        "The plan covers {share} of the need of {n} persons. {proof}", share=t.percent(row["estimate"], 1), n=t.number(row["n"]), proof=proof
    )  # fmt: skip
    how = t(
        "Need: gap times importance, summed over persons and competences with a gap of {gap} or more; each counts once. Limits: {budget} {currency}, {sessions} "
        "sessions, each obligatory workshop at least once, a session in each territory; persons go to sessions in their own territory. A "
        "member who teaches is paid {price} {currency} for a day of {hours} hours. Source of the rules: {source}",
        gap=t.number(rules.least_gap), budget=t.number(rules.budget), currency=rules.currency, sessions=t.number(rules.sessions),
        price=t.number(next(kind.price_per_day for kind in rules.trainers.values() if kind.price_per_day)),
        hours=t.number(rules.hours_per_day), source=t.pick(rules.source),
    )  # fmt: skip
    return several(Sentence(said), Sentence(how))


def sessions(sheet: Sheet) -> Table | None:
    """List the sessions of the year."""
    t, rules = sheet.t, load_training_rules()
    rows = sheet.training[sheet.training["method"] == SESSION]
    if rows.empty:
        return None
    known = sheet.workshops[sheet.workshops["refused"] == ""]
    known = known.assign(price=costs(known, rules)).set_index("workshop")
    lines = []
    for row in rows.itertuples(index=False):
        one = known.loc[row.indicator]
        lines.append(
            {
                t("Workshop"): row.indicator,
                t("Competence"): sheet.name(one["competence"]),
                t("Territory"): sheet.study.territories.get(sheet.unit, {}).get(row.group, row.group),
                t("Sessions"): t.number(row.estimate),
                t("Obligatory"): t("yes") if one["obligatory"] else t("no"),
                t("Trainer"): sheet.trainer(one["trainer"]),
                t("Days"): t.number(one["days"] * row.estimate, 1),
                t("Cost ({currency})", currency=rules.currency): t.number(one["price"] * row.estimate),
            }
        )
    said = t(
        "A decision worked out from the answers, not an estimate: it has no interval. {rest}",
        rest=note(rows.assign(method="", ci_low=0.0), t, sheet.label),
    )
    return Table(pd.DataFrame(lines), t("Sessions of the year"), t, note=said, results=rows)


def limits(sheet: Sheet) -> Table | None:
    """Show what each limit allows, what the plan uses, and what one more would add."""
    t, rules = sheet.t, load_training_rules()
    rows = sheet.training[sheet.training["indicator"].str.startswith("limit_")]
    if rows.empty or rows["estimate"].isna().all():
        return None
    names = {
        "limit_sessions": t("Sessions in a year"),
        "limit_budget": t("Budget ({currency})", currency=rules.currency),
        f"limit_{TRAINERS}": t("Workshops that have a trainer"),
    } | {f"limit_{kind.id}": t("Days: {trainer}", trainer=t.pick(kind.name)) for kind in rules.trainers.values()}
    lines = []
    for code, own in rows.groupby("indicator", sort=False):
        by = own.set_index("method")["estimate"]
        more = by[WORTH]
        gained = (
            t("less than {least} points", least=t.number(0.1, 1))
            if 0 < more < 0.05
            else t("{n} points", n=t.number(more, 1))
        )
        lines.append(
            {
                t("Limit"): names[str(code)],
                t("Allowed"): t.number(by[ALLOWED]),
                t("Used"): t.number(by[USED]),
                t("One more is"): t.number(by[ONE_MORE]),
                t("One more would add (of the need)"): gained,
                t("Holds the plan back"): t("yes") if (own["flag"] == BINDS).any() else t("no"),
            }
        )
    said = t(
        "Each limit alone is loosened by one and the plan made anew. Of trainers: a member for the workshop without a trainer that is "
        "worth most. A limit may be used up and yet add nothing, and the other way round."
    )
    return Table(
        pd.DataFrame(lines),
        t("What holds the plan back"),
        t,
        note=f"{said} {note(rows.assign(method='', ci_low=0.0), t, sheet.label)}",
        results=rows,
    )
