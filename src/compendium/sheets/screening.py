"""Show what cleaning did: who was left out and why, which values changed, what is missing, as figures and tables."""

from __future__ import annotations

import pandas as pd

from ..cleaning.gaps import COMPLETE, LEFT_EMPTY, SILENT, TOGETHER
from ..figures.bars import bars
from ..figures.base import Figure
from ..figures.flow import flow
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label, value, withheld
from .base import UnitSheet
from .factsheet import Sentence

MOST = 15
"""Questions shown in the list of those most often left without an answer."""


class Sheet(UnitSheet):
    """What cleaning did, for one page: the product ``exclusions``."""

    @property
    def own(self) -> pd.DataFrame:
        """The rows of the page's own unit."""
        return self.results[self.results["country"] == self.unit]

    def label(self, column: str, code: str) -> str:
        """Return the text of a code; this room's own words translated."""
        t = self.t
        own = {
            "received": t("Answers received"),
            "kept": t("Answers kept"),
            "excluded": t("Left out"),
            "withdrawn": t("Withdrawn afterwards"),
            "no_consent": t("No consent"),
            "sent_twice": t("Sent twice"),
            "not_eligible": t("Not in the population studied"),
            "broken_off": t("Broken off"),
            "too_fast": t("Too fast to have read"),
            "straight_line": t("Same answer throughout"),
            "respelt": t("Spelling put right"),
            "refused": t("Answer refused: set missing"),
            "masked": t("Identifier in a free text: masked"),
            "recoded": t("Own words that a list knows: given their code"),
            "not_recoded": t("Own words that no list knows: left as they are"),
            "not_asked": t("Answer to a question that was not put to this person: set missing"),
            "out_of_range": t("Number out of range: set missing"),
            "impossible": t("Ruled out by another answer: set missing"),
            "contradiction": t("“None of these” beside one of these: set missing"),
            "shares_scaled": t("Percentages that nearly add up to 100: scaled"),
            "shares_dropped": t("Percentages that do not add up to 100: set missing"),
            "respondents": t("persons"),
            "missing": t("Not answered"),
            LEFT_EMPTY: t("Questions left empty"),
            "not_applicable": t("Does not apply"),
            "answers received": t("answers received"),
            "values": t("values"),
            "count": t("count"),
            "mean of persons": t("mean over persons"),
        }
        if code.startswith(SILENT):
            return self.t("No answer at all: {measure}", measure=self.fallback("indicator", code.removeprefix(SILENT)))
        return own[code] if code in own else self.fallback(column, code)


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, label: Label) -> Sheet:
    """Open the results of cleaning for one page."""
    return Sheet(study, unit, results, t, label)


def kept(sheet: Sheet) -> Sentence:
    """Say how many of the answers received are kept."""
    t = sheet.t
    ends = {row.indicator: row for row in sheet.own.itertuples(index=False) if row.indicator in ("received", "kept")}
    counts = {name: withheld(row, t) or value(row.estimate, 0, t) for name, row in ends.items()}
    said = t("{kept} of {received} answers are kept.", **counts)
    if ends["received"].caveat:
        said += " " + t("Who did not agree or withdrew is not counted here: they are too few.")
    return Sentence(said)


def flow_of_answers(sheet: Sheet) -> Figure:
    """Draw the flow from what was received to what is kept, with the reason of every loss."""
    return flow(sheet.own, t=sheet.t, title=sheet.t("From the answers received to those kept"), label=sheet.label)


def criteria(sheet: Sheet) -> Table:
    """Lay out the rules in words, in the order in which they run, with the thresholds of the questionnaire."""
    t, rules = sheet.t, sheet.study.questionnaire.cleaning
    said = {
        "withdrawn": t("The person withdrew later: the answers are left out before anything is computed."),
        "no_consent": t("The person did not agree: every answer under the same code goes."),
        "sent_twice": t(
            "The same code, or the same answers throughout: the fullest one stays, or the first of equals."
        ),
        "not_eligible": t("The person belongs to none of the populations studied."),
        "broken_off": t(
            "Less than {share} of the questions asked were answered.",
            share=t.percent(100 * (rules.answered_at_least or 0)),
        ),
        "too_fast": t("The form was sent after less than {n} minutes.", n=t.number(rules.fastest_minutes or 0)),
        "straight_line": t("One answer throughout a part that asks in both directions contradicts itself."),
    }
    codes = sheet.own.loc[sheet.own["indicator"] == "excluded", "group"]
    frame = pd.DataFrame(
        {t("Reason"): [sheet.label("reason", code) for code in codes], t("Rule"): [said[code] for code in codes]}
    )
    return Table(frame, t("The rules, in the order in which they run"), t)


def countries(sheet: Sheet) -> Table | Sentence:
    """Lay out the flow of every country side by side; on the page of one country say so in words."""
    t = sheet.t
    rows = sheet.results[sheet.results["indicator"].isin(("received", "excluded", "kept"))]
    rows = rows[rows["country"] != sheet.study.pooled.code]
    if len(set(rows["country"])) < 2:
        return Sentence(t("The countries stand side by side on the page of all of them."))
    rows = rows.assign(group=rows["group"].where(rows["group"] != "", rows["indicator"]), n=float("nan"))
    return estimates(
        rows,
        rows="group",
        columns="country",
        caption=t("What was left out, by country"),
        t=t,
        label=sheet.label,
        digits=0,
    )


def changes(sheet: Sheet) -> Table:
    """Lay out how many single values changed, and why."""
    rows = sheet.own[sheet.own["indicator"] == "changed"]
    caption = sheet.t("Single values that changed, among the answers kept")
    return estimates(rows, rows="group", caption=caption, t=sheet.t, label=sheet.label, digits=0)


def reached(sheet: Sheet) -> Figure | Table:
    """Show how far people got: who still answers in each part of the form or after it; countries side by side."""
    t = sheet.t
    rows = sheet.results[sheet.results["indicator"] == "reached"]
    title = t("Still answering in this part of the form or after it, in %")
    if len(set(rows["country"])) == 1:
        return bars(rows, y="group", t=t, title=title, label=sheet.label)
    return estimates(rows, rows="group", columns="country", caption=title, t=t, label=sheet.label)


def nonresponse(sheet: Sheet) -> Table:
    """Lay out the questions that most people left without an answer, the most frequent first."""
    t, rows = sheet.t, sheet.own[sheet.own["indicator"] == "nonresponse"]
    rows = rows.sort_values("estimate", ascending=False, kind="stable").head(MOST)
    caption = t("The {n} questions most often left without an answer, in % of those asked", n=t.number(len(rows)))
    return estimates(rows, rows="group", caption=caption, t=t, label=sheet.label)


def patterns(sheet: Sheet) -> Table:
    """Lay out which parts of the form have gaps together, the most frequent pattern first."""
    t, rows = sheet.t, sheet.own[sheet.own["indicator"] == "pattern"]

    def label(column: str, code: str) -> str:
        if column != "group":
            return sheet.label(column, code)
        if code == COMPLETE:
            return t("No gap at all")
        return " + ".join(sheet.fallback("module", module) for module in code.split(TOGETHER))

    caption = t("Parts of the form with gaps, and how many persons have gaps in just these")
    return estimates(rows, rows="group", caption=caption, t=t, label=label, digits=0)


def who_is_missing(sheet: Sheet) -> Table | Sentence:
    """Lay out who leaves questions empty, and of whom exhaustion and the like are not known, by group."""
    t, names = sheet.t, [LEFT_EMPTY, *(SILENT + one for one in sheet.study.questionnaire.analysis.outcomes.values())]
    rows = sheet.own[sheet.own["indicator"].isin(names)]
    if rows.empty:
        return Sentence(t("Who is missing cannot be told here: nothing was asked by which persons are grouped."))
    variable = str(rows["group_by"].iloc[0])

    def label(column: str, code: str) -> str:
        return sheet.fallback(variable, code) if column == "group" else sheet.label(column, code)

    caption = t("Who left out what, in % of those whom the questions are for, whether they agreed to be asked or not")
    return estimates(rows, rows="group", columns="indicator", caption=caption, t=t, label=label)


def filled_in(sheet: Sheet) -> Table:
    """Lay out what becomes of a missing value, kind by kind: what stands in for it, and what never does."""
    t = sheet.t
    least = {measure.missing_min_share for measure in sheet.study.questionnaire.measures.values()}
    share = t.join([t.percent(100 * one) for one in sorted(least)]) or t("none")
    said = {
        t("Answer to one question"): t("Stays missing; nothing is put in its place."),
        t("Score of a measure"): t(
            "The mean of the questions answered, where at least {share} of its questions apply and as many of these are answered; otherwise missing.",
            share=share,
        ),
        t("Exposure to a family"): t("Known where the missing answers could not change it; otherwise missing."),
        t("Does not apply"): t("No gap: the question counts neither as answered nor as missing."),
        t("Consent, population, country"): t("Never filled in: without them the answer is left out."),
    }
    frame = pd.DataFrame({t("What is missing"): list(said), t("What becomes of it"): list(said.values())})
    return Table(frame, t("What is filled in, and what never is"), t)


def gaps(sheet: Sheet) -> Table:
    """Lay out what is missing and what does not apply, by part of the form."""
    rows = sheet.own[sheet.own["indicator"].isin(("missing", "not_applicable"))]
    caption = sheet.t("Share of the questions asked without an answer, by part of the form, in %")
    return estimates(rows, rows="group", columns="indicator", caption=caption, t=sheet.t, label=sheet.label)
