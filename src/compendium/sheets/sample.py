"""Show what was wanted, what is in hand, and what it allows: the product ``sample`` as sentences and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import planning
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label, is_withheld, withheld
from .base import UnitSheet
from .factsheet import Sentence


class Sheet(UnitSheet):
    """What the answers in hand can show, beside what was planned, for one page."""

    def label(self, column: str, code: str) -> str:
        """Return the text of a code; this room's own words translated."""
        t = self.t
        own = {
            planning.SHARE_WIDTH: t("Share, ± percentage points"),
            planning.SCORE_WIDTH: t("Mean score, ± points"),
            planning.CONTRAST: t("Smallest difference seen, points"),
            "respondents": t("persons"),
            "percentage points": t("percentage points"),
            "points": t("points"),
            "count": t("count"),
            "t": t("t interval"),
            "power of the t test": t("power of the t test"),
        }
        return own[code] if code in own else self.fallback(column, code)

    def who(self, variable: str, code: str) -> str:
        """Return the words for a cell: everybody, or one code of a question."""
        return self.fallback(variable, code) if variable else self.t("All")

    def cells(self, stage: str) -> pd.DataFrame:
        """Return how many persons are wanted or in hand, cell by cell, of every country of the page."""
        rows = self.results[(self.results["indicator"] == planning.CELL) & (self.results["period"] == stage)]
        return rows.set_index(["country", "group_by", "group"])


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, label: Label) -> Sheet:
    """Open the product ``sample`` for one page."""
    return Sheet(study, unit, results, t, label)


def targets(sheet: Sheet) -> Table | Sentence:
    """Lay out how many usable answers were wanted and how many are in hand, cell by cell."""
    t, found = sheet.t, wanted(sheet)
    if not found:
        return Sentence(t("The study names no targets here, so there is nothing to count against."))
    frame = pd.DataFrame(
        {
            t("Country"): [sheet.fallback("country", one.country) for one in found],
            t("Who"): [sheet.who(one.variable, one.code) for one in found],
            t("Wanted"): [t.number(one.wanted) for one in found],
            t("In hand"): [one.shown for one in found],
            t("Reached"): ["" if one.share is None else t.percent(one.share) for one in found],
        }
    )
    several = sheet.study.is_pooled(sheet.unit)
    return Table(
        frame if several else frame.drop(columns=t("Country")),
        t("Usable answers wanted and in hand"),
        t,
        row_headers=2 if several else 1,
        note=t("Wanted: the targets of the study file. In hand: answers kept after cleaning."),
    )


def missed(sheet: Sheet) -> Sentence:
    """Say which targets are missed."""
    t, found = sheet.t, wanted(sheet)
    short = [one for one in found if one.share is not None and one.share < 100]
    if not found:
        return Sentence("")
    if not short:
        return Sentence(t("Every target whose count may be shown is reached."))
    several = sheet.study.is_pooled(sheet.unit)
    places = []
    for one in short:
        who = sheet.who(one.variable, one.code)
        if several:
            who = f"{sheet.fallback('country', one.country)}, {who}"
        places.append(t("{who} ({n} wanted)", who=who, n=t.number(one.wanted)))
    return Sentence(
        t(
            "{n} of {all} targets are missed: {places}.",
            n=t.number(len(short)),
            all=t.number(len(found)),
            places="; ".join(places),
        )
    )


def precision(sheet: Sheet) -> Table | Sentence:
    """Lay out how precise the answers of a country are, cell by cell: half-widths and the smallest difference."""
    t = sheet.t
    if sheet.study.is_pooled(sheet.unit):
        return Sentence(t("How precise the answers are stands on the page of each country."))
    rows = sheet.results[
        (sheet.results["country"] == sheet.unit)
        & (sheet.results["period"] == planning.IN_HAND)
        & sheet.results["indicator"].isin((planning.SHARE_WIDTH, planning.SCORE_WIDTH, planning.CONTRAST))
        & (sheet.results["group_by"] != "country")
        & (sheet.results["group_by"].isin(("", *_grouping(sheet))))
    ]
    rows = rows.assign(group=[sheet.who(one.group_by, one.group) for one in rows.itertuples()], group_by="")
    return estimates(
        rows,
        rows="group",
        columns="indicator",
        caption=t("What the answers in hand can tell apart"),
        t=t,
        label=sheet.label,
        digits=1,
    )


def allowed(sheet: Sheet) -> Table:
    """Lay out which planned comparisons the sample in hand allows, with the reason where it does not."""
    t = sheet.t
    reasons = {
        planning.CELL: t("too few to be shown at all"),
        planning.TESTABLE: t("shown; too few to test whether a measure works alike in this group"),
    }
    words, groups = [], []
    rows = sheet.results[sheet.results["period"] == planning.IN_HAND]
    rows = rows[rows["group_by"].isin(("", *_grouping(sheet)))]
    for (country, variable, code), cell in rows.groupby(["country", "group_by", "group"], sort=False):
        value = {one.indicator: one for one in cell.itertuples()}
        hit = [name for name in (planning.CELL, planning.TESTABLE) if name in value and _not(value[name])]
        groups.append((sheet.fallback("country", str(country)), sheet.who(str(variable), str(code))))
        words.append(t("no: {reason}", reason=reasons[hit[0]]) if hit else t("yes"))
    frame = pd.DataFrame(
        {t("Country"): [one for one, _ in groups], t("Who"): [who for _, who in groups], t("Can be compared"): words}
    )
    several = sheet.study.is_pooled(sheet.unit)
    return Table(
        frame if several else frame.drop(columns=t("Country")),
        t("Which comparisons the answers in hand allow"),
        t,
        row_headers=2 if several else 1,
    )


def _not(row: Any) -> bool:
    return is_withheld(row) or row.comparable == "no"


def _grouping(sheet: Sheet) -> list[str]:
    """The questions whose targets the study names anywhere; those that say who answered where it names none."""
    named = {variable for cells in sheet.study.targets.values() for variable, _ in cells if variable}
    eligible = sheet.study.questionnaire.cleaning.eligible
    return sorted(named) or ([eligible.question] if eligible else [])


@dataclass(frozen=True)
class Target:
    """How many answers are wanted from whom, and what may be said of those in hand; ``share`` is in %."""

    country: str
    variable: str
    code: str
    wanted: float
    shown: str
    share: float | None


def wanted(sheet: Sheet) -> list[Target]:
    """Return what was wanted beside what is in hand; the share reached is not known where the count is withheld."""
    held = {row.Index: row for row in sheet.cells(planning.IN_HAND).itertuples()}
    found = []
    for row in sheet.cells(planning.PLANNED).itertuples():
        here = held.get(row.Index)
        if here is None:
            shown, share = sheet.t("not asked"), None
        else:
            words = withheld(here, sheet.t)
            share = None if words or not row.estimate else 100 * here.estimate / row.estimate
            shown = words or sheet.t.number(here.estimate)
        country, variable, code = row.Index
        found.append(Target(country, variable, code, row.estimate, shown, share))
    return found
