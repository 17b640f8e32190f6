"""What a questionnaire is made of: answer scales, questions with their routing, and the modules they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

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
class Condition:
    """What an answer must be: one of these codes (for several answers: at least one of them), or a number above a limit."""

    question: str
    codes: tuple[str, ...] = ()
    above: float | None = None


@dataclass(frozen=True)
class Question:
    """One question, or a text that is only shown.

    Attributes
    ----------
    id, module, type : str
        Name; module it stands in; ``single``, ``multiple``, ``number``, ``item`` (has an answer scale), ``shares``
        (percentages of the options that add up to 100), ``text``, or ``note`` (shown, not answered).
    text, help : Text
        Wording by language; a short hint below it, empty where none is needed.
    populations : tuple of str
        Who is asked; empty means everybody.
    when : tuple of Condition
        Answers to earlier questions that must all hold for this one to be asked.
    options : Mapping of str to Text
        Code -> texts of a ``single``, ``multiple`` or ``shares`` question.
    exclusive : tuple of str
        Codes of a ``multiple`` question that stand alone, such as "none of these".
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
    own_not_applicable : str or None
        The option of a ``single`` question that says "does not apply to me", which is no missing answer.
    own_non_answers : tuple of str
        Codes that refuse an answer, besides the scale's.
    recode : str or None
        List by which a free text becomes a code of another question (``definitions/recodes``).
    personal, group : bool
        Never analysed; a pseudonymous code of an organisation or territory.
    """

    id: str
    module: str
    type: str
    text: Text
    help: Text = field(default_factory=dict)
    populations: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    options: Mapping[str, Text] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()
    scale: AnswerScale | None = None
    unit: str = ""
    minimum: float = -np.inf
    maximum: float = np.inf
    reversed: bool = False
    exposed: tuple[str, ...] = ()
    exposed_reason: Text = field(default_factory=dict)
    own_not_applicable: str | None = None
    own_non_answers: tuple[str, ...] = ()
    recode: str | None = None
    personal: bool = False
    group: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether it has a column of its own: a note has none."""
        return self.type != "note"

    @property
    def codes(self) -> tuple[str, ...]:
        """Legal codes in the questionnaire's order, a scale's "does not apply" last."""
        if self.scale is None:
            return tuple(self.options)
        return (*self.scale.codes, *((self.scale.not_applicable,) if self.scale.not_applicable else ()))

    @property
    def labels(self) -> Mapping[str, Text]:
        """Code -> texts."""
        return self.options if self.scale is None else self.scale.labels

    @property
    def not_applicable(self) -> str | None:
        """The code for "does not apply to me", where there is one."""
        return self.scale.not_applicable if self.scale else self.own_not_applicable

    @property
    def non_answers(self) -> tuple[str, ...]:
        """Codes that refuse an answer."""
        return (*self.own_non_answers, *(self.scale.non_answers if self.scale else ()))

    @property
    def misspellings(self) -> Mapping[str, str]:
        """Known misspelling -> code."""
        return self.scale.misspellings if self.scale else {}


@dataclass(frozen=True)
class Module:
    """A part of the questionnaire that a study can switch on or off by country and wave.

    Attributes
    ----------
    id, version : str
        Name; version of its content.
    title, intro : Text
        Heading; the text above its questions, empty where none is needed.
    optional : bool
        Asked only where the study says so; otherwise asked unless the study says not.
    worded : bool
        Every question has its wording; a module of an instrument whose wording nobody pasted has not, and is not
        exported as a form.
    """

    id: str
    version: str
    title: Text
    intro: Text = field(default_factory=dict)
    optional: bool = False
    worded: bool = True


def in_language(text: Text, language: str) -> str:
    """Choose a language of a text; English, then the first there is, where it is absent."""
    return text.get(language) or text.get("en") or next(iter(text.values()))
