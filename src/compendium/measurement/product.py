"""The product ``measurement`` of one country or of the pooled countries."""

import pandas as pd

from .. import results
from ..scoring import SCORE, item_values
from ..study.study import Study
from .answered import gaps, in_points, means, of_item, of_score, routed
from .bias import biases
from .names import NOT_MEASURED, Row, without
from .scales import of_scale


def measurement(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Say how well each measure of a study measures, in one country or in the pooled countries.

    Parameters
    ----------
    study : Study
        The study; its questionnaire holds the measures.
    unit, wave : str
        Country or pooled unit, and wave.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result, without weights: a coefficient belongs to the answers it was computed on.

        *Per measure* (``indicator`` is the measure, ``estimand`` its kind): ``method="alpha"`` and ``"omega"`` with
        distribution-free intervals and ``"ordinal alpha"`` without one, or for two items ``"correlation"`` and
        ``"spearman-brown"``; of its score the share of persons at the lowest (``group_by="floor"``) and at the highest
        (``group_by="ceiling"``) and in fifths of its range (``group_by="score_band"``); the share of its items
        that does not apply to a person, or stays without an answer, on average (``method="mean of persons"``). An index
        has no coefficient, and its row says why.

        *Per item* (``indicator`` is the item): the share of each answer among those who gave one
        (``group_by="answer"``); the shares of those asked who answered, to whom it does not apply and who did not answer
        (``group_by="answered"``); within each measure (``group_by="measure"``) the mean in points, 0-100, turned so that
        high means what the measure's high means, and for a scale ``"item-rest correlation"`` and ``"alpha if dropped"``.

        *Item bias* (``method="item bias"``, ``group_by`` is what makes the groups, ``reference_group`` the measure): the
        change of Nagelkerke's R2 with interval, its size in ``flag``, and a p value adjusted by Holm over all items of
        all measures tested between these groups; for an item that is biased, ``method="item shift"`` says by group how
        many points of 100 it answers above all groups at the same score. What was not tested has its reason.
    """
    questionnaire, rows = study.questionnaire, list[Row]()
    measured: dict[str, pd.DataFrame] = {}
    for measure in questionnaire.measures.values():
        common = {"indicator": measure.id, "estimand": measure.kind}
        items = item_values(answers, questionnaire, measure)
        if items.isna().all(axis=None):
            rows.append(common | {"method": NOT_MEASURED} | without("nobody was asked or nobody answered"))
            continue
        if measure.kind == "index":
            rows.append(common | {"method": NOT_MEASURED} | without("an index: its questions need not go together"))
        else:
            rows += of_scale(measure, items)
        rows += [common | row for row in of_score(answers[SCORE + measure.id])]
        measured[measure.id] = in_points(questionnaire, items)
        rows += means(measure.id, measured[measure.id])
    names = list(dict.fromkeys(name for code in measured for name in questionnaire.measures[code].items))
    with_routes = routed(answers, questionnaire, names)
    for item in names:
        rows += of_item(with_routes, questionnaire, item)
    for code in measured:
        rows += gaps(with_routes, questionnaire, questionnaire.measures[code])
    rows += biases(questionnaire, answers, measured)
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        period=wave,
        origin=results.weakest_origin(answers["origin"]),
        source=study.id,
    )
