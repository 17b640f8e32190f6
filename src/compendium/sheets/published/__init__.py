"""Figures that others published: drawn (``drawn``), where a country stands (``standing``), what stands alone (``listed``)."""

from .drawn import beside, every, through_time
from .listed import gaps, of_europe, own_figures
from .standing import far_from_europe, standing

__all__ = ["beside", "every", "far_from_europe", "gaps", "of_europe", "own_figures", "standing", "through_time"]
