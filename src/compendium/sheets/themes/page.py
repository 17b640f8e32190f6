"""The coded material of one page, and the words that its sections share."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...qualitative.themes import DOCUMENTS, PERSONS
from ...study.study import Study
from ...study.voices import Codebook, load_codebook
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet
from ..factsheet import Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``themes`` of one country after the gate, with the passages that may be quoted.

    Attributes
    ----------
    passages : pandas.DataFrame
        The product ``quotations``.
    """

    passages: pd.DataFrame

    @property
    def codebook(self) -> Codebook:
        """Return themes and codes."""
        return load_codebook()

    def of(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def theme(self, code: str) -> str:
        """Return the name of a theme."""
        return self.t.pick(self.codebook.themes[code].label)

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: themes by their name, the rest in the words of the page."""
        t = self.t
        if column in ("indicator", "group") and code in self.codebook.themes:
            return self.theme(code)
        words = {
            PERSONS: t("persons who speak of a theme, counted"),
            DOCUMENTS: t("documents that speak of a theme, counted"),
            "respondents": t("persons"),
            "sources": t("documents"),
        }
        return words[code] if column in ("method", "unit") and code in words else self.fallback(column, code)


def open_sheet(
    study: Study, unit: str, results: pd.DataFrame, passages: pd.DataFrame, t: Catalogue, fallback: Label
) -> Sheet:
    """Make the sheet of a page from the products ``themes`` (after the gate) and ``quotations``."""
    return Sheet(study, unit, results, t, fallback, passages)


def origin(sheet: Sheet) -> Sentence:
    """Say what the page rests on: nothing yet, or which material of which origin."""
    t = sheet.t
    if sheet.results.empty:
        return nothing(sheet)
    source, code = sheet.results[["source", "origin"]].iloc[0]
    if code == "synthetic":
        return Sentence(
            t(
                "{source}: a generator wrote the sentences and drew who says them. Nobody said any of this.",
                source=t(source),
            )
        )
    return Sentence(t("Real material: {source}. People were sought out, not drawn at random.", source=source))


def nothing(sheet: Sheet) -> Sentence:
    """Return the sentence of a page without coded material."""
    return Sentence(sheet.t("Nothing has been coded here yet: no interview, no note, no open answer."))
