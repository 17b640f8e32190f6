"""Estimates from persons: how much each counts, through whom they answered, and the row that an estimate makes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from . import intervals
from .disclosure.dominance import DOMINATED, dominated_groups
from .study.questionnaire import Questionnaire

Row = dict[str, Any]

NOT_MEASURED = "not measured"
POINTS = "points of 100"


class Persons:
    """Answers and how much each person counts: alike, or so that every country counts the same.

    Parameters
    ----------
    answers : pandas.DataFrame
        Clean answers, one row a person.
    equal : str, optional
        Column whose groups are to count the same (the country, where several are pooled).
    weights : pandas.Series, optional
        Weights on the index of `answers`; with `equal`, those within each of its groups.
    clusters : str, optional
        Column that names the organisation through which each person answered (:func:`organisation`): people of one
        resemble each other, so that every interval is wider.
    """

    def __init__(
        self,
        answers: pd.DataFrame,
        equal: str | None = None,
        weights: pd.Series | None = None,
        clusters: str | None = None,
    ) -> None:
        self.answers, self.equal, self.given, self.clusters = answers, equal, weights, clusters
        self.is_weighted = equal is not None or weights is not None
        self._strata = None if equal is None else pd.factorize(answers[equal])[0]
        self._weights = None if weights is None else weights.to_numpy(dtype=float)
        self._clusters = None
        if clusters is not None:  # as numbers, which are found again faster than names; who named none stays missing
            codes = pd.factorize(answers[clusters])[0].astype(float)
            self._clusters = np.where(codes < 0, np.nan, codes)

    def weights(self, known: pd.Series) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return weights and strata of the persons marked; countries are made equal among these very persons."""
        inside = known.to_numpy()
        given = None if self._weights is None else self._weights[inside]
        if self._strata is not None:
            return intervals.equal_weights(self._strata[inside], given), self._strata[inside]
        return given, None

    def estimate(self, values: pd.Series, groups: pd.Series | None = None) -> Iterator[tuple[str, intervals.Mean]]:
        """Estimate a mean (or, of truth values, a share), for everybody or for each group with answers, by code."""
        is_share = pd.api.types.is_bool_dtype(values)
        known = values.notna()
        numbers = values[known].astype(float).to_numpy()
        weights, strata = self.weights(known)
        clusters = None if self._clusters is None else self._clusters[known.to_numpy()]
        function = intervals.share_of if is_share else intervals.mean
        if groups is None:
            yield "", function(numbers, weights, strata, clusters)
            return
        place = groups[known].to_numpy(dtype=object)
        for code in dict.fromkeys(_ordered(groups)):
            inside = place == code
            if not inside.any():  # nobody of this group was asked, or nobody answered
                continue
            w, h, c = (None if part is None else part[inside] for part in (weights, strata, clusters))
            yield code, function(numbers[inside], w, h, c)

    def dominated(self, values: pd.Series, groups: pd.Series | None, unit: str) -> frozenset[str]:
        """Return the codes of the groups of which one or two persons make up too much; ``""`` is everybody."""
        known = values.notna()
        weights, _ = self.weights(known)
        given = None if weights is None else pd.Series(weights, values.index[known])
        own = None if groups is None else groups[known]
        return frozenset(dominated_groups(values[known].astype(float), own, unit, given))


def organisation(answers: pd.DataFrame, questionnaire: Questionnaire) -> str | None:
    """Return the question that says through which organisation a person answered, where it was asked and answered."""
    named = (question.id for question in questionnaire.questions.values() if question.group)
    return next((name for name in named if name in answers and answers[name].notna().any()), None)


def estimate_row(found: intervals.Mean, factor: float = 1.0, *, dominated: bool = False) -> Row:
    """Return the numbers of a row from an estimate; a group without answers has a reason instead.

    One that is `dominated` (:meth:`Persons.dominated`) says so to the gate, which withholds it.
    """
    row: Row = {
        "estimate": found.estimate * factor,
        "ci_low": found.low * factor,
        "ci_high": found.high * factor,
        "n": float(found.n),
        "n_effective": found.n_effective,
    }
    if found.n == 0:
        row |= {"comparable": "no", "reason": "nobody in this group answered"}
    elif np.isnan(found.low):
        row["caveat"] = "too few answers, or all through one organisation: no interval"
    elif found.low == found.high:
        # Nobody differs from anybody: there is nothing from which chance could be judged.
        row |= {"ci_low": np.nan, "ci_high": np.nan, "caveat": "all answers are alike: no interval"}
    return row | {"caveat": DOMINATED} if dominated else row


def not_measured(indicator: str, reason: str) -> Row:
    """Return the row that says that something was not measured, and why."""
    return {"indicator": indicator, "method": NOT_MEASURED, "comparable": "no", "reason": reason}


def population(questionnaire: Questionnaire, items: Sequence[str]) -> str:
    """Return the population that questions were put to, where it is one; else an empty text."""
    asked = {name for item in items for name in questionnaire.questions[item].populations or ("",)}
    return asked.pop() if len(asked) == 1 else ""


def ordered_groups(answers: pd.DataFrame, questionnaire: Questionnaire, variable: str) -> pd.Series:
    """Return a grouping variable whose codes keep the order of the questionnaire; what it does not ask, that of the answers."""
    column = answers[variable]
    is_asked = variable in questionnaire.questions or questionnaire.banding(variable) is not None
    legal = questionnaire.codes(variable) if is_asked else tuple(dict.fromkeys(column.dropna()))
    present = set(column.dropna())
    codes = [code for code in legal if code in present] + sorted(present - set(legal))
    return column.astype(pd.CategoricalDtype(codes, ordered=True))


def _ordered(groups: pd.Series) -> list[str]:
    if isinstance(groups.dtype, pd.CategoricalDtype):
        return [str(code) for code in groups.cat.categories]
    return sorted(map(str, groups.dropna().unique()))
