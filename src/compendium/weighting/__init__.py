"""Weights that make answers add up to known populations: raking, post-stratification, calibration, trimming.

A known population is a :class:`Margin` (counts or shares of a category) or a :class:`Total` (of a quantity). Both carry
the population they describe and their source; weights of one population are never made from another's margin.
"""

from .calibration import calibrate
from .margins import Margin, Total
from .raking import poststratify, rake
from .trimming import design_effect, trim

__all__ = ["Margin", "Total", "calibrate", "design_effect", "poststratify", "rake", "trim"]
