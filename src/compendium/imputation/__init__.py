"""Multiple imputation: fill the gaps of a survey frame several times over, and pool what is estimated from each."""

from .chained import imputations_needed, impute, shifted
from .pooling import pool

__all__ = ["imputations_needed", "impute", "pool", "shifted"]
