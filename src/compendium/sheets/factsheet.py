"""The country facts on one page: whose page it is, in which language, and the words for what the facts hold.

:mod:`compendium.published` shows figures that others published, :mod:`compendium.law` statuses and policies. Where the
study holds nothing on a country they return a sentence that says so, never an empty chart and never an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from .. import facts
from ..figures.base import Figure
from ..study.context import CAVEATS, Context
from ..study.context_file import load
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..wording import plain
from .base import Several, Shown


@dataclass(frozen=True, repr=False)
class Sentence:
    """A sentence that stands where a figure or a table would, because there is nothing to show."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="gap">{escape(self.text)}</p>'


@dataclass(frozen=True, repr=False)
class Folded:
    """A long table or figure behind a disclosure element, which needs no script.

    In print it opens by the page's style, unless it stands aside: then its line alone is printed.
    """

    summary: str
    shown: Shown
    is_aside: bool = False

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_html_(self) -> str:
        aside = ' class="aside"' if self.is_aside else ""
        return f"<details{aside}><summary>{escape(self.summary)}</summary>{self.shown._repr_html_()}</details>"


@dataclass(frozen=True)
class Sheet:
    """The country facts of a study for one page: whose page it is, which countries stand beside it, in which language.

    Attributes
    ----------
    context : Context
        The facts.
    places : tuple of str
        Countries of the study, in its order.
    focus : str or None
        The country of the page; nothing on the page of all countries together.
    t : Catalogue
        Language.
    names : mapping of str to str
        Names of the countries of the study, in the language of the page.
    """

    context: Context
    places: tuple[str, ...]
    focus: str | None
    t: Catalogue
    names: Mapping[str, str]

    @property
    def known(self) -> list[str]:
        """Return the countries of the study that the facts say something about."""
        return [place for place in self.places if self.context.has(place)]

    @property
    def of_page(self) -> list[str]:
        """Return the countries that the page is about: the one, or all that are known."""
        return [self.focus] if self.focus else self.known

    @property
    def published(self) -> pd.DataFrame:
        """Return the published values that a page of these countries may show, Europe beside them."""
        beside = {one.place for one in self.context.references}
        return self.context.facts[self.context.facts["country"].isin({*self.places, *beside})]

    def say(self, english: str) -> str:
        """Translate a text of the tables; without a translation it stays English, counted."""
        if not english or self.t.language == "en":
            return english
        found = self.context.translations.get(self.t.language, {}).get(english)
        if not found:
            self.t.missing.add(english)
        return found or english

    def label(self, column: str, code: str) -> str:
        """Give the text of a code that stands in a frame of facts."""
        t, context = self.t, self.context
        match column:
            case "country" | "reference_group":
                place = context.places.get(code)
                return self.names.get(code) or (t.pick(place.name) if place else code)
            case "indicator":
                return self.say(context.labels.get(code, code))
            case "unit":
                if code == facts.POINTS:
                    return t("percentage points")
                return t.pick(context.units[code]["label"]) if code in context.units else t(code)
            case "part":
                return t.pick(context.topics[code].label) if code in context.topics else code
            case "reason":
                return t.pick(context.topics[code].reason) if code in context.topics else t(code)
            case "method":
                return _kind_of_source(code, t)
            case "flag":
                return t.join([_flag(one, t) for one in code.split("; ")])
            case "caveat":
                return "; ".join(self.say(one) for one in code.split(CAVEATS))
            case "source":
                return code
        return plain(column, code)


def open_sheet(context: Context, places: Sequence[str], unit: str, names: Mapping[str, str], t: Catalogue) -> Sheet:
    """Return the facts of one page; a `unit` that is no country of `places` is the page of all together."""
    return Sheet(context, tuple(places), unit if unit in places else None, t, names)


def of_study(study: Study, unit: str, t: Catalogue) -> Sheet:
    """Load the facts of a study for the page of one of its countries, or of all of them together."""
    names = {country.code: study.name(country.code, t.language) for country in study.countries}
    return open_sheet(load(study.folder), list(names), unit, names, t)


def nothing(sheet: Sheet) -> Sentence | None:
    """Return the sentence for a page without any facts, or nothing where there are some."""
    t = sheet.t
    if sheet.context.is_empty:
        return Sentence(t("This study holds no country facts: there are no facts in our sources."))
    if sheet.focus and not sheet.context.has(sheet.focus):
        return Sentence(
            t("There are no facts on {country} in our sources.", country=sheet.label("country", sheet.focus))
        )
    return None


def folded(
    shown: Table | Figure | Several | Sentence, t: Catalogue, is_aside: bool = False
) -> Folded | Several | Sentence:
    """Put a long table or figure behind a line that opens it; a sentence, and what is folded already, stays as it is."""
    if isinstance(shown, Sentence | Several):
        return shown
    if isinstance(shown, Figure):
        return Folded(t("Open the figure: {title}", title=shown.title), shown, is_aside)
    rows = t.number(len(shown.frame))
    said = (
        t("Open the table: {caption} (one row)", caption=shown.caption)
        if len(shown.frame) == 1
        else t("Open the table: {caption} ({n} rows)", caption=shown.caption, n=rows)
    )
    return Folded(said, shown, is_aside)


def gap(sheet: Sheet) -> Sentence:
    """Return the sentence for a subject on which the sources hold nothing."""
    if sheet.context.is_empty:
        return Sentence(sheet.t("No facts in our sources."))
    return nothing(sheet) or Sentence(sheet.t("On this subject there are no facts in our sources."))


def word(confidence: str, t: Catalogue) -> str:
    """Return the confidence of a fact in words."""
    return t("to verify") if confidence == "to verify" else t("sourced")


def _flag(code: str, t: Catalogue) -> str:
    words = {
        "break": t("break in series before this year"),
        "definition": t("definition differs"),
        "derived": t("worked out from published values"),
        "doubt": t("year or scope to verify"),
        "estimated": t("estimated"),
        "forecast": t("forecast"),
        "metadata": t("see the metadata of the table"),
        "not_significant": t("not significant"),
        "provisional": t("provisional"),
        "revised": t("revised by the statistical office"),
        "unreliable": t("low reliability"),
    }
    return words.get(code, code)


def _kind_of_source(code: str, t: Catalogue) -> str:
    words = {
        "official": t("official statistics"),
        "european_survey": t("survey of an agency of the European Union"),
        "research": t("published research"),
        "administrative": t("counts of the scheme itself"),
        "organisation": t("counts of the body itself"),
        "opinion": t("private opinion survey"),
        "self_selected": t("survey with self-selected answers"),
    }
    return words.get(code, code)
