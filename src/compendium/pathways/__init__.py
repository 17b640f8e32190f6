"""Pathways of supported persons: how long until a contract, membership or an exit, while other exits take people away."""

from .gray import gray_test
from .hazards import cause_specific, fine_gray
from .incidence import cumulative_incidence, naive_incidence
from .log import Checked, check_log, read_log
from .orientation import UNDECIDED, agreement, from_form, orientate
from .spells import OPEN, spells
from .support import LANDMARK, landmark, start_stop

__all__ = [
    "LANDMARK",
    "OPEN",
    "UNDECIDED",
    "Checked",
    "agreement",
    "cause_specific",
    "check_log",
    "cumulative_incidence",
    "fine_gray",
    "from_form",
    "gray_test",
    "landmark",
    "naive_incidence",
    "orientate",
    "read_log",
    "spells",
    "start_stop",
]
