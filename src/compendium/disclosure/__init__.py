"""The gate that every published number passes, what has left the house before, and a last look over all that is published."""

from ..errors import DisclosureError
from ..study.elements import Rules
from .gate import COUNT_UNITS, SHARE_METHODS, protect
from .published import hold, hold_files
from .releases import ledger, releases, write_release
from .rounding import rounded

__all__ = [
    "COUNT_UNITS",
    "SHARE_METHODS",
    "DisclosureError",
    "Rules",
    "hold",
    "hold_files",
    "ledger",
    "protect",
    "releases",
    "rounded",
    "write_release",
]
