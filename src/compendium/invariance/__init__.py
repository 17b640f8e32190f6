"""Measurement invariance: whether a scale measures the same thing, in the same units, in every group compared.

``ladder`` tests a model step by step, ``rule`` says which steps hold and what may then be compared, ``axes`` does so for every
scale of a study, ``verdicts`` tells everybody who compares groups what that allows, and ``alignment`` finds the means of many
groups and the items that differ where exact equality fails.
"""

from .aligned import aligned
from .alignment import Alignment, align
from .axes import by_axes
from .ladder import invariance
from .rule import VERDICTS
from .verdicts import Verdicts

__all__ = ["VERDICTS", "Alignment", "Verdicts", "align", "aligned", "by_axes", "invariance"]
