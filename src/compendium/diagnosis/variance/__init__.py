"""Shares of variance: how much of a difference between persons lies between the groups they belong to."""

from .one_level import OneLevel
from .shape import FEW_GROUPS
from .shares import RESIDUAL, TOO_FEW, corrected, estimated, variance_shares

__all__ = ["FEW_GROUPS", "RESIDUAL", "TOO_FEW", "OneLevel", "corrected", "estimated", "variance_shares"]
