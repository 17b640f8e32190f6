"""The products of needs on one page, and the words for their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...needs.estimates import ALL, DISCREPANCY, is_measured
from ...needs.wishes import UNSORTED
from ...study.competences import load_competences
from ...study.study import Study
from ...study.training_rules import load_training_rules
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet
from ..factsheet import Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """Needs on the page of one unit; ``results`` is the product ``needs`` after the gate.

    Attributes
    ----------
    training : pandas.DataFrame
        The product ``training`` after the gate: wishes and the plan.
    workshops, evidence, helpers : pandas.DataFrame
        The products ``catalogue``, ``competences`` and ``helpers``.
    sources : mapping of str to str
        Names of sources in the language of the page, where they are translated.
    """

    training: pd.DataFrame
    workshops: pd.DataFrame
    evidence: pd.DataFrame
    helpers: pd.DataFrame
    sources: Mapping[str, str]

    @property
    def is_measured(self) -> bool:
        """Tell whether any discrepancy may be shown."""
        return is_measured(self.results) and bool(self.of(method=DISCREPANCY, group_by="")["estimate"].notna().any())

    @property
    def ordered(self) -> list[str]:
        """Competences that are rated, the greatest discrepancy first; withheld ones last, in no order."""
        rows = self.of(method=DISCREPANCY, group_by="").sort_values("estimate", ascending=False, kind="stable")
        return list(rows["indicator"])

    def of(self, **wanted: str) -> pd.DataFrame:
        """Return the rows of the product ``needs`` with these codes."""
        found = self.results[self.results["indicator"] != ALL]
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def name(self, competence: str) -> str:
        """Return the name of a competence: as the questionnaire says it where it is rated there."""
        rated = {one.id: one.label for one in self.study.questionnaire.analysis.competences}
        if competence == UNSORTED:
            return self.t("fits no word of the dictionary")
        known = load_competences()
        return self.t.pick(rated.get(competence) or known[competence].name)

    def label(self, column: str, code: str) -> str:
        """Return the text of a code."""
        t = self.t
        if column == "indicator":
            return self.name(code.removeprefix("wish__").partition("__")[0])
        words = {
            "way": {
                "below": t("mastery below"),
                "same": t("the same"),
                "above": t("mastery above"),
            },
            "method": {
                "importance": t("importance"),
                "mastery": t("mastery"),
                "discrepancy": t("Borich's discrepancy with its interval"),
                "ranked discrepancy": t("ranked discrepancy with its interval"),
                "rank": t("rank with the interval of ranks in samples drawn again"),
                "share": t("share with its Wilson interval"),
                "count": t("count"),
                "plan": t("integer programme"),
            },
            "flag": {
                "concentrate": t("matters, is not mastered"),
                "keep": t("matters, is mastered"),
                "low_priority": t("matters less, is not mastered"),
                "beyond_need": t("matters less, is mastered"),
            },
            "unit": {
                "steps of the scale": t("steps of the scale"),
                "importance times gap, in steps of the scale": t("importance times gap, in steps of the scale"),
                "respondents": t("respondents"),
            },
            "source": {
                "Declared synthetic files of a support body": t("Declared synthetic files of a support body"),
            },
        }
        column = "way" if column == "group" and code in words["way"] else column
        return words.get(column, {}).get(code) or self.fallback(column, code)

    def trainer(self, kind: str) -> str:
        """Return what a kind of trainer is called."""
        kinds = load_training_rules().trainers
        return self.t.pick(kinds[kind].name) if kind in kinds else self.t("nobody yet")

    def source(self, name: str) -> str:
        """Return the name of a source."""
        return self.t("questionnaire") if name == "questionnaire" else self.sources.get(name, name)


def open_sheet(
    study: Study,
    unit: str,
    results: Sequence[pd.DataFrame],
    others: Sequence[pd.DataFrame],
    sources: Mapping[str, str],
    t: Catalogue,
    fallback: Label,
) -> Sheet:
    """Make the sheet of a page.

    Parameters
    ----------
    results : sequence of pandas.DataFrame
        The products ``needs`` and ``training`` after the gate.
    others : sequence of pandas.DataFrame
        The products ``catalogue``, ``competences`` and ``helpers``.
    """
    needs, training = results
    workshops, evidence, helpers = others
    return Sheet(study, unit, needs, t, fallback, training, workshops, evidence, helpers, sources)


def nothing(sheet: Sheet) -> Sentence:
    """Say that no need can be shown."""
    if not is_measured(sheet.results):
        return Sentence(
            sheet.t("This study does not ask what matters and what is mastered: needs by competence cannot be shown.")
        )
    return Sentence(sheet.t("Too few people rated competences: every number is withheld."))
