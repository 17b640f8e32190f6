"""The diagnosis of psychosocial risks of one unit on one page: its rows and its words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...diagnosis.exposure import FAMILIES_AT_ONCE, TURNED
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label
from ..factsheet import Sentence
from ..invariance import verdict_in_words


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

    def rule(self, code: str) -> str:
        """Return the name of a rule of who counts as exposed."""
        words = {"looser": self.t("one question fewer"), "stricter": self.t("one question more")}
        return words.get(code, self.t("rule of the questionnaire"))

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: measures and families by their label, this room's own words translated."""
        if column == "threshold_id":
            return self.rule(code)
        if code == TURNED:
            return self.t("a looser or a stricter rule puts this group on the other side of everybody")
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
            case "share by another rule":
                return self.t("share with its Wilson interval")
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
            if variable in ("exposure", FAMILIES_AT_ONCE):
                return self.label(column, code)
            return self.fallback(variable, code)

        return label


_OWN_WORDS = ("method", "unit", "caveat", "estimand")


def open_sheet(study: Study, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a unit from its results in the language of the page."""
    return Sheet(study, results, t, fallback)


def overall(sheet: Sheet) -> pd.DataFrame:
    rows = sheet.rows(group_by="")
    rows = rows[rows["indicator"].isin(sheet.exposures) & rows["method"].isin(["share", "mean"])]
    return rows[rows["method"] == "share"] if (rows["method"] == "share").any() else rows


def nothing(sheet: Sheet) -> Sentence:
    return Sentence(sheet.t("No share of exposed persons can be shown here: see what is measured, above."))
