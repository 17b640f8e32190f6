"""Which group asks for a page of its own, and who belongs to it.

A group is a selection of the study's own answers. A group that was asked by itself brings its answers in by the same door as
everybody (``compendium collect add``), so that consent, withdrawal and cleaning hold for it too; there is no second door.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..cleaning import clean
from ..collection import collect
from ..collection.privacy import key_of, pseudonyms
from ..diagnosis.exposure import family_measure
from ..errors import AnswersError, DisclosureError
from ..paths import shown
from ..reading import read_yaml
from ..study.questionnaire import Measure, Questionnaire
from ..study.study import Study

RESPONDENTS = "respondents"
"""Selection by a list of respondents instead of an answer; each by the code or the token under which they answered."""


@dataclass(frozen=True)
class Group:
    """A group as its file describes it.

    Attributes
    ----------
    file : str
        Where it is described, for messages.
    title : str
        What the group is called on its page.
    country, wave : str
        Where and when its people answered.
    asked_by, asked_on : str
        Who asked for the page, and when (``YYYY-MM-DD``).
    question : str
        Question by which people named the group themselves, such as their pole, or :data:`RESPONDENTS`.
    codes : tuple of str
        Answers to it, or respondents, that belong to the group.
    language : str
        Language of the page; empty for the first of its country.
    """

    file: str
    title: str
    country: str
    wave: str
    asked_by: str
    asked_on: str
    question: str
    codes: tuple[str, ...]
    language: str = ""


def read_group(file: Path, study: Study) -> Group:
    """Read the file of a group (YAML): ``title country wave asked_by asked_on``, ``selection`` and perhaps ``language``.

    Raises
    ------
    DefinitionError
        The file is missing or breaks its schema.
    AnswersError
        Country, wave or question is not one of the study, or the date is no day.
    """
    content, where = read_yaml(file, "restitution_group"), shown(file)
    ((question, codes),) = content.pop("selection").items()
    by_name = [one.id for one in study.questionnaire.questions.values() if one.group]
    for key, value, legal in (
        ("country", content["country"], [one.code for one in study.countries]),
        ("wave", content["wave"], list(study.waves)),
        ("selection", question, [*by_name, RESPONDENTS]),
    ):
        if value not in legal:
            raise AnswersError(f"{where}: {key}: {value!r} is not legal; legal are {', '.join(legal)}")
    try:
        date.fromisoformat(content["asked_on"])
    except ValueError:
        raise AnswersError(
            f"{where}: asked_on: {content['asked_on']!r} is no day; legal is one such as 2026-11-23"
        ) from None
    return Group(file=where, question=question, codes=tuple(codes), **content)


def families_of(questionnaire: Questionnaire) -> list[Measure]:
    """Return the measures of exposure that say who counts as exposed, in the order of the families."""
    found = [family_measure(questionnaire, family) for family in questionnaire.families]
    return [one for one in found if one is not None and one.exposed_items is not None]


def asked(study: Study, group: Group) -> pd.DataFrame:
    """Return the clean answers of all of a country and wave who told something of their working conditions.

    Read anew from what was received: who withdrew since the last run is left out.

    Raises
    ------
    AnswersError
        The study measures no family of risk there, or nobody answered.
    """
    answers = clean(study, group.country, group.wave, collect(study, group.country, group.wave))
    items = [item for measure in families_of(study.questionnaire) for item in measure.items if item in answers]
    told = answers[answers[items].notna().any(axis=1)].reset_index(drop=True)
    if told.empty:
        raise AnswersError(
            f"{group.file}: nobody in {group.country}, wave {group.wave}, was asked about working conditions; "
            "a page of a group needs a study that asks"
        )
    return told


def members(answers: pd.DataFrame, group: Group, study: Study) -> pd.Series:
    """Tell who belongs to a group, and refuse a group that is too small, or too nearly everybody, for a page.

    Parameters
    ----------
    answers : pandas.DataFrame
        What :func:`asked` returns.
    group : Group
        The group.
    study : Study
        The study; its minimum counts.

    Returns
    -------
    pandas.Series of bool
        On the index of `answers`.

    Raises
    ------
    AnswersError
        Somebody stands twice, or is not among these answers.
    DisclosureError
        The group, or everybody else, is smaller than the minimum.
    """
    given = answers["respondent" if group.question == RESPONDENTS else group.question]
    known = set(given.dropna())
    named = list(group.codes)
    if group.question == RESPONDENTS:
        tokens = group.country + "-" + pseudonyms(pd.Series(named), key_of(study.id))
        named = [
            name if name in known else token if token in known else name
            for name, token in zip(named, tokens, strict=True)
        ]
    twice = next((one for one, name in zip(group.codes, named, strict=True) if named.count(name) > 1), None)
    if twice is not None:
        raise AnswersError(f"{group.file}: selection: {twice!r} stands twice; legal is each once")
    unknown = next((name for name in named if name not in known), None)
    if unknown is not None:
        raise AnswersError(
            f"{group.file}: selection: no answers on working conditions that count in {group.country}, wave {group.wave}, are those "
            f"of {unknown!r}; legal are {group.question} found there, and a group of one country"
        )
    inside = given.isin(named).fillna(False).astype(bool)
    minimum = study.disclosure.minimum_cell
    if inside.sum() < minimum:
        raise DisclosureError(f"{group.file}: fewer than {minimum} persons of this group answered, so it gets no page")
    if (~inside).sum() < minimum:
        raise DisclosureError(
            f"{group.file}: fewer than {minimum} persons of {group.country} stand beside this group, so it gets no page: it would be "
            "that of everybody, or show the few others"
        )
    return inside
