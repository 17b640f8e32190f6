"""Show the diagnosis of psychosocial risks of one unit, as figures and tables with their words.

Everything is made from the results of one unit that passed the gate; where a study does not measure something, a
sentence says so instead of an empty chart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..diagnosis.exposure import FAMILIES_AT_ONCE, RULE
from ..figures import intervals
from ..figures.base import Figure
from ..figures.matrix import matrix
from ..persons import NOT_MEASURED
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label
from .factsheet import Sentence
from .invariance import verdict_in_words


@dataclass(frozen=True)
class Sheet:
    """The diagnosis of one unit on one page.

    Attributes
    ----------
    study : Study
        The study.
    results : pandas.DataFrame
        The product ``diagnosis`` of the unit after the gate.
    t : Catalogue
        Language of the page.
    fallback : callable
        Gives the text of codes that are not this room's own.
    """

    study: Study
    results: pd.DataFrame
    t: Catalogue
    fallback: Label

    def rows(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    @property
    def exposures(self) -> list[str]:
        """Return the measures of exposure in the order of the families."""
        questionnaire = self.study.questionnaire
        return [
            m.id for family in questionnaire.families for m in questionnaire.measures.values() if m.family == family
        ]

    def group(self, position: int) -> str:
        """Return one of the variables by which the questionnaire asks exposure to be shown, the first at 0."""
        groups = self.study.questionnaire.groups
        return groups[position] if position < len(groups) else ""

    def outcome(self, key: str) -> str:
        """Return the measure that this study takes for an outcome; the outcome itself where it has none."""
        return self.study.questionnaire.analysis.outcomes.get(key, key)

    def variable(self, code: str) -> str:
        """Return the short name of a variable by which persons are grouped."""
        banding = self.study.questionnaire.banding(code)
        return self.t.pick(banding.label) if banding else self.t(code.replace("_", " "))

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: measures and families by their label, this room's own words translated."""
        if column == "reason":  # first of all: a verdict and a family may have one code
            return verdict_in_words(code, self.t)
        questionnaire = self.study.questionnaire
        if code in questionnaire.measures:
            return self.t.pick(questionnaire.measures[code].label)
        if code.removeprefix("exposure_") in questionnaire.families:
            return self.t.pick(questionnaire.families[code.removeprefix("exposure_")].label)
        match code:
            case "families_at_once":
                return self.t("Families of risk at once")
            case "ideal":
                return self.t("Wish")
            case "reality":
                return self.t("Reality")
            case "gap":
                return self.t("Reality minus wish")
        return self.t(code) if column in _OWN_WORDS else self.fallback(column, code)

    def label_of(self, variable: str) -> Label:
        """Return a label function in which a group is an answer to `variable`."""
        domains = {pair.domain: pair.label for pair in self.study.questionnaire.analysis.pairs}

        def label(column: str, code: str) -> str:
            if column != "group":
                return self.label(column, code)
            if variable == "domain" and code in domains:
                return self.t.pick(domains[code])
            if variable == RULE:
                return {
                    "looser": self.t("one question fewer"),
                    "fixed": self.t("rule of the questionnaire"),
                    "stricter": self.t("one question more"),
                }[code]
            if variable in ("exposure", FAMILIES_AT_ONCE):
                return self.label(column, code)
            return self.fallback(variable, code)

        return label


MOST_WITHHELD = 0.25
"""Share of withheld cells from which a grid shows means instead."""
_OWN_WORDS = ("method", "unit", "caveat", "estimand")


def open_sheet(study: Study, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a unit from its results in the language of the page."""
    return Sheet(study, results, t, fallback)


def measured(sheet: Sheet) -> Sentence:
    """Say which families of risk this study measures, and which it does not."""
    t = sheet.t
    absent = sheet.rows(method=NOT_MEASURED, group_by="", estimand="")
    absent = absent[absent["indicator"].str.startswith("exposure_")]
    known = [sheet.label("indicator", code) for code in sheet.exposures if code in set(_overall(sheet)["indicator"])]
    said = [
        t("Families of risk measured here: {names}.", names=t.join(known))
        if known
        else t("No family of psychosocial risk is measured here: this page has no exposure to show, and makes none up.")
    ]
    for reason, rows in absent.groupby("reason", sort=False):
        names = t.join([sheet.label("indicator", code) for code in rows["indicator"]])
        said.append(t("Not measured: {names} ({reason}).", names=names, reason=t(str(reason))))
    return Sentence(" ".join(said))


def families(sheet: Sheet) -> Figure | Sentence:
    """Draw how many persons are exposed to each family; where no rule says who is, how much on average."""
    rows = _overall(sheet)
    if rows.empty:
        return _nothing(sheet)
    share = rows["method"].iloc[0] == "share"
    title = (
        sheet.t("Share of persons exposed, by family of risk")
        if share
        else sheet.t("Mean exposure by family of risk, in points of 100")
    )
    return intervals(rows, y="indicator", t=sheet.t, title=title, label=sheet.label, limits=(0, 100))


def foremost(sheet: Sheet) -> Sentence:
    """Say which family weighs on most persons, and whether the next one can be told from it."""
    t, rows = sheet.t, _overall(sheet)
    rows = rows[~rows["suppressed"] & rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
    if rows.empty or rows["method"].iloc[0] != "share":
        return _nothing(sheet)
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
    rows = sheet.results[sheet.results["group_by"].str.startswith(f"{RULE}_")]
    if rows.empty:
        return _nothing(sheet)
    title = sheet.t("Share of persons exposed under the rule fixed beforehand, a looser and a stricter one")
    return intervals(
        rows,
        y="indicator",
        hue="group",
        t=sheet.t,
        title=title,
        label=sheet.label_of(RULE),
        sort=False,
        limits=(0, 100),
    )


def accumulated(sheet: Sheet) -> Figure | Sentence:
    """Draw how many families persons are exposed to at once."""
    rows = sheet.rows(indicator=FAMILIES_AT_ONCE, group_by=FAMILIES_AT_ONCE, method="share")
    if rows.empty:
        return Sentence(sheet.t("How many families weigh at once cannot be told: fewer than two are measured."))
    title = sheet.t("How many families of risk at once")
    widest = rows["ci_high"].max()
    return intervals(
        rows,
        y="group",
        t=sheet.t,
        title=title,
        label=_number_of_families(sheet),
        sort=False,
        limits=(0, 100 if pd.isna(widest) else float(np.ceil(widest / 10) * 10)),
    )


def who(sheet: Sheet, variable: str) -> Figure | Sentence:
    """Draw the share exposed to each family in each group of a variable; the mean where many shares are withheld.

    A mean needs ten persons only, a share ten who are exposed and ten who are not: in small groups the mean can be shown
    where the share cannot.
    """
    rows = sheet.rows(group_by=variable) if variable else sheet.results.iloc[:0]
    rows = rows[rows["indicator"].isin(sheet.exposures) & rows["method"].isin(["share", "mean"])]
    shares = rows[rows["method"] == "share"]
    if len(shares):
        too_bare = shares["suppressed"].mean() > MOST_WITHHELD
        rows = rows[rows["method"] == "mean"] if too_bare else shares
    if rows.empty:
        return _nothing(sheet)
    what = sheet.variable(variable)
    title = (
        sheet.t("Share exposed to each family, by: {variable}", variable=what)
        if rows["method"].iloc[0] == "share"
        else sheet.t("Mean exposure in points of 100, by: {variable}", variable=what)
    )
    return matrix(rows, rows="group", columns="indicator", t=sheet.t, title=title, label=sheet.label_of(variable))


def wishes(sheet: Sheet) -> Figure | Sentence:
    """Draw wish and reality side by side, by domain of work."""
    rows = sheet.results[
        sheet.results["indicator"].isin(["ideal", "reality"]) & (sheet.results["group_by"] == "domain")
    ]
    if rows.empty:
        return Sentence(sheet.t("This study does not ask for the wish and the reality of work."))
    title = sheet.t("What people wish for and what they have, mean in points of 100")
    label = sheet.label_of("domain")
    return intervals(rows, y="group", hue="indicator", t=sheet.t, title=title, label=label, sort=False, limits=(0, 100))


def gaps(sheet: Sheet) -> Table | Sentence:
    """Show reality minus wish by domain, the widest gap first."""
    rows = sheet.rows(indicator="gap", group_by="domain").sort_values("estimate", kind="stable")
    if rows.empty:
        return Sentence(sheet.t("This study does not ask for the wish and the reality of work."))
    caption = sheet.t("Reality minus wish by domain, in points of 100, among those who answered both")
    return estimates(rows, rows="group", caption=caption, t=sheet.t, label=sheet.label_of("domain"), digits=0)


def _overall(sheet: Sheet) -> pd.DataFrame:
    rows = sheet.rows(group_by="")
    rows = rows[rows["indicator"].isin(sheet.exposures) & rows["method"].isin(["share", "mean"])]
    return rows[rows["method"] == "share"] if (rows["method"] == "share").any() else rows


def _number_of_families(sheet: Sheet) -> Label:
    def label(column: str, code: str) -> str:
        if column != "group":
            return sheet.label(column, code)
        if code == "0":
            return sheet.t("No family")
        if code.endswith("_or_more"):
            return sheet.t("{n} families or more", n=code.removesuffix("_or_more"))
        return sheet.t("One family") if code == "1" else sheet.t("{n} families", n=code)

    return label


def _nothing(sheet: Sheet) -> Sentence:
    return Sentence(sheet.t("No share of exposed persons can be shown here: see what is measured, above."))
