"""Show what to do with what was found: the risk-assessment table, recommendations, levers, the listening place."""

from . import listening
from .assessment import by_work_unit, files, frequency, situations, table
from .recommendations import library, order, recommendations, sources
from .sheet import Sheet, open_sheet

__all__ = [
    "Sheet",
    "by_work_unit",
    "files",
    "frequency",
    "library",
    "listening",
    "open_sheet",
    "order",
    "recommendations",
    "situations",
    "sources",
    "table",
]
