"""Show the pathways of supported persons: shares and curves, support, orientation, indicators, flows, and what if."""

from .chances import calendar, cohorts, shares, tested
from .counted import definitions, entries, indicators, territories
from .page import Sheet, open_sheet
from .record import faults, flow, said
from .rule import agreed, table
from .simulated import assumptions, what_if
from .supports import supported

__all__ = [
    "Sheet",
    "agreed",
    "assumptions",
    "calendar",
    "cohorts",
    "definitions",
    "entries",
    "faults",
    "flow",
    "indicators",
    "open_sheet",
    "said",
    "shares",
    "supported",
    "table",
    "territories",
    "tested",
    "what_if",
]
