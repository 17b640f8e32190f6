"""Show warning signs of groups, what comes together, what changed, and the indicators of the cooperative model."""

from .cooperative import by_posture, definitions, example, template
from .course import at_once, change, pairs, stages
from .page import Sheet, open_sheet
from .warning import accuracy, cases, flattery, groups, verdict

__all__ = [
    "Sheet",
    "accuracy",
    "at_once",
    "by_posture",
    "cases",
    "change",
    "definitions",
    "example",
    "flattery",
    "groups",
    "open_sheet",
    "pairs",
    "stages",
    "template",
    "verdict",
]
