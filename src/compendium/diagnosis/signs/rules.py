"""What may warn of what, and how much there must be before a number is printed: ``definitions/signs.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from ... import paths
from ...errors import CompendiumError
from ...reading import read_yaml
from ...scoring import SCORE
from ...study.questionnaire import Questionnaire
from ...study.questions import Text

NOT_ASKED = "this study does not ask for it, or nobody answered"


class SharedItemsError(CompendiumError):
    """A sign and what it is to warn of rest on one question: the one would foretell itself."""


@dataclass(frozen=True)
class Sign:
    """What may warn: the mean of a measure in a group; ``turned`` where a low mean warns."""

    measure: str
    turned: bool = False


@dataclass(frozen=True)
class Outcome:
    """What is to be seen coming in a group.

    Attributes
    ----------
    id : str
        Name.
    label, case, reason : Text
        Name for readers; when a group is a case, in words; why.
    kind : str
        ``external`` (an event, not a feeling), ``intention`` or ``answers``.
    items : tuple of str
        Questions it rests on.
    codes : tuple of str
        Answers that count; empty where it is the mean of one number.
    least : int
        Number of items with such an answer from which a person has it.
    case_from : float
        Share of a group's persons (0-1), or mean, from which the group is a case.
    """

    id: str
    label: Text
    case: Text
    reason: Text
    kind: str
    items: tuple[str, ...]
    codes: tuple[str, ...]
    least: int
    case_from: float

    def of_persons(self, answers: pd.DataFrame) -> pd.Series:
        """Return what each person has of it: a number, or 1 and 0; missing where it is not known.

        Who leaves an item out is counted only where the answers given settle the matter.
        """
        if not self.codes:
            return answers[self.items[0]].astype("float64")
        given = answers[list(self.items)]
        hits, open_items = given.isin(self.codes).sum(axis=1), given.isna().sum(axis=1)
        settled = (hits >= self.least) | (hits + open_items < self.least)
        return (hits >= self.least).astype("float64").where(settled & (open_items < len(self.items)))


@dataclass(frozen=True)
class Rules:
    """The whole file; see its comments for what each number means."""

    least_groups: int
    least_cases: int
    repeats: int
    folds: int
    signs: tuple[Sign, ...]
    outcomes: tuple[Outcome, ...]
    together: str
    change: str

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.id == name)


@cache
def load_rules() -> Rules:
    """Read ``definitions/signs.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema.
    """
    content = read_yaml(paths.DEFINITIONS / "signs.yml", "signs")
    plain = {key: content[key] for key in ("least_groups", "least_cases", "repeats", "folds", "together", "change")}
    signs = tuple(Sign(**entry) for entry in content["signs"])
    return Rules(**plain, signs=signs, outcomes=tuple(map(_outcome, content["outcomes"])))


def _outcome(entry: Mapping[str, Any]) -> Outcome:
    items = entry["items"] if "items" in entry else [entry["mean_of"]]
    texts = {key: entry[key] for key in ("id", "label", "case", "reason", "kind")}
    return Outcome(
        **texts,
        items=tuple(items),
        codes=tuple(entry.get("codes", ())),
        least=entry.get("least", 1),
        case_from=float(entry["case_from"]),
    )


def check_apart(sign: Sign, outcome: Outcome, questionnaire: Questionnaire) -> None:
    """Refuse a sign that shares a question with what it is to warn of.

    Raises
    ------
    SharedItemsError
        They share one: the sentence names it.
    """
    shared = sorted(set(questionnaire.measures[sign.measure].items) & set(outcome.items))
    if shared:
        raise SharedItemsError(
            f"signs.yml: the sign {sign.measure!r} and the outcome {outcome.id!r} share the question {shared[0]!r}; "
            "legal is a sign that shares no question with the outcome"
        )


def measured(questionnaire: Questionnaire, answers: pd.DataFrame, sign: Sign) -> bool:
    """Tell whether a sign is measured and anybody answered."""
    column = SCORE + sign.measure
    return sign.measure in questionnaire.measures and column in answers and bool(answers[column].notna().any())


def asked(answers: pd.DataFrame, outcome: Outcome) -> bool:
    """Tell whether all questions of an outcome were asked and answered by somebody."""
    return all(item in answers and bool(answers[item].notna().any()) for item in outcome.items)
