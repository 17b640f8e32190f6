"""Exposure: who is exposed to which family, item and rule, and to how many families at once."""

from .accumulation import BOTH, BY_CHANCE, FAMILIES_AT_ONCE, accumulation_rows, pair_rows
from .families import (
    OTHER_RULE,
    RULES,
    TURNED,
    exposure,
    exposure_rows,
    family_measure,
    mark_turned,
    measure_rows,
    rule_rows,
)
from .items import exposed_to_item, item_rows
from .thresholds import BORROWED, THRESHOLD, threshold_rows

__all__ = [
    "BORROWED",
    "BOTH",
    "BY_CHANCE",
    "FAMILIES_AT_ONCE",
    "OTHER_RULE",
    "RULES",
    "THRESHOLD",
    "TURNED",
    "accumulation_rows",
    "exposed_to_item",
    "exposure",
    "exposure_rows",
    "family_measure",
    "item_rows",
    "mark_turned",
    "measure_rows",
    "pair_rows",
    "rule_rows",
    "threshold_rows",
]
