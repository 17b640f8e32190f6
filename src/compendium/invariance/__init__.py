"""Measurement invariance: whether a scale measures the same thing, in the same units, in every group compared.

``ladder`` tests a model step by step, ``rule`` says which steps hold and what may then be compared, ``axes`` does so for every
scale of a study.
"""

from .axes import by_country
from .ladder import invariance
from .rule import VERDICTS

__all__ = ["VERDICTS", "by_country", "invariance"]
