"""Show what answers stand for: what a sample that nobody drew forbids, what weights change, how countries are pooled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from .. import pooling
from ..diagnosis.exposure import POINTS
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..weighting import product as weighting
from ..wording import NO_VALUE, Label, interval, note, value, withheld
from .base import UnitSheet
from .factsheet import Sentence
from .factsheet import Sheet as Facts
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
        return self.t.pick(population.name) if population else self.t("people of the kind that was asked")

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
        words = withheld(row, self.t, self.label)
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
        return Sentence(
            t(
                "{europe} means the {n} partner countries of this study, each counting the same, however many answered "
                "there. It does not mean the European Union: official figures for the Union stand apart and are never "
                "mixed with answers. The page that compares countries shows how far the result depends on this rule.",
                europe=country,
                n=len(sheet.study.countries),
            )
        )
    if not sheet.is_weighted:
        return Sentence(
            t(
                "The answers are not weighted. That would need a published count of the {people} of {country} by who "
                "they are, and the study holds none. Counts of other people, such as all who work in a sector, are "
                "refused: they would make the answers look like people who were never asked.",
                people=sheet.people,
                country=country,
            )
        )
    margins = sheet.results[sheet.results["method"] == weighting.MARGIN].drop_duplicates("indicator")
    told = [
        t(
            "{variable} ({source}, {year})",
            variable=sheet.label("indicator", one.indicator),
            source=one.source,
            year=one.period,
        )
        for one in margins.itertuples()
    ]
    return Sentence(
        t(
            "The answers are weighted so that they resemble the {people} of {country} in {margins}, and in nothing "
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
            else t("A number about all {people} of {country}", people=sheet.people, country=country),
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
    if pooled:
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


def weights(sheet: Sheet) -> Table | None:
    """List what the weights cost: effective number, design effect, largest weight, trimming, persons left out; nothing without weights."""
    t = sheet.t
    if not sheet.is_weighted:
        return None
    words = {
        "effective number": t("Persons that the weighted answers are worth"),
        "design effect": t("Design effect of unequal weights"),
        "largest weight": t("Largest weight, in means of all weights"),
        "weights trimmed": t("Weights trimmed at {n} means", n=t.number(weighting.CEILING)),
        "left out": t("Persons left out, a margin's answer missing"),
    }
    rows = sheet.results[sheet.results["indicator"] == weighting.WEIGHTS]
    shown = [
        withheld(row, t, sheet.label)
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
    return Table(frame, t("What weighting costs"), t)


def margins(sheet: Sheet) -> Table | None:
    """Set the shares among those who answered beside the published ones that they are weighted to; nothing without margins."""
    t = sheet.t
    if not sheet.is_weighted:
        return None
    known = sheet.results[sheet.results["method"] == weighting.MARGIN]
    asked = sheet.results[sheet.results["method"] == "share"].set_index(["indicator", "group"])
    frame = pd.DataFrame(
        {
            t("Question"): [sheet.label("indicator", one.indicator) for one in known.itertuples()],
            t("Answer"): [sheet.fallback(one.indicator, one.group) for one in known.itertuples()],
            t("Among those who answered, %"): [
                withheld(row, t, sheet.label) or value(row.estimate, 1, t)
                for row in (asked.loc[(one.indicator, one.group)] for one in known.itertuples())
            ],
            t("Published, %"): [value(one.estimate, 1, t) for one in known.itertuples()],
        }
    )
    return Table(
        frame, t("Who answered, beside the published margins"), t, row_headers=2, note=note(known, t, sheet.label)
    )


def effects(sheet: Sheet) -> Table | None:
    """Set weighted and unweighted estimates side by side, the one that leads first; nothing without weights."""
    t = sheet.t
    rows = sheet.results[sheet.results["group_by"] == weighting.WEIGHTING]
    if rows.empty:
        return None
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


def pooled(sheet: Sheet, facts: Facts, method: str = "mean") -> Table | Sentence:
    """Set the pooled estimates with equal weight for each country beside those in proportion to the countries' size.

    Parameters
    ----------
    sheet : Sheet
        The product ``weights`` of the countries pooled.
    facts : Facts
        Names the indicator of size.
    method : {"mean", "share"}
        Mean score, or share of people exposed.
    """
    t, size = sheet.t, facts.label("indicator", sheet.study.proportional_to)
    sizes = sheet.results[sheet.results["indicator"] == pooling.SIZE]
    if sizes["estimate"].isna().all():
        return Sentence(
            t(
                "In the pooled value every country counts the same; the study holds no size of all of them to try another."
            )
        )
    unit = "%" if method == "share" else POINTS
    rows = sheet.results[(sheet.results["group_by"] == pooling.PART) & (sheet.results["indicator"] != pooling.SIZE)]
    rows = rows[rows["unit"].isin([unit, pooling.SHARE_POINTS] if method == "share" else [unit])]
    if rows.empty:
        return Sentence(t("No scale of this study gives such a comparison."))
    shown, apart = [], {}
    for at, (code, found) in enumerate(rows.groupby("indicator", sort=False)):
        by = {row.group: row for row in found.itertuples()}
        shown.append([sheet.label("indicator", str(code)), *(sheet.cell(by[group]) for group in pooling.ESTIMANDS)])
        if by[pooling.EQUAL].comparable == "no":
            apart[at] = sheet.label("reason", by[pooling.EQUAL].reason)
    names = {
        pooling.EQUAL: t("Each country the same"),
        pooling.PROPORTIONAL: t("In proportion to: {size}", size=size),
        pooling.DIFFERENCE: t("Difference"),
    }
    europe = sheet.study.name(sheet.study.pooled.code, t.language)
    titles = {
        "mean": t("{europe}: mean scores pooled in two ways, 0 to 100", europe=europe),
        "share": t("{europe}: share of people exposed, pooled in two ways, %", europe=europe),
    }
    return Table(
        pd.DataFrame(shown, columns=[t("Measure"), *(names[group] for group in pooling.ESTIMANDS)]),
        titles[method],
        t,
        set_apart=apart,
        note=" ".join([*_sizes(sheet, sizes, size), note(rows, t, sheet.label)]),
    )


def _sizes(sheet: Sheet, sizes: pd.DataFrame, size: str) -> Iterator[str]:
    t = sheet.t
    rows = sizes[sizes["group"] == pooling.PROPORTIONAL]
    shares = [f"{sheet.label('country', row.country)} {t.percent(row.estimate)}" for row in rows.itertuples()]
    yield t("Each country the same is the rule of the study; the other column shows how much depends on it.")
    yield t(
        "In proportion to: {size}, {year} ({source}): {shares}.",
        size=size,
        year=rows["period"].iloc[0],
        source=rows["source"].iloc[0],
        shares=t.join(shares),
    )
    yield t("That says how large the countries are; no answer is weighted to these people, who are another population.")
    yield t("Figures published for the European Union are not part of it.")
