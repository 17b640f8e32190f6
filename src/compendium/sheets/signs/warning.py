"""Show how well signs tell groups that are cases from others, or say that there are too few groups to tell."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.signs.rules import load_rules
from ...diagnosis.signs.warning import BALANCE, CUTOFF, GROUPS, HELD_OUT, SAME_DATA, TOO_FEW
from ...figures.intervals import intervals
from ...persons import NOT_MEASURED
from ...tables import Table
from ...wording import NO_VALUE, note
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet

SURE = 0.05
_SHOWN = ("sensitivity", "specificity", "positive predictive value", "negative predictive value")


def groups(sheet: Sheet) -> Sentence:
    """Say how many groups there are for each outcome, and whether that is enough to print a sensitivity."""
    t, rules, least = sheet.t, load_rules(), sheet.study.disclosure.minimum_cell
    said = []
    for outcome in rules.outcomes:
        name = sheet.outcome(outcome.id)
        absent = sheet.rows(indicator=outcome.id, method=NOT_MEASURED, group_by="")
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
    return Sentence(" ".join(said))


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


def accuracy(sheet: Sheet) -> Shown:
    """Draw sensitivity and specificity of every sign among organisations held out, with all four numbers in a table."""
    parts: list[Shown] = []
    for (variable, outcome), rows in _told(sheet):
        held = rows[rows["method"] == HELD_OUT]
        title = sheet.t(
            "Held out: does the sign tell groups with {outcome} from others? ({kind})",
            outcome=sheet.outcome(outcome).lower(),
            kind=sheet.kind_of_group(variable),
        )
        drawn = held[held["estimand"].isin(_SHOWN[:2])]
        parts.append(
            intervals(
                drawn,
                y="indicator",
                hue="estimand",
                t=sheet.t,
                title=title,
                label=sheet.label,
                sort=False,
                limits=(0, 100),
            )
        )
        parts.append(_numbers(sheet, rows, title))
    return several(*parts) if parts else _none(sheet)


def _numbers(sheet: Sheet, rows: pd.DataFrame, caption: str) -> Table:
    t = sheet.t
    table = []
    for sign in rows.loc[rows["method"] == HELD_OUT, "indicator"].drop_duplicates():
        own = rows[rows["indicator"] == sign]
        held = own[own["method"] == HELD_OUT].set_index("estimand")
        line = {
            t("Sign"): sheet.label("indicator", sign),
            t("Warns from (points of 100)"): _cutoff(sheet, sign, own),
        }
        for name in _SHOWN:
            line[t(_CAPITAL[name])] = _cell(held.loc[name], sheet)
        table.append(line)
    how = t(
        "Sensitivity: of the groups that are cases, how many were warned of. Specificity: of the others, how many were left in "
        "peace. Predictive values: of the groups warned of, how many are cases; of those left in peace, how many are none. They "
        "hold where as many groups are cases as here. n is a number of groups."
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


def _cutoff(sheet: Sheet, sign: str, own: pd.DataFrame) -> str:
    """Write the cut-off the way round in which the measure is shown elsewhere."""
    t, value = sheet.t, own.loc[own["method"] == CUTOFF, "estimate"].iloc[0]
    turned = next(one.turned for one in load_rules().signs if one.measure == sign)
    if turned:
        return t("{value} downwards", value=t.number(100 - value))
    return t("{value} upwards", value=t.number(value))


def _cell(row: pd.Series, sheet: Sheet) -> str:
    t = sheet.t
    if row["suppressed"] or pd.isna(row["estimate"]):
        return t("too few groups")
    span = t.interval(row["ci_low"], row["ci_high"]) if pd.notna(row["ci_low"]) else NO_VALUE
    return t("{value} ({interval}), n = {n}", value=t.percent(row["estimate"]), interval=span, n=t.number(row["n"]))


def verdict(sheet: Sheet) -> Shown:
    """Say which signs warn better than nothing, all tests counted."""
    t, parts = sheet.t, []
    for (variable, outcome), rows in _told(sheet):
        held = rows[(rows["method"] == HELD_OUT) & (rows["estimand"] == BALANCE) & ~rows["suppressed"]]
        sure = held[(held["p_adjusted"] < SURE) & (held["estimate"] > 0)]
        names = {
            "outcome": sheet.outcome(outcome),
            "kind": sheet.kind_of_group(variable),
            "n": t.number(len(held)),
            "signs": t.join([sheet.label("indicator", sign) for sign in sure["indicator"]]),
        }
        if sure.empty:
            text = t(
                "{outcome} ({kind}): of {n} signs, none tells cases from others better than chance once all tests are counted.",
                **names,
            )
        else:
            text = t(
                "{outcome} ({kind}): of {n} signs, these tell cases from others better than chance, all tests counted: {signs}.",
                **names,
            )
        short = rows[rows["method"] == TOO_FEW]
        if len(short):
            absent = t.join([sheet.label("indicator", sign) for sign in short["indicator"]])
            text = f"{text} {t('Too few groups to tell: {signs}.', signs=absent)}"
        parts.append(Sentence(text))
    return several(*parts) if parts else _none(sheet)


def flattery(sheet: Sheet) -> Shown:
    """Show beside one another what the best cut-off of the same groups would have promised, and what holds in others."""
    t, parts = sheet.t, []
    for (variable, outcome), rows in _told(sheet):
        kept = rows[rows["estimand"] == BALANCE]
        table = []
        for sign in kept["indicator"].drop_duplicates():
            own = kept[kept["indicator"] == sign].set_index("method")
            line = {t("Sign"): sheet.label("indicator", sign)}
            for method, head in ((SAME_DATA, t("Best cut-off, same groups")), (HELD_OUT, t("Held out"))):
                row = own.loc[method]
                line[head] = t.number(row["estimate"]) if pd.notna(row["estimate"]) else t("too few groups")
                line[t("95% interval: {what}", what=head)] = (
                    t.interval(row["ci_low"], row["ci_high"]) if pd.notna(row["ci_low"]) else NO_VALUE
                )
            table.append(line)
        caption = t(
            "{outcome} ({kind}): sensitivity plus specificity minus 100, in points; nought for a sign that says nothing",
            outcome=sheet.outcome(outcome),
            kind=sheet.kind_of_group(variable),
        )
        how = t("The left-hand numbers judge groups by a cut-off that was chosen to suit them.")
        parts.append(Table(pd.DataFrame(table), caption, t, note=f"{how} {note(kept, t, sheet.label)}"))
    return several(*parts) if parts else _none(sheet)


def _told(sheet: Sheet) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    rows = sheet.results[sheet.results["method"].isin([HELD_OUT, SAME_DATA, CUTOFF, TOO_FEW])]
    kept = [(key, own) for key, own in rows.groupby(["group_by", "group"], sort=False)]
    return [((str(key[0]), str(key[1])), own) for key, own in kept if (own["method"] == HELD_OUT).any()]


def _none(sheet: Sheet) -> Sentence:
    return Sentence(
        sheet.t("Not told here: see above how many groups there are. A number from fewer would look like knowledge.")
    )
