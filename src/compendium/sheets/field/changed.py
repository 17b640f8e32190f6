"""Before and after, beside structures without action: what changed, what could have been found, and what neither shows."""

from __future__ import annotations

import math

import pandas as pd

from ...field import effects
from ...field.estimates import CHANGE, DETECTABLE, DID, EACH, MEAN
from ...field.records import ACTION, AFTER, BEFORE, COMPARISON
from ...figures import intervals
from ...figures.base import Figure
from ...figures.slopes import slopes
from ...study.field_rules import load_field_rules
from ...tables import Table
from ...wording import note
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from .done import is_drawn
from .sheet import Sheet, nothing


def course(sheet: Sheet) -> Several | Sentence:
    """Draw where each group of structures stood before and after, and list it."""
    rows = sheet.of(MEAN, group_by="")
    if rows.empty:
        return nothing(sheet)
    t = sheet.t
    parts: list[Shown] = []
    has_both = rows.groupby(["indicator", "population"])["period"].nunique().eq(2).all()
    if rows["estimate"].notna().any() and has_both and rows["population"].nunique() == 2:
        drawn = rows.assign(group_by=rows["indicator"], group=rows["period"] + "_" + rows["population"])
        lines = {arm: sheet.name("arms", arm) for arm in (ACTION, COMPARISON)}
        title = t("Before and after, with action and without (0 to 100)")
        parts.append(slopes(drawn, steps=[BEFORE, AFTER], lines=lines, t=t, title=title, label=sheet.label))
    lined = [
        {
            t("What was measured"): sheet.label("indicator", code),
            t("Structures"): sheet.name("arms", arm),
            t("Before"): sheet.number(sheet.one(MEAN, indicator=code, population=arm, period=BEFORE, group_by="")),
            t("After"): sheet.number(sheet.one(MEAN, indicator=code, population=arm, period=AFTER, group_by="")),
            t("Mean change"): sheet.number(sheet.one(CHANGE, indicator=code, population=arm)),
            t("Structures measured"): _structures(sheet, code, arm),
            t("Persons"): _persons(sheet, code, arm),
        }
        for code in load_field_rules().names["outcomes"]
        for arm in (ACTION, COMPARISON)
        if len(sheet.of(CHANGE, indicator=code, population=arm))
    ]
    if lined:
        both = pd.concat([rows, sheet.of(CHANGE)])
        said = t(
            "Points from 0 to 100, with 95% intervals over structures. Persons: of the moment at which fewer answered."
        )
        parts.append(
            Table(
                pd.DataFrame(lined),
                t("Before, after, and the change between"),
                t,
                row_headers=2,
                note=f"{said} {_directions(sheet)} {note(both, t, sheet.label)}",
                results=both,
            )
        )
    return several(*parts)


def by_role(sheet: Sheet) -> Folded | None:
    """List before and after for each role, in the structures with action."""
    rows = sheet.of(MEAN, group_by="role")
    if rows.empty:
        return None
    t, names = sheet.t, load_field_rules().names
    lines = [
        {
            t("What was measured"): sheet.label("indicator", code),
            t("Role"): sheet.name("roles", role),
            t("Before"): sheet.number(sheet.one(MEAN, indicator=code, group=role, period=BEFORE)),
            t("After"): sheet.number(sheet.one(MEAN, indicator=code, group=role, period=AFTER)),
        }
        for code in names["outcomes"]
        for role in names["roles"]
        if len(sheet.of(MEAN, indicator=code, group=role))
    ]
    caption = t("Directors, board members and others, before and after the action")
    said = t(
        "These are levels, with no structures beside them: they tell no role's change apart from a change everywhere."
    )
    return Folded(
        caption,
        Table(
            pd.DataFrame(lines), caption, t, row_headers=2, note=f"{said} {note(rows, t, sheet.label)}", results=rows
        ),
    )


def differences(sheet: Sheet) -> Figure | Sentence:
    """Draw the differences in differences."""
    rows = sheet.of(DID)
    t = sheet.t
    if rows.empty:
        if sheet.results.empty:
            return nothing(sheet)
        return Sentence(
            t(
                "Fewer than two structures on one side were measured before and after: there is a change at most, and nothing to hold it against."
            )
        )
    if rows["estimate"].isna().all():
        return Sentence(
            t("Every difference is withheld: a structure could take its own figures away and see too few others.")
        )
    title = t("Change with action less change without (points of 100)")
    return intervals(rows, y="indicator", t=t, title=title, label=sheet.label, zero=True, digits=0)


def permutations(sheet: Sheet) -> Several | None:
    """Say first which p the design can reach at all, then list what permutations of the structures give."""
    rows = sheet.of(DID)
    shown = rows[rows["estimate"].notna()]
    if shown.empty:
        return None
    t, sizes = sheet.t, (sheet.count(ACTION), sheet.count(COMPARISON))
    smallest = effects.smallest_p(*sizes)
    first = t(
        "With {action} and {comparison} structures there are {n} ways to part them. The smallest p that any permutation can give is {p}, whatever is found.",
        action=t.number(sizes[0]),
        comparison=t.number(sizes[1]),
        n=t.number(effects.assignments(*sizes)),
        p=t.number(smallest, 1 - math.floor(math.log10(smallest))),
    )
    kind = (
        t("Lots were drawn: this p is a test.")
        if is_drawn(sheet)
        else t(
            "Exploratory: no lots were drawn, so this p only tells what would be seen if it did not matter which structures acted."
        )
    )
    lines = [
        {
            t("What was measured"): sheet.label("indicator", str(row.indicator)),
            t("Difference in changes"): sheet.number(row),
            t("p by permutation, adjusted"): _p(sheet, float(str(row.p_adjusted))),
        }
        for row in shown.itertuples(index=False)
    ]
    said = t(
        "Two-sided, adjusted for the number of outcomes by Holm's steps. If a structure was not measured twice, fewer ways are left."
    )
    table = Table(
        pd.DataFrame(lines),
        t("What permutations of the structures give"),
        t,
        note=f"{said} {note(shown, t, sheet.label)}",
        results=shown,
    )
    return several(Sentence(f"{first} {kind}"), table)


def detectable(sheet: Sheet) -> Table | Sentence | None:
    """List the smallest differences that this design, and larger ones, would find."""
    rows = sheet.of(DETECTABLE)
    if rows["estimate"].notna().sum() == 0:
        return nothing(sheet) if sheet.results.empty else None
    t, rules = sheet.t, load_field_rules()
    lines = [
        {
            t("What was measured"): sheet.label("indicator", code),
            t("This design"): sheet.number(sheet.one(DETECTABLE, indicator=code, group_by="")),
            **{
                t("{n} structures in each group", n=t.number(each)): sheet.number(
                    sheet.one(DETECTABLE, indicator=code, group_by=EACH, group=str(each))
                )
                for each in rules.structures_each
            },
        }
        for code in rules.names["outcomes"]
        if len(sheet.of(DETECTABLE, indicator=code))
    ]
    said = t(
        "The true difference, in points, that would be found in {power} of such studies, if structures differ as much in their change as "
        "here. In brackets: what follows from how surely that spread is known. Smaller differences may be there and stay unseen.",
        power=t.percent(100 * rules.power),
    )
    return Table(
        pd.DataFrame(lines), t("The smallest difference that could have been found"), t,
        note=f"{said} {note(rows, t, sheet.label)}", results=rows,
    )  # fmt: skip


def limits(sheet: Sheet) -> Several | Sentence | None:
    """Say what the design cannot show."""
    if sheet.of(MEAN).empty:
        return nothing(sheet) if sheet.results.empty else None
    t = sheet.t
    said = [
        t("Two moments show no course: whether both groups had gone the same way without action cannot be seen."),
        t(
            "People knew that something was being done. Some of what changes may come from being listened to, whatever the action was."
        ),
        t("People came and went between the two moments; a structure can change because its people did."),
        t("Nothing tells which part of the action mattered, for whom, or how long it lasts."),
    ]
    if not is_drawn(sheet):
        said.insert(
            0,
            t(
                "No lots were drawn. Structures that act may differ from the others in what changes them, and no reckoning mends that."
            ),
        )
    return several(*map(Sentence, said))


def of_outcome(sheet: Sheet, code: str) -> Table | Sentence:
    """List what is known of one outcome, for exploring."""
    t = sheet.t
    rows = sheet.results[(sheet.results["indicator"] == code) & (sheet.results["group_by"] == "")]
    if rows.empty:
        return nothing(sheet)
    lines = [
        {
            t("Quantity"): sheet.label("method", str(row.method)),
            t("Structures"): sheet.name("arms", str(row.population)) if row.population else "",
            t("When"): sheet.label("period", str(row.period)),
            t("Points"): sheet.number(row),
        }
        for row in rows.itertuples(index=False)
    ]
    return Table(pd.DataFrame(lines), sheet.label("indicator", code), t, note=note(rows, t, sheet.label), results=rows)


def _directions(sheet: Sheet) -> str:
    t, rules = sheet.t, load_field_rules()
    low = [sheet.name("outcomes", code) for code, high in rules.high_is_good.items() if not high]
    return t("High is good, but for: {names}.", names="; ".join(low)) if low else ""


def _structures(sheet: Sheet, code: str, arm: str) -> str:
    row = sheet.one(CHANGE, indicator=code, population=arm)
    return sheet.t("withheld") if row.suppressed else sheet.t.number(row.n_effective)


def _persons(sheet: Sheet, code: str, arm: str) -> str:
    row = sheet.one(CHANGE, indicator=code, population=arm)
    return sheet.t("withheld") if row.suppressed else sheet.t.number(row.n)


def _p(sheet: Sheet, p: float) -> str:
    t = sheet.t
    return t("below {p}", p=t.number(0.0001, 4)) if p < 0.0001 else t.number(p, 4 if p < 0.01 else 2)
