"""Which group asks for its own page, and who belongs to it."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import AnswersError, DisclosureError
from ..paths import shown
from ..reading import read_yaml
from ..study.questionnaire import Questionnaire
from .rules import load_restitution


@dataclass(frozen=True)
class Group:
    """A group as its file describes it.

    Attributes
    ----------
    title : str
        What the group is called on its page.
    wave : str
        Wave of the survey.
    asked_by, asked_on : str
        Who asked for the page, and when (``YYYY-MM-DD``).
    question : str
        Question by which people named the group themselves, such as their pole; empty where respondents are listed.
    codes : tuple of str
        Answers to it that belong to the group.
    respondents : tuple of str
        Codes of respondents, where no question names the group.
    """

    title: str
    wave: str
    asked_by: str
    asked_on: str
    question: str = ""
    codes: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()


def read_group(file: Path) -> Group:
    """Read the file of a group (YAML): ``title wave asked_by asked_on`` and ``question`` with ``codes``, or ``respondents``.

    Raises
    ------
    AnswersError
        The file is missing.
    DefinitionError
        It breaks its schema.
    """
    if not file.is_file():
        raise AnswersError(f"{shown(file)}: the file is missing; legal is a YAML file that describes the group")
    content = read_yaml(file, "restitution_group")
    return Group(
        **{
            **content,
            "codes": tuple(content.get("codes", ())),
            "respondents": tuple(content.get("respondents", ())),
        }
    )


def members(answers: pd.DataFrame, group: Group, questionnaire: Questionnaire, least: int, where: str) -> pd.Series:
    """Tell who belongs to a group, and refuse a group that must not have a page.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers of all countries of the wave that are asked about work.
    group : Group
        The group.
    questionnaire : Questionnaire
        What was asked.
    least : int
        Persons that the group, and everybody else, must reach at least.
    where : str
        Name of the file, for messages.

    Returns
    -------
    pandas.Series of bool
        On the index of `answers`.

    Raises
    ------
    AnswersError
        The question names no groups, or a code or respondent is not among the answers, or stands twice.
    DisclosureError
        The group, or everybody else, is smaller than `least`.
    """
    if group.question:
        legal = [one.id for one in questionnaire.questions.values() if one.group]
        if group.question not in legal or group.question not in answers:
            raise AnswersError(
                f"{where}: question is {group.question!r}; legal are questions by which people name a group: {', '.join(legal)}"
            )
        named, given = group.codes, answers[group.question]
    else:
        named, given = group.respondents, answers["respondent"]
    twice = sorted({code for code in named if named.count(code) > 1})
    if twice:
        raise AnswersError(f"{where}: {twice[0]!r} stands twice; legal is each once")
    unknown = [code for code in named if code not in set(given.dropna())]
    if unknown:
        raise AnswersError(f"{where}: nobody of this wave who was asked about work answered as {unknown[0]!r}")
    inside = given.isin(named).fillna(False).astype(bool)
    for persons, who in ((inside, "the group has"), (~inside, "beside the group there are")):
        if persons.sum() < least:
            raise DisclosureError(
                f"{where}: {who} fewer than {least} persons who answered; legal are {least} or more, so no page is made"
            )
    return inside


def shows_numbers(persons: int) -> bool:
    """Tell whether a group of that many persons sees numbers; a smaller one sees bands by family."""
    return persons >= load_restitution().least_for_numbers
