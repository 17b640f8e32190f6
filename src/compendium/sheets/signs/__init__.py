"""Show warning signs of groups, what comes together, what changed, and the indicators of the cooperative model."""

from .cooperative import by_posture, definitions, example, template
from .course import change, stages, together
from .page import Sheet, open_sheet
from .warning import cases, groups, told

__all__ = [
    "Sheet",
    "by_posture",
    "cases",
    "change",
    "definitions",
    "example",
    "groups",
    "open_sheet",
    "stages",
    "template",
    "together",
    "told",
]
