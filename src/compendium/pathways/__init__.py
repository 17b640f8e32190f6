"""Pathways of supported persons: how long until a contract, membership or an exit, while other exits take people away."""

from .gray import gray_test
from .hazards import cause_specific, fine_gray
from .incidence import cumulative_incidence, naive_incidence
from .support import LANDMARK, landmark, start_stop

__all__ = [
    "LANDMARK",
    "cause_specific",
    "cumulative_incidence",
    "fine_gray",
    "gray_test",
    "landmark",
    "naive_incidence",
    "start_stop",
]
