"""How the items of a scale go together: coefficients with intervals that hold on skewed answers, and each item by itself."""

from collections.abc import Iterator

import pandas as pd

from ..errors import CompendiumError
from ..reliability import item_statistics, reliability
from ..study.questionnaire import Measure
from .names import (
    ALPHA,
    CORRELATION,
    IF_DROPPED,
    ITEM_REST,
    NOT_MEASURED,
    OF_MEASURE,
    OMEGA,
    ORDINAL_ALPHA,
    SKEWED,
    SPEARMAN_BROWN,
    Row,
    without,
)


def of_scale(measure: Measure, items: pd.DataFrame) -> Iterator[Row]:
    """Describe how the items of a scale go together; what cannot be estimated has its reason instead.

    Parameters
    ----------
    measure : Measure
        The scale.
    items : pandas.DataFrame
        Its items as numbers, turned so that high means the same in all.

    Yields
    ------
    dict
        Rows of results of the scale (coefficients) and of its items (correlation with the others, alpha without it), on
        the persons who answered all.
    """
    common: Row = {"indicator": measure.id, "estimand": measure.kind}
    try:
        found, each = reliability(items).iloc[0], item_statistics(items)
    except CompendiumError as error:
        yield common | {"method": NOT_MEASURED} | without(str(error))
        return
    n = {"n": float(found["n"]), "n_effective": float(found["n"]), "caveat": SKEWED if found["is_skewed"] else ""}
    if found["k"] == 2:  # the correlation of each with the other is that of both
        yield common | n | {"method": CORRELATION} | _estimate(each.iloc[0], "item_rest")
        yield common | n | {"method": SPEARMAN_BROWN} | _estimate(found, "spearman_brown")
        return
    yield common | n | {"method": ALPHA} | _estimate(found, "alpha")
    if pd.isna(found["omega"]):
        yield common | {"method": OMEGA} | without("the one-factor model does not fit these answers")
    else:
        yield common | n | {"method": OMEGA} | _estimate(found, "omega")
    if pd.notna(found["ordinal_alpha"]):
        yield common | n | {"method": ORDINAL_ALPHA, "unit": "coefficient", "estimate": found["ordinal_alpha"]}
    for item, row in each.iterrows():
        own = {"indicator": item, "group_by": OF_MEASURE, "group": measure.id, "n": float(row["n"])}
        yield own | {"method": ITEM_REST} | _estimate(row, "item_rest")
        yield own | {"method": IF_DROPPED} | _estimate(row, "alpha_if_dropped")


def _estimate(row: pd.Series, name: str) -> Row:
    ends = {"ci_low": row[f"{name}_low"], "ci_high": row[f"{name}_high"]}
    return {"unit": "coefficient", "estimate": row[name], **ends}
