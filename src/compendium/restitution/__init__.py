"""What a workshop or one cooperative may see of itself: its group, its bands or numbers, and the ledger of groups."""

from .bands import Banded, banded
from .group import Group, members, read_group
from .ledger import note_group
from .numbers import HERE, OTHERS, beside_others
from .rules import load_restitution

__all__ = [
    "HERE",
    "OTHERS",
    "Banded",
    "Group",
    "banded",
    "beside_others",
    "load_restitution",
    "members",
    "note_group",
    "read_group",
]
