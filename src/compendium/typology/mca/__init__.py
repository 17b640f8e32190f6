"""Multiple correspondence analysis from the Burt table: axes, categories, respondents, projection of others."""

from .analysis import MCA
from .fit import fit_mca

__all__ = ["MCA", "fit_mca"]
