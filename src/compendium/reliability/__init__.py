"""Reliability of scales: how far several questions measure one thing, with intervals that hold on skewed answers.

``scale`` gives one row a scale and ``items`` one row an item; ``coefficients`` is the arithmetic, ``omega`` the one-factor model,
``ordinal`` the correlations behind ordered answers, ``smooth_functions`` and ``bootstrap`` the intervals.
"""

from .items import MINIMUM, MISSING, item_statistics
from .ordinal import Polychoric, ordinal_alpha, polychoric
from .scale import COLUMNS, ORDERED, reliability, skewness_limit

__all__ = [
    "COLUMNS",
    "MINIMUM",
    "MISSING",
    "ORDERED",
    "Polychoric",
    "item_statistics",
    "ordinal_alpha",
    "polychoric",
    "reliability",
    "skewness_limit",
]
