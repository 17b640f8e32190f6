"""How long a form takes, before anybody has filled it in: words to read, and seconds to answer."""

from __future__ import annotations

from functools import cache
from typing import Final

from .. import paths
from ..errors import CompendiumError
from ..reading import read_yaml
from ..study.questionnaire import Questionnaire
from ..study.questions import Question, Text, in_language
from .outline import Block, parts

EVERYBODY: Final = ""
"""Stands for a form that does not tell populations apart."""


def minutes(form: Questionnaire, population: str, language: str) -> float:
    """Estimate the minutes that a form takes at most.

    Parameters
    ----------
    form : Questionnaire
        The form of a country and wave.
    population : str
        Who fills it in; one of :func:`populations`.
    language : str
        In which language; it must be in ``definitions/pace.yml``.

    Returns
    -------
    float
        Minutes for the longest way through the form.

    Raises
    ------
    CompendiumError
        The pace of the language is not known.

    Notes
    -----
    Seconds = 60 x words / (words a minute) + the sum over questions of the seconds for their type. Every ``when`` is
    taken to hold, even where two of them cannot hold together, and every option and every free text is read or given:
    an upper bound for whoever reads at the mean speed. The words of a scale count once for items that follow each other,
    and a list of answers counts once however often it comes: who has read it finds their answer again without reading.

    References
    ----------
    ``definitions/pace.yml`` carries the reference of each value.
    """
    return sum(by_module(form, population, language).values())


def by_module(form: Questionnaire, population: str, language: str) -> dict[str, float]:
    """Estimate the minutes of each module; see :func:`minutes`."""
    reading, answering = _pace()
    if language not in reading:
        raise CompendiumError(
            f"definitions/pace.yml: no reading speed for {language!r}; legal are {', '.join(reading)}"
        )
    found = {}
    known: set[str] = set()
    for part in parts(form):
        blocks = [
            mine for stretch in part.stretches for block in stretch.blocks if (mine := _of(block, population)).questions
        ]
        heading = [part.module.title, part.module.intro] if blocks else []
        words = sum(_words(text, language) for text in heading) + sum(
            _to_read(block, language, known) for block in blocks
        )
        seconds = sum(answering[q.type] for block in blocks for q in block.questions if q.is_answered)
        found[part.module.id] = words / reading[language] + seconds / 60
    return found


def populations(form: Questionnaire) -> tuple[str, ...]:
    """Return the populations that a form is made for; one nameless where it does not tell them apart."""
    eligible = form.cleaning.eligible
    return eligible.codes if eligible is not None and eligible.question in form.questions else (EVERYBODY,)


def _of(block: Block, population: str) -> Block:
    def is_put(question: Question) -> bool:
        return not question.populations or population in question.populations

    return Block(tuple(filter(is_put, block.questions)), block.when)


def _to_read(block: Block, language: str, known: set[str]) -> int:
    """Count the words of a block; answers of a list that were read before are known."""
    texts = [text for question in block.questions for text in (question.text, question.help)]
    answers = [in_language(label, language) for label in block.first.labels.values()]
    new = [answer for answer in answers if answer not in known or block.first.scale is not None]
    known.update(answers)
    return sum(_words(text, language) for text in texts) + sum(len(answer.split()) for answer in new)


def _words(text: Text, language: str) -> int:
    return len(in_language(text, language).split()) if text else 0


@cache
def _pace() -> tuple[dict[str, float], dict[str, float]]:
    content = read_yaml(paths.DEFINITIONS / "pace.yml", "pace")
    return (
        {one["language"]: float(one["value"]) for one in content["reading"]},
        {one["type"]: float(one["value"]) for one in content["answering"]},
    )
