"""Groups as units: the mean of a sign and what came of it, by organisation or pole and wave, never by person."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ...scoring import SCORE
from ...study.questionnaire import Questionnaire
from .rules import Outcome, Sign

SAME_FORM = "concurrent, same form"
EXTERNAL = "external sign, told in the same form"
LATER = "outcome of a later wave"
SIGN, OUTCOME = ["sign", "persons"], ["outcome", "persons_outcome"]


@dataclass(frozen=True)
class Pairing:
    """A sign and an outcome, group by group.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a group and wave: ``sign`` (high warns), ``outcome``, ``case``, ``organisation``, ``persons``.
    left_out : int
        Groups of too few persons to be counted.
    timing : str
        :data:`LATER`, :data:`EXTERNAL` or :data:`SAME_FORM`.
    """

    frame: pd.DataFrame
    left_out: int
    timing: str


def group_variables(answers: pd.DataFrame, questionnaire: Questionnaire) -> list[str]:
    """Return the questions that say which group a person belongs to, where anybody answered; the widest first."""
    named = [question.id for question in questionnaire.questions.values() if question.group]
    return [name for name in named if name in answers and answers[name].notna().any()]


def group_means(answers: pd.DataFrame, keys: list[str], values: pd.Series) -> pd.DataFrame:
    """Return ``mean persons`` of each group whose persons have a value."""
    known = answers[keys].notna().all(axis=1) & values.notna()
    by = values[known].astype(float).groupby([answers.loc[known, key] for key in keys], observed=True)
    return pd.DataFrame({"mean": by.mean(), "persons": by.size()})


def keys_of(variable: str, variables: list[str]) -> list[str]:
    """Return the columns that tell groups apart: a pole is one of an organisation, an organisation one of a country."""
    wider = [] if variable == variables[0] else [variables[0]]
    return ["country", *wider, variable]


def pair(
    waves: Mapping[str, pd.DataFrame], variable: str, variables: list[str], sign: Sign, outcome: Outcome, least: int
) -> Pairing:
    """Put a sign and an outcome side by side for every group.

    Parameters
    ----------
    waves : mapping of str to pandas.DataFrame
        Clean answers by wave, in the order of time.
    variable : str
        Question that names the group; ``variables`` are all such questions, the first that of the organisation.
    sign, outcome : Sign and Outcome
        They share no question (:func:`.rules.check_apart`).
    least : int
        Persons a group must have on both sides.

    Returns
    -------
    Pairing
        With several waves in which the same groups answered, the sign of each wave beside the outcome of the next; with one
        wave, or where no group comes back, both of the same wave.
    """
    found = [_means(answers, variable, variables, sign, outcome) for answers in waves.values()]
    linked = [(now, then) for now, then in itertools.pairwise(found) if now.index.isin(then.index).any()]
    if linked:
        joined = [now[SIGN].join(then[OUTCOME], how="inner") for now, then in linked]
        timing = LATER
    else:
        joined = [frame[[*SIGN, *OUTCOME]] for frame in found]
        timing = EXTERNAL if outcome.kind == "external" else SAME_FORM
    frame = pd.concat(joined)
    enough = frame[["persons", "persons_outcome"]].min(axis=1) >= least
    organisations = ["/".join(map(str, key[:2])) for key in frame.index]
    frame = frame.assign(case=frame["outcome"] >= outcome.case_from, organisation=organisations)[enough]
    return Pairing(frame.reset_index(drop=True), int((~enough).sum()), timing)


def _means(answers: pd.DataFrame, variable: str, variables: list[str], sign: Sign, outcome: Outcome) -> pd.DataFrame:
    keys = keys_of(variable, variables)
    score = answers[SCORE + sign.measure].astype(float)
    signs = group_means(answers, keys, 100 - score if sign.turned else score)
    outcomes = group_means(answers, keys, outcome.of_persons(answers))
    return signs.rename(columns={"mean": "sign"}).join(
        outcomes.rename(columns={"mean": "outcome", "persons": "persons_outcome"}), how="inner"
    )


def pairings(
    waves: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, outcome: Outcome, signs: list[Sign], least: int
) -> Iterator[tuple[str, Sign, Pairing]]:
    """Yield every sign beside an outcome, for every kind of group of the last wave."""
    last = waves[list(waves)[-1]]
    variables = group_variables(last, questionnaire)
    for variable in variables:
        usable = {wave: answers for wave, answers in waves.items() if set(variables) <= set(answers)}
        for sign in signs:
            yield variable, sign, pair(usable, variable, variables, sign, outcome, least)
