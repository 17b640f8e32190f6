"""Exposure to each family: who is exposed by the rule fixed beforehand, how much on average, and under other rules."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ... import results
from ...persons import POINTS, Persons, Row, estimate_row, not_measured, ordered_groups, organisation, population
from ...scoring import EXPOSED, SCORE, exposed
from ...study.questionnaire import Measure, Questionnaire

OTHER_RULE = "share by another rule"
"""Method of a share under a looser or stricter rule than the one fixed; ``threshold_id`` says which."""
RULES = {"looser": -1, "stricter": 1}
"""Items more than the rule fixed in the questionnaire asks for."""
TURNED = "turned"
"""Flag of a share that lies on the other side of everybody's under a looser or a stricter rule."""
BY_RULE = "exposed by the rule fixed in the questionnaire"


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
        quantities.insert(0, ("share", "%", flags, BY_RULE))
    elif measure.family:
        yield not_measured(measure.id, "no rule fixes who counts as exposed; the mean is shown") | {"estimand": BY_RULE}
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


def rule_rows(persons: Persons, questionnaire: Questionnaire, by: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the share exposed if the rule asked for one item fewer, and for one more, overall and by group.

    Parameters
    ----------
    persons, questionnaire
        The answers and what was asked.
    by : sequence of str
        Columns whose groups are shown; a column that is not there gives no rows.

    Yields
    ------
    dict
        Rows with method :data:`OTHER_RULE` and a code of :data:`RULES` in ``threshold_id``. A conclusion that does not
        hold under all three rules rests on the rule, not on the answers.
    """
    answers = persons.answers
    for measure in questionnaire.measures.values():
        items = [item for item in measure.items if item in answers]
        if not measure.family or measure.exposed_items is None or len(items) < len(measure.items):
            continue
        for rule, step in RULES.items():
            needed = measure.exposed_items + step
            if not 1 <= needed <= len(measure.items):
                continue
            flags = exposed(answers, replace(measure, exposed_items=needed), questionnaire)
            common = {
                "indicator": measure.id,
                "population": population(questionnaire, measure.items),
                "threshold_id": rule,
                "method": OTHER_RULE,
                "unit": "%",
                "estimand": f"exposed to {needed} of {len(measure.items)} items or more",
            }
            if flags.isna().all():
                continue
            for variable in ["", *(name for name in by if name in answers)]:
                groups = ordered_groups(answers, questionnaire, variable) if variable else None
                for code, found in persons.estimate(flags, groups):
                    yield {**common, **estimate_row(found, 100), "group_by": variable, "group": code}


def mark_turned(rows: Sequence[Row]) -> list[Row]:
    """Flag the shares by group whose side of everybody's share is another one under a looser or a stricter rule.

    Parameters
    ----------
    rows : sequence of dict
        Rows of :func:`measure_rows` and :func:`rule_rows`.

    Returns
    -------
    list of dict
        The same rows; a share of the fixed rule whose interval leaves out everybody's share takes the flag
        :data:`TURNED` where under another rule the group lies on the other side.
    """
    shares = {
        (row["indicator"], row["group_by"], row["group"], row.get("threshold_id", "")): row["estimate"]
        for row in rows
        if row["method"] in ("share", OTHER_RULE) and "estimate" in row
    }

    def side(row: Row, rule: str) -> float:
        key = row["indicator"], row["group_by"], row["group"], rule
        everybody = row["indicator"], "", "", rule
        return float(np.sign(shares[key] - shares[everybody])) if key in shares and everybody in shares else 0.0

    def is_turned(row: Row) -> bool:
        if row["method"] != "share" or not row["group_by"] or (row["indicator"], "", "", "") not in shares:
            return False
        everybody = shares[row["indicator"], "", "", ""]
        drawn = row["ci_low"] > everybody or row["ci_high"] < everybody
        return drawn and any(side(row, rule) == -side(row, "") for rule in RULES)

    return [{**row, "flag": TURNED} if is_turned(row) else row for row in rows]


def family_measure(questionnaire: Questionnaire, family: str) -> Measure | None:
    """Return the measure of a family, or nothing where the study has none."""
    return next((measure for measure in questionnaire.measures.values() if measure.family == family), None)
