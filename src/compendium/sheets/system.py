"""Show what differs between groups, what is common to all, and how much goes with the conditions of work."""

from __future__ import annotations

import pandas as pd

from ..diagnosis.response_surface import SURFACE
from ..diagnosis.system import ALIKE, COMMON, CONDITIONS, CORRECTED, LEVEL, RAW, SHARE, SPREAD
from ..diagnosis.variance import RESIDUAL
from ..tables import Table
from ..wording import note
from .factsheet import Folded, Sentence, folded
from .outcomes import absent, p_value
from .risks import Sheet


def shares(sheet: Sheet, outcome: str) -> Table | Sentence:
    """List how much of the differences in an outcome lies between the groups of each level, raw, composed alike, corrected."""
    t, measure = sheet.t, sheet.outcome(outcome)
    rows = sheet.rows(indicator=measure, group_by=LEVEL, method=SHARE)
    if rows.empty:
        return absent(sheet, measure, group_by=LEVEL)
    heads = {
        RAW: t("As people are"),
        ALIKE: t("Were they composed alike"),
        CORRECTED: t("Without error of measurement"),
    }
    listed = [
        {
            t("Between"): _level(sheet, str(level)),
            **{
                head: _cell(sheet, own[own["estimand"] == estimand])
                for estimand, head in heads.items()
                if (rows["estimand"] == estimand).any()
            },
            t("Remark"): t("too few groups to say") if (own["flag"] != "").any() else "",
        }
        for level, own in rows.groupby("group", sort=False)
    ]
    caption = t("{measure}: where the differences between persons lie", measure=sheet.label("indicator", measure))
    said = t("Share of the variance, with its 95% interval; n = {n}.", n=t.number(rows["n"].max(), 0))
    return Table(pd.DataFrame(listed), caption, t, note=f"{said} {note(rows, t, sheet.label)}", results=rows)


def conditions(sheet: Sheet, outcome: str) -> Sentence:
    """Say how much of an outcome single conditions of work foretell for people of other organisations."""
    t, measure = sheet.t, sheet.outcome(outcome)
    rows = sheet.rows(indicator=measure, method=CONDITIONS)
    if rows.empty or rows["suppressed"].iloc[0]:
        return absent(sheet, measure, group_by=CONDITIONS)
    row = rows.iloc[0]
    numbers = {
        "measure": sheet.label("indicator", measure).lower(),
        "share": t.percent(row["estimate"]),
        "interval": t.interval(row["ci_low"], row["ci_high"]),
        "n": t.number(row["n"], 0),
    }
    if row["ci_low"] <= 0:
        return Sentence(
            t(
                "Conditions of work do not foretell {measure} in organisations that were left out: {share} of its variance "
                "(95% interval {interval}, n = {n}), where nought is no better than the mean.",
                **numbers,
            )
        )
    return Sentence(
        t(
            "Single conditions of work foretell {share} of the variance of {measure} in organisations that were left out "
            "(95% interval {interval}, n = {n}). Both were asked at one time in one form.",
            **numbers,
        )
    )


def common(sheet: Sheet) -> Table | Sentence:
    """List how exposed everybody is, beside how far the groups of each level lie apart."""
    t = sheet.t
    means = sheet.rows(group_by=COMMON)
    if means.empty:
        return Sentence(t("No exposure is measured on a scale here: what is common to all cannot be shown."))
    spread = sheet.rows(group_by=LEVEL, method=SPREAD)
    levels = list(spread["group"].drop_duplicates())
    listed = []
    for row in means.itertuples(index=False):
        cells = {t("Exposure"): sheet.label("indicator", row.indicator), t("Everybody"): _one(sheet, row)}
        for level in levels:
            own = spread[(spread["indicator"] == row.indicator) & (spread["group"] == level)]
            cells[t("Spread between: {level}", level=_level(sheet, level))] = _cell(sheet, own, percent=False)
        listed.append(cells)
    caption = t("What all share, and how far groups lie apart, in points of 100")
    said = t(
        "Everybody: mean exposure. Spread: standard deviation of the groups' means; about two groups in three lie within one of it."
    )
    both = pd.concat([means, spread], ignore_index=True)
    return Table(pd.DataFrame(listed), caption, t, note=f"{said} {note(both, t, sheet.label)}", results=both)


def surfaces(sheet: Sheet, outcome: str) -> Table | Folded | Sentence:
    """List the slopes and curves of an outcome over wish and reality, by domain, behind a line that opens the table."""
    t, measure = sheet.t, sheet.outcome(outcome)
    rows = sheet.rows(indicator=measure, method=SURFACE)
    if rows.empty:
        return Sentence(
            t(
                "How it goes with wish and reality at once cannot be told: too few persons answered, or it was not asked."
            )
        )
    label = sheet.label_of("domain")
    frame = pd.DataFrame(
        {
            t("Domain"): [label("group", code) for code in rows["group"]],
            t("Of the surface"): [t(code) for code in rows["estimand"]],
            t("Points a step"): [t.number(number, 1) for number in rows["estimate"]],
            t("95% interval"): [
                t.interval(low, high, 1) for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
            ],
            t("p, adjusted"): [p_value(p, t) for p in rows["p_adjusted"]],
            t("n"): [t.number(n, 0) for n in rows["n"]],
        }
    )
    caption = t("{measure} over wish and reality, by domain of work", measure=sheet.label("indicator", measure))
    said = t(
        "Along agreement: where reality is as wished, from low to high. Across it: from reality above the wish to reality "
        "below it, or back. A plain difference sees the second alone, and no curve. p by Holm over the table."
    )
    shown = Table(frame, caption, t, row_headers=2, note=f"{said} {note(rows, t, sheet.label)}", results=rows)
    return folded(shown, t)  # type: ignore[return-value]


def _level(sheet: Sheet, level: str) -> str:
    t = sheet.t
    match level:
        case "country":
            return t("Countries")
        case "status":
            return t("Statuses")
        case _ if level == RESIDUAL:
            return t("Persons of one group")
    return t("Organisations")


def _cell(sheet: Sheet, rows: pd.DataFrame, percent: bool = True) -> str:
    if rows.empty:
        return ""
    return _one(sheet, next(rows.itertuples(index=False)), percent)


def _one(sheet: Sheet, row: object, percent: bool = False) -> str:
    t = sheet.t
    if row.suppressed:  # type: ignore[attr-defined]
        return t("withheld")
    number = t.percent(row.estimate) if percent else t.number(row.estimate, 0)  # type: ignore[attr-defined]
    span = t.interval(row.ci_low, row.ci_high)  # type: ignore[attr-defined]
    return t("{number} ({span})", number=number, span=span)
