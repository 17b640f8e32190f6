"""Show the answers of the countries beside one another, as figures and tables with their words.

Everything is made from the product ``comparison`` after the gate. Where measurement forbids a comparison, the panel is
grey and says why. Published facts never stand in the same figure: :mod:`compendium.factsheet` shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ..comparison import COMPETENCE, RANK
from ..figures import intervals
from ..figures.base import Figure
from ..figures.dots import dots
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import NO_VALUE, Label, interval, note, value, withheld
from .factsheet import Sentence
from .invariance import verdict_in_words

MOST_PANELS: Final = 10


@dataclass(frozen=True)
class Sheet:
    """The answers of all countries on the page of one of them, or of all together.

    Attributes
    ----------
    study : Study
        The study.
    unit : str
        Country of the page, or the pooled unit.
    results : pandas.DataFrame
        The product ``comparison`` after the gate.
    t : Catalogue
        Language of the page.
    fallback : callable
        Gives the text of every code that is not this room's own.
    """

    study: Study
    unit: str
    results: pd.DataFrame
    t: Catalogue
    fallback: Label

    @property
    def pooled(self) -> str:
        """Return the code of the countries pooled, or of the only country where nothing is pooled."""
        return self.study.pooled.code

    @property
    def places(self) -> list[str]:
        """Return the codes of the countries in the order of the study."""
        return [country.code for country in self.study.countries]

    @property
    def focus(self) -> str | None:
        """Return the country of the page, or nothing on the page of all together."""
        return None if self.study.is_pooled(self.unit) else self.unit

    def rows(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: measures, competences, answers, verdicts; else that of the page."""
        questionnaire = self.study.questionnaire
        if column == "indicator" and code in questionnaire.measures:
            return self.t.pick(questionnaire.measures[code].label)
        if column == "indicator" and code in questionnaire.questions:
            return questionnaire.question_text(code, self.t.language)
        if column == "group":
            competence = next((one for one in questionnaire.analysis.competences if one.id == code), None)
            if competence is not None:
                return self.t.pick(competence.label)
        if column in ("reason", "verdict"):
            return verdict_in_words(code, self.t)
        return self.t(code) if column in ("unit", "estimand", "caveat", "method") else self.fallback(column, code)


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the compared answers."""
    return Sheet(study, unit, results, t, fallback)


def measures(sheet: Sheet, method: str = "mean", only: Sequence[str] = ()) -> Figure | Sentence:
    """Draw every measure for each country, the countries pooled as the upright line.

    Parameters
    ----------
    sheet : Sheet
        The page.
    method : {"mean", "share"}
        Mean score, or share of people exposed.
    only : sequence of str
        Measures to draw; all when empty.
    """
    t, known = sheet.t, sheet.study.questionnaire.measures
    wanted = [measure for measure in known if not only or measure in only]
    rows = sheet.results[(sheet.results["method"] == method) & sheet.results["indicator"].isin(wanted)]
    if rows.empty or rows["estimate"].isna().all():
        return Sentence(t("No scale of this study gives such a comparison."))
    titles = {"mean": t("Mean scores by country, 0 to 100"), "share": t("Share of people exposed, by country")}
    return _dots(sheet, rows, "indicator", titles[method])


def question(sheet: Sheet, question_id: str | None = None) -> Figure | Sentence:
    """Draw the share of each answer to one question for each country; the first grouping question when none is named."""
    t, answered = sheet.t, set(sheet.results["indicator"])
    question_id = question_id or next((name for name in sheet.study.questionnaire.groups if name in answered), "")
    rows = sheet.rows(indicator=question_id, method="share")
    if rows.empty:
        return Sentence(t("This study does not ask that question, or nobody answered it."))
    # The rarest answers say least and would make the figure long; the data behind it is of the ones drawn.
    order = rows[rows["country"] == sheet.pooled].sort_values("estimate", ascending=False)["group"]
    kept = list(order[:MOST_PANELS]) or list(rows["group"].drop_duplicates())[:MOST_PANELS]
    rows = rows[rows["group"].isin(kept)].assign(
        _at=lambda one: one["group"].map({code: at for at, code in enumerate(kept)})
    )
    label: Label = lambda column, code: (  # noqa: E731
        sheet.study.questionnaire.label(question_id, code, t.language)
        if column == "group"
        else sheet.label(column, code)
    )
    title = sheet.study.questionnaire.question_text(question_id, t.language)
    return _dots(sheet, rows.sort_values("_at", kind="stable").drop(columns="_at"), "group", title, label)


def _dots(sheet: Sheet, rows: pd.DataFrame, panel: str, title: str, label: Label | None = None) -> Figure:
    return dots(
        rows.assign(period=""),
        places=[*sheet.places, sheet.pooled],
        references=[sheet.pooled],
        absent=sheet.t("no answers"),
        t=sheet.t,
        title=title,
        label=label or sheet.label,
        panel=panel,
        focus=sheet.focus,
        digits=0,
    )


def differences(sheet: Sheet) -> Table | Sentence:
    """List how far the country of the page (or each country) lies from the others' mean, and its rank among them."""
    t = sheet.t
    rows = sheet.rows(method="difference")
    ranks = {(row.indicator, row.country): row for row in sheet.rows(method=RANK).itertuples()}
    rows = rows[rows["country"] == sheet.focus] if sheet.focus else rows
    if rows.empty:
        return Sentence(t("No mean of this study may be compared between countries, so no difference is given."))
    table = pd.DataFrame(
        {
            t("Measure"): [sheet.label("indicator", code) for code in rows["indicator"]],
            t("Country"): [sheet.label("country", code) for code in rows["country"]],
            t("Points from the mean of the other countries"): [
                withheld(row, t, sheet.label) or value(row.estimate, 1, t) for row in rows.itertuples()
            ],
            t("95% interval"): [NO_VALUE if row.suppressed else interval(row, 1, t) for row in rows.itertuples()],
            t("Beyond chance"): [_verdict_of_test(row.p_adjusted, t) for row in rows.itertuples()],
            t("Rank (95% interval)"): [_rank(ranks[row.indicator, row.country], t) for row in rows.itertuples()],
        }
    )
    said = t(
        "Beyond chance: tested at 5 per cent after adjusting for all the differences of the page (Holm). The "
        "interval of each row is not adjusted. Countries are compared as they answered; who answered may differ "
        "between them."
    )
    places = t(
        "Rank: 1 is the highest mean; in brackets the ranks that the answers leave open, right for all countries "
        "together in 95 of 100 surveys."
    )
    return Table(
        table,
        t("Differences between countries, means that may be compared"),
        t,
        row_headers=2,
        note=f"{said} {places} {note(rows, t, sheet.label)}",
    )


def _rank(row: Any, t: Catalogue) -> str:
    return NO_VALUE if row.suppressed else f"{value(row.estimate, 0, t)} ({interval(row, 0, t)})"


def _verdict_of_test(p: float, t: Catalogue) -> str:
    if pd.isna(p):
        return t("not tested")
    return t("yes") if p < 0.05 else t("not shown")


def competence_gaps(sheet: Sheet, unit: str | None = None) -> Figure | Sentence:
    """Draw how far the importance given to each competence exceeds the mastery that people report."""
    t = sheet.t
    rows = sheet.rows(indicator="competence_gap", group_by=COMPETENCE, country=unit or sheet.unit)
    if rows.empty:
        return Sentence(t("This study does not ask about competences."))
    return intervals(
        rows.sort_values("estimate", ascending=False, kind="stable"),
        y="group",
        t=t,
        title=t("Competences: importance less mastery, in points of 100"),
        label=sheet.label,
    )


def competences(sheet: Sheet) -> Table | Sentence:
    """List importance, mastery and their difference for each competence, for the unit of the page."""
    t = sheet.t
    rows = sheet.rows(group_by=COMPETENCE, country=sheet.unit)
    if rows.empty:
        return Sentence(t("This study does not ask about competences."))
    words = {
        "competence_importance": t("Importance"),
        "competence_mastery": t("Mastery"),
        "competence_gap": t("Importance less mastery"),
    }
    label: Label = lambda column, code: words.get(code, code) if column == "indicator" else sheet.label(column, code)  # noqa: E731
    gaps = rows[rows["indicator"] == "competence_gap"].sort_values("estimate", ascending=False, kind="stable")["group"]
    rank = {code: at for at, code in enumerate(gaps)}
    rows = rows.assign(_at=rows["group"].map(rank)).sort_values("_at", kind="stable").drop(columns="_at")
    return estimates(
        rows,
        rows="group",
        columns="indicator",
        caption=t("Competences: importance, mastery and their difference, in points of 100"),
        t=t,
        label=label,
        digits=0,
    )
