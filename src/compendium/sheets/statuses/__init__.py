"""Show the analysis plan of statuses and what comes of it: differences, balance, those who left, the claim on turnover."""

from .differences import balance_table, difference_table, differences, exposure_table, said
from .plan import exclusions, hypotheses, interest, planned
from .survivors import reasons, survivor_table
from .turnover import change_table, claim, limits, turnover_table

__all__ = [
    "balance_table",
    "change_table",
    "claim",
    "difference_table",
    "differences",
    "exclusions",
    "exposure_table",
    "hypotheses",
    "interest",
    "limits",
    "planned",
    "reasons",
    "said",
    "survivor_table",
    "turnover_table",
]
