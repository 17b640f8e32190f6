"""Show what people need to learn, which competences there are, what is offered, and what a year can cover."""

from .found import listed, mapped, saturation, summary
from .offer import covered, refused, wishes
from .plan import limits, sessions, worth
from .ratings import by_group, by_profile, discrepancies, places, table, wanted, ways
from .sheet import Sheet, open_sheet

__all__ = [
    "Sheet",
    "by_group",
    "by_profile",
    "covered",
    "discrepancies",
    "limits",
    "listed",
    "mapped",
    "open_sheet",
    "places",
    "refused",
    "saturation",
    "sessions",
    "summary",
    "table",
    "wanted",
    "ways",
    "wishes",
    "worth",
]
