"""Show an action research: what was done, what changed and beside whom, what it cannot show, and what comes of it."""

from .changed import by_role, course, detectable, differences, limits, of_outcome, permutations
from .done import done, left_out, structures
from .registers import deliverables, events, feedback
from .sheet import Sheet, open_sheet

__all__ = [
    "Sheet",
    "by_role",
    "course",
    "deliverables",
    "detectable",
    "differences",
    "done",
    "events",
    "feedback",
    "left_out",
    "limits",
    "of_outcome",
    "open_sheet",
    "permutations",
    "structures",
]
