"""Profiles on a page: what they are (``groups``), one by one (``portrait``), how far to trust them (``trust``)."""

from .groups import (
    assigned,
    beside,
    branches,
    built,
    compared,
    crossed,
    lives,
    made_of,
    map_of_answers,
    moved,
    sizes,
    statuses,
)
from .portrait import portraits
from .sheet import Sheet, Sheets, open_sheets
from .trust import agreements, came_back, crossed_classes, how_to_read_it, models, trusted, verdict

__all__ = [
    "Sheet",
    "Sheets",
    "agreements",
    "assigned",
    "beside",
    "branches",
    "built",
    "came_back",
    "compared",
    "crossed",
    "crossed_classes",
    "how_to_read_it",
    "lives",
    "made_of",
    "map_of_answers",
    "models",
    "moved",
    "open_sheets",
    "portraits",
    "sizes",
    "statuses",
    "trusted",
    "verdict",
]
