"""Exposure by family: who is exposed, how much, to how many families at once, and how far reality is from the wish."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from .. import intervals, results
from ..scoring import EXPOSED, SCORE, exposed, values
from ..study.questionnaire import Measure, Questionnaire

Row = dict[str, Any]

NOT_MEASURED = "not measured"
POINTS = "points of 100"
FAMILIES_AT_ONCE = "families_at_once"
MANY = 4
"""From this number of families on, persons are taken together: more at once is rare, and would be withheld."""
RULE = "rule"
RULES = {"looser": -1, "fixed": 0, "stricter": 1}
"""Items more than the rule fixed in the questionnaire asks for."""
_RULE = "exposed by the rule fixed in the questionnaire"


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


def organisation(answers: pd.DataFrame, questionnaire: Questionnaire) -> str | None:
    """Return the question that says through which organisation a person answered, where it was asked and answered."""
    named = (question.id for question in questionnaire.questions.values() if question.group)
    return next((name for name in named if name in answers and answers[name].notna().any()), None)


def exposure(
    frame: pd.DataFrame, instrument: Questionnaire, by: Sequence[str] = (), weights: pd.Series | None = None
) -> pd.DataFrame:
    """Estimate exposure to each family of psychosocial risk, overall and by group.

    Parameters
    ----------
    frame : pandas.DataFrame
        Clean answers with the columns ``score_<measure>`` (0-100, high = more exposed) and ``exposed_<measure>``.
    instrument : Questionnaire
        Families, measures and the rule of who counts as exposed, fixed in the questionnaire before any answer.
    by : sequence of str
        Columns whose groups are shown; a column that is not there gives no rows.
    weights : pandas.Series, optional
        Weights of zero or more on the index of `frame`.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result. Per family and group a row ``method="share"`` (``%`` of persons exposed, Wilson
        interval) and a row ``method="mean"`` (0-100). A family without a measure, or whose questions nobody answered,
        has one row ``method="not measured"`` without estimate, with its reason.

    References
    ----------
    Gollac, Bodier (2011), Mesurer les facteurs psychosociaux de risque au travail pour les maitriser.
    """
    origin = results.weakest_origin(frame["origin"]) if "origin" in frame else "real"
    persons = Persons(frame, weights=weights, clusters=organisation(frame, instrument))
    return results.make(exposure_rows(persons, instrument, by), origin=origin, weighted=persons.is_weighted)


def exposure_rows(persons: Persons, questionnaire: Questionnaire, by: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of :func:`exposure`."""
    for family in questionnaire.families:
        measure = family_measure(questionnaire, family)
        if measure is None:
            yield not_measured(f"exposure_{family}", "no question of this study asks about it")
            continue
        score = persons.answers.get(SCORE + measure.id)
        if score is None or score.notna().sum() == 0:
            yield not_measured(measure.id, "nobody was asked or nobody answered")
            continue
        yield from measure_rows(persons, questionnaire, measure, by)


def measure_rows(persons: Persons, questionnaire: Questionnaire, measure: Measure, by: Sequence[str]) -> Iterator[Row]:
    """Yield share exposed (where a rule is fixed) and mean of one measure, overall and by group."""
    answers = persons.answers
    quantities = [("mean", POINTS, answers[SCORE + measure.id], "mean score")]
    flags = answers.get(EXPOSED + measure.id)
    if flags is not None and flags.notna().any():
        quantities.insert(0, ("share", "%", flags, _RULE))
    elif measure.family:
        yield not_measured(measure.id, "no rule fixes who counts as exposed; the mean is shown") | {"estimand": _RULE}
    common = {"indicator": measure.id, "population": population(questionnaire, measure.items)}
    for method, unit, quantity, estimand in quantities:
        factor = 100 if method == "share" else 1
        for variable in ["", *(name for name in by if name in answers)]:
            groups = ordered_groups(answers, questionnaire, variable) if variable else None
            for code, found in persons.estimate(quantity, groups):
                yield {
                    **common,
                    **estimate_row(found, factor),
                    "group_by": variable,
                    "group": code,
                    "method": method,
                    "unit": unit,
                    "estimand": estimand,
                }


def rule_rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield the share exposed by the rule fixed in the questionnaire, and with one item more and one item fewer.

    A conclusion that holds under one of the three only rests on the rule, not on the answers.
    """
    for measure in questionnaire.measures.values():
        items = [item for item in measure.items if item in persons.answers]
        if not measure.family or measure.exposed_items is None or len(items) < len(measure.items):
            continue
        for group, step in RULES.items():
            needed = measure.exposed_items + step
            if not 1 <= needed <= len(measure.items):
                continue
            flags = exposed(persons.answers, replace(measure, exposed_items=needed), questionnaire)
            if flags.isna().all():
                continue
            ((_, found),) = persons.estimate(flags)
            yield {
                **estimate_row(found, 100),
                "indicator": measure.id,
                "population": population(questionnaire, measure.items),
                # Each rule is a breakdown of its own: nested shares do not add up, and are not each other's complement.
                "group_by": f"{RULE}_{group}",
                "group": group,
                "method": "share",
                "unit": "%",
                "estimand": f"exposed to {needed} of {len(measure.items)} items or more",
            }


def accumulation_rows(persons: Persons, questionnaire: Questionnaire, by: Sequence[str]) -> Iterator[Row]:
    """Yield to how many families at once persons are exposed: the share of each number, and the mean number by group.

    Only persons whose exposure is known for every measured family count, or missing answers would look like rest.
    """
    measures = [family_measure(questionnaire, family) for family in questionnaire.families]
    columns = [EXPOSED + measure.id for measure in measures if measure is not None]
    flags = persons.answers.reindex(columns=columns)
    if len(columns) < 2 or flags.isna().all(axis=None):
        yield not_measured(FAMILIES_AT_ONCE, "fewer than two families are measured")
        return
    number = flags.astype("Float64").sum(axis=1).where(flags.notna().all(axis=1)).astype("float64")
    common = {
        "indicator": FAMILIES_AT_ONCE,
        "population": population(questionnaire, [i for m in measures if m for i in m.items]),
        "estimand": _RULE,
    }
    last = min(MANY, len(columns))
    for many in range(last + 1):
        flag = (number >= many if many == MANY else number == many).astype("boolean").where(number.notna())
        ((_, found),) = persons.estimate(flag)
        group = f"{many}_or_more" if many == MANY else str(many)
        place = {"group_by": FAMILIES_AT_ONCE, "group": group, "method": "share", "unit": "%"}
        yield {**common, **estimate_row(found, 100), **place}
    for variable in ["", *(name for name in by if name in persons.answers)]:
        groups = ordered_groups(persons.answers, questionnaire, variable) if variable else None
        for code, found in persons.estimate(number, groups):
            place = {"group_by": variable, "group": code, "method": "mean", "unit": "families"}
            yield {**common, **estimate_row(found), **place}


def gap_rows(persons: Persons, questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield wish, reality and reality minus wish by domain, 0-100, among persons who answered both."""
    for pair in questionnaire.analysis.pairs:
        asked = [questionnaire.questions[name] for name in (pair.ideal, pair.reality)]
        if not {pair.ideal, pair.reality} <= set(persons.answers.columns):
            continue
        ideal, reality = (_points(persons.answers[question.id], question) for question in asked)
        both = ideal.notna() & reality.notna()
        if not both.any():
            yield not_measured(f"gap_{pair.domain}", "nobody was asked or nobody answered")
            continue
        common = {
            "population": population(questionnaire, [pair.reality]),
            "group_by": "domain",
            "group": pair.domain,
            "unit": POINTS,
            "method": "mean",
        }
        quantities = {
            "ideal": (ideal.where(both), "wish"),
            "reality": (reality.where(both), "reality"),
            "gap": ((reality - ideal).where(both), "reality minus wish"),
        }
        for indicator, (quantity, estimand) in quantities.items():
            ((_, found),) = persons.estimate(quantity)
            yield {**common, **estimate_row(found), "indicator": indicator, "estimand": estimand}


def family_measure(questionnaire: Questionnaire, family: str) -> Measure | None:
    """Return the measure of a family, or nothing where the study has none."""
    return next((measure for measure in questionnaire.measures.values() if measure.family == family), None)


def not_measured(indicator: str, reason: str) -> Row:
    """Return the row that says that something was not measured, and why."""
    return {"indicator": indicator, "method": NOT_MEASURED, "comparable": "no", "reason": reason}


def estimate_row(found: intervals.Mean, factor: float = 1.0) -> Row:
    """Return the numbers of a row from an estimate; a group without answers has a reason instead."""
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
    return row


def population(questionnaire: Questionnaire, items: Sequence[str]) -> str:
    """Return the population that questions were put to, where it is one; else an empty text."""
    asked = {name for item in items for name in questionnaire.questions[item].populations or ("",)}
    return asked.pop() if len(asked) == 1 else ""


def ordered_groups(answers: pd.DataFrame, questionnaire: Questionnaire, variable: str) -> pd.Series:
    """Return a grouping variable whose codes keep the order of the questionnaire."""
    column = answers[variable]
    legal: Mapping[str, Any] | Sequence[str] = questionnaire.codes(variable)
    present = set(column.dropna())
    codes = [code for code in legal if code in present] + sorted(present - set(legal))
    return column.astype(pd.CategoricalDtype(codes, ordered=True))


def _ordered(groups: pd.Series) -> list[str]:
    if isinstance(groups.dtype, pd.CategoricalDtype):
        return [str(code) for code in groups.cat.categories]
    return sorted(map(str, groups.dropna().unique()))


def _points(codes: pd.Series, question: Any) -> pd.Series:
    numbers = values(codes, question)
    low, high = min(question.scale.values), max(question.scale.values)
    return 100 * (numbers - low) / (high - low)
