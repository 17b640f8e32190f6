"""Warning signs of groups, and indicators of the cooperative model: never a list of persons."""

from .held_out import HeldOut, accuracy, best_cutoff, held_out, middle_cutoff
from .product import signs
from .rules import SharedItemsError, check_apart, load_rules

__all__ = [
    "HeldOut",
    "SharedItemsError",
    "accuracy",
    "best_cutoff",
    "check_apart",
    "held_out",
    "load_rules",
    "middle_cutoff",
    "signs",
]
