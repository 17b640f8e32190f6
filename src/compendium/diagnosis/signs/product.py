"""The product of the room: warning signs of groups, and the indicators of the cooperative model that answers can give."""

from collections.abc import Iterator, Mapping
from itertools import chain

import pandas as pd

from ... import results
from ...persons import Row, not_measured, organisation
from ...study.cooperative_indicators import load_indicators
from ...study.study import Study
from .change import CHANGE, change_rows
from .indicators import indicator_rows
from .rules import NOT_ASKED, load_rules
from .together import FOLLOWS, stage_rows, together_rows
from .warning import warning_rows

PART = "signs"


def signs(
    study: Study, unit: str, wave: str, answers: pd.DataFrame, earlier: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Hold warning signs of groups against what came of them, in one country or in the pooled countries.

    Parameters
    ----------
    study : Study
        The study.
    unit : str
        Code of a country, or of the pooled countries; groups count the same, whatever country they are of.
    wave : str
        Wave of the page.
    answers : pandas.DataFrame
        Clean answers of the unit in that wave.
    earlier : mapping of str to pandas.DataFrame, optional
        Those of earlier waves, in the order of time.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; no row describes a person or names a group. What cannot be told has a row that says why.
    """
    rules = load_rules()
    questionnaire, least = study.questionnaire, study.disclosure.minimum_cell
    equal = "country" if study.is_pooled(unit) else None
    waves = {**(earlier or {}), wave: answers}
    rows = chain(
        warning_rows(waves, questionnaire, rules, least, study.seed),
        together_rows(answers, questionnaire, rules.together, least),
        _since(waves, study),
        indicator_rows(answers, questionnaire, load_indicators(), equal, organisation(answers, questionnaire)),
    )
    common = {"study": study.id, "wave": wave, "country": unit, "part": PART, "period": wave, "source": study.id}
    return results.make(rows, **common, origin=results.weakest_origin(answers["origin"]))


def _since(waves: Mapping[str, pd.DataFrame], study: Study) -> Iterator[Row]:
    """Yield stages and change since the wave before; of one wave, why there are none."""
    rules, questionnaire = load_rules(), study.questionnaire
    if len(waves) < 2:
        for indicator, measure, estimand in ((FOLLOWS, rules.together, ""), (rules.change, rules.change, CHANGE)):
            reason = "there is one wave only" if measure in questionnaire.measures else NOT_ASKED
            yield not_measured(indicator, reason) | {"estimand": estimand}
        return
    before, now = list(waves.values())[-2:]
    yield from stage_rows(before, now, questionnaire, rules.together, study.disclosure.minimum_cell, rules.least_groups)
    yield from change_rows(before, now, questionnaire, rules.change)
