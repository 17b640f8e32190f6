"""Figures: take results, give a chart with its caption, alternative text and data."""

from .base import Figure, canvas
from .intervals import intervals

__all__ = ["Figure", "canvas", "intervals"]
