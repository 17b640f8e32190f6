"""What law and policy say, in rooms: three questions first, the matrix, what protects alike, a chooser, what came when."""

from .alike import alike
from .chooser import Chooser, chooser
from .events import named_since, policies
from .matrix import legal_bases, protection
from .questions import three_questions

__all__ = [
    "Chooser",
    "alike",
    "chooser",
    "legal_bases",
    "named_since",
    "policies",
    "protection",
    "three_questions",
]
