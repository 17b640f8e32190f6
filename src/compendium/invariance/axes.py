"""Which scales of a study may be compared between its countries, languages, groups of persons and waves."""

from collections.abc import Mapping

import pandas as pd

from ..planning import assumptions
from ..scoring import item_values
from ..study.questionnaire import Measure
from ..study.study import Study
from .ladder import invariance
from .rule import COLUMNS, untestable

COUNTRY, LANGUAGE, WAVE = "country", "language", "wave"
JOINT = "; "
"""Between the codes of several groups in one cell."""
ORDERED_STEPS = 4
"""Items of at most this many answers are taken as ordered; more are taken as numbers, with robust errors."""
AXIS_COLUMNS = ["measure", "axis", "groups", "left_out", *COLUMNS]


def by_axes(
    study: Study, unit: str, wave: str, answers: pd.DataFrame, earlier: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Test every scale of a study along every axis on which its pages compare persons.

    Parameters
    ----------
    study : Study
        The study; every measure is tested but an index, which has no factor behind it.
    unit, wave : str
        The pooled unit and the wave.
    answers : pandas.DataFrame
        Clean answers of all countries.
    earlier : mapping of str to pandas.DataFrame
        Clean answers of all countries in each earlier wave.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``axis`` (``country``, ``language``, ``wave`` or a grouping variable of the questionnaire), ``groups``
        (those tested), ``left_out`` (those with fewer complete answers than testing needs), and the columns of
        :func:`.ladder.invariance`, one row a step. A scale that nobody answered has one row with the verdict
        ``not_measured``.

    Notes
    -----
    The test stands on the answers of all countries together also for a page of one country: inside one country most
    groups are too small for any test, and a test that cannot fail governs nothing. Groups of fewer persons than
    ``invariance_group`` of the planning rules are left out; their means are not compared. Items of two to four answers
    are tested by weighted least squares on what lies behind them, all others by robust maximum likelihood.
    """
    del unit
    least = assumptions().invariance_group
    waves = pd.concat([*earlier.values(), answers.assign(wave=wave)], ignore_index=True)
    axes = [axis for axis in (COUNTRY, LANGUAGE, *study.questionnaire.groups) if axis in answers]
    parts = []
    for measure in study.questionnaire.measures.values():
        if measure.kind == "index":
            continue
        items = item_values(answers, study.questionnaire, measure)
        parts += [_tested(study, measure, items, answers[axis], least).assign(axis=axis) for axis in axes]
        over_time = item_values(waves, study.questionnaire, measure)
        parts.append(_tested(study, measure, over_time, waves[WAVE], least).assign(axis=WAVE))
    return pd.concat(parts, ignore_index=True)[AXIS_COLUMNS] if parts else pd.DataFrame(columns=AXIS_COLUMNS)


def estimator_of(study: Study, measure: Measure) -> str:
    """Return the estimator that suits the answers of a measure's items."""
    steps = [len(scale.values) for item in measure.items if (scale := study.questionnaire.questions[item].scale)]
    return "WLSMV" if max(steps) <= ORDERED_STEPS else "MLR"


def _tested(study: Study, measure: Measure, items: pd.DataFrame, groups: pd.Series, least: int) -> pd.DataFrame:
    """Test one measure along one axis among the groups with enough complete answers."""
    if items.isna().all(axis=None):
        return untestable("nobody_answered", "not_measured").assign(measure=measure.id, groups="", left_out="")
    complete = groups[items.notna().all(axis=1)].value_counts()
    # A group in which nobody was asked an item takes no part, and is no group that was left out.
    asked = items.notna().groupby(groups).any().all(axis=1)
    large = sorted(str(code) for code, n in complete.items() if n >= least)
    small = sorted(str(code) for code, is_asked in asked.items() if is_asked and str(code) not in large)
    if len(large) < 2:
        found = untestable("group_too_small" if len(large) + len(small) > 1 else "one_group")
    else:
        kept = groups.isin(large)
        frame = items[kept].assign(**{_GROUP: groups[kept]})
        found = invariance(frame, {measure.id: list(items.columns)}, _GROUP, estimator_of(study, measure))
    return found.assign(measure=measure.id, groups=JOINT.join(large), left_out=JOINT.join(small))


_GROUP = "group of the test"
