"""A larger group sees numbers: families and conditions, beside everybody else, after the disclosure gate."""

from collections.abc import Iterator, Sequence

import pandas as pd

from .. import results
from ..diagnosis.exposure import exposed_to_item, item_rows, measure_rows
from ..disclosure import ledger, protect
from ..disclosure.rounding import rounded
from ..persons import Persons, Row, organisation
from ..scoring import EXPOSED
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from .group import Group, families_of

BY, HERE, OTHERS = "restitution", "here", "others"
PART = "risks"
COMPLEMENT = "complement"


def together(study: Study, group: Group, answers: pd.DataFrame) -> pd.DataFrame:
    """Estimate the share of everybody exposed to each family as pages of the country show it: after the gate, rounded."""
    persons = Persons(answers, clusters=organisation(answers, study.questionnaire))
    rows = [
        row
        for measure in families_of(study.questionnaire)
        for row in measure_rows(persons, study.questionnaire, measure, [])
        if row.get("method") == "share"
    ]
    return rounded(_through_gate(study, group, answers, rows))


def beside_others(
    study: Study, group: Group, answers: pd.DataFrame, inside: pd.Series, parts: Sequence[pd.Series] = ()
) -> pd.DataFrame:
    """Estimate exposure in a group and in everybody else.

    Parameters
    ----------
    study : Study
        The study.
    group : Group
        The group.
    answers : pandas.DataFrame
        Clean answers of everybody.
    inside : pandas.Series of bool
        Who belongs to the group.
    parts : sequence of Series of bool
        Who belongs to each earlier group that has a page.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result after the gate, rounded: for each family and each condition the share exposed, ``group_by``
        ``restitution`` and ``group`` ``here`` or ``others``. That of all together goes through the gate with them, so that it sees
        what adds up, and is left out afterwards.

    Notes
    -----
    The group is no sample of organisations but often one itself: its interval is Wilson's, that of the others knows through
    which organisation each answered. Where so few answered that a part which the pages set apart holds less than the minimum of
    answers, both sides are withheld.
    """
    questionnaire = study.questionnaire
    clusters = organisation(answers, questionnaire)
    everybody = Persons(answers, clusters=clusters)
    sides = {HERE: Persons(answers[inside]), OTHERS: Persons(answers[~inside], clusters=clusters)}
    pattern = pd.concat([inside, *parts], axis=1).astype(int).astype(str).agg("".join, axis=1)
    rows: list[Row] = []
    for measure in families_of(questionnaire):
        flags = {measure.id: answers[EXPOSED + measure.id]}
        flags |= {item: exposed_to_item(answers, questionnaire, item) for item in measure.items}
        bare = {name for name, one in flags.items() if one is not None and _is_bare(one, pattern, study)}
        for side, persons in {"": everybody, **sides}.items():
            for row in _of_measure(persons, questionnaire, measure.id):
                apart = {"group_by": BY, "group": side} if side else {}
                rows.append({**(_withheld(row) if side and row["indicator"] in bare else row), **apart})
    found = _through_gate(study, group, answers, rows)
    return rounded(found[found["group"] != ""]).reset_index(drop=True)


def _of_measure(persons: Persons, questionnaire: Questionnaire, name: str) -> Iterator[Row]:
    measure = questionnaire.measures[name]
    for row in (*measure_rows(persons, questionnaire, measure, []), *item_rows(persons, questionnaire, measure)):
        if row.get("method") == "share":
            yield row


def _is_bare(flags: pd.Series, pattern: pd.Series, study: Study) -> bool:
    """Tell whether one of the parts that pages set apart holds some answers, but fewer than the minimum."""
    known = flags.notna().groupby(pattern).sum()
    return bool(((known > 0) & (known < study.disclosure.minimum_cell)).any())


def _withheld(row: Row) -> Row:
    kept = {name: value for name, value in row.items() if name not in (*results.BLANKED, "caveat")}
    return kept | {"suppressed": True, "suppression_reason": COMPLEMENT}


def _through_gate(study: Study, group: Group, answers: pd.DataFrame, rows: Sequence[Row]) -> pd.DataFrame:
    found = results.make(
        ({"source": study.id, **row} for row in rows),
        study=study.id,
        wave=group.wave,
        country=group.country,
        part=PART,
        period=group.wave,
        origin=results.weakest_origin(answers["origin"]),
    )
    return protect(found, study.disclosure, ledger(study.folder))
