"""The questionnaire as data: questions, answer scales, measures, families of exposure, and what is analysed.

Here is what a questionnaire is; :mod:`.questionnaire_file` reads it from its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

Text = Mapping[str, str]
"""Language code -> text."""


@dataclass(frozen=True)
class AnswerScale:
    """A shared answer scale.

    Attributes
    ----------
    id : str
        Name of the file under ``definitions/scales``.
    codes : tuple of str
        Legal codes in ascending order, without the one for "does not apply".
    values : tuple of float
        Value of each code.
    labels : Mapping of str to Text
        Texts of each code, "does not apply" included.
    not_applicable : str or None
        The code for "does not apply to me", which is neither an answer nor a missing one.
    non_answers : tuple of str
        What is received where an answer was refused.
    misspellings : Mapping of str to str
        Known misspelling -> code.
    """

    id: str
    codes: tuple[str, ...]
    values: tuple[float, ...]
    labels: Mapping[str, Text]
    not_applicable: str | None
    non_answers: tuple[str, ...]
    misspellings: Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    id, module, type : str
        Name; module it stands in; ``single``, ``multiple``, ``number``, ``item`` (has an answer scale) or ``text``.
    text : Text
        Wording by language.
    populations : tuple of str
        Who is asked; empty means everybody.
    options : Mapping of str to Text
        Code -> texts of a ``single`` or ``multiple`` question.
    scale : AnswerScale or None
        Of an ``item``.
    unit : str
        Of a ``number``.
    minimum, maximum : float
        Legal range of a ``number``.
    reversed : bool
        Agreement with the item means less of what its measure measures.
    exposed : tuple of str
        Codes that count as exposed, fixed before any data; ``exposed_reason`` says why.
    own_non_answers : tuple of str
        Codes that refuse an answer, besides the scale's.
    personal, group : bool
        Never analysed; a pseudonymous code of an organisation or territory.
    """

    id: str
    module: str
    type: str
    text: Text
    populations: tuple[str, ...] = ()
    options: Mapping[str, Text] = field(default_factory=dict)
    scale: AnswerScale | None = None
    unit: str = ""
    minimum: float = -np.inf
    maximum: float = np.inf
    reversed: bool = False
    exposed: tuple[str, ...] = ()
    exposed_reason: Text = field(default_factory=dict)
    own_non_answers: tuple[str, ...] = ()
    personal: bool = False
    group: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Legal codes in the questionnaire's order, "does not apply" last."""
        if self.scale is None:
            return tuple(self.options)
        return (*self.scale.codes, *((self.scale.not_applicable,) if self.scale.not_applicable else ()))

    @property
    def labels(self) -> Mapping[str, Text]:
        """Code -> texts."""
        return self.options if self.scale is None else self.scale.labels

    @property
    def non_answers(self) -> tuple[str, ...]:
        """Codes that refuse an answer."""
        return (*self.own_non_answers, *(self.scale.non_answers if self.scale else ()))

    @property
    def misspellings(self) -> Mapping[str, str]:
        """Known misspelling -> code."""
        return self.scale.misspellings if self.scale else {}


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
    """Which variables make the profiles of a population, and which only describe them."""

    population: str
    active: tuple[str, ...]
    supplementary: tuple[str, ...]
    n_profiles: int | None
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
    """What is analysed, declared with the questionnaire."""

    typology: tuple[Typology, ...]
    outcomes: Mapping[str, str]
    groups: tuple[str, ...]
    pairs: tuple[Pair, ...]
    competences: tuple[Competence, ...]


@dataclass(frozen=True)
class Condition:
    """A question and the codes that meet the condition."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Impossible:
    """A number above ``above`` is impossible for whoever meets ``when``."""

    question: str
    above: float
    when: Condition
    reason: Text


@dataclass(frozen=True)
class Cleaning:
    """Which answers count; a rule that is None or empty is not in force."""

    consent: Condition | None = None
    eligible: Condition | None = None
    sent_twice: bool = True
    answered_at_least: float | None = None
    fastest_minutes: float | None = None
    straight_line: tuple[str, ...] = ()
    impossible: tuple[Impossible, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """A whole questionnaire; mappings keep the order of the file."""

    id: str
    version: str
    languages: tuple[str, ...]
    modules: Mapping[str, Text]
    questions: Mapping[str, Question]
    families: Mapping[str, Family]
    measures: Mapping[str, Measure]
    scales: Mapping[str, AnswerScale]
    bands: Mapping[str, Banding]
    analysis: Analysis
    cleaning: Cleaning

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


def in_language(text: Text, language: str) -> str:
    """Choose a language of a text; English, then the first there is, where it is absent."""
    return text.get(language) or text.get("en") or next(iter(text.values()))
