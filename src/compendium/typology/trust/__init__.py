"""How far to trust profiles: whether there are any, and whether they come back."""

from .verdict import CONTINUUM, NO_STRUCTURE, PROFILES, Verdict, judge, verdict_of

__all__ = ["CONTINUUM", "NO_STRUCTURE", "PROFILES", "Verdict", "judge", "verdict_of"]
