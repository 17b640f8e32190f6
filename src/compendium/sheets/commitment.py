"""Show to what people are attached, who gives more than they meant to, and what goes with it."""

from __future__ import annotations

from ..diagnosis.commitment import COMMITMENT, OVERINVESTMENT
from ..tables import Table, estimates
from .beside import beside
from .factsheet import Sentence
from .risks import Sheet


def attached(sheet: Sheet) -> Table | Sentence:
    """List how attached people are to trade, collective and public: three targets, not added up."""
    t, measure = sheet.t, sheet.study.questionnaire.measures.get(COMMITMENT)
    rows = sheet.rows(method="mean", group_by="")
    rows = rows[rows["indicator"].isin(measure.items if measure else [])]
    if rows.empty:
        return Sentence(t("This study does not ask to what people are attached: there is nothing to show."))
    caption = t("What people are attached to, mean agreement in points of 100")
    return estimates(rows, rows="indicator", caption=caption, t=t, label=sheet.label, digits=0)


def given(sheet: Sheet) -> Table | Sentence:
    """List the share of people who know each sign of over-investment often or always, the most frequent first."""
    t, rows = sheet.t, sheet.rows(method="share", group_by="")
    measure = sheet.study.questionnaire.measures.get(OVERINVESTMENT)
    rows = rows[rows["indicator"].isin(measure.items if measure else [])]
    if rows.empty:
        return Sentence(t("This study does not ask about over-investment: there is nothing to show."))
    caption = t("Signs of over-investment, share of people who know them often or always")
    rows = rows.sort_values("estimate", ascending=False, kind="stable")
    return estimates(rows, rows="indicator", caption=caption, t=t, label=sheet.label, digits=0)


def over_invested(sheet: Sheet) -> Sentence | None:
    """Say how many people over-invest by the rule that was fixed in the questionnaire, or nothing (:func:`given` says so)."""
    t, rows = sheet.t, sheet.rows(indicator=OVERINVESTMENT, method="share", group_by="")
    measure = sheet.study.questionnaire.measures.get(OVERINVESTMENT)
    if rows.empty or measure is None or measure.exposed_items is None:
        return None
    if rows["suppressed"].iloc[0]:
        return Sentence(t("How many people over-invest is withheld."))
    row = rows.iloc[0]
    return Sentence(
        t(
            "{share} of people know at least {needed} of these {all} signs often or always (95% interval {interval}, n = {n}): "
            "the rule that was fixed in the questionnaire before any answer.",
            share=t.percent(row["estimate"]),
            needed=t.number(measure.exposed_items),
            all=t.number(len(measure.items)),
            interval=t.interval(row["ci_low"], row["ci_high"]),
            n=t.number(row["n"], 0),
        )
    )


def with_outcome(sheet: Sheet, outcome: str) -> Table | Sentence | None:
    """List how attachments and over-investment go with an outcome, or attachments with over-investment."""
    return beside(sheet, sheet.outcome(outcome), COMMITMENT, sheet.label)
