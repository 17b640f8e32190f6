"""Show how well signs tell groups that are cases from others, or say that there are too few groups to tell."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.signs.rules import load_rules
from ...diagnosis.signs.warning import BALANCE, CUTOFF, GROUPS, HELD_OUT, SAME_DATA, TOO_FEW
from ...figures.base import Figure
from ...figures.intervals import intervals
from ...persons import NOT_MEASURED
from ...tables import Table
from ...wording import NO_VALUE, note, value
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet

SURE = 0.05
_SHOWN = ("sensitivity", "specificity", "positive predictive value", "negative predictive value")


def groups(sheet: Sheet) -> Shown:
    """Say how many groups there are for each outcome, and whether that is enough to print a sensitivity."""
    t, rules, least = sheet.t, load_rules(), sheet.study.disclosure.minimum_cell
    if not _asked(sheet):
        return Sentence(t("Nothing that signs could warn of is measured here: there is nothing to hold them against."))
    said = []
    for outcome in rules.outcomes:
        name = sheet.outcome(outcome.id)
        absent = sheet.rows(indicator=outcome.id, method=NOT_MEASURED, group_by="", estimand="")
        if len(absent):
            said.append(t("{outcome}: not told, {reason}.", outcome=name, reason=t(absent["reason"].iloc[0])))
        for row in sheet.rows(indicator=GROUPS, group=outcome.id, method=TOO_FEW).itertuples(index=False):
            numbers = {
                "outcome": name,
                "n": t.number(row.estimate),
                "kind": sheet.kind_of_group(row.group_by),
                "persons": t.number(least),
                "least": t.number(rules.least_groups),
            }
            if row.estimate < rules.least_groups:
                text = t(
                    "{outcome}: {n} groups ({kind}) of {persons} persons or more. A sensitivity is printed from {least} groups on: "
                    "none is printed here.",
                    **numbers,
                )
            else:
                text = t(
                    "{outcome}: {n} groups ({kind}), but {reason}: no sensitivity is printed.",
                    **numbers,
                    reason=t(row.reason),
                )
            said.append(text)
        counted = sheet.rows(indicator=GROUPS, group=outcome.id, method="number of groups")
        for variable, rows in counted.groupby("group_by", sort=False):
            count = rows.set_index("estimand")["estimate"]
            said.append(
                t(
                    "{outcome}: {n} groups ({kind}) of {persons} persons or more, of which {cases} are cases; {out} smaller groups are "
                    "left out. Timing: {timing}.",
                    outcome=name,
                    n=t.number(count["groups"]),
                    kind=sheet.kind_of_group(str(variable)),
                    persons=t.number(least),
                    cases=t.number(count["cases"]),
                    out=t.number(count["left out"]),
                    timing=t(rows["caveat"].iloc[0]),
                )
            )
    return several(*map(Sentence, said))


def cases(sheet: Sheet) -> Table:
    """Show what is to be seen coming, from when on a group is a case, and why."""
    t = sheet.t
    kinds = {
        "external": t("an event, not a feeling"),
        "intention": t("an intention"),
        "answers": t("how people feel"),
    }
    frame = pd.DataFrame(
        [
            {
                t("To be seen coming"): sheet.outcome(outcome.id),
                t("What it is"): kinds[outcome.kind],
                t("A group is a case from here on"): t.pick(outcome.case),
                t("Why"): t.pick(outcome.reason),
            }
            for outcome in load_rules().outcomes
        ]
    )
    return Table(frame, t("What signs are held against, fixed before data"), t)


def told(sheet: Sheet) -> Shown:
    """Say which signs warn and show how well, among organisations held out and as the same groups would have flattered.

    Where there are too few groups, one sentence says so.
    """
    t, parts = sheet.t, list[Shown]()
    for (variable, outcome), found in _by_outcome(sheet):
        rows = _best_first(found)
        parts += [
            _verdict(sheet, variable, outcome, rows),
            _drawn(sheet, variable, outcome, rows),
            _numbers(sheet, variable, outcome, rows),
            Sentence(
                t(
                    "Had the best cut-off been chosen and judged on the same groups, as is usual, the signs would have looked better "
                    "than they are:"
                )
            ),
            _flattery(sheet, variable, outcome, rows),
        ]
    if parts:
        return several(*parts)
    if not _asked(sheet):
        return Sentence(t("Nothing can be told here."))
    said = t("Not told here: see above how many groups there are. A number from fewer would look like knowledge.")
    if sheet.focus is None or len(sheet.study.countries) < 2:
        return Sentence(said)
    return Sentence(f"{said} {t('The partner countries together have more groups: see their page.')}")


def _asked(sheet: Sheet) -> bool:
    """Tell whether any of what signs could warn of is measured and anybody belongs to a group."""
    absent = sheet.rows(method=NOT_MEASURED, group_by="", estimand="")["indicator"]
    return any(outcome.id not in set(absent) for outcome in load_rules().outcomes)


def _drawn(sheet: Sheet, variable: str, outcome: str, rows: pd.DataFrame) -> Figure:
    held = rows[(rows["method"] == HELD_OUT) & rows["estimand"].isin(_SHOWN[:2])]
    return intervals(
        held,
        y="indicator",
        hue="estimand",
        t=sheet.t,
        title=_title(sheet, variable, outcome, held),
        label=sheet.label,
        sort=False,
        limits=(0, 100),
    )


def _title(sheet: Sheet, variable: str, outcome: str, rows: pd.DataFrame) -> str:
    return sheet.t(
        "{outcome}: does the sign tell groups that are cases from others? ({kind}; {timing})",
        outcome=sheet.outcome(outcome),
        kind=sheet.kind_of_group(variable),
        timing=sheet.t(rows["caveat"].iloc[0]),
    )


def _numbers(sheet: Sheet, variable: str, outcome: str, rows: pd.DataFrame) -> Table:
    t, caption = (
        sheet.t,
        sheet.t(
            "{outcome}, in numbers: from which value each sign warns, and how well ({kind}, held out)",
            outcome=sheet.outcome(outcome),
            kind=sheet.kind_of_group(variable),
        ),
    )
    table = []
    for sign in rows.loc[rows["method"] == HELD_OUT, "indicator"].drop_duplicates():
        own = rows[rows["indicator"] == sign]
        held = own[own["method"] == HELD_OUT].set_index("estimand")
        line = {
            t("Sign"): sheet.label("indicator", sign),
            t("Warns from (points of 100)"): _cutoff(sheet, sign, own) if _is_sure(held.loc[BALANCE]) else NO_VALUE,
        }
        line |= {t(_CAPITAL[name]): _cell(held.loc[name], sheet) for name in _SHOWN}
        line[t("Cases and others")] = t(
            "{cases} and {others}",
            cases=value(held.loc["sensitivity", "n"], 0, t),
            others=value(held.loc["specificity", "n"], 0, t),
        )
        table.append(line)
    how = t(
        "Sensitivity: of the groups that are cases, how many were warned of. Specificity: of the others, how many were left in "
        "peace. Predictive values: of the groups warned of, how many are cases; of those left in peace, how many are none. They "
        "hold where as many groups are cases as here. A value to warn from is given only for signs that do better than chance. In brackets: 95% intervals."
    )
    return Table(
        pd.DataFrame(table), caption, t, note=f"{how} {note(rows[rows['method'] == HELD_OUT], t, sheet.label)}"
    )


_CAPITAL = {
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "positive predictive value": "Positive predictive value",
    "negative predictive value": "Negative predictive value",
}


def _is_sure(row: pd.Series) -> bool:
    """Tell whether a sign does better than chance, all tests counted."""
    return bool(not row["suppressed"] and row["p_adjusted"] < SURE and row["estimate"] > 0)


def _cutoff(sheet: Sheet, sign: str, own: pd.DataFrame) -> str:
    """Write the cut-off the way round in which the measure is shown elsewhere."""
    t, cutoff = sheet.t, own.loc[own["method"] == CUTOFF, "estimate"].iloc[0]
    turned = next(one.turned for one in load_rules().signs if one.measure == sign)
    if turned:
        return t("{value} downwards", value=t.number(100 - cutoff))
    return t("{value} upwards", value=t.number(cutoff))


def _cell(row: pd.Series, sheet: Sheet) -> str:
    t = sheet.t
    if row["suppressed"] or pd.isna(row["estimate"]):
        return t("too few groups")
    span = t.interval(row["ci_low"], row["ci_high"]) if pd.notna(row["ci_low"]) else NO_VALUE
    number = t.number(row["estimate"]) if row["unit"] == "points" else t.percent(row["estimate"])
    return t("{value} ({interval})", value=number, interval=span)


def _verdict(sheet: Sheet, variable: str, outcome: str, rows: pd.DataFrame) -> Sentence:
    """Say which signs warn better than nothing, all tests counted."""
    t = sheet.t
    held = rows[(rows["method"] == HELD_OUT) & (rows["estimand"] == BALANCE) & ~rows["suppressed"]]
    sure = held[[_is_sure(row) for _, row in held.iterrows()]]
    names = {
        "outcome": sheet.outcome(outcome),
        "kind": sheet.kind_of_group(variable),
        "n": t.number(len(held)),
        "signs": t.join([sheet.label("indicator", sign) for sign in sure["indicator"]]),
    }
    text = (
        t(
            "{outcome} ({kind}): of {n} signs, none tells cases from others better than chance once all tests are counted.",
            **names,
        )
        if sure.empty
        else t(
            "{outcome} ({kind}): of {n} signs, these tell cases from others better than chance, all tests counted: {signs}.",
            **names,
        )
    )
    short = rows.loc[rows["method"] == TOO_FEW, "indicator"]
    if len(short):
        absent = t.join([sheet.label("indicator", sign) for sign in short])
        text = f"{text} {t('Too few groups to tell: {signs}.', signs=absent)}"
    return Sentence(text)


def _flattery(sheet: Sheet, variable: str, outcome: str, rows: pd.DataFrame) -> Table:
    """Show beside one another what the best cut-off of the same groups would have promised, and what holds in others."""
    t, kept = sheet.t, rows[rows["estimand"] == BALANCE]
    table = []
    for sign in kept["indicator"].drop_duplicates():
        own = kept[kept["indicator"] == sign].set_index("method")
        line = {t("Sign"): sheet.label("indicator", sign)}
        line[t("Best cut-off, same groups")] = _cell(own.loc[SAME_DATA], sheet)
        line[t("Held out")] = _cell(own.loc[HELD_OUT], sheet)
        table.append(line)
    caption = t(
        "{outcome} ({kind}): sensitivity plus specificity minus 100, in points; nought for a sign that says nothing",
        outcome=sheet.outcome(outcome),
        kind=sheet.kind_of_group(variable),
    )
    how = t("The first numbers judge groups by a cut-off that was chosen to suit them. In brackets: 95% intervals.")
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(kept, t, sheet.label)}")


def _best_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Order the signs by how well they tell cases from others, held out; those that cannot be told come last."""
    held = rows[(rows["method"] == HELD_OUT) & (rows["estimand"] == BALANCE)].set_index("indicator")["estimate"]
    return rows.assign(_at=-rows["indicator"].map(held)).sort_values("_at", kind="stable").drop(columns="_at")


def _by_outcome(sheet: Sheet) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    rows = sheet.results[sheet.results["method"].isin([HELD_OUT, SAME_DATA, CUTOFF, TOO_FEW])]
    kept = [(key, own) for key, own in rows.groupby(["group_by", "group"], sort=False)]
    return [((str(key[0]), str(key[1])), own) for key, own in kept if (own["method"] == HELD_OUT).any()]
