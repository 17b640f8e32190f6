"""What a profile is called: the answers that mark it, or the name that a person gave it in the study's languages."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ..errors import DefinitionError
from ..paths import profile_names, shown
from ..reading import read_yaml
from ..study.study import Study
from ..text import Catalogue
from .assignment import is_graded, is_yes_or_no

Label = Callable[[str, str], str]
SEPARATOR = " · "


def names(study: Study, results: pd.DataFrame, t: Catalogue, *, given: bool = True) -> dict[str, str]:
    """Return the name of each profile in a language.

    Parameters
    ----------
    study : Study
        Its questionnaire labels answers; ``profiles.yml`` in its folder, where there is one, gives names.
    results : pandas.DataFrame
        The product ``landmarks`` (its rows ``named_by``).
    t : Catalogue
        Language.
    given : bool
        Whether the names of the file count; not where a researcher tries other questions.

    Returns
    -------
    dict of str to str
        ``P1`` -> name: that of ``profiles.yml`` whose ``marks`` are all among the answers that mark the profile, or else
        the labels of these answers.

    Raises
    ------
    DefinitionError
        A name of ``profiles.yml`` fits no profile or more than one: names follow what marks a profile, not its number,
        since numbers move when answers change.
    """
    rows = results[results["indicator"] == "named_by"].sort_values("group")
    marks = {row.group: row.estimand.split() for row in rows.itertuples(index=False)}
    found = {
        profile: SEPARATOR.join(answer_label(study, mark, t) for mark in own) or profile
        for profile, own in marks.items()
    }
    if given and marks:
        found |= {profile: t.pick(name) for profile, name in _given(study, marks).items()}
    return found


def answer_label(study: Study, mark: str, t: Catalogue, *, alone: bool = True) -> str:
    """Return the text of an answer ``<question>__<code>``; where it stands alone, an answer that says little follows its question."""
    question, code = mark.split("__", 1)
    if question == "country":
        return study.name(code, t.language)
    questionnaire = study.questionnaire
    text = questionnaire.label(question, code, t.language)
    if not alone or not (is_yes_or_no(questionnaire, question) or is_graded(questionnaire, question)):
        return text
    asked = questionnaire.question_text(question, t.language)
    message = "{question} {answer}" if asked.endswith("?") else "{question}: {answer}"
    return t(message, question=asked, answer=text)


def _given(study: Study, marks: Mapping[str, list[str]]) -> dict[str, Mapping[str, str]]:
    path = profile_names(study.folder)
    if not path.is_file():
        return {}
    content: dict[str, Any] = read_yaml(path, "profiles")
    given: dict[str, Mapping[str, str]] = {}
    for number, entry in enumerate(content["profiles"]):
        fitting = [profile for profile, own in marks.items() if set(entry["marks"]) <= set(own)]
        if len(fitting) != 1:
            listed = "; ".join(f"{profile} {' '.join(own)}" for profile, own in marks.items())
            raise DefinitionError(
                f"{shown(path)}: profiles.{number}.marks: {' '.join(entry['marks'])} marks {len(fitting)} profiles, one is legal; marked are {listed}"
            )
        given[fitting[0]] = entry["name"]
    return given
