"""What a workshop or one cooperative may see of itself: who belongs to it, its bands or numbers, and the ledger of groups."""

from .bands import Banded, banded, held
from .group import Group, asked, families_of, members, read_group
from .ledger import Noted, note_group
from .numbers import HERE, OTHERS, beside_others, together

__all__ = [
    "HERE",
    "OTHERS",
    "Banded",
    "Group",
    "Noted",
    "asked",
    "banded",
    "beside_others",
    "families_of",
    "held",
    "members",
    "note_group",
    "read_group",
    "together",
]
