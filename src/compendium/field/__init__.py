"""Action research: structures, what is done there and measured before and after, what comes of it, and what people say of it."""

from .effects import Effect, detectable, difference_in_differences, mean_of, permutation_p, smallest_p
from .estimates import field
from .own import Own, own_figures
from .records import deliverables, dissemination, read, refused

__all__ = [
    "Effect",
    "Own",
    "deliverables",
    "detectable",
    "difference_in_differences",
    "dissemination",
    "field",
    "mean_of",
    "own_figures",
    "permutation_p",
    "read",
    "refused",
    "smallest_p",
]
