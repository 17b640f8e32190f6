"""From numbers to what is done: situations of work, the risk-assessment table, levers and the listening place."""

from .frequency import assess, assessment
from .recommendations import foremost, levers_for
from .risk_assessment import BESIDE, ENTERED, WHOLE, read_entries, risk_table, work_unit

__all__ = [
    "BESIDE",
    "ENTERED",
    "WHOLE",
    "assess",
    "assessment",
    "foremost",
    "levers_for",
    "read_entries",
    "risk_table",
    "work_unit",
]
