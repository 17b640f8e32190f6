"""Voices: coded statements of the country questionnaire, held against the country facts, and good practices."""

from .agreement import agreement, disagreements
from .counts import in_sources
from .practices import EVIDENCE, Practices, load_practices
from .statements import Voices, load_voices

__all__ = [
    "EVIDENCE",
    "Practices",
    "Voices",
    "agreement",
    "disagreements",
    "in_sources",
    "load_practices",
    "load_voices",
]
