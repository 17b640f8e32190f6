"""How the items of a scale go together: coefficients with intervals that hold on skewed answers, and each item by itself."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from ..bootstrap import alpha_interval
from ..errors import CompendiumError
from ..intervals import LEVEL
from ..ordinal import ordinal_alpha
from ..reliability import reliability
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
    SPEARMAN_BROWN,
    Array,
    Row,
    without,
)


def of_scale(measure: Measure, items: pd.DataFrame) -> Iterator[Row]:
    """Describe how the items of a scale go together; what cannot be estimated has its reason instead."""
    common: Row = {"indicator": measure.id, "estimand": measure.kind}
    try:
        found = reliability(items).iloc[0]
    except CompendiumError as error:
        yield common | {"method": NOT_MEASURED} | without(str(error))
        return
    complete = items.dropna().to_numpy(dtype=float)
    common |= {"unit": "coefficient", "n": float(found["n"]), "n_effective": float(found["n"])}
    if found["k"] == 2:
        r = _correlation(complete[:, 0], complete[:, 1])
        yield common | {"method": CORRELATION, **r}
        # Spearman-Brown is monotone in the correlation, so the ends of its interval carry over.
        yield common | {"method": SPEARMAN_BROWN, **{name: 2 * end / (1 + end) for name, end in r.items()}}
        return
    for method in (ALPHA, OMEGA):
        if np.isnan(found[method]):
            yield common | without("the one-factor model does not fit these answers") | {"method": method}
        else:
            ends = {"ci_low": found[f"{method}_low"], "ci_high": found[f"{method}_high"]}
            yield common | {"method": method, "estimate": found[method], **ends}
    yield common | {"method": ORDINAL_ALPHA, "estimate": ordinal_alpha(items)}
    yield from _items_of_scale(measure, complete)


def _items_of_scale(measure: Measure, complete: Array) -> Iterator[Row]:
    """Describe how each item goes with the others, and how these go together without it."""
    for at, item in enumerate(measure.items):
        own: Row = {"indicator": item, "group_by": OF_MEASURE, "group": measure.id, "unit": "coefficient"}
        own["n"] = float(len(complete))
        rest = np.delete(complete, at, axis=1)
        yield own | {"method": ITEM_REST, **_correlation(complete[:, at], rest.sum(axis=1))}
        if rest.shape[1] > 2:
            found = alpha_interval(pd.DataFrame(rest), "free")
            yield own | {"method": IF_DROPPED, "estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}


def _correlation(x: Array, y: Array) -> dict[str, float]:
    """Estimate a correlation with a distribution-free interval, symmetric in Fisher's z.

    The error comes from each person's influence, ``z_x z_y - r (z_x^2 + z_y^2) / 2``, since skewed answers in steps are
    far from the normal ones on which Fisher's error rests.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # items that cancel out have no correlation: all is missing
        z_x, z_y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    r = float(np.mean(z_x * z_y))
    error = float(np.std(z_x * z_y - r / 2 * (z_x**2 + z_y**2), ddof=1)) / np.sqrt(len(x)) / (1 - r**2)
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, len(x) - 1)) * error
    return {"estimate": r, "ci_low": np.tanh(np.arctanh(r) - reach), "ci_high": np.tanh(np.arctanh(r) + reach)}
