"""What a notebook talks to: one page of one unit in one language.

``page = notebook.open("05_diagnosis", study, country, wave, language, seed)`` shows the banner that says what the page
rests on; ``page.read`` gives the estimates of a product after the gate; ``page.publish()`` ends the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from . import disclosure, paths, products, provenance, reading, results, text
from .errors import CompendiumError
from .study.study import Study, load_study
from .tables import Table

ORIGIN_NAMES = {
    "context": "Published facts, texts and statements, each with its source: no answer to this study stands on this page.",
    "synthetic": "Synthetic answers: no survey has been fielded yet. What follows from answers shows how the study works; it says nothing about real people.",
    "real_other": "Real answers to a survey by others, read through a crosswalk. They show that the chain works on real answers; they are not findings of this study.",
    "real": "Answers to this study's own survey. People chose to answer: this is no probability sample, and its shares do not describe all cultural entrepreneurs.",
}

RECORD_NAMES = {
    "context": "No such record was received: nothing on this page was counted.",
    "synthetic": "Synthetic records, drawn by a declared generator: nobody stands behind them. They show how the page works, and say nothing about real people.",
    "real": "Records received from organisations of the study. They describe these organisations, and no others.",
}
"""Banners of a page that rests on a received record, and on no answers."""


@dataclass(repr=False)
class Page:
    """One page: a notebook for one unit, wave and language.

    Attributes
    ----------
    name : str
        Name of the notebook.
    study : Study
        The study.
    unit, wave, language : str
        Whose page, which wave, which language.
    seed : int
        Seed of everything drawn at random on the page.
    t : Catalogue
        The language's messages.
    origin : str
        Origin of the answers behind the page; ``context`` where it rests on none.
    banners : Mapping of str to str
        What the banner says of each origin.
    """

    name: str
    study: Study
    unit: str
    wave: str
    language: str
    seed: int
    t: text.Catalogue
    origin: str
    banners: Mapping[str, str] = field(default_factory=lambda: ORIGIN_NAMES)
    _shown: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def is_pooled(self) -> bool:
        """Tell whether this is the page of all countries together."""
        return self.study.is_pooled(self.unit)

    def read(self, product: str, *, pooled: bool = False) -> pd.DataFrame:
        """Read the estimates of a product of this unit, after the disclosure gate, and note them for publication.

        Parameters
        ----------
        product : str
            Name of a product in the one shape of a result.
        pooled : bool
            Read the pooled unit's instead of this unit's own.

        Returns
        -------
        pandas.DataFrame
            The one shape of a result; suppressed rows are blank.
        """
        unit = self.study.pooled.code if pooled else products.unit_of(self.study, product, self.unit)
        return self.record(f"{unit} {product}", products.read_protected(self.study, product, unit, self.wave))

    def verdicts(self, product: str = "invariance") -> pd.DataFrame:
        """Read a product that holds verdicts on measurement, not numbers about people: it needs no gate."""
        return products.read(self.study, product, products.unit_of(self.study, product, self.unit), self.wave)

    def microdata(self, product: str, *, pooled: bool = False) -> pd.DataFrame:
        """Read a product that holds persons, for exploring by a researcher; an exported page never shows it."""
        unit = self.study.pooled.code if pooled else products.unit_of(self.study, product, self.unit)
        return products.read(self.study, product, unit, self.wave)

    def record(self, key: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Note estimates that the page rests on, so that the last cell publishes them; return them."""
        self._shown[key] = frame
        return frame

    def label(self, column: str, code: str) -> str:
        """Return the text of a code of a result, in the language of the page.

        Parameters
        ----------
        column : str
            The column of the result the code stands in, or the variable it answers.
        code : str
            The code.
        """
        questionnaire, language = self.study.questionnaire, self.language
        if code in self.study.units:
            return self.study.name(code, language)
        if code == self.study.id:
            return self.t.pick(self.study.title).partition(":")[0].strip()
        if column in questionnaire.questions and code in questionnaire.questions[column].labels:
            return questionnaire.label(column, code, language)
        if code in questionnaire.measures:
            return self.t.pick(questionnaire.measures[code].label)
        if code in questionnaire.families:
            return self.t.pick(questionnaire.families[code].label)
        if code in questionnaire.modules:
            return self.t.pick(questionnaire.modules[code].title)
        banding = questionnaire.banding(column)
        if banding is not None and code in {band.code for band in banding.bands}:
            return questionnaire.label(column, code, language)
        if code in questionnaire.questions or questionnaire.banding(code) is not None:
            return questionnaire.question_text(code, language)
        return self.t(code) if " " in code else self.t(code.replace("_", " "))

    def publish(self) -> "Colophon":
        """Write the estimates that the page rests on, with the digits that leave the house, and end it with its colophon."""
        target = paths.published(self.study.folder, self.unit, self.wave, self.language, self.name)
        reading.write_parquet(target, disclosure.rounded(results.concat(self._shown.values())))
        return Colophon(self)

    def _repr_html_(self) -> str:
        t = self.t
        where = t("{country}, wave {wave}", country=self.study.name(self.unit, self.language), wave=self.wave)
        return (
            f'<p class="where">{escape(where)}</p>'
            f'<p class="origin origin-{self.origin}" role="note"><strong>{escape(t(self.banners[self.origin]))}</strong></p>'
        )

    def __repr__(self) -> str:
        return f"{self.name}: {self.unit} {self.wave} {self.language} ({self.origin})"


@dataclass(frozen=True, repr=False)
class Colophon:
    """The end of a page: what it was made from, so that anyone can make it again."""

    page: Page

    def table(self) -> Table:
        """Return the colophon as a table."""
        page, t, state = self.page, self.page.t, provenance.commit()
        made: Mapping[str, Any] = {
            t("Study"): page.t.pick(page.study.title),
            t("Questionnaire"): f"{page.study.questionnaire.id} {page.study.questionnaire.version}",
            t("Commit"): (state.hash[:12] or t("unknown: not made from a checkout"))
            + (t(" with changes on top") if state.is_dirty else ""),
            t("Date of the commit"): t.date(state.date) if state.date else t("unknown"),
            t("Versions"): ", ".join(f"{name} {version}" for name, version in provenance.versions().items()),
            t("Parameters"): f"country={page.unit}, wave={page.wave}, language={page.language}, seed={page.seed}",
            t("Smallest number of persons shown"): str(page.study.disclosure.minimum_cell),
        }
        frame = pd.DataFrame({t("What"): list(made), t("Made from"): list(made.values())})
        return Table(frame, t("How this page was made"), t)

    def _repr_html_(self) -> str:
        return f'<section class="colophon">{self.table()._repr_html_()}</section>'

    def __repr__(self) -> str:
        return f"{self.page!r}: published"


def open(
    name: str, study: str, country: str, wave: str, language: str, seed: int, *, answers: bool = True, record: str = ""
) -> Page:
    """Open the page of a notebook.

    Parameters
    ----------
    name : str
        Name of the notebook without its ending, such as ``"02_cleaning"``.
    study : str
        Folder of the study, absolute or relative to the repository.
    country, wave, language : str
        Unit, wave and language of the page.
    seed : int
        Seed of everything drawn at random.
    answers : bool
        Whether the page rests on answers; the banner of one that does not says so.
    record : str
        Name of the received record that the page rests on instead, such as ``"pathways"``.

    Raises
    ------
    CompendiumError
        The study has no such country or wave, or there is no such language: one sentence with what is legal.
    """
    loaded = load_study(paths.study_folder(study))
    unit = loaded.country(country).code
    if wave not in loaded.waves:
        raise CompendiumError(f"{name}: wave {wave!r} is not in the study; legal are {', '.join(loaded.waves)}")
    if record:
        origin = provenance.origin_of_record(loaded, unit, wave, record)
        return Page(name, loaded, unit, wave, language, seed, text.load(language), origin, RECORD_NAMES)
    origin = provenance.origin(loaded, unit, wave) if answers else "context"
    return Page(name, loaded, unit, wave, language, seed, text.load(language), origin)
