"""A portrait of each profile that is nobody's: the commonest answers of those nearest its centre, shared by enough people."""

from collections.abc import Iterator

import pandas as pd

from .. import results
from ..study.questionnaire import Questionnaire, Typology
from ..study.study import Study
from .active import columns_of, members
from .assignment import is_answer, mark_of
from .coding import make_book
from .profiles import PROFILE, Row, common, in_order, of_population
from .rules import rules

COMBINATION = "combination"
TOO_FEW_ALIKE = "too few people share even the commonest answer"


def portraits(study: Study, unit: str, wave: str, typology: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Compose a portrait of each profile from the answers of several people.

    Parameters
    ----------
    study : Study
        The study; its ``disclosure.minimum_cell`` says how many people must share what is shown.
    unit, wave : str
        Code of the pooled unit, and the wave.
    typology : pandas.DataFrame
        The product of :func:`~compendium.typology.assign`.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        Results, one row a population and profile, ``indicator`` "combination": ``estimand`` holds the answers as
        ``<question>__<code>``, strongest first, separated by blanks; ``estimate`` how many respondents of the population
        gave all of them; ``n`` the persons of the profile. Where nothing can be shown, ``estimand`` is empty and ``reason``
        says why.

    Notes
    -----
    Of the persons nearest the centre (``portrait_nearest`` in ``definitions/typology.yml``), the answers that at least
    ``common_answer`` per cent gave, one a question but all options ticked where several were possible, are taken in the
    order of their frequency there (of equally frequent ones the rarer in the population first: it says more), as long as
    ``minimum_cell`` persons of the population share all that were taken. The country is left out: a profile is the same
    everywhere. No respondent is shown, and nobody can be found by what is: as many others gave the same answers.
    """
    rows = [
        {"population": declared.population, **row}
        for declared in study.questionnaire.analysis.typology
        for row in _composed(study, declared, typology, answers)
    ]
    return results.make(rows, **common(study, unit, wave, answers) | {"part": "portraits"})


def _composed(study: Study, declared: Typology, typology: pd.DataFrame, answers: pd.DataFrame) -> Iterator[Row]:
    people = of_population(typology, declared.population)
    people = people[people[PROFILE] != ""]
    given = _given(answers[members(study.questionnaire, declared, answers)], declared, study.questionnaire)
    for profile in in_order(people[PROFILE]):
        own = people[people[PROFILE] == profile]
        shown = _shared(_strongest(given, own), given, study.disclosure.minimum_cell)
        enough = bool(shown) and len(own) >= study.disclosure.minimum_cell
        yield {
            "indicator": COMBINATION,
            "group_by": PROFILE,
            "group": profile,
            "estimate": float(given[shown].all(axis=1).sum()) if enough else float("nan"),
            "n": float(len(own)),
            "unit": "respondents",
            "method": "count",
            "estimand": " ".join(shown) if enough else "",
            "reason": "" if enough else TOO_FEW_ALIKE,
        }


def _given(answers: pd.DataFrame, declared: Typology, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return whether each respondent (``country respondent``) gave each answer, a column an answer; no answer is not given.

    Nor is that a question does not apply: it stands in no portrait.
    """
    found = {}
    for variable in (name for name in (*declared.active, *declared.supplementary) if name != "country"):
        for column in columns_of(variable, answers):
            for _, category in make_book(answers, [column]).pairs:
                mark = mark_of(column, category)
                if mark and is_answer(questionnaire, mark):
                    found[mark] = (answers[column].astype("str") == category) & answers[column].notna()
    keys = pd.MultiIndex.from_frame(answers[["country", "respondent"]])
    return pd.DataFrame(found, index=answers.index).fillna(False).astype(bool).set_axis(keys, axis=0)


def _strongest(given: pd.DataFrame, own: pd.DataFrame) -> list[str]:
    """Return the commonest answers of those nearest the centre of a profile, most frequent first, one a question."""
    rule = rules()
    # rounded, or people who stand at one point would be ordered by the noise of their distances
    near = own.assign(distance=own["distance"].round(9)).sort_values(["distance", "country", "respondent"])
    keys = pd.MultiIndex.from_frame(near.head(rule.portrait_nearest)[["country", "respondent"]])
    here, overall = 100 * given.loc[keys].mean(), given.mean()
    order = pd.DataFrame({"here": -here, "overall": overall})[here >= rule.common_answer]
    single: set[str] = set()
    found = []
    for mark in order.sort_values(["here", "overall"], kind="stable").index:
        question = mark.split("__", 1)[0]
        if question not in single:
            found.append(mark)
        if not _is_option(mark, given):
            single.add(question)
    return found


def _is_option(mark: str, given: pd.DataFrame) -> bool:
    """Tell whether several answers of this question may be given together."""
    own = [name for name in given.columns if name.split("__", 1)[0] == mark.split("__", 1)[0]]
    return bool((given[own].sum(axis=1) > 1).any())


def _shared(marks: list[str], given: pd.DataFrame, least: int) -> list[str]:
    """Return the first answers that at least so many people share, all of them together."""
    shown: list[str] = []
    for mark in marks:
        if given[[*shown, mark]].all(axis=1).sum() < least:
            break
        shown.append(mark)
    return shown
