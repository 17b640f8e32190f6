"""Messages in the study's languages: the English text is the key, gettext catalogues hold the others.

A catalogue is a folder of ``.po`` files, one a room (``locale/fr/LC_MESSAGES/typology.po``), so that a translator sees
one subject at a time. A message without translation falls back to English **and is counted** in
:attr:`Catalogue.missing`, never silently.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import babel
from babel.dates import format_date
from babel.messages import pofile
from babel.numbers import format_decimal

from .errors import CompendiumError
from .paths import LOCALE

SOURCE_LANGUAGE = "en"
FORMS = "forms"
"""Rooms whose name begins so hold the words of printed and electronic forms."""
NO_VALUE: Final = "\N{EN DASH}"
"""What stands where a number is missing or withheld."""
SLACK = 1e-9
"""In steps of the last digit: an end this near to one counts as on it, since binary numbers seldom are exact."""
RANGE = "\N{EN DASH}"
EUROPEAN = {"en": "en_GB", "pt": "pt_PT"}
"""Languages whose plain code stands for their use overseas: numbers and dates are written as in Europe."""


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language, called like a function: ``t("{n} answers", n=3)``.

    Attributes
    ----------
    language : str
        ISO 639-1 code.
    messages : Mapping of str to str
        English text -> translation.
    missing : set of str
        English texts that were asked for and had no translation.
    """

    language: str
    messages: Mapping[str, str]
    missing: set[str] = field(default_factory=set)

    @property
    def locale(self) -> str:
        """The language with its region, where numbers and dates are written by it."""
        return EUROPEAN.get(self.language, self.language)

    def __call__(self, message: str, /, **values: object) -> str:
        """Translate a message, then fill its ``{placeholders}``."""
        translated = self.messages.get(message)
        if not translated:
            if self.language != SOURCE_LANGUAGE:
                self.missing.add(message)
            translated = message
        return translated.format(**values) if values else translated

    def pick(self, texts: Mapping[str, str]) -> str:
        """Choose this language's text of a definition; fall back to English, counted, then to the first there is."""
        if self.language in texts:
            return texts[self.language]
        fallback = texts[SOURCE_LANGUAGE] if SOURCE_LANGUAGE in texts else next(iter(texts.values()))
        self.missing.add(fallback)
        return fallback

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with this language's separators, rounded half to even to ``digits`` decimals."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(round(float(value), digits) + 0.0, format=pattern, locale=self.locale)

    def percent(self, value: float, digits: int = 0) -> str:
        """Write a percentage given on 0-100, with this language's separators and spacing."""
        # A narrow no-break space where the language sets one before the sign (French, German, Polish), none in English.
        spaced = "\N{NO-BREAK SPACE}" in babel.Locale.parse(self.locale).percent_formats[None].pattern or (
            "\N{NARROW NO-BREAK SPACE}" in babel.Locale.parse(self.locale).percent_formats[None].pattern
        )
        space = "\N{NO-BREAK SPACE}" if spaced else ""
        return f"{self.number(value, digits)}{space}%"

    def interval(self, low: float, high: float, digits: int = 0) -> str:
        """Write an interval, such as ``12 to 18``; the word keeps it readable aloud and with negative numbers.

        Its ends are rounded outwards, as in the files that a page offers: an interval is widened, never narrowed. Where an end
        is missing a dash stands for it all.
        """
        if math.isnan(low) or math.isnan(high):
            return NO_VALUE
        low, high = (
            way(end * 10**digits) / 10**digits if math.isfinite(end) else end
            for way, end in ((_down, low), (_up, high))
        )
        return self("{low} to {high}", low=self.number(low, digits), high=self.number(high, digits))

    def date(self, day: date) -> str:
        """Write a date in this language's long form."""
        return format_date(day, format="long", locale=self.locale)

    def join(self, words: list[str]) -> str:
        """Join words into an enumeration: ``a, b and c``."""
        if len(words) < 2:
            return "".join(words)
        return self("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


@cache
def load(language: str) -> Catalogue:
    """Load the catalogue of a language.

    Parameters
    ----------
    language : str
        ISO 639-1 code; ``en`` is the source language and needs no catalogue.

    Raises
    ------
    CompendiumError
        There is no catalogue for the language, or two rooms translate one message differently.
    """
    if language == SOURCE_LANGUAGE:
        return Catalogue(language, {})
    folder = LOCALE / language / "LC_MESSAGES"
    if not folder.is_dir():
        raise CompendiumError(f"language {language!r} has no catalogue; legal are {', '.join(languages())}")
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        for message, translation in _read(path, language).items():
            if messages.setdefault(message, translation) != translation:
                raise CompendiumError(f"{path.name} ({language}): {message!r} is translated in two ways; one is legal")
    return Catalogue(language, messages)


def languages() -> list[str]:
    """Return the codes of the languages that pages can be made in, the source language first.

    A language of which only the words of the forms exist makes forms, but no pages.
    """
    rooms = {path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/*.po") if not path.stem.startswith(FORMS)}
    return [SOURCE_LANGUAGE, *sorted(rooms)]


def spaced(html: str, language: str) -> str:
    """Keep the signs that French sets apart by a space from starting a line."""
    return re.sub(r" (?=[:;?!»])", "\N{NO-BREAK SPACE}", html) if language == "fr" else html


def _down(steps: float) -> int:
    return math.floor(steps + SLACK)


def _up(steps: float) -> int:
    return math.ceil(steps - SLACK)


def _read(path: Path, language: str) -> dict[str, str]:
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
