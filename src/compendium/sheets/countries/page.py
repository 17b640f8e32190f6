"""Whose page of compared answers it is, in which language, and the words for what the product ``comparison`` holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ...comparison import (
    BRANCH,
    DIFFERENT,
    EQUIVALENT,
    SHRUNKEN,
    SMALL,
    SPREAD,
    STANDARDISED,
    STANDING,
    TOGETHER,
    UNDECIDED,
)
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet
from ..invariance import verdict_in_words


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The answers of all countries, the product ``comparison``, on the page of one of them or of all together.

    Attributes
    ----------
    only : tuple of str
        Countries that are shown; all of the study when empty.
    """

    only: tuple[str, ...] = ()

    @property
    def pooled(self) -> str:
        """Return the code of the countries pooled, or of the only country where nothing is pooled."""
        return self.study.pooled.code

    @property
    def places(self) -> list[str]:
        """Return the codes of the countries in the order of the study."""
        return [country.code for country in self.study.countries if not self.only or country.code in self.only]

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
        if column in ("method", "flag"):
            return _words(self.t).get(code) or self.t(code)
        return self.t(code) if column in ("unit", "estimand", "caveat") else self.fallback(column, code)

    def variables(self, codes: Iterable[str]) -> str:
        """Return the short names of variables, listed."""
        bands = {code: self.study.questionnaire.banding(code) for code in codes}
        return self.t.join(
            [self.t.pick(band.label) if band else self.t(code.replace("_", " ")) for code, band in bands.items()]
        )


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the compared answers."""
    return Sheet(study, unit, results, t, fallback)


def _words(t: Catalogue) -> dict[str, str]:
    return {
        "mean": t("as answered"),
        STANDARDISED: t("people composed alike"),
        SHRUNKEN: t("drawn towards the common mean"),
        SPREAD: t("variance between countries"),
        STANDING: t("difference of means"),
        BRANCH: t("average linkage of mean scores"),
        TOGETHER: t("resampling of people"),
        DIFFERENT: t("different"),
        EQUIVALENT: t("equivalent within the margin"),
        UNDECIDED: t("undecided"),
        SMALL: t("different, but within the margin"),
    }
