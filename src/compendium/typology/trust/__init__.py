"""How far to trust profiles: whether there are any, and whether they come back."""

from .comparisons import adjusted_rand
from .stability import Stability, bootstrap_stability
from .verdict import CONTINUUM, NO_STRUCTURE, PROFILES, Verdict, judge, verdict_of

__all__ = [
    "CONTINUUM",
    "NO_STRUCTURE",
    "PROFILES",
    "Stability",
    "Verdict",
    "adjusted_rand",
    "bootstrap_stability",
    "judge",
    "verdict_of",
]
