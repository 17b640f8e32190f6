"""Profiles on a page: what they are (``groups``), and whom a page is about (``sheet``)."""

from .groups import assigned, beside, built, compared, crossed, lives, made_of, map_of_answers, sizes
from .sheet import Sheet, Sheets, open_sheets

__all__ = [
    "Sheet",
    "Sheets",
    "assigned",
    "beside",
    "built",
    "compared",
    "crossed",
    "lives",
    "made_of",
    "map_of_answers",
    "open_sheets",
    "sizes",
]
