"""Show how statuses differ: three ways side by side, before and after, and how alike their people were made."""

import pandas as pd

from ...diagnosis.statuses.differences import (
    AFTER,
    BEFORE,
    CRUDE,
    E_VALUE,
    EQUAL,
    LEFT,
    METHODS,
    PAIR,
    STANDARDISED,
    TOGETHER,
    TOTAL,
)
from ...figures import intervals
from ...figures.base import Figure
from ...study.analysis_plan import load_plan
from ...tables import Table
from ...wording import NO_VALUE, heading, note
from ..factsheet import Sentence
from ..outcomes import absent, p_value
from ..risks import Sheet
from .words import apart, cell, cell_of, has_statuses, measure, nothing, seen, status


def said(sheet: Sheet, outcome: str) -> Sentence:
    """Say which statuses differ from the reference in both ways, and which cannot be told from it or compared."""
    t, rows = sheet.t, _differences(sheet, outcome)
    if rows.empty:
        return nothing(sheet) if not has_statuses(sheet) else absent(sheet, sheet.outcome(outcome))
    by = {method: rows[rows["method"] == method].set_index("group") for method in (PAIR, STANDARDISED)}
    differing, alike, refused = [], [], []
    for code, row in by[PAIR].iterrows():
        other = by[STANDARDISED].loc[code]
        if not (seen(row) and seen(other)) or "no" in (row["comparable"], other["comparable"]):
            refused.append(_quoted(sheet, str(code)))
        elif max(row["p_adjusted"], other["p_adjusted"]) < 0.05 and row["estimate"] * other["estimate"] > 0:
            differing.append(
                t("{name}: {difference} points", name=_quoted(sheet, str(code)), difference=cell(sheet, row))
            )
        else:
            alike.append(_quoted(sheet, str(code)))
    reference = status(sheet, load_plan().reference)
    name = measure(sheet, sheet.outcome(outcome))
    parts = [
        t(
            "In {measure} these lie apart from “{reference}” beyond chance: {names}.",
            measure=name,
            reference=reference,
            names="; ".join(differing),
        )
        if differing
        else t("In {measure} no status lies apart from “{reference}” beyond chance.", measure=name, reference=reference)
    ]
    if alike:
        parts.append(
            t(
                "Not to be told from it with so many answers, which does not mean that they are alike: {names}.",
                names=t.join(alike),
            )
        )
    if refused:
        parts.append(
            t(
                "Not compared, for lack of persons who are alike, where the scale may not be compared, or to protect persons: {names}.",
                names=t.join(refused),
            )
        )
    together = rows[rows["method"] == TOGETHER]
    if not together["estimate"].notna().any():
        parts.append(
            t("Taken all at once, the statuses have too few persons who could be in any of them: no estimate is made.")
        )
    return Sentence(" ".join(parts))


def differences(sheet: Sheet, outcome: str) -> Figure | Sentence:
    """Draw the difference of each status from the reference, by each of the three ways."""
    t, rows = sheet.t, _differences(sheet, outcome)
    rows = rows[rows["estimate"].notna() | rows["suppressed"]]
    if rows.empty:
        return nothing(sheet) if not has_statuses(sheet) else absent(sheet, sheet.outcome(outcome))
    title = t(
        "{measure} by status: difference in points from “{reference}”",
        measure=sheet.label("indicator", sheet.outcome(outcome)),
        reference=status(sheet, load_plan().reference),
    )
    label = sheet.label_of(load_plan().treatment)
    return intervals(rows, y="group", hue="method", t=t, title=title, label=label, zero=True, sort=False)


def difference_table(sheet: Sheet, outcome: str) -> Table | Sentence:
    """Show the difference as it stands and in every way, at equal hours and income besides, and its E-value."""
    t, plan, rows = sheet.t, load_plan(), _differences(sheet, outcome)
    if rows.empty:
        return nothing(sheet) if not has_statuses(sheet) else absent(sheet, sheet.outcome(outcome))
    indicator, table = sheet.outcome(outcome), []

    def of(code: str, method: str, estimand: str = TOTAL) -> pd.DataFrame:
        return sheet.rows(indicator=indicator, group=code, method=method, estimand=estimand)

    for code in dict.fromkeys(rows["group"]):
        pair = of(code, PAIR).iloc[0]
        table.append(
            {
                t("Status"): status(sheet, code),
                t("As it stands"): cell_of(sheet, of(code, CRUDE), 1),
                t("Two statuses"): cell(sheet, pair, 1),
                t("p"): p_value(pair["p_adjusted"], t) if seen(pair) else NO_VALUE,
                t("Standardised"): cell_of(sheet, of(code, STANDARDISED), 1),
                t("All statuses"): cell_of(sheet, of(code, TOGETHER), 1),
                t("At equal hours and income"): cell_of(sheet, of(code, PAIR, EQUAL), 1),
                t("E-value"): _e_value(sheet, of(code, E_VALUE)),
                t("n, and left by the weights"): _left(sheet, pair),
            }
        )
    caption = t(
        "{measure}: differences in points from “{reference}”",
        measure=sheet.label("indicator", indicator),
        reference=status(sheet, plan.reference),
    )
    how = t(
        "Two statuses: overlap weights, about those who could by age, gender, education, discipline and years in the trade be in "
        "either. All statuses: generalised overlap weights, about those who could be in any. Standardised: predictions of "
        "regressions, about all who are compared. At equal hours and income: overlap weights of two statuses; hours and income come "
        "with the status, so that this is no better answer but another question. p: of two statuses, by Holm. E-value: how strongly, as "
        "a ratio of risks, something that was not asked would have to go with the status and with the outcome to explain the difference "
        "away; in brackets, to bring its interval to nought."
    )
    grey = apart(sheet, [of(code, PAIR) for code in dict.fromkeys(rows["group"])])
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}", set_apart=grey)


def exposure_table(sheet: Sheet) -> Table | Sentence:
    """Show the difference of every status from the reference in every family of exposure."""
    t, plan = sheet.t, load_plan()
    rows = sheet.rows(method=PAIR, estimand=TOTAL)
    rows = rows[rows["indicator"].isin(sheet.exposures)]
    if rows.empty:
        return nothing(sheet)
    codes = dict.fromkeys(rows["group"])
    table = []
    for exposure in dict.fromkeys(rows["indicator"]):
        own = rows[rows["indicator"] == exposure].set_index("group")
        line = {t("Exposure"): sheet.label("indicator", exposure)}
        line |= {
            status(sheet, code): _marked(sheet, own.loc[code]) if code in own.index else NO_VALUE for code in codes
        }
        table.append(line)
    caption = t("Exposure by status: differences in points from “{reference}”", reference=status(sheet, plan.reference))
    how = t(
        "Overlap weights of two statuses: age, gender, education, discipline and years in the trade alike; in brackets the 95% interval. "
        "So many differences are looked at that one in twenty lies beyond its interval by chance alone."
    )
    refused = rows[(rows["comparable"] == "no") & rows["estimate"].notna()]
    if len(refused):
        reasons = t.join([sheet.label("reason", code) for code in dict.fromkeys(refused["reason"])])
        how += " " + t("* Not to be compared with the others: {reasons}.", reasons=reasons)
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def balance_table(sheet: Sheet) -> Table | Sentence:
    """Show how far apart the people of each status and of the reference were, before and after weighting all statuses."""
    t = sheet.t
    rows = sheet.rows(method=BEFORE)
    if rows.empty:
        return nothing(sheet)
    after = sheet.rows(method=AFTER).set_index(["indicator", "group"])
    codes, table = dict.fromkeys(rows["group"]), []
    for variable in dict.fromkeys(rows["indicator"]):
        own = rows[rows["indicator"] == variable].set_index("group")
        line = {t("Made alike"): _variable(sheet, variable)}
        for code in codes:
            if code in own.index:
                line[status(sheet, code)] = _moved(sheet, own.loc[code], after.loc[(variable, code)])
        table.append(line)
    how = t(
        "The largest difference of a category or number, in standard deviations, before → after weighting all statuses at once. From 0.1 on an "
        "imbalance is said; from 0.25 on the contrast is refused. Weights of two statuses leave none, by construction."
    )
    caption = t("How alike the people of the statuses were made")
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def _differences(sheet: Sheet, outcome: str) -> pd.DataFrame:
    rows = sheet.rows(indicator=sheet.outcome(outcome), group_by=load_plan().treatment, estimand=TOTAL)
    return rows[rows["method"].isin(METHODS)]


def _marked(sheet: Sheet, row: pd.Series) -> str:
    text = cell(sheet, row)
    return f"{text} *" if seen(row) and row["comparable"] == "no" else text


def _variable(sheet: Sheet, code: str) -> str:
    if code == "country":
        return heading(code, sheet.t)
    banding = sheet.study.questionnaire.bands.get(code)
    return sheet.t.pick(banding.label) if banding else sheet.variable(code)


def _quoted(sheet: Sheet, code: str) -> str:
    return sheet.t("“{name}”", name=status(sheet, code))


def _moved(sheet: Sheet, before: pd.Series, after: pd.Series) -> str:
    if not (seen(before) and seen(after)):
        return cell(sheet, before, 2)
    return f"{sheet.t.number(before['estimate'], 2)} → {sheet.t.number(after['estimate'], 2)}"


def _e_value(sheet: Sheet, rows: pd.DataFrame) -> str:
    if rows.empty or not seen(rows.iloc[0]):
        return NO_VALUE
    row, t = rows.iloc[0], sheet.t
    return t("{estimate} ({interval})", estimate=t.number(row["estimate"], 1), interval=t.number(row["ci_low"], 1))


def _left(sheet: Sheet, pair: pd.Series) -> str:
    if pair["suppressed"]:
        return NO_VALUE
    t, own = sheet.t, sheet.rows(indicator=pair["indicator"], group=pair["group"], method=LEFT)
    mine = (
        t("{n} → {left}", n=t.number(pair["n"]), left=t.number(pair["n_effective"]))
        if pair["n_effective"] > 0
        else t.number(pair["n"])
    )
    if own.empty or not seen(own.iloc[0]):
        return mine
    other = own.iloc[0]
    theirs = t("{n} → {left}", n=t.number(other["n"]), left=t.number(other["estimate"]))
    return t("{mine}; reference {theirs}", mine=mine, theirs=theirs)
