"""From numbers to what is done: situations of work, the risk-assessment table, levers and the listening place."""

from .frequency import assess
from .risk_assessment import read_entries, risk_table

__all__ = ["assess", "read_entries", "risk_table"]
