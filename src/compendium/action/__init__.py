"""From numbers to what is done: situations of work, the risk-assessment table, levers and the listening place."""

from .frequency import LOAD, assess, assessment
from .recommendations import foremost, levers_for, matched, turned
from .risk_assessment import BESIDE, ENTERED, WHOLE, read_entries, risk_table, work_unit

__all__ = [
    "BESIDE",
    "ENTERED",
    "LOAD",
    "WHOLE",
    "assess",
    "assessment",
    "foremost",
    "levers_for",
    "matched",
    "read_entries",
    "risk_table",
    "turned",
    "work_unit",
]
