"""Show coded material: themes counted in sources, who was sought, when new codes stopped, what is said, how far coders agree.

Nobody is shown: counts of persons passed the gate, and a passage is quoted without who says it, only where the theme's count is shown.
"""

from .coders import agreement, by_theme, codebook, disagreements
from .counted import by_profile, figure, saturation, sought, table
from .page import Sheet, open_sheet, origin
from .said import quotations

__all__ = [
    "Sheet",
    "agreement",
    "by_profile",
    "by_theme",
    "codebook",
    "disagreements",
    "figure",
    "open_sheet",
    "origin",
    "quotations",
    "saturation",
    "sought",
    "table",
]
