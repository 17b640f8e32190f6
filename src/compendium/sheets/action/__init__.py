"""Show what to do with what was found: the risk-assessment table, recommendations, levers, the listening place."""

from . import listening
from .assessment import by_work_unit, ranks, table
from .files import files
from .recommendations import by_situation, library, order, recommendations, sources
from .sheet import Sheet, open_sheet
from .situations import frequency, other_rules, situations

__all__ = [
    "Sheet",
    "by_situation",
    "by_work_unit",
    "files",
    "frequency",
    "library",
    "listening",
    "open_sheet",
    "order",
    "other_rules",
    "ranks",
    "recommendations",
    "situations",
    "sources",
    "table",
]
