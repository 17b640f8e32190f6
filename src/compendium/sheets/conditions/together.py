"""Show how exposures go with an outcome: adjusted, each by itself, how much each carries, how easily it would fall."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.associations import ASSOCIATION, EXPOSURE, ORDER, PLAIN, SHARED, TOGETHER, WEIGHT
from ...figures import intervals
from ...figures.base import Figure
from ...tables import Table
from ...wording import note, withheld
from ..factsheet import Sentence
from ..outcomes import absent, p_value
from ..risks import Sheet
from .words import quoted

SURE = 95.0
"""Per cent of the draws from which one weight is said to be larger than another."""


def strongest(sheet: Sheet, outcome: str) -> Sentence:
    """Say which exposures go with an outcome beyond chance, the strongest first, and which cannot be told from nought."""
    outcome = sheet.outcome(outcome)
    t, rows = sheet.t, _rows(sheet, outcome, ASSOCIATION)
    rows = rows[~rows["suppressed"]]
    if rows.empty:
        return absent(sheet, outcome, group_by=EXPOSURE)
    told = rows[rows["p_adjusted"] < 0.05].sort_values("estimate", key=abs, ascending=False, kind="stable")
    name = sheet.label("indicator", outcome).lower()
    listed = [
        t(
            "{name} ({estimate}, interval {interval})",
            name=quoted(sheet, sheet.label("indicator", row.group)),
            estimate=t.number(row.estimate, 2),
            interval=t.interval(row.ci_low, row.ci_high, 2),
        )
        for row in told.itertuples(index=False)
    ]
    said = [
        t("These go with {measure} beyond chance, the strongest first: {names}.", measure=name, names=t.join(listed))
        if listed
        else t(
            "None of the {n} exposures goes with {measure} beyond chance here, once it is counted that all are looked at.",
            n=t.number(len(rows)),
            measure=name,
        )
    ]
    rest = [quoted(sheet, sheet.label("indicator", code)) for code in rows.loc[rows["p_adjusted"] >= 0.05, "group"]]
    if listed and rest:
        said.append(
            t(
                "Not to be told from nought with so many answers, which does not mean that they do not matter: {names}.",
                names=t.join(rest),
            )
        )
    return Sentence(" ".join(said))


def associations(sheet: Sheet, outcome: str) -> Figure | None:
    """Draw what goes with an outcome: each exposure, the others and the person's situation being alike; or nothing."""
    outcome = sheet.outcome(outcome)
    rows = _rows(sheet, outcome, ASSOCIATION)
    if rows.empty:
        return None
    rows = rows.sort_values("estimate", key=abs, ascending=False, kind="stable")
    title, label = (
        sheet.t("What goes with {measure}", measure=sheet.label("indicator", outcome).lower()),
        sheet.label_of(EXPOSURE),
    )
    return intervals(rows, y="group", t=sheet.t, title=title, label=label, digits=2, zero=True, sort=False)


def association_table(sheet: Sheet, outcome: str) -> Table | None:
    """Show adjusted associations beside plain correlations, p values for their number, and how easily they would fall."""
    outcome = sheet.outcome(outcome)
    adjusted = _rows(sheet, outcome, ASSOCIATION)
    if adjusted.empty:
        return None
    t = sheet.t
    plain, shared = (_rows(sheet, outcome, method).set_index("group") for method in (PLAIN, SHARED))
    table = []
    for _, row in adjusted.sort_values("estimate", ascending=False, kind="stable").iterrows():
        alone, source = plain.loc[row["group"]], shared.loc[row["group"]]
        hidden = withheld(row, t)
        cells = {
            t("Adjusted association"): t.number(row["estimate"], 2),
            t("95% interval"): t.interval(row["ci_low"], row["ci_high"], 2),
            t("p, adjusted for several tests"): p_value(row["p_adjusted"], t),
            t("Correlation"): t.number(alone["estimate"], 2),
            t("Interval of the correlation"): t.interval(alone["ci_low"], alone["ci_high"], 2),
            t("Shared source that would do"): t.percent(source["ci_low"]) if source["ci_low"] > 0 else t("none needed"),
            t("n"): t.number(row["n"]),
        }
        shown = dict.fromkeys(cells, hidden) if hidden else cells
        table.append({t("Exposure"): sheet.label("indicator", row["group"]), **shown})
    name = sheet.label("indicator", outcome).lower()
    caption = t("What goes with {measure}: adjusted, and each exposure by itself", measure=name)
    how = t(
        "Standard deviations of the outcome for one standard deviation more exposure, the other families, age, gender, "
        "education, discipline and years in the trade alike. p values by Holm over the exposures of this outcome. Errors "
        "allow for people of one organisation resembling each other, however few the organisations (CR2, Satterthwaite). "
        "Shared source: what something common to both answers, such as a mood, would have to explain of what is left of "
        "each before the interval held nought. Asked at one time in one form: no direction can be read from it."
    )
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(adjusted, t, sheet.label)}")


def weights_said(sheet: Sheet, outcome: str) -> Sentence:
    """Say how much the exposures explain together, which carries most, and whether the next can be told from it."""
    outcome = sheet.outcome(outcome)
    t, rows, whole = sheet.t, _rows(sheet, outcome, WEIGHT), _rows(sheet, outcome, TOGETHER)
    rows = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    if _rows(sheet, outcome, ASSOCIATION).empty:
        return absent(sheet, outcome, group_by=EXPOSURE)
    name = sheet.label("indicator", outcome).lower()
    if whole.empty or whole["suppressed"].iloc[0]:
        return Sentence(
            t("How what goes with {measure} divides between the exposures cannot be told here.", measure=name)
        )
    part = whole.iloc[0]
    said = [
        t(
            "Beyond the person's situation the exposures together account, as arithmetic, for {share} of the differences "
            "between persons in {measure} (95% interval {interval}, n = {n}).",
            share=t.percent(part["estimate"]),
            measure=name,
            interval=t.interval(part["ci_low"], part["ci_high"]),
            n=t.number(part["n"]),
        )
    ]
    if rows.empty:
        said.append(t("That is too little to be divided between them."))
        return Sentence(" ".join(said))
    first = rows.iloc[0]
    said.append(
        t(
            "The largest part of that goes to {name}: {share} ({interval}).",
            name=quoted(sheet, sheet.label("indicator", first["group"])),
            share=t.percent(first["estimate"]),
            interval=t.interval(first["ci_low"], first["ci_high"]),
        )
    )
    order = sheet.rows(indicator=outcome, method=ORDER, group=first["group"])
    if len(order):
        said.append(_order_said(sheet, order.iloc[0]))
    return Sentence(" ".join(said))


def _order_said(sheet: Sheet, order: pd.Series) -> str:
    t, second = sheet.t, quoted(sheet, sheet.label("indicator", order["reference_group"]))
    draws = t.percent(order["estimate"])
    if order["estimate"] >= SURE:
        return t("It is larger than the next one, {name}, in {share} of the draws.", name=second, share=draws)
    return t(
        "The next one, {name}, cannot be told from it: the first is larger in {share} of the draws only.",
        name=second,
        share=draws,
    )


def weights(sheet: Sheet, outcome: str) -> Figure | None:
    """Draw how what the exposures explain together divides between them, or nothing where it cannot be told."""
    outcome = sheet.outcome(outcome)
    rows = _rows(sheet, outcome, WEIGHT)
    name = sheet.label("indicator", outcome).lower()
    if rows["estimate"].isna().all():
        return None
    title = sheet.t("How what goes with {measure} divides between the exposures", measure=name)
    widest = max(10.0, float(rows["ci_high"].max()))
    limits = (0.0, min(100.0, 10 * float(-(-widest // 10))))
    return intervals(rows, y="group", t=sheet.t, title=title, label=sheet.label_of(EXPOSURE), limits=limits)


def same_form(sheet: Sheet, outcome: str) -> Sentence | None:
    """Warn that both sides come from one person at one time, with what it would take to undo the strongest association."""
    outcome = sheet.outcome(outcome)
    t, rows = sheet.t, _rows(sheet, outcome, SHARED)
    if rows.empty:
        return None
    said = [
        t(
            "Working conditions and {measure} were answered by the same person, at one time, in one form: a mood, a habit of "
            "answering or a wish to look consistent can make such answers go together by themselves.",
            measure=sheet.label("indicator", outcome).lower(),
        )
    ]
    rows = rows[~rows["suppressed"] & (rows["ci_low"] > 0)].sort_values("ci_low", ascending=False, kind="stable")
    if len(rows):
        first = rows.iloc[0]
        said.append(
            t(
                "How much of that would it take? Before the strongest association, {name}, could not be told from nought, "
                "such a source would have to explain {share} of what the rest leaves open in the one and in the other.",
                name=quoted(sheet, sheet.label("indicator", first["group"])),
                share=t.percent(first["ci_low"]),
            )
        )
        said.append(
            t("Whether there is such a source this form cannot tell; later waves and signs from outside it can.")
        )
    return Sentence(" ".join(said))


def _rows(sheet: Sheet, outcome: str, method: str) -> pd.DataFrame:
    return sheet.rows(indicator=outcome, group_by=EXPOSURE, method=method)
