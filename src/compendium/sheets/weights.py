"""Show what answers stand for: what a sample that nobody drew forbids, and what weights change where a study has any."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .. import pooling
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..weighting import product as weighting
from ..wording import NO_VALUE, Label, interval, note, value, withheld
from .base import Several, UnitSheet, several
from .factsheet import Sentence
from .invariance import verdict_in_words


class Sheet(UnitSheet):
    """The product ``weights`` of one unit, or of the countries pooled, for one page."""

    @property
    def is_weighted(self) -> bool:
        """Return whether the study knows margins of this unit, so that its answers are weighted."""
        return bool((self.results["method"] == weighting.MARGIN).any())

    @property
    def people(self) -> str:
        """Return what to call the population of the study."""
        population = self.study.population
        return self.t.pick(population.name) if population else self.t("people of the kind asked here")

    @property
    def by_others(self) -> bool:
        """Return whether others asked, so that this study does not know how they found whom they asked."""
        return (self.study.answers or {}).get("origin") == "real_other"

    def label(self, column: str, code: str) -> str:
        """Return the text of a code; this room's own words translated."""
        t = self.t
        if column == "reason" and code != pooling.NO_SIZE:
            return verdict_in_words(code, t)
        own = {
            "raking": t("raking to the margins, linearised errors"),
            "difference": t("difference with its interval"),
            weighting.MARGIN: t("published margin"),
        }
        if code in own:
            return own[code]
        return t(code) if column in ("unit", "caveat") else self.fallback(column, code)

    def of(self, row: Any) -> str:
        """Return what a row of a measure estimates, with its unit."""
        return self.t("persons exposed, %") if row.unit in ("%", pooling.SHARE_POINTS) else self.t("mean, 0 to 100")

    def cell(self, row: Any) -> str:
        """Return estimate and interval of a row, or why they are withheld."""
        words = withheld(row, self.t)
        if words or pd.isna(row.estimate):
            return words or NO_VALUE
        return f"{value(row.estimate, 1, self.t)} ({interval(row, 1, self.t)})"


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, label: Label) -> Sheet:
    """Open the product ``weights`` for one page."""
    return Sheet(study, unit, results, t, label)


def standing(sheet: Sheet) -> Sentence:
    """Say what the answers are weighted to, or that they are not and why."""
    t, country = sheet.t, sheet.study.name(sheet.unit, sheet.t.language)
    if sheet.study.is_pooled(sheet.unit):
        if len(sheet.study.countries) == 1:
            return Sentence(t("The study has one country, so there is nothing to pool."))
        return Sentence(
            t(
                "“{europe}” means the {n} partner countries of this study, each counting the same, however many answered "
                "there. It does not mean the European Union: official figures for the Union stand apart and are never "
                "mixed with answers. The page that compares countries shows how far the result depends on this rule.",
                europe=country,
                n=len(sheet.study.countries),
            )
        )
    if not sheet.is_weighted:
        return Sentence(
            t(
                "The answers are not weighted. That would need a published count of the {people} ({country}) by who "
                "they are, and the study holds none. Counts of other people, such as all who work in a sector, are "
                "refused: they would make the answers look like people who were never asked.",
                people=sheet.people,
                country=country,
            )
        )
    margins = sheet.results[sheet.results["method"] == weighting.MARGIN].drop_duplicates("indicator")
    told = [
        t(
            "“{variable}” ({source}, {year})",
            variable=sheet.label("indicator", one.indicator),
            source=one.source,
            year=one.period,
        )
        for one in margins.itertuples()
    ]
    return Sentence(
        t(
            "The answers are weighted so that they resemble the {people} ({country}) in {margins}, and in nothing "
            "else: this is still no probability sample. Weighted and unweighted estimates stand side by side here; "
            "all other pages show the answers unweighted.",
            people=sheet.people,
            country=country,
            margins=t.join(told),
        )
    )


def allowed(sheet: Sheet) -> Table:
    """Lay out which statements the answers allow and which they forbid, since nobody is known to have drawn them."""
    t, country = sheet.t, sheet.study.name(sheet.unit, sheet.t.language)
    pooled = sheet.study.is_pooled(sheet.unit)
    rows = [
        (
            t("What those who answered say of themselves"),
            t("yes"),
            t("with its interval, which supposes that others of the same kind would have answered alike"),
        ),
        (
            t("A difference between groups of those who answered"),
            t("with care"),
            t("where the scale measures the same in both; who came to answer may differ between them too"),
        ),
        (
            t("A number about all {people} of these countries", people=sheet.people)
            if pooled
            else t("A number about all {people} ({country})", people=sheet.people, country=country),
            t("no"),
            t("how those who were asked were found, and who did not answer, is not documented here")
            if sheet.by_others
            else t("nobody drew them at random, and nobody knows who did not answer"),
        ),
        (
            t("A margin of error in the sense of sampling"),
            t("no"),
            t("how likely each person was to be asked is not known, and no interval here reckons with it"),
        ),
        (
            t("An unweighted share as the figure of a country"),
            t("no"),
            t("a group that answers more readily counts for more than it is"),
        ),
    ]
    if pooled and len(sheet.study.countries) > 1:
        rows.append(
            (
                t("A number about Europe or the European Union"),
                t("no"),
                t("other countries were not asked, and each of those asked counts the same"),
            )
        )
    frame = pd.DataFrame(rows, columns=[t("Statement"), t("Allowed"), t("Why")])
    caption = (
        t("Read as no probability sample: others asked")
        if sheet.by_others
        else t("No probability sample: people chose to answer")
    )
    return Table(frame, caption, t, note=t("This holds for every page of the study."))


def effects(sheet: Sheet) -> Several | None:
    """Show who answered beside the published margins, what weighting costs, and weighted beside unweighted estimates.

    Nothing where the answers are not weighted.
    """
    return several(_margins(sheet), _cost(sheet), _side_by_side(sheet)) if sheet.is_weighted else None


def _cost(sheet: Sheet) -> Table:
    """List what the weights cost: effective number, design effect, largest weight, trimming, persons left out."""
    t = sheet.t
    words = {
        "effective number": t("Persons that the weighted answers are worth"),
        "design effect": t("Design effect of unequal weights"),
        "largest weight": t("Largest weight, in means of all weights"),
        "weights trimmed": t("Weights trimmed at {n} means", n=t.number(weighting.CEILING)),
        "left out": t("Persons left out, a margin's answer missing"),
    }
    rows = sheet.results[sheet.results["indicator"] == weighting.WEIGHTS]
    shown = [
        withheld(row, t)
        or value(row.estimate, 1 if row.unit in ("ratio", "means of all weights") else 0, t)
        for row in rows.itertuples()
    ]
    persons = t.number(rows["n"].max()) if rows["n"].notna().any() else NO_VALUE
    frame = pd.DataFrame(
        {
            t("What"): [t("Persons weighted"), *(words[code] for code in rows["group"])],
            t("Number"): [persons, *shown],
        }
    )
    return Table(
        frame,
        t("What weighting costs"),
        t,
        note=t(
            "With few persons in effect, or with most answers at the lowest end, intervals of weighted means hold the truth "
            "less often than they say."
        ),
    )


def _margins(sheet: Sheet) -> Table:
    """Set the shares among those who answered beside the published ones that they are weighted to."""
    t = sheet.t
    known = sheet.results[sheet.results["method"] == weighting.MARGIN]
    shares = sheet.results[(sheet.results["method"] == "share") & (sheet.results["group_by"] != weighting.WEIGHTING)]
    asked = shares.set_index(["indicator", "group"])
    frame = pd.DataFrame(
        {
            t("Question"): [sheet.label("indicator", one.indicator) for one in known.itertuples()],
            t("Answer"): [sheet.fallback(one.indicator, one.group) for one in known.itertuples()],
            t("Among those who answered, %"): [
                withheld(row, t) or value(row.estimate, 1, t)
                for row in (asked.loc[(one.indicator, one.group)] for one in known.itertuples())
            ],
            t("Published, %"): [value(one.estimate, 1, t) for one in known.itertuples()],
        }
    )
    return Table(
        frame,
        t("Who answered, beside the published margins"),
        t,
        row_headers=2,
        note=note(pd.concat([shares, known]), t, sheet.label),
    )


def _side_by_side(sheet: Sheet) -> Table | Sentence:
    """Set weighted and unweighted estimates side by side, the one that leads first."""
    t = sheet.t
    rows = sheet.results[sheet.results["group_by"] == weighting.WEIGHTING]
    if rows.empty:
        return Sentence(t("No scale of this study gives such a comparison."))
    shown = []
    for _, pair in rows.groupby(["indicator", "method"], sort=False):
        first, second = sorted(pair.itertuples(), key=lambda row: row.flag != weighting.LEADS)
        which = t("weighted") if first.weighted else t("unweighted")
        measure = sheet.label("indicator", str(first.indicator))
        shown.append((measure, sheet.of(first), sheet.cell(first), which, sheet.cell(second)))
    names = [t("Measure"), t("Estimate of"), t("Leading estimate"), t("Which leads"), t("The other one")]
    return Table(
        pd.DataFrame(shown, columns=names),
        t("Weighted and unweighted estimates"),
        t,
        row_headers=2,
        note=f"{_who_leads(rows, t)} {note(rows.assign(flag=''), t, sheet.label)}",
    )


def _who_leads(rows: pd.DataFrame, t: Catalogue) -> str:
    lead = rows[rows["flag"] == weighting.LEADS]["weighted"]
    if not lead.any():
        return t(
            "The weighted answers are worth fewer than half of the persons: a few of them would decide. So the "
            "unweighted estimates lead, and the weighted ones show how far off they may be."
        )
    if lead.all():
        return t("The weighted estimates lead: the answers are worth at least half of the persons.")
    return t("The unweighted estimate leads where the weighted answers are worth fewer than half of the persons.")
