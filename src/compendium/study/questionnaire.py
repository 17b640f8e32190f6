"""The questionnaire as data: modules of questions, measures, families of exposure, and what is analysed.

Here is what a questionnaire is; :mod:`.questions` holds its parts, :mod:`.questionnaire_file` reads it from its files.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from .questions import AnswerScale, Condition, Module, Question, Text, in_language
from .recodes import Recode


@dataclass(frozen=True)
class Family:
    """A family of psychosocial exposure."""

    id: str
    label: Text
    description: Text


@dataclass(frozen=True)
class Measure:
    """What several items measure together.

    Attributes
    ----------
    id : str
        Name; its score is the column ``score_<id>``.
    label, high : Text
        Name for readers; what a high score means.
    kind : str
        ``scale`` (reflective: items reflect one thing), ``index`` (formative: items add up and need not correlate) or
        ``attitude`` (shown, never read as exposure).
    items : tuple of str
        Question ids.
    family : str or None
        Family of exposure that it measures.
    missing_min_share : float
        Share of the items that must be answered, 0-1.
    exposed_items : int or None
        Number of exposed items from which a person counts as exposed.
    exposed_reason : Text
        Why that number, written before any answer; empty where there is no number.
    version : str
        Version of the key.
    """

    id: str
    label: Text
    kind: str
    items: tuple[str, ...]
    high: Text
    family: str | None
    missing_min_share: float
    exposed_items: int | None
    exposed_reason: Text
    version: str


@dataclass(frozen=True)
class Band:
    """A category of a number: values from ``start`` up to, but not including, the next band."""

    code: str
    start: float
    label: Text


@dataclass(frozen=True)
class Banding:
    """How a number becomes a category; ``id`` is the name of the new column."""

    id: str
    label: Text
    bands: tuple[Band, ...]

    def codes_of(self, numbers: pd.Series) -> pd.Series:
        """Return the band of each number; missing where the number is missing or below the first band."""
        starts = np.array([band.start for band in self.bands])
        at = np.searchsorted(starts, numbers.to_numpy(dtype="float64", na_value=np.nan), side="right") - 1
        codes = np.array([*(band.code for band in self.bands), None], dtype=object)
        at = np.where(numbers.isna() | (at < 0), len(self.bands), at)
        return pd.Series(codes[at], index=numbers.index, dtype="str")


@dataclass(frozen=True)
class Typology:
    """Which variables make the profiles of a population, and which only describe them; ``label`` names its people."""

    population: str
    label: Text
    active: tuple[str, ...]
    supplementary: tuple[str, ...]
    n_profiles: int | None
    n_axes: int | None
    allow_measures: bool


@dataclass(frozen=True)
class Pair:
    """An ideal and the reality beside it."""

    domain: str
    label: Text
    ideal: str
    reality: str


@dataclass(frozen=True)
class Competence:
    """A competence rated twice."""

    id: str
    label: Text
    importance: str
    mastery: str


@dataclass(frozen=True)
class Analysis:
    """What is analysed, declared with the questionnaire.

    ``needs`` and ``health`` name the questions that ask what people need and how they are, besides those of measures: like
    these they never make profiles.
    """

    typology: tuple[Typology, ...]
    needs: tuple[str, ...]
    health: tuple[str, ...]
    outcomes: Mapping[str, str]
    groups: tuple[str, ...]
    pairs: tuple[Pair, ...]
    competences: tuple[Competence, ...]


@dataclass(frozen=True)
class Impossible:
    """A number above ``above``, or above the person's own answer ``than``, is impossible for whoever meets ``when``."""

    question: str
    above: float | None
    than: str | None
    when: Condition | None
    reason: Text


@dataclass(frozen=True)
class Cleaning:
    """Which answers count; a rule that is None or empty is not in force."""

    consent: Condition | None = None
    withdrawal: str | None = None
    linking: str | None = None
    eligible: Condition | None = None
    sent_twice: bool = True
    answered_at_least: float | None = None
    fastest_minutes: float | None = None
    straight_line: tuple[str, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    shares_tolerance: float = 0.0


@dataclass(frozen=True)
class Questionnaire:
    """A whole questionnaire; mappings keep the order of the form.

    Attributes
    ----------
    id, version : str
        Name and version.
    languages : tuple of str
        Languages in which it is written.
    modules : Mapping of str to Module
        Its parts.
    questions, notes : Mapping of str to Question
        What is answered, each a column of the answers; what is only shown.
    order : tuple of str
        Questions and notes in the order of the form.
    families, measures, scales, bands, analysis, cleaning
        How answers are read.
    recodes : Mapping of str to Recode
        Free text question -> list by which its words become a code of another question.
    not_asked : Mapping of str to frozenset of (country, wave)
        Where a module was switched off.
    """

    id: str
    version: str
    languages: tuple[str, ...]
    modules: Mapping[str, Module]
    questions: Mapping[str, Question]
    notes: Mapping[str, Question]
    order: tuple[str, ...]
    families: Mapping[str, Family]
    measures: Mapping[str, Measure]
    scales: Mapping[str, AnswerScale]
    bands: Mapping[str, Banding]
    analysis: Analysis
    cleaning: Cleaning
    recodes: Mapping[str, Recode] = field(default_factory=dict)
    not_asked: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """Variables by which exposure is shown."""
        return self.analysis.groups

    def questions_by_module(self) -> dict[str, list[str]]:
        """Return the question ids of each module, in order."""
        found: dict[str, list[str]] = {module: [] for module in self.modules}
        for question in self.questions.values():
            found[question.module].append(question.id)
        return found

    def shown(self, module: str) -> list[Question]:
        """Return the questions and notes of a module in the order of the form."""
        everything = {**self.questions, **self.notes}
        return [everything[name] for name in self.order if everything[name].module == module]

    def of(self, modules: Collection[str]) -> "Questionnaire":
        """Return the questionnaire that holds these modules only, with the measures and analyses that remain whole."""
        questions = {name: question for name, question in self.questions.items() if question.module in modules}
        bands = {name: banding for name, banding in self.bands.items() if name in questions}
        known = {*questions, *(banding.id for banding in bands.values())}
        measures = {name: one for name, one in self.measures.items() if set(one.items) <= set(questions)}
        analysis, cleaning = self.analysis, self.cleaning
        return replace(
            self,
            modules={name: module for name, module in self.modules.items() if name in modules},
            questions=questions,
            notes={name: note for name, note in self.notes.items() if note.module in modules},
            order=tuple(name for name in self.order if {**self.questions, **self.notes}[name].module in modules),
            recodes={name: recode for name, recode in self.recodes.items() if {name, recode.into} <= set(questions)},
            bands=bands,
            measures=measures,
            analysis=Analysis(
                typology=tuple(one for one in analysis.typology if set(one.active) <= known),
                needs=tuple(question for question in analysis.needs if question in known),
                health=tuple(question for question in analysis.health if question in known),
                outcomes={name: measure for name, measure in analysis.outcomes.items() if measure in measures},
                groups=tuple(group for group in analysis.groups if group in known),
                pairs=tuple(pair for pair in analysis.pairs if {pair.ideal, pair.reality} <= known),
                competences=tuple(one for one in analysis.competences if {one.importance, one.mastery} <= known),
            ),
            cleaning=replace(
                cleaning,
                withdrawal=cleaning.withdrawal if cleaning.withdrawal in questions else None,
                linking=cleaning.linking if cleaning.linking in questions else None,
                straight_line=tuple(module for module in cleaning.straight_line if module in modules),
                impossible=tuple(
                    limit
                    for limit in cleaning.impossible
                    if {limit.question, *([limit.than] if limit.than else ())} <= known
                    and (limit.when is None or limit.when.question in known)
                ),
            ),
        )

    def banding(self, variable: str) -> Banding | None:
        """Return the banding that makes a variable, if a banding does."""
        return next((banding for banding in self.bands.values() if banding.id == variable), None)

    def codes(self, variable: str) -> tuple[str, ...]:
        """Return the legal codes of a question, a band variable or one option of a multiple question (yes, no)."""
        banding = self.banding(variable)
        if banding is not None:
            return tuple(band.code for band in banding.bands)
        return self.questions[variable].codes

    def question_text(self, variable: str, language: str) -> str:
        """Return the wording of a question, or the name of a band variable or measure."""
        banding = self.banding(variable)
        if banding is not None:
            return in_language(banding.label, language)
        if variable in self.measures:
            return in_language(self.measures[variable].label, language)
        return in_language(self.questions[variable].text, language)

    def label(self, variable: str, code: str, language: str) -> str:
        """Return the text of a code of a question or band variable."""
        banding = self.banding(variable)
        if banding is not None:
            return in_language(next(band.label for band in banding.bands if band.code == code), language)
        return in_language(self.questions[variable].labels[code], language)
