"""The voices of one page, and the words that its sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from ... import qualitative
from ...study.study import Study
from ...text import Catalogue
from .. import factsheet
from ..factsheet import Sentence


@dataclass(frozen=True, repr=False)
class Sheet:
    """The voices of a study for one page.

    Attributes
    ----------
    facts : factsheet.Sheet
        The country facts of the page: whose page it is, in which language.
    voices : Voices
        The coded statements.
    practices : Practices
        The register of good practices.
    counts : pandas.DataFrame
        Themes counted in sources; the one shape of a result.
    """

    facts: factsheet.Sheet
    voices: qualitative.Voices
    practices: qualitative.Practices
    counts: pd.DataFrame

    @property
    def t(self) -> Catalogue:
        """Return the language of the page."""
        return self.facts.t

    @property
    def of_page(self) -> list[str]:
        """Return the countries that the page is about."""
        return [self.facts.focus] if self.facts.focus else list(self.facts.places)

    @property
    def received(self) -> list[str]:
        """Return the countries of the page whose form has come in."""
        return [country for country in self.of_page if country in self.voices.received]

    @property
    def statements(self) -> pd.DataFrame:
        """Return the statements of the countries of the page."""
        rows = self.voices.statements
        return rows[rows["country"].isin(self.of_page)]


@dataclass(frozen=True, repr=False)
class Entries:
    """Entries one under another; `groups` holds a heading (or none) and the entries under it, as markup."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    note: str = ""

    def __repr__(self) -> str:
        return f"{sum(len(entries) for _, entries in self.groups)} entries"

    def _repr_html_(self) -> str:
        note = f'<p class="table-note">{escape(self.note)}</p>' if self.note else ""
        return note + "".join(
            (f"<h3>{escape(heading)}</h3>" if heading else "") + f'<ul class="voices">{"".join(entries)}</ul>'
            for heading, entries in self.groups
        )


def of_study(study: Study, unit: str, t: Catalogue) -> Sheet:
    """Load the voices of a study for the page of one of its countries, or of all of them together."""
    facts = factsheet.of_study(study, unit, t)
    voices = qualitative.load_voices(study, facts.context)
    places = [facts.focus] if facts.focus else list(facts.places)
    return Sheet(
        facts, voices, qualitative.load_practices(study, facts.context), qualitative.in_sources(voices, places)
    )


def in_language(text: str, translations: Mapping[str, Mapping[str, str]], t: Catalogue, language: str = "en") -> str:
    """Return a text in the language of the page where there is a translation; else as it was written, counted."""
    if not text or t.language == language:
        return text
    found = translations.get(t.language, {}).get(text)
    if found is None:
        t.missing.add(text)
    return found or text


def not_filled_in(sheet: Sheet) -> Sentence:
    """Return the sentence of a page without statements."""
    t = sheet.t
    if sheet.facts.focus:
        country = sheet.facts.label("country", sheet.facts.focus)
        return Sentence(
            t("The country questionnaire of {country} is not filled in yet: no voices are there.", country=country)
        )
    return Sentence(t("No country questionnaire is filled in yet: no voices are there."))


def none_to_show(sheet: Sheet) -> Sentence:
    """Return the sentence of the sections that follow the one which says it in full."""
    return Sentence(sheet.t("There are no statements to show yet."))
