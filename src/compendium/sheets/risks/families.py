"""Exposure by family: what is measured, the shares, and how far they rest on the rule."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from ...diagnosis.exposure import OTHER_RULE, RULES
from ...figures import intervals
from ...figures.base import Figure
from ...persons import NOT_MEASURED
from ...tables import Table, estimates
from ..base import Several, several
from ..factsheet import Folded, Sentence, folded
from .sheet import Sheet, nothing, overall


def measured(sheet: Sheet) -> Sentence:
    """Say which families of risk this study measures, and which it does not."""
    t = sheet.t
    absent = sheet.rows(method=NOT_MEASURED, group_by="", estimand="")
    absent = absent[absent["indicator"].str.startswith("exposure_")]
    known = [sheet.label("indicator", code) for code in sheet.exposures if code in set(overall(sheet)["indicator"])]
    said = [
        t("Families of risk measured here: {names}.", names=t.join(known))
        if known
        else t("No family of psychosocial risk is measured here: this page has no exposure to show, and makes none up.")
    ]
    for reason, rows in absent.groupby("reason", sort=False):
        names = t.join([sheet.label("indicator", code) for code in rows["indicator"]])
        said.append(t("Not measured: {names} ({reason}).", names=names, reason=t(str(reason))))
    return Sentence(" ".join(said))


def why_so_many(sheet: Sheet) -> Several | Sentence:
    """Say for each family why so many of its questions count, as the questionnaire wrote before any answer."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    reasons: dict[str, list[str]] = {}
    for code in sheet.exposures:
        measure = questionnaire.measures[code]
        if measure.exposed_items is not None:
            reasons.setdefault(t.pick(measure.exposed_reason), []).append(sheet.label("indicator", code))
    if not reasons:
        return Sentence(t("No rule says who counts as exposed: means are shown instead."))
    return several(
        *(Sentence(t("{families}: {reason}", families=t.join(names), reason=why)) for why, names in reasons.items())
    )


def families(sheet: Sheet) -> Figure | Sentence:
    """Draw how many persons are exposed to each family; where no rule says who is, how much on average."""
    rows = overall(sheet)
    if rows.empty:
        return nothing(sheet)
    share = rows["method"].iloc[0] == "share"
    title = (
        sheet.t("Share of persons exposed, by family of risk")
        if share
        else sheet.t("Mean exposure by family of risk, in points of 100")
    )
    return intervals(rows, y="indicator", t=sheet.t, title=title, label=sheet.label, limits=(0, 100))


def foremost(sheet: Sheet) -> Sentence:
    """Say which family weighs on most persons, and whether the next one can be told from it."""
    t, rows = sheet.t, overall(sheet)
    rows = rows[~rows["suppressed"] & rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    if rows.empty or rows["method"].iloc[0] != "share":
        return nothing(sheet)
    first = rows.iloc[0]
    numbers = {
        "family": sheet.label("indicator", first["indicator"]),
        "share": t.percent(first["estimate"]),
        "interval": t.interval(first["ci_low"], first["ci_high"]),
        "n": t.number(first["n"]),
    }
    if len(rows) == 1:
        return Sentence(t("Exposed to {family}: {share} of persons (95% interval {interval}, n = {n}).", **numbers))
    said = [
        t(
            "Most persons are exposed to this family: {family}, {share} (95% interval {interval}, n = {n}).",
            **numbers,
        )
    ]
    if rows["ci_high"].iloc[1] > first["ci_low"]:
        name = sheet.label("indicator", rows["indicator"].iloc[1])
        said.append(t("The next one, {family}, is too close to be told apart from it.", family=name))
    return Sentence(" ".join(said))


def rules(sheet: Sheet) -> Figure | Sentence:
    """Draw the share exposed under the rule fixed beforehand, and under a looser and a stricter one."""
    rows = _three_rules(sheet, "")
    if rows.empty:
        return nothing(sheet)
    title = sheet.t("Share of persons exposed under the rule fixed beforehand, a looser and a stricter one")
    return intervals(
        rows,
        y="indicator",
        hue="threshold_id",
        t=sheet.t,
        title=title,
        label=sheet.label,
        sort=False,
        limits=(0, 100),
    )


def turned(sheet: Sheet) -> Sentence:
    """Say which orders of two families the rule decides: told apart under the fixed rule, the other way round under another."""
    t, rows = sheet.t, _three_rules(sheet, "")
    if rows.empty:
        return nothing(sheet)
    by = {(row.indicator, row.threshold_id): row for row in rows[~rows["suppressed"]].itertuples(index=False)}
    apart, round_about = 0, []
    for one, other in combinations([code for code in sheet.exposures if (code, "") in by], 2):
        first, second = by[one, ""], by[other, ""]
        if not (first.ci_low > second.ci_high or second.ci_low > first.ci_high):
            continue
        apart += 1
        more, less = (one, other) if first.estimate > second.estimate else (other, one)
        for rule in RULES:
            if {(more, rule), (less, rule)} <= set(by) and by[more, rule].estimate < by[less, rule].estimate:
                names = sheet.label("indicator", more), sheet.label("indicator", less)
                round_about.append(
                    t("{more} before {less} ({rule})", more=names[0], less=names[1], rule=sheet.rule(rule))
                )
    if not apart:
        return Sentence(t("No two families can be told apart by their shares, so no order of them hangs on the rule."))
    counted = t("Pairs of families whose shares can be told apart: {n}.", n=t.number(apart, 0))
    if not round_about:
        return Sentence(f"{counted} {t('In every one the order is the same under the looser and the stricter rule.')}")
    return Sentence(
        f"{counted} {t('Another rule turns these round, so they are no finding: {pairs}.', pairs='; '.join(round_about))}"
    )


def by_rule(sheet: Sheet, variable: str) -> Table | Folded | Several | Sentence:
    """Show the share exposed in each group of a variable under the three rules, behind a line that opens it."""
    rows = _three_rules(sheet, variable) if variable else sheet.results.iloc[:0]
    if rows.empty or rows["suppressed"].all():
        return nothing(sheet)
    caption = sheet.t(
        "Share exposed under the fixed, the looser and the stricter rule, by: {variable}",
        variable=sheet.variable(variable),
    )
    label = sheet.label_of(variable)
    shown = estimates(
        rows, rows=["indicator", "group"], columns="threshold_id", caption=caption, t=sheet.t, label=label, digits=0
    )
    return folded(shown, sheet.t)


def _three_rules(sheet: Sheet, variable: str) -> pd.DataFrame:
    rows = sheet.rows(group_by=variable)
    rows = rows[rows["indicator"].isin(sheet.exposures) & rows["method"].isin(["share", OTHER_RULE])]
    known = set(rows.loc[rows["method"] == OTHER_RULE, "indicator"])
    order = {code: at for at, code in enumerate(sheet.exposures)}
    rows = rows[rows["indicator"].isin(known)]
    place = rows.assign(
        _at=rows["indicator"].map(order), _rule=rows["threshold_id"].map({"looser": 0, "": 1, "stricter": 2})
    )
    kept: pd.DataFrame = place.sort_values(["_at", "_rule"], kind="stable").drop(columns=["_at", "_rule"])
    return kept
