"""The codes of the product: what the rows of a measurement are called, and why some hold no number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]
Array = NDArray[np.float64]

NOT_MEASURED = "not measured"
ALPHA, OMEGA, ORDINAL_ALPHA = "alpha", "omega", "ordinal alpha"
CORRELATION, SPEARMAN_BROWN = "correlation", "spearman-brown"
ITEM_REST, IF_DROPPED = "item-rest correlation", "alpha if dropped"
BIAS, SHIFT = "item bias", "item shift"
OF_MEASURE = "measure"
"""``group_by`` of what an item is within a measure; the group is the measure."""
ANSWER, ANSWERED, BAND = "answer", "answered", "score_band"
FLOOR, CEILING = "floor", "ceiling"
"""The ends of a score, each a breakdown of its own: they are no parts of a whole, so neither gives the other away."""
BANDS = (0, 20, 40, 60, 80)
"""Lower ends of the bands in which a score is counted."""
WELL, FAIRLY = 0.80, 0.70
"""Coefficient from which the questions of a scale are said to go together well, and fairly. Custom after Nunnally and
Bernstein (1994), Psychometric Theory; to verify: not read in the source."""
SKEWED = "answers so skewed that the interval may hold the truth less often than it says"
LOOSE = 0.30
"""Item-rest correlation under which a question is said to go poorly with the others. Custom after Nunnally and Bernstein
(1994); to verify."""
CROWDED = 15.0
"""Share of persons (%) at one end of a score from which it cannot tell them apart there. Terwee and others (2007), J. Clin.
Epidemiol. 60:34-42; to verify."""
SIZES_OF_BIAS = "jodoin_gierl_2001"
BIASED = "biased"
NO_GROUPS, SAME_GROUPS, ONE_ITEM = "too_few_groups", "same_groups", "one_item"
"""Why no item of a measure was tested along an axis: fewer than two groups with enough complete answers; the groups are
those of an axis before it (each country has its own language); there is no other item to hold it against."""


def without(reason: str) -> Row:
    """Return the part of a row that says why there is no number."""
    return {"comparable": "no", "reason": reason}
