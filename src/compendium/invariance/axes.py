"""Which scales of a study may be compared between its countries, languages, status groups and waves."""

import pandas as pd

from ..scoring import item_values
from ..study.study import Study
from .ladder import invariance
from .rule import COLUMNS, untestable


def by_country(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Test every scale of a study for invariance between its countries.

    Parameters
    ----------
    study : Study
        The study; every measure is tested but an index, which has no factor behind it.
    unit, wave : str
        The pooled unit and the wave.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        ``measure`` and the columns of :func:`invariance`, one row a step. A scale that nobody answered has one row
        with the verdict ``not_measured``.
    """
    del unit, wave
    parts = []
    for measure in study.questionnaire.measures.values():
        if measure.kind == "index":
            continue
        items = item_values(answers, study.questionnaire, measure)
        if items.isna().all(axis=None):
            found = untestable("nobody_answered", "not_measured")
        else:
            # Countries in which nobody was asked take no part: the others can still be compared with one another.
            frame = items.assign(country=answers["country"])
            asked = frame.groupby("country")[list(items.columns)].transform("count").min(axis=1) > 0
            found = invariance(frame[asked], {measure.id: list(items.columns)}, "country")
        parts.append(found.assign(measure=measure.id))
    columns = ["measure", *COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
