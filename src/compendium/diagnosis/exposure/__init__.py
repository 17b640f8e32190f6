"""Exposure: who is exposed to which family, item and rule, and to how many families at once."""

from .accumulation import FAMILIES_AT_ONCE, accumulation_rows
from .families import RULE, RULES, exposure, exposure_rows, family_measure, measure_rows, rule_rows

__all__ = [
    "FAMILIES_AT_ONCE",
    "RULE",
    "RULES",
    "accumulation_rows",
    "exposure",
    "exposure_rows",
    "family_measure",
    "measure_rows",
    "rule_rows",
]
