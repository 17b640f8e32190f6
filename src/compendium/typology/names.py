"""What a profile is called: the answers that mark it, or the name that a person gave it in the study's languages."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import DefinitionError
from ..paths import profile_names, shown
from ..reading import read_yaml
from ..study.study import Study
from ..text import Catalogue
from .assignment import is_graded, is_yes_or_no

Key = tuple[str, str]
"""Population and profile."""
SEPARATOR = " · "


def names(study: Study, results: pd.DataFrame, t: Catalogue, *, given: bool = True) -> dict[str, dict[str, str]]:
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
    dict of str to dict of str to str
        Population -> ``P1`` -> name: that of ``profiles.yml`` whose ``marks`` are all among the answers that mark the
        profile, or else the labels of these answers; never the same for two profiles of a population.

    Raises
    ------
    DefinitionError
        A name of ``profiles.yml`` fits no profile or more than one: names follow what marks a profile, not its number,
        since numbers move when answers change. Or it gives two profiles one name.
    """
    rows = results[results["indicator"] == "named_by"].sort_values(["population", "group"])
    marks = {(row.population, row.group): row.estimand.split() for row in rows.itertuples(index=False)}
    found = {key: SEPARATOR.join(answer_label(study, mark, t) for mark in own) for key, own in marks.items()}
    if given and marks:
        found |= {key: t.pick(name) for key, name in _given(study, marks).items()}
    named: dict[str, dict[str, str]] = {}
    for (population, profile), name in found.items():
        others = named.setdefault(population, {})
        # what marks two profiles alike tells neither from the other
        others[profile] = (
            name if name and name not in others.values() else SEPARATOR.join(filter(None, [name, profile]))
        )
    return named


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


def _given(study: Study, marks: Mapping[Key, list[str]]) -> dict[Key, Mapping[str, str]]:
    path = profile_names(study.folder)
    if not path.is_file():
        return {}
    content: dict[str, Any] = read_yaml(path, "profiles")
    given: dict[Key, Mapping[str, str]] = {}
    for number, entry in enumerate(content["profiles"]):
        at = f"{shown(path)}: profiles.{number}"
        legal = dict.fromkeys(population for population, _ in marks)
        if entry.get("population", "") not in ("", *legal):
            raise DefinitionError(
                f"{at}.population: {entry['population']!r} is not legal; legal are {', '.join(legal)}, which have profiles"
            )
        possible = {key: own for key, own in marks.items() if entry.get("population", key[0]) == key[0]}
        fitting = [key for key, own in possible.items() if set(entry["marks"]) <= set(own)]
        if len(fitting) != 1:
            listed = "; ".join(" ".join([*filter(None, key), *own]) for key, own in marks.items())
            raise DefinitionError(
                f"{at}.marks: {' '.join(entry['marks'])} marks {len(fitting)} profiles, one is legal; marked are {listed}"
            )
        if entry["name"] in given.values():
            raise DefinitionError(f"{at}.name: {entry['name']['en']!r} is given to two profiles; each has its own")
        given[fitting[0]] = entry["name"]
    return given
