"""Show the exposure to psychosocial risks of one unit, as figures and tables with their words.

Everything is made from the results of one unit that passed the gate; where a study does not measure something, a
sentence says so instead of an empty chart.
"""

from .conditions import items
from .families import by_rule, families, foremost, measured, rules, turned, why_so_many
from .groups import by_profile, others, who
from .sheet import Sheet, open_sheet
from .thresholds import thresholds
from .together import accumulated, pairs
from .wishes import gaps, wishes

__all__ = [
    "Sheet",
    "accumulated",
    "by_profile",
    "by_rule",
    "families",
    "foremost",
    "gaps",
    "items",
    "measured",
    "open_sheet",
    "others",
    "pairs",
    "rules",
    "thresholds",
    "turned",
    "who",
    "why_so_many",
    "wishes",
]
