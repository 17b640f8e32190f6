"""Score answers to a published instrument by its key, class the scores by its cut-offs, and say what made them.

``codes`` reads the answers, ``scores`` computes, ``classes`` applies cut-offs, ``record`` tells which rule of which version of
which key made each score.
"""

from .classes import classify, combine
from .codes import find_coding
from .record import record, rescaled
from .scores import ADAPTED, MISSING, NOT_APPLICABLE, SCORED, column, score, states

__all__ = [
    "ADAPTED",
    "MISSING",
    "NOT_APPLICABLE",
    "SCORED",
    "classify",
    "column",
    "combine",
    "find_coding",
    "record",
    "rescaled",
    "score",
    "states",
]
