"""Contrasts of groups whose people differ: overlap weights, standardisation, balance, and what something unmeasured could do."""

from .balance import balance
from .contrast import METHODS, contrast
from .sensitivity import e_value

__all__ = ["METHODS", "balance", "contrast", "e_value"]
