"""Shares of variance: how much of a difference between persons lies between the groups they belong to."""

from .exact import exact_interval
from .shape import FEW_GROUPS
from .shares import RESIDUAL, TOO_FEW, corrected, variance_shares

__all__ = ["FEW_GROUPS", "RESIDUAL", "TOO_FEW", "corrected", "exact_interval", "variance_shares"]
